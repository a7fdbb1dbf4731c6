//! Filters between people and expressions: what the small filter form sends becomes a condition, and a filter becomes chips, one per
//! condition that can be removed alone. Whether a filter is right is decided by the engine.

mod chip;
mod write;

use chrono_tz::Tz;
use guanxi_core::expr::{Syntax, SyntaxKind, parse};
use guanxi_core::input::{from_text, parse_date};
use guanxi_core::meta::{Field, FieldKind};
use guanxi_core::{Problem, Value};

pub use chip::{Literal, Reading, field_label, read};
pub use write::quoted;

/// Written for the acting user.
pub const ME: &str = "me";

/// The operators that the filter form offers for a type, as far as the language has them.
pub fn operators(kind: &FieldKind) -> &'static [&'static str] {
    match kind {
        FieldKind::Text { .. } | FieldKind::Email | FieldKind::Phone | FieldKind::Url => &["starts_with", "eq", "ne", "empty", "not_empty"],
        FieldKind::LongText => &["empty", "not_empty"],
        FieldKind::Select { .. } | FieldKind::Bool | FieldKind::Reference { .. } => &["eq", "ne", "empty", "not_empty"],
        FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Percent | FieldKind::Money { .. } => {
            &["ge", "le", "gt", "lt", "eq", "ne", "empty", "not_empty"]
        }
        FieldKind::Date | FieldKind::DateTime => &["before", "after", "eq", "empty", "not_empty"],
        FieldKind::Duration => &["ge", "le", "gt", "lt", "eq", "ne", "empty", "not_empty"],
        FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. } | FieldKind::ManyReference { .. } => &["empty", "not_empty"],
        FieldKind::AnyReference | FieldKind::File => &["empty", "not_empty"],
        FieldKind::Json | FieldKind::Children { .. } => &[],
    }
}

/// The condition that the filter form asks for. `path` is how the field is reached (`customer.name`), `field` the field at its end.
/// A value that does not fit is the field's own problem; an empty value compared for equality asks for emptiness.
pub fn condition(path: &str, field: &Field, operator: &str, value: &str, zone: Tz) -> Result<String, Problem> {
    if !operators(&field.kind).contains(&operator) {
        let detail = format!("`{}` ({}) cannot be filtered by `{operator}`", field.key, field.kind.name());
        return Err(Problem::error("filter.not_pushable", detail).on(path));
    }
    let value = value.trim();
    let symbol = match operator {
        "empty" => return Ok(format!("{path} == null")),
        "not_empty" => return Ok(format!("{path} != null")),
        "starts_with" => {
            if value.is_empty() {
                return Err(Problem::error("field.required", "say what it starts with").on(path));
            }
            return Ok(format!("{path}.startsWith({})", quoted(value)));
        }
        "eq" => "==",
        "ne" => "!=",
        "lt" | "before" => "<",
        "le" => "<=",
        "gt" | "after" => ">",
        _ => ">=",
    };
    match literal(field, value, zone)? {
        None if matches!(symbol, "==" | "!=") => Ok(format!("{path} {symbol} null")),
        None => Err(Problem::error("field.required", "say what it is compared with").on(path)),
        Some(text) => Ok(format!("{path} {symbol} {text}")),
    }
}

/// A form's value as the language writes it; `None` for no value.
fn literal(field: &Field, value: &str, zone: Tz) -> Result<Option<String>, Problem> {
    if value == ME && field.target() == Some("user") {
        return Ok(Some(ME.to_owned()));
    }
    // A moment compared with a date means the whole day.
    if let (FieldKind::DateTime, Some(day)) = (&field.kind, parse_date(value)) {
        return Ok(Some(quoted(&day.to_string())));
    }
    Ok(match from_text(field, value, zone)? {
        Value::Null => None,
        Value::Text(text) => Some(quoted(&text)),
        Value::Int(number) => Some(number.to_string()),
        Value::Decimal(number) => Some(number.to_string()),
        Value::Bool(truth) => Some(truth.to_string()),
        Value::Date(date) => Some(quoted(&date.to_string())),
        Value::Instant(instant) => Some(quoted(&instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true))),
        Value::Ref(id) => Some(quoted(&id.to_string())),
        Value::Texts(_) | Value::Refs(_) | Value::AnyRef { .. } | Value::Json(_) => None,
    })
}

/// The conditions of a filter that all have to hold, in order. Blank has none; one that cannot be read is refused.
pub fn conditions(filter: &str) -> Result<Vec<Syntax>, Problem> {
    if filter.trim().is_empty() {
        return Ok(Vec::new());
    }
    let mut rest = parse(filter)?;
    let mut found = Vec::new();
    loop {
        match rest.kind {
            SyntaxKind::Binary("&&", left, right) => {
                found.push(*right);
                rest = *left;
            }
            kind => {
                found.push(Syntax { kind, position: rest.position });
                break;
            }
        }
    }
    found.reverse();
    // `a && (b && c)` leans to the right: its tail is cut once more.
    Ok(found.into_iter().flat_map(flatten).collect())
}

fn flatten(syntax: Syntax) -> Vec<Syntax> {
    match syntax.kind {
        SyntaxKind::Binary("&&", left, right) => [flatten(*left), flatten(*right)].concat(),
        kind => vec![Syntax { kind, position: syntax.position }],
    }
}

/// A filter from conditions.
pub fn join(conditions: &[Syntax]) -> String {
    conditions
        .iter()
        .map(|condition| if conditions.len() == 1 { write::expression(condition) } else { write::conjunct(condition) })
        .collect::<Vec<_>>()
        .join(" && ")
}

/// The filter with one condition more. A filter that cannot be read stays as it is, in brackets, so that its problem is still told.
pub fn and(filter: &str, condition: &str) -> String {
    if filter.trim().is_empty() {
        return condition.to_owned();
    }
    match (conditions(filter), parse(condition)) {
        (Ok(mut parts), Ok(more)) => {
            if !parts.iter().any(|part| write::expression(part) == write::expression(&more)) {
                parts.push(more);
            }
            join(&parts)
        }
        _ => format!("({filter}) && {condition}"),
    }
}

/// The filter without its condition at a place.
pub fn without(conditions: &[Syntax], place: usize) -> String {
    let rest: Vec<Syntax> = conditions.iter().enumerate().filter(|(index, _)| *index != place).map(|(_, part)| part.clone()).collect();
    join(&rest)
}

#[cfg(test)]
mod tests;
