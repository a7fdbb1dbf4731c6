//! One side of a comparison before the two meet: fields keep their type, literals have none yet.

use chrono::{DateTime, Days, NaiveDate, Utc};
use uuid::Uuid;

use super::path::resolve_names;
use super::{ArithmeticOp, Bindings, Expr, FieldPath, Syntax, SyntaxKind, plan_number};
use crate::decimal::Decimal;
use crate::problem::Problem;
use crate::value::Value;

/// What stands at one side of a comparison, or alone.
#[derive(Clone, Debug)]
pub(super) enum Operand {
    Null,
    Bool(bool),
    Number(NumberLiteral),
    Text(String),
    /// `today`, moved by days or not.
    Date(NaiveDate),
    /// `now`.
    Instant(DateTime<Utc>),
    /// `me`; nobody acts for the host itself.
    User(Option<Uuid>),
    Field(FieldPath),
    /// Arithmetic of numbers.
    Arithmetic(Expr),
}

/// A number as written, without a scale: compared exactly, however long it is.
#[derive(Clone, Debug)]
pub(super) struct NumberLiteral {
    pub(super) negative: bool,
    /// Without leading zeros.
    pub(super) whole: String,
    /// Without trailing zeros.
    pub(super) fraction: String,
}

impl NumberLiteral {
    fn new(digits: &str) -> Self {
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        Self { negative: false, whole: whole.trim_start_matches('0').into(), fraction: fraction.trim_end_matches('0').into() }
    }

    /// The number as a constant of arithmetic; `None` beyond 18 digits.
    pub(super) fn value(&self) -> Option<Value> {
        let digits = format!("0{}{}", self.whole, self.fraction);
        if digits.len() > 19 {
            return None;
        }
        let units: i64 = digits.parse().ok()?;
        let units = if self.negative { -units } else { units };
        let scale = u8::try_from(self.fraction.len()).ok()?;
        Some(if scale == 0 { Value::Int(units) } else { Value::Decimal(Decimal::new(units, scale)) })
    }
}

impl Operand {
    /// Types that arithmetic takes.
    pub(super) fn is_number(&self) -> bool {
        match self {
            Self::Number(_) | Self::Arithmetic(_) => true,
            Self::Field(path) => path.kind.scale().is_some(),
            _ => false,
        }
    }

    /// How a message names it.
    pub(super) fn described(&self) -> String {
        match self {
            Self::Null => "null".into(),
            Self::Bool(_) => "true or false".into(),
            Self::Number(_) | Self::Arithmetic(_) => "a number".into(),
            Self::Text(_) => "a text".into(),
            Self::Date(_) => "a date".into(),
            Self::Instant(_) => "an instant".into(),
            Self::User(_) => "a user".into(),
            Self::Field(path) => format!("`{}` ({})", path.text(), path.kind.name()),
        }
    }

    /// The operand as a number expression.
    pub(super) fn into_number(self, position: usize) -> Result<Expr, Problem> {
        match self {
            Self::Arithmetic(expr) => Ok(expr),
            Self::Field(path) if path.kind.scale().is_some() => Ok(Expr::Field(path)),
            Self::Number(literal) => literal.value().map(Expr::Literal).ok_or_else(|| {
                Problem::error("field.type", "a number in arithmetic has at most 18 digits").at(position).with("expected", "decimal")
            }),
            other => Err(expected_number(&other, position)),
        }
    }
}

fn expected_number(found: &Operand, position: usize) -> Problem {
    Problem::error("field.type", format!("a number is expected here, found {}", found.described())).at(position).with("expected", "decimal")
}

pub(super) fn not_pushable(position: usize, reason: &str, detail: impl Into<String>) -> Problem {
    Problem::error("filter.not_pushable", detail).at(position).with("reason", reason)
}

/// Reads one side. Every problem of it is added to `problems`; then there is no operand.
pub(super) fn read_operand(syntax: &Syntax, bindings: &Bindings<'_>, problems: &mut Vec<Problem>) -> Option<Operand> {
    // `a + b - c …` leans to the left and may be long: walked in a loop.
    let mut chain = Vec::new();
    let mut first = syntax;
    while let SyntaxKind::Binary(operator @ ("+" | "-" | "*" | "/" | "%"), left, right) = &first.kind {
        chain.push((*operator, right.as_ref()));
        first = left;
    }
    let mut result = read_single(first, bindings, problems);
    for (operator, right_syntax) in chain.into_iter().rev() {
        let right = read_operand(right_syntax, bindings, problems);
        result = match (result, right) {
            (Some(left), Some(right)) => match combine(operator, left, right, syntax.position, right_syntax.position) {
                Ok(operand) => Some(operand),
                Err(problem) => {
                    problems.push(problem);
                    None
                }
            },
            _ => None,
        };
    }
    result
}

fn read_single(syntax: &Syntax, bindings: &Bindings<'_>, problems: &mut Vec<Problem>) -> Option<Operand> {
    let read = match &syntax.kind {
        SyntaxKind::Null => Ok(Operand::Null),
        SyntaxKind::Bool(truth) => Ok(Operand::Bool(*truth)),
        SyntaxKind::Number(digits) => Ok(Operand::Number(NumberLiteral::new(digits))),
        SyntaxKind::Text(text) => Ok(Operand::Text(text.clone())),
        SyntaxKind::Path(names) => read_path(names, bindings).map_err(|p| p.at(syntax.position)),
        SyntaxKind::Negate(inner) => {
            let operand = read_operand(inner, bindings, problems)?;
            negate(operand, inner.position)
        }
        SyntaxKind::List(_) => Err(not_pushable(syntax.position, "list", "a list can only stand after `in`")),
        SyntaxKind::Conditional(..) => Err(not_pushable(
            syntax.position,
            "conditional",
            "`?:` chooses between conditions, not between values; write `c ? a > 1 : b > 1`",
        )),
        SyntaxKind::Call(target, name, _) => Err(unknown_call(target.is_some(), name, syntax.position)),
        SyntaxKind::Not(_) | SyntaxKind::Binary(..) => {
            let detail = "the result of a condition cannot be compared or calculated with; join conditions by && || !";
            Err(not_pushable(syntax.position, "condition", detail))
        }
    };
    read.map_err(|problem| problems.push(problem)).ok()
}

fn read_path(names: &[String], bindings: &Bindings<'_>) -> Result<Operand, Problem> {
    match names {
        [name] if name == "me" => return Ok(Operand::User(bindings.me)),
        [name] if name == "today" => return Ok(Operand::Date(bindings.today)),
        [name] if name == "now" => return Ok(Operand::Instant(bindings.now)),
        _ => {}
    }
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    resolve_names(&names, bindings.schema, bindings.object).map(Operand::Field)
}

fn negate(operand: Operand, position: usize) -> Result<Operand, Problem> {
    match operand {
        Operand::Number(literal) => Ok(Operand::Number(NumberLiteral { negative: !literal.negative, ..literal })),
        other => Ok(Operand::Arithmetic(Expr::Negate(Box::new(other.into_number(position)?)))),
    }
}

fn combine(operator: &str, left: Operand, right: Operand, position: usize, right_position: usize) -> Result<Operand, Problem> {
    let op = match operator {
        "+" => ArithmeticOp::Add,
        "-" => ArithmeticOp::Subtract,
        "*" => ArithmeticOp::Multiply,
        "/" => ArithmeticOp::Divide,
        _ => {
            return Err(not_pushable(position, "operator", format!("`{operator}` cannot be used; numbers take + - * and / by a constant")));
        }
    };
    match (&left, &right) {
        (Operand::Date(date), Operand::Number(days)) => return moved(*date, op, days, right_position),
        (Operand::Text(_), Operand::Text(_)) => {
            return Err(not_pushable(position, "operator", "texts cannot be joined; write the whole text"));
        }
        (Operand::Field(path), _) if matches!(path.kind.name(), "date" | "datetime") => {
            let detail = format!("`{}` cannot be moved; move the other side: `{} > today - 30`", path.text(), path.text());
            return Err(not_pushable(position, "date_arithmetic", detail));
        }
        _ => {}
    }
    let (left, right) = (left.into_number(position)?, right.into_number(right_position)?);
    if op == ArithmeticOp::Divide {
        let divisor = plan_number(&right).map_err(|p| p.at(right_position))?;
        if !divisor.operands.is_empty() {
            return Err(not_pushable(right_position, "division", "only a constant can divide, such as `amount / 100`"));
        }
        if divisor.terms.is_empty() {
            return Err(Problem::error("field.type", "a division by 0 has no result").at(right_position).with("expected", "decimal"));
        }
    }
    Ok(Operand::Arithmetic(Expr::Arithmetic { op, left: Box::new(left), right: Box::new(right) }))
}

/// `today + 7`: a date moved by whole days.
fn moved(date: NaiveDate, op: ArithmeticOp, days: &NumberLiteral, position: usize) -> Result<Operand, Problem> {
    let refused = || {
        Problem::error("field.type", "a date is moved by a whole number of days, such as `today - 30`")
            .at(position)
            .with("expected", "integer")
    };
    let forward = match op {
        ArithmeticOp::Add => !days.negative,
        ArithmeticOp::Subtract => days.negative,
        ArithmeticOp::Multiply | ArithmeticOp::Divide => return Err(refused()),
    };
    if !days.fraction.is_empty() {
        return Err(refused());
    }
    let count = Days::new(format!("0{}", days.whole).parse().map_err(|_| refused())?);
    let moved = if forward { date.checked_add_days(count) } else { date.checked_sub_days(count) };
    moved.map(Operand::Date).ok_or_else(refused)
}

/// What to say about a function that is not part of the language here.
pub(super) fn unknown_call(has_target: bool, name: &str, position: usize) -> Problem {
    let advice = match name {
        "startsWith" if !has_target => "write it behind a field: `name.startsWith(\"A\")`",
        "startsWith" => "it is a condition of its own and takes one text in quotes: `name.startsWith(\"A\")`",
        "contains" | "matches" | "endsWith" | "search" => {
            "use ==, `in` or `name.startsWith(\"A\")`; words inside texts are found by the search"
        }
        "has" => "write `field != null`",
        "size" => "write `field == null` or `field != null`",
        "exists" | "all" | "exists_one" | "map" | "filter" => {
            "conditions go over the record and what it refers to, such as `customer.region == \"N\"`"
        }
        "timestamp" | "date" => "write dates and times as texts: `\"2026-01-31\"`, `\"2026-01-31 08:30\"`",
        "duration" | "days" => "move `today` by days: `closed_on > today - 30`",
        "lower" | "lowerAscii" | "upper" | "upperAscii" | "trim" => "texts are compared without regard to case and outer blanks already",
        "int" | "double" | "string" | "uint" | "dyn" => "literals take the type of the field beside them",
        _ => "the only function is `field.startsWith(\"A\")`",
    };
    let shown: String = name.chars().take(40).collect();
    not_pushable(position, "function", format!("`{shown}` cannot be used here; {advice}")).with("name", shown)
}
