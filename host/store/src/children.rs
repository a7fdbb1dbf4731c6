//! The records of child objects, found by the parent that they belong to.

use guanxi_core::meta::{Object, Schema};
use sea_query::{Alias, Condition, ExprTrait, JoinType, Query};
use uuid::Uuid;

use crate::column::{column_name, field_of, table_name};
use crate::db::present;
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::planner::{column, object_of};
use crate::records::{ALIAS, Record};
use crate::{StoreError, TenantStore};

/// Parents in one `IN`.
const CHUNK: usize = 1_000;

impl TenantStore {
    /// Live records of a child object that belong to these parents, in the order of their `position`, whoever may see them.
    pub async fn load_children(&self, schema: &Schema, child: &str, parents: &[Uuid]) -> Result<Vec<Record>, StoreError> {
        let object = object_of(schema, child)?;
        let reference = reference_column(&object)?;
        let mut records = Vec::new();
        for chunk in parents.chunks(CHUNK) {
            let of_parents = column(ALIAS, &reference).is_in(chunk.iter().copied());
            let live = column(ALIAS, &SqlName::fixed("deleted_at")).is_null();
            records.extend(self.records_where(schema, &object, Condition::all().add(of_parents).add(live)).await?);
        }
        let place = |record: &Record| match record.value("position") {
            guanxi_core::Value::Int(position) => *position,
            _ => 0,
        };
        records.sort_by_key(|record| (place(record), record.id));
        Ok(records)
    }

    /// Records of a child object that were deleted by the same save as their (deleted) parents, as (parent, record) in no particular order.
    pub async fn children_deleted_with(&self, schema: &Schema, child: &str, parents: &[Uuid]) -> Result<Vec<(Uuid, Uuid)>, StoreError> {
        let object = object_of(schema, child)?;
        let reference = reference_column(&object)?;
        let parent = object.parent_object().ok_or_else(|| inconsistent(format!("`{child}` has no parent")))?;
        let parent = object_of(schema, parent)?;
        let fixed = SqlName::fixed;
        let mut found = Vec::new();
        for chunk in parents.chunks(CHUNK) {
            let mut query = Query::select();
            query
                .expr(column("p", &fixed("id")))
                .expr(column(ALIAS, &fixed("id")))
                .from_as(self.db.table(&table_name(&object)), Alias::new(ALIAS))
                .join_as(
                    JoinType::InnerJoin,
                    self.db.table(&table_name(&parent)),
                    Alias::new("p"),
                    Condition::all().add(column("p", &fixed("id")).eq(column(ALIAS, &reference))),
                )
                .and_where(column("p", &fixed("id")).is_in(chunk.iter().copied()))
                .and_where(column(ALIAS, &fixed("deleted_at")).eq(column("p", &fixed("deleted_at"))));
            for row in self.db.fetch(schema.revision, &query).await? {
                found.push((present(row.uuid(0)?, "id")?, present(row.uuid(1)?, "id")?));
            }
        }
        Ok(found)
    }
}

fn reference_column(object: &Object) -> Result<SqlName, StoreError> {
    let key = object.parent.as_deref().ok_or_else(|| inconsistent(format!("`{}` is no child object", object.key)))?;
    Ok(column_name(field_of(object, key)?))
}
