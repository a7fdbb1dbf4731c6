//! `GET /api/v1/views?object=customer`: the caller's own views and those shared with the caller.

use axum::extract::State;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use super::view;
use crate::app::App;

/// Answers `{"views"}`, by name; without `object` those of all objects.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    let params = params.only(&["object"])?;
    let object = Some(params.text("object")).filter(|object| !object.is_empty());
    let views = app.engine.saved_views(&ctx, object).await?;
    Ok(ok(&json!({ "views": views.iter().map(view).collect::<Json>() })))
}
