//! The figures of a roll-up for many records at once, exact on both databases.

use std::collections::HashMap;

use guanxi_core::decimal::{divide_rounded, pow10};
use guanxi_core::expr::{Expr as Rule, FieldPath};
use guanxi_core::input::normalise;
use guanxi_core::meta::{Field, RollUp, Schema};
use guanxi_core::policy::RowScope;
use guanxi_core::query::{Cell, Measure, MeasureFn, Scopes};
use guanxi_core::{Decimal, Value};
use sea_query::{Alias, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::exclusive::condition;
use crate::StoreError;
use crate::aggregate::{MeasurePlan, plan_measure};
use crate::column::{column_name, field_of};
use crate::db::{Db, Tx, present};
use crate::error::inconsistent;
use crate::planner::{Planner, column, object_of};

/// The figure of a record to which nothing refers: 0 for counts and sums, nothing for the rest.
pub(super) fn empty_figure(field: &Field, function: MeasureFn) -> Value {
    match function {
        MeasureFn::Count | MeasureFn::Sum if field.kind.is_decimal() => Value::Decimal(Decimal::new(0, field.kind.scale().unwrap_or(0))),
        MeasureFn::Count | MeasureFn::Sum => Value::Int(0),
        MeasureFn::Avg | MeasureFn::Min | MeasureFn::Max => Value::Null,
    }
}

/// The figures of those of the records to which something refers; nothing where a figure does not fit the field.
pub(super) async fn figures(
    db: &Db,
    tx: &mut Tx,
    schema: &Schema,
    field: &Field,
    roll_up: &RollUp,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Option<Value>>, StoreError> {
    let child = object_of(schema, &roll_up.object)?;
    let scopes = Scopes::from([(child.key.clone(), RowScope::All)]);
    let mut planner = Planner::new(db, schema, &child.key, &scopes)?;
    let condition = roll_up.condition.as_ref().map(|text| planner.condition(&condition(text, schema, &child)?)).transpose()?;
    let operand =
        roll_up.field.as_ref().map(|key| field_of(&child, key)).transpose()?.map(|own| {
            Rule::Field(FieldPath { hops: Vec::new(), object: child.key.clone(), field: own.key.clone(), kind: own.kind.clone() })
        });
    // An average is rounded once, at this field's scale; so it comes as a sum and a count.
    let functions: &[MeasureFn] = match roll_up.function {
        MeasureFn::Avg => &[MeasureFn::Sum, MeasureFn::Count],
        ref one => std::slice::from_ref(one),
    };
    let mut measures = Vec::with_capacity(functions.len());
    for function in functions {
        let mut measure = plan_measure(&mut planner, &Measure::new(*function, operand.clone()))?;
        // A sum beyond 64 bits must not end the transaction.
        measure.split_sums();
        measures.push(measure);
    }
    let reference = column("t0", &column_name(field_of(&child, &roll_up.reference)?));
    let mut inner = planner.select()?;
    inner.expr_as(reference.clone(), "k").and_where(reference.is_in(ids.iter().copied()));
    if let Some(condition) = condition {
        inner.cond_where(condition);
    }
    let mut outer = Query::select();
    outer.expr(Expr::col("k")).add_group_by([Expr::col("k")]);
    for (at, measure) in measures.iter().enumerate() {
        let name = Alias::new(format!("m{at}"));
        if let Some(operand) = &measure.operand {
            inner.expr_as(operand.clone(), name.clone());
        }
        for part in measure.select(&Expr::col(name)) {
            outer.expr(part);
        }
    }
    outer.from_subquery(inner, "rows_found");
    let mut found = HashMap::new();
    for row in tx.fetch(schema.revision, &outer).await? {
        let id = present(row.uuid(0)?, "a reference")?;
        let mut at = 1;
        let cells = measures.iter().map(|measure: &MeasurePlan| measure.read(&row, &mut at)).collect::<Result<Vec<_>, _>>()?;
        let value = match (roll_up.function, cells.as_slice()) {
            (MeasureFn::Avg, [sum, Cell::Count(count)]) => average(field, sum, *count),
            (_, [Cell::Value(Value::Null)]) => Some(empty_figure(field, roll_up.function)),
            (_, [cell]) => of_field(field, cell),
            _ => return Err(inconsistent("a figure of another shape")),
        };
        found.insert(id, value);
    }
    Ok(found)
}

fn average(field: &Field, sum: &Cell, count: i64) -> Option<Value> {
    let (units, scale) = match sum {
        Cell::Total { units, scale, .. } => (*units, *scale),
        _ => return Some(Value::Null),
    };
    if count == 0 {
        return Some(Value::Null);
    }
    let wanted = field.kind.scale().unwrap_or(0);
    let finer = units.checked_mul(pow10(wanted))?;
    let rounded = divide_rounded(finer, i128::from(count) * pow10(scale));
    of_field(field, &Cell::Total { units: rounded, scale: wanted, integer: !field.kind.is_decimal() })
}

/// A cell as the field's value; nothing where it does not fit.
fn of_field(field: &Field, cell: &Cell) -> Option<Value> {
    let value = match cell {
        Cell::Value(Value::Decimal(number)) if number.scale == 0 && !field.kind.is_decimal() => Value::Int(number.units),
        Cell::Value(value) => value.clone(),
        Cell::Count(count) if field.kind.is_decimal() => Value::Decimal(Decimal::new(*count, 0)),
        Cell::Count(count) => Value::Int(*count),
        Cell::Total { units, scale: 0, .. } if !field.kind.is_decimal() => Value::Int(i64::try_from(*units).ok()?),
        Cell::Total { units, scale, .. } => Value::Decimal(Decimal::from_units(*units, *scale).ok()?),
    };
    normalise(field, value).ok()
}
