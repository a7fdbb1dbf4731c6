//! `DELETE /api/v1/roles/{key}`: takes a role from everybody.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::super::auth::Caller;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use crate::app::App;

/// Answers 204.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, ObjectPath(key): ObjectPath, params: RawParams) -> Answer {
    params.only(&[])?;
    app.engine.delete_role(&ctx, &key).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
