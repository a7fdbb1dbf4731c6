//! `POST /api/v1/batches/{id}/undo`: takes a batch back, as far as its records still are what it made of them.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use super::{BatchPath, report, started};
use crate::app::App;

/// Answers as a bulk request does; with `?dry_run=true` the preview.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, BatchPath(id): BatchPath, params: RawParams) -> Answer {
    let params = params.only(&["dry_run", "confirm"])?;
    if params.flag("dry_run", false)? {
        return Ok(ok(&report(&app.engine.preview_undo(&ctx, id).await?)));
    }
    Ok(started(&app.engine.undo(&ctx, id, params.list("confirm")).await?))
}
