//! What the tests of this folder share: a small schema, and checked expressions as text.

use chrono::{NaiveDate, TimeZone, Utc};
use uuid::Uuid;

use super::{ArithmeticOp, Bindings, CompareOp, Expr, check_condition, check_number, parse};
use crate::meta::{Field, FieldKind, Label, Object, Origin, Rules, Schema, SelectOption};
use crate::problem::Problem;
use crate::value::Value;

fn field(key: &str, kind: FieldKind) -> Field {
    Field { id: 1, hidden: key == "secret", ..Field::new(key, Label::default(), kind) }
}

fn object(key: &str, fields: Vec<Field>) -> Object {
    Object {
        id: 1,
        key: key.into(),
        label: Label::default(),
        icon: String::new(),
        origin: Origin::Host,
        title: "name".into(),
        tracked: None,
        uniques: Vec::new(),
        rules: Rules::default(),
        parent: None,
        fields,
        read_only: false,
        hidden: key == "ghost",
    }
}

pub(crate) fn schema() -> Schema {
    let text = || FieldKind::Text { max: 255 };
    let reference = |target: &str| FieldKind::Reference { target: target.into() };
    let option = |code: &str, zh: &str| SelectOption::new(code, Label::new(zh, code));
    let thing = vec![
        field("id", reference("thing")),
        field("owner", reference("user")),
        field("name", text()),
        field("notes", FieldKind::LongText),
        field("email", FieldKind::Email),
        field("phone", FieldKind::Phone),
        field("site", FieldKind::Url),
        field("stage", FieldKind::Select { options: vec![option("open", "打开"), option("closed", "关闭")] }),
        field("count", FieldKind::Integer),
        field("price", FieldKind::Decimal { scale: 2 }),
        field("weight", FieldKind::Decimal { scale: 4 }),
        field("rate", FieldKind::Percent),
        field("amount", FieldKind::Money { scale: 2 }),
        field("fee", FieldKind::Decimal { scale: 2 }),
        field("active", FieldKind::Bool),
        field("due", FieldKind::Date),
        field("at", FieldKind::DateTime),
        field("parent", reference("thing")),
        field("customer", reference("customer")),
        field("ghost", reference("ghost")),
        field("secret", text()),
    ];
    let customer =
        vec![field("id", reference("customer")), field("name", text()), field("region", text()), field("owner", reference("user"))];
    let user = vec![field("id", reference("user")), field("name", text()), field("manager", reference("user"))];
    let ghost = vec![field("name", text())];
    Schema::new(1, vec![object("thing", thing), object("customer", customer), object("user", user), object("ghost", ghost)])
}

fn with_bindings<T>(work: impl FnOnce(&Bindings<'_>) -> T) -> T {
    let schema = schema();
    let bindings = Bindings {
        schema: &schema,
        object: schema.object("thing").expect("thing"),
        me: Some(Uuid::from_u128(1)),
        today: NaiveDate::from_ymd_opt(2026, 3, 15).expect("a date"),
        now: Utc.with_ymd_and_hms(2026, 3, 15, 4, 0, 0).single().expect("an instant"),
        zone: chrono_tz::Asia::Shanghai,
    };
    work(&bindings)
}

/// Parsed and checked on the object `thing`.
pub(crate) fn checked(text: &str) -> Result<Expr, Vec<Problem>> {
    let syntax = parse(text).map_err(|p| vec![p])?;
    with_bindings(|bindings| check_condition(&syntax, bindings))
}

/// Number expressions before their size was checked.
pub(crate) fn arithmetic(text: &str) -> Expr {
    let mut problems = Vec::new();
    let syntax = parse(text).expect(text);
    let operand = with_bindings(|bindings| super::operand::read_operand(&syntax, bindings, &mut problems));
    operand.expect(text).into_number(1).expect(text)
}

pub(crate) fn check(text: &str, wanted: &str) {
    let found = checked(text).map(|expr| shown(&expr)).map_err(|problems| format!("{problems:?}"));
    assert_eq!(found.as_deref(), Ok(wanted), "{text}");
}

pub(crate) fn check_problems(text: &str, wanted: &[(&str, usize)]) {
    let problems = checked(text).expect_err(text);
    let found: Vec<(&str, usize)> = problems.iter().map(|p| (p.code.as_str(), p.position.unwrap_or(0))).collect();
    assert_eq!(found, wanted, "{text}: {problems:?}");
    assert!(problems.iter().all(|p| p.detail.len() > 10 && !p.detail.ends_with('.')), "{problems:?}");
}

pub(crate) fn check_number_scale(text: &str, wanted: Result<u8, &str>) {
    let syntax = parse(text).expect(text);
    let found = with_bindings(|bindings| check_number(&syntax, bindings));
    let found = found.map(|(_, scale)| scale).map_err(|problems| problems[0].code.clone());
    assert_eq!(found, wanted.map_err(str::to_owned), "{text}");
}

fn shown_value(value: &Value) -> String {
    match value {
        Value::Null => "null".into(),
        Value::Text(text) => format!("{text:?}"),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(instant) => instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        Value::Ref(id) => format!("@{}", id.as_u128()),
        other => format!("{other:?}"),
    }
}

pub(crate) fn shown(expr: &Expr) -> String {
    let join = |parts: &[Expr], word: &str| format!("({})", parts.iter().map(shown).collect::<Vec<_>>().join(word));
    match expr {
        Expr::Literal(value) => shown_value(value),
        Expr::Field(path) => path.text(),
        Expr::And(parts) => join(parts, " and "),
        Expr::Or(parts) => join(parts, " or "),
        Expr::Not(inner) => format!("not {}", shown(inner)),
        Expr::Compare(op, left, right) => {
            let op = match op {
                CompareOp::Equal => "==",
                CompareOp::NotEqual => "!=",
                CompareOp::Less => "<",
                CompareOp::LessOrEqual => "<=",
                CompareOp::Greater => ">",
                CompareOp::GreaterOrEqual => ">=",
            };
            format!("{} {op} {}", shown(left), shown(right))
        }
        Expr::IsNull(inner) => format!("{} is null", shown(inner)),
        Expr::In(field, values) => format!("{} in [{}]", shown(field), values.iter().map(shown_value).collect::<Vec<_>>().join(", ")),
        Expr::StartsWith(field, prefix) => format!("{} starts {prefix:?}", shown(field)),
        Expr::Arithmetic { op, left, right } => {
            let op = match op {
                ArithmeticOp::Add => "+",
                ArithmeticOp::Subtract => "-",
                ArithmeticOp::Multiply => "*",
                ArithmeticOp::Divide => "/",
            };
            format!("({} {op} {})", shown(left), shown(right))
        }
        Expr::Negate(inner) => format!("-{}", shown(inner)),
    }
}
