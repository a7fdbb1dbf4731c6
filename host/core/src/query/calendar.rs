//! Calendar periods: where the one of a day begins, and where it ends.

use chrono::{Datelike, Days, Months, NaiveDate};

use super::Grain;

/// The first day of a day's period. Years begin with the month `first_month` (1 to 12), and quarters with every third month from there.
pub fn period_start(day: NaiveDate, grain: Grain, first_month: u32) -> NaiveDate {
    let months_in = (day.month() + 12 - first_month.clamp(1, 12)) % 12;
    let back = |months: u32| day.with_day(1).and_then(|first| first.checked_sub_months(Months::new(months))).unwrap_or(day);
    match grain {
        Grain::Day => day,
        Grain::Week => day.checked_sub_days(Days::new(u64::from(day.weekday().num_days_from_monday()))).unwrap_or(day),
        Grain::Month => back(0),
        Grain::Quarter => back(months_in % 3),
        Grain::Year => back(months_in),
    }
}

/// The first day after the period that begins on `start`; `None` at the end of the calendar.
pub fn period_end(start: NaiveDate, grain: Grain) -> Option<NaiveDate> {
    match grain {
        Grain::Day => start.checked_add_days(Days::new(1)),
        Grain::Week => start.checked_add_days(Days::new(7)),
        Grain::Month => start.checked_add_months(Months::new(1)),
        Grain::Quarter => start.checked_add_months(Months::new(3)),
        Grain::Year => start.checked_add_months(Months::new(12)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_where_calendars_say() {
        for (day, grain, first_month, wanted) in [
            ("2024-02-29", Grain::Day, 1, "2024-02-29"),
            ("2024-03-03", Grain::Week, 1, "2024-02-26"),
            ("2024-02-29", Grain::Month, 1, "2024-02-01"),
            ("2024-12-31", Grain::Quarter, 1, "2024-10-01"),
            ("2024-12-31", Grain::Year, 1, "2024-01-01"),
            ("2024-03-31", Grain::Year, 4, "2023-04-01"),
            ("2024-04-01", Grain::Year, 4, "2024-04-01"),
            ("2024-01-15", Grain::Quarter, 2, "2023-11-01"),
            ("2024-02-01", Grain::Quarter, 2, "2024-02-01"),
        ] {
            let date = |text: &str| text.parse::<NaiveDate>().expect("a day");
            let start = period_start(date(day), grain, first_month);
            assert_eq!(start, date(wanted), "{day} {grain:?} {first_month}");
            assert!(period_end(start, grain).is_some_and(|end| end > date(day)), "{day} {grain:?}");
        }
    }
}
