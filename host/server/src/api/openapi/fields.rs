//! A field as JSON Schema: as an answer shows it, and as a body takes it. The forms are those of docs/api.md.

use guanxi_core::input::{EMAIL_MAX, LIST_MAX, LONG_TEXT_MAX, PHONE_MAX, URL_MAX};
use guanxi_core::meta::{Computed, Field, FieldKind};
use serde_json::{Value as Json, json};

use super::super::json::value;
use super::schema::{component, id, words};

/// Digits of a decimal before and after its point.
const DIGITS: u8 = 18;

/// A field in an answer.
pub(super) fn answered(field: &Field) -> Json {
    let schema = match &field.kind {
        FieldKind::Children { target } => json!({ "type": "array", "items": component(target) }),
        FieldKind::Json => json!({}),
        kind if kind.is_decimal() => json!({ "type": ["string", "null"], "format": "decimal", "pattern": decimal(kind) }),
        FieldKind::Email => json!({ "type": ["string", "null"], "maxLength": EMAIL_MAX }),
        kind => {
            let mut schema = taken(kind);
            schema["type"] = json!([schema["type"], "null"]);
            nullable_options(&mut schema);
            schema
        }
    };
    let mut schema = described(field, schema);
    if field.is_closed() {
        schema["readOnly"] = json!(true);
    }
    schema
}

/// A field of which the reader gets a part or a word that stands for it.
pub(super) fn veiled(field: &Field) -> Json {
    let text = format!("{}. Masked or replaced by a pseudonym", words(&field.label));
    json!({ "type": ["string", "null"], "readOnly": true, "description": text })
}

/// A field in a body. A required one of a new record takes no null.
pub(super) fn asked(field: &Field, required: bool) -> Json {
    let mut schema = match &field.kind {
        FieldKind::Children { target } => {
            json!({ "type": ["array", "null"], "items": component(&format!("{target}.line")), "maxItems": LINES_MAX })
        }
        FieldKind::Json => json!({}),
        FieldKind::TreeSelect { .. } => {
            let mut path = taken(&field.kind);
            path["description"] = json!("The path from the top.");
            let last = json!({ "type": "string", "enum": codes(field), "description": "The last code alone." });
            json!({ "oneOf": if required { json!([path, last]) } else { json!([path, last, { "type": "null" }]) } })
        }
        kind if kind.is_decimal() => json!({ "type": ["string", "number", "null"], "format": "decimal" }),
        kind => {
            let mut schema = taken(kind);
            schema["type"] = json!([schema["type"], "null"]);
            nullable_options(&mut schema);
            schema
        }
    };
    if required && let Some(types) = schema.get_mut("type").and_then(Json::as_array_mut) {
        types.retain(|kind| kind != "null");
        if let Some(options) = schema.get_mut("enum").and_then(Json::as_array_mut) {
            options.retain(|option| !option.is_null());
        }
        // Blanks alone are no text.
        if schema["type"] == json!(["string"]) && schema.get("enum").is_none() && schema.get("format").is_none() {
            schema["pattern"] = json!("\\S");
        }
    }
    if let Some(default) = &field.default {
        schema["default"] = value(default);
    }
    described(field, schema)
}

/// The most lines of one kind in a record.
const LINES_MAX: usize = 1_000;

/// What a kind looks like where it is not null.
fn taken(kind: &FieldKind) -> Json {
    match kind {
        FieldKind::Text { max } => json!({ "type": "string", "maxLength": max }),
        FieldKind::LongText => json!({ "type": "string", "maxLength": LONG_TEXT_MAX }),
        FieldKind::Email => json!({ "type": "string", "format": "email", "maxLength": EMAIL_MAX }),
        FieldKind::Phone => json!({ "type": "string", "maxLength": PHONE_MAX }),
        FieldKind::Url => json!({ "type": "string", "pattern": "^[hH][tT][tT][pP][sS]?://", "maxLength": URL_MAX }),
        FieldKind::Select { options } => json!({ "type": "string", "enum": options.iter().map(|o| &o.code).collect::<Vec<_>>() }),
        FieldKind::MultiSelect { options } => {
            let codes: Vec<&String> = options.iter().map(|o| &o.code).collect();
            json!({ "type": "array", "items": { "type": "string", "enum": codes } })
        }
        FieldKind::TreeSelect { options } => {
            let codes: Vec<&String> = options.iter().map(|o| &o.code).collect();
            json!({ "type": "array", "items": { "type": "string", "enum": codes } })
        }
        FieldKind::Integer => json!({ "type": "integer", "format": "int64", "minimum": i64::MIN, "maximum": i64::MAX }),
        FieldKind::Duration => {
            json!({ "type": "integer", "format": "int64", "minimum": 0, "maximum": i64::MAX, "description": "Seconds." })
        }
        FieldKind::Decimal { .. } | FieldKind::Percent | FieldKind::Money { .. } => json!({ "type": "string", "format": "decimal" }),
        FieldKind::Bool => json!({ "type": "boolean" }),
        FieldKind::Date => json!({ "type": "string", "format": "date" }),
        FieldKind::DateTime => json!({ "type": "string", "format": "date-time" }),
        FieldKind::Reference { .. } => id(),
        FieldKind::AnyReference => json!({
            "type": "object", "required": ["object", "id"], "additionalProperties": false,
            "properties": { "object": { "type": "string" }, "id": id() },
        }),
        FieldKind::ManyReference { .. } | FieldKind::File => json!({ "type": "array", "items": id(), "maxItems": LIST_MAX }),
        FieldKind::Children { target } => json!({ "type": "array", "items": component(target) }),
        FieldKind::Json => json!({}),
    }
}

/// An answer shows all digits of the scale.
fn decimal(kind: &FieldKind) -> String {
    match kind.scale() {
        None | Some(0) => format!("^-?[0-9]{{1,{DIGITS}}}$"),
        Some(scale) => format!("^-?[0-9]{{1,{DIGITS}}}\\.[0-9]{{{scale}}}$"),
    }
}

fn codes(field: &Field) -> Vec<&str> {
    field.options().iter().map(|option| option.code.as_str()).collect()
}

/// A list of values that may be null names the null too.
fn nullable_options(schema: &mut Json) {
    if let Some(options) = schema.get_mut("enum").and_then(Json::as_array_mut) {
        options.push(Json::Null);
    }
}

/// Its name, what its options mean, where it leads, and what else a caller should know.
fn described(field: &Field, mut schema: Json) -> Json {
    let mut text = vec![words(&field.label)];
    text.extend(field.help.as_ref().map(words));
    if !field.options().is_empty() {
        let options: Vec<String> = field.options().iter().map(|o| format!("`{}` {}", o.code, words(&o.label))).collect();
        text.push(options.join(", "));
    }
    match &field.kind {
        FieldKind::Reference { target } | FieldKind::ManyReference { target } => text.push(format!("Ids of `{target}`")),
        FieldKind::File => text.push("Ids of `attachment`".into()),
        FieldKind::Money { scale } => text.push(format!("Money of the tenant's currency with {scale} decimals, as text")),
        FieldKind::Percent => text.push("Percent with 2 decimals, as text: 60 % is \"60.00\"".into()),
        FieldKind::Decimal { scale } => text.push(format!("A number with {scale} decimals, as text")),
        FieldKind::Duration => text.push("Seconds".into()),
        _ => {}
    }
    text.extend(field.computed.as_ref().map(|computed| match computed {
        Computed::Formula { expression } => format!("Computed: `{expression}`"),
        Computed::RollUp(roll_up) => format!("Computed: {} over `{}`", roll_up.function.name(), roll_up.object),
        Computed::Sequence { format } => format!("Numbered: `{format}`"),
    }));
    text.extend(field.mask.as_ref().map(|mask| format!("Looks like `{mask}`")));
    let conditions = &field.conditions;
    text.extend(conditions.show.as_ref().map(|when| format!("Shown if `{when}`")));
    text.extend(conditions.require.as_ref().map(|when| format!("Required if `{when}`")));
    text.extend(conditions.read_only.as_ref().map(|when| format!("Closed if `{when}`")));
    schema["description"] = json!(text.join(". "));
    schema
}
