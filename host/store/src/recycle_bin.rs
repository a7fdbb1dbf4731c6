//! Records that were deleted softly: found again, or removed for good.

use chrono::{DateTime, Utc};
use guanxi_core::Value;
use guanxi_core::meta::{FieldKind, Object, Schema};
use guanxi_core::policy::RowScope;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, Value as Bound};
use uuid::Uuid;

use crate::column::{column_name, field_of, is_stages, links_table, object_table, read, stages_table, table_name};
use crate::db::{Tx, present};
use crate::history::HistoryOp;
use crate::name::SqlName;
use crate::planner::{column, object_of, rows_in_scope};
use crate::{StoreError, TenantStore};

/// The alias of the table that is read.
const ALIAS: &str = "t0";
/// Lines of a record that are removed at once.
const CHUNK: usize = 1_000;

/// A deleted record.
#[derive(Clone, Debug, PartialEq)]
pub struct DeletedRow {
    /// The record.
    pub id: Uuid,
    /// When it was deleted.
    pub deleted_at: DateTime<Utc>,
    /// By whom, if it was a user.
    pub deleted_by: Option<Uuid>,
    /// The value of the field that names it.
    pub title: Value,
}

/// Who removes a record for good, for the one entry of history that stays.
#[derive(Clone, Debug)]
pub struct Purger {
    /// The user.
    pub actor: Option<Uuid>,
    /// The name for the history.
    pub actor_name: String,
    /// Through what.
    pub via: String,
    /// When.
    pub now: DateTime<Utc>,
}

impl TenantStore {
    /// Deleted records of an object in a scope, the latest first; `after` is where the page before ended.
    pub async fn list_deleted(
        &self,
        schema: &Schema,
        object: &str,
        scope: &RowScope,
        after: Option<(DateTime<Utc>, Uuid)>,
        limit: u32,
    ) -> Result<Vec<DeletedRow>, StoreError> {
        let object = object_of(schema, object)?;
        if is_stages(&object) {
            return Ok(Vec::new());
        }
        let title = field_of(&object, &object.title)?;
        let named = |name: &'static str| column(ALIAS, &SqlName::fixed(name));
        let mut query = Query::select();
        query
            .from_as(self.db.table(&table_name(&object)), Alias::new(ALIAS))
            .expr(named("id"))
            .expr(named("deleted_at"))
            .expr(named("updated_by"))
            .expr(column(ALIAS, &column_name(title)))
            .and_where(named("deleted_at").is_not_null())
            .cond_where(rows_in_scope(&self.db, schema, ALIAS, &object, Some(scope))?)
            .order_by_expr(named("deleted_at"), Order::Desc)
            .order_by_expr(named("id"), Order::Desc)
            .limit(u64::from(limit));
        if let Some((at, id)) = after {
            let before = Expr::tuple([Expr::val(self.db.dialect().instant(Some(at))), Expr::val(id)]);
            query.and_where(Expr::tuple([named("deleted_at"), named("id")]).lt(before));
        }
        let rows = self.db.fetch(schema.revision, &query).await?;
        let deleted = |row: &crate::db::Row| {
            Ok(DeletedRow {
                id: present(row.uuid(0)?, "id")?,
                deleted_at: present(row.instant(1)?, "deleted_at")?,
                deleted_by: row.uuid(2)?,
                title: read(row, 3, &title.kind)?,
            })
        };
        rows.iter().map(deleted).collect()
    }

    /// Removes a deleted record for good, with its lines, its tracked changes and its history; one entry says that it was removed.
    /// `false`: there is no such deleted record.
    pub async fn purge(&self, schema: &Schema, object: &str, id: Uuid, purger: &Purger) -> Result<bool, StoreError> {
        let object = object_of(schema, object)?;
        let mut tx = self.db.begin().await?;
        let mut delete = Query::delete();
        delete
            .from_table(tx.table(&object_table(object.id)))
            .and_where(Expr::col("id").eq(id))
            .and_where(Expr::col("deleted_at").is_not_null());
        if tx.execute(schema.revision, &delete).await? != 1 {
            return Ok(false);
        }
        forget(&mut tx, &object, &[id]).await?;
        for child in schema.all().filter(|child| child.parent_object() == Some(object.key.as_str())) {
            purge_lines(&mut tx, schema, child, id).await?;
        }
        let mut entry = Query::insert();
        entry
            .into_table(tx.table(&SqlName::fixed("gx_history")))
            .columns(["object_id", "record", "version", "at", "actor", "actor_name", "via", "op", "old"])
            .values_panic([
                object.id.into(),
                id.into(),
                0i64.into(),
                tx.dialect().instant(Some(purger.now)).into(),
                Expr::val(Bound::Uuid(purger.actor)),
                purger.actor_name.as_str().into(),
                purger.via.as_str().into(),
                HistoryOp::Purge.name().into(),
                "{}".into(),
            ]);
        tx.execute(0, &entry).await?;
        tx.commit().await?;
        Ok(true)
    }
}

/// The lines of a removed record go with it, whatever they were.
async fn purge_lines(tx: &mut Tx, schema: &Schema, child: &Object, parent: Uuid) -> Result<(), StoreError> {
    let Some(reference) = child.parent.as_deref() else { return Ok(()) };
    let reference = Alias::new(column_name(field_of(child, reference)?).as_str());
    let mut query = Query::select();
    query.column("id").from(tx.table(&object_table(child.id))).and_where(Expr::col(reference.clone()).eq(parent));
    let mut lines = Vec::new();
    for row in tx.fetch(schema.revision, &query).await? {
        lines.push(present(row.uuid(0)?, "id")?);
    }
    let mut delete = Query::delete();
    delete.from_table(tx.table(&object_table(child.id))).and_where(Expr::col(reference).eq(parent));
    tx.execute(schema.revision, &delete).await?;
    for chunk in lines.chunks(CHUNK) {
        forget(tx, child, chunk).await?;
    }
    Ok(())
}

/// Removes what is kept beside records: their history, their links and their tracked changes.
async fn forget(tx: &mut Tx, object: &Object, ids: &[Uuid]) -> Result<(), StoreError> {
    crate::search::remove_entries(tx, ids).await?;
    let mut delete = Query::delete();
    delete
        .from_table(tx.table(&SqlName::fixed("gx_history")))
        .and_where(Expr::col("object_id").eq(object.id))
        .and_where(Expr::col("record").is_in(ids.iter().copied()));
    tx.execute(0, &delete).await?;
    for field in object.fields.iter().filter(|field| matches!(field.kind, FieldKind::ManyReference { .. })) {
        let mut delete = Query::delete();
        delete.from_table(tx.table(&links_table(field.id))).and_where(Expr::col("record").is_in(ids.iter().copied()));
        tx.execute(0, &delete).await?;
    }
    if object.tracked.is_some() {
        let mut delete = Query::delete();
        delete.from_table(tx.table(&stages_table(object.id))).and_where(Expr::col("record").is_in(ids.iter().copied()));
        tx.execute(0, &delete).await?;
    }
    for field in object.fields.iter().filter(|field| matches!(field.kind, FieldKind::ManyReference { .. })) {
        let mut delete = Query::delete();
        delete.from_table(tx.table(&links_table(field.id))).and_where(Expr::col("record").is_in(ids.iter().copied()));
        tx.execute(0, &delete).await?;
    }
    Ok(())
}
