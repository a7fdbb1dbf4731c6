//! `GET /api/v1/teams`: all teams.

use axum::extract::State;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use crate::app::App;

/// Answers `{"teams"}`, by name.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    params.only(&[])?;
    let teams = app.engine.list_teams(&ctx).await?;
    Ok(ok(&json!({ "teams": teams.iter().map(super::document).collect::<Json>() })))
}
