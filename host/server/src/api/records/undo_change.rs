//! `POST /api/v1/records/{object}/{id}/history/{entry}/undo`: takes one change of a record back.

use axum::extract::State;
use serde_json::json;

use super::super::auth::Caller;
use super::super::batches::{report, started};
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::{Answer, ApiError};
use super::version::NumberPath;
use crate::app::App;
use crate::engine::Refusal;

/// Answers as the undo of a batch does, which this is, with one record. A refusal of that record refuses the request;
/// where nothing is left to take back, `batch` is null.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, path: NumberPath, params: RawParams) -> Answer {
    let params = params.only(&["dry_run", "confirm"])?;
    let NumberPath { object, id, number } = path;
    let preview = app.engine.preview_undo_change(&ctx, &object, id, number, params.list("confirm")).await?;
    if params.flag("dry_run", false)? {
        return Ok(ok(&report(&preview)));
    }
    if let Some(refused) = preview.records.iter().find(|record| record.result == "refused") {
        return Err(ApiError(Refusal::from_problems(refused.problems.clone())));
    }
    if preview.counts.changed == 0 {
        return Ok(ok(&json!({ "batch": null, "report": report(&preview) })));
    }
    Ok(started(&app.engine.undo_change(&ctx, &object, id, number, params.list("confirm")).await?))
}
