//! Calendar periods: their boundaries are computed here in the tenant's zone and sent as values, so that both databases agree.

use chrono::{DateTime, Datelike, Days, Duration, Months, NaiveDate, TimeZone, Utc};
use chrono_tz::Tz;
use guanxi_core::Value;
use guanxi_core::query::Grain;
use sea_query::{Expr, ExprTrait};

use crate::StoreError;
use crate::db::Dialect;

/// More periods than this between the first and the last value are refused: 13 years of days.
const MAX_PERIODS: usize = 5_000;

/// Consecutive periods: the first day of each, and the first day behind the last.
#[derive(Default)]
pub(super) struct Periods {
    days: Vec<NaiveDate>,
    /// The same as instants, for fields that are instants.
    instants: Vec<DateTime<Utc>>,
}

impl Periods {
    /// The periods that the values from `first` to `last` fall into; none if there are no values.
    pub(super) fn between(first: &Value, last: &Value, grain: Grain, zone: Tz) -> Result<Self, StoreError> {
        let (first, last, instants) = match (first, last) {
            (Value::Date(first), Value::Date(last)) => (*first, *last, false),
            (Value::Instant(first), Value::Instant(last)) => {
                (first.with_timezone(&zone).date_naive(), last.with_timezone(&zone).date_naive(), true)
            }
            _ => return Ok(Self::default()),
        };
        let mut periods = Self { days: vec![start(first, grain)], instants: Vec::new() };
        let mut day = periods.days[0];
        while day <= last {
            day = next(day, grain).ok_or(StoreError::TooLarge)?;
            periods.days.push(day);
            if periods.days.len() > MAX_PERIODS + 1 {
                return Err(StoreError::Unsupported(format!("more than {MAX_PERIODS} periods; filter the range or take a longer period")));
            }
        }
        if instants {
            periods.instants = periods.days.iter().map(|day| midnight(*day, zone)).collect();
        }
        Ok(periods)
    }

    /// The number of the period of a value: 0 for the first, -1 before it, the count of periods behind the last; null stays null.
    pub(super) fn expression(&self, value: &Expr, dialect: Dialect) -> Result<Expr, StoreError> {
        let boundaries: Vec<Expr> = if self.instants.is_empty() {
            self.days.iter().map(|day| Expr::val(*day)).collect()
        } else {
            self.instants.iter().map(|at| Expr::val(dialect.instant(Some(*at)))).collect()
        };
        // Without a known value, every value is a newcomer.
        let found = if boundaries.is_empty() { number(-1) } else { search(value, &boundaries, 0) };
        Ok(Expr::case(value.clone().is_null(), Expr::cust("CAST(NULL AS BIGINT)")).finally(found).into())
    }

    /// The first day of a period by its number.
    pub(super) fn first_day(&self, index: i64) -> Option<NaiveDate> {
        let index = usize::try_from(index).ok()?;
        // The last day only ends the last period.
        if index + 1 < self.days.len() { self.days.get(index).copied() } else { None }
    }
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

fn start(day: NaiveDate, grain: Grain) -> NaiveDate {
    let month_start = |month: u32| NaiveDate::from_ymd_opt(day.year(), month, 1).unwrap_or(day);
    match grain {
        Grain::Day => day,
        Grain::Week => day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day),
        Grain::Month => month_start(day.month()),
        Grain::Quarter => month_start((day.month() - 1) / 3 * 3 + 1),
        Grain::Year => month_start(1),
    }
}

fn next(day: NaiveDate, grain: Grain) -> Option<NaiveDate> {
    match grain {
        Grain::Day => day.checked_add_days(Days::new(1)),
        Grain::Week => day.checked_add_days(Days::new(7)),
        Grain::Month => day.checked_add_months(Months::new(1)),
        Grain::Quarter => day.checked_add_months(Months::new(3)),
        Grain::Year => day.checked_add_months(Months::new(12)),
    }
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
            let periods = Periods::between(&Value::Date(date(first)), &Value::Date(date(last)), grain, chrono_tz::UTC).unwrap();
            assert_eq!(periods.days, wanted.iter().map(|d| date(d)).collect::<Vec<_>>(), "{first} {last} {grain:?}");
        }
        let long = (Value::Date(date("1900-01-01")), Value::Date(date("2024-01-01")));
        assert!(Periods::between(&long.0, &long.1, Grain::Day, chrono_tz::UTC).is_err());
    }

    #[test]
    fn days_begin_where_the_zone_says() {
        assert_eq!(midnight(date("2024-01-01"), chrono_tz::Asia::Shanghai).to_rfc3339(), "2023-12-31T16:00:00+00:00");
        // Clocks in Beirut went from 23:59 to 01:00 that night.
        assert_eq!(midnight(date("2022-03-27"), chrono_tz::Asia::Beirut).to_rfc3339(), "2022-03-26T22:00:00+00:00");
    }
}
