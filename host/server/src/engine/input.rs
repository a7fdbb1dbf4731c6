//! What borders send for a field, before anyone looked at its type.

use guanxi_core::input::{from_text, normalise};
use guanxi_core::meta::{Field, FieldKind};
use guanxi_core::{Decimal, Problem, Value};
use serde_json::Value as Json;

use super::Ctx;

/// A field's value as it arrived.
#[derive(Clone, Debug)]
pub enum Raw {
    /// From a form or a file: text in any accepted notation.
    Text(String),
    /// From the API: the JSON form of the field's type, strictly.
    Json(Json),
    /// Already a value: from plugins and the engine itself.
    Value(Value),
}

/// A field's value in its stored form, or the one problem it has.
pub(super) fn read(ctx: &Ctx, field: &Field, raw: Raw) -> Result<Value, Problem> {
    match raw {
        Raw::Value(value) => normalise(field, value),
        Raw::Text(text) => from_text(field, &text, ctx.tenant.zone),
        Raw::Json(json) => from_json(field, json),
    }
}

fn from_json(field: &Field, json: Json) -> Result<Value, Problem> {
    let wrong = |what: &str| {
        Problem::error("field.type", format!("`{}` takes {}, not {what}", field.key, field.kind.name()))
            .on(&field.key)
            .with("expected", field.kind.name())
    };
    match (&field.kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        (FieldKind::Bool, Json::Bool(flag)) => Ok(Value::Bool(flag)),
        (_, Json::Bool(_)) => Err(wrong("a boolean")),
        (FieldKind::Integer, Json::Number(number)) => {
            number.as_i64().map(Value::Int).ok_or_else(|| wrong("that number")).and_then(|v| normalise(field, v))
        }
        // The JSON form of a decimal is a string; a number is taken as its shortest decimal notation, which is exact for what people write.
        (kind, Json::Number(number)) if kind.is_decimal() => normalise(field, Value::Text(number.to_string())),
        (_, Json::Number(_)) => Err(wrong("a number")),
        (FieldKind::Bool | FieldKind::Integer, Json::String(_)) => Err(wrong("a string")),
        // Strictly: `2026-02-03`, RFC 3339, `1499.75`. What people write beside that is for forms and files.
        (_, Json::String(text)) => normalise(field, Value::Text(text)),
        (_, Json::Array(_)) => Err(wrong("an array")),
        (_, Json::Object(_)) => Err(wrong("an object")),
    }
}

/// Two values that a reader cannot tell apart (decimals by number, everything else by identity).
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Decimal(a), Value::Decimal(b)) => Decimal::eq(a, b),
        _ => left == right,
    }
}
