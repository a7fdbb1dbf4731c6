//! Days, months and instants in the tenant's zone: what lets dates and instants stand in one order.

use chrono::{DateTime, Datelike, NaiveDate, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// The days of a question; both ends belong to it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
}

/// When a day begins. Where a zone skips midnight, with the first moment that there is.
pub(super) fn midnight(day: NaiveDate, zone: Tz) -> DateTime<Utc> {
    let start = day.and_time(NaiveTime::MIN);
    let hours = (0..=3).map(|hour| start + TimeDelta::hours(hour));
    let found = hours.filter_map(|local| zone.from_local_datetime(&local).earliest()).next();
    found.map_or_else(|| start.and_utc(), |at| at.to_utc())
}

/// The day of an instant.
pub(super) fn day_of(at: DateTime<Utc>, zone: Tz) -> NaiveDate {
    at.with_timezone(&zone).date_naive()
}

/// Months counted from the year 0, so that they can be subtracted.
pub(super) fn month_number(day: NaiveDate) -> i32 {
    day.year() * 12 + i32::try_from(day.month0()).unwrap_or(0)
}

/// The first day of a numbered month.
pub(super) fn first_of_month(number: i32) -> NaiveDate {
    let month = u32::try_from(number.rem_euclid(12)).unwrap_or(0) + 1;
    NaiveDate::from_ymd_opt(number.div_euclid(12), month, 1).unwrap_or(NaiveDate::MIN)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().expect("a day")
    }

    #[test]
    fn days_begin_in_their_zone() {
        for (zone, of, wanted) in [
            (chrono_tz::Asia::Shanghai, "2026-11-22", "2026-11-21T16:00:00Z"),
            (chrono_tz::UTC, "2026-11-22", "2026-11-22T00:00:00Z"),
            // Clocks went from 00:00 to 01:00 on that day.
            (chrono_tz::America::Sao_Paulo, "2018-11-04", "2018-11-04T03:00:00Z"),
        ] {
            let at = midnight(day(of), zone);
            assert_eq!(at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true), wanted, "{zone}");
            assert_eq!(day_of(at, zone), day(of), "{zone}");
        }
    }

    #[test]
    fn months_are_numbers() {
        for (of, wanted) in [("2026-11-22", "2026-11-01"), ("2026-01-01", "2026-01-01"), ("2025-12-31", "2025-12-01")] {
            assert_eq!(first_of_month(month_number(day(of))), day(wanted));
        }
        assert_eq!(month_number(day("2026-01-15")) - month_number(day("2025-12-15")), 1);
    }
}
