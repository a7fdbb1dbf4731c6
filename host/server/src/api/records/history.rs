//! `GET /api/v1/records/{object}/{id}/history`: what happened to a record, newest first.

use axum::extract::State;
use guanxi_core::Value;
use serde_json::{Map, Value as Json, json};

use super::super::auth::Caller;
use super::super::json::{ok, value};
use super::super::params::RawParams;
use super::super::path::RecordPath;
use super::super::problem::Answer;
use crate::app::App;
use crate::engine::HistoryChange;

/// Changes of a page when nothing is said.
const DEFAULT_LIMIT: u32 = 50;
/// The most changes of a page.
const MAX_LIMIT: u32 = 200;

/// Answers `{"changes","next"}`.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
) -> Answer {
    let params = params.only(&["cursor", "limit", "field"])?;
    let limit = params.limit(DEFAULT_LIMIT, MAX_LIMIT)?;
    let field = Some(params.text("field")).filter(|field| !field.is_empty());
    let page = app.engine.history_of(&ctx, &object, id, field, params.text("cursor"), limit).await?;
    Ok(ok(&json!({ "changes": page.changes.iter().map(change).collect::<Json>(), "next": page.next })))
}

/// A change by the host itself has no actor.
pub(super) fn change(change: &HistoryChange) -> Json {
    let pair = |(key, old, new): &(String, Value, Value)| (key.clone(), json!({ "old": value(old), "new": value(new) }));
    let fields: Map<String, Json> = change.fields.iter().map(pair).collect();
    json!({
        "id": change.id,
        "at": value(&Value::Instant(change.at)),
        "actor": change.actor.map(|id| id.to_string()),
        "actor_name": change.actor_name,
        "via": change.via,
        "batch": change.batch,
        "op": change.op.name(),
        "version": change.version,
        "fields": fields,
    })
}
