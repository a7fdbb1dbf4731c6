//! The schemas of one object's records: as they are answered, made, changed and listed.

use guanxi_core::meta::Field;
use guanxi_core::policy::Function;
use serde_json::{Map, Value as Json, json};

use super::fields::{answered, asked, veiled};
use super::schema::{component, list, maybe, nullable, whole, words};
use super::view::{Shown, View};

/// All schemas of an object, by component name. A key has no dot, so that no two names can be alike.
pub(super) fn schemas(view: &View, shown: &Shown) -> Vec<(String, Json)> {
    let key = &shown.object.key;
    let mut all = vec![(key.clone(), record(shown)), (format!("{key}.page"), page(key))];
    if shown.may(Function::Create) || shown.may(Function::Edit) {
        all.push((format!("{key}.change"), written(shown, false)));
    }
    if shown.may(Function::Create) {
        all.push((format!("{key}.new"), written(shown, true)));
    }
    // Somebody who may write the record whose lines these are needs their form.
    if shown.object.parent_object().is_some_and(|parent| view.find(parent).is_some()) {
        all.push((format!("{key}.line"), line(shown)));
    }
    all
}

/// A record as answers show it; beside its fields, those of other records that were asked for (`customer.name`).
fn record(shown: &Shown) -> Json {
    let shape = |field: &Field, plain: bool| if plain { answered(field) } else { veiled(field) };
    let mut properties: Map<String, Json> = shown.read_fields().map(|(field, plain)| (field.key.clone(), shape(field, plain))).collect();
    properties.insert("id".into(), json!({ "type": "string", "format": "uuid", "readOnly": true }));
    json!({
        "type": "object",
        "description": words(&shown.object.label),
        "required": ["id"],
        "properties": properties,
        "patternProperties": { "\\.": {} },
        "additionalProperties": false,
    })
}

/// The body of a create or a change. Fields that the server sets may also be sent back unchanged.
fn written(shown: &Shown, new: bool) -> Json {
    // The server fills what has a default; a field that is only sometimes shown is only sometimes required.
    let required = |field: &Field| new && field.required && field.default.is_none() && field.conditions.show.is_none();
    let properties: Map<String, Json> = shown.written_fields().map(|field| (field.key.clone(), asked(field, required(field)))).collect();
    let names: Vec<&str> = shown.written_fields().filter(|field| required(field)).map(|field| field.key.as_str()).collect();
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !names.is_empty() {
        schema["required"] = json!(names);
    }
    schema
}

/// A line within its record: without an id a new one.
fn line(shown: &Shown) -> Json {
    let parent = shown.object.parent.as_deref();
    let mut schema = written(shown, false);
    if let Some(properties) = schema["properties"].as_object_mut() {
        properties.retain(|key, _| Some(key.as_str()) != parent);
        properties.insert("id".into(), json!({ "type": ["string", "null"], "format": "uuid" }));
        properties.insert("version".into(), maybe("integer"));
    }
    schema
}

fn page(key: &str) -> Json {
    whole(json!({ "records": list(component(key)), "next": maybe("string"), "count": component("Count") }))
}

/// What a create answers for an array, with `partial`, or in a dry run.
pub(super) fn results(key: &str) -> Json {
    let one = json!({
        "type": "object", "required": ["status"],
        "properties": { "status": { "type": "integer" }, "record": nullable(component(key)), "problems": list(component("Problem")) },
    });
    json!({ "oneOf": [
        whole(json!({ "results": list(one) })),
        component("DryRun"),
        { "type": "object", "required": ["dry_run", "records"], "additionalProperties": false, "properties": {
            "dry_run": { "const": true }, "problems": list(component("Problem")), "records": list(json!({ "type": ["object", "null"] })),
        } },
        { "type": "object", "required": ["dry_run", "results"], "additionalProperties": false, "properties": {
            "dry_run": { "const": true }, "results": list(json!({ "type": "object" })),
        } },
    ] })
}
