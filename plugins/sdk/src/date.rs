//! Civil dates: enough calendar for pages and due dates. "Today" comes from the context.

use std::fmt;

use crate::Context;

/// A date without zone. Ordered as the calendar is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: i32,
    month: u8,
    day: u8,
}

impl Context {
    /// Today in the tenant's zone.
    pub fn date(&self) -> Date {
        Date::parse(&self.today).unwrap_or(Date { year: 1970, month: 1, day: 1 })
    }

    /// True if the person reads Chinese.
    pub fn is_chinese(&self) -> bool {
        self.locale.starts_with("zh")
    }
}

impl Date {
    /// None if there is no such day. Years 1 to 9999.
    pub fn new(year: i32, month: u8, day: u8) -> Option<Self> {
        let real = (1..=9999).contains(&year) && (1..=12).contains(&month) && day >= 1 && day <= days_in(year, month);
        real.then_some(Self { year, month, day })
    }

    /// Reads `2026-11-22`.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.splitn(3, '-');
        Self::new(parts.next()?.parse().ok()?, parts.next()?.parse().ok()?, parts.next()?.parse().ok()?)
    }

    /// The year.
    pub fn year(self) -> i32 {
        self.year
    }

    /// The month, 1 to 12.
    pub fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    pub fn day(self) -> u8 {
        self.day
    }

    /// The first day of its month.
    pub fn first_of_month(self) -> Self {
        Self { day: 1, ..self }
    }

    /// The last day of its month.
    pub fn last_of_month(self) -> Self {
        Self { day: days_in(self.year, self.month), ..self }
    }

    /// So many months later (or earlier); the day is cut to the month's last one.
    pub fn plus_months(self, months: i32) -> Self {
        let index = self.year * 12 + i32::from(self.month) - 1 + months;
        let (year, month) = (index.div_euclid(12).clamp(1, 9999), index.rem_euclid(12) as u8 + 1);
        Self { year, month, day: self.day.min(days_in(year, month)) }
    }

    /// So many days later (or earlier).
    pub fn plus_days(self, days: i64) -> Self {
        Self::from_day_number(self.day_number() + days)
    }

    /// Days from `earlier` to this date.
    pub fn days_since(self, earlier: Self) -> i64 {
        self.day_number() - earlier.day_number()
    }

    /// `2026-11`, e.g. for the label of a period.
    pub fn year_month(self) -> String {
        format!("{:04}-{:02}", self.year, self.month)
    }

    // Days are counted from a March-based year, so that the leap day comes last.
    fn day_number(self) -> i64 {
        let (year, month) = if self.month > 2 { (self.year, self.month - 3) } else { (self.year - 1, self.month + 9) };
        let year = i64::from(year);
        year * 365 + year.div_euclid(4) - year.div_euclid(100) + year.div_euclid(400) + days_before(month) + i64::from(self.day) - 1
    }

    fn from_day_number(number: i64) -> Self {
        // Start a little early, then walk: at most a few steps.
        let mut date = Self { year: (number * 400 / 146_097).clamp(1, 9999) as i32, month: 1, day: 1 };
        while date.year < 9999 && (Self { year: date.year + 1, ..date }).day_number() <= number {
            date.year += 1;
        }
        while date.year > 1 && date.day_number() > number {
            date.year -= 1;
        }
        while date.month < 12 && (Self { month: date.month + 1, ..date }).day_number() <= number {
            date.month += 1;
        }
        let day = number - date.day_number() + 1;
        Self { day: day.clamp(1, i64::from(days_in(date.year, date.month))) as u8, ..date }
    }
}

/// Days before a month, where month 0 is March.
fn days_before(month: u8) -> i64 {
    (153 * i64::from(month) + 2) / 5
}

fn days_in(year: i32, month: u8) -> u8 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl fmt::Display for Date {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_go_forth_and_back() {
        let mut date = Date::new(1999, 12, 28).expect("a day");
        for _ in 0..2_000 {
            let next = date.plus_days(1);
            assert!(next > date && next.days_since(date) == 1 && next.plus_days(-1) == date, "{date} {next}");
            date = next;
        }
        assert_eq!(date.to_string(), "2005-06-19");
    }

    #[test]
    fn months_and_ends() {
        let date = Date::parse("2028-01-31").expect("a day");
        assert_eq!(date.plus_months(1).to_string(), "2028-02-29");
        assert_eq!(date.plus_months(-2).to_string(), "2027-11-30");
        assert_eq!(date.plus_months(1).last_of_month().day(), 29);
        assert_eq!(Date::parse("2026-02-29"), None);
        assert_eq!(Date::parse("2026-11"), None);
    }
}
