//! Guarded changes of numbers that many make at once: the row is locked first, so what is computed from it is never lost, and nobody gets a
//! version conflict.

use std::collections::HashMap;

use guanxi_core::decimal::{format_units, pow10};
use guanxi_core::input::normalise;
use guanxi_core::meta::{Adjustment, Field, Object, Schema};
use guanxi_core::{Decimal, Problem, Value};
use uuid::Uuid;

use super::stored::stored;
use super::{Derive, Planned, RowOp, RuleBroken, WriteError};
use crate::StoreError;
use crate::column::field_of;
use crate::db::Tx;
use crate::error::inconsistent;
use crate::records::Record;

/// Turns adjustments into plain updates of their rows, which are locked from here on.
pub(super) async fn settle_adjustments(
    tx: &mut Tx,
    schema: &Schema,
    derive: &dyn Derive,
    planned: &mut [Planned<'_>],
) -> Result<(), WriteError> {
    let mut start = 0;
    while start < planned.len() {
        let object = planned[start].object.clone();
        let end = start + planned[start..].iter().take_while(|one| one.object.id == object.id).count();
        let adjusted = planned[start..end].iter().filter(|one| matches!(one.change.op, RowOp::Adjust { .. }));
        let ids: Vec<Uuid> = adjusted.map(|one| one.change.id).collect();
        let rows = if ids.is_empty() { Vec::new() } else { stored(tx, schema, &object, &ids, true).await? };
        let rows: HashMap<Uuid, Record> = rows.into_iter().map(|row| (row.id, row)).collect();
        for one in &mut planned[start..end] {
            let RowOp::Adjust { rule, amount } = one.change.op else { continue };
            let row = rows.get(&one.change.id).filter(|row| !row.deleted);
            let row = row.ok_or_else(|| WriteError::Gone { object: object.key.clone(), id: one.change.id })?;
            let adjustment = object.rules.adjustments.get(rule).ok_or_else(|| inconsistent("an adjustment is gone"))?;
            let settled = settle(&object, adjustment, row, amount, derive)?;
            let change = one.change.to_mut();
            change.op = RowOp::Update { version: row.version };
            change.old = settled.iter().map(|(key, _)| (key.clone(), row.value(key).clone())).collect();
            change.values = settled;
        }
        start = end;
    }
    Ok(())
}

/// The values that change.
fn settle(
    object: &Object,
    adjustment: &Adjustment,
    row: &Record,
    amount: Decimal,
    derive: &dyn Derive,
) -> Result<Vec<(String, Value)>, WriteError> {
    let refused = |problem: Problem| WriteError::Refused { object: object.key.clone(), id: row.id, problems: vec![problem] };
    let mut values = moved(object, adjustment, row, amount)?.map_err(refused)?;
    let mut changed: Vec<String> = adjustment.fields.iter().map(|moved| moved.field.clone()).collect();
    for (key, value) in derive.formulas(object, &values, &changed).map_err(refused)? {
        if row.value(&key) != &value {
            changed.push(key.clone());
        }
        values.insert(key, value);
    }
    if !derive.guard_holds(object, adjustment, &values).map_err(refused)? {
        return Err(WriteError::RulesBroken(vec![guard_broken(object, adjustment, row, amount, derive)]));
    }
    let problems = derive.problems(object, &values, &changed);
    if !problems.is_empty() {
        return Err(WriteError::Refused { object: object.key.clone(), id: row.id, problems });
    }
    let pick = |key: String| {
        let value = values.get(&key).cloned().unwrap_or(Value::Null);
        (key, value)
    };
    Ok(changed.into_iter().map(pick).collect())
}

/// The record with its numbers moved; the problem where one leaves its field's range or is finer than the field.
fn moved(
    object: &Object,
    adjustment: &Adjustment,
    row: &Record,
    amount: Decimal,
) -> Result<Result<HashMap<String, Value>, Problem>, StoreError> {
    let mut values = row.values.clone();
    for target in &adjustment.fields {
        let field = field_of(object, &target.field)?;
        match sum(field, values.get(&field.key).unwrap_or(&Value::Null), amount, target.subtract) {
            Ok(value) => values.insert(field.key.clone(), value),
            Err(problem) => return Ok(Err(problem)),
        };
    }
    Ok(Ok(values))
}

/// Exact: both numbers as whole numbers of the finer scale.
fn sum(field: &Field, value: &Value, amount: Decimal, subtract: bool) -> Result<Value, Problem> {
    let wide = |number: Decimal, scale: u8| i128::from(number.units) * pow10(scale - number.scale);
    let before = match value {
        Value::Int(number) => Decimal::new(*number, 0),
        Value::Decimal(number) => *number,
        _ => Decimal::new(0, field.kind.scale().unwrap_or(0)),
    };
    let scale = before.scale.max(amount.scale);
    let (before, amount) = (wide(before, scale), wide(amount, scale));
    let after = if subtract { before - amount } else { before + amount };
    let too_large = || Problem::error("field.range", format!("`{}` would become too large", field.key)).on(&field.key);
    let whole = pow10(scale);
    let after = if !field.kind.is_decimal() && after % whole == 0 {
        Value::Int(i64::try_from(after / whole).map_err(|_| too_large())?)
    } else {
        Value::Decimal(Decimal::from_units(after, scale).map_err(|_| too_large())?)
    };
    normalise(field, after).map_err(|problem| problem.on(&field.key))
}

/// What is there, for the refusal: the values of the fields, and the largest amount with which the guard would have held.
fn guard_broken(object: &Object, adjustment: &Adjustment, row: &Record, amount: Decimal, derive: &dyn Derive) -> RuleBroken {
    let guard = adjustment.guard.clone();
    let mut params = vec![("amount".to_owned(), amount.to_string())];
    if let Some(available) = available(object, adjustment, row, amount, derive) {
        params.push(("available".to_owned(), format_units(i128::from(available.units), available.scale)));
    }
    RuleBroken {
        object: object.key.clone(),
        id: row.id,
        rule: adjustment.key.clone(),
        code: guard.as_ref().map_or_else(|| "rule.failed".to_owned(), |guard| guard.code.clone()),
        message: guard.map(|guard| guard.message).unwrap_or_default(),
        field: adjustment.fields.first().map(|target| target.field.clone()),
        other: None,
        params,
    }
}

/// The largest amount below the one that was asked for that would pass, found by halving: guards bound a number, so what passes lies below
/// what does not. `None` where not even nothing passes.
fn available(object: &Object, adjustment: &Adjustment, row: &Record, amount: Decimal, derive: &dyn Derive) -> Option<Decimal> {
    let passes = |units: i64| {
        let tried = Decimal::new(units, amount.scale);
        let Ok(Ok(mut values)) = moved(object, adjustment, row, tried) else { return false };
        let changed: Vec<String> = adjustment.fields.iter().map(|target| target.field.clone()).collect();
        let Ok(formulas) = derive.formulas(object, &values, &changed) else { return false };
        values.extend(formulas);
        derive.guard_holds(object, adjustment, &values).unwrap_or(false)
    };
    if !passes(0) {
        return None;
    }
    let (mut low, mut high) = (0, amount.units);
    while high - low > 1 {
        let middle = low + (high - low) / 2;
        if passes(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    Some(Decimal::new(low, amount.scale))
}
