//! What fields take and refuse, as tables.

use chrono_tz::Tz;
use uuid::Uuid;

use super::{from_text, normalise};
use crate::Decimal;
use crate::meta::{Field, FieldKind, Label, SelectOption};
use crate::problem::Problem;
use crate::value::Value;

fn field(kind: FieldKind) -> Field {
    Field { id: 1, ..Field::new("f", Label::default(), kind) }
}

fn select() -> FieldKind {
    let option = |code: &str, zh: &str, en: &str| SelectOption::new(code, Label::new(zh, en));
    FieldKind::Select { options: vec![option("open", "打开", "Open"), option("won", "赢单", "Won"), option("w2", "丢单", "Won")] }
}

/// A value as text, or the code with one part of the problem.
fn outcome(result: Result<Value, Problem>, part: &str) -> Result<String, (String, Option<String>)> {
    result.map(|value| super::shown(&value)).map_err(|problem| {
        assert_eq!(problem.field.as_deref(), Some("f"));
        let part = problem.params.iter().find(|(name, _)| name == part).map(|(_, value)| super::shown(value));
        (problem.code, part)
    })
}

fn check(kind: &FieldKind, text: &str, wanted: &str) {
    assert_eq!(outcome(from_text(&field(kind.clone()), text, Tz::Asia__Shanghai), ""), Ok(wanted.to_owned()), "{} {text:?}", kind.name());
}

fn check_refused(kind: &FieldKind, text: &str, code: &str, part: &str, wanted: Option<&str>) {
    let found = outcome(from_text(&field(kind.clone()), text, Tz::Asia__Shanghai), part);
    assert_eq!(found, Err((code.to_owned(), wanted.map(str::to_owned))), "{} {text:?}", kind.name());
}

#[test]
fn blank_is_null_everywhere() {
    let kinds =
        [FieldKind::LongText, FieldKind::Email, select(), FieldKind::Integer, FieldKind::Bool, FieldKind::Date, FieldKind::DateTime];
    for kind in kinds {
        for blank in ["", "  ", "\t\n", "\u{3000}"] {
            check(&kind, blank, "null");
        }
    }
    check(&FieldKind::Text { max: 5 }, "\u{200b}", "null");
}

#[test]
fn texts() {
    let short = FieldKind::Text { max: 5 };
    check(&short, "  张三丰 ", "张三丰");
    check(&short, "五个汉字了", "五个汉字了");
    check(&short, "   12345   ", "12345");
    check_refused(&short, "六个汉字超了", "field.range", "max_length", Some("5"));
    check_refused(&short, "a\nb", "field.type", "reason", Some("control_character"));
    check_refused(&short, "a\tb", "field.type", "value", Some("U+0009"));
    check_refused(&short, "a\0b", "field.type", "value", Some("U+0000"));
    check_refused(&short, "a\u{2028}b", "field.type", "value", Some("U+2028"));
    check(&FieldKind::LongText, " a\r\nb\tc\rd ", "a\nb\tc\nd");
    check_refused(&FieldKind::LongText, "a\0b", "field.type", "value", Some("U+0000"));
    check_refused(&FieldKind::LongText, &"长".repeat(100_001), "field.range", "max_length", Some("100000"));
    check(&FieldKind::LongText, &"长".repeat(100_000), &"长".repeat(100_000));
}

#[test]
fn addresses() {
    for (text, fits) in [
        ("admin@demo.example", true),
        (" a.b+c@x-y.co.uk ", true),
        ("李@公司.中国", true),
        ("ａ@demo.example", true),
        ("admin", false),
        ("admin@demo", false),
        ("a b@demo.example", false),
        ("a@b@demo.example", false),
        ("a@demo..example", false),
        (".a@demo.example", false),
        ("a@-demo.example", false),
        ("Li <a@demo.example>", false),
    ] {
        assert_eq!(from_text(&field(FieldKind::Email), text, Tz::UTC).is_ok(), fits, "{text}");
    }
    check(&FieldKind::Email, "ａ@demo.example", "a@demo.example");
    check_refused(&FieldKind::Email, "admin", "field.type", "expected", Some("email"));
    for (text, fits) in [
        ("110", true),
        ("010-123", true),
        ("+86 (10) 6505-1234", true),
        ("13800138000 转 8", true),
        ("13800138000 ext. 8", true),
        ("12", false),
        ("1380013800a", false),
        ("138+00138000", false),
        ("1234567890123456789012345", false),
        ("call me", false),
    ] {
        assert_eq!(from_text(&field(FieldKind::Phone), text, Tz::UTC).is_ok(), fits, "{text}");
    }
    check(&FieldKind::Phone, "１３８００１３８０００", "13800138000");
    for (text, fits) in [
        ("https://example.com", true),
        ("HTTP://例子.中国:8080/路径?q=1#x", true),
        ("http://[::1]:80/", true),
        ("http://localhost/", true),
        ("http://my_host/", true),
        ("ftp://example.com", false),
        ("javascript:alert(1)", false),
        ("https://", false),
        ("https://a b", false),
        ("https://example.com:99999", false),
        ("https://bank.example@evil.example", false),
        ("https://exa\"mple.com", false),
    ] {
        assert_eq!(from_text(&field(FieldKind::Url), text, Tz::UTC).is_ok(), fits, "{text}");
    }
    check_refused(&FieldKind::Url, "www.example.com", "field.type", "suggestion", Some("https://www.example.com"));
}

#[test]
fn numbers() {
    let money = FieldKind::Money { scale: 2 };
    check(&money, " 1499.75 ", "1499.75");
    check(&money, "60", "60.00");
    check(&money, "-.5", "-0.50");
    check(&money, "1.500", "1.50");
    check_refused(&money, "1,499.75", "field.type", "suggestion", Some("1499.75"));
    check_refused(&money, "¥ 1,499.75", "field.type", "suggestion", Some("1499.75"));
    check_refused(&money, "￥１２", "field.type", "suggestion", Some("12"));
    check_refused(&money, "1e3", "field.type", "expected", Some("money"));
    check_refused(&money, "NaN", "field.type", "value", Some("NaN"));
    check_refused(&money, "186000.555", "field.range", "suggestion", Some("186000.56"));
    check_refused(&money, "-186000.5549", "field.range", "suggestion", Some("-186000.55"));
    check_refused(&money, "186000.555", "field.range", "scale", Some("2"));
    check_refused(&money, "99999999999999999", "field.range", "max", Some("9999999999999999.99"));
    check_refused(&FieldKind::Percent, "60%", "field.type", "suggestion", Some("60"));
    check(&FieldKind::Integer, "-9223372036854775808", "-9223372036854775808");
    check(&FieldKind::Integer, "50.0", "50");
    check(&FieldKind::Integer, "+7", "7");
    check_refused(&FieldKind::Integer, "50.5", "field.type", "expected", Some("integer"));
    check_refused(&FieldKind::Integer, "5.", "field.type", "value", Some("5."));
    check_refused(&FieldKind::Integer, "--5", "field.type", "value", Some("--5"));
    check_refused(&FieldKind::Integer, "9223372036854775808", "field.range", "max", Some("9223372036854775807"));
}

#[test]
fn choices_dates_and_references() {
    for (text, wanted) in
        [("true", "true"), ("YES", "true"), ("1", "true"), ("是", "true"), ("on", "true"), ("否", "false"), ("0", "false")]
    {
        check(&FieldKind::Bool, text, wanted);
    }
    check_refused(&FieldKind::Bool, "maybe", "field.type", "expected", Some("bool"));
    for (text, wanted) in [("open", "open"), ("打开", "open"), ("OPEN", "open"), (" 赢单 ", "won"), ("w2", "w2")] {
        check(&select(), text, wanted);
    }
    check_refused(&select(), "Won", "field.option", "value", Some("Won"));
    check_refused(&select(), "lost", "field.option", "value", Some("lost"));
    check(&FieldKind::Date, "2026/1/31", "2026-01-31");
    check_refused(&FieldKind::Date, "31/1/2026", "field.type", "expected", Some("date"));
    check(&FieldKind::DateTime, "2026-01-31 08:30", "2026-01-31T00:30:00+00:00");
    check(&FieldKind::DateTime, "2026-01-31T08:30:15Z", "2026-01-31T08:30:15+00:00");
    check(&FieldKind::DateTime, "2026-01-31", "2026-01-30T16:00:00+00:00");
    check_refused(&FieldKind::DateTime, "noon", "field.type", "expected", Some("datetime"));
    let reference = FieldKind::Reference { target: "customer".into() };
    check(&reference, "00000000-0000-0000-0000-000000000007", "00000000-0000-0000-0000-000000000007");
    check_refused(&reference, "Acme", "field.type", "expected", Some("reference"));
}

#[test]
fn typed_values() {
    let money = || FieldKind::Money { scale: 2 };
    let decimal = |units, scale| Value::Decimal(Decimal::new(units, scale));
    let reference = || FieldKind::Reference { target: "customer".into() };
    let day = || Value::Date(chrono::NaiveDate::from_ymd_opt(2026, 1, 31).expect("a date"));
    for (kind, value, wanted) in [
        (money(), Value::Int(60), Ok(decimal(6_000, 2))),
        (money(), decimal(15_000, 4), Ok(decimal(150, 2))),
        (money(), decimal(15_001, 4), Err("field.range")),
        (money(), Value::from("1499.75"), Ok(decimal(149_975, 2))),
        (money(), Value::from("x"), Err("field.type")),
        (money(), Value::Int(i64::MAX), Err("field.range")),
        (money(), Value::Bool(true), Err("field.type")),
        (FieldKind::Integer, decimal(500, 2), Ok(Value::Int(5))),
        (FieldKind::Integer, decimal(550, 2), Err("field.type")),
        (FieldKind::Integer, Value::from("5"), Err("field.type")),
        (FieldKind::Bool, Value::Int(1), Err("field.type")),
        (FieldKind::Bool, Value::from(""), Ok(Value::Null)),
        (select(), Value::from(" won "), Ok(Value::from("won"))),
        (select(), Value::from("打开"), Err("field.option")),
        (select(), Value::Int(1), Err("field.type")),
        (FieldKind::Date, Value::from("2026-01-31"), Ok(day())),
        (FieldKind::Date, Value::from("2026/01/31"), Err("field.type")),
        (FieldKind::Date, day(), Ok(day())),
        (FieldKind::Date, Value::Date(chrono::NaiveDate::MAX), Err("field.range")),
        (FieldKind::DateTime, Value::from("2026-01-31 08:30"), Err("field.type")),
        (FieldKind::DateTime, Value::Instant(chrono::DateTime::<chrono::Utc>::MAX_UTC), Err("field.range")),
        (reference(), Value::Ref(Uuid::from_u128(7)), Ok(Value::Ref(Uuid::from_u128(7)))),
        (reference(), Value::from("00000000-0000-0000-0000-000000000007"), Ok(Value::Ref(Uuid::from_u128(7)))),
        (reference(), Value::Int(7), Err("field.type")),
        (FieldKind::Text { max: 9 }, Value::Int(7), Err("field.type")),
        (FieldKind::LongText, Value::Null, Ok(Value::Null)),
    ] {
        let shown = format!("{} {value:?}", kind.name());
        let found = normalise(&field(kind), value);
        assert_eq!(found.as_ref().map_err(|p| p.code.as_str()), wanted.as_ref().map_err(|c| *c), "{shown}");
    }
    let instant = chrono::DateTime::from_timestamp(1, 123_456_789).expect("an instant");
    let kept = chrono::DateTime::from_timestamp(1, 123_456_000).expect("an instant");
    assert_eq!(normalise(&field(FieldKind::DateTime), Value::Instant(instant)), Ok(Value::Instant(kept)));
}

#[test]
fn refusals_stay_short() {
    let problem = from_text(&field(FieldKind::Integer), &"x".repeat(10_000_000), Tz::UTC).expect_err("no number");
    assert!(problem.detail.len() < 400 && !problem.detail.contains('\n'));
    let problem = from_text(&field(select()), &"y\u{7}".repeat(1_000_000), Tz::UTC).expect_err("no option");
    assert!(problem.detail.len() < 600 && !problem.detail.contains('\u{7}'));
}
