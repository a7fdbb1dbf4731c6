//! `/api/v1/records/…`.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod get;
pub(super) mod history;
pub(super) mod list;
pub(super) mod query;
pub(super) mod update;

use guanxi_core::Problem;
use serde_json::Value as Json;

use crate::engine::{Ctx, Engine, Outcome, Raw, Saved};

/// The fields of one record in a body.
fn fields(body: Json) -> Result<Vec<(String, Raw)>, Problem> {
    match body {
        Json::Object(map) => Ok(map.into_iter().map(|(key, json)| (key, Raw::Json(json))).collect()),
        _ => Err(Problem::error("request.malformed", "a record is a JSON object")),
    }
}

/// Saved records as their saver may see them, in order. Somebody may lose sight of a record by saving it (it has another owner now):
/// then only id and version are told.
async fn saved_records(engine: &Engine, ctx: &Ctx, object: &str, saved: &[&Saved]) -> Outcome<Vec<Json>> {
    let ids: Vec<_> = saved.iter().map(|one| one.id).collect();
    let (paths, found) = engine.get_many(ctx, object, &ids).await?;
    let shown = |one: &&Saved| match found.get(&one.id) {
        Some(values) => super::json::record(one.id, &paths, values),
        None => serde_json::json!({ "id": one.id.to_string(), "version": one.version }),
    };
    Ok(saved.iter().map(shown).collect())
}
