//! The rows that an actor reaches, as a condition: owner, departments, rules over the record, shares.
//!
//! A rule is asked with the host's own rights: what it reads, also behind references, is not bounded by what the actor sees.

use std::collections::HashMap;

use guanxi_core::expr::Expr as Rule;
use guanxi_core::meta::{Object, Schema};
use guanxi_core::policy::{Reach, RowScope};
use guanxi_core::query::Scopes;
use sea_query::{Alias, Condition, Expr, ExprTrait, Query, SelectStatement, UnionType};

use super::{MAIN, Planner, column, never, object_of};
use crate::StoreError;
use crate::column::{column_name, field_of, table_name};
use crate::db::Db;
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::shares;

/// The rows of an object that a scope allows. A child object has no owner: its rows follow those of its parent, which the scope is about.
pub(crate) fn rows_in_scope(
    db: &Db,
    schema: &Schema,
    alias: &str,
    object: &Object,
    scope: Option<&RowScope>,
) -> Result<Condition, StoreError> {
    let (Some(reference), Some(scope @ RowScope::Limited(_))) = (object.parent.as_deref(), scope) else {
        return scope_condition(db, schema, alias, object, scope);
    };
    let reference = field_of(object, reference)?;
    let parent = object_of(schema, reference.target().ok_or_else(|| inconsistent(format!("`{}` has no parent", object.key)))?)?;
    // The alias of a row's parent; `alias` itself is unique, so that several of them can stand in one statement.
    let outer = format!("{alias}p");
    let mut parents = Query::select();
    parents
        .expr(Expr::cust("1"))
        .from_as(db.table(&table_name(&parent)), Alias::new(outer.as_str()))
        .and_where(column(&outer, &SqlName::fixed("id")).eq(column(alias, &column_name(reference))))
        .and_where(column(&outer, &SqlName::fixed("deleted_at")).is_null())
        .cond_where(scope_condition(db, schema, &outer, &parent, Some(scope))?);
    Ok(Condition::all().add(Expr::exists(parents)))
}

/// The rows that a scope allows; no scope allows none.
fn scope_condition(db: &Db, schema: &Schema, alias: &str, object: &Object, scope: Option<&RowScope>) -> Result<Condition, StoreError> {
    match scope {
        None => Ok(Condition::all().add(never())),
        Some(RowScope::All) => Ok(Condition::all()),
        Some(RowScope::Limited(reach)) => reached(db, schema, alias, object, reach),
    }
}

fn reached(db: &Db, schema: &Schema, alias: &str, object: &Object, reach: &Reach) -> Result<Condition, StoreError> {
    let parts = parts(db, schema, alias, object, reach)?;
    // An empty `any` would be true.
    Ok(parts.into_iter().fold(Condition::any(), Condition::add).add(never()))
}

/// What a reach is made of; a row that one of them holds for is reached.
fn parts(db: &Db, schema: &Schema, alias: &str, object: &Object, reach: &Reach) -> Result<Vec<Condition>, StoreError> {
    let mut parts = Vec::new();
    let mut say = |expr: Expr| parts.push(Condition::all().add(expr));
    if let Some(owner) = reach.owner {
        say(column(alias, &SqlName::fixed("owner")).eq(owner));
    }
    if !reach.departments.is_empty() {
        say(column(alias, &SqlName::fixed("department")).is_in(reach.departments.iter().copied()));
    }
    if let Some(shared) = &reach.shared {
        say(column(alias, &SqlName::fixed("id")).in_subquery(shares::records_shared(db, shared)));
    }
    for rule in &reach.rules {
        parts.push(rule_condition(db, schema, alias, object, rule)?);
    }
    Ok(parts)
}

/// The ids of at most so many rows for each part of a scope, where every part has an index to be looked up in: together they are all rows
/// of the scope, or more than that. `None` where one statement over the table does as well.
pub(crate) fn ids_by_part(
    db: &Db,
    schema: &Schema,
    object: &Object,
    scope: Option<&RowScope>,
    most: u64,
) -> Result<Option<SelectStatement>, StoreError> {
    let Some(RowScope::Limited(reach)) = scope.filter(|_| object.parent.is_none()) else { return Ok(None) };
    if !reach.rules.is_empty() {
        return Ok(None);
    }
    let part = |condition: Condition| {
        let mut rows = Query::select();
        rows.expr(column(MAIN, &SqlName::fixed("id")))
            .from_as(db.table(&table_name(object)), Alias::new(MAIN))
            .and_where(column(MAIN, &SqlName::fixed("deleted_at")).is_null())
            .cond_where(condition)
            .limit(most);
        // Neither database takes a limit inside of a union without a statement around it.
        let mut ids = Query::select();
        ids.column(Alias::new("id")).from_subquery(rows, Alias::new("part"));
        ids
    };
    let all = parts(db, schema, MAIN, object, reach)?.into_iter().map(part);
    Ok(all.reduce(|mut all, next| all.union(UnionType::Distinct, next).to_owned()))
}

/// A rule over the row's own fields is asked in place; one that follows references asks in a statement of its own.
fn rule_condition(db: &Db, schema: &Schema, alias: &str, object: &Object, rule: &Rule) -> Result<Condition, StoreError> {
    let everything: Scopes = schema.all().map(|object| (object.key.clone(), RowScope::All)).collect::<HashMap<_, _>>();
    let mut planner = Planner::new(db, schema, &object.key, &everything)?;
    planner.main = alias.to_owned();
    let condition = planner.condition(rule)?;
    if planner.joins.is_empty() {
        return Ok(Condition::all().add(condition));
    }
    let mut planner = Planner::new(db, schema, &object.key, &everything)?;
    let condition = planner.condition(rule)?;
    let mut found = planner.select()?;
    found.expr(column(MAIN, &SqlName::fixed("id"))).cond_where(condition);
    Ok(Condition::all().add(column(alias, &SqlName::fixed("id")).in_subquery(found)))
}
