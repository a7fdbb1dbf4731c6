//! `GET /api/v1/departments`: all departments that the caller sees.

use axum::extract::State;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use crate::app::App;

/// Answers `{"departments"}`, by name.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    params.only(&[])?;
    let departments = app.engine.list_departments(&ctx).await?;
    Ok(ok(&json!({ "departments": departments.iter().map(super::document).collect::<Json>() })))
}
