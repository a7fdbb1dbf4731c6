//! Form to condition to chip and back.

use super::*;
use chrono_tz::Asia::Shanghai;
use guanxi_core::host_objects::{host_objects, system_fields};
use guanxi_core::meta::{Label, Locale, Object, Origin, Rules, Schema};

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

fn from_form(path: &str, operator: &str, value: &str) -> Result<String, String> {
    let schema = schema();
    let customer = schema.object("activity").expect("activity");
    let object = if path.starts_with("x_") || path == "industry" { schema.object("customer").expect("customer") } else { customer };
    let resolved = guanxi_core::expr::resolve_path(path, &schema, object).expect("a path");
    let field = schema.object(&resolved.object).and_then(|o| o.field(&resolved.field)).expect("a field").clone();
    condition(path, &field, operator, value, Shanghai).map_err(|problem| problem.code)
}

#[test]
fn what_the_form_sends_becomes_a_condition() {
    let id = "0192d5b0-0000-7000-8000-000000000001";
    for (path, operator, value, wanted) in [
        ("subject", "starts_with", " 拜\"访 ", Ok(r#"subject.startsWith("拜\"访")"#.to_owned())),
        ("subject", "eq", "", Ok("subject == null".into())),
        ("subject", "starts_with", " ", Err("field.required")),
        ("subject", "contains", "a", Err("filter.not_pushable")),
        ("subject", "lt", "a", Err("filter.not_pushable")),
        ("kind", "ne", "fax", Ok(r#"kind != "fax""#.into())),
        ("kind", "eq", "gone", Err("field.option")),
        ("starts_at", "before", "2026-01-31", Ok(r#"starts_at < "2026-01-31""#.into())),
        ("starts_at", "after", "2026-01-31T08:30", Ok(r#"starts_at > "2026-01-31T00:30:00Z""#.into())),
        ("starts_at", "after", "", Err("field.required")),
        ("notes", "not_empty", "", Ok("notes != null".into())),
        ("notes", "eq", "a", Err("filter.not_pushable")),
        ("owner", "eq", "me", Ok("owner == me".into())),
        ("customer", "eq", id, Ok(format!("customer == \"{id}\""))),
        ("customer", "eq", "me", Err("field.type")),
        ("customer.name", "starts_with", "江南", Ok(r#"customer.name.startsWith("江南")"#.into())),
        ("x_turnover", "ge", "100000", Ok("x_turnover >= 100000.00".into())),
        ("x_turnover", "ge", "abc", Err("field.type")),
        ("x_vip", "eq", "true", Ok("x_vip == true".into())),
    ] {
        assert_eq!(from_form(path, operator, value), wanted.map_err(str::to_owned), "{path} {operator} {value}");
    }
}

#[test]
fn a_condition_is_added_once_and_removed_alone() {
    let mut filter = String::new();
    for condition in ["kind == 'fax'", "owner == me", "kind == \"fax\"", "starts_at < \"2026-01-31\""] {
        filter = and(&filter, condition);
    }
    assert_eq!(filter, r#"kind == "fax" && owner == me && starts_at < "2026-01-31""#);
    let parts = conditions(&filter).expect("readable");
    assert_eq!(without(&parts, 1), r#"kind == "fax" && starts_at < "2026-01-31""#);
    assert_eq!(and("a || b", "c"), "(a || b) && c");
    assert_eq!(without(&conditions("(a || b) && c").expect("readable"), 1), "a || b");
    assert_eq!(conditions("a && (b && c) && d").expect("readable").len(), 4);
    assert_eq!(and("a ==", "c"), "(a ==) && c");
    assert_eq!(conditions("a ==").map_err(|p| (p.code, p.position)).err(), Some(("filter.syntax".into(), Some(5))));
    assert_eq!(conditions(" "), Ok(Vec::new()));
}

#[test]
fn conditions_are_read_back_for_chips() {
    let schema = schema();
    let activity = schema.object("activity").expect("activity");
    let text = |text: &str| Literal::Text(text.into());
    for (condition, field, operator, values) in [
        ("kind == 'fax'", "类型", "eq", vec![text("fax")]),
        ("kind in ['fax', 'event']", "类型", "eq", vec![text("fax"), text("event")]),
        ("owner != me", "负责人", "ne", vec![Literal::Me]),
        ("customer.name.startsWith('江')", "客户", "starts_with", vec![text("江")]),
        ("customer.region == '华东'", "客户 · 地区", "eq", vec![text("华东")]),
        ("customer.x_turnover >= -5", "客户 · x_turnover", "ge", vec![Literal::Number("-5".into())]),
        ("customer.x_vip", "客户 · x_vip", "eq", vec![Literal::Bool(true)]),
        ("!customer.x_vip", "客户 · x_vip", "ne", vec![Literal::Bool(true)]),
        ("starts_at < '2026-01-31'", "开始时间", "before", vec![text("2026-01-31")]),
        ("starts_at > today - 30", "开始时间", "after", vec![Literal::Other("today - 30".into())]),
        ("notes == null", "备注", "empty", vec![]),
        ("notes != null", "备注", "not_empty", vec![]),
    ] {
        let parts = conditions(condition).expect(condition);
        let Reading::Simple { path, operator: found, values: constants } = read(&parts[0], &schema, activity) else {
            panic!("{condition} is simple");
        };
        assert_eq!((field_label(&path, &schema, Locale::ZhCn).as_str(), found, constants), (field, operator, values), "{condition}");
    }
    for condition in ["subject == null || notes == null", "nope == 1", "'fax' == kind", "kind in []", "subject < null"] {
        let parts = conditions(condition).expect(condition);
        assert!(matches!(read(&parts[0], &schema, activity), Reading::Expression(_)), "{condition}");
    }
}

#[test]
fn every_offered_operator_has_words_and_makes_a_condition() {
    for kind in [FieldKind::Text { max: 9 }, FieldKind::Bool, FieldKind::Date, FieldKind::Percent, FieldKind::LongText] {
        for operator in operators(&kind) {
            assert!(crate::ui::components::filter_bar::OPERATORS.contains(operator), "{operator}");
        }
    }
}
