//! Texts of forms and CSV files to values. Strict: what has two readings is refused, with the likely meaning as a suggestion.

use chrono_tz::Tz;
use unicode_normalization::UnicodeNormalization;
use uuid::Uuid;

use super::moment::{day_start, parse_date_loose, parse_instant};
use super::{many, normalise, unknown_option, wrong_type};
use crate::meta::{Field, FieldKind, SelectOption};
use crate::problem::Problem;
use crate::text::normal_key;
use crate::value::Value;

/// Reads a text as a form or a CSV file has it. Blank is null. Problems: `field.type`, `field.range`, `field.option`.
///
/// Numbers are plain digits with a point; bools `true/false`, `1/0`, `yes/no`, `on/off`, `是/否`; dates year first (`2026-01-31`,
/// `2026/1/31`, `2026年1月31日`); times RFC 3339 or local in the zone, a date alone is its first instant; a select by code or by a
/// label in either language; a reference by id. The value is normalised as [`super::normalise`] does.
pub fn from_text(field: &Field, text: &str, zone: Tz) -> Result<Value, Problem> {
    let trimmed = text.trim();
    if trimmed.is_empty() {
        return Ok(Value::Null);
    }
    let wrong = || wrong_type(field, trimmed);
    let value = match &field.kind {
        FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Url => Value::from(text),
        FieldKind::Select { options } => match find_option(options, trimmed) {
            Some(option) => Value::Text(option.code.clone()),
            None => return Err(unknown_option(field, options, trimmed)),
        },
        FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Percent | FieldKind::Money { .. } => {
            return number(field, trimmed);
        }
        FieldKind::Bool => Value::Bool(bool_of(trimmed).ok_or_else(wrong)?),
        FieldKind::Date => Value::Date(parse_date_loose(trimmed).ok_or_else(wrong)?),
        FieldKind::DateTime => {
            let instant = parse_instant(trimmed, zone).or_else(|| day_start(parse_date_loose(trimmed)?, zone));
            Value::Instant(instant.ok_or_else(wrong)?)
        }
        FieldKind::Reference { .. } => Value::Ref(Uuid::parse_str(trimmed).map_err(|_| wrong())?),
        FieldKind::Duration => Value::Int(many::duration(trimmed).ok_or_else(wrong)?),
        FieldKind::MultiSelect { options } => {
            let named = |part: String| find_option(options, &part).map(|o| o.code.clone()).unwrap_or(part);
            Value::Texts(many::parts(trimmed).into_iter().map(named).collect())
        }
        FieldKind::TreeSelect { options } => {
            let named = |part: &str| find_option(options, part).map(|o| o.code.clone()).unwrap_or_else(|| part.to_owned());
            Value::Texts(trimmed.split(['/', '>', '／']).map(|part| named(part.trim())).collect())
        }
        FieldKind::ManyReference { .. } | FieldKind::File => Value::Texts(many::parts(trimmed)),
        FieldKind::AnyReference | FieldKind::Json => Value::from(trimmed),
        FieldKind::Children { .. } => return Err(wrong()),
    };
    normalise(field, value)
}

fn number(field: &Field, text: &str) -> Result<Value, Problem> {
    let result = super::number::parse_number(field, text);
    result.map_err(|problem| {
        // What spreadsheets add to numbers; never taken silently, because 1.234,5 and 1,234.5 look alike.
        let plain: String = text.nfkc().filter(|c| !matches!(c, ',' | ' ' | '¥' | '$' | '€' | '%' | '元' | '\'')).collect();
        match super::number::parse_number(field, &plain) {
            Ok(_) if plain != text && problem.code == "field.type" => problem.with("suggestion", plain),
            _ => problem,
        }
    })
}

fn bool_of(text: &str) -> Option<bool> {
    match text.to_lowercase().as_str() {
        "true" | "1" | "yes" | "on" | "是" => Some(true),
        "false" | "0" | "no" | "off" | "否" => Some(false),
        _ => None,
    }
}

/// By code, else by a label that only one option has.
fn find_option<'a>(options: &'a [SelectOption], text: &str) -> Option<&'a SelectOption> {
    if let Some(option) = options.iter().find(|o| o.code == text) {
        return Some(option);
    }
    let key = |text: &str| normal_key(&FieldKind::LongText, text);
    let wanted = key(text);
    let mut found = options.iter().filter(|o| [&o.label.zh, &o.label.en, &o.code].into_iter().any(|name| key(name) == wanted));
    found.next().filter(|_| found.next().is_none())
}
