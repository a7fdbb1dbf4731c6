//! Records as they are stored, read inside the transaction of a save.

use guanxi_core::meta::{Object, Schema};
use sea_query::{ExprTrait, LockType, Order, Query};
use uuid::Uuid;

use crate::StoreError;
use crate::column::{object_table, table_name};
use crate::db::{Db, Dialect, Tx, present};
use crate::name::SqlName;
use crate::planner::column;
use crate::records::{Record, read_record, whole_records};

/// Ids in one statement.
pub(super) const CHUNK: usize = 500;

/// Whole records by id, deleted ones too. Locked ones cannot change until the transaction ends; locks are taken in the order of ids, and a
/// statement that comes after this one sees everything that was committed before the locks were given.
pub(crate) async fn stored(tx: &mut Tx, schema: &Schema, object: &Object, ids: &[Uuid], lock: bool) -> Result<Vec<Record>, StoreError> {
    let mut records = Vec::with_capacity(ids.len());
    for chunk in ids.chunks(CHUNK) {
        let mut query = whole_records(tx.table(&table_name(object)), object);
        let id = column("t0", &SqlName::fixed("id"));
        query.and_where(id.clone().is_in(chunk.iter().copied())).order_by_expr(id, Order::Asc);
        if lock && tx.dialect() == Dialect::Postgres {
            query.lock(LockType::Update);
        }
        for row in tx.fetch(schema.revision, &query).await? {
            records.push(read_record(&row, object)?);
        }
    }
    Ok(records)
}

/// The next ids of an object in their order, all of them or those of live records; for walking over its records chunk by chunk.
pub(crate) async fn ids_after(db: &Db, schema: &Schema, object: &Object, last: Option<Uuid>, live: bool) -> Result<Vec<Uuid>, StoreError> {
    let id = || column("t0", &SqlName::fixed("id"));
    let mut query = Query::select();
    query.expr(id()).from_as(db.table(&object_table(object.id)), "t0").order_by_expr(id(), Order::Asc).limit(CHUNK as u64);
    if let Some(last) = last {
        query.and_where(id().gt(last));
    }
    if live {
        query.and_where(column("t0", &SqlName::fixed("deleted_at")).is_null());
    }
    let rows = db.fetch(schema.revision, &query).await?;
    rows.iter().map(|row| present(row.uuid(0)?, "id")).collect()
}
