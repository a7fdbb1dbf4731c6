//! `GET /api/v1/roles`: all roles, with what plugins grant.

use axum::extract::State;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use crate::app::App;

/// Answers `{"roles"}`, by key.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    params.only(&[])?;
    let roles = app.engine.list_roles(&ctx).await?;
    Ok(ok(&json!({ "roles": roles.iter().map(|role| super::document(role)).collect::<Json>() })))
}
