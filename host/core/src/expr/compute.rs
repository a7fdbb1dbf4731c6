//! Values of one record in memory: what formulas give, and both sides of the comparisons that only rules can make.

use chrono::{Datelike, Days, NaiveDate, TimeDelta};

use super::evaluate::{each_line, holds};
use super::ratio::{Overflow, Ratio};
use super::source::Plain;
use super::{ArithmeticOp, Expr, FieldReader, Function, Source};
use crate::decimal::Decimal;
use crate::input::{EMAIL_MAX, LONG_TEXT_MAX, PHONE_MAX, URL_MAX};
use crate::meta::FieldKind;
use crate::problem::Problem;
use crate::text::is_longer;
use crate::value::Value;

/// A joined text does not grow beyond this many bytes: no field holds more.
const MAX_TEXT_BYTES: usize = 4 * LONG_TEXT_MAX as usize;

/// A result before it takes a field's type.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Computed {
    Number(Ratio),
    /// No number; null among them.
    Value(Value),
}

impl Computed {
    const NULL: Self = Self::Value(Value::Null);

    pub(super) fn is_null(&self) -> bool {
        matches!(self, Self::Value(Value::Null))
    }

    fn number(self) -> Option<Ratio> {
        match self {
            Self::Number(ratio) => Some(ratio),
            Self::Value(_) => None,
        }
    }
}

impl From<Value> for Computed {
    fn from(value: Value) -> Self {
        match Ratio::of(&value) {
            Some(ratio) => Self::Number(ratio),
            None => Self::Value(value),
        }
    }
}

impl From<Option<Ratio>> for Computed {
    fn from(ratio: Option<Ratio>) -> Self {
        ratio.map_or(Self::NULL, Self::Number)
    }
}

/// The result of a formula (or of any operand) for one record, in the form that a field of this type stores: numbers exact and then
/// rounded half away from zero to the type's scale. Null where an operand is null or a divisor is 0.
///
/// Refused with `field.range` where the result does not fit the type (too many digits or characters, out of the calendar, a negative
/// duration), with `field.option` where a text is none of a select's codes, with `field.type` where it is of another type.
pub fn evaluate_value(expr: &Expr, kind: &FieldKind, read: &FieldReader<'_>) -> Result<Value, Problem> {
    evaluate_value_with(expr, kind, &Plain(read))
}

/// The same for a record with its children.
pub fn evaluate_value_with(expr: &Expr, kind: &FieldKind, record: &dyn Source) -> Result<Value, Problem> {
    match compute(expr, record) {
        Ok(Computed::Number(ratio)) => number_of(ratio, kind),
        Ok(Computed::Value(value)) => value_of(value, kind),
        Err(Overflow) => Err(out_of_range(kind)),
    }
}

fn out_of_range(kind: &FieldKind) -> Problem {
    Problem::error("field.range", format!("the result does not fit a {}", kind.name())).with("expected", kind.name().to_owned())
}

fn wrong_type(kind: &FieldKind) -> Problem {
    Problem::error("field.type", format!("the result is no {}", kind.name())).with("expected", kind.name().to_owned())
}

fn number_of(ratio: Ratio, kind: &FieldKind) -> Result<Value, Problem> {
    let scale = kind.scale().ok_or_else(|| wrong_type(kind))?;
    let units = ratio.units(scale).map_err(|Overflow| out_of_range(kind))?;
    if kind.is_decimal() {
        return Decimal::from_units(units, scale).map(Value::Decimal).map_err(|_| out_of_range(kind));
    }
    match i64::try_from(units) {
        Ok(units) if units >= 0 || *kind != FieldKind::Duration => Ok(Value::Int(units)),
        _ => Err(out_of_range(kind)),
    }
}

fn value_of(value: Value, kind: &FieldKind) -> Result<Value, Problem> {
    let text = match (kind, value) {
        (_, Value::Null) => return Ok(Value::Null),
        (FieldKind::Date, value @ Value::Date(_)) | (FieldKind::DateTime, value @ Value::Instant(_)) => return Ok(value),
        (FieldKind::Bool, value @ Value::Bool(_)) | (FieldKind::Reference { .. }, value @ Value::Ref(_)) => return Ok(value),
        (FieldKind::AnyReference, value @ Value::AnyRef { .. }) => return Ok(value),
        (_, Value::Text(text)) => text,
        _ => return Err(wrong_type(kind)),
    };
    let max = match kind {
        FieldKind::Text { max } => *max,
        FieldKind::LongText => LONG_TEXT_MAX,
        FieldKind::Email => EMAIL_MAX,
        FieldKind::Phone => PHONE_MAX,
        FieldKind::Url => URL_MAX,
        FieldKind::Select { options } => {
            if options.iter().any(|option| option.code == text) {
                return Ok(Value::Text(text));
            }
            let shown: String = text.chars().take(80).collect();
            return Err(Problem::error("field.option", format!("the result \"{shown}\" is none of the options")).with("value", shown));
        }
        _ => return Err(wrong_type(kind)),
    };
    // Line ends of a long text become blanks in a line.
    let text = if *kind == FieldKind::LongText { text } else { text.replace(char::is_control, " ") };
    let text = text.trim();
    if is_longer(text, max) {
        return Err(out_of_range(kind).with("max_length", i64::from(max)));
    }
    Ok(if text.is_empty() { Value::Null } else { Value::from(text) })
}

pub(super) fn compute(expr: &Expr, record: &dyn Source) -> Result<Computed, Overflow> {
    Ok(match expr {
        Expr::Literal(value) => value.clone().into(),
        Expr::Field(path) => record.value(path).into(),
        Expr::Arithmetic { .. } => arithmetic(expr, record)?.into(),
        Expr::Negate(inner) => compute(inner, record)?.number().map(Ratio::negated).into(),
        Expr::Choose { condition, yes, no } => compute(if holds(condition, record) { yes } else { no }, record)?,
        Expr::Coalesce(operands) => {
            for operand in operands {
                let value = compute(operand, record)?;
                if !value.is_null() {
                    return Ok(value);
                }
            }
            Computed::NULL
        }
        Expr::Call(function, operands) => call(*function, operands, record)?,
        Expr::CountLines(field) => Computed::Number(count(record.children(field).len())),
        Expr::SumLines(lines, number) => {
            let mut sum = Ratio::ZERO;
            for line in each_line(lines, record) {
                if let Some(number) = compute(number, &line)?.number() {
                    sum = sum.plus(number)?;
                }
            }
            Computed::Number(sum)
        }
        condition => Computed::Value(Value::Bool(holds(condition, record))),
    })
}

/// Chains lean to the left and may be long, so that side is walked in a loop.
fn arithmetic(expr: &Expr, record: &dyn Source) -> Result<Option<Ratio>, Overflow> {
    let mut chain: Vec<(ArithmeticOp, &Expr)> = Vec::new();
    let mut first = expr;
    while let Expr::Arithmetic { op, left, right } = first {
        chain.push((*op, right));
        first = left;
    }
    let mut result = compute(first, record)?.number();
    for (op, right) in chain.into_iter().rev() {
        let (Some(left), Some(right)) = (result, compute(right, record)?.number()) else { return Ok(None) };
        result = left.apply(op, right)?;
    }
    Ok(result)
}

fn count(number: usize) -> Ratio {
    Ratio::whole(i128::try_from(number).unwrap_or(i128::from(i64::MAX)))
}

fn call(function: Function, operands: &[Expr], record: &dyn Source) -> Result<Computed, Overflow> {
    let mut values = Vec::with_capacity(operands.len());
    for operand in operands {
        values.push(compute(operand, record)?);
    }
    if function == Function::Join {
        return join(&values);
    }
    if let (Function::Size, [only]) = (function, values.as_slice()) {
        return Ok(Computed::Number(match only {
            Computed::Value(Value::Text(text)) => count(text.chars().count()),
            Computed::Value(Value::Texts(codes)) => count(codes.len()),
            Computed::Value(Value::Refs(ids)) => count(ids.len()),
            _ => Ratio::ZERO,
        }));
    }
    // Everything else is null as soon as one operand is.
    Ok(match (function, values.as_slice()) {
        (Function::Abs, [Computed::Number(number)]) => Computed::Number(number.abs()),
        (Function::Round(digits), [Computed::Number(number)]) => Computed::Number(number.rounded(digits)?),
        (Function::Min | Function::Max, [Computed::Number(first), others @ ..]) => {
            let mut best = *first;
            for other in others {
                let Computed::Number(other) = other else { return Ok(Computed::NULL) };
                let order = other.compare(best)?;
                if if function == Function::Min { order.is_lt() } else { order.is_gt() } {
                    best = *other;
                }
            }
            Computed::Number(best)
        }
        (Function::Lower, [Computed::Value(Value::Text(text))]) => Computed::Value(Value::Text(text.to_lowercase())),
        (Function::Upper, [Computed::Value(Value::Text(text))]) => Computed::Value(Value::Text(text.to_uppercase())),
        (Function::AddDays, [Computed::Value(Value::Date(date)), Computed::Number(days)]) => {
            Computed::Value(Value::Date(moved(*date, *days).ok_or(Overflow)?))
        }
        (Function::AddSeconds, [Computed::Value(Value::Instant(instant)), Computed::Number(seconds)]) => {
            let micros = seconds.apply(ArithmeticOp::Multiply, Ratio::whole(1_000_000))?.ok_or(Overflow)?.units(0)?;
            let micros = i64::try_from(micros).map_err(|_| Overflow)?;
            let moved = instant.checked_add_signed(TimeDelta::microseconds(micros)).filter(|i| in_years(i.date_naive()));
            Computed::Value(Value::Instant(moved.ok_or(Overflow)?))
        }
        (Function::Days, [Computed::Value(Value::Date(to)), Computed::Value(Value::Date(from))]) => {
            Computed::Number(Ratio::whole(i128::from((*to - *from).num_days())))
        }
        (Function::Seconds, [Computed::Value(Value::Instant(to)), Computed::Value(Value::Instant(from))]) => {
            Computed::Number(Ratio::whole(i128::from((*to - *from).num_seconds())))
        }
        _ => Computed::NULL,
    })
}

fn join(values: &[Computed]) -> Result<Computed, Overflow> {
    let mut joined = String::new();
    for value in values {
        if let Computed::Value(Value::Text(text)) = value {
            if joined.len() + text.len() > MAX_TEXT_BYTES {
                return Err(Overflow);
            }
            joined.push_str(text);
        }
    }
    Ok(Computed::Value(if joined.is_empty() { Value::Null } else { Value::Text(joined) }))
}

/// A part of a day is no day: the check takes whole numbers only.
fn moved(date: NaiveDate, days: Ratio) -> Option<NaiveDate> {
    if days.denominator != 1 {
        return None;
    }
    let count = Days::new(u64::try_from(days.numerator.unsigned_abs()).ok()?);
    let moved = if days.numerator < 0 { date.checked_sub_days(count) } else { date.checked_add_days(count) };
    moved.filter(|date| in_years(*date))
}

/// The years that fields hold.
fn in_years(date: NaiveDate) -> bool {
    (1..=9999).contains(&date.year())
}
