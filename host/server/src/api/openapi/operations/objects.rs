//! `/objects`: what there is, and its administration.

use guanxi_core::policy::Function;
use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::schema::{component, count, instant, list, map, maybe, maybe_list, nullable, object, of, one_of, whole};
use super::super::view::View;

const TAG: &str = "objects";

/// Types that a field can be given.
const TYPES: [&str; 24] = [
    "text",
    "long_text",
    "email",
    "phone",
    "url",
    "select",
    "multi_select",
    "tree_select",
    "integer",
    "duration",
    "decimal",
    "percent",
    "money",
    "bool",
    "date",
    "datetime",
    "reference",
    "many_reference",
    "any_reference",
    "file",
    "json",
    "formula",
    "roll_up",
    "sequence",
];

pub(super) fn add(view: &View, paths: &mut Paths) {
    let op = |id: &str, summary: &str| Operation::new(id, TAG, summary);
    let all = op("objects.list", "The objects that the caller may see").takes(&["hidden"]).refuses(&[403]);
    paths.add(
        "get",
        "/objects",
        all.answers(200, "In menu order, without their fields", whole(json!({ "objects": list(component("ObjectSummary")) }))),
    );
    let one = op("objects.get", "One object with its fields").takes(&["hidden"]).refuses(&[403, 404]);
    paths.add("get", "/objects/{object}", one.answers(200, "The object", component("Object")));
    if view.administrator {
        administration(paths);
    }
}

fn administration(paths: &mut Paths) {
    let op = |id: &str, summary: &str| Operation::new(id, TAG, summary).refuses(&[403, 404, 409, 422]);
    let create = op("objects.create", "A new object of the tenant's own").body(component("NewObject"));
    paths.add("post", "/objects", create.answers(201, "The object", component("Object")));
    let update = op("objects.update", "Another name or icon; hiding and showing").body(component("ObjectChange"));
    paths.add("patch", "/objects/{object}", update.answers(200, "The object", component("Object")));
    let delete = op("objects.delete", "Takes an object out of sight; its records are kept");
    paths.add("delete", "/objects/{object}", delete.answers_nothing(204, "Hidden"));

    let create = op("fields.create", "A new field").body(component("NewField"));
    paths.add("post", "/objects/{object}/fields", create.answers(201, "The field", component("Field")));
    let update = op("fields.update", "Changes a field within its type").body(component("FieldChange"));
    paths.add("patch", "/objects/{object}/fields/{field}", update.answers(200, "The field", component("Field")));
    let delete = op("fields.delete", "Takes a field out of sight; its values are kept for 30 days");
    paths.add("delete", "/objects/{object}/fields/{field}", delete.answers_nothing(204, "Hidden"));
    let retype = op("fields.changeType", "Another type for a field").takes(&["dry_run"]).body(component("FieldType")).answers(
        200,
        "The field, or of a dry run what would become of its values",
        json!({ "oneOf": [component("Field"), component("TypePreview")] }),
    );
    paths.add("post", "/objects/{object}/fields/{field}/type", retype);
    let uses = op("fields.uses", "Every place that uses a field");
    let one = whole(json!({ "kind": of("string"), "object": maybe("string"), "name": of("string"), "blocks": of("boolean") }));
    paths.add("get", "/objects/{object}/fields/{field}/uses", uses.answers(200, "The places", whole(json!({ "uses": list(one) }))));
}

pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    vec![
        ("ObjectSummary", object(&SUMMARY, summary())),
        ("Object", whole_object()),
        ("Field", field()),
        ("Option", option(component("Label"), &["code", "label"])),
        ("NewObject", new_object()),
        ("ObjectChange", object(&[], json!({ "label": optional_label(), "icon": maybe("string"), "hidden": maybe("boolean") }))),
        ("NewField", new_field()),
        ("FieldChange", field_change()),
        ("FieldType", field_type()),
        ("RollUp", roll_up()),
        ("TypePreview", type_preview()),
    ]
}

const SUMMARY: [&str; 8] = ["key", "label", "icon", "title", "origin", "read_only", "hidden", "rights"];

fn summary() -> Json {
    let rights: Vec<&str> = Function::ALL.into_iter().map(Function::name).collect();
    json!({
        "key": of("string"), "label": component("Label"), "icon": of("string"), "title": of("string"),
        "origin": { "type": "string", "pattern": "^(host|tenant|plugin:.+)$" },
        "read_only": of("boolean"), "hidden": of("boolean"), "parent": of("string"), "rights": list(one_of(&rights)),
    })
}

fn whole_object() -> Json {
    let mut properties = summary();
    properties["fields"] = list(component("Field"));
    properties["dropped"] = list(component("Field"));
    object(&["key", "label", "icon", "title", "origin", "read_only", "hidden", "rights", "fields"], properties)
}

fn field() -> Json {
    let required = ["key", "type", "label", "required", "unique", "indexed", "read_only", "system", "hidden", "origin", "sourced"];
    object(
        &required,
        json!({
            "key": of("string"), "type": of("string"), "label": component("Label"),
            "required": of("boolean"), "unique": of("boolean"), "indexed": of("boolean"), "searchable": of("boolean"), "read_only": of("boolean"),
            "system": of("boolean"), "hidden": of("boolean"), "origin": of("string"), "sourced": of("boolean"),
            "max": count(), "scale": count(), "options": list(component("Option")), "target": of("string"),
            "result": of("string"), "formula": of("string"), "format": of("string"), "roll_up": component("RollUp"),
            "show_if": of("string"), "require_if": of("string"), "read_only_if": of("string"),
            "mask": of("string"), "group": component("Label"), "default": {}, "help": component("Label"), "dropped_at": instant(),
        }),
    )
}

fn option(label: Json, required: &[&str]) -> Json {
    object(required, json!({ "code": of("string"), "label": label, "parent": maybe("string") }))
}

fn new_object() -> Json {
    object(
        &["key", "label"],
        json!({
            "key": own_key(), "label": component("NewLabel"), "icon": maybe("string"),
            "parent": maybe("string"), "children_field": maybe("string"),
        }),
    )
}

fn own_key() -> Json {
    json!({ "type": "string", "pattern": "^x_[a-z0-9_]+$", "maxLength": 60 })
}

fn optional_label() -> Json {
    nullable(component("NewLabel"))
}

/// What a type needs to know.
fn of_a_type() -> Json {
    json!({
        "required": maybe("boolean"), "unique": maybe("boolean"), "indexed": maybe("boolean"), "searchable": maybe("boolean"),
        "options": maybe_list(option(optional_label(), &["code"])),
        "target": maybe("string"), "scale": { "type": ["integer", "null"], "minimum": 0, "maximum": 8 },
        "max": { "type": ["integer", "null"], "minimum": 1, "maximum": 4_000 },
        "default": {}, "mask": maybe("string"),
        "show_if": maybe("string"), "require_if": maybe("string"), "read_only_if": maybe("string"),
        "formula": maybe("string"), "result": maybe("string"), "format": maybe("string"), "roll_up": nullable(component("RollUp")),
    })
}

fn new_field() -> Json {
    let mut properties = of_a_type();
    for (key, schema) in [
        ("key", own_key()),
        ("type", one_of(&TYPES)),
        ("label", component("NewLabel")),
        ("help", optional_label()),
        ("group", optional_label()),
        ("sourced", maybe("boolean")),
    ] {
        properties[key] = schema;
    }
    object(&["key", "type", "label"], properties)
}

fn field_type() -> Json {
    let mut properties = of_a_type();
    properties["type"] = one_of(&TYPES);
    properties["unconvertible"] = json!({ "type": ["string", "null"], "enum": ["null", null] });
    object(&["type"], properties)
}

fn field_change() -> Json {
    object(
        &[],
        json!({
            "label": optional_label(), "help": optional_label(), "group": optional_label(), "mask": maybe("string"), "default": {},
            "show_if": maybe("string"), "require_if": maybe("string"), "read_only_if": maybe("string"),
            "required": maybe("boolean"), "unique": maybe("boolean"), "indexed": maybe("boolean"), "searchable": maybe("boolean"), "hidden": maybe("boolean"),
            "options": maybe_list(option(optional_label(), &["code"])), "max": { "type": ["integer", "null"], "minimum": 1, "maximum": 4_000 },
            "formula": maybe("string"),
        }),
    )
}

fn roll_up() -> Json {
    object(
        &["object", "reference", "function"],
        json!({
            "object": of("string"), "reference": of("string"), "function": one_of(&["count", "sum", "avg", "min", "max"]),
            "field": maybe("string"), "condition": maybe("string"),
        }),
    )
}

fn type_preview() -> Json {
    let reason = whole(json!({ "code": of("string"), "title": of("string"), "detail": of("string") }));
    whole(json!({
        "with_value": count(), "convertible": count(), "unconvertible": count(),
        "lost": whole(json!({ "scale": count(), "length": count() })),
        "examples": list(whole(json!({ "id": of("string"), "title": of("string"), "value": {}, "reason": reason }))),
        "groups": list(whole(json!({ "value": {}, "count": count() }))),
    }))
}

/// Fields with two values, before and after.
pub(super) fn differences() -> Json {
    map(whole(json!({ "old": {}, "new": {} })))
}
