//! What a save leaves behind beside its rows: the history, and the changes of tracked fields.

use std::sync::{LazyLock, Mutex, PoisonError};

use guanxi_core::Value;
use guanxi_core::meta::{Field, FieldKind, Object};
use sea_query::{Alias, Expr, ExprTrait, InsertStatement, Query, SubQueryStatement, Value as Bound};
use uuid::{ContextV7, Timestamp, Uuid};

use super::{Planned, RowChange, RowOp, WriteUnit, unsettled};
use crate::StoreError;
use crate::column::{bind, column_name, field_of, object_table, stages_table, to_json};
use crate::db::Tx;
use crate::error::inconsistent;
use crate::history::HistoryOp;
use crate::name::SqlName;

/// Rows of one insert; ten variables each.
const MAX_ROWS: usize = 500;

/// One entry per change. Old values are kept by column, so that a field may go and its key be used again.
pub(super) fn history_rows(tx: &Tx, unit: &WriteUnit, planned: &[Planned<'_>]) -> Result<Vec<InsertStatement>, StoreError> {
    let mut inserts = Vec::new();
    for chunk in planned.chunks(MAX_ROWS) {
        let mut insert = Query::insert();
        insert.into_table(tx.table(&SqlName::fixed("gx_history")));
        insert.columns(["object_id", "record", "version", "at", "actor", "actor_name", "via", "op", "old", "batch"]);
        for Planned { object, change } in chunk {
            let (op, version) = match change.op {
                RowOp::Insert => (HistoryOp::Create, 1),
                RowOp::Update { version } => (HistoryOp::Update, version + 1),
                RowOp::Delete { version } => (HistoryOp::Delete, version + 1),
                RowOp::Restore { version } => (HistoryOp::Restore, version + 1),
                RowOp::Adjust { .. } => return Err(unsettled()),
            };
            let mut old = serde_json::Map::new();
            for (key, value) in &change.old {
                old.insert(column_name(field_of(object, key)?).to_string(), to_json(value));
            }
            let row: [Expr; 10] = [
                Expr::val(object.id),
                Expr::val(change.id),
                Expr::val(version),
                Expr::val(tx.dialect().instant(Some(unit.now))),
                Expr::val(Bound::Uuid(unit.actor)),
                Expr::val(unit.actor_name.as_str()),
                Expr::val(unit.via.as_str()),
                Expr::val(op.name()),
                Expr::val(serde_json::Value::Object(old).to_string()),
                Expr::val(unit.batch),
            ];
            insert.values(row).map_err(|e| inconsistent(e.to_string()))?;
        }
        inserts.push(insert);
    }
    Ok(inserts)
}

/// One row per change of a tracked field, also for the value that a new record starts with.
pub(super) fn stage_rows(tx: &Tx, unit: &WriteUnit, planned: &[Planned<'_>]) -> Result<Vec<InsertStatement>, StoreError> {
    let mut inserts = Vec::new();
    // Neighbours of one object share a statement; the changes are sorted by object.
    for group in planned.chunk_by(|a, b| a.object.id == b.object.id) {
        let object = &group[0].object;
        let Some(tracked) = object.tracked.as_ref().and_then(|key| object.fields.iter().find(|f| f.key == *key)) else { continue };
        let amount = object.fields.iter().find(|f| f.key == "amount" && matches!(f.kind, FieldKind::Money { .. }));
        let mut rows = Vec::new();
        for Planned { change, .. } in group {
            if let Some((from, to)) = moved(change, &tracked.key) {
                rows.push(vec![
                    Expr::val(new_id(unit)),
                    Expr::val(change.id),
                    Expr::val(bind(tx.dialect(), &tracked.kind, from)?),
                    Expr::val(bind(tx.dialect(), &tracked.kind, to)?),
                    Expr::val(tx.dialect().instant(Some(unit.now))),
                    Expr::val(Bound::Uuid(unit.actor)),
                    amount_of(tx, object, amount, change)?,
                ]);
            }
        }
        for chunk in rows.chunks(MAX_ROWS) {
            let mut insert = Query::insert();
            insert.into_table(tx.table(&stages_table(object.id)));
            insert.columns(["id", "record", "from_code", "to_code", "at", "by_user", "amount"]);
            for row in chunk {
                insert.values(row.iter().cloned()).map_err(|e| inconsistent(e.to_string()))?;
            }
            inserts.push(insert);
        }
    }
    Ok(inserts)
}

/// From what to what the tracked field changes; `None` if it does not.
fn moved<'a>(change: &'a RowChange, tracked: &str) -> Option<(&'a Value, &'a Value)> {
    let find = |values: &'a [(String, Value)]| values.iter().find(|(key, _)| key == tracked).map(|(_, value)| value);
    let to = find(&change.values).unwrap_or(&Value::Null);
    match change.op {
        RowOp::Insert => (!to.is_null()).then_some((&Value::Null, to)),
        RowOp::Update { .. } | RowOp::Adjust { .. } => {
            find(&change.values)?;
            let from = find(&change.old).unwrap_or(&Value::Null);
            (from != to).then_some((from, to))
        }
        RowOp::Delete { .. } | RowOp::Restore { .. } => None,
    }
}

/// The amount after the change: as it is written, else as it is stored.
fn amount_of(tx: &Tx, object: &Object, amount: Option<&Field>, change: &RowChange) -> Result<Expr, StoreError> {
    let Some(field) = amount else { return Ok(Expr::val(Bound::BigInt(None))) };
    if let Some((_, value)) = change.values.iter().find(|(key, _)| *key == field.key) {
        return Ok(Expr::val(bind(tx.dialect(), &field.kind, value)?));
    }
    if change.op == RowOp::Insert {
        return Ok(Expr::val(Bound::BigInt(None)));
    }
    let mut stored = Query::select();
    stored.column(Alias::new(column_name(field).as_str())).from(tx.table(&object_table(object.id)));
    stored.and_where(Expr::col(Alias::new("id")).eq(change.id));
    Ok(Expr::SubQuery(None, Box::new(SubQueryStatement::SelectStatement(stored))))
}

/// Time-ordered like every id, by the time of the save; in one process also within one moment, so that of two changes the later is known.
fn new_id(unit: &WriteUnit) -> Uuid {
    static ORDER: LazyLock<Mutex<ContextV7>> = LazyLock::new(Mutex::default);
    let order = ORDER.lock().unwrap_or_else(PoisonError::into_inner);
    Uuid::new_v7(Timestamp::from_unix(&*order, unit.now.timestamp().unsigned_abs(), unit.now.timestamp_subsec_nanos()))
}
