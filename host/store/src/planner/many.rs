//! Records that refer to a record: joined to it, or asked whether there are any. Each in the actor's own scope.

use std::sync::Arc;

use guanxi_core::expr::{Expr as Rule, Hop};
use guanxi_core::meta::Object;
use guanxi_core::query::{Join, Related};
use sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};

use super::{MAIN, Planner, column, object_of};
use crate::StoreError;
use crate::column::{column_name, field_of, stages_parent};
use crate::error::inconsistent;
use crate::name::SqlName;

/// The most joins of this sort in one statement.
const MAX_MANY: usize = 3;

/// A join to the side of the many.
pub(super) struct Many {
    name: String,
    /// The place of the join to whose records this one's refer.
    of: Option<usize>,
    alias: String,
    object: Arc<Object>,
    required: bool,
    on: Condition,
}

impl Planner<'_> {
    /// Adds a join, after those that it builds on. From then on a path that begins with its name leads to its records.
    pub(crate) fn add_many(&mut self, join: &Join) -> Result<(), StoreError> {
        let target = match &join.of {
            None => (None, self.main.clone(), self.object.clone()),
            Some(name) => {
                let place = self.many.iter().position(|many| many.name == *name);
                let place = place.ok_or_else(|| inconsistent(format!("no join `{name}` before `{}`", join.name)))?;
                (Some(place), self.many[place].alias.clone(), self.many[place].object.clone())
            }
        };
        if self.many.len() == MAX_MANY || self.many.iter().any(|many| many.name == join.name) {
            return Err(StoreError::Unsupported(format!("at most {MAX_MANY} joins, each with its own name")));
        }
        let (of, source, owner) = target;
        let object = object_of(self.schema, &join.object)?;
        let reference = field_of(&object, &join.via)?;
        if reference.target() != Some(&owner.key) {
            return Err(inconsistent(format!("`{}.{}` does not lead to `{}`", join.object, join.via, owner.key)));
        }
        let alias = format!("m{}", self.many.len());
        let mut on = Condition::all()
            .add(column(&alias, &column_name(reference)).eq(column(&source, &SqlName::fixed("id"))))
            .add(self.shown(&alias, &object)?);
        if let Some(filter) = &join.filter {
            on = on.add(self.rows_where(&alias, &object, filter)?);
        }
        self.many.push(Many { name: join.name.clone(), of, alias, object, required: join.required, on });
        Ok(())
    }

    /// The table that a first hop leads to, where it is a join's name.
    pub(super) fn many_table(&self, hop: &Hop) -> Option<(String, Arc<Object>)> {
        let own = hop.object == self.object.key;
        self.many.iter().find(|many| own && many.name == hop.field).map(|many| (many.alias.clone(), many.object.clone()))
    }

    pub(super) fn join_many(&self, query: &mut SelectStatement) {
        for many in &self.many {
            let kind = if many.required { JoinType::InnerJoin } else { JoinType::LeftJoin };
            let alias = Alias::new(many.alias.as_str());
            match stages_parent(&many.object) {
                Some(_) => query.join_subquery(kind, super::stages::rows(self.db, &many.object), alias, many.on.clone()),
                None => query.join_as(kind, self.db.table(&crate::column::table_name(&many.object)), alias, many.on.clone()),
            };
        }
    }

    /// Where paths with these first hops are measured: the place of the join that lies deepest, `None` for the object itself. An error
    /// where they lie on branches that do not meet.
    pub(crate) fn deepest<'h>(&self, first_hops: impl Iterator<Item = Option<&'h Hop>>) -> Result<Option<usize>, StoreError> {
        let mut deepest: Option<usize> = None;
        for hop in first_hops.flatten() {
            let own = hop.object == self.object.key;
            let Some(place) = self.many.iter().position(|many| own && many.name == hop.field) else { continue };
            match deepest {
                None => deepest = Some(place),
                Some(other) if self.below(place, other) => deepest = Some(place),
                Some(other) if self.below(other, place) => {}
                Some(_) => return Err(StoreError::FanOut),
            }
        }
        Ok(deepest)
    }

    /// A join is another one, or builds on it.
    fn below(&self, place: usize, other: usize) -> bool {
        let mut at = Some(place);
        while let Some(current) = at {
            if current == other {
                return true;
            }
            at = self.many[current].of;
        }
        false
    }

    /// A record of the join (`None`: of the object) may stand in several rows.
    pub(crate) fn is_repeated(&self, place: Option<usize>) -> bool {
        (0..self.many.len()).any(|many| place.is_none_or(|place| !self.below(place, many)))
    }

    /// Two joins of which neither builds on the other: every record of the one meets every record of the other.
    pub(crate) fn has_branches(&self) -> bool {
        let places = 0..self.many.len();
        places.clone().any(|a| places.clone().any(|b| a != b && !self.below(a, b) && !self.below(b, a)))
    }

    /// The id of the record that is measured.
    pub(crate) fn id_of(&self, place: Option<usize>) -> Expr {
        let alias = place.map_or(self.main.as_str(), |place| &self.many[place].alias);
        column(alias, &SqlName::fixed("id"))
    }

    /// There is (or is not) such a record.
    pub(crate) fn related(&self, related: &Related) -> Result<Expr, StoreError> {
        let object = object_of(self.schema, &related.object)?;
        let reference = field_of(&object, &related.via)?;
        if reference.target() != Some(&self.object.key) {
            return Err(inconsistent(format!("`{}.{}` does not lead to `{}`", related.object, related.via, self.object.key)));
        }
        // Asked without a look at the outer row, so that each database may choose from which end to begin.
        let mut planner = Planner::new(self.db, self.schema, &related.object, self.scopes)?;
        let condition = related.filter.as_ref().map(|filter| planner.condition(filter)).transpose()?;
        let mut found = planner.select()?;
        let key = column(MAIN, &column_name(reference));
        found.expr(key.clone()).and_where(key.is_not_null());
        if let Some(condition) = condition {
            found.cond_where(condition);
        }
        let id = column(&self.main, &SqlName::fixed("id"));
        Ok(if related.none { id.not_in_subquery(found) } else { id.in_subquery(found) })
    }

    /// What the actor may see of a joined object; a change of a tracked field follows its record.
    fn shown(&self, alias: &str, object: &Object) -> Result<Condition, StoreError> {
        let Some(parent) = stages_parent(object) else { return self.visible(alias, object) };
        let parent = object_of(self.schema, parent)?;
        let outer = format!("{alias}s");
        let mut records = Query::select();
        records
            .expr(Expr::cust("1"))
            .from_as(self.db.table(&crate::column::table_name(&parent)), Alias::new(outer.as_str()))
            .and_where(column(&outer, &SqlName::fixed("id")).eq(column(alias, &SqlName::fixed("record"))))
            .cond_where(self.visible(&outer, &parent)?);
        Ok(Condition::all().add(Expr::exists(records)))
    }

    /// Rows of the table `alias` for which a condition holds.
    fn rows_where(&self, alias: &str, object: &Object, filter: &Rule) -> Result<Expr, StoreError> {
        let mut planner = Planner::new(self.db, self.schema, &object.key, self.scopes)?;
        let condition = planner.condition(filter)?;
        let mut found = planner.select()?;
        found.expr(column(MAIN, &SqlName::fixed("id"))).cond_where(condition);
        Ok(column(alias, &SqlName::fixed("id")).in_subquery(found))
    }
}
