//! `limit`: among the live records with the same key a count, or the sum of a number, stays within a bound.

use std::collections::HashSet;

use guanxi_core::Value;
use guanxi_core::decimal::{format_units, pow10};
use guanxi_core::meta::{Field, FieldKind, Limit, Schema};
use sea_query::{Condition, Expr, ExprTrait, SelectStatement};

use super::RuleBroken;
use super::exclusive::{Inside, Moved, TouchedRule};
use crate::StoreError;
use crate::column::{bind_equality, column_name, equality_name, field_of, read};
use crate::db::{Db, Dialect, Row, Tx, present};
use crate::planner::{Planner, column, template};

/// Keys in one statement; SQLite's expressions may be at most 1,000 deep.
const KEYS: usize = 200;

/// What a group comes to, and by how much that is too much, in units of the scale.
struct Total {
    units: i128,
    scale: u8,
    excess: i128,
}

/// Adds a violation for each record of the unit that must give way.
pub(super) async fn check(
    rule: &TouchedRule<'_>,
    limit: &Limit,
    db: &Db,
    tx: &mut Tx,
    schema: &Schema,
    broken: &mut Vec<RuleBroken>,
) -> Result<(), StoreError> {
    let summed = limit.sum.as_ref().map(|key| field_of(rule.object, key)).transpose()?;
    let mut seen = HashSet::new();
    let touched = rule.changes.iter().flat_map(|moved| [&moved.before, &moved.after]).flatten();
    let groups: Vec<&Inside> = touched.filter(|inside| seen.insert(inside.key.clone())).collect();
    // Both sides as whole numbers of the finer scale.
    let scale = summed.and_then(|field| field.kind.scale()).unwrap_or(0);
    let finer = Ord::max(scale, limit.at_most.scale);
    let bound = i128::from(limit.at_most.units) * pow10(finer - limit.at_most.scale);
    for chunk in groups.chunks(KEYS) {
        let query = totals(rule, summed, db, schema, chunk)?;
        for row in tx.fetch(schema.revision, &query).await? {
            let key = read_key(rule, &row)?;
            let total = read_total(&row, rule.scope.fields.len(), summed.is_some(), tx.dialect())?;
            // A total that leaves 128 bits is beyond any bound.
            let over = total.checked_mul(pow10(finer - scale)).is_none_or(|total| total > bound);
            if over {
                give_way(
                    rule,
                    limit,
                    summed,
                    &key,
                    Total { units: total, scale, excess: total - bound.div_euclid(pow10(finer - scale)) },
                    broken,
                );
            }
        }
    }
    Ok(())
}

/// One row per group: its key, then the count, or the sum (on SQLite in two halves of 32 bits, which cannot overflow).
fn totals(
    rule: &TouchedRule<'_>,
    summed: Option<&Field>,
    db: &Db,
    schema: &Schema,
    groups: &[&Inside],
) -> Result<SelectStatement, StoreError> {
    let scopes = rule.everybody();
    let mut planner = Planner::new(db, schema, &rule.object.key, &scopes)?;
    let condition = rule.scope.condition.as_ref().map(|c| planner.condition(c)).transpose()?;
    let mut query = planner.select()?;
    for field in &rule.scope.fields {
        let key = column("t0", &equality_name(field));
        query.expr(key.clone()).add_group_by([key]);
    }
    let dialect = db.dialect();
    match (summed, dialect) {
        (None, _) => {
            query.expr(Expr::cust("COUNT(*)"));
        }
        (Some(field), Dialect::Postgres) => {
            let number = column("t0", &column_name(field));
            query.expr(template(dialect, "CAST(SUM(CAST($1 AS NUMERIC)) AS TEXT)", &[number]));
        }
        (Some(field), Dialect::Sqlite) => {
            let number = column("t0", &column_name(field));
            query.expr(template(dialect, "SUM($1 >> 32)", std::slice::from_ref(&number)));
            query.expr(template(dialect, "SUM($1 & 4294967295)", &[number]));
        }
    }
    if let Some(condition) = condition {
        query.cond_where(condition);
    }
    let mut any = Condition::any();
    for inside in groups {
        let mut all = Condition::all();
        for field in &rule.scope.fields {
            let value = inside.values.get(&field.key).unwrap_or(&Value::Null);
            all = all.add(column("t0", &equality_name(field)).eq(Expr::val(bind_equality(dialect, &field.kind, value)?)));
        }
        any = any.add(all);
    }
    if !rule.scope.fields.is_empty() {
        query.cond_where(any);
    }
    Ok(query)
}

fn read_key(rule: &TouchedRule<'_>, row: &Row) -> Result<Vec<String>, StoreError> {
    let mut values = Vec::with_capacity(rule.scope.fields.len());
    for (at, field) in rule.scope.fields.iter().enumerate() {
        let stored = if field.kind.has_normal_key() { FieldKind::LongText } else { field.kind.clone() };
        values.push(read(row, at, &stored)?);
    }
    Ok(rule.scope.key_of(&values.iter().collect::<Vec<_>>()))
}

fn read_total(row: &Row, at: usize, summed: bool, dialect: Dialect) -> Result<i128, StoreError> {
    if !summed {
        return Ok(i128::from(present(row.int(at)?, "a count")?));
    }
    Ok(match dialect {
        Dialect::Postgres => row.text(at)?.map(|text| text.parse().map_err(|_| StoreError::TooLarge)).transpose()?.unwrap_or(0),
        Dialect::Sqlite => {
            let halves = row.int(at)?.zip(row.int(at + 1)?);
            halves.map_or(0, |(high, low)| (i128::from(high) << 32) + i128::from(low))
        }
    })
}

/// The latest records of the unit that made the total grow give way, as many as it takes.
fn give_way(rule: &TouchedRule<'_>, limit: &Limit, summed: Option<&Field>, key: &[String], total: Total, broken: &mut Vec<RuleBroken>) {
    let Total { scale, mut excess, .. } = total;
    let params = || vec![("at_most".to_owned(), limit.at_most.to_string()), ("total".to_owned(), format_units(total.units, scale))];
    let share = |inside: &Option<Inside>| {
        let inside = inside.as_ref().filter(|inside| inside.key == key);
        inside.map_or(0, |inside| summed.map_or(1, |field| units(inside.values.get(&field.key), scale)))
    };
    let mut found = false;
    for moved in rule.changes.iter().rev() {
        let grown = share(&moved.after) - share(&moved.before);
        if grown > 0 {
            broken.push(rule.broken(moved.id, None, params()));
            found = true;
            excess -= grown;
            if excess <= 0 {
                return;
            }
        }
    }
    let touches = |moved: &&Moved| [&moved.before, &moved.after].into_iter().flatten().any(|inside| inside.key == key);
    if !found && let Some(last) = rule.changes.iter().rev().find(touches) {
        broken.push(rule.broken(last.id, None, params()));
    }
}

fn units(value: Option<&Value>, scale: u8) -> i128 {
    match value {
        Some(Value::Int(number)) => i128::from(*number) * pow10(scale),
        Some(Value::Decimal(number)) => i128::from(number.units) * pow10(scale.saturating_sub(number.scale)),
        _ => 0,
    }
}
