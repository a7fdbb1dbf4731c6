//! `GET /api/v1/departments/{id}`: one department.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::IdPath;
use super::super::problem::Answer;
use super::super::version_tag::tagged;
use crate::app::App;

/// Answers the department, with its version as `ETag`.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, IdPath(id): IdPath, params: RawParams) -> Answer {
    params.only(&[])?;
    let department = app.engine.get_department(&ctx, id).await?;
    Ok(tagged(ok(&super::document(&department)), department.version))
}
