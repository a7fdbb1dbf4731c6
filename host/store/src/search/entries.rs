//! Entries follow their records, in the transaction that writes these.

use std::collections::HashMap;

use guanxi_core::Value;
use guanxi_core::meta::{Object, Schema};
use guanxi_core::search::{record_tokens, searched};
use sea_query::{Alias, Expr, ExprTrait, Func, InsertStatement, OnConflict, Query};
use uuid::Uuid;

use super::{index_table, numbers_table};
use crate::StoreError;
use crate::db::{Dialect, Tx, present};
use crate::error::inconsistent;
use crate::write::{Planned, RowOp, stored};

/// Entries of one insert, ids of one delete.
const CHUNK: usize = 500;

/// Whether one of these fields is in the index.
fn touches<'k>(object: &Object, mut keys: impl Iterator<Item = &'k String>) -> bool {
    keys.any(|key| object.fields.iter().any(|field| field.key == *key && searched(field).is_some()))
}

/// Brings the entries after the rows that a unit has just written.
pub(crate) async fn follow(tx: &mut Tx, schema: &Schema, planned: &[Planned<'_>]) -> Result<(), StoreError> {
    let (mut written, mut gone): (Vec<(Uuid, String)>, Vec<Uuid>) = (Vec::new(), Vec::new());
    for group in planned.chunk_by(|a, b| a.object.id == b.object.id) {
        let object = &group[0].object;
        let mut read_again = Vec::new();
        for Planned { change, .. } in group {
            match change.op {
                RowOp::Insert => written.push((change.id, new_tokens(object, &change.values))),
                RowOp::Delete { .. } => gone.push(change.id),
                RowOp::Restore { .. } => read_again.push(change.id),
                RowOp::Update { .. } | RowOp::Adjust { .. } if touches(object, change.values.iter().map(|(key, _)| key)) => {
                    read_again.push(change.id);
                }
                RowOp::Update { .. } | RowOp::Adjust { .. } => {}
            }
        }
        written.extend(tokens_of(tx, schema, object, &read_again).await?);
    }
    // A record that a unit writes twice has one entry, of its last values.
    let last: HashMap<Uuid, usize> = written.iter().enumerate().map(|(at, (id, _))| (*id, at)).collect();
    let written: Vec<(Uuid, String)> =
        written.into_iter().enumerate().filter(|(at, (id, _))| last[id] == *at).map(|(_, entry)| entry).collect();
    write_entries(tx, &written).await?;
    remove_entries(tx, &gone).await
}

/// The entry of a record whose values the store itself has set.
pub(crate) async fn refresh(
    tx: &mut Tx,
    schema: &Schema,
    object: &Object,
    id: Uuid,
    changed: &[(String, Value)],
) -> Result<(), StoreError> {
    if !touches(object, changed.iter().map(|(key, _)| key)) {
        return Ok(());
    }
    let written = tokens_of(tx, schema, object, &[id]).await?;
    write_entries(tx, &written).await
}

fn new_tokens(object: &Object, values: &[(String, Value)]) -> String {
    record_tokens(object, |key| values.iter().find(|(own, _)| own == key).map(|(_, value)| value))
}

/// The tokens of live records as they are stored.
async fn tokens_of(tx: &mut Tx, schema: &Schema, object: &Object, ids: &[Uuid]) -> Result<Vec<(Uuid, String)>, StoreError> {
    let records = if ids.is_empty() { Vec::new() } else { stored(tx, schema, object, ids, false).await? };
    let live = records.iter().filter(|record| !record.deleted);
    Ok(live.map(|record| (record.id, record_tokens(object, |key| record.values.get(key)))).collect())
}

/// Makes or replaces entries.
pub(super) async fn write_entries(tx: &mut Tx, entries: &[(Uuid, String)]) -> Result<(), StoreError> {
    if tx.dialect() == Dialect::Sqlite {
        return write_numbered(tx, entries).await;
    }
    for chunk in entries.chunks(CHUNK) {
        let insert = upsert(tx, chunk)?;
        tx.execute(0, &insert).await?;
    }
    Ok(())
}

/// The entry of a new record, as a statement for PostgreSQL that can be part of another one.
pub(crate) fn insert_entry(tx: &Tx, object: &Object, id: Uuid, values: &[(String, Value)]) -> Result<InsertStatement, StoreError> {
    upsert(tx, &[(id, new_tokens(object, values))])
}

/// The same for a record that goes.
pub(crate) fn remove_entry(tx: &Tx, id: Uuid) -> sea_query::DeleteStatement {
    let mut delete = Query::delete();
    delete.from_table(tx.table(&index_table())).and_where(Expr::col("record").eq(id));
    delete
}

fn upsert(tx: &Tx, entries: &[(Uuid, String)]) -> Result<InsertStatement, StoreError> {
    let mut insert = Query::insert();
    insert.into_table(tx.table(&index_table())).columns(["record", "tokens"]);
    for (id, tokens) in entries {
        let list = Func::cust("string_to_array").arg(Expr::val(tokens.as_str())).arg(Expr::val(" "));
        let vector = Func::cust("array_to_tsvector").arg(list);
        insert.values([Expr::val(*id), vector.into()]).map_err(|e| inconsistent(e.to_string()))?;
    }
    insert.on_conflict(OnConflict::column("record").update_column("tokens").to_owned());
    Ok(insert)
}

/// SQLite: a full-text table knows numbers only, so each record has one.
async fn write_numbered(tx: &mut Tx, entries: &[(Uuid, String)]) -> Result<(), StoreError> {
    let mut numbers = HashMap::new();
    let ids: Vec<Uuid> = entries.iter().map(|(id, _)| *id).collect();
    for chunk in ids.chunks(CHUNK) {
        numbers.extend(numbers_of(tx, chunk).await?);
    }
    for (id, tokens) in entries {
        let number = match numbers.get(id) {
            Some(number) => *number,
            None => take_number(tx, *id).await?,
        };
        numbers.insert(*id, number);
        let mut replace = Query::insert();
        replace.replace().into_table(tx.table(&index_table())).columns(["rowid", "tokens"].map(Alias::new));
        replace.values([Expr::val(number), Expr::val(tokens.as_str())]).map_err(|e| inconsistent(e.to_string()))?;
        tx.execute(0, &replace).await?;
    }
    Ok(())
}

async fn numbers_of(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<(Uuid, i64)>, StoreError> {
    let mut query = Query::select();
    query.columns(["record", "id"]).from(tx.table(&numbers_table())).and_where(Expr::col("record").is_in(ids.iter().copied()));
    let rows = tx.fetch(0, &query).await?;
    rows.iter().map(|row| Ok((present(row.uuid(0)?, "record")?, present(row.int(1)?, "id")?))).collect()
}

/// A new number: the milliseconds in which the record was made, then the next free one of 32,768. So newer records have larger numbers,
/// in whatever order they are indexed.
async fn take_number(tx: &mut Tx, id: Uuid) -> Result<i64, StoreError> {
    let from = i64::try_from(id.as_u128() >> 80).map_err(|_| inconsistent("an id has no time"))? << 15;
    let mut largest = Query::select();
    largest.expr(Func::max(Expr::col("id"))).from(tx.table(&numbers_table()));
    largest.and_where(Expr::col("id").gte(from)).and_where(Expr::col("id").lt(from.saturating_add(1 << 15)));
    let last = tx.fetch(0, &largest).await?.first().map(|row| row.int(0)).transpose()?.flatten();
    let number = last.map_or(from, |last| last.saturating_add(1));
    let mut insert = Query::insert();
    insert.into_table(tx.table(&numbers_table())).columns(["id", "record"]);
    insert.values([Expr::val(number), Expr::val(id)]).map_err(|e| inconsistent(e.to_string()))?;
    tx.execute(0, &insert).await?;
    Ok(number)
}

/// Takes entries away; there may be none.
pub(crate) async fn remove_entries(tx: &mut Tx, ids: &[Uuid]) -> Result<(), StoreError> {
    for chunk in ids.chunks(CHUNK) {
        let mut delete = Query::delete();
        delete.from_table(tx.table(&index_table()));
        match tx.dialect() {
            Dialect::Sqlite => {
                let numbers: Vec<i64> = numbers_of(tx, chunk).await?.into_iter().map(|(_, number)| number).collect();
                if numbers.is_empty() {
                    continue;
                }
                delete.and_where(Expr::col("rowid").is_in(numbers.clone()));
                tx.execute(0, &delete).await?;
                let mut forget = Query::delete();
                forget.from_table(tx.table(&numbers_table())).and_where(Expr::col("id").is_in(numbers));
                tx.execute(0, &forget).await?;
            }
            Dialect::Postgres => {
                delete.and_where(Expr::col("record").is_in(chunk.iter().copied()));
                tx.execute(0, &delete).await?;
            }
        }
    }
    Ok(())
}
