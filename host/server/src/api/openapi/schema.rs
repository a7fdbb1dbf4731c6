//! Small pieces of JSON Schema.

use guanxi_core::meta::Label;
use serde_json::{Value as Json, json};

/// A value of one type.
pub(super) fn of(kind: &str) -> Json {
    json!({ "type": kind })
}

/// A value of one type, or null. In a body null is the same as leaving the key out.
pub(super) fn maybe(kind: &str) -> Json {
    json!({ "type": [kind, "null"] })
}

/// One of some texts.
pub(super) fn one_of(texts: &[&str]) -> Json {
    json!({ "type": "string", "enum": texts })
}

/// One of some texts, or null.
pub(super) fn maybe_one_of(texts: &[&str]) -> Json {
    let mut all: Vec<Json> = texts.iter().map(|text| json!(text)).collect();
    all.push(Json::Null);
    json!({ "type": ["string", "null"], "enum": all })
}

/// An array.
pub(super) fn list(items: Json) -> Json {
    json!({ "type": "array", "items": items })
}

/// An array, or null.
pub(super) fn maybe_list(items: Json) -> Json {
    json!({ "type": ["array", "null"], "items": items })
}

/// A JSON object with any keys, whose values are alike.
pub(super) fn map(values: Json) -> Json {
    json!({ "type": "object", "additionalProperties": values })
}

/// A component, or null.
pub(super) fn nullable(schema: Json) -> Json {
    json!({ "oneOf": [schema, { "type": "null" }] })
}

/// A JSON object with exactly these keys, of which some must be there.
pub(super) fn object(required: &[&str], properties: Json) -> Json {
    let mut schema = json!({ "type": "object", "properties": properties, "additionalProperties": false });
    if !required.is_empty() {
        schema["required"] = json!(required);
    }
    schema
}

/// A JSON object that always has all of these keys.
pub(super) fn whole(properties: Json) -> Json {
    let keys: Vec<&str> = properties.as_object().into_iter().flat_map(|map| map.keys().map(String::as_str)).collect();
    let required = json!(keys);
    json!({ "type": "object", "required": required, "properties": properties, "additionalProperties": false })
}

/// A shared schema.
pub(super) fn component(name: &str) -> Json {
    json!({ "$ref": format!("#/components/schemas/{name}") })
}

/// An id of a record.
pub(super) fn id() -> Json {
    json!({ "type": "string", "format": "uuid" })
}

/// An id of a record, or null.
pub(super) fn maybe_id() -> Json {
    json!({ "type": ["string", "null"], "format": "uuid" })
}

/// A whole number of 64 bits.
pub(super) fn whole_number() -> Json {
    json!({ "type": "integer", "format": "int64", "minimum": i64::MIN, "maximum": i64::MAX })
}

/// A number of things.
pub(super) fn count() -> Json {
    json!({ "type": "integer", "minimum": 0 })
}

/// A time in UTC.
pub(super) fn instant() -> Json {
    json!({ "type": "string", "format": "date-time" })
}

/// A time in UTC, or null.
pub(super) fn maybe_instant() -> Json {
    json!({ "type": ["string", "null"], "format": "date-time" })
}

/// The same schema with a sentence about it.
pub(super) fn about(mut schema: Json, text: &str) -> Json {
    schema["description"] = json!(text);
    schema
}

/// A name in both languages, for readers of either.
pub(super) fn words(label: &Label) -> String {
    if label.zh == label.en { label.en.clone() } else { format!("{} · {}", label.en, label.zh) }
}
