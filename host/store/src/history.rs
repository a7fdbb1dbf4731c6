//! What happened to a record: who, when, through what, and the old values.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use guanxi_core::Value;
use guanxi_core::meta::{Field, Object, Schema};
use sea_query::{Expr, ExprTrait, Order, Query};
use uuid::Uuid;

use crate::column::{column_name, from_json};
use crate::db::{Row, present};
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::planner::object_of;
use crate::{StoreError, TenantStore};

/// One save of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// Its place: larger is later. `before` of the next page.
    pub id: i64,
    /// What was done.
    pub op: HistoryOp,
    /// The record's version after it.
    pub version: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Option<Uuid>,
    /// The name at that time.
    pub actor_name: String,
    /// Through what: `ui`, `api`, `import 12`, `plugin sales 0.1`.
    pub via: String,
    /// The values before, of the fields that changed and that the schema still has.
    pub old: HashMap<String, Value>,
}

/// What was done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryOp {
    /// It was made.
    Create,
    /// It was changed.
    Update,
    /// It was deleted.
    Delete,
}

impl HistoryOp {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete].into_iter().find(|op| op.name() == name)
    }
}

impl TenantStore {
    /// The history of a record, newest first; `before` is the [`HistoryRow::id`] at which the previous page ended.
    pub async fn history(
        &self,
        schema: &Schema,
        object: &str,
        record: Uuid,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let object = object_of(schema, object)?;
        let mut query = Query::select();
        query
            .columns(["id", "op", "version", "at", "actor", "actor_name", "via", "old"])
            .from(self.db.table(&SqlName::fixed("gx_history")))
            .and_where(Expr::col("object_id").eq(object.id))
            .and_where(Expr::col("record").eq(record))
            .order_by("id", Order::Desc)
            .limit(u64::from(limit));
        if let Some(before) = before {
            query.and_where(Expr::col("id").lt(before));
        }
        self.db.fetch(0, &query).await?.iter().map(|row| read_row(row, &object)).collect()
    }
}

fn read_row(row: &Row, object: &Object) -> Result<HistoryRow, StoreError> {
    let op = present(row.text(1)?, "gx_history.op")?;
    let old: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&present(row.text(7)?, "gx_history.old")?)
        .map_err(|e| inconsistent(format!("a history entry cannot be read: {e}")))?;
    let known = |field: &Field| {
        let value = from_json(&field.kind, old.get(column_name(field).as_str())?)?;
        Some((field.key.clone(), value))
    };
    Ok(HistoryRow {
        id: present(row.int(0)?, "gx_history.id")?,
        op: HistoryOp::parse(&op).ok_or_else(|| inconsistent(format!("`{op}` is no operation")))?,
        version: present(row.int(2)?, "gx_history.version")?,
        at: present(row.instant(3)?, "gx_history.at")?,
        actor: row.uuid(4)?,
        actor_name: present(row.text(5)?, "gx_history.actor_name")?,
        via: present(row.text(6)?, "gx_history.via")?,
        old: object.fields.iter().filter_map(known).collect(),
    })
}
