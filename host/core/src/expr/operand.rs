//! One side of a comparison before the two meet: fields keep their type, literals have none yet.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::added::{join, moment, moved};
use super::call::read_call;
use super::check::Checker;
use super::kinds::{constant, is_text, kind_of};
use super::period::Period;
use super::scope::Scope;
use super::visit::has_fields;
use super::{ArithmeticOp, Expr, FieldPath, Syntax, SyntaxKind};
use crate::decimal::Decimal;
use crate::meta::FieldKind;
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
    /// `this_month` and its like.
    Period(Period),
    /// `now`.
    Instant(DateTime<Utc>),
    /// `me`; nobody acts for the host itself.
    User(Option<Uuid>),
    Field(FieldPath),
    /// A number that is calculated or chosen.
    Arithmetic(Expr),
    /// `c ? a : b` of anything but numbers.
    Choose(Box<Choice>),
    /// `coalesce(a, b)` of anything but numbers.
    Coalesce(Vec<Side>),
    /// A text, date or instant that is calculated, and its type.
    Computed(Expr, FieldKind),
}

/// A side and the character where it starts.
pub(super) type Side = (Operand, usize);

/// `condition ? yes : no`
#[derive(Clone, Debug)]
pub(super) struct Choice {
    pub(super) condition: Expr,
    pub(super) yes: Side,
    pub(super) no: Side,
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
    pub(super) fn new(digits: &str) -> Self {
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
            Self::Period(_) => "a period".into(),
            Self::Instant(_) => "an instant".into(),
            Self::User(_) => "a user".into(),
            Self::Field(path) => format!("`{}` ({})", path.text(), path.kind.name()),
            Self::Choose(_) | Self::Coalesce(_) => "a choice of values that are no numbers".into(),
            Self::Computed(_, kind) => format!("a {}", kind.name()),
        }
    }

    /// Texts and what can be joined to them.
    pub(super) fn is_text(&self) -> bool {
        match self {
            Self::Text(_) => true,
            Self::Field(path) => is_text(&path.kind),
            Self::Computed(_, kind) => is_text(kind),
            Self::Choose(choice) => choice.yes.0.is_text() || choice.no.0.is_text(),
            Self::Coalesce(parts) => parts.iter().any(|(part, _)| part.is_text()),
            _ => false,
        }
    }

    /// A date or an instant that is not known before the record is.
    fn is_moment(&self) -> bool {
        match self {
            Self::Field(path) => matches!(path.kind, FieldKind::Date | FieldKind::DateTime),
            Self::Computed(_, kind) => matches!(kind, FieldKind::Date | FieldKind::DateTime),
            Self::Choose(choice) => choice.yes.0.is_moment() || choice.no.0.is_moment(),
            Self::Coalesce(parts) => parts.iter().any(|(part, _)| part.is_moment()),
            _ => false,
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
pub(super) fn read_operand(syntax: &Syntax, scope: Scope<'_>, problems: &mut Vec<Problem>) -> Option<Operand> {
    // Brackets and calls nest through here, so each function on the way keeps little on the stack.
    match &syntax.kind {
        SyntaxKind::Binary("+" | "-" | "*" | "/" | "%", ..) => read_chain(syntax, scope, problems),
        SyntaxKind::Conditional(condition, yes, no) => read_conditional(condition, yes, no, scope, problems),
        SyntaxKind::Call(target, name, arguments) => read_call(target.as_deref(), name, arguments, syntax.position, scope, problems),
        SyntaxKind::Negate(inner) => {
            let operand = read_operand(inner, scope, problems)?;
            noted(negate(operand, inner.position), problems)
        }
        _ => noted(read_leaf(syntax, scope), problems),
    }
}

/// The operand, or its problem added to the others.
pub(super) fn noted(read: Result<Operand, Problem>, problems: &mut Vec<Problem>) -> Option<Operand> {
    read.map_err(|problem| problems.push(problem)).ok()
}

/// `a + b - c …` leans to the left and may be long: walked in a loop.
fn read_chain(syntax: &Syntax, scope: Scope<'_>, problems: &mut Vec<Problem>) -> Option<Operand> {
    let mut chain = Vec::new();
    let mut first = syntax;
    while let SyntaxKind::Binary(operator @ ("+" | "-" | "*" | "/" | "%"), left, right) = &first.kind {
        chain.push((*operator, right.as_ref()));
        first = left;
    }
    let mut result = read_operand(first, scope, problems);
    for (operator, right_syntax) in chain.into_iter().rev() {
        let right = read_operand(right_syntax, scope, problems);
        result = match (result, right) {
            (Some(left), Some(right)) => noted(combine(operator, (left, syntax.position), (right, right_syntax.position), scope), problems),
            _ => None,
        };
    }
    result
}

fn read_conditional(condition: &Syntax, yes: &Syntax, no: &Syntax, scope: Scope<'_>, problems: &mut Vec<Problem>) -> Option<Operand> {
    let condition = Checker::new(scope, problems).condition(condition);
    let yes_side = read_operand(yes, scope, problems).map(|operand| (operand, yes.position));
    let no_side = read_operand(no, scope, problems).map(|operand| (operand, no.position));
    noted(choose(condition, yes_side?, no_side?), problems)
}

/// What has no operands below it, or cannot stand here.
fn read_leaf(syntax: &Syntax, scope: Scope<'_>) -> Result<Operand, Problem> {
    match &syntax.kind {
        SyntaxKind::Null => Ok(Operand::Null),
        SyntaxKind::Bool(truth) => Ok(Operand::Bool(*truth)),
        SyntaxKind::Number(digits) => Ok(Operand::Number(NumberLiteral::new(digits))),
        SyntaxKind::Text(text) => Ok(Operand::Text(text.clone())),
        SyntaxKind::Path(names) => scope.operand(names).map_err(|p| p.at(syntax.position)),
        SyntaxKind::List(_) => Err(not_pushable(syntax.position, "list", "a list can only stand after `in`")),
        _ => {
            let detail = "the result of a condition cannot be compared or calculated with; join conditions by && || !";
            Err(not_pushable(syntax.position, "condition", detail))
        }
    }
}

fn choose(condition: Expr, yes: Side, no: Side) -> Result<Operand, Problem> {
    if let Some([yes, no]) = numbers([&yes, &no])? {
        return Ok(Operand::Arithmetic(Expr::Choose { condition: Box::new(condition), yes: Box::new(yes), no: Box::new(no) }));
    }
    let chosen = Operand::Choose(Box::new(Choice { condition, yes, no }));
    kind_of(&(chosen.clone(), 0))?;
    Ok(chosen)
}

/// The sides as numbers (or nulls), if one of them is a number; then a side that is none is refused.
pub(super) fn numbers<const N: usize>(sides: [&Side; N]) -> Result<Option<[Expr; N]>, Problem> {
    let all = number_list(&sides)?;
    Ok(all.and_then(|all| all.try_into().ok()))
}

/// The same for any number of sides.
pub(super) fn number_list(sides: &[&Side]) -> Result<Option<Vec<Expr>>, Problem> {
    if !sides.iter().any(|(operand, _)| operand.is_number()) {
        return Ok(None);
    }
    let number = |(operand, position): &Side| match operand {
        Operand::Null => Ok(Expr::Literal(Value::Null)),
        operand => operand.clone().into_number(*position),
    };
    sides.iter().map(|side| number(side)).collect::<Result<_, Problem>>().map(Some)
}

fn negate(operand: Operand, position: usize) -> Result<Operand, Problem> {
    match operand {
        Operand::Number(literal) => Ok(Operand::Number(NumberLiteral { negative: !literal.negative, ..literal })),
        other => Ok(Operand::Arithmetic(Expr::Negate(Box::new(other.into_number(position)?)))),
    }
}

fn combine(operator: &str, (left, position): Side, (right, right_position): Side, scope: Scope<'_>) -> Result<Operand, Problem> {
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
        (Operand::Text(_), Operand::Text(_)) if scope.is_filter() => {
            return Err(not_pushable(position, "operator", "texts cannot be joined; write the whole text"));
        }
        (Operand::Field(path), _) if scope.is_filter() && left.is_moment() => {
            let detail = format!("`{}` cannot be moved; move the other side: `{} > today - 30`", path.text(), path.text());
            return Err(not_pushable(position, "date_arithmetic", detail));
        }
        _ if op == ArithmeticOp::Add && !scope.is_filter() && (left.is_text() || right.is_text()) => {
            return join((left, position), (right, right_position), scope);
        }
        _ if left.is_moment() || matches!(left, Operand::Date(_) | Operand::Instant(_)) => {
            return moment(op, (left, position), (right, right_position), scope);
        }
        _ => {}
    }
    let (left, right) = (left.into_number(position)?, right.into_number(right_position)?);
    if op == ArithmeticOp::Divide {
        if has_fields(&right) {
            if scope.is_filter() {
                return Err(not_pushable(right_position, "division", "only a constant can divide, such as `amount / 100`"));
            }
        } else {
            let divisor = constant(&right)
                .ok_or_else(|| not_pushable(right_position, "too_large", "this divisor is too large; use smaller constants"))?;
            if divisor.numerator == 0 {
                return Err(Problem::error("field.type", "a division by 0 has no result").at(right_position).with("expected", "decimal"));
            }
        }
    }
    Ok(Operand::Arithmetic(Expr::Arithmetic { op, left: Box::new(left), right: Box::new(right) }))
}

/// What to say about a function that is not part of the language here.
pub(super) fn unknown_call(has_target: bool, name: &str, position: usize) -> Problem {
    let advice = match name {
        "startsWith" if !has_target => "write it behind a field: `name.startsWith(\"A\")`",
        "startsWith" => "it is a condition of its own and takes one text in quotes: `name.startsWith(\"A\")`",
        "contains" | "matches" | "endsWith" | "search" => {
            "use ==, `in` or `name.startsWith(\"A\")`; words inside texts are found by the search, also as `name.contains(\"A\")` in the filter of a list"
        }
        "has" => "write `field != null`",
        "size" => "write `field == null` or `field != null`; lines are asked with `lines.exists(l, true)`",
        "exists" | "all" => "it is a condition of its own behind a field with lines: `lines.exists(l, l.field > 1)`",
        "exists_one" | "map" | "filter" | "sum" | "count" | "min" | "max" => {
            "ask with `lines.exists(l, …)` or `lines.all(l, …)`, or let a roll-up field hold the figure"
        }
        "timestamp" | "date" => "write dates and times as texts: `\"2026-01-31\"`, `\"2026-01-31 08:30\"`",
        "duration" | "days" => "move `today` by days: `closed_on > today - 30`",
        "lower" | "lowerAscii" | "upper" | "upperAscii" | "trim" => "texts are compared without regard to case and outer blanks already",
        "int" | "double" | "string" | "uint" | "dyn" => "literals take the type of the field beside them",
        _ => "a filter knows `field.startsWith(\"A\")`, `lines.exists(l, …)`, `lines.all(l, …)`, abs, min, max, coalesce and round",
    };
    let shown: String = name.chars().take(40).collect();
    not_pushable(position, "function", format!("`{shown}` cannot be used here; {advice}")).with("name", shown)
}
