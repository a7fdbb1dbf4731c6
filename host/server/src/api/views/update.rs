//! `PATCH /api/v1/views/{id}`: another name, content or audience. What is not named stays.

use axum::extract::State;
use guanxi_core::Problem;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ViewPath;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use super::super::version_tag::{IfMatch, tagged};
use super::view;
use crate::app::App;
use crate::engine::{SavedView, ViewPatch};

/// Takes any of the keys of a new view but `object`, answers the view. Without `If-Match` the version that is there is changed.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ViewPath(id): ViewPath,
    params: RawParams,
    IfMatch(expect): IfMatch,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let before = app.engine.saved_view(&ctx, id).await?;
    let patch = read(body, &before)?;
    let saved = app.engine.update_saved_view(&ctx, id, patch, expect.or(Some(before.version))).await?;
    Ok(tagged(ok(&view(&saved)), saved.version))
}

fn read(body: Json, before: &SavedView) -> Result<ViewPatch, Vec<Problem>> {
    let mut reader = Reader::new(body.clone(), "", Codes::Metadata)?;
    let mut content = before.content.clone();
    let name = body.get("name").map(|_| reader.text("name").unwrap_or_default());
    super::read_content(&body, &mut reader, &mut content);
    let audience = super::read_audience(&body, &mut reader);
    reader.finish().map(|()| ViewPatch { name, content: Some(content).filter(|new| *new != before.content), audience })
}
