//! Formats of number sequences: `RO{yyyy}{MM}-{0000}`.

use chrono::{Datelike, NaiveDate};

use crate::problem::Problem;

/// The longest format, and so about the longest number.
const MAX_FORMAT: usize = 60;
/// The most digits that a counter is filled up to.
const MAX_DIGITS: usize = 12;

/// A sequence's format, read once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SequenceFormat {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Text(String),
    Year,
    ShortYear,
    Month,
    Day,
    /// The counter, with at least so many digits.
    Counter(usize),
}

impl SequenceFormat {
    /// Reads a format. It names the counter exactly once; braces stand for nothing else than its parts.
    pub fn parse(format: &str) -> Result<Self, Problem> {
        let refuse = |detail: String| Problem::error("sequence.format", detail).with("format", format);
        if format.chars().count() > MAX_FORMAT {
            return Err(refuse(format!("a sequence's format has at most {MAX_FORMAT} characters")));
        }
        let mut parts = Vec::new();
        let mut rest = format;
        while let Some((before, behind)) = rest.split_once('{') {
            let (name, after) = behind.split_once('}').ok_or_else(|| refuse("a `{` without its `}`".into()))?;
            if !before.is_empty() {
                parts.push(Part::Text(before.to_owned()));
            }
            parts.push(match name {
                "yyyy" => Part::Year,
                "yy" => Part::ShortYear,
                "MM" => Part::Month,
                "dd" => Part::Day,
                zeros if !zeros.is_empty() && zeros.len() <= MAX_DIGITS && zeros.bytes().all(|b| b == b'0') => Part::Counter(zeros.len()),
                other => return Err(refuse(format!("`{{{other}}}` is none of {{yyyy}}, {{yy}}, {{MM}}, {{dd}} and {{0000}}"))),
            });
            rest = after;
        }
        if !rest.is_empty() {
            parts.push(Part::Text(rest.to_owned()));
        }
        let stray = parts.iter().any(|part| matches!(part, Part::Text(text) if text.contains('}') || text.chars().any(char::is_control)));
        if stray {
            return Err(refuse("a `}` without its `{`, or a control character".into()));
        }
        if parts.iter().filter(|part| matches!(part, Part::Counter(_))).count() != 1 {
            return Err(refuse("the format has exactly one counter, such as `{0000}`".into()));
        }
        Ok(Self { parts })
    }

    /// The period in which a day's numbers are counted; the counter starts anew with each. Empty where the format names no period.
    pub fn period(&self, day: NaiveDate) -> String {
        // In an order of its own, so that moving parts about in the format does not give numbers twice.
        let has = |wanted: &Part| self.parts.contains(wanted);
        let mut period = String::new();
        if has(&Part::Year) {
            period.push_str(&format!("{:04}", day.year()));
        } else if has(&Part::ShortYear) {
            period.push_str(&format!("{:02}", day.year().rem_euclid(100)));
        }
        if has(&Part::Month) {
            period.push_str(&format!("m{:02}", day.month()));
        }
        if has(&Part::Day) {
            period.push_str(&format!("d{:02}", day.day()));
        }
        period
    }

    /// The number with this counter on this day. A counter that outgrows its digits takes more of them.
    pub fn number(&self, day: NaiveDate, counter: i64) -> String {
        let one = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Year => format!("{:04}", day.year()),
            Part::ShortYear => format!("{:02}", day.year().rem_euclid(100)),
            Part::Month => format!("{:02}", day.month()),
            Part::Day => format!("{:02}", day.day()),
            Part::Counter(digits) => format!("{counter:0digits$}"),
        };
        self.parts.iter().map(one).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the error")]
mod tests {
    use super::*;

    #[test]
    fn numbers_follow_their_format() {
        let day = NaiveDate::from_ymd_opt(2026, 3, 7).unwrap();
        for (format, counter, number, period) in [
            ("RO{yyyy}{MM}-{0000}", 7, "RO202603-0007", "2026m03"),
            ("{00}", 1234, "1234", ""),
            ("单{yy}{MM}{dd}/{000}号", 1, "单260307/001号", "26m03d07"),
            ("{dd}{MM}{0}", 12, "070312", "m03d07"),
        ] {
            let format = SequenceFormat::parse(format).unwrap();
            assert_eq!(format.number(day, counter), number);
            assert_eq!(format.period(day), period);
        }
    }

    #[test]
    fn strange_formats_are_refused() {
        for format in ["", "A", "{0}{0}", "{0000", "}{0}", "{x}{0}", "{}{0}", "{mm}{0}", "{0000000000000}", "a\n{0}", "{{0}}"] {
            assert!(SequenceFormat::parse(format).is_err(), "{format}");
        }
    }
}
