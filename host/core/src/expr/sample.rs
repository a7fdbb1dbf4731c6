//! What the tests of this folder share: a small schema, and checked expressions as text.

use chrono::{NaiveDate, TimeZone, Utc};
use uuid::Uuid;

use super::{ArithmeticOp, Bindings, CompareOp, Expr, check_condition, check_formula, check_number, check_rule, parse};
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
    let below = |code: &str, parent: &str| SelectOption { parent: Some(parent.into()), ..option(code, code) };
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
        field("tags", FieldKind::MultiSelect { options: vec![option("red", "红"), option("blue", "蓝")] }),
        field("place", FieldKind::TreeSelect { options: vec![option("asia", "亚洲"), below("china", "asia"), below("beijing", "china")] }),
        field("people", FieldKind::ManyReference { target: "user".into() }),
        field("papers", FieldKind::File),
        field("about", FieldKind::AnyReference),
        field("span", FieldKind::Duration),
        field("extra", FieldKind::Json),
        field("lines", FieldKind::Children { target: "line".into() }),
        field("begun", FieldKind::Date),
        field("ended_at", FieldKind::DateTime),
        field("done", FieldKind::Bool),
    ];
    let line = vec![
        field("id", reference("line")),
        field("thing", reference("thing")),
        field("product", reference("customer")),
        field("label", text()),
        field("qty", FieldKind::Integer),
        field("price", FieldKind::Money { scale: 2 }),
        field("sublines", FieldKind::Children { target: "line".into() }),
    ];
    let customer =
        vec![field("id", reference("customer")), field("name", text()), field("region", text()), field("owner", reference("user"))];
    let user = vec![field("id", reference("user")), field("name", text()), field("manager", reference("user"))];
    let ghost = vec![field("name", text())];
    let line = Object { parent: Some("thing".into()), ..object("line", line) };
    Schema::new(1, vec![object("thing", thing), object("customer", customer), object("user", user), object("ghost", ghost), line])
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

/// The same for an evaluation in memory.
pub(crate) fn checked_rule(text: &str) -> Result<Expr, Vec<Problem>> {
    let syntax = parse(text).map_err(|p| vec![p])?;
    with_bindings(|bindings| check_rule(&syntax, bindings))
}

/// A formula on the object `thing`, with the type of its result.
pub(crate) fn checked_formula(text: &str) -> Result<(Expr, FieldKind), Vec<Problem>> {
    let syntax = parse(text).map_err(|p| vec![p])?;
    with_bindings(|bindings| check_formula(&syntax, bindings))
}

/// Number expressions before their size was checked.
pub(crate) fn arithmetic(text: &str) -> Expr {
    let mut problems = Vec::new();
    let syntax = parse(text).expect(text);
    let budget = super::scope::budget();
    let operand = with_bindings(|bindings| {
        super::operand::read_operand(&syntax, super::scope::Scope::new(bindings, super::scope::Use::Filter, &budget), &mut problems)
    });
    operand.expect(text).into_number(1).expect(text)
}

pub(crate) fn check(text: &str, wanted: &str) {
    let found = checked(text).map(|expr| shown(&expr)).map_err(|problems| format!("{problems:?}"));
    assert_eq!(found.as_deref(), Ok(wanted), "{text}");
}

pub(crate) fn check_problems(text: &str, wanted: &[(&str, usize)]) {
    problems_are(text, checked(text).expect_err(text), wanted);
}

pub(crate) fn problems_are(text: &str, problems: Vec<Problem>, wanted: &[(&str, usize)]) {
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
        Expr::CompareValues { op, kind, left, right } => {
            let (left, right) = (shown(left), shown(right));
            format!("{} as {}", shown(&Expr::Compare(*op, Box::new(named(left)), Box::new(named(right)))), kind.name())
        }
        Expr::Words(paths, words) => {
            format!("{} holds {words:?}", paths.iter().map(super::FieldPath::text).collect::<Vec<_>>().join(", "))
        }
        Expr::Contains(path, value) => format!("{} has {}", path.text(), shown_value(value)),
        Expr::AnyLine(lines, inner) => format!("any {} ({})", lines.field.text(), shown(inner)),
        Expr::CountLines(path) => format!("count {}", path.text()),
        Expr::SumLines(lines, inner) => format!("sum {} ({})", lines.field.text(), shown(inner)),
        Expr::Choose { condition, yes, no } => format!("({} ? {} : {})", shown(condition), shown(yes), shown(no)),
        Expr::Coalesce(parts) => format!("coalesce{}", join(parts, ", ")),
        Expr::Call(function, parts) => format!("{function:?}{}", join(parts, ", ")),
    }
}

/// Something already shown, in the place of a part.
fn named(text: String) -> Expr {
    Expr::Field(super::FieldPath { hops: Vec::new(), object: String::new(), field: text, kind: FieldKind::LongText })
}

/// As somebody asks it now; what was refused by position.
pub(crate) fn asked(text: &str) -> Result<String, Vec<usize>> {
    let syntax = parse(text).expect(text);
    let found = with_bindings(|bindings| super::check_question(&syntax, bindings));
    found.map(|expr| shown(&expr)).map_err(|problems| problems.iter().map(|p| p.position.unwrap_or_default()).collect())
}
