//! Values of a plugin's view as text: by the format that the plugin chose, else by the value's own type.

use chrono::{Datelike, NaiveDate};
use guanxi_core::query::Cell;
use guanxi_core::{Decimal, Value};
use guanxi_sandbox::view::Format;

use crate::engine::Ctx;
use crate::ui::components::badge::Tone;
use crate::ui::format::{self, EMPTY, MoneyStyle};

/// One line of text. A reference shows `title`, or a dash where the reader may not see the record.
pub(super) fn shown(ctx: &Ctx, value: &Value, written: Format, title: Option<&str>, style: MoneyStyle) -> String {
    match (written, value) {
        (_, Value::Null) => EMPTY.to_owned(),
        (Format::Money, _) if number(value).is_some() => format::money(at_scale(value, minor_digits(ctx)), &ctx.tenant.currency, style),
        (Format::Percent, _) if number(value).is_some() => format::percent(at_scale(value, 2)),
        (_, Value::Text(text)) => format::or_empty(Some(text.clone())),
        (_, Value::Int(number)) => format::integer(*number),
        (_, Value::Decimal(number)) => format::decimal(*number),
        (_, Value::Bool(flag)) => format::yes_no(*flag, ctx.locale).to_owned(),
        (_, Value::Date(date)) => format::date(*date),
        (_, Value::Instant(instant)) => format::datetime(*instant, ctx.tenant.zone),
        (_, Value::Ref(_) | Value::AnyRef { .. }) => format::or_empty(title.map(str::to_owned)),
        (_, Value::Texts(codes)) => codes.join(", "),
        (_, Value::Refs(ids)) => format::integer(i64::try_from(ids.len()).unwrap_or(i64::MAX)),
        (_, Value::Json(text)) => text.clone(),
    }
}

/// Whether an amount has fen or cents that a short form would have to show.
pub(super) fn has_minor_digits(ctx: &Ctx, value: &Value) -> bool {
    number(value).is_some() && {
        let amount = at_scale(value, minor_digits(ctx));
        amount.units % 10_i64.pow(u32::from(amount.scale)) != 0
    }
}

/// The value as a number to draw with.
pub(super) fn drawn(value: &Value) -> Option<f64> {
    number(value).map(|number| number.units as f64 / 10_f64.powi(i32::from(number.scale)))
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Int(number) => Some(Decimal::new(*number, 0)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

/// The number at a scale; as it is where it would not fit.
fn at_scale(value: &Value, scale: u8) -> Decimal {
    let given = number(value).unwrap_or(Decimal::new(0, scale));
    given.rescale(scale).unwrap_or(given)
}

/// Minor digits of the tenant's currency.
pub(super) fn minor_digits(ctx: &Ctx) -> u8 {
    ctx.tenant.store.tenant.currency_digits
}

/// A total of an aggregate as a value; null where there is none, or where it is wider than a value can be.
pub(super) fn cell_value(cell: &Cell) -> Value {
    match cell {
        Cell::Value(value) => value.clone(),
        Cell::Count(count) => Value::Int(*count),
        Cell::Total { units, scale, .. } => Decimal::from_units(*units, *scale).map_or(Value::Null, Value::Decimal),
    }
}

/// `12-18` in this year, else with the year.
pub(super) fn day_short(day: NaiveDate, today: NaiveDate) -> String {
    day.format(if day.year() == today.year() { "%m-%d" } else { "%Y-%m-%d" }).to_string()
}

/// The colour of a judgement.
pub(super) fn tone(tone: guanxi_sandbox::view::Tone) -> Tone {
    use guanxi_sandbox::view::Tone as Said;
    match tone {
        Said::Neutral => Tone::Neutral,
        Said::Good => Tone::Ok,
        Said::Warning => Tone::Warn,
        Said::Bad => Tone::Bad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_for_drawing() {
        assert_eq!(drawn(&Value::Decimal(Decimal::new(149_975, 2))), Some(1499.75));
        assert_eq!(drawn(&Value::Int(-3)), Some(-3.0));
        assert_eq!(drawn(&Value::from("x")), None);
        assert_eq!(cell_value(&Cell::Total { units: 5, scale: 1, integer: false }), Value::Decimal(Decimal::new(5, 1)));
        assert_eq!(cell_value(&Cell::Total { units: i128::MAX, scale: 1, integer: false }), Value::Null);
    }
}
