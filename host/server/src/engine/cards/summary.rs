//! The figures of a card: how many records of each kind, their money, and for dealings volume, frequency and trend.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use guanxi_core::decimal::format_units;
use guanxi_core::expr::Expr;
use guanxi_core::query::{Aggregate, Cell, Grain, GroupKey, Measure, MeasureFn, Parts};
use guanxi_core::{Decimal, Value};
use guanxi_sandbox::manifest::CardMeasure;

use super::kind::CardKind;
use super::period::{first_of_month, month_number};
use super::rights::is_readable;
use super::streams::Stream;
use crate::engine::{Ctx, Outcome, read};

/// The most months of a trend: a mistyped year must not make a chart of two thousand bars.
const MOST_MONTHS: i32 = 24;
/// The most months that one kind may have: eight hundred years.
const MOST_GROUPS: u32 = 10_000;

/// The figures of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindFigures {
    /// How many records.
    pub count: u64,
    /// Their money in the smallest units of the currency; `None` where the kind has no amounts or they may not be read.
    pub amount: Option<i128>,
}

/// The dealings with a customer in one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dealings {
    /// Money of everything that was dealt, in the smallest units.
    pub volume: i128,
    /// How many dealings.
    pub count: u64,
    /// Money of payments; `None` where no kind is a payment.
    pub paid: Option<i128>,
    /// From the first month with a dealing to the last, at most the last 24, without gaps: first day, how many, how much.
    pub months: Vec<(NaiveDate, u64, i128)>,
    /// By how much the volume grows each month: the slope of the straight line closest to the months. `None` under two months.
    pub trend: Option<i128>,
}

impl Dealings {
    /// Dealings a month over the months from first to last, times a hundred, rounded; `None` without any.
    pub fn per_month_hundredths(&self) -> Option<u64> {
        let months = u64::try_from(self.months.len()).ok().filter(|months| *months > 0)?;
        let count: u64 = self.months.iter().map(|(_, count, _)| count).sum();
        Some((count * 200 + months) / (2 * months))
    }
}

/// The figures of all kinds, parallel to them, and of the dealings among them.
pub(super) async fn figures(ctx: &Ctx, kinds: &[CardKind], streams: &[Stream]) -> Outcome<(Vec<KindFigures>, Dealings)> {
    let mut figures: Vec<KindFigures> = kinds.iter().map(|_| KindFigures::default()).collect();
    let mut months: BTreeMap<i32, (u64, i128)> = BTreeMap::new();
    let mut dealings = Dealings::default();
    let schema = &ctx.snapshot.schema;
    for stream in streams {
        let kind = &kinds[stream.kind];
        let amount = kind.amount.clone().filter(|path| is_readable(ctx, path));
        let has_amount = amount.is_some();
        let counted = Measure::new(MeasureFn::Count, None);
        let summed = amount.map(|path| Measure::new(MeasureFn::Sum, Some(Expr::Field(path))));
        let is_volume = kind.measure == Some(CardMeasure::Volume);
        let by_month = GroupKey { path: stream.at.clone(), parts: Parts::Periods { grain: Grain::Month, first_month: 1 } };
        let filter = read::filter(ctx, &kind.object, &stream.filter)?;
        read::plain(ctx, filter.as_ref(), [&stream.at])?;
        // Over the rows that the actor may view, as the list beside it: a card tells one story.
        let aggregate = Aggregate {
            object: kind.object.key.clone(),
            filter,
            group_by: if is_volume { vec![by_month] } else { Vec::new() },
            measures: std::iter::once(counted).chain(summed).collect(),
            scopes: read::scopes(&ctx.actor, schema),
            limit: MOST_GROUPS,
            ..Aggregate::default()
        };
        for group in ctx.tenant.store.aggregate(schema, &aggregate, ctx.tenant.zone).await? {
            let count = group.values.first().map_or(0, count_of);
            let sum = group.values.get(1).map_or(0, units_of);
            let figure = &mut figures[stream.kind];
            figure.count += count;
            if has_amount {
                figure.amount = Some(figure.amount.unwrap_or(0) + sum);
            }
            if let Some(Value::Date(day)) = group.key.first() {
                let month = months.entry(month_number(*day)).or_default();
                *month = (month.0 + count, month.1 + sum);
            }
        }
    }
    for (kind, figure) in kinds.iter().zip(&figures) {
        match kind.measure {
            Some(CardMeasure::Volume) => {
                dealings.count += figure.count;
                dealings.volume += figure.amount.unwrap_or(0);
            }
            Some(CardMeasure::Payment) => dealings.paid = Some(dealings.paid.unwrap_or(0) + figure.amount.unwrap_or(0)),
            None => {}
        }
    }
    dealings.months = without_gaps(&months);
    dealings.trend = slope(&dealings.months.iter().map(|(_, _, sum)| *sum).collect::<Vec<_>>());
    Ok((figures, dealings))
}

fn count_of(cell: &Cell) -> u64 {
    match cell {
        Cell::Count(count) => u64::try_from(*count).unwrap_or(0),
        _ => 0,
    }
}

fn units_of(cell: &Cell) -> i128 {
    match cell {
        Cell::Total { units, .. } => *units,
        Cell::Value(Value::Decimal(Decimal { units, .. })) => i128::from(*units),
        _ => 0,
    }
}

fn without_gaps(months: &BTreeMap<i32, (u64, i128)>) -> Vec<(NaiveDate, u64, i128)> {
    let (Some(first), Some(last)) = (months.keys().next(), months.keys().next_back()) else { return Vec::new() };
    let first = (*first).max(last - MOST_MONTHS + 1);
    let at = |month: i32| months.get(&month).copied().unwrap_or_default();
    (first..=*last).map(|month| (first_of_month(month), at(month).0, at(month).1)).collect()
}

/// The slope of the least squares line through values at 0, 1, 2 …, rounded half away from zero.
fn slope(values: &[i128]) -> Option<i128> {
    let n = i128::try_from(values.len()).ok().filter(|n| *n >= 2)?;
    let places = || 0_i128..;
    let sum: i128 = values.iter().sum();
    let crossed: i128 = places().zip(values).map(|(x, y)| x * y).sum();
    // n Σxy − Σx Σy over n Σx² − (Σx)²; with x = 0 … n−1 the divisor is n²(n²−1)/12.
    let over = n * crossed - n * (n - 1) / 2 * sum;
    let under = n * n * (n * n - 1) / 12;
    let rounded = (2 * over.abs() + under) / (2 * under);
    Some(if over < 0 { -rounded } else { rounded })
}

/// Smallest units as the API writes money.
pub fn money(units: i128, scale: u8) -> String {
    format_units(units, scale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trend_is_a_slope() {
        for (values, wanted) in [
            (&[][..], None),
            (&[5], None),
            (&[1_000_000, 1_200_000, 1_400_000], Some(200_000)),
            (&[3, 1], Some(-2)),
            (&[7, 7, 7, 7], Some(0)),
            (&[0, 1, 0, 0], Some(0)),
            (&[0, 0, 0, 2], Some(1)),
        ] {
            assert_eq!(slope(values), wanted, "{values:?}");
        }
    }

    #[test]
    fn months_have_no_gaps_and_an_end() {
        let at = |year: i32, month: i32| year * 12 + month - 1;
        let found = without_gaps(&BTreeMap::from([(at(2026, 1), (1, 10)), (at(2026, 3), (2, 30))]));
        assert_eq!(
            found.iter().map(|(day, count, sum)| (day.to_string(), *count, *sum)).collect::<Vec<_>>(),
            [("2026-01-01".to_owned(), 1, 10), ("2026-02-01".to_owned(), 0, 0), ("2026-03-01".to_owned(), 2, 30),]
        );
        let long = without_gaps(&BTreeMap::from([(at(26, 1), (1, 10)), (at(2026, 3), (1, 10))]));
        assert_eq!((long.len(), long[0].0.to_string()), (24, "2024-04-01".to_owned()));
        let dealings = Dealings { months: found, ..Dealings::default() };
        assert_eq!(dealings.per_month_hundredths(), Some(100));
    }
}
