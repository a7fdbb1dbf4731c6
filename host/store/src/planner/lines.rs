//! Questions about the children of a record: `EXISTS` over the child object's table.

use std::sync::Arc;

use guanxi_core::expr::{Expr as Rule, Hop, Lines};
use guanxi_core::meta::Object;
use sea_query::{Alias, Expr, ExprTrait, Query};

use super::{Planner, column, object_of};
use crate::StoreError;
use crate::column::{column_name, field_of, table_name};
use crate::name::SqlName;

/// The alias of a child; questions do not nest, so one name serves all of them.
const CHILD: &str = "c";

/// Where paths start while a condition is about one child.
#[derive(Clone)]
pub(super) struct LineFrame {
    /// The way back to the record.
    pub(super) up: Hop,
    pub(super) alias: String,
    pub(super) object: Arc<Object>,
}

impl Planner<'_> {
    /// There is a live child for which the condition holds. Who sees a record sees its children, so they have no scope of their own here.
    pub(super) fn any_line(&mut self, lines: &Lines, condition: &Rule, depth: usize) -> Result<Expr, StoreError> {
        if self.line.is_some() || !lines.field.hops.is_empty() {
            return Err(StoreError::Unsupported("lines of lines in a condition".into()));
        }
        let object = object_of(self.schema, &lines.up.object)?;
        let parent = column(CHILD, &column_name(field_of(&object, &lines.up.field)?));
        let (record, _) = self.table_of(&[])?;
        self.line = Some(LineFrame { up: lines.up.clone(), alias: CHILD.to_owned(), object: object.clone() });
        let condition = self.condition_at(condition, depth + 1);
        self.line = None;
        let mut children = Query::select();
        children
            .expr(Expr::cust("1"))
            .from_as(self.db.table(&table_name(&object)), Alias::new(CHILD))
            .and_where(parent.eq(column(&record, &SqlName::fixed("id"))))
            .and_where(column(CHILD, &SqlName::fixed("deleted_at")).is_null())
            .cond_where(condition?);
        Ok(Expr::exists(children))
    }
}
