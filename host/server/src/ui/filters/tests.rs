//! Form to condition to chip and back.

use super::*;
use chrono_tz::Asia::Shanghai;
use guanxi_core::host_objects::{host_objects, system_fields};
use guanxi_core::meta::{Field, Label, Locale, Object, Origin, Rules, Schema};

fn schema() -> Schema {
    let objects = host_objects().into_iter().enumerate().map(|(index, object)| Object {
        id: index as i64 + 1,
        key: object.key.into(),
        label: object.label,
        icon: object.icon.into(),
        origin: Origin::Host,
        title: object.title.into(),
        tracked: None,
        uniques: Vec::new(),
        rules: Rules::default(),
        parent: None,
        fields: [system_fields(object.key), object.fields, extra(object.key)].concat(),
        read_only: false,
        hidden: false,
    });
    Schema::new(1, objects.collect())
}

/// Number fields, which the host's own objects do not have.
fn extra(object: &str) -> Vec<Field> {
    let field = |key: &str, kind| Field { id: 99, origin: Origin::Tenant, ..Field::new(key, Label::new(key, key), kind) };
    match object {
        "customer" => vec![field("x_turnover", FieldKind::Money { scale: 2 }), field("x_vip", FieldKind::Bool)],
        _ => Vec::new(),
    }
}

fn object_of(path: &str) -> &'static str {
    if path.starts_with("x_") || path == "industry" { "customer" } else { "activity" }
}

fn from_form(path: &str, operator: &str, filled: &Filled) -> Result<String, String> {
    let schema = schema();
    let object = schema.object(object_of(path)).expect("an object");
    let resolved = guanxi_core::expr::resolve_path(path, &schema, object).expect("a path");
    let field = schema.object(&resolved.object).and_then(|o| o.field(&resolved.field)).expect("a field").clone();
    condition(path, &field, operator, filled, Shanghai).map_err(|problem| problem.code)
}

#[test]
fn what_the_builder_sends_becomes_a_condition_and_reads_back() {
    let id = "0192d5b0-0000-7000-8000-000000000001";
    let text = |text: &str| Filled { text: text.into(), ..Filled::default() };
    let values = |values: &[&str]| Filled { values: values.iter().map(|&value| value.to_owned()).collect(), ..Filled::default() };
    let days = |days: &str| Filled { days: days.into(), ..Filled::default() };
    let between = |from: &str, to: &str| Filled { from: from.into(), to: to.into(), ..Filled::default() };
    let period = Filled { period: "yesterday".into(), ..Filled::default() };
    for (path, operator, filled, wanted) in [
        ("subject", "starts_with", text(" 拜\"访 "), Ok(r#"subject.startsWith("拜\"访")"#.to_owned())),
        ("subject", "eq", text(""), Err("field.required")),
        ("subject", "starts_with", text(" "), Err("field.required")),
        ("subject", "one_of", text("甲、乙, 丙"), Ok(r#"subject in ["甲", "乙", "丙"]"#.into())),
        ("subject", "lt", text("a"), Err("filter.not_pushable")),
        ("kind", "ne", values(&["fax"]), Ok(r#"kind != "fax""#.into())),
        ("kind", "ne", values(&["fax", "event", "fax"]), Ok(r#"!(kind in ["fax", "event"])"#.into())),
        ("kind", "eq", values(&["fax", "event"]), Ok(r#"kind in ["fax", "event"]"#.into())),
        ("kind", "eq", values(&[]), Err("field.required")),
        ("kind", "eq", values(&["gone"]), Err("field.option")),
        ("starts_at", "before", text("2026-01-31"), Ok(r#"starts_at < "2026-01-31""#.into())),
        ("starts_at", "after", text("2026-01-31T08:30"), Ok(r#"starts_at > "2026-01-31T00:30:00Z""#.into())),
        (
            "starts_at",
            "between",
            between("2026-01-01", "2026-01-31"),
            Ok(r#"starts_at >= "2026-01-01" && starts_at <= "2026-01-31""#.into()),
        ),
        ("starts_at", "between", between("2026-01-01", ""), Err("field.required")),
        ("starts_at", "within", period, Ok("starts_at == yesterday".into())),
        ("starts_at", "past", days("30"), Ok("starts_at in last_days(30)".into())),
        ("starts_at", "within", Filled { period: "next_quarter".into(), ..Filled::default() }, Ok("starts_at in next_quarter".into())),
        ("subject", "contains", text("合同"), Ok(r#"subject.contains("合同")"#.into())),
        ("starts_at", "next", days("0"), Err("field.range")),
        ("starts_at", "older", days("0"), Ok("starts_at < today".into())),
        ("starts_at", "later", days("7"), Ok("starts_at > today + 7".into())),
        ("notes", "not_empty", text(""), Ok("notes != null".into())),
        ("owner", "eq", values(&["me"]), Ok("owner == me".into())),
        ("customer", "eq", values(&[id]), Ok(format!("customer == \"{id}\""))),
        ("customer", "eq", values(&["me"]), Err("field.type")),
        ("customer.name", "starts_with", text("江南"), Ok(r#"customer.name.startsWith("江南")"#.into())),
        ("x_turnover", "ge", text("100000"), Ok("x_turnover >= 100000.00".into())),
        ("x_turnover", "between", between("1", "2"), Ok("x_turnover >= 1.00 && x_turnover <= 2.00".into())),
        ("x_turnover", "ge", text("abc"), Err("field.type")),
        ("x_vip", "eq", values(&["true"]), Ok("x_vip == true".into())),
    ] {
        let found = from_form(path, operator, &filled);
        assert_eq!(found, wanted.map_err(str::to_owned), "{path} {operator} {filled:?}");
        if let Ok(text) = found {
            let schema = schema();
            let read = pieces(&text, &schema, schema.object(object_of(path)).expect("an object")).expect("readable");
            let [Piece { said: Said::Any(conditions), .. }] = read.as_slice() else { panic!("{text} is one piece: {read:?}") };
            assert_eq!((conditions[0].path.text().as_str(), conditions[0].operator), (path, operator), "{text}");
            assert_eq!(all_of([read[0].text.as_str()]), text, "nothing is lost");
        }
    }
}

#[test]
fn pieces_are_added_changed_and_removed_alone() {
    let schema = schema();
    let activity = schema.object("activity").expect("activity");
    let read = |filter: &str| pieces(filter, &schema, activity).expect("readable");
    let mut filter = String::new();
    for condition in ["kind == 'fax'", "owner == me", "kind == \"fax\"", "starts_at < \"2026-01-31\""] {
        filter = with_piece(&read(&filter), None, condition);
    }
    assert_eq!(filter, r#"kind == "fax" && owner == me && starts_at < "2026-01-31""#);
    let parts = read(&filter);
    assert_eq!(without(&parts, 1), r#"kind == "fax" && starts_at < "2026-01-31""#);
    assert_eq!(
        with_piece(&parts, Some(0), "kind == null || subject == null"),
        r#"(kind == null || subject == null) && owner == me && starts_at < "2026-01-31""#
    );
    assert_eq!(all_of(["a || b", "c"]), "(a || b) && c");
    assert_eq!(without(&read("(kind == null || subject == null) && owner == me"), 1), "kind == null || subject == null");
    assert_eq!(any_of(&["a == 1 && b == 2".into(), "c".into()]), "(a == 1 && b == 2) || (c)");
    let ranged = read("starts_at >= \"2026-01-01\" && starts_at <= \"2026-02-01\" || kind == 'fax'");
    assert_eq!(ranged[0].alternatives, [r#"starts_at >= "2026-01-01" && starts_at <= "2026-02-01""#, r#"kind == "fax""#]);
    assert_eq!(pieces("a ==", &schema, activity).map_err(|p| (p.code, p.position)).err(), Some(("filter.syntax".into(), Some(5))));
    assert_eq!(read(" "), Vec::new());
}

#[test]
fn conditions_are_read_in_words() {
    let schema = schema();
    let activity = schema.object("activity").expect("activity");
    let text = |text: &str| Literal::Text(text.into());
    let number = |digits: &str| Literal::Number(digits.into());
    for (condition, field, operator, values) in [
        ("kind == 'fax'", "类型", "eq", vec![text("fax")]),
        ("kind in ['fax', 'event']", "类型", "eq", vec![text("fax"), text("event")]),
        ("!(kind in ['fax', 'event'])", "类型", "ne", vec![text("fax"), text("event")]),
        ("owner != me", "负责人", "ne", vec![Literal::Me]),
        ("customer.name.startsWith('江')", "客户", "starts_with", vec![text("江")]),
        ("customer.region == '华东'", "客户 · 地区", "eq", vec![text("华东")]),
        ("customer.x_turnover >= -5", "客户 · x_turnover", "ge", vec![number("-5")]),
        ("customer.x_turnover >= 1 && customer.x_turnover <= 5", "客户 · x_turnover", "between", vec![number("1"), number("5")]),
        ("customer.x_vip", "客户 · x_vip", "eq", vec![Literal::Bool(true)]),
        ("!customer.x_vip", "客户 · x_vip", "ne", vec![Literal::Bool(true)]),
        ("starts_at < '2026-01-31'", "开始时间", "before", vec![text("2026-01-31")]),
        ("starts_at < today - 30", "开始时间", "older", vec![number("30")]),
        ("starts_at == tomorrow", "开始时间", "within", vec![Literal::Period("tomorrow")]),
        ("starts_at < today", "开始时间", "older", vec![number("0")]),
        ("notes == null", "备注", "empty", vec![]),
        ("notes != null", "备注", "not_empty", vec![]),
    ] {
        let parts = pieces(condition, &schema, activity).expect(condition);
        let [Piece { said: Said::Any(found), .. }] = parts.as_slice() else { panic!("{condition} is simple: {parts:?}") };
        let found = &found[0];
        assert_eq!(
            (field_label(&found.path, &schema, Locale::ZhCn).as_str(), found.operator, &found.values),
            (field, operator, &values),
            "{condition}"
        );
    }
    let either = pieces("subject == null || owner == me", &schema, activity).expect("readable");
    assert!(matches!(&either[0].said, Said::Any(both) if both.len() == 2), "{either:?}");
    for condition in [
        "nope == 1",
        "'fax' == kind",
        "kind in []",
        "subject < null",
        "subject == null || nope == 1",
        "starts_at >= today - 30",
        "starts_at > this_week",
    ] {
        let parts = pieces(condition, &schema, activity).expect(condition);
        assert!(matches!(parts[0].said, Said::Expression(_)), "{condition}");
    }
}

#[test]
fn every_offered_operator_has_words() {
    let reference = FieldKind::Reference { target: "user".into() };
    for kind in [
        FieldKind::Text { max: 9 },
        FieldKind::Bool,
        FieldKind::Date,
        FieldKind::Percent,
        FieldKind::LongText,
        reference,
        FieldKind::TreeSelect { options: Vec::new() },
    ] {
        for operator in operators(&kind) {
            assert!(crate::ui::components::filter_bar::OPERATORS.contains(operator), "{operator}");
        }
    }
}
