//! `GET /api/v1/batches`: batches, newest first; an administrator's list has everybody's.

use axum::extract::State;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use super::batch;
use crate::app::App;

/// Batches of a page when nothing is said.
const DEFAULT_LIMIT: u32 = 50;
/// The most batches of a page.
const MAX_LIMIT: u32 = 200;

/// Answers `{"batches","next"}`.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    let params = params.only(&["cursor", "limit"])?;
    let page = app.engine.batches(&ctx, params.text("cursor"), params.limit(DEFAULT_LIMIT, MAX_LIMIT)?).await?;
    Ok(ok(&json!({ "batches": page.batches.iter().map(batch).collect::<Json>(), "next": page.next })))
}
