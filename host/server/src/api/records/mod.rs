//! `/api/v1/records/…`.

pub(super) mod adjust;
pub(super) mod bulk;
pub(super) mod card;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod export;
pub(super) mod get;
pub(super) mod history;
pub(super) mod list;
pub(super) mod query;
pub(super) mod restore;
pub(super) mod shares;
pub(super) mod time_line;
pub(super) mod transition;
pub(super) mod undo_change;
pub(super) mod update;
pub(super) mod version;

use guanxi_core::{Problem, Value};
use serde_json::{Map, Value as Json, json};

use super::json::{ok, value};
use super::problem::{Answer, list};
use super::version_tag::tagged;
use crate::engine::{Change, Ctx, Engine, Outcome, Raw, Refusal, SaveOptions, Saved, WouldBe};

/// The most notes of one answer.
const MAX_INFOS: usize = 100;

/// The fields of one record in a body.
fn fields(body: Json) -> Result<Vec<(String, Raw)>, Problem> {
    match body {
        Json::Object(map) => Ok(map.into_iter().map(|(key, json)| (key, Raw::Json(json))).collect()),
        _ => Err(Problem::error("request.malformed", "a record is a JSON object")),
    }
}

/// Saves one change and answers the record as it is then; in a dry run as it would be.
async fn save_one(engine: &Engine, ctx: &Ctx, change: Change, options: SaveOptions) -> Answer {
    let (object, dry_run) = (change.object().to_owned(), options.dry_run);
    let outcome = engine.save(ctx, vec![change], options).await?.pop();
    let saved = outcome.ok_or_else(|| Refusal::internal(&"a save of one change had no outcome"))??;
    if dry_run {
        return Ok(ok(&rehearsed(&saved)));
    }
    let record = saved_records(engine, ctx, &object, &[&saved]).await?.pop().unwrap_or_default();
    Ok(tagged(ok(&record), shown_version(&record, &saved)))
}

/// What a dry run answers: what should be known, and the record as it would be (null for one that would be gone).
fn rehearsed(saved: &Saved) -> Json {
    json!({ "dry_run": true, "problems": list(&saved.infos, MAX_INFOS), "record": saved.would_be.as_ref().map(would_be) })
}

fn would_be(record: &WouldBe) -> Json {
    let flat = |values: &[(String, Value)]| values.iter().map(|(key, field)| (key.clone(), value(field))).collect::<Map<_, _>>();
    let mut all = flat(&record.values);
    for (field, lines) in &record.lines {
        all.insert(field.clone(), lines.iter().map(|line| Json::Object(flat(line))).collect());
    }
    Json::Object(all)
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
pub(in crate::api) async fn saved_records(engine: &Engine, ctx: &Ctx, object: &str, saved: &[&Saved]) -> Outcome<Vec<Json>> {
    let ids: Vec<_> = saved.iter().map(|one| one.id).collect();
    let (paths, found) = engine.get_many(ctx, object, &ids).await?;
    let lines = engine.lines(ctx, object, &ids).await?;
    let shown = |one: &&Saved| match found.get(&one.id) {
        Some(values) => super::json::with_lines(super::json::record(one.id, &paths, values), one.id, &lines),
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
