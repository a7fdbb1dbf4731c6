//! Calendar periods: their boundaries are computed here in the tenant's zone and sent as values, so that both databases agree.

use chrono::{DateTime, Duration, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use guanxi_core::Value;
use guanxi_core::query::{Grain, period_end, period_start};
use sea_query::{Expr, ExprTrait};

use crate::db::Dialect;

/// More periods than this are not listed one by one: 13 years of days.
const MAX_PERIODS: usize = 5_000;

/// Periods in order: where each begins, and where the last one of a run ends.
#[derive(Default)]
pub(super) struct Periods {
    days: Vec<NaiveDate>,
    /// Parallel to `days`: a period begins here. Otherwise a gap does, in which no value was when the periods were computed.
    begins: Vec<bool>,
    /// The same as instants, for fields that are instants.
    instants: Vec<DateTime<Utc>>,
}

/// How long periods are, and with which month years begin.
#[derive(Clone, Copy)]
pub(super) struct Length {
    pub(super) grain: Grain,
    pub(super) first_month: u32,
}

impl Length {
    fn start(self, day: NaiveDate) -> NaiveDate {
        period_start(day, self.grain, self.first_month)
    }

    fn next(self, start: NaiveDate) -> Option<NaiveDate> {
        period_end(start, self.grain)
    }
}

/// The day of a date or instant in the zone, and whether it is an instant.
fn day_of(value: &Value, zone: Tz) -> Option<(NaiveDate, bool)> {
    match value {
        Value::Date(day) => Some((*day, false)),
        Value::Instant(at) => Some((at.with_timezone(&zone).date_naive(), true)),
        _ => None,
    }
}

impl Periods {
    /// All periods from the one of `first` to the one of `last`; none if there are no values. `None` where they are too many to be
    /// listed, e.g. because of a year 0026: then the caller lists those that hold values ([`Self::holding`]).
    pub(super) fn between(first: &Value, last: &Value, length: Length, zone: Tz) -> Option<Self> {
        let (Some((first, instants)), Some((last, _))) = (day_of(first, zone), day_of(last, zone)) else { return Some(Self::default()) };
        let mut starts = vec![length.start(first)];
        while let Some(day) = length.next(*starts.last()?).filter(|day| *day <= last) {
            starts.push(day);
            if starts.len() > MAX_PERIODS {
                return None;
            }
        }
        Some(Self::holding(&starts, instants, length, zone))
    }

    /// The periods that begin on these days, in order.
    pub(super) fn holding(starts: &[NaiveDate], instants: bool, length: Length, zone: Tz) -> Self {
        let mut periods = Self::default();
        for (index, day) in starts.iter().enumerate() {
            periods.days.push(*day);
            periods.begins.push(true);
            let end = length.next(*day).unwrap_or(NaiveDate::MAX);
            if starts.get(index + 1) != Some(&end) {
                periods.days.push(end);
                periods.begins.push(false);
            }
        }
        if instants {
            periods.instants = periods.days.iter().map(|day| midnight(*day, zone)).collect();
        }
        periods
    }

    /// The first day of a value's period, and the value from which the next period begins.
    pub(super) fn period_of(value: &Value, length: Length, zone: Tz) -> Option<(NaiveDate, Value)> {
        let (day, instant) = day_of(value, zone)?;
        let begin = length.start(day);
        let end = length.next(begin)?;
        Some((begin, if instant { Value::Instant(midnight(end, zone)) } else { Value::Date(end) }))
    }

    /// Where periods and gaps begin, as values of the database.
    pub(super) fn boundaries(&self, dialect: Dialect) -> Vec<Expr> {
        if self.instants.is_empty() {
            self.days.iter().map(|day| Expr::val(*day)).collect()
        } else {
            self.instants.iter().map(|at| Expr::val(dialect.instant(Some(*at)))).collect()
        }
    }

    /// The first day of a period by its number; `None` for a value in a gap, which was not there when the periods were computed.
    pub(super) fn first_day(&self, index: i64) -> Option<NaiveDate> {
        let index = usize::try_from(index).ok()?;
        self.days.get(index).copied().filter(|_| self.begins[index])
    }

    /// The number of the period that begins on a day.
    pub(super) fn place_of(&self, first_day: NaiveDate) -> Option<i64> {
        let place = self.days.binary_search(&first_day).ok().filter(|place| self.begins[*place])?;
        i64::try_from(place).ok()
    }
}

/// The number of the stretch between boundaries in which a value lies: -1 before the first, 0 from the first on, …; null stays null.
pub(super) fn place_between(value: &Expr, boundaries: &[Expr]) -> Expr {
    // Without a boundary, every value is a newcomer.
    let found = if boundaries.is_empty() { number(-1) } else { search(value, boundaries, 0) };
    Expr::case(value.clone().is_null(), Expr::cust("CAST(NULL AS BIGINT)")).finally(found).into()
}

fn number(index: i64) -> Expr {
    Expr::cust(format!("CAST({index} AS BIGINT)"))
}

/// A binary search as nested CASEs: `boundaries[0]` has the number `offset`.
fn search(value: &Expr, boundaries: &[Expr], offset: i64) -> Expr {
    let middle = boundaries.len() / 2;
    let (before, from) = boundaries.split_at(middle);
    let Some(boundary) = from.first() else { return number(offset - 1) };
    let low = if before.is_empty() { number(offset - 1) } else { search(value, before, offset) };
    let offset_of_rest = offset + middle as i64 + 1;
    let high = if from.len() == 1 { number(offset_of_rest - 1) } else { search(value, &from[1..], offset_of_rest) };
    Expr::case(value.clone().lt(boundary.clone()), low).finally(high).into()
}

/// The instant at which a day begins; where clocks skip midnight, the first instant after the gap.
fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let naive = day.and_time(chrono::NaiveTime::MIN);
    for minutes in 0..=(24 * 4) {
        if let Some(instant) = zone.from_local_datetime(&(naive + Duration::minutes(minutes * 15))).earliest() {
            return instant.with_timezone(&Utc);
        }
    }
    naive.and_utc()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the error")]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn calendar(grain: Grain) -> Length {
        Length { grain, first_month: 1 }
    }

    #[test]
    fn periods_cover_the_values() {
        for (first, last, grain, wanted) in [
            ("2024-02-29", "2024-03-01", Grain::Day, vec!["2024-02-29", "2024-03-01", "2024-03-02"]),
            ("2024-01-01", "2024-01-07", Grain::Week, vec!["2024-01-01", "2024-01-08"]),
            ("2023-12-31", "2024-01-01", Grain::Week, vec!["2023-12-25", "2024-01-01", "2024-01-08"]),
            ("2024-01-31", "2024-02-01", Grain::Month, vec!["2024-01-01", "2024-02-01", "2024-03-01"]),
            ("2024-05-31", "2024-05-31", Grain::Quarter, vec!["2024-04-01", "2024-07-01"]),
            ("2023-05-31", "2024-05-31", Grain::Year, vec!["2023-01-01", "2024-01-01", "2025-01-01"]),
        ] {
            let periods = Periods::between(&Value::Date(date(first)), &Value::Date(date(last)), calendar(grain), chrono_tz::UTC).unwrap();
            assert_eq!(periods.days, wanted.iter().map(|d| date(d)).collect::<Vec<_>>(), "{first} {last} {grain:?}");
        }
        let long = (Value::Date(date("1900-01-01")), Value::Date(date("2024-01-01")));
        assert!(Periods::between(&long.0, &long.1, calendar(Grain::Day), chrono_tz::UTC).is_none());
    }

    #[test]
    fn gaps_belong_to_no_period() {
        let periods =
            Periods::holding(&[date("0026-05-01"), date("2024-01-01"), date("2024-02-01")], false, calendar(Grain::Month), chrono_tz::UTC);
        let wanted = ["0026-05-01", "0026-06-01", "2024-01-01", "2024-02-01", "2024-03-01"];
        assert_eq!(periods.days, wanted.map(date));
        let known: Vec<bool> = (-1..6).map(|index| periods.first_day(index).is_some()).collect();
        assert_eq!(known, [false, true, false, true, true, false, false]);
    }

    #[test]
    fn days_begin_where_the_zone_says() {
        assert_eq!(midnight(date("2024-01-01"), chrono_tz::Asia::Shanghai).to_rfc3339(), "2023-12-31T16:00:00+00:00");
        // Clocks in Beirut went from 23:59 to 01:00 that night.
        assert_eq!(midnight(date("2022-03-27"), chrono_tz::Asia::Beirut).to_rfc3339(), "2022-03-26T22:00:00+00:00");
    }
}
