//! `GET /api/v1/roles/{key}`: one role.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use super::super::version_tag::tagged;
use crate::app::App;

/// Answers the document, with its revision as `ETag`.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, ObjectPath(key): ObjectPath, params: RawParams) -> Answer {
    params.only(&[])?;
    let role = app.engine.get_role(&ctx, &key).await?;
    Ok(tagged(ok(&super::document(&role)), role.revision))
}
