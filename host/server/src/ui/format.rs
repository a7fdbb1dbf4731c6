//! How values are written for people, per language. Null is [`EMPTY`], zero is `0`.
//!
//! Today and the zone are arguments: nothing here asks for the time.

use chrono::{DateTime, Datelike, NaiveDate, Utc, Weekday};
use chrono_tz::Tz;
use guanxi_core::Decimal;
use guanxi_core::meta::Locale;

use crate::texts::t;

/// Written where there is no value.
pub const EMPTY: &str = "—";
/// Counts are exact up to here, then estimated and said to be so.
pub const EXACT_COUNT_LIMIT: u64 = 10_000;

/// Where an amount stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MoneyStyle {
    /// Lists, cards, column sums: minor digits only if there are any.
    Short,
    /// Details and totals that people reconcile: always with minor digits.
    Full,
}

/// `¥1,860,000` or `¥60,000.00`; negative as `−¥5.00`.
pub fn money(amount: Decimal, currency: &str, style: MoneyStyle) -> String {
    let text = decimal(amount);
    let text = match (style, text.split_once('.')) {
        (MoneyStyle::Short, Some((whole, fraction))) if fraction.bytes().all(|b| b == b'0') => whole.to_owned(),
        _ => text,
    };
    let symbol = currency_symbol(currency);
    match text.strip_prefix('−') {
        Some(positive) => format!("−{symbol}{positive}"),
        None => format!("{symbol}{text}"),
    }
}

/// The sign in front of amounts; the code itself with a space where a currency has no sign of its own.
pub fn currency_symbol(currency: &str) -> String {
    match currency {
        "CNY" | "JPY" => "¥".into(),
        "USD" => "$".into(),
        "EUR" => "€".into(),
        "GBP" => "£".into(),
        "HKD" => "HK$".into(),
        "TWD" => "NT$".into(),
        "KRW" => "₩".into(),
        "INR" => "₹".into(),
        other => format!("{other}\u{a0}"),
    }
}

/// `59.02%`: the stored number is already in percent.
pub fn percent(value: Decimal) -> String {
    format!("{}%", decimal(value))
}

/// `1,234.50` with all digits of its scale.
pub fn decimal(value: Decimal) -> String {
    let text = value.to_string();
    let (sign, digits) = match text.strip_prefix('-') {
        Some(rest) => ("−", rest),
        None => ("", text.as_str()),
    };
    match digits.split_once('.') {
        Some((whole, fraction)) => format!("{sign}{}.{fraction}", grouped(whole)),
        None => format!("{sign}{}", grouped(digits)),
    }
}

/// `12,345`.
pub fn integer(value: i64) -> String {
    decimal(Decimal::new(value, 0))
}

fn grouped(digits: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1,284`; above the limit and not exact `约 12,400` / `about 12,400` (three digits are meant).
pub fn count(value: u64, exact: bool, locale: Locale) -> String {
    let (text, exact) = count_parts(value, exact);
    if exact { text } else { t(locale).about(&text) }
}

/// The digits of [`count`], and whether they are exact: for sentences that say "about" themselves.
pub fn count_parts(value: u64, exact: bool) -> (String, bool) {
    let exact = exact || value <= EXACT_COUNT_LIMIT;
    (grouped(&if exact { value } else { three_digits(value) }.to_string()), exact)
}

/// For tabs and menus: `1,284`, then `1.24 万` / `12.4k`.
pub fn count_short(value: u64, locale: Locale) -> String {
    if value < EXACT_COUNT_LIMIT {
        return grouped(&value.to_string());
    }
    match locale {
        Locale::ZhCn => t(locale).ten_thousands(&short(value, 10_000)),
        Locale::En if value < 1_000_000 => format!("{}k", short(value, 1_000)),
        Locale::En => format!("{}m", short(value, 1_000_000)),
    }
}

fn three_digits(value: u64) -> u64 {
    let step = 10_u64.pow(value.to_string().len().saturating_sub(3) as u32);
    (value + step / 2) / step * step
}

fn short(value: u64, unit: u64) -> String {
    let hundredths = u128::from(three_digits(value)) * 100 / u128::from(unit);
    let text = format!("{}.{:02}", grouped(&(hundredths / 100).to_string()), hundredths % 100);
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// `2026-11-22`.
pub fn date(date: NaiveDate) -> String {
    date.format("%Y-%m-%d").to_string()
}

/// `2026 年 11 月`, `Nov 2026`.
pub fn month(day: NaiveDate, locale: Locale) -> String {
    t(locale).month_of(&day.year().to_string(), &month_word(day, locale))
}

/// `11 月 24 日`, `Nov 24`: where the year is said elsewhere.
pub fn day_of_month(day: NaiveDate, locale: Locale) -> String {
    t(locale).day_of_month(&month_word(day, locale), &day.day().to_string())
}

/// A number in Chinese, a short name in English: a number there could be taken for the day.
fn month_word(day: NaiveDate, locale: Locale) -> String {
    match locale {
        Locale::ZhCn => day.month().to_string(),
        Locale::En => day.format("%b").to_string(),
    }
}

/// 今天, 昨天, 明天, a weekday of this week, else the date.
pub fn date_relative(day: NaiveDate, today: NaiveDate, locale: Locale) -> String {
    near(day, today, locale).unwrap_or_else(|| date(day))
}

/// `2026-11-22 10:42` in the tenant's zone.
pub fn datetime(instant: DateTime<Utc>, zone: Tz) -> String {
    instant.with_timezone(&zone).format("%Y-%m-%d %H:%M").to_string()
}

/// `今天 10:42` / `10:42`, 昨天, a weekday, `11-19`, `2025-11-19`.
pub fn datetime_relative(instant: DateTime<Utc>, zone: Tz, today: NaiveDate, locale: Locale) -> String {
    let local = instant.with_timezone(&zone);
    let day = local.date_naive();
    if day == today {
        return t(locale).today_at(&local.format("%H:%M").to_string());
    }
    near(day, today, locale).unwrap_or_else(|| {
        let pattern = if day.year() == today.year() { "%m-%d" } else { "%Y-%m-%d" };
        day.format(pattern).to_string()
    })
}

fn near(day: NaiveDate, today: NaiveDate, locale: Locale) -> Option<String> {
    let texts = t(locale);
    let text = match (day - today).num_days() {
        0 => texts.today(),
        -1 => texts.yesterday(),
        1 => texts.tomorrow(),
        _ if day.iso_week() == today.iso_week() => match day.weekday() {
            Weekday::Mon => texts.monday(),
            Weekday::Tue => texts.tuesday(),
            Weekday::Wed => texts.wednesday(),
            Weekday::Thu => texts.thursday(),
            Weekday::Fri => texts.friday(),
            Weekday::Sat => texts.saturday(),
            Weekday::Sun => texts.sunday(),
        },
        _ => return None,
    };
    Some(text.to_owned())
}

/// `1 小时 30 分`, `1 h 30 min`; nothing is lost, and [`guanxi_core::input::from_text`] reads it back.
pub fn duration(seconds: i64, locale: Locale) -> String {
    let texts = t(locale);
    let (hours, minutes, rest) = (seconds / 3_600, seconds % 3_600 / 60, seconds % 60);
    let mut parts = Vec::new();
    if hours > 0 {
        parts.push(texts.hours(&hours.to_string()));
    }
    if minutes > 0 || (hours == 0 && rest == 0) {
        parts.push(texts.minutes(&minutes.to_string()));
    }
    if rest > 0 {
        parts.push(texts.seconds(&rest.to_string()));
    }
    parts.join(" ")
}

/// A JSON text with a line per entry; as it is where it cannot be read.
pub fn json(text: &str) -> String {
    let read = serde_json::from_str::<serde_json::Value>(text).and_then(|read| serde_json::to_string_pretty(&read));
    read.unwrap_or_else(|_| text.to_owned())
}

/// `84 KB`, `1.2 MB`.
pub fn bytes(number: u64) -> String {
    match number {
        0..1_024 => format!("{number} B"),
        1_024..1_048_576 => format!("{} KB", number.div_ceil(1_024)),
        _ => format!("{}.{} MB", number / 1_048_576, number % 1_048_576 * 10 / 1_048_576),
    }
}

/// 是 / 否.
pub fn yes_no(value: bool, locale: Locale) -> &'static str {
    if value { t(locale).yes() } else { t(locale).no() }
}

/// The text, or [`EMPTY`].
pub fn or_empty(text: Option<String>) -> String {
    text.filter(|text| !text.is_empty()).unwrap_or_else(|| EMPTY.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::TimeZone;

    const ZH: Locale = Locale::ZhCn;
    const EN: Locale = Locale::En;

    #[test]
    fn amounts() {
        for (units, style, wanted) in [
            (186_000_000, MoneyStyle::Short, "¥1,860,000"),
            (6_000_000, MoneyStyle::Full, "¥60,000.00"),
            (149_975, MoneyStyle::Short, "¥1,499.75"),
            (-500, MoneyStyle::Full, "−¥5.00"),
            (0, MoneyStyle::Short, "¥0"),
        ] {
            assert_eq!(money(Decimal::new(units, 2), "CNY", style), wanted);
        }
        assert_eq!(money(Decimal::new(100, 2), "CHF", MoneyStyle::Full), "CHF\u{a0}1.00");
        assert_eq!(percent(Decimal::new(5902, 2)), "59.02%");
        assert_eq!(integer(-1_234), "−1,234");
    }

    #[test]
    fn durations_are_read_back() {
        use guanxi_core::input::from_text;
        use guanxi_core::meta::{Field, FieldKind, Label};
        let field = Field::new("time", Label::default(), FieldKind::Duration);
        for (seconds, zh, en) in [
            (0, "0 分", "0 min"),
            (59, "59 秒", "59 s"),
            (5_400, "1 小时 30 分", "1 h 30 min"),
            (3_605, "1 小时 5 秒", "1 h 5 s"),
            (360_000, "100 小时", "100 h"),
        ] {
            assert_eq!((duration(seconds, ZH).as_str(), duration(seconds, EN).as_str()), (zh, en));
            for text in [zh, en] {
                assert_eq!(from_text(&field, text, chrono_tz::UTC), Ok(guanxi_core::Value::Int(seconds)), "{text}");
            }
        }
        assert_eq!((bytes(1), bytes(85_000), bytes(1_300_000)), ("1 B".into(), "84 KB".into(), "1.2 MB".into()));
    }

    #[test]
    fn counts_are_exact_then_about() {
        for (value, exact, zh, en) in [
            (0, false, "0", "0"),
            (10_000, false, "10,000", "10,000"),
            (12_411, false, "约 12,400", "about 12,400"),
            (12_411, true, "12,411", "12,411"),
        ] {
            assert_eq!(count(value, exact, ZH), zh);
            assert_eq!(count(value, exact, EN), en);
        }
        for (value, zh, en) in [(1_284, "1,284", "1,284"), (12_411, "1.24 万", "12.4k"), (2_000_000, "200 万", "2m")] {
            assert_eq!(count_short(value, ZH), zh);
            assert_eq!(count_short(value, EN), en);
        }
    }

    #[test]
    fn days_near_today_have_names() {
        let day = |m, d| NaiveDate::from_ymd_opt(2026, m, d).expect("a day");
        let today = day(11, 20); // a Friday
        for (date, zh, en) in [
            (day(11, 20), "今天", "Today"),
            (day(11, 19), "昨天", "Yesterday"),
            (day(11, 21), "明天", "Tomorrow"),
            (day(11, 17), "周二", "Tue"),
            (day(11, 10), "2026-11-10", "2026-11-10"),
        ] {
            assert_eq!(date_relative(date, today, ZH), zh);
            assert_eq!(date_relative(date, today, EN), en);
        }
        assert_eq!((month(today, ZH).as_str(), month(today, EN).as_str()), ("2026 年 11 月", "Nov 2026"));
        assert_eq!((day_of_month(day(3, 1), ZH).as_str(), day_of_month(day(3, 1), EN).as_str()), ("3 月 1 日", "Mar 1"));
        let zone = chrono_tz::Asia::Shanghai;
        let at = |d, h| Utc.with_ymd_and_hms(2026, 11, d, h, 42, 0).single().expect("an instant");
        assert_eq!(datetime(at(19, 17), zone), "2026-11-20 01:42");
        assert_eq!(datetime_relative(at(19, 17), zone, today, ZH), "今天 01:42");
        assert_eq!(datetime_relative(at(19, 17), zone, today, EN), "01:42");
        assert_eq!(datetime_relative(at(1, 2), zone, today, EN), "11-01");
    }
}
