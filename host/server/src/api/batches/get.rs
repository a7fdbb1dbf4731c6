//! `GET /api/v1/batches/{id}`: how far a batch is, and what it could not do.

use axum::extract::State;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use super::{BatchPath, batch, one};
use crate::app::App;
use crate::engine::BatchRecord;

/// Answers the batch with `records`: those refused, and those that others changed since.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, BatchPath(id): BatchPath, params: RawParams) -> Answer {
    params.only(&[])?;
    let view = app.engine.batch(&ctx, id).await?;
    let mut body = batch(&view.batch);
    body["records"] = view.records.iter().map(record).collect::<Json>();
    Ok(ok(&body))
}

fn record(record: &BatchRecord) -> Json {
    let item = &record.item;
    one(&item.object, item.record.map(|id| id.to_string()), &record.title, &item.result, &item.fields, &record.problems)
}
