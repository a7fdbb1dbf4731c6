//! Many-references from the other end: which records name a record, by the link table's index.

use guanxi_core::meta::Field;
use sea_query::{Alias, Expr, ExprTrait, Query};
use uuid::Uuid;

use super::{Planner, column};
use crate::column::links_table;
use crate::name::SqlName;

impl Planner<'_> {
    /// The many-reference of the table `alias` names one of these records.
    pub(crate) fn names_one_of(&self, alias: &str, field: &Field, targets: &[Uuid]) -> Expr {
        let mut links = Query::select();
        links
            .expr(column("l", &SqlName::fixed("record")))
            .from_as(self.db.table(&links_table(field.id)), Alias::new("l"))
            .and_where(column("l", &SqlName::fixed("target")).is_in(targets.iter().copied()));
        column(alias, &SqlName::fixed("id")).in_subquery(links)
    }
}
