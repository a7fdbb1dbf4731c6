//! Formulas and rules on one record: what they give, what type they have, what they refuse.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate};
use uuid::Uuid;

use super::sample::{checked_formula, checked_rule, problems_are};
use super::{FieldPath, Source, evaluate_condition_with, evaluate_value, evaluate_value_with, fields_of, formula_fits, paths_of};
use crate::Decimal;
use crate::meta::FieldKind;
use crate::value::Value;

/// A record with fixed values and two lines; what is not named here is null.
struct Record(HashMap<&'static str, Value>, Vec<Record>);

impl Source for Record {
    fn value(&self, path: &FieldPath) -> Value {
        assert!(path.hops.is_empty(), "{path:?}");
        self.0.get(path.field.as_str()).cloned().unwrap_or(Value::Null)
    }

    fn children(&self, field: &FieldPath) -> Vec<Box<dyn Source + '_>> {
        assert_eq!(field.field, "lines");
        self.1.iter().map(|line| Box::new(line) as Box<dyn Source>).collect()
    }
}

impl Source for &Record {
    fn value(&self, path: &FieldPath) -> Value {
        (**self).value(path)
    }

    fn children(&self, field: &FieldPath) -> Vec<Box<dyn Source + '_>> {
        (**self).children(field)
    }
}

fn record() -> Record {
    let money = |units| Value::Decimal(Decimal::new(units, 2));
    let day = |text: &str| Value::Date(text.parse().expect("a date"));
    let at = |text: &str| Value::Instant(text.parse::<DateTime<chrono::Utc>>().expect("an instant"));
    let line = |label: &str, qty, price: Value| {
        Record(HashMap::from([("label", Value::from(label)), ("qty", Value::Int(qty)), ("price", price)]), Vec::new())
    };
    let values = HashMap::from([
        ("name", Value::from("Acme 贸易")),
        ("notes", Value::from("one\ntwo")),
        ("stage", Value::from("open")),
        ("count", Value::Int(7)),
        ("price", money(1_050)),
        ("amount", money(149_975)),
        ("rate", money(6_000)),
        ("weight", Value::Decimal(Decimal::new(1_250, 4))),
        ("active", Value::Bool(true)),
        ("due", day("2026-03-15")),
        ("begun", day("2026-02-28")),
        ("at", at("2026-03-15T04:00:00Z")),
        ("ended_at", at("2026-03-15T05:30:00.5Z")),
        ("span", Value::Int(90)),
        ("tags", Value::Texts(vec!["red".into(), "blue".into()])),
        ("place", Value::Texts(vec!["asia".into(), "china".into()])),
        ("owner", Value::Ref(Uuid::from_u128(5))),
        ("people", Value::Refs(vec![Uuid::from_u128(1), Uuid::from_u128(5)])),
    ]);
    Record(values, vec![line("a", 2, money(1_000)), line("b", 3, Value::Null)])
}

fn shown(value: &Value) -> String {
    match value {
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(instant) => instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        Value::Bool(truth) => truth.to_string(),
        Value::Null => "null".into(),
        other => format!("{other:?}"),
    }
}

fn check(text: &str, kind: &str, scale: Option<u8>, wanted: &str) {
    let (expr, found) = checked_formula(text).unwrap_or_else(|problems| panic!("{text}: {problems:?}"));
    assert_eq!((found.name(), found.scale()), (kind, scale), "{text}: {expr:?}");
    let value = evaluate_value_with(&expr, &found, &record());
    assert_eq!(value.map(|v| shown(&v)).map_err(|p| p.code), Ok(wanted.to_owned()), "{text}");
}

fn refused(text: &str, wanted: &[(&str, usize)]) {
    problems_are(text, checked_formula(text).expect_err(text), wanted);
}

#[test]
fn numbers() {
    for (text, kind, scale, wanted) in [
        ("amount", "money", 2, "1499.75"),
        ("rate", "percent", 2, "60.00"),
        ("span", "duration", 0, "90"),
        ("span + span", "duration", 0, "180"),
        ("-span", "integer", 0, "-90"),
        ("amount * rate / 100", "money", 2, "899.85"),
        ("amount / count", "money", 2, "214.25"),
        ("amount / amount", "decimal", 8, "1.00000000"),
        ("count / count", "decimal", 8, "1.00000000"),
        ("amount / price", "money", 2, "142.83"),
        ("amount / (count - 7)", "money", 2, "null"),
        ("amount / fee", "money", 2, "null"),
        ("amount / 3", "money", 2, "499.92"),
        ("count / 4", "decimal", 2, "1.75"),
        ("round(amount)", "money", 2, "1500.00"),
        ("round(amount / count, 4)", "decimal", 4, "214.2500"),
        ("round(price / 4, 1)", "decimal", 1, "2.6"),
        ("round(-price / 4, 1)", "decimal", 1, "-2.6"),
        ("round(count / 2)", "integer", 0, "4"),
        ("round(-count / 2)", "integer", 0, "-4"),
        ("abs(count - 10)", "integer", 0, "3"),
        ("abs(fee)", "decimal", 2, "null"),
        ("min(count, price, 8)", "decimal", 2, "7.00"),
        ("max(count, price, 8)", "decimal", 2, "10.50"),
        ("max(count, fee)", "decimal", 2, "null"),
        ("max(amount, 0)", "money", 2, "1499.75"),
        ("coalesce(fee, price)", "decimal", 2, "10.50"),
        ("coalesce(fee, 0) + 1", "decimal", 2, "1.00"),
        ("coalesce(fee, fee)", "decimal", 2, "null"),
        ("active ? amount : 0", "money", 2, "1499.75"),
        ("active ? null : count", "integer", 0, "null"),
        ("(stage == 'open' ? 2 : 3) * count", "integer", 0, "14"),
        ("amount - (fee == null ? 100 : fee)", "money", 2, "1399.75"),
        ("due - begun", "integer", 0, "15"),
        ("ended_at - at", "integer", 0, "5400"),
        ("size(name)", "integer", 0, "7"),
        ("size(tags)", "integer", 0, "2"),
        ("size(email)", "integer", 0, "0"),
        ("size(lines)", "integer", 0, "2"),
        ("lines.size()", "integer", 0, "2"),
        ("lines.sum(l, l.qty)", "integer", 0, "5"),
        ("lines.sum(l, l.qty * l.price)", "money", 2, "20.00"),
        ("lines.sum(l, coalesce(l.price, 1) * count)", "money", 2, "77.00"),
        ("lines.sum(l, l.label == 'b' ? l.qty : 0)", "integer", 0, "3"),
        ("1.5 + 1.25", "decimal", 2, "2.75"),
        ("3", "integer", 0, "3"),
    ] {
        check(text, kind, Some(scale), wanted);
    }
}

#[test]
fn texts_dates_and_conditions() {
    for (text, kind, wanted) in [
        ("name", "text", "Acme 贸易"),
        ("name + ' / ' + stage", "text", "Acme 贸易 / open"),
        ("email + name", "text", "Acme 贸易"),
        ("email + ''", "text", "null"),
        ("notes + name", "long_text", "one\ntwoAcme 贸易"),
        ("upper(name)", "text", "ACME 贸易"),
        ("lower(name) + '!'", "text", "acme 贸易!"),
        ("upper(email)", "text", "null"),
        ("active ? 'yes' : 'no'", "text", "yes"),
        ("count > 10 ? 'many' : count > 5 ? 'some' : null", "text", "some"),
        ("coalesce(email, name, 'nobody')", "text", "Acme 贸易"),
        ("coalesce(email, 'nobody')", "email", "nobody"),
        ("stage", "select", "open"),
        ("coalesce(stage, 'closed')", "select", "open"),
        ("due + 30", "date", "2026-04-14"),
        ("due - count", "date", "2026-03-08"),
        ("active ? due : begun", "date", "2026-03-15"),
        ("active ? due + 1 : '2026-01-01'", "date", "2026-03-16"),
        ("at + span", "datetime", "2026-03-15T04:01:30Z"),
        ("at - span", "datetime", "2026-03-15T03:58:30Z"),
        ("coalesce(ended_at, at)", "datetime", "2026-03-15T05:30:00.500Z"),
        ("active", "bool", "true"),
        ("amount > 1000 && stage == 'open'", "bool", "true"),
        ("fee > 1", "bool", "false"),
        ("active ? count > 9 : true", "bool", "false"),
        ("coalesce(done, active)", "bool", "true"),
        ("'red' in tags", "bool", "true"),
        ("'china' in place", "bool", "true"),
        ("'asia' in place", "bool", "true"),
        ("'beijing' in place", "bool", "false"),
        ("'00000000-0000-0000-0000-000000000005' in people", "bool", "true"),
        ("lines.exists(l, l.qty > 2)", "bool", "true"),
        ("lines.all(l, l.qty > 2)", "bool", "false"),
        ("lines.all(l, l.qty < count)", "bool", "true"),
        ("lines.exists(l, l.price == null && l.label.startsWith('B'))", "bool", "true"),
        ("lines.exists(amount, amount.qty > 2)", "bool", "true"),
        ("size(lines) > 1 ? true : false", "bool", "true"),
        ("amount / count > 214", "bool", "true"),
        ("lower(name) == 'ACME 贸易'", "bool", "true"),
        ("name + 'x' > 'b'", "bool", "false"),
        ("due + 1 == '2026-03-16'", "bool", "true"),
        ("due + 1 > begun", "bool", "true"),
    ] {
        check(text, kind, if kind == "integer" { Some(0) } else { None }, wanted);
    }
    let (owner, kind) = checked_formula("active ? owner : parent.owner").map_err(|p| p[0].code.clone()).err().map_or((1, 2), |_| (0, 0));
    assert_eq!((owner, kind), (0, 0), "hops are refused");
    check("owner", "reference", None, "Ref(00000000-0000-0000-0000-000000000005)");
}

#[test]
fn refusals_have_a_place() {
    for (text, wanted) in [
        ("now", vec![("expression.not_allowed", 1)]),
        ("count + (due < today ? 1 : 0)", vec![("expression.not_allowed", 16)]),
        ("owner == me", vec![("expression.not_allowed", 10)]),
        ("customer.name + 'x'", vec![("expression.not_allowed", 1)]),
        ("lines.exists(l, l.product.name == 'x')", vec![("expression.not_allowed", 17)]),
        ("lines.sum(l, l.thing.count)", vec![]),
        ("lines", vec![("expression.not_allowed", 1)]),
        ("lines == null", vec![("expression.not_allowed", 1)]),
        ("tags", vec![("field.type", 1)]),
        ("extra", vec![("field.type", 1)]),
        ("null", vec![("field.type", 1)]),
        ("nope + 1", vec![("field.unknown", 1)]),
        ("secret", vec![("field.unknown", 1)]),
        ("name + 1", vec![("field.type", 8)]),
        ("count + name", vec![("field.type", 1)]),
        ("due + span", vec![("field.type", 7)]),
        ("due + 1.5", vec![("field.type", 7)]),
        ("due + count / 2", vec![("field.type", 7)]),
        ("due * 2", vec![("field.type", 7)]),
        ("at + 1", vec![("field.type", 6)]),
        ("at - due", vec![("field.type", 6)]),
        ("active ? 1 : 'a'", vec![("field.type", 14)]),
        ("active ? due : name", vec![("field.type", 16)]),
        ("active ? stage : 'gone'", vec![("field.option", 18)]),
        ("count ? 1 : 2", vec![("field.type", 1)]),
        ("round(count, 9)", vec![("field.type", 14)]),
        ("round(count, count)", vec![("field.type", 14)]),
        ("round()", vec![("field.type", 1)]),
        ("min()", vec![("field.type", 1)]),
        ("abs(1, 2)", vec![("field.type", 1)]),
        ("min(name, name)", vec![("field.type", 5)]),
        ("lower(count)", vec![("field.type", 7)]),
        ("size(count)", vec![("field.type", 6)]),
        ("amount / 0", vec![("field.type", 10)]),
        ("name.contains('a')", vec![("expression.not_allowed", 1)]),
        ("count % 2", vec![("expression.not_allowed", 1)]),
        ("lines.exists(l, l.sublines.exists(m, m.qty > 1))", vec![("expression.not_allowed", 17)]),
        ("lines.exists(l.qty > 1)", vec![("field.type", 1)]),
        ("lines.exists(l, l.nope > 1)", vec![("field.unknown", 17)]),
        ("lines.exists(l, l)", vec![("field.type", 17)]),
        ("lines.all(1, 2)", vec![("field.type", 1)]),
        ("count.exists(l, true)", vec![("expression.not_allowed", 1)]),
        ("count in lines", vec![("expression.not_allowed", 10)]),
        ("'gone' in tags", vec![("field.option", 1)]),
        ("'gone' in place", vec![("field.option", 1)]),
        ("1 in tags", vec![("field.type", 1)]),
        ("'x' in people", vec![("field.type", 1)]),
        ("tags == 'red'", vec![("expression.not_allowed", 1)]),
    ] {
        if wanted.is_empty() {
            assert!(checked_formula(text).is_ok(), "{text}");
        } else {
            refused(text, &wanted);
        }
    }
}

#[test]
fn results_fit_their_field_or_say_why_not() {
    let text = |max| FieldKind::Text { max };
    let stage = checked_formula("stage").expect("a field").1;
    for (formula, kind, wanted) in [
        ("amount", FieldKind::Integer, Ok("1500")),
        ("amount / count", FieldKind::Decimal { scale: 4 }, Ok("214.2500")),
        ("amount", FieldKind::Percent, Ok("1499.75")),
        ("amount * amount * amount * amount", FieldKind::Money { scale: 2 }, Ok("5059125843656.25")),
        ("amount * amount * amount * amount * amount * amount", FieldKind::Money { scale: 2 }, Err("field.range")),
        ("count * 999999999999999999 * 999999999999999999 * 999999999999999999", FieldKind::Integer, Err("field.range")),
        ("count / (0.000000000000000001 * 0.000000000000000001) * 999999999999999999", FieldKind::Integer, Err("field.range")),
        ("999999999999999999 * 9", FieldKind::Integer, Ok("8999999999999999991")),
        ("999999999999999999 * 9", FieldKind::Decimal { scale: 0 }, Err("field.range")),
        ("-count", FieldKind::Duration, Err("field.range")),
        ("due + 9999999", FieldKind::Date, Err("field.range")),
        ("due - 999999999999999999", FieldKind::Date, Err("field.range")),
        ("at + span * 1", FieldKind::DateTime, Err("check")),
        ("name", text(3), Err("field.range")),
        ("notes", text(20), Ok("one two")),
        ("'open'", stage.clone(), Ok("open")),
        ("name", stage.clone(), Err("field.option")),
        ("stage", text(9), Ok("open")),
        ("name", FieldKind::Integer, Err("field.type")),
        ("count", text(9), Err("field.type")),
    ] {
        let Ok((expr, found)) = checked_formula(formula) else {
            assert_eq!(wanted, Err("check"), "{formula}");
            continue;
        };
        let value = evaluate_value_with(&expr, &kind, &record());
        assert_eq!(value.map(|v| shown(&v)).map_err(|p| p.code), wanted.map(str::to_owned).map_err(str::to_owned), "{formula}");
        assert_eq!(formula_fits(&found, &kind), !matches!(wanted, Err("field.type")), "{formula}");
    }
}

#[test]
fn rules_know_time_people_and_other_records() {
    let record = record();
    for (text, wanted) in [
        ("due == today", true),
        ("due - today == 0", true),
        ("today - begun > 10", true),
        ("me in people", true),
        ("owner == me || now < at", false),
        ("lines.exists(l, l.qty * count > 20)", true),
        ("coalesce(fee, price) > 10 && round(amount / count, 1) == 214.3", true),
        ("(active ? due : null) == null", false),
        ("(active ? null : due) == null", true),
        ("(active ? null : due) != due", true),
        ("size(papers) == 0 && size(tags) >= 2", true),
        ("extra == null", true),
        ("about == null && about != 'customer/00000000-0000-0000-0000-000000000007'", true),
        ("amount * amount * amount * amount * amount * amount * amount / fee == null", true),
    ] {
        let expr = checked_rule(text).unwrap_or_else(|p| panic!("{text}: {p:?}"));
        assert_eq!(evaluate_condition_with(&expr, &record), wanted, "{text}: {expr:?}");
    }
    assert!(checked_rule("parent.count / count > 1").is_ok());
    let plain = checked_formula("size(lines)").expect("a formula");
    assert_eq!(evaluate_value(&plain.0, &plain.1, &|_| Value::Null), Ok(Value::Int(0)));
    assert!(NaiveDate::from_ymd_opt(2026, 3, 15).is_some());
}

#[test]
fn what_is_read_is_known() {
    let fields = |text: &str| fields_of(&checked_rule(text).expect(text)).into_iter().collect::<Vec<_>>().join(" ");
    assert_eq!(fields("amount * rate / 100 > fee && name.startsWith('a')"), "amount fee name rate");
    assert_eq!(fields("parent.customer.name == 'x' || stage in ['open']"), "parent stage");
    assert_eq!(fields("lines.exists(l, l.qty > count && l.thing.price > 1 && l.product.name == 'a')"), "count lines price");
    assert_eq!(fields("lines.sum(l, l.qty) + size(tags) > (active ? 1 : weight) && 'red' in tags"), "active lines tags weight");
    let paths: Vec<String> =
        paths_of(&checked_rule("lines.exists(l, l.product.name == name)").expect("a rule")).iter().map(FieldPath::text).collect();
    assert_eq!(paths, ["lines", "product.name", "thing.name"]);
}
