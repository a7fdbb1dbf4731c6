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

/// The most fields of one answer: as many as an object can have.
const MAX_FIELDS: usize = 500;

/// The fields asked for, each once.
fn chosen(asked: Vec<String>) -> Result<Vec<String>, Problem> {
    let mut seen = std::collections::HashSet::new();
    let chosen: Vec<String> = asked.into_iter().filter(|field| seen.insert(field.clone())).collect();
    if chosen.len() > MAX_FIELDS {
        return Err(Problem::error("request.malformed", format!("at most {MAX_FIELDS} fields at once")).on("fields"));
    }
    Ok(chosen)
}

/// The version that an answer shows. Somebody may have saved again since; tag and body must still agree.
fn shown_version(record: &Json, saved: &Saved) -> i64 {
    record.get("version").and_then(Json::as_i64).unwrap_or(saved.version)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_chosen_once() {
        assert_eq!(chosen(["b", "a", "b"].map(str::to_owned).to_vec()), Ok(vec!["b".to_owned(), "a".to_owned()]));
        let many = |n: usize| (0..n).map(|i| format!("f{i}")).collect::<Vec<_>>();
        assert!(chosen(many(MAX_FIELDS)).is_ok());
        assert_eq!(chosen(many(MAX_FIELDS + 1)).map_err(|p| p.code), Err("request.malformed".to_owned()));
    }
}
