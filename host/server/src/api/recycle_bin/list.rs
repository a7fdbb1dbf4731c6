//! `GET /api/v1/recycle-bin?object=…`: deleted records that the caller could see, deleted last first.

use axum::extract::State;
use guanxi_core::{Problem, Value};
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::{ok, value};
use super::super::params::RawParams;
use super::super::problem::Answer;
use crate::app::App;
use crate::engine::DeletedRecord;

/// Records of a page when nothing is said.
const DEFAULT_LIMIT: u32 = 50;
/// The most records of a page.
const MAX_LIMIT: u32 = 200;

/// Answers `{"records","next"}`.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    let params = params.only(&["object", "cursor", "limit"])?;
    let object = params.text("object");
    if object.is_empty() {
        return Err(Problem::error("request.malformed", "`object` says whose recycle bin").on("object").into());
    }
    let page = app.engine.recycle_bin(&ctx, object, params.text("cursor"), params.limit(DEFAULT_LIMIT, MAX_LIMIT)?).await?;
    let record = |record: &DeletedRecord| {
        json!({
            "object": page.object.key,
            "id": record.id.to_string(),
            "title": record.title,
            "deleted_at": value(&Value::Instant(record.deleted_at)),
            "deleted_by": record.deleted_by.map(|id| id.to_string()),
            "deleted_by_name": record.deleted_by_name,
        })
    };
    Ok(ok(&json!({ "records": page.records.iter().map(record).collect::<Json>(), "next": page.next })))
}
