//! The figures of the transaction card: volume, frequency, trend, payments, and the months as a chart.

use guanxi_core::Decimal;
use guanxi_core::decimal::format_units;
use maud::{Markup, html};

use crate::engine::{Card, Dealings, card_money};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::bar_chart::{BarChart, Point, Series, bar_chart};
use crate::ui::components::card::{self, card};
use crate::ui::components::fields::{self, FieldValue};
use crate::ui::components::icon::Icon;
use crate::ui::components::stats::{Stat, stats};
use crate::ui::format::{self, MoneyStyle};
use crate::ui::visit::Visit;

/// The figures in a row, for the card of the overview; nothing without dealings.
pub(super) fn facts(visit: &Visit, card: &Card) -> Markup {
    let Some(dealings) = dealings(card) else { return html! {} };
    let texts = t(visit.locale());
    let volume = dealings.volume.map(|volume| FieldValue::text(texts.card_volume(), money(visit, card, volume)));
    let mut all: Vec<FieldValue> = volume.into_iter().collect();
    all.extend(frequency(visit, dealings).map(|words| FieldValue::text(texts.card_frequency(), words)));
    all.extend(dealings.trend.map(|trend| FieldValue::text(texts.card_trend(), signed(visit, card, trend))));
    all.extend(dealings.paid.map(|paid| FieldValue::text(texts.card_paid(), money(visit, card, paid))));
    html! { div.body { (fields::facts(&all)) } }
}

/// Tiles and the chart above the list; nothing without dealings.
pub(super) fn summary(visit: &Visit, found: &Card) -> Markup {
    let Some(dealings) = dealings(found) else { return html! {} };
    let texts = t(visit.locale());
    let mut tiles = Vec::new();
    if let Some((volume, count)) = dealings.volume.zip(dealings.count) {
        tiles.push(Stat::new(texts.card_volume(), money(visit, found, volume)).note(texts.card_dealings(count)));
    }
    if let Some(words) = frequency(visit, dealings) {
        let months = u64::try_from(dealings.months.len()).unwrap_or(u64::MAX);
        tiles.push(Stat::new(texts.card_frequency(), words).note(texts.card_months(months)));
    }
    if let Some(trend) = dealings.trend {
        let tone = if trend < 0 { Tone::Warn } else { Tone::Neutral };
        let spark = dealings.months.iter().map(|(_, _, sum)| float(*sum, found.scale())).collect();
        tiles.push(Stat { tone, spark, ..Stat::new(texts.card_trend(), signed(visit, found, trend)).note(texts.card_trend_hint()) });
    }
    if let Some(paid) = dealings.paid {
        let tile = Stat::new(texts.card_paid(), money(visit, found, paid));
        tiles.push(match dealings.volume.and_then(|volume| share(paid, volume)) {
            Some(share) => tile.note(texts.card_paid_share(&share)),
            None => tile,
        });
    }
    html! {
        (stats(&tiles))
        @if dealings.months.len() > 1 {
            (card(&card::Card { icon: Some(Icon::Chart), ..card::Card::flush(texts.card_by_month(), chart(visit, found, dealings)) }))
        }
    }
}

/// The dealings, where there are any that the visitor may know of.
fn dealings(card: &Card) -> Option<&Dealings> {
    let some = |dealings: &&Dealings| dealings.count.is_some_and(|count| count > 0) || dealings.paid.is_some_and(|paid| paid != 0);
    card.figures.as_ref().map(|(_, dealings)| dealings).filter(some)
}

fn chart(visit: &Visit, found: &Card, dealings: &Dealings) -> Markup {
    let texts = t(visit.locale());
    let month = |day: &chrono::NaiveDate| day.format("%Y-%m").to_string();
    let best = dealings.months.iter().max_by_key(|(_, _, sum)| *sum);
    let title = best.map(|(day, _, sum)| texts.card_best_month(&month(day), &money(visit, found, *sum))).unwrap_or_default();
    let points = dealings.months.iter().map(|(_, _, sum)| Point::new(float(*sum, found.scale()), money(visit, found, *sum)));
    let chart = BarChart {
        title,
        category: texts.card_month().to_owned(),
        categories: dealings.months.iter().map(|(day, _, _)| month(day)).collect(),
        series: vec![Series { name: texts.card_volume().to_owned(), points: points.collect() }],
        line: None,
        links: Vec::new(),
    };
    bar_chart(visit.locale(), &chart)
}

fn frequency(visit: &Visit, dealings: &Dealings) -> Option<String> {
    dealings.per_month_hundredths().map(|hundredths| t(visit.locale()).card_a_month(&card_money(i128::from(hundredths), 2)))
}

fn money(visit: &Visit, card: &Card, units: i128) -> String {
    match i64::try_from(units) {
        Ok(units) => format::money(Decimal::new(units, card.scale()), &visit.ctx.tenant.currency, MoneyStyle::Full),
        // More than a field can hold, and so more than the format knows.
        Err(_) => format!("{}{}", format::currency_symbol(&visit.ctx.tenant.currency), format_units(units, card.scale())),
    }
}

fn signed(visit: &Visit, card: &Card, units: i128) -> String {
    let shown = money(visit, card, units);
    if units > 0 { format!("+{shown}") } else { shown }
}

/// A part of a whole in percent; none of nothing.
fn share(part: i128, whole: i128) -> Option<String> {
    if whole <= 0 {
        return None;
    }
    let hundredths = (part.checked_mul(20_000)? + whole) / (2 * whole);
    Some(format::percent(Decimal::new(i64::try_from(hundredths).ok()?, 2)))
}

/// For drawings only.
fn float(units: i128, scale: u8) -> f64 {
    units as f64 / 10_f64.powi(i32::from(scale))
}
