//! `PUT /api/v1/roles/{key}`: makes a role, or replaces one wholly.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use super::super::version_tag::{IfMatch, tagged};
use super::read::read;
use crate::app::App;

/// Takes the document that a GET answers. With `If-Match` or `revision` it replaces the role of that revision (200), else it makes one (201).
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(key): ObjectPath,
    params: RawParams,
    IfMatch(tag): IfMatch,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let (role, revision) = read(&key, body)?;
    let expect = tag.or(revision);
    let role = app.engine.put_role(&ctx, role, expect).await?;
    let answer = tagged(ok(&super::document(&role)), role.revision);
    Ok(if expect.is_some() { answer } else { (StatusCode::CREATED, answer).into_response() })
}
