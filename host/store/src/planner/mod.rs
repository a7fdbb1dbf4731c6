//! The one planner: queries as data become SQL, always with the actor's row scopes.
//!
//! A plan has one main table (`t0`) and a left join per reference hop (`t1`, …), each restricted to live rows in its own scope.

mod bare;
mod condition;
mod count;
mod lines;
mod links;
mod many;
mod number;
mod page;
mod scopes;
mod stages;
mod wide;

pub use bare::BareList;

use std::sync::Arc;

use guanxi_core::expr::{FieldPath, Hop};
use guanxi_core::meta::{Field, Object, Schema};
use guanxi_core::query::Scopes;
use sea_query::{Alias, Condition, Expr, ExprTrait, JoinType, Query, SelectStatement};

pub(crate) use self::wide::{WIDE, compare as compare_wide};
use crate::StoreError;
use crate::column::{column_name, field_of, stages_parent, table_name};
use crate::db::{Db, Dialect};
use crate::error::inconsistent;
use crate::name::SqlName;
pub(crate) use scopes::rows_in_scope;

/// The alias of the main table.
const MAIN: &str = "t0";
/// The alias of the record that a row of a stages object belongs to.
const PARENT: &str = "p";

/// The most joins of one statement: SQLite takes 64 tables, and a planner's work grows with each.
const MAX_JOINS: usize = 40;

/// One statement in the making: what it reads, and the joins that its paths needed so far.
pub(crate) struct Planner<'a> {
    db: &'a Db,
    pub(crate) schema: &'a Schema,
    scopes: &'a Scopes,
    pub(crate) object: Arc<Object>,
    joins: Vec<Join>,
    /// Joins to the side of the many, for aggregates.
    many: Vec<many::Many>,
    /// Set while a condition is about one child of the record.
    line: Option<lines::LineFrame>,
    /// The alias of the table where paths begin.
    main: String,
}

struct Join {
    hops: Vec<Hop>,
    alias: String,
    object: Arc<Object>,
    on: Condition,
}

impl<'a> Planner<'a> {
    pub(crate) fn new(db: &'a Db, schema: &'a Schema, object: &str, scopes: &'a Scopes) -> Result<Self, StoreError> {
        Ok(Self {
            db,
            schema,
            scopes,
            object: object_of(schema, object)?,
            joins: Vec::new(),
            many: Vec::new(),
            line: None,
            main: MAIN.to_owned(),
        })
    }

    pub(crate) fn dialect(&self) -> Dialect {
        self.db.dialect()
    }

    /// A table of the store that is asked.
    pub(crate) fn table(&self, name: &SqlName) -> sea_query::TableRef {
        self.db.table(name)
    }

    /// The field at the end of a path, and the alias of the table that has it.
    pub(crate) fn resolve(&mut self, path: &FieldPath) -> Result<(String, Field), StoreError> {
        let (alias, object) = self.table_of(&path.hops)?;
        let field = field_of(&object, &path.field)?.clone();
        Ok((alias, field))
    }

    /// The value column of a path.
    pub(crate) fn value(&mut self, path: &FieldPath) -> Result<Expr, StoreError> {
        let (alias, field) = self.resolve(path)?;
        Ok(column(&alias, &column_name(&field)))
    }

    fn table_of(&mut self, hops: &[Hop]) -> Result<(String, Arc<Object>), StoreError> {
        if let Some(frame) = self.line.clone() {
            return match hops {
                [] => Ok((frame.alias, frame.object)),
                [first, above @ ..] if *first == frame.up => {
                    // A field of the record itself: found as if there were no child.
                    self.line = None;
                    let found = self.table_of(above);
                    self.line = Some(frame);
                    found
                }
                _ => Err(StoreError::Unsupported("a reference of a line in a condition".into())),
            };
        }
        let Some((last, before)) = hops.split_last() else {
            return Ok((self.main.clone(), self.object.clone()));
        };
        if before.is_empty()
            && let Some(found) = self.many_table(last)
        {
            return Ok(found);
        }
        if let Some(join) = self.joins.iter().find(|j| j.hops == hops) {
            return Ok((join.alias.clone(), join.object.clone()));
        }
        let (source, owner) = self.table_of(before)?;
        let reference = field_of(&owner, &last.field)?;
        let target = object_of(self.schema, &last.target)?;
        if reference.target() != Some(&last.target) {
            return Err(inconsistent(format!("`{}.{}` does not lead to `{}`", owner.key, last.field, last.target)));
        }
        if self.joins.len() == MAX_JOINS {
            return Err(StoreError::Unsupported(format!("one query follows at most {MAX_JOINS} references")));
        }
        let alias = format!("t{}", self.joins.len() + 1);
        let on = Condition::all()
            .add(column(&alias, &SqlName::fixed("id")).eq(column(&source, &column_name(reference))))
            .add(self.visible(&alias, &target)?);
        self.joins.push(Join { hops: hops.to_vec(), alias: alias.clone(), object: target.clone(), on });
        Ok((alias, target))
    }

    /// Live rows in the actor's scope of this object.
    pub(crate) fn visible(&self, alias: &str, object: &Object) -> Result<Condition, StoreError> {
        let live = Condition::all().add(column(alias, &SqlName::fixed("deleted_at")).is_null());
        Ok(live.add(rows_in_scope(self.db, self.schema, alias, object, self.scopes.get(&object.key))?))
    }

    /// A select over the main table and all joins so far, restricted to what the actor may see. Call it after every path is resolved.
    pub(crate) fn select(&self) -> Result<SelectStatement, StoreError> {
        let mut query = Query::select();
        if let Some(parent) = stages_parent(&self.object) {
            query.from_subquery(stages::rows(self.db, &self.object), Alias::new(MAIN));
            let parent = object_of(self.schema, parent)?;
            let on = Condition::all()
                .add(column(PARENT, &SqlName::fixed("id")).eq(column(MAIN, &SqlName::fixed("record"))))
                .add(self.visible(PARENT, &parent)?);
            query.join_as(JoinType::InnerJoin, self.db.table(&table_name(&parent)), Alias::new(PARENT), on);
        } else {
            query.from_as(self.db.table(&table_name(&self.object)), Alias::new(MAIN));
            query.cond_where(self.visible(MAIN, &self.object)?);
        }
        self.join_many(&mut query);
        for join in &self.joins {
            let table = self.db.table(&table_name(&join.object));
            query.join_as(JoinType::LeftJoin, table, Alias::new(join.alias.as_str()), join.on.clone());
        }
        Ok(query)
    }
}

/// SQL text in which `$1`, `$2`, … stand for parts, as often as needed. The builder itself knows numbered parts for PostgreSQL only; on
/// SQLite it would take `$1` for the statement's first variable, so parts must never be written in plain custom text.
pub(crate) fn template(dialect: Dialect, text: &'static str, parts: &[Expr]) -> Expr {
    if dialect == Dialect::Postgres {
        return Expr::cust_with_exprs(text, parts.iter().cloned());
    }
    let mut pieces = text.split('$');
    let mut sql = pieces.next().unwrap_or_default().to_owned();
    let mut used = Vec::new();
    for piece in pieces {
        let (number, rest) = piece.split_at(Ord::min(1, piece.len()));
        let part = number.parse::<usize>().ok().and_then(|n| parts.get(n.wrapping_sub(1)));
        used.push(part.cloned().unwrap_or_else(Expr::null));
        sql.push('?');
        sql.push_str(rest);
    }
    Expr::cust_with_exprs(sql, used)
}

pub(crate) fn never() -> Expr {
    Expr::cust("1 = 0")
}

pub(crate) fn column(alias: &str, name: &SqlName) -> Expr {
    Expr::col((Alias::new(alias), Alias::new(name.as_str())))
}

/// An object by key, hidden ones included: whether it may be asked for was decided before.
pub(crate) fn object_of(schema: &Schema, key: &str) -> Result<Arc<Object>, StoreError> {
    match schema.object(key) {
        Some(object) => Ok(object.clone()),
        None => schema.all().find(|o| o.key == key).cloned().ok_or_else(|| inconsistent(format!("there is no object `{key}`"))),
    }
}
