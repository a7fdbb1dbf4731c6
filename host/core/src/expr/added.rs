//! What `+` and `-` do to anything but numbers: texts are joined, dates and instants moved or taken from each other.

use chrono::{Days, NaiveDate};

use super::kinds::{kind_of, literal_kind, number_type, typed};
use super::operand::{NumberLiteral, Operand, Side, not_pushable};
use super::scope::Scope;
use super::{ArithmeticOp, Expr, Function};
use crate::meta::FieldKind;
use crate::problem::Problem;
use crate::value::Value;

/// `first_name + " " + name`: one list of parts, however long the chain.
pub(super) fn join(left: Side, right: Side, scope: Scope<'_>) -> Result<Operand, Problem> {
    let mut parts = Vec::new();
    let mut length = 0u32;
    for side in [left, right] {
        if !side.0.is_text() {
            let detail = format!("a text is joined to texts only, found {}", side.0.described());
            return Err(Problem::error("field.type", detail).at(side.1).with("expected", "text"));
        }
        match side.0 {
            Operand::Computed(Expr::Call(Function::Join, first), kind) => {
                parts.extend(first);
                length = length.saturating_add(text_length(&kind));
            }
            Operand::Text(text) => {
                length = length.saturating_add(u32::try_from(text.chars().count()).unwrap_or(u32::MAX));
                parts.push(Expr::Literal(Value::Text(text)));
            }
            operand => {
                let kind = kind_of(&(operand.clone(), side.1))?.or_else(|| literal_kind(&operand)).unwrap_or(FieldKind::LongText);
                length = length.saturating_add(text_length(&kind));
                parts.push(typed(&(operand, side.1), &kind, scope)?);
            }
        }
    }
    let kind = if length <= MAX_LINE { FieldKind::Text { max: length.max(1) } } else { FieldKind::LongText };
    Ok(Operand::Computed(Expr::Call(Function::Join, parts), kind))
}

/// A joined text that can be longer than this is a long_text.
const MAX_LINE: u32 = 1_000;

fn text_length(kind: &FieldKind) -> u32 {
    match kind {
        FieldKind::Text { max } => *max,
        FieldKind::Select { .. } => 60,
        FieldKind::Email | FieldKind::Phone => 255,
        _ => crate::input::LONG_TEXT_MAX,
    }
}

/// `due + 7`, `due - begun`, `at + span`, `at - begun_at`.
pub(super) fn moment(op: ArithmeticOp, left: Side, right: Side, scope: Scope<'_>) -> Result<Operand, Problem> {
    if scope.is_filter() {
        let detail = "dates cannot be calculated with here; move the constant: `due > today - 30`";
        return Err(not_pushable(left.1, "date_arithmetic", detail));
    }
    let kind_at = |side: &Side| Ok::<_, Problem>(kind_of(side)?.or_else(|| literal_kind(&side.0)));
    let left_kind = kind_at(&left)?.unwrap_or(FieldKind::Date);
    let is_day = left_kind == FieldKind::Date;
    let from = typed(&left, &left_kind, scope)?;
    let refused = || {
        let detail = if is_day {
            "a date takes + and - of a whole number of days, and - of another date"
        } else {
            "an instant takes + and - of a duration, and - of another instant"
        };
        Err(Problem::error("field.type", detail).at(right.1).with("expected", if is_day { "integer" } else { "duration" }))
    };
    if right.0.is_number() {
        let number = right.0.clone().into_number(right.1)?;
        let found = number_type(&number);
        let fits = if is_day { found.is_whole() && !found.is_duration() } else { found.is_duration() };
        let number = match op {
            ArithmeticOp::Add if fits => number,
            ArithmeticOp::Subtract if fits => Expr::Negate(Box::new(number)),
            _ => return refused(),
        };
        let function = if is_day { Function::AddDays } else { Function::AddSeconds };
        // One move for `due + 1 + 1 …`, so that a long chain does not become a deep tree.
        let (from, number) = match from {
            Expr::Call(same, mut parts) if same == function && parts.len() == 2 => {
                let (before, base) = (parts.pop(), parts.pop());
                match base.zip(before) {
                    Some((base, before)) => {
                        (base, Expr::Arithmetic { op: ArithmeticOp::Add, left: Box::new(before), right: Box::new(number) })
                    }
                    None => return refused(),
                }
            }
            from => (from, number),
        };
        return Ok(Operand::Computed(Expr::Call(function, vec![from, number]), left_kind));
    }
    let is_moment = kind_at(&right)?.is_some_and(|kind| kind == left_kind) || matches!(right.0, Operand::Text(_));
    if op != ArithmeticOp::Subtract || !is_moment {
        return refused();
    }
    let to = typed(&right, &left_kind, scope)?;
    let function = if is_day { Function::Days } else { Function::Seconds };
    Ok(Operand::Arithmetic(Expr::Call(function, vec![from, to])))
}

/// `today + 7`: a date moved by whole days.
pub(super) fn moved(date: NaiveDate, op: ArithmeticOp, days: &NumberLiteral, position: usize) -> Result<Operand, Problem> {
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
