//! What happened to a record: who, when, through what, and the old values.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use guanxi_core::Value;
use guanxi_core::meta::{Field, FieldKind, Object, Schema};
use sea_query::{Expr, ExprTrait, Order, Query};
use uuid::Uuid;

use crate::column::{column_name, from_json, is_stages};
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
    /// The batch to which it belongs.
    pub batch: Option<i64>,
    /// The values before, of the fields that changed and that the schema still has.
    pub old: HashMap<String, Value>,
    /// Values before of fields that have another type since: the field's key, the type that it had, and the value.
    pub former: Vec<(String, FieldKind, Value)>,
    /// Fields changed that the schema no longer has: they were dropped, or have another type since.
    pub forgotten: bool,
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
    /// It was deleted before and came back.
    Restore,
    /// It was removed for good, with its history up to this entry.
    Purge,
}

impl HistoryOp {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
            Self::Restore => "restore",
            Self::Purge => "purge",
        }
    }

    /// Reads a stored name.
    pub fn parse(name: &str) -> Option<Self> {
        [Self::Create, Self::Update, Self::Delete, Self::Restore, Self::Purge].into_iter().find(|op| op.name() == name)
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
            .columns(COLUMNS)
            .from(self.db.table(&SqlName::fixed("gx_history")))
            .and_where(Expr::col("object_id").eq(object.id))
            .and_where(Expr::col("record").eq(record))
            .order_by("id", Order::Desc)
            .limit(u64::from(limit));
        if let Some(before) = before {
            query.and_where(Expr::col("id").lt(before));
        }
        let rows = self.db.fetch(0, &query).await?;
        let former = self.former_of(&object).await?;
        rows.iter().map(|row| read_row(row, &object, &former)).collect()
    }

    /// What the object's visible fields were before they got other types, by the column that the history knows.
    async fn former_of(&self, object: &Object) -> Result<HashMap<String, (String, Field)>, StoreError> {
        let found = self.former_fields(object.id).await?.into_iter().filter_map(|(field, now)| {
            let key = object.fields.iter().find(|field| field.id == now)?.key.clone();
            Some((column_name(&field).as_str().to_owned(), (key, field)))
        });
        Ok(found.collect())
    }

    /// One entry of a record's history.
    pub async fn history_entry(&self, schema: &Schema, object: &str, record: Uuid, id: i64) -> Result<Option<HistoryRow>, StoreError> {
        let rows = self.history(schema, object, record, Some(id.saturating_add(1)), 1).await?;
        Ok(rows.into_iter().next().filter(|row| row.id == id))
    }

    /// The histories of several records of one object from the entry `from` on, each newest first.
    pub async fn history_since(
        &self,
        schema: &Schema,
        object: &str,
        records: &[Uuid],
        from: i64,
    ) -> Result<HashMap<Uuid, Vec<HistoryRow>>, StoreError> {
        let object = object_of(schema, object)?;
        let former = self.former_of(&object).await?;
        let mut found: HashMap<Uuid, Vec<HistoryRow>> = HashMap::new();
        for chunk in records.chunks(CHUNK) {
            let mut query = Query::select();
            query
                .columns(COLUMNS)
                .column("record")
                .from(self.db.table(&SqlName::fixed("gx_history")))
                .and_where(Expr::col("object_id").eq(object.id))
                .and_where(Expr::col("record").is_in(chunk.iter().copied()))
                .and_where(Expr::col("id").gte(from))
                .order_by("id", Order::Desc);
            for row in self.db.fetch(0, &query).await? {
                let record = present(row.uuid(COLUMNS.len())?, "gx_history.record")?;
                found.entry(record).or_default().push(read_row(&row, &object, &former)?);
            }
        }
        Ok(found)
    }

    /// The oldest entry of a batch; `None` if it wrote nothing.
    pub async fn first_of_batch(&self, batch: i64) -> Result<Option<i64>, StoreError> {
        let mut query = Query::select();
        query
            .column("id")
            .from(self.db.table(&SqlName::fixed("gx_history")))
            .and_where(Expr::col("batch").eq(batch))
            .order_by("id", Order::Asc)
            .limit(1);
        self.db.fetch(0, &query).await?.first().map(|row| present(row.int(0)?, "gx_history.id")).transpose()
    }

    /// The records that a batch wrote, each once, the latest change first, with their objects' keys. Objects that are gone are left out.
    pub async fn records_of_batch(&self, schema: &Schema, batch: i64) -> Result<Vec<(String, Uuid)>, StoreError> {
        // The history of a tracked field shares its object's id and has no records of its own.
        let own = schema.all().filter(|object| !is_stages(object));
        let keys: HashMap<i64, &str> = own.map(|object| (object.id, object.key.as_str())).collect();
        let (mut found, mut seen, mut before) = (Vec::new(), HashSet::new(), None::<i64>);
        loop {
            let mut query = Query::select();
            query
                .columns(["id", "object_id", "record"])
                .from(self.db.table(&SqlName::fixed("gx_history")))
                .and_where(Expr::col("batch").eq(batch))
                .and_where_option(before.map(|before| Expr::col("id").lt(before)))
                .order_by("id", Order::Desc)
                .limit(PAGE);
            let rows = self.db.fetch(0, &query).await?;
            for row in &rows {
                before = row.int(0)?;
                let object = present(row.int(1)?, "gx_history.object_id")?;
                let record = present(row.uuid(2)?, "gx_history.record")?;
                if let Some(key) = keys.get(&object).filter(|_| seen.insert((object, record))) {
                    found.push(((*key).to_owned(), record));
                }
            }
            if (rows.len() as u64) < PAGE {
                return Ok(found);
            }
        }
    }
}

/// Records whose histories are read at once.
const CHUNK: usize = 500;
/// Entries of a batch that are read at once.
const PAGE: u64 = 5_000;
const COLUMNS: [&str; 9] = ["id", "op", "version", "at", "actor", "actor_name", "via", "old", "batch"];

fn read_row(row: &Row, object: &Object, former: &HashMap<String, (String, Field)>) -> Result<HistoryRow, StoreError> {
    let op = present(row.text(1)?, "gx_history.op")?;
    let old: serde_json::Map<String, serde_json::Value> = serde_json::from_str(&present(row.text(7)?, "gx_history.old")?)
        .map_err(|e| inconsistent(format!("a history entry cannot be read: {e}")))?;
    let known = |field: &Field| {
        let value = from_json(&field.kind, old.get(column_name(field).as_str())?)?;
        Some((field.key.clone(), value))
    };
    let known: HashMap<String, Value> = object.fields.iter().filter_map(known).collect();
    let earlier = |(column, json): (&String, &serde_json::Value)| {
        let (key, field) = former.get(column)?;
        // Where the old field came back, or a second one of the key, its value is told as its own.
        (!known.contains_key(key)).then_some(())?;
        Some((key.clone(), field.kind.clone(), from_json(&field.kind, json)?))
    };
    let earlier: Vec<(String, FieldKind, Value)> = old.iter().filter_map(earlier).collect();
    Ok(HistoryRow {
        id: present(row.int(0)?, "gx_history.id")?,
        op: HistoryOp::parse(&op).ok_or_else(|| inconsistent(format!("`{op}` is no operation")))?,
        version: present(row.int(2)?, "gx_history.version")?,
        at: present(row.instant(3)?, "gx_history.at")?,
        actor: row.uuid(4)?,
        actor_name: present(row.text(5)?, "gx_history.actor_name")?,
        via: present(row.text(6)?, "gx_history.via")?,
        batch: row.int(8)?,
        former: earlier,
        forgotten: known.len() < old.len(),
        old: known,
    })
}
