//! One control per field: which input, and how a value is written in it.

use chrono::Timelike;
use chrono_tz::Tz;
use guanxi_core::Value;
use guanxi_core::input::LONG_TEXT_MAX;
use guanxi_core::meta::{Field, FieldKind};

use super::references;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::format::currency_symbol;
use crate::ui::visit::Visit;

/// The control of a field, holding what was typed. `words` narrows the choices of a reference.
pub(super) async fn control(visit: &Visit, field: &Field, typed: &str, words: &str) -> Outcome<Control> {
    let locale = visit.locale();
    let kind = match &field.kind {
        FieldKind::Text { max } => ControlKind::Text { max: Some(*max) },
        FieldKind::LongText => ControlKind::LongText { max: Some(LONG_TEXT_MAX) },
        FieldKind::Email => ControlKind::Email,
        FieldKind::Phone => ControlKind::Phone,
        FieldKind::Url => ControlKind::Url,
        FieldKind::Select { options } => {
            ControlKind::Select { choices: options.iter().map(|o| Choice::new(&o.code, o.label.get(locale))).collect() }
        }
        FieldKind::Integer | FieldKind::Decimal { .. } => ControlKind::Number,
        FieldKind::Percent => ControlKind::Percent,
        FieldKind::Money { .. } => ControlKind::Money { symbol: currency_symbol(&visit.ctx.tenant.currency) },
        FieldKind::Bool if field.required || field.default.is_some() => ControlKind::Bool,
        FieldKind::Bool => ControlKind::BoolOrEmpty,
        FieldKind::Date => ControlKind::Date,
        FieldKind::DateTime => ControlKind::DateTime,
        FieldKind::Reference { target } => ControlKind::Reference(references::choices(visit, target, typed, words).await?),
        FieldKind::MultiSelect { options } => {
            ControlKind::Several { choices: options.iter().map(|o| Choice::new(&o.code, o.label.get(locale))).collect() }
        }
        FieldKind::TreeSelect { .. } | FieldKind::Duration | FieldKind::AnyReference => ControlKind::Text { max: None },
        FieldKind::ManyReference { .. } | FieldKind::File => ControlKind::Text { max: None },
        FieldKind::Json | FieldKind::Children { .. } => ControlKind::LongText { max: None },
    };
    let mut control = Control::new(&field.key, field.label.get(locale), kind).value(typed);
    control.required = field.required;
    let own_help = field.help.as_ref().map(|help| help.get(locale).to_owned()).filter(|help| !help.is_empty());
    control.help = own_help.or_else(|| (field.kind == FieldKind::Url).then(|| t(locale).url_help().to_owned()));
    Ok(control)
}

/// A value as its input holds it; a form sends the same text back if nobody touched it.
pub(super) fn form_text(value: &Value, zone: Tz) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(instant) => {
            let local = instant.with_timezone(&zone).naive_local();
            let pattern = if local.second() == 0 { "%Y-%m-%dT%H:%M" } else { "%Y-%m-%dT%H:%M:%S" };
            local.format(pattern).to_string()
        }
        Value::Ref(id) => id.to_string(),
        Value::Texts(codes) => codes.join(","),
        Value::Refs(ids) => ids.iter().map(uuid::Uuid::to_string).collect::<Vec<_>>().join(","),
        Value::AnyRef { object, id } => format!("{object}/{id}"),
        Value::Json(text) => text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, Utc};
    use guanxi_core::Decimal;

    #[test]
    fn values_are_written_as_inputs_send_them() {
        let at = |text: &str| Value::Instant(text.parse::<DateTime<Utc>>().expect("an instant"));
        for (value, wanted) in [
            (Value::Null, ""),
            (Value::from("江\n南"), "江\n南"),
            (Value::Decimal(Decimal::new(18_605, 2)), "186.05"),
            (Value::Bool(false), "false"),
            (at("2026-01-31T00:30:00Z"), "2026-01-31T08:30"),
            (at("2026-01-31T00:30:05.123Z"), "2026-01-31T08:30:05"),
        ] {
            assert_eq!(form_text(&value, chrono_tz::Asia::Shanghai), wanted);
        }
    }
}
