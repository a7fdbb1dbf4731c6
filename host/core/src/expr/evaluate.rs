//! Conditions and numbers of one record in memory, with the same answers as the planner's SQL.

use std::cmp::Ordering;

use super::{CompareOp, Expr, FieldPath, NumberPlan, plan_difference, plan_number};
use crate::decimal::{Decimal, divide_rounded, pow10};
use crate::meta::FieldKind;
use crate::text::{normal_key, sort_key};
use crate::value::Value;

/// Reads one field of the record at hand; `Null` where a reference on the way leads nowhere.
pub type FieldReader<'a> = dyn Fn(&FieldPath) -> Value + 'a;

/// Whether a checked condition holds. Two-valued: comparisons with null are false, except that `!=` is true.
///
/// An expression that is no condition does not hold; [`super::check_condition`] never makes one.
pub fn evaluate_condition(expr: &Expr, read: &FieldReader<'_>) -> bool {
    match expr {
        Expr::Literal(value) => *value == Value::Bool(true),
        Expr::And(parts) => parts.iter().all(|part| evaluate_condition(part, read)),
        Expr::Or(parts) => parts.iter().any(|part| evaluate_condition(part, read)),
        Expr::Not(inner) => !evaluate_condition(inner, read),
        Expr::Compare(op, left, right) => op.holds(order(*op, left, right, read)),
        Expr::IsNull(operand) => match operand.as_ref() {
            Expr::Field(path) => read(path).is_null(),
            Expr::Literal(value) => value.is_null(),
            number => plan_number(number).is_ok_and(|plan| plan.operands.iter().any(|path| read(path).is_null())),
        },
        Expr::In(operand, values) => match operand.as_ref() {
            Expr::Field(path) => {
                let value = read(path);
                values.iter().any(|v| CompareOp::Equal.holds(order_values(CompareOp::Equal, &path.kind, &value, v)))
            }
            _ => false,
        },
        Expr::StartsWith(operand, prefix) => match operand.as_ref() {
            Expr::Field(path) => {
                read(path).as_text().is_some_and(|text| normal_key(&path.kind, text).starts_with(&normal_key(&path.kind, prefix)))
            }
            _ => false,
        },
        Expr::Field(path) => read(path) == Value::Bool(true),
        Expr::Arithmetic { .. } | Expr::Negate(_) => false,
    }
}

/// The number of one record, rounded half away from zero to the plan's scale. `None` is null: an operand is null, or the result
/// does not fit 64 bits.
pub fn evaluate_number(plan: &NumberPlan, read: &FieldReader<'_>) -> Option<Decimal> {
    let numerator = numerator(plan, read)?;
    let units = i64::try_from(divide_rounded(numerator, plan.denominator)).ok()?;
    Some(Decimal::new(units, plan.scale))
}

/// The plan's sum before the division; `None` where an operand is null or 128 bits are not enough.
fn numerator(plan: &NumberPlan, read: &FieldReader<'_>) -> Option<i128> {
    let values: Vec<i128> = plan.operands.iter().map(|path| stored_units(path, &read(path))).collect::<Option<_>>()?;
    plan.terms.iter().try_fold(0i128, |sum, term| {
        let product = term.factors.iter().try_fold(term.coefficient, |product, index| product.checked_mul(*values.get(*index)?))?;
        sum.checked_add(product)
    })
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

fn order(op: CompareOp, left: &Expr, right: &Expr, read: &FieldReader<'_>) -> Option<Ordering> {
    match (left, right) {
        (Expr::Field(path), Expr::Literal(value)) => order_values(op, &path.kind, &read(path), value),
        (Expr::Field(a), Expr::Field(b)) => order_values(op, &a.kind, &read(a), &read(b)),
        _ => numerator(&plan_difference(left, right).ok()?, read).map(|difference| difference.cmp(&0)),
    }
}

/// How two values of one type are ordered; `None` where one is null. Types without an order only tell equal from different.
fn order_values(op: CompareOp, kind: &FieldKind, left: &Value, right: &Value) -> Option<Ordering> {
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
        _ => Some(number(left)?.cmp(&number(right)?)),
    }
}
