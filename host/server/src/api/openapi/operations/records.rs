//! `/records/…`: one set of typed operations for each object.

use guanxi_core::policy::Function;
use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::records::results;
use super::super::schema::{component, count, instant, list, maybe, maybe_id, maybe_one_of, object, of, one_of, whole};
use super::super::view::{Shown, View};
use super::objects::differences;

/// Why a save may be refused.
const OF_A_SAVE: [u16; 4] = [403, 404, 409, 422];

pub(super) fn add(view: &View, paths: &mut Paths) {
    for shown in &view.objects {
        reading(shown, paths);
        if shown.may(Function::Create) {
            create(shown, paths);
        }
        if shown.may(Function::Edit) {
            editing(shown, paths);
        }
        if shown.may(Function::Delete) {
            deleting(shown, paths);
        }
    }
    for_any_object(view, paths);
}

fn op(shown: &Shown, what: &str, summary: &str) -> Operation {
    let key = &shown.object.key;
    Operation::new(format!("records.{key}.{what}"), key, summary)
}

fn reading(shown: &Shown, paths: &mut Paths) {
    let key = &shown.object.key;
    let page = component(&format!("{key}.page"));
    let listed = op(shown, "list", "A page of records")
        .takes(&["q", "filter", "sort", "fields", "limit", "cursor", "count"])
        .answers(200, "The page", page.clone())
        .refuses(&[403, 404, 422]);
    paths.add_for(key, "get", "/records/{object}", listed);
    let query = op(shown, "query", "A page of records, asked for in JSON").body(component("ListRequest"));
    paths.add_for(key, "post", "/records/{object}/query", query.answers(200, "The page", page).refuses(&[403, 404]));
    let get = op(shown, "get", "One record").takes(&["fields"]).answers_record(200, "The record", component(key));
    paths.add_for(key, "get", "/records/{object}/{id}", get.refuses(&[403, 404, 422]));
    let version = op(shown, "version", "A record as it was at a version").at("version", count());
    let version = version.answers(200, "The record as it was", component(key)).refuses(&[403, 404, 422]);
    paths.add_for(key, "get", "/records/{object}/{id}/versions/{version}", version);
}

fn create(shown: &Shown, paths: &mut Paths) {
    let key = &shown.object.key;
    let new = component(&format!("{key}.new"));
    let made = json!({ "anyOf": [component(key), whole(json!({ "records": list(component(key)) }))] });
    let mut created =
        json!({ "description": "The record, or of an array all of them", "content": { "application/json": { "schema": made } } });
    created["headers"] = json!({ "ETag": { "$ref": "#/components/headers/ETag" }, "Location": { "schema": { "type": "string" } } });
    let operation = op(shown, "create", "A new record, or up to 1,000 in one unit")
        .takes(&["partial", "confirm", "dry_run", "Idempotency-Key"])
        .body(json!({ "oneOf": [new, { "type": "array", "maxItems": 1_000, "items": new }] }))
        .replies(201, created)
        .answers(200, "With `partial` one result for each; in a dry run what would be", results(key))
        .refuses(&OF_A_SAVE);
    paths.add_for(key, "post", "/records/{object}", operation);
}

fn editing(shown: &Shown, paths: &mut Paths) {
    let key = &shown.object.key;
    let change = || component(&format!("{key}.change"));
    let saved = || json!({ "anyOf": [component(key), component("DryRun")] });
    let update = op(shown, "update", "New values for some fields; null clears, fields that are not named stay")
        .takes(&["confirm", "dry_run", "If-Match", "Idempotency-Key"])
        .body(change())
        .answers_record(200, "The record as it is now", saved())
        .refuses(&OF_A_SAVE);
    paths.add_for(key, "patch", "/records/{object}/{id}", update);
    if let Some(machine) = &shown.object.rules.machine {
        let mut actions: Vec<&str> = machine.transitions.iter().map(|transition| transition.action.as_str()).collect();
        actions.sort_unstable();
        actions.dedup();
        let transition = op(shown, "transition", "Moves the state, by what people call it")
            .at("action", one_of(&actions))
            .takes(&["confirm", "dry_run", "If-Match", "Idempotency-Key"])
            .maybe_body(change())
            .answers_record(200, "The record as it is now", saved())
            .refuses(&OF_A_SAVE);
        paths.add_for(key, "post", "/records/{object}/{id}/transition/{action}", transition);
    }
    let adjustments: Vec<&str> = shown.object.rules.adjustments.iter().map(|adjustment| adjustment.key.as_str()).collect();
    if !adjustments.is_empty() {
        let amount = json!({ "type": ["string", "integer"], "description": "More than 0, as text such as \"2.50\"." });
        let adjust = op(shown, "adjust", "Adds an amount to numbers of a record, or takes it away")
            .at("action", one_of(&adjustments))
            .takes(&["Idempotency-Key"])
            .body(whole(json!({ "amount": amount })))
            .answers_record(200, "The record as it is now", component(key))
            .refuses(&OF_A_SAVE);
        paths.add_for(key, "post", "/records/{object}/{id}/actions/{action}", adjust);
    }
}

fn deleting(shown: &Shown, paths: &mut Paths) {
    let key = &shown.object.key;
    let delete = op(shown, "delete", "Deletes a record; it can be restored")
        .takes(&["confirm", "dry_run", "If-Match", "Idempotency-Key"])
        .answers_nothing(204, "Deleted")
        .answers(200, "Of a dry run: what would hinder it", component("DryRun"))
        .refuses(&OF_A_SAVE);
    paths.add_for(key, "delete", "/records/{object}/{id}", delete);
    let restore = op(shown, "restore", "A deleted record comes back").takes(&["confirm"]);
    let restore = restore.answers_record(200, "The record", component(key)).refuses(&OF_A_SAVE);
    paths.add_for(key, "post", "/records/{object}/{id}/restore", restore);
}

/// What has the same form for all objects.
fn for_any_object(view: &View, paths: &mut Paths) {
    if view.objects.is_empty() {
        return;
    }
    let op = |id: &str, summary: &str| Operation::new(id, "records", summary);
    let history = op("records.history", "What happened to a record, newest first")
        .takes(&["page", "cursor"])
        .query("field", false, of("string"), "The changes of this field alone")
        .answers(200, "A page of changes", component("History"))
        .refuses(&[403, 404, 422]);
    paths.add("get", "/records/{object}/{id}/history", history);
    let undo = op("records.undoChange", "Takes one change of a record back")
        .at("entry", count())
        .takes(&["dry_run", "confirm"])
        .answers(200, "The batch that it is, or of a dry run the report", json!({ "anyOf": [component("Started"), component("Report")] }))
        .answers(202, "The batch goes on", component("Started"))
        .refuses(&OF_A_SAVE);
    paths.add("post", "/records/{object}/{id}/history/{entry}/undo", undo);
    let bulk = op("records.bulk", "One change for many records, as a batch")
        .takes(&["dry_run"])
        .body(component("BulkRequest"))
        .answers(200, "The batch with its report; of a dry run the report", json!({ "anyOf": [component("Started"), component("Report")] }))
        .answers(202, "The batch goes on", component("Started"))
        .refuses(&OF_A_SAVE);
    paths.add("post", "/records/{object}/bulk", bulk);
}

/// A change of a record.
pub(super) fn change() -> Json {
    whole(json!({
        "id": { "type": "integer" }, "at": instant(), "actor": maybe_id(), "actor_name": maybe("string"), "via": of("string"),
        "batch": maybe("integer"), "op": one_of(&["create", "update", "delete", "restore", "purge"]), "version": count(),
        "fields": differences(),
    }))
}

pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let texts = || json!({ "type": ["string", "array", "null"], "items": of("string") });
    vec![
        (
            "ListRequest",
            object(
                &[],
                json!({
                    "q": maybe("string"), "filter": maybe("string"), "sort": texts(), "fields": texts(), "cursor": maybe("string"), "count": maybe("boolean"),
                    "limit": { "type": ["integer", "null"], "minimum": 1, "maximum": 1_000 },
                }),
            ),
        ),
        ("History", whole(json!({ "changes": list(change()), "next": maybe("string") }))),
        (
            "BulkRequest",
            object(
                &["op"],
                json!({
                    "op": one_of(&["update", "delete"]), "filter": maybe("string"), "ids": { "type": ["array", "null"], "items": { "type": "string", "format": "uuid" } },
                    "set": { "type": ["object", "null"] }, "title": maybe("string"), "confirm": texts(),
                }),
            ),
        ),
        (
            "TransferRequest",
            object(
                &["to"],
                json!({
                    "to": { "type": "string", "format": "uuid" }, "objects": texts(), "from_records": maybe_one_of(&["owner"]), "confirm": texts(),
                }),
            ),
        ),
    ]
}
