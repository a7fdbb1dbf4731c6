//! `GET /api/v1/views/{id}`: one saved view.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ViewPath;
use super::super::problem::Answer;
use super::super::version_tag::tagged;
use super::view;
use crate::app::App;

/// Answers the view, with its version as `ETag`.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, ViewPath(id): ViewPath, params: RawParams) -> Answer {
    params.only(&[])?;
    let found = app.engine.saved_view(&ctx, id).await?;
    Ok(tagged(ok(&view(&found)), found.version))
}
