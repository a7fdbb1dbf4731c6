//! Dates and times as people write them, and where a day starts in a zone.

use chrono::{DateTime, Datelike, LocalResult, NaiveDate, NaiveDateTime, NaiveTime, TimeDelta, TimeZone, Utc};
use chrono_tz::Tz;

/// Years that both databases and ISO 8601's four digits can hold.
const YEARS: std::ops::RangeInclusive<i32> = 1..=9999;

/// Reads `2026-01-31`, nothing else.
pub fn parse_date(text: &str) -> Option<NaiveDate> {
    let bytes = text.as_bytes();
    let shaped =
        bytes.len() == 10 && bytes.iter().enumerate().all(|(at, b)| if at == 4 || at == 7 { *b == b'-' } else { b.is_ascii_digit() });
    if shaped { date_of(&text[..4], &text[5..7], &text[8..]) } else { None }
}

/// Reads `2026-01-31`, `2026-1-31`, `2026/1/31`, `2026年1月31日`: year first, so that no two readings exist.
pub(super) fn parse_date_loose(text: &str) -> Option<NaiveDate> {
    let plain: String = text.strip_suffix('日').unwrap_or(text).replace(['年', '月', '/'], "-");
    let mut parts = plain.split('-').map(str::trim);
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    if parts.next().is_some() || year.len() != 4 || !(1..=2).contains(&month.len()) || !(1..=2).contains(&day.len()) {
        return None;
    }
    date_of(year, month, day)
}

fn date_of(year: &str, month: &str, day: &str) -> Option<NaiveDate> {
    let number = |text: &str| if text.bytes().all(|b| b.is_ascii_digit()) { text.parse::<u32>().ok() } else { None };
    let year = i32::try_from(number(year)?).ok()?;
    NaiveDate::from_ymd_opt(year, number(month)?, number(day)?).filter(in_years)
}

/// Whether a date is within the years 1 to 9999.
pub(super) fn in_years(date: &NaiveDate) -> bool {
    YEARS.contains(&date.year())
}

/// Reads RFC 3339 (`2026-01-31T08:30:00+08:00`), or a local time `2026-01-31 08:30[:00]` (also with `T`) in the zone. Of two times with
/// one name (clocks set back) it is the earlier; a time that the clocks skip is `None`. Cut to microseconds.
pub fn parse_instant(text: &str, zone: Tz) -> Option<DateTime<Utc>> {
    if let Ok(instant) = DateTime::parse_from_rfc3339(text) {
        return stored_instant(instant.to_utc());
    }
    let (date, time) = text.split_once(['T', ' '])?;
    let date = parse_date(date).or_else(|| parse_date_loose(date))?;
    let time = time.trim_start();
    if !time.bytes().all(|b| b.is_ascii_digit() || b == b':' || b == b'.') {
        return None;
    }
    let time = NaiveTime::parse_from_str(time, "%H:%M:%S%.f").or_else(|_| NaiveTime::parse_from_str(time, "%H:%M")).ok()?;
    stored_instant(earliest(NaiveDateTime::new(date, time), zone)?)
}

/// Cut to microseconds; `None` outside the years 1 to 9999.
pub(super) fn stored_instant(instant: DateTime<Utc>) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(instant.timestamp_micros()).filter(|i| in_years(&i.date_naive()))
}

fn earliest(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    match zone.from_local_datetime(&local) {
        LocalResult::Single(instant) | LocalResult::Ambiguous(instant, _) => Some(instant.to_utc()),
        LocalResult::None => None,
    }
}

/// The first instant of a civil day in a zone: midnight, or what comes first where the clocks skip midnight (or the day).
pub fn day_start(date: NaiveDate, zone: Tz) -> Option<DateTime<Utc>> {
    let midnight = date.and_time(NaiveTime::MIN);
    // Zones have skipped from minutes to one whole day; quarters of an hour are the finest that any has used with a skipped midnight.
    (0..=100).find_map(|quarter| earliest(midnight.checked_add_signed(TimeDelta::minutes(15 * quarter))?, zone))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates() {
        let date = |y, m, d| NaiveDate::from_ymd_opt(y, m, d);
        for (text, strict, loose) in [
            ("2026-01-31", date(2026, 1, 31), date(2026, 1, 31)),
            ("2026-1-3", None, date(2026, 1, 3)),
            ("2026/01/31", None, date(2026, 1, 31)),
            ("2026/1/3", None, date(2026, 1, 3)),
            ("2026年1月31日", None, date(2026, 1, 31)),
            ("2026-02-29", None, None),
            ("2024-02-29", date(2024, 2, 29), date(2024, 2, 29)),
            ("0000-01-01", None, None),
            ("31/01/2026", None, None),
            ("26-01-31", None, None),
            ("2026-01-31 ", None, date(2026, 1, 31)),
            ("2026-01", None, None),
            ("+026-01-31", None, None),
            ("２０２６-01-31", None, None),
        ] {
            assert_eq!((parse_date(text), parse_date_loose(text)), (strict, loose), "{text}");
        }
    }

    #[test]
    fn instants() {
        for (zone, text, wanted) in [
            (Tz::Asia__Shanghai, "2026-01-31T08:30:00+08:00", Some("2026-01-31T00:30:00+00:00")),
            (Tz::Asia__Shanghai, "2026-01-31T00:30:00.1234567Z", Some("2026-01-31T00:30:00.123456+00:00")),
            (Tz::Asia__Shanghai, "2026-01-31 08:30", Some("2026-01-31T00:30:00+00:00")),
            (Tz::Asia__Shanghai, "2026-01-31T08:30", Some("2026-01-31T00:30:00+00:00")),
            (Tz::Asia__Shanghai, "2026/1/31 8:30:05", Some("2026-01-31T00:30:05+00:00")),
            (Tz::Asia__Shanghai, "2026-01-31 24:00", None),
            (Tz::Asia__Shanghai, "2026-01-31 08:30 PM", None),
            (Tz::Asia__Shanghai, "2026-01-31", None),
            (Tz::Europe__Berlin, "2026-03-29 02:30", None),
            (Tz::Europe__Berlin, "2026-10-25 02:30", Some("2026-10-25T00:30:00+00:00")),
            (Tz::UTC, "9999-12-31T23:59:59Z", Some("9999-12-31T23:59:59+00:00")),
            (Tz::Asia__Shanghai, "0001-01-01 00:00", None),
            (Tz::UTC, "2016-12-31T23:59:60Z", Some("2017-01-01T00:00:00+00:00")),
        ] {
            assert_eq!(parse_instant(text, zone).map(|i| i.to_rfc3339()).as_deref(), wanted, "{text}");
        }
    }

    #[test]
    fn days_start_where_the_clocks_say() {
        for (zone, date, wanted) in [
            (Tz::Asia__Shanghai, (2026, 1, 31), "2026-01-30T16:00:00+00:00"),
            (Tz::UTC, (2026, 1, 31), "2026-01-31T00:00:00+00:00"),
            // São Paulo skipped midnight when summer time began.
            (Tz::America__Sao_Paulo, (2018, 11, 4), "2018-11-04T03:00:00+00:00"),
            // Samoa skipped the whole day: it starts with the next one.
            (Tz::Pacific__Apia, (2011, 12, 30), "2011-12-30T10:00:00+00:00"),
        ] {
            let date = NaiveDate::from_ymd_opt(date.0, date.1, date.2).expect("a date");
            assert_eq!(day_start(date, zone).map(|i| i.to_rfc3339()).as_deref(), Some(wanted), "{zone} {date}");
        }
    }
}
