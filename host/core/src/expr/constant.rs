//! A literal in the type of the field beside it: `"2026-01-31"` is a date beside a date, a day beside an instant, a text beside a text.

use chrono::{DateTime, NaiveDate, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use super::operand::Operand;
use crate::input::{day_start, parse_date, parse_instant};
use crate::meta::{FieldKind, SelectOption};
use crate::problem::Problem;
use crate::value::Value;

/// A literal in the type of the field beside it.
pub(super) enum Constant {
    Value(Value),
    /// A whole day beside an instant.
    Day(NaiveDate),
    /// An empty text, which is stored as null.
    Empty,
    /// `me` when nobody acts: no record equals it.
    Nobody,
}

/// A literal as a value of a field's type.
pub(super) fn constant_for(kind: &FieldKind, literal: &Operand, zone: Tz) -> Result<Constant, Problem> {
    let value = match (kind, literal) {
        (FieldKind::Bool, Operand::Bool(truth)) => Value::Bool(*truth),
        (FieldKind::Select { options }, Operand::Text(text)) => {
            if text.is_empty() {
                return Ok(Constant::Empty);
            }
            if !options.iter().any(|o| o.code == *text) {
                return Err(unknown_option(options, text));
            }
            Value::Text(text.clone())
        }
        (FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Url, Operand::Text(text)) => {
            if text.trim().is_empty() {
                return Ok(Constant::Empty);
            }
            Value::Text(text.clone())
        }
        (FieldKind::Date, Operand::Date(date)) => Value::Date(*date),
        (FieldKind::Date, Operand::Text(text)) => match parse_date(text) {
            Some(date) => Value::Date(date),
            None => return Err(wrong_text(kind, text, "a date such as \"2026-01-31\"")),
        },
        // As stored: microseconds.
        (FieldKind::DateTime, Operand::Instant(instant)) => {
            Value::Instant(DateTime::from_timestamp_micros(instant.timestamp_micros()).unwrap_or(*instant))
        }
        (FieldKind::DateTime, Operand::Date(date)) => return Ok(Constant::Day(*date)),
        (FieldKind::DateTime, Operand::Text(text)) => {
            if let Some(date) = parse_date(text) {
                return Ok(Constant::Day(date));
            }
            match parse_instant(text, zone) {
                Some(instant) => Value::Instant(instant),
                None => return Err(wrong_text(kind, text, "a time such as \"2026-01-31 08:30\" or \"2026-01-31T00:30:00Z\"")),
            }
        }
        (FieldKind::Reference { target }, Operand::User(me)) if target == "user" => match me {
            Some(me) => Value::Ref(*me),
            None => return Ok(Constant::Nobody),
        },
        (FieldKind::Reference { .. }, Operand::Text(text)) => match Uuid::parse_str(text) {
            Ok(id) => Value::Ref(id),
            Err(_) => return Err(wrong_text(kind, text, "a record's id")),
        },
        (FieldKind::AnyReference, Operand::Text(text)) => {
            let parts = text.split_once('/').filter(|(object, _)| !object.is_empty());
            match parts.and_then(|(object, id)| Some((object, Uuid::parse_str(id).ok()?))) {
                Some((object, id)) => Value::AnyRef { object: object.to_owned(), id },
                None => return Err(wrong_text(kind, text, "an object and a record's id such as \"customer/0190…\"")),
            }
        }
        _ => return Err(wrong_literal(kind, literal)),
    };
    Ok(Constant::Value(value))
}

pub(super) fn unknown_option(options: &[SelectOption], text: &str) -> Problem {
    let code = options.iter().find(|o| o.label.zh == text || o.label.en == text || o.code.eq_ignore_ascii_case(text)).map(|o| &o.code);
    let advice = match code {
        Some(code) => format!("did you mean `{code}`?"),
        None => format!("the codes are {}", options.iter().map(|o| format!("`{}`", o.code)).collect::<Vec<_>>().join(", ")),
    };
    Problem::error("field.option", format!("there is no option `{text}`; {advice}")).with("value", text.to_owned())
}

fn wrong_text(kind: &FieldKind, text: &str, expected: &str) -> Problem {
    let shown: String = text.chars().take(40).collect();
    Problem::error("field.type", format!("found \"{shown}\", expected {expected}"))
        .with("expected", kind.name().to_owned())
        .with("value", shown)
}

fn wrong_literal(kind: &FieldKind, literal: &Operand) -> Problem {
    let expected = match kind {
        FieldKind::Bool => "true or false",
        FieldKind::Date => "a date such as \"2026-01-31\", `today` or `today - 30`",
        FieldKind::DateTime => "a time such as \"2026-01-31 08:30\", `now` or a date",
        FieldKind::Reference { .. } => "a record's id in quotes, or `me` for a user",
        FieldKind::AnyReference => "an object and a record's id in quotes: \"customer/0190…\"",
        FieldKind::Select { .. } => "an option's code in quotes",
        kind if kind.scale().is_some() => "a number without quotes",
        _ => "a text in quotes",
    };
    Problem::error("field.type", format!("found {}, expected {expected}", literal.described())).with("expected", kind.name().to_owned())
}

/// A day as a half-open interval of instants.
pub(super) fn day_bounds(day: NaiveDate, zone: Tz) -> Result<(DateTime<Utc>, DateTime<Utc>), Problem> {
    let next = day.succ_opt().and_then(|next| day_start(next, zone));
    day_start(day, zone)
        .zip(next)
        .ok_or_else(|| Problem::error("field.type", "this day is out of the calendar").with("expected", "datetime"))
}
