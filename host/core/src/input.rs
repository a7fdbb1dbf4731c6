//! What people and programs send, turned into values or into problems.
//!
//! `from_text` is for forms and files, `normalise` for everything: after it a value is exactly what a database holds. Parts of problems
//! for translations: `expected` (a field type), `value`, `max_length`, `scale`, `min`, `max`, `suggestion`, `reason`.

mod form;
mod many;
mod mask;
mod moment;
mod number;
#[cfg(test)]
mod tests;
mod text_value;

pub use form::from_text;
pub use many::{JSON_MAX, LIST_MAX, tree_path};
pub use mask::fits_mask;
pub use moment::{day_start, parse_date, parse_instant};
pub use text_value::{EMAIL_MAX, LONG_TEXT_MAX, PHONE_MAX, URL_MAX};

use uuid::Uuid;

use crate::meta::{Field, FieldKind, SelectOption};
use crate::problem::Problem;
use crate::value::Value;

/// Brings a value into its stored form (trimmed, rescaled, micro-seconds) and checks it against its field.
/// Does not check `required`, uniqueness or whether a reference exists.
///
/// Texts stand for themselves, and in strict form (`"1499.75"`, `2026-01-31`, RFC 3339, a uuid) also for decimals, dates, instants and
/// references, as JSON carries them. An empty text is null everywhere. Numbers are rescaled exactly or refused.
pub fn normalise(field: &Field, value: Value) -> Result<Value, Problem> {
    if value.is_null() || value.as_text().is_some_and(|text| text.trim().is_empty()) {
        return Ok(Value::Null);
    }
    match (&field.kind, value) {
        (FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Url, Value::Text(text)) => {
            masked(field, text_value::normalise_text(field, &text)?)
        }
        (FieldKind::Select { options }, Value::Text(text)) => {
            let code = text.trim();
            if options.iter().any(|o| o.code == code) { Ok(Value::from(code)) } else { Err(unknown_option(field, options, code)) }
        }
        (FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Percent | FieldKind::Money { .. }, value) => {
            number::normalise_number(field, value)
        }
        (FieldKind::Duration, Value::Int(seconds)) if seconds >= 0 => Ok(Value::Int(seconds)),
        (FieldKind::Duration, Value::Int(_)) => {
            let problem = Problem::error("field.range", format!("`{}` is a length of time and cannot be negative", field.key));
            Err(problem.on(&field.key).with("min", 0))
        }
        (FieldKind::MultiSelect { options }, Value::Texts(codes)) => many::multi_select(field, options, &codes),
        (FieldKind::MultiSelect { options }, Value::Text(code)) => many::multi_select(field, options, &[code]),
        (FieldKind::TreeSelect { options }, Value::Texts(codes)) => many::tree_select(field, options, &codes),
        (FieldKind::TreeSelect { options }, Value::Text(code)) => many::tree_select(field, options, &[code]),
        (FieldKind::ManyReference { .. } | FieldKind::File, Value::Refs(ids)) => many::references(field, ids),
        (FieldKind::ManyReference { .. } | FieldKind::File, Value::Texts(ids)) => {
            let ids: Result<Vec<Uuid>, Problem> =
                ids.iter().map(|id| Uuid::parse_str(id.trim()).map_err(|_| wrong_type(field, id))).collect();
            many::references(field, ids?)
        }
        (FieldKind::AnyReference, Value::AnyRef { object, id }) => Ok(Value::AnyRef { object, id }),
        (FieldKind::AnyReference, Value::Text(text)) => many::any_reference(field, &text),
        (FieldKind::Json, Value::Json(text) | Value::Text(text)) => many::json(field, &text),
        (FieldKind::Bool, Value::Bool(truth)) => Ok(Value::Bool(truth)),
        (FieldKind::Date, Value::Date(date)) if moment::in_years(&date) => Ok(Value::Date(date)),
        (FieldKind::Date, Value::Date(_)) => Err(out_of_calendar(field)),
        (FieldKind::Date, Value::Text(text)) => match parse_date(text.trim()) {
            Some(date) => Ok(Value::Date(date)),
            None => Err(wrong_type(field, &text)),
        },
        (FieldKind::DateTime, Value::Instant(instant)) => {
            moment::stored_instant(instant).map(Value::Instant).ok_or_else(|| out_of_calendar(field))
        }
        (FieldKind::DateTime, Value::Text(text)) => match chrono::DateTime::parse_from_rfc3339(text.trim()) {
            Ok(instant) => moment::stored_instant(instant.to_utc()).map(Value::Instant).ok_or_else(|| out_of_calendar(field)),
            Err(_) => Err(wrong_type(field, &text)),
        },
        (FieldKind::Reference { .. }, Value::Ref(id)) => Ok(Value::Ref(id)),
        (FieldKind::Reference { .. }, Value::Text(text)) => match Uuid::parse_str(text.trim()) {
            Ok(id) => Ok(Value::Ref(id)),
            Err(_) => Err(wrong_type(field, &text)),
        },
        (_, other) => Err(wrong_type(field, &shown(&other))),
    }
}

/// `field.mask` where a text does not look as its field asks.
fn masked(field: &Field, value: Value) -> Result<Value, Problem> {
    match (&field.mask, value.as_text()) {
        (Some(mask), Some(text)) if !fits_mask(mask, text) => {
            let problem = Problem::error("field.mask", format!("`{}` must look like {mask}", field.key));
            Err(problem.on(&field.key).with("mask", mask.clone()))
        }
        _ => Ok(value),
    }
}

/// `field.type` with what was expected and what came (shortened, so that a refusal never repeats a megabyte).
fn wrong_type(field: &Field, found: &str) -> Problem {
    let kind = field.kind.name();
    let shown: String = if found.chars().count() <= 80 { found.into() } else { found.chars().take(79).chain("…".chars()).collect() };
    let shown = shown.replace(char::is_control, "\u{fffd}");
    Problem::error("field.type", format!("`{}` is of type {kind}, found \"{shown}\"", field.key))
        .on(&field.key)
        .with("expected", kind.to_owned())
        .with("value", shown)
}

fn out_of_calendar(field: &Field) -> Problem {
    Problem::error("field.range", format!("`{}` must be in the years 1 to 9999", field.key))
        .on(&field.key)
        .with("min", "0001-01-01")
        .with("max", "9999-12-31")
}

fn unknown_option(field: &Field, options: &[SelectOption], found: &str) -> Problem {
    let shown: String = found.chars().take(80).collect::<String>().replace(char::is_control, "\u{fffd}");
    let codes: Vec<&str> = options.iter().map(|o| o.code.as_str()).take(20).collect();
    Problem::error("field.option", format!("`{}` has no option \"{shown}\"; the codes are {}", field.key, codes.join(", ")))
        .on(&field.key)
        .with("value", shown)
}

/// A value in a message.
fn shown(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(instant) => instant.to_rfc3339(),
        Value::Ref(id) => id.to_string(),
        Value::Texts(codes) => codes.join(", "),
        Value::Refs(ids) => ids.iter().map(Uuid::to_string).collect::<Vec<_>>().join(", "),
        Value::AnyRef { object, id } => format!("{object}/{id}"),
        Value::Json(text) => text.clone(),
    }
}
