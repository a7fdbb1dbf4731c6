//! One value in another type: what comes of it, or why it cannot be.

use chrono_tz::Tz;
use guanxi_core::input::{from_text, normalise};
use guanxi_core::meta::{Field, FieldKind, Locale, SelectOption};
use guanxi_core::{Problem, Value};

/// Types whose values can become others. References lead to records and files to bytes; no text stands for them.
pub(super) fn has_text_form(kind: &FieldKind) -> bool {
    let leads = kind.target().is_some();
    !leads && !matches!(kind, FieldKind::AnyReference | FieldKind::File | FieldKind::Children { .. })
}

/// The value of `old` in the type of `new`. Nothing is rounded or cut.
pub(super) fn convert(old: &Field, new: &Field, value: &Value, zone: Tz, locale: Locale) -> Result<Value, Problem> {
    let result = match (value, &new.kind) {
        (Value::Null, _) => return Ok(Value::Null),
        (Value::Int(_) | Value::Decimal(_), kind) if kind.scale().is_some() => match (value, kind) {
            // A length of time is whole seconds.
            (Value::Decimal(number), FieldKind::Duration) => {
                from_text(&Field { kind: FieldKind::Integer, ..new.clone() }, &number.to_string(), zone)
                    .and_then(|whole| normalise(new, whole))
            }
            (value, _) => normalise(new, value.clone()),
        },
        (Value::Bool(truth), kind) if kind.scale().is_some() => normalise(new, number_of(*truth, kind)),
        (Value::Instant(instant), FieldKind::Date) => {
            let local = instant.with_timezone(&zone);
            if local.time() == chrono::NaiveTime::MIN {
                normalise(new, Value::Date(local.date_naive()))
            } else {
                let detail = format!("`{}` would lose the time of day {}", new.key, local.format("%H:%M:%S"));
                Err(Problem::error("field.range", detail).on(&new.key).with("reason", "time"))
            }
        }
        (Value::Texts(codes), FieldKind::MultiSelect { .. }) => normalise(new, Value::Texts(codes.clone())),
        (Value::Texts(codes), FieldKind::TreeSelect { .. }) => match codes.as_slice() {
            _ if matches!(old.kind, FieldKind::TreeSelect { .. }) => normalise(new, Value::Texts(codes.clone())),
            [code] => normalise(new, Value::Texts(vec![code.clone()])),
            _ => Err(several(new)),
        },
        (Value::Texts(codes), FieldKind::Select { .. }) => match (codes.as_slice(), &old.kind) {
            ([.., code], FieldKind::TreeSelect { .. }) | ([code], _) => normalise(new, Value::Text(code.clone())),
            _ => Err(several(new)),
        },
        (Value::Text(code), kind) if !old.options().is_empty() && !kind.options().is_empty() => from_text(new, code, zone),
        (Value::Json(text), FieldKind::Json) => normalise(new, Value::Json(text.clone())),
        (value, FieldKind::Json) => normalise(new, Value::Json(json_text(&shown(old, value, locale)))),
        (Value::Json(text), _) => match serde_json::from_str(text) {
            Ok(serde_json::Value::String(inner)) => from_text(new, &inner, zone),
            _ => from_text(new, text, zone),
        },
        (value, _) => from_text(new, &shown(old, value, locale), zone),
    };
    // A text that becomes nothing would be lost without anybody noticing.
    match result {
        Ok(Value::Null) => Err(Problem::error("field.type", format!("nothing would be left in `{}`", new.key)).on(&new.key)),
        other => other,
    }
}

fn several(new: &Field) -> Problem {
    Problem::error("field.option", format!("`{}` holds one option, there are several", new.key)).on(&new.key).with("reason", "several")
}

fn number_of(truth: bool, kind: &FieldKind) -> Value {
    let one = i64::from(truth);
    if kind.is_decimal() { Value::Decimal(guanxi_core::Decimal::new(one, 0)) } else { Value::Int(one) }
}

fn json_text(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// A value as people write it: options by their labels, dates as dates, numbers with all their digits.
pub(in crate::engine) fn shown(field: &Field, value: &Value, locale: Locale) -> String {
    let label = |code: &String| {
        let option = field.options().iter().find(|o: &&SelectOption| o.code == *code);
        option.map_or_else(|| code.clone(), |o| o.label.get(locale).to_owned())
    };
    match value {
        Value::Null => String::new(),
        Value::Text(code) if !field.options().is_empty() => label(code),
        Value::Text(text) | Value::Json(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(instant) => instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        Value::Ref(id) => id.to_string(),
        Value::Texts(codes) => {
            let separator = if matches!(field.kind, FieldKind::TreeSelect { .. }) { " / " } else { ", " };
            codes.iter().map(label).collect::<Vec<_>>().join(separator)
        }
        Value::Refs(ids) => ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", "),
        Value::AnyRef { object, id } => format!("{object}/{id}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::Decimal;
    use guanxi_core::meta::Label;

    fn field(kind: FieldKind) -> Field {
        Field { id: 1, ..Field::new("f", Label::default(), kind) }
    }

    #[test]
    fn what_becomes_of_values() {
        let options = vec![SelectOption::new("a", Label::new("甲", "First")), SelectOption::new("b", Label::new("乙", "Second"))];
        let text = || FieldKind::Text { max: 10 };
        let select = || FieldKind::Select { options: options.clone() };
        let many = || FieldKind::MultiSelect { options: options.clone() };
        let money = |units| Value::Decimal(Decimal::new(units, 2));
        for (old, value, new, wanted) in [
            (text(), Value::from("12.50"), FieldKind::Money { scale: 2 }, Ok(money(1250))),
            (text(), Value::from("about 12"), FieldKind::Money { scale: 2 }, Err("field.type")),
            (FieldKind::Money { scale: 2 }, money(1200), FieldKind::Integer, Ok(Value::Int(12))),
            (FieldKind::Money { scale: 2 }, money(1250), FieldKind::Integer, Err("field.type")),
            (FieldKind::Integer, Value::Int(7), text(), Ok(Value::from("7"))),
            (FieldKind::Decimal { scale: 4 }, Value::Decimal(Decimal::new(12_345, 4)), FieldKind::Decimal { scale: 2 }, Err("field.range")),
            (select(), Value::from("b"), text(), Ok(Value::from("Second"))),
            (text(), Value::from("Second"), select(), Ok(Value::from("b"))),
            (select(), Value::from("b"), many(), Ok(Value::Texts(vec!["b".into()]))),
            (many(), Value::Texts(vec!["a".into(), "b".into()]), select(), Err("field.option")),
            (FieldKind::LongText, Value::from("far too long for it"), text(), Err("field.range")),
            (FieldKind::Bool, Value::Bool(true), FieldKind::Integer, Ok(Value::Int(1))),
        ] {
            let found = convert(&field(old.clone()), &field(new.clone()), &value, Tz::Asia__Shanghai, Locale::En);
            assert_eq!(found.map_err(|p| p.code), wanted.map_err(str::to_owned), "{} {value:?} to {}", old.name(), new.name());
        }
    }
}
