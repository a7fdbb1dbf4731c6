//! `no_overlap`: no two live records with the same key have intervals that meet.

use std::collections::{HashMap, HashSet};

use guanxi_core::meta::{NoOverlap, Schema};
use sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};
use uuid::Uuid;

use super::RuleBroken;
use super::exclusive::TouchedRule;
use super::stored::CHUNK;
use crate::StoreError;
use crate::column::{column_name, equality_name, field_of};
use crate::db::{Db, Tx, present};
use crate::name::SqlName;
use crate::planner::{Planner, column};

/// Meetings that one statement tells; a unit has at most a few thousand changes, and one meeting each is enough to refuse it.
const MAX_FOUND: u64 = 10_000;

/// Adds a violation for each record of the unit that must give way.
pub(super) async fn check(
    rule: &TouchedRule<'_>,
    interval: &NoOverlap,
    db: &Db,
    tx: &mut Tx,
    schema: &Schema,
    broken: &mut Vec<RuleBroken>,
) -> Result<(), StoreError> {
    let ids: Vec<Uuid> = rule.changes.iter().filter(|moved| moved.after.is_some()).map(|moved| moved.id).collect();
    let mut meetings = Vec::new();
    for chunk in ids.chunks(CHUNK) {
        let query = meeting_rows(rule, interval, db, schema, chunk)?;
        for row in tx.fetch(schema.revision, &query).await? {
            meetings.push((present(row.uuid(0)?, "id")?, present(row.uuid(1)?, "id")?));
        }
    }
    for (id, other) in who_gives_way(&ids, &meetings) {
        broken.push(rule.broken(id, Some(other), Vec::new()));
    }
    Ok(())
}

/// Intervals are half open: one begins before the other ends, both ways round. What has no begin lies nowhere.
fn meeting_rows(
    rule: &TouchedRule<'_>,
    interval: &NoOverlap,
    db: &Db,
    schema: &Schema,
    ids: &[Uuid],
) -> Result<SelectStatement, StoreError> {
    let scopes = rule.everybody();
    let (from, to) = (field_of(rule.object, &interval.from)?, field_of(rule.object, &interval.to)?);
    let rows = || -> Result<SelectStatement, StoreError> {
        let mut planner = Planner::new(db, schema, &rule.object.key, &scopes)?;
        let condition = rule.scope.condition.as_ref().map(|c| planner.condition(c)).transpose()?;
        let mut query = planner.select()?;
        query.expr_as(column("t0", &SqlName::fixed("id")), "id");
        query.expr_as(column("t0", &column_name(from)), "b").expr_as(column("t0", &column_name(to)), "e");
        for (at, field) in rule.scope.fields.iter().enumerate() {
            query.expr_as(column("t0", &equality_name(field)), Alias::new(format!("k{at}")));
        }
        query.and_where(column("t0", &column_name(from)).is_not_null());
        if let Some(condition) = condition {
            query.cond_where(condition);
        }
        Ok(query)
    };
    let mut mine = rows()?;
    mine.and_where(column("t0", &SqlName::fixed("id")).is_in(ids.iter().copied()));
    let mut on = Condition::all().add(Expr::col(("theirs", "id")).ne(Expr::col(("mine", "id"))));
    for at in 0..rule.scope.fields.len() {
        let key = Alias::new(format!("k{at}"));
        on = on.add(Expr::col(("theirs", key.clone())).eq(Expr::col(("mine", key))));
    }
    let begins_before = |one: &'static str, other: &'static str| {
        Condition::any().add(Expr::col((other, "e")).is_null()).add(Expr::col((one, "b")).lt(Expr::col((other, "e"))))
    };
    on = on.add(begins_before("theirs", "mine")).add(begins_before("mine", "theirs"));
    let mut query = Query::select();
    query.column(("mine", "id")).column(("theirs", "id")).from_subquery(mine, "mine");
    query.join_subquery(JoinType::InnerJoin, rows()?, "theirs", on).limit(MAX_FOUND);
    Ok(query)
}

/// A record of the unit gives way to those outside of it; of two in the unit the later one does, unless the earlier is out already.
fn who_gives_way(ids: &[Uuid], meetings: &[(Uuid, Uuid)]) -> Vec<(Uuid, Uuid)> {
    let places: HashMap<Uuid, usize> = ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
    let mut out = HashSet::new();
    let mut found = Vec::new();
    for (mine, theirs) in meetings.iter().filter(|(_, theirs)| !places.contains_key(theirs)) {
        if out.insert(*mine) {
            found.push((*mine, *theirs));
        }
    }
    let mut among: Vec<(usize, usize)> =
        meetings.iter().filter_map(|(mine, theirs)| Some((*places.get(mine)?, *places.get(theirs)?))).filter(|(a, b)| a > b).collect();
    among.sort_unstable();
    for (later, earlier) in among {
        if !out.contains(&ids[earlier]) && out.insert(ids[later]) {
            found.push((ids[later], ids[earlier]));
        }
    }
    found
}
