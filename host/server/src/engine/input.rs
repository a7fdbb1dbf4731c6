//! What borders send for a field, before anyone looked at its type.

use guanxi_core::input::{from_text, normalise};
use guanxi_core::meta::{Field, FieldKind};
use guanxi_core::{Decimal, Problem, Value};
use serde_json::Value as Json;
use uuid::Uuid;

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
    /// The lines of a children field, in their order. From the API they come as a JSON array instead, which says the same.
    Lines(Vec<Line>),
}

/// One record of a child object, as its parent's form or JSON has it.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// The stored line that this is; `None` is a new one.
    pub id: Option<Uuid>,
    /// Refused with `record.version_conflict` unless the stored line has this version.
    pub version: Option<i64>,
    /// Its fields by key; those not named stay as they are, or take their defaults.
    pub fields: Vec<(String, Raw)>,
}

/// A field's value in its stored form, or the one problem it has.
pub(super) fn read(ctx: &Ctx, field: &Field, raw: Raw) -> Result<Value, Problem> {
    match raw {
        Raw::Value(value) => normalise(field, value),
        Raw::Text(text) => from_text(field, &text, ctx.tenant.zone),
        Raw::Json(json) => from_json(field, json),
        Raw::Lines(_) => Err(mistyped(field, "lines")),
    }
}

/// `field.type` for a value of another form.
pub(super) fn mistyped(field: &Field, what: &str) -> Problem {
    Problem::error("field.type", format!("`{}` takes {}, not {what}", field.key, field.kind.name()))
        .on(&field.key)
        .with("expected", field.kind.name())
}

fn from_json(field: &Field, json: Json) -> Result<Value, Problem> {
    let wrong = |what: &str| mistyped(field, what);
    match (&field.kind, json) {
        (_, Json::Null) => Ok(Value::Null),
        // Any JSON is a value here, texts and numbers too.
        (FieldKind::Json, json) => normalise(field, Value::Json(json.to_string())),
        (FieldKind::Children { .. }, _) => Err(wrong("a value of its own")),
        (FieldKind::Bool, Json::Bool(flag)) => Ok(Value::Bool(flag)),
        (_, Json::Bool(_)) => Err(wrong("a boolean")),
        (FieldKind::Integer | FieldKind::Duration, Json::Number(number)) => match number.as_i64() {
            Some(number) => normalise(field, Value::Int(number)),
            None if is_whole(&number) => Err(beyond(field)),
            None => Err(wrong("that number")),
        },
        // The JSON form of a decimal is a string; a number is taken as its shortest decimal notation, which is exact for what people write.
        (kind, Json::Number(number)) if kind.is_decimal() => normalise(field, Value::Text(plain(&number))),
        (_, Json::Number(_)) => Err(wrong("a number")),
        (FieldKind::Bool | FieldKind::Integer | FieldKind::Duration, Json::String(_)) => Err(wrong("a string")),
        // The last code of a path names its place in the tree, because a code is unique there.
        (FieldKind::TreeSelect { .. }, Json::String(code)) => normalise(field, Value::Texts(vec![code])),
        (FieldKind::AnyReference, Json::Object(map)) => any_reference(field, &map),
        (kind, Json::Array(items)) if kind.is_list() => {
            let texts = items.into_iter().map(|item| match item {
                Json::String(text) => Ok(text),
                _ => Err(wrong("an array of anything but strings")),
            });
            normalise(field, Value::Texts(texts.collect::<Result<_, _>>()?))
        }
        (kind, Json::String(_)) if kind.is_list() || *kind == FieldKind::AnyReference => Err(wrong("a string")),
        // Strictly: `2026-02-03`, RFC 3339, `1499.75`. What people write beside that is for forms and files.
        (_, Json::String(text)) => normalise(field, Value::Text(text)),
        (_, Json::Array(_)) => Err(wrong("an array")),
        (_, Json::Object(_)) => Err(wrong("an object")),
    }
}

/// A whole number that 64 bits do not hold.
fn is_whole(number: &serde_json::Number) -> bool {
    number.is_u64() || number.as_f64().is_some_and(|number| number.fract() == 0.0 && number.abs() >= 9_223_372_036_854_775_808.0)
}

fn beyond(field: &Field) -> Problem {
    let (min, max) = (i64::MIN.to_string(), i64::MAX.to_string());
    let detail = format!("`{}` must be between {min} and {max}", field.key);
    Problem::error("field.range", detail).on(&field.key).with("min", min).with("max", max)
}

/// A number in digits, without an exponent.
fn plain(number: &serde_json::Number) -> String {
    match number.as_f64().filter(|_| number.is_f64()) {
        Some(number) => format!("{number}"),
        None => number.to_string(),
    }
}

/// `{"object":"customer","id":"019a…"}`, and nothing else.
fn any_reference(field: &Field, map: &serde_json::Map<String, Json>) -> Result<Value, Problem> {
    let text = |key: &str| map.get(key).and_then(Json::as_str);
    let (Some(object), Some(id), 2) = (text("object"), text("id"), map.len()) else {
        return Err(mistyped(field, "that object: it has the keys object and id"));
    };
    let id = Uuid::parse_str(id).map_err(|_| mistyped(field, "that id"))?;
    normalise(field, Value::AnyRef { object: object.to_owned(), id })
}

/// Two values that a reader cannot tell apart (decimals by number, everything else by identity).
pub(super) fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Decimal(a), Value::Decimal(b)) => Decimal::eq(a, b),
        _ => left == right,
    }
}
