//! The figures of a card: how many records of each kind, their money, and for dealings volume, frequency and trend.
//!
//! They are aggregates like any other: over the rows that the reader may compute figures over, refused without that right, and withheld
//! where a group is too small for the reader. Rows of a card may so stand there without figures.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use guanxi_core::decimal::format_units;
use guanxi_core::policy::Function;
use guanxi_core::query::Cell;
use guanxi_core::{Decimal, Value};
use guanxi_sandbox::manifest::CardMeasure;

use super::kind::CardKind;
use super::period::{first_of_month, month_number};
use super::rights::is_readable;
use super::streams::{Stream, condition};
use crate::engine::aggregate::{AggregateRequest, GroupRequest, MeasureRequest, aggregate_of};
use crate::engine::{Ctx, Outcome};

/// The most months of a trend: a mistyped year must not make a chart of two thousand bars.
const MOST_MONTHS: i32 = 24;

/// The figures of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KindFigures {
    /// How many records; `None` where the actor may not know.
    pub count: Option<u64>,
    /// Their money in the smallest units of the currency; `None` also where the kind has no amounts or they may not be read.
    pub amount: Option<i128>,
    /// The actor may compute figures over these records, but they are too few.
    pub withheld: bool,
}

/// The dealings with a customer in one look.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Dealings {
    /// Money of everything that was dealt, in the smallest units; `None` where the actor may not know.
    pub volume: Option<i128>,
    /// How many dealings; `None` as above.
    pub count: Option<u64>,
    /// Money of payments; `None` also where no kind is a payment.
    pub paid: Option<i128>,
    /// From the first month with a dealing to the last, at most the last 24, without gaps: first day, how many, how much. None where one
    /// of them may not be known.
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
    let mut figures = Vec::with_capacity(kinds.len());
    let (mut months, mut are_months_told) = (BTreeMap::new(), true);
    for (place, kind) in kinds.iter().enumerate() {
        let own: Vec<&Stream> = streams.iter().filter(|stream| stream.kind == place).collect();
        if !ctx.may(&kind.object.key, Function::Aggregate) {
            figures.push(KindFigures::default());
            continue;
        }
        let found = aggregate_of(ctx, request(ctx, kind), condition(&own)).await?;
        let withheld = found.withheld.first().is_none_or(|withheld| *withheld);
        let values = found.groups.first().map(|group| group.values.as_slice()).unwrap_or_default();
        let told = |at: usize| values.get(at).filter(|_| !withheld);
        figures.push(KindFigures { count: told(0).map(count_of), amount: told(1).map(units_of), withheld });
        if kind.measure == Some(CardMeasure::Volume) && !withheld {
            for stream in own {
                are_months_told &= add_months(ctx, kind, stream, &mut months).await?;
            }
        }
    }
    let of = |measure| kinds.iter().zip(&figures).filter(move |(kind, _)| kind.measure == Some(measure)).map(|(_, figure)| figure);
    let volume = total(of(CardMeasure::Volume));
    let mut dealings = Dealings { volume: volume.map(|(_, sum)| sum), count: volume.map(|(count, _)| count), ..Dealings::default() };
    if of(CardMeasure::Payment).next().is_some() {
        dealings.paid = total(of(CardMeasure::Payment)).map(|(_, sum)| sum);
    }
    if volume.is_some() && are_months_told {
        dealings.months = without_gaps(&months);
        dealings.trend = slope(&dealings.months.iter().map(|(_, _, sum)| *sum).collect::<Vec<_>>());
    }
    Ok((figures, dealings))
}

/// How many records, and their money where it may be read.
fn request(ctx: &Ctx, kind: &CardKind) -> AggregateRequest {
    let measure = |function: &str, field| MeasureRequest { function: function.into(), field, ..MeasureRequest::default() };
    let amount = kind.amount.as_ref().filter(|path| is_readable(ctx, path)).map(|path| measure("sum", Some(path.text())));
    let measures = std::iter::once(measure("count", None)).chain(amount).collect();
    AggregateRequest { object: kind.object.key.clone(), measures, ..AggregateRequest::default() }
}

/// Adds the months of a stream; says whether all of them may be known.
async fn add_months(ctx: &Ctx, kind: &CardKind, stream: &Stream, months: &mut BTreeMap<i32, (u64, i128)>) -> Outcome<bool> {
    let by_month = GroupRequest { field: stream.at.text(), grain: Some("month".into()), ..GroupRequest::default() };
    let asked = AggregateRequest { group_by: vec![by_month], ..request(ctx, kind) };
    let found = aggregate_of(ctx, asked, stream.filter.clone()).await?;
    for group in &found.groups {
        if let Some(Value::Date(day)) = group.key.first() {
            let month = months.entry(month_number(*day)).or_default();
            month.0 += group.values.first().map_or(0, count_of);
            month.1 += group.values.get(1).map_or(0, units_of);
        }
    }
    Ok(found.left_out == 0 && !found.withheld.contains(&true))
}

/// The count and the money of several kinds together; `None` where one of them is withheld, or none may be known. Kinds that the actor may
/// not compute figures over are no part of it, like those that the actor may not view.
fn total<'f>(figures: impl Iterator<Item = &'f KindFigures>) -> Option<(u64, i128)> {
    let (mut told, mut untold, mut sum) = (false, false, (0, 0));
    for figure in figures {
        if figure.withheld {
            return None;
        }
        match figure.count {
            Some(count) => {
                told = true;
                sum = (sum.0 + count, sum.1 + figure.amount.unwrap_or(0));
            }
            None => untold = true,
        }
    }
    (told || !untold).then_some(sum)
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
    fn a_total_is_told_only_of_what_is_told() {
        let told = |count, amount| KindFigures { count: Some(count), amount, withheld: false };
        let (untold, withheld) = (KindFigures::default(), KindFigures { withheld: true, ..KindFigures::default() });
        for (figures, wanted) in [
            (vec![], Some((0, 0))),
            (vec![told(2, Some(5)), told(1, None)], Some((3, 5))),
            (vec![told(2, Some(5)), untold.clone()], Some((2, 5))),
            (vec![untold.clone()], None),
            (vec![told(2, Some(5)), withheld.clone()], None),
            (vec![untold, withheld], None),
        ] {
            assert_eq!(total(figures.iter()), wanted, "{figures:?}");
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
