//! Conditions and numbers of one record in memory, with the same answers as the planner's SQL.

use std::cmp::Ordering;

use super::compute::{Computed, compute};
use super::source::{LineSource, Plain};
use super::{CompareOp, Expr, FieldPath, FieldReader, Lines, NumberPlan, Source, plan_difference, plan_number};
use crate::decimal::{Decimal, divide_rounded, pow10};
use crate::meta::FieldKind;
use crate::search::{Asked, Family, answers, family};
use crate::text::{normal_key, sort_key};
use crate::value::Value;

/// Whether a checked condition holds. Two-valued: comparisons with null are false, except that `!=` is true.
///
/// An expression that is no condition does not hold; the checks never make one. Without children: `exists` finds none.
pub fn evaluate_condition(expr: &Expr, read: &FieldReader<'_>) -> bool {
    holds(expr, &Plain(read))
}

/// The same for a record with its children.
pub fn evaluate_condition_with(expr: &Expr, record: &dyn Source) -> bool {
    holds(expr, record)
}

pub(super) fn holds(expr: &Expr, record: &dyn Source) -> bool {
    match expr {
        Expr::Literal(value) => *value == Value::Bool(true),
        Expr::And(parts) => parts.iter().all(|part| holds(part, record)),
        Expr::Or(parts) => parts.iter().any(|part| holds(part, record)),
        Expr::Not(inner) => !holds(inner, record),
        Expr::Compare(op, left, right) => op.holds(order(*op, left, right, record)),
        Expr::CompareValues { op, kind, left, right } => match (compute(left, record), compute(right, record)) {
            (Ok(left), Ok(right)) => op.holds(order_computed(*op, kind, &left, &right)),
            // A number that does not fit is no number.
            _ => op.holds(None),
        },
        Expr::IsNull(operand) => match operand.as_ref() {
            Expr::Field(path) => record.value(path).is_null(),
            other => match plan_number(other) {
                Ok(plan) => plan.operands.iter().any(|path| record.value(path).is_null()),
                Err(_) => compute(other, record).is_ok_and(|value| value.is_null()),
            },
        },
        Expr::In(operand, values) => match operand.as_ref() {
            Expr::Field(path) => {
                let value = record.value(path);
                values.iter().any(|v| CompareOp::Equal.holds(order_values(CompareOp::Equal, &path.kind, &value, v)))
            }
            _ => false,
        },
        Expr::StartsWith(operand, prefix) => match operand.as_ref() {
            Expr::Field(path) => {
                record.value(path).as_text().is_some_and(|text| normal_key(&path.kind, text).starts_with(&normal_key(&path.kind, prefix)))
            }
            _ => false,
        },
        Expr::Contains(path, wanted) => contains(&record.value(path), wanted),
        Expr::Words(paths, words) => holds_words(paths, words, record),
        Expr::AnyLine(lines, condition) => each_line(lines, record).any(|line| holds(condition, &line)),
        Expr::Field(path) => record.value(path) == Value::Bool(true),
        Expr::Choose { .. } | Expr::Coalesce(_) | Expr::Call(..) | Expr::CountLines(_) | Expr::SumLines(..) => false,
        Expr::Arithmetic { .. } | Expr::Negate(_) => false,
    }
}

pub(super) fn each_line<'a>(lines: &'a Lines, record: &'a dyn Source) -> impl Iterator<Item = LineSource<'a>> {
    record.children(&lines.field).into_iter().map(move |line| LineSource { line, record, lines })
}

fn holds_words(paths: &[FieldPath], words: &str, record: &dyn Source) -> bool {
    let Some(asked) = Asked::new(words) else { return false };
    let values: Vec<(Family, Value)> = paths.iter().filter_map(|path| Some((family(&path.kind)?, record.value(path)))).collect();
    let texts: Vec<(Family, &str)> = values.iter().filter_map(|(family, value)| Some((*family, value.as_text()?))).collect();
    answers(&asked, &texts)
}

fn contains(list: &Value, wanted: &Value) -> bool {
    match (list, wanted) {
        (Value::Texts(path), Value::Texts(above)) => path.starts_with(above),
        (Value::Texts(codes), Value::Text(code)) => codes.contains(code),
        (Value::Refs(ids), Value::Ref(id)) => ids.contains(id),
        _ => false,
    }
}

/// The number of one record, rounded half away from zero to the plan's scale. `None` is null: an operand is null, or the result
/// does not fit 64 bits.
pub fn evaluate_number(plan: &NumberPlan, read: &FieldReader<'_>) -> Option<Decimal> {
    let numerator = numerator(plan, &Plain(read))?;
    let units = i64::try_from(divide_rounded(numerator, plan.denominator)).ok()?;
    Some(Decimal::new(units, plan.scale))
}

/// The plan's sum before the division; `None` where an operand is null or 128 bits are not enough.
fn numerator(plan: &NumberPlan, record: &dyn Source) -> Option<i128> {
    let values: Vec<i128> = plan.operands.iter().map(|path| stored_units(path, &record.value(path))).collect::<Option<_>>()?;
    add_magnitudes(plan.terms.iter().map(|term| {
        let factors = term.factors.iter().map(|index| values.get(*index).copied()).collect::<Option<Vec<_>>>()?;
        product(&[&[term.coefficient], factors.as_slice()].concat())
    }))
}

/// The product of whole numbers; nothing where it goes beyond 128 bits. The order of the factors makes no difference.
pub fn product(factors: &[i128]) -> Option<i128> {
    if factors.contains(&0) {
        return Some(0);
    }
    factors.iter().try_fold(1i128, |product, factor| product.checked_mul(*factor)).filter(|product| *product != i128::MIN)
}

/// The sum of numbers that are there; nothing where one is missing, or where their sizes together go beyond 128 bits. So the order in which
/// they are added makes no difference, and a database can find out the same.
pub fn add_magnitudes(terms: impl IntoIterator<Item = Option<i128>>) -> Option<i128> {
    let (mut sum, mut size) = (0i128, 0i128);
    for term in terms {
        let term = term?;
        size = size.checked_add(term.checked_abs()?)?;
        sum = sum.checked_add(term)?;
    }
    Some(sum)
}

/// A value as the integer that its column holds.
fn stored_units(path: &FieldPath, value: &Value) -> Option<i128> {
    let number = number(value)?;
    let scale = path.kind.scale()?;
    let units = i128::from(number.units);
    if number.scale <= scale {
        units.checked_mul(pow10(scale - number.scale))
    } else {
        let divisor = pow10((number.scale - scale).min(38));
        (units % divisor == 0).then_some(units / divisor)
    }
}

fn number(value: &Value) -> Option<Decimal> {
    match value {
        Value::Int(units) => Some(Decimal::new(*units, 0)),
        Value::Decimal(number) => Some(*number),
        _ => None,
    }
}

fn order(op: CompareOp, left: &Expr, right: &Expr, record: &dyn Source) -> Option<Ordering> {
    match (left, right) {
        (Expr::Field(path), Expr::Literal(value)) => order_values(op, &path.kind, &record.value(path), value),
        (Expr::Field(a), Expr::Field(b)) => order_values(op, &a.kind, &record.value(a), &record.value(b)),
        _ => numerator(&plan_difference(left, right).ok()?, record).map(|difference| difference.cmp(&0)),
    }
}

/// How two results of one type are ordered; `None` where one is null or the difference does not fit.
fn order_computed(op: CompareOp, kind: &FieldKind, left: &Computed, right: &Computed) -> Option<Ordering> {
    match (left, right) {
        (Computed::Number(a), Computed::Number(b)) => a.compare(*b).ok(),
        (Computed::Value(a), Computed::Value(b)) => order_values(op, kind, a, b),
        _ => None,
    }
}

/// How two values of one type are ordered; `None` where one is null. Types without an order only tell equal from different.
pub(super) fn order_values(op: CompareOp, kind: &FieldKind, left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Text(a), Value::Text(b)) => Some(if op.is_ordering() && kind.has_sort_key() {
            sort_key(a).cmp(&sort_key(b))
        } else if kind.has_normal_key() {
            normal_key(kind, a).cmp(&normal_key(kind, b))
        } else {
            a.cmp(b)
        }),
        (Value::Bool(a), Value::Bool(b)) => Some(a.cmp(b)),
        (Value::Date(a), Value::Date(b)) => Some(a.cmp(b)),
        (Value::Instant(a), Value::Instant(b)) => Some(a.timestamp_micros().cmp(&b.timestamp_micros())),
        (Value::Ref(a), Value::Ref(b)) => Some(a.cmp(b)),
        (Value::AnyRef { object: a, id: x }, Value::AnyRef { object: b, id: y }) => Some((a, x).cmp(&(b, y))),
        _ => Some(number(left)?.cmp(&number(right)?)),
    }
}
