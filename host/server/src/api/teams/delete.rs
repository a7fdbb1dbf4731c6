//! `DELETE /api/v1/teams/{id}`: deletes a team, and what was shared with it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::super::auth::Caller;
use super::super::params::RawParams;
use super::super::path::IdPath;
use super::super::problem::Answer;
use crate::app::App;

/// Answers 204.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, IdPath(id): IdPath, params: RawParams) -> Answer {
    params.only(&[])?;
    app.engine.delete_team(&ctx, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
