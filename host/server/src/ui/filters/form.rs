//! What somebody filled in in the filter builder, as an expression.

use chrono_tz::Tz;
use guanxi_core::input::{from_text, parse_date};
use guanxi_core::meta::{Field, FieldKind};
use guanxi_core::{Problem, Value};

use super::{DAYS, ME, PERIODS, any_of, operators, quoted};

/// The most values of one condition.
const MAX_VALUES: usize = 200;
/// The furthest day from today.
const MAX_DAYS: i64 = 36_500;

/// The inputs of the builder; each operator reads its own.
#[derive(Clone, Debug, Default)]
pub struct Filled {
    /// Chosen codes or ids.
    pub values: Vec<String>,
    /// The one text, number or date.
    pub text: String,
    /// The lower end.
    pub from: String,
    /// The upper end.
    pub to: String,
    /// A number of days.
    pub days: String,
    /// One of [`PERIODS`].
    pub period: String,
}

/// The condition. `path` is how the field is reached (`customer.name`), `field` the field at its end. A value that does not fit is the
/// field's own problem; nothing at all where a value is needed is `field.required`.
pub fn condition(path: &str, field: &Field, operator: &str, filled: &Filled, zone: Tz) -> Result<String, Problem> {
    if !operators(&field.kind).contains(&operator) {
        let detail = format!("`{}` ({}) cannot be filtered by `{operator}`", field.key, field.kind.name());
        return Err(Problem::error("filter.not_pushable", detail).on(path));
    }
    let required = || Problem::error("field.required", "say what it is compared with").on(path);
    let one = |text: &str| literal(field, text, zone)?.ok_or_else(required);
    Ok(match operator {
        "empty" => format!("{path} == null"),
        "not_empty" => format!("{path} != null"),
        "starts_with" | "contains" if filled.text.trim().is_empty() => return Err(required()),
        "contains" => format!("{path}.contains({})", quoted(filled.text.trim())),
        "starts_with" => format!("{path}.startsWith({})", quoted(filled.text.trim())),
        "within" => {
            let at = PERIODS.iter().position(|name| *name == filled.period).ok_or_else(required)?;
            format!("{path} {} {}", if at < DAYS { "==" } else { "in" }, PERIODS[at])
        }
        "past" => format!("{path} in last_days({})", days(path, filled, 1)?),
        "next" => format!("{path} in next_days({})", days(path, filled, 1)?),
        "older" => format!("{path} < {}", today(-days(path, filled, 0)?)),
        "later" => format!("{path} > {}", today(days(path, filled, 0)?)),
        "between" => format!("{path} >= {} && {path} <= {}", one(&filled.from)?, one(&filled.to)?),
        "has" | "has_not" => {
            let values = chosen(filled, &required)?;
            let asked: Vec<String> = values.iter().map(|value| format!("{} in {path}", quoted(value))).collect();
            match operator {
                "has" => any_of(&asked),
                _ => asked.iter().map(|one| format!("!({one})")).collect::<Vec<_>>().join(" && "),
            }
        }
        "one_of" => {
            let typed = filled.text.split([',', '，', '、', ';', '；', '\n']).map(str::trim).filter(|part| !part.is_empty());
            listed(path, "eq", &typed.map(one).collect::<Result<Vec<_>, _>>()?, &required)?
        }
        "eq" | "ne" if is_chosen(&field.kind) => {
            let values = chosen(filled, &required)?.iter().map(|value| one(value)).collect::<Result<Vec<_>, _>>()?;
            listed(path, operator, &values, &required)?
        }
        _ => format!("{path} {} {}", symbol(operator), one(&filled.text)?),
    })
}

/// Whether values of this type are chosen from a list rather than typed.
pub(super) fn is_chosen(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Select { .. } | FieldKind::Bool | FieldKind::Reference { .. })
}

fn chosen<'f>(filled: &'f Filled, required: &dyn Fn() -> Problem) -> Result<Vec<&'f str>, Problem> {
    let mut values: Vec<&str> = Vec::new();
    for value in filled.values.iter().map(|value| value.trim()).filter(|value| !value.is_empty()) {
        if !values.contains(&value) {
            values.push(value);
        }
    }
    if values.is_empty() { Err(required()) } else { Ok(values) }
}

fn listed(path: &str, operator: &str, values: &[String], required: &dyn Fn() -> Problem) -> Result<String, Problem> {
    match values {
        [] => Err(required()),
        [one] => Ok(format!("{path} {} {one}", symbol(operator))),
        many if many.len() > MAX_VALUES => {
            Err(Problem::error("field.range", format!("at most {MAX_VALUES} values")).on(path).with("max", MAX_VALUES as i64))
        }
        many if operator == "ne" => Ok(format!("!({path} in [{}])", many.join(", "))),
        many => Ok(format!("{path} in [{}]", many.join(", "))),
    }
}

fn symbol(operator: &str) -> &'static str {
    match operator {
        "eq" => "==",
        "ne" => "!=",
        "lt" | "before" => "<",
        "le" => "<=",
        "gt" | "after" => ">",
        _ => ">=",
    }
}

fn days(path: &str, filled: &Filled, least: i64) -> Result<i64, Problem> {
    match filled.days.trim().parse::<i64>() {
        Ok(days) if (least..=MAX_DAYS).contains(&days) => Ok(days),
        _ => Err(Problem::error("field.range", format!("a number of days from {least} to {MAX_DAYS}"))
            .on(path)
            .with("min", least)
            .with("max", MAX_DAYS)),
    }
}

fn today(days: i64) -> String {
    match days {
        0 => "today".to_owned(),
        days if days < 0 => format!("today - {}", -days),
        days => format!("today + {days}"),
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
