//! Batches: changes of many records under one number, how far each of them is, and what it could not do.
//!
//! A running batch notes its progress in the transaction of each chunk, and only as long as it is still running: a batch that was
//! declared interrupted can write nothing more, whoever still works on it.

use chrono::{DateTime, TimeDelta, Utc};
use sea_query::{Cond, Expr, ExprTrait, Order, Query, SelectStatement, Value as Bound};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::db::{Dialect, Row, Tx, present};
use crate::error::inconsistent;
use crate::name::SqlName;
use crate::{StoreError, TenantStore};

/// A batch of another host that has not noted anything for so long has nobody who works on it.
const SILENCE: TimeDelta = TimeDelta::seconds(30);
/// The most items that are kept of one batch.
pub const MAX_BATCH_ITEMS: u32 = 1_000;

/// What a batch does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchKind {
    /// The same new values for many records.
    BulkEdit,
    /// Many records deleted.
    BulkDelete,
    /// Rows of a file.
    Import,
    /// The records of one owner given to another.
    Transfer,
    /// Another batch, or one change, taken back.
    Undo,
}

impl BatchKind {
    const ALL: [Self; 5] = [Self::BulkEdit, Self::BulkDelete, Self::Import, Self::Transfer, Self::Undo];

    /// The stored name, which the API shows too.
    pub fn name(self) -> &'static str {
        match self {
            Self::BulkEdit => "bulk_edit",
            Self::BulkDelete => "bulk_delete",
            Self::Import => "import",
            Self::Transfer => "transfer",
            Self::Undo => "undo",
        }
    }
}

/// How far a batch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    /// Somebody works on it.
    Running,
    /// Every record was looked at.
    Done,
    /// It ended before its records did; what it wrote is whole chunks.
    Interrupted,
    /// Taken back wholly.
    Undone,
    /// Taken back as far as possible.
    PartlyUndone,
}

impl BatchState {
    const ALL: [Self; 5] = [Self::Running, Self::Done, Self::Interrupted, Self::Undone, Self::PartlyUndone];

    /// The stored name, which the API shows too.
    pub fn name(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Done => "done",
            Self::Interrupted => "interrupted",
            Self::Undone => "undone",
            Self::PartlyUndone => "partly_undone",
        }
    }
}

/// A batch that is about to begin.
#[derive(Clone, Debug)]
pub struct NewBatch {
    /// What it does.
    pub kind: BatchKind,
    /// What people call it.
    pub title: String,
    /// The object's key, where all records are of one.
    pub object: Option<String>,
    /// Who started it.
    pub actor: Option<Uuid>,
    /// The name at that time.
    pub actor_name: String,
    /// When.
    pub at: DateTime<Utc>,
    /// The host that works on it.
    pub host: String,
    /// Records that it is about.
    pub wanted: i64,
    /// What else is worth keeping, such as the values that were set; a JSON object.
    pub detail: Json,
    /// For an undo of a batch: which one.
    pub undoes: Option<i64>,
}

/// A batch as it is stored.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch {
    /// Its number in the tenant, rising.
    pub id: i64,
    /// What it does.
    pub kind: BatchKind,
    /// What people call it.
    pub title: String,
    /// The object's key, where all records are of one.
    pub object: Option<String>,
    /// Who started it.
    pub actor: Option<Uuid>,
    /// The name at that time.
    pub actor_name: String,
    /// When it began.
    pub at: DateTime<Utc>,
    /// When it ended.
    pub ended_at: Option<DateTime<Utc>>,
    /// How far it is.
    pub state: BatchState,
    /// How many records became what so far.
    pub counts: BatchCounts,
    /// What else is worth keeping; a JSON object.
    pub detail: Json,
    /// For an undo of a batch: which one.
    pub undoes: Option<i64>,
    /// The latest batch that took it back.
    pub undone_by: Option<i64>,
}

/// How many records became what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchCounts {
    /// Records that the batch is about.
    pub wanted: i64,
    /// Written.
    pub changed: i64,
    /// Already as wished.
    pub unchanged: i64,
    /// Refused, each with its problems.
    pub refused: i64,
    /// In an undo: records of which at least one field stayed, because somebody changed it since.
    pub changed_since: i64,
}

/// One record that did not simply change.
#[derive(Clone, Debug, PartialEq)]
pub struct BatchItem {
    /// The object's key.
    pub object: String,
    /// The record; `None` for one that was never made.
    pub record: Option<Uuid>,
    /// `refused` or `changed_since`.
    pub result: String,
    /// Keys of the fields that stayed.
    pub fields: Vec<String>,
    /// Why, as the engine wrote it; a JSON array.
    pub problems: Json,
}

/// What a chunk adds to its batch.
#[derive(Clone, Debug)]
pub struct BatchProgress {
    /// The batch.
    pub batch: i64,
    /// Added to the counts; `wanted` too.
    pub add: BatchCounts,
    /// Kept up to [`MAX_BATCH_ITEMS`] in all.
    pub items: Vec<BatchItem>,
    /// The time of the chunk.
    pub now: DateTime<Utc>,
}

impl TenantStore {
    /// Begins a batch; its number.
    pub async fn create_batch(&self, batch: &NewBatch) -> Result<i64, StoreError> {
        let now = self.db.dialect().instant(Some(batch.at));
        let mut insert = Query::insert();
        insert
            .into_table(self.db.table(&table()))
            .columns(["kind", "title", "object", "actor", "actor_name", "at", "beat_at", "host", "state", "wanted", "detail", "undoes"])
            .values_panic([
                batch.kind.name().into(),
                batch.title.as_str().into(),
                batch.object.clone().into(),
                Expr::val(Bound::Uuid(batch.actor)),
                batch.actor_name.as_str().into(),
                now.clone().into(),
                now.into(),
                batch.host.as_str().into(),
                BatchState::Running.name().into(),
                batch.wanted.into(),
                batch.detail.to_string().into(),
                batch.undoes.into(),
            ])
            .returning(Query::returning().column("id"));
        let mut tx = self.db.begin().await?;
        let rows = tx.fetch(0, &insert).await?;
        let id = present(rows.first().map(|row| row.int(0)).transpose()?.flatten(), "gx_batch.id")?;
        tx.commit().await?;
        Ok(id)
    }

    /// Notes what a chunk did that wrote no record. `false`: the batch is not running any more.
    pub async fn note_batch(&self, progress: &BatchProgress) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        if !note(&mut tx, progress).await? {
            return Ok(false);
        }
        tx.commit().await?;
        Ok(true)
    }

    /// Ends a running batch, and says of batches that it took back or brought back how they are now. `false`: it was not running any more.
    pub async fn end_batch(
        &self,
        batch: i64,
        state: BatchState,
        others: &[(i64, BatchState, Option<i64>)],
        now: DateTime<Utc>,
    ) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let mut update = Query::update();
        update
            .table(tx.table(&table()))
            .value("state", state.name())
            .value("ended_at", tx.dialect().instant(Some(now)))
            .and_where(Expr::col("id").eq(batch))
            .and_where(running());
        if tx.execute(0, &update).await? != 1 {
            return Ok(false);
        }
        for (other, state, undone_by) in others {
            let mut update = Query::update();
            update
                .table(tx.table(&table()))
                .value("state", state.name())
                .value("undone_by", *undone_by)
                .and_where(Expr::col("id").eq(*other));
            tx.execute(0, &update).await?;
        }
        tx.commit().await?;
        Ok(true)
    }

    /// A batch by number.
    pub async fn find_batch(&self, id: i64) -> Result<Option<Batch>, StoreError> {
        let mut query = self.select_batches();
        query.and_where(Expr::col("id").eq(id));
        self.db.fetch(0, &query).await?.first().map(read).transpose()
    }

    /// The batch with those that undid it, that undid those, and so on.
    pub async fn undo_chain(&self, id: i64) -> Result<Vec<i64>, StoreError> {
        let (mut chain, mut last) = (vec![id], vec![id]);
        while !last.is_empty() {
            let mut query = Query::select();
            query.column("id").from(self.db.table(&SqlName::fixed("gx_batch")));
            query.and_where(Expr::col("undoes").is_in(last.iter().copied())).and_where(Expr::col("id").is_not_in(chain.iter().copied()));
            let rows = self.db.fetch(0, &query).await?;
            last = rows.iter().map(|row| present(row.int(0)?, "gx_batch.id")).collect::<Result<_, StoreError>>()?;
            chain.extend(&last);
        }
        Ok(chain)
    }

    /// Batches of everybody or of one user, the newest first; `before` is the number at which the page before ended.
    pub async fn list_batches(&self, actor: Option<Uuid>, before: Option<i64>, limit: u32) -> Result<Vec<Batch>, StoreError> {
        let mut query = self.select_batches();
        query
            .and_where_option(actor.map(|actor| Expr::col("actor").eq(actor)))
            .and_where_option(before.map(|before| Expr::col("id").lt(before)))
            .order_by("id", Order::Desc)
            .limit(u64::from(limit));
        self.db.fetch(0, &query).await?.iter().map(read).collect()
    }

    /// The records of a batch that did not simply change, in the order in which they were looked at.
    pub async fn batch_items(&self, batch: i64) -> Result<Vec<BatchItem>, StoreError> {
        let mut query = Query::select();
        query
            .columns(["object", "record", "result", "fields", "problems"])
            .from(self.db.table(&items()))
            .and_where(Expr::col("batch").eq(batch))
            .order_by("id", Order::Asc)
            .limit(u64::from(MAX_BATCH_ITEMS));
        self.db.fetch(0, &query).await?.iter().map(read_item).collect()
    }

    /// Declares running batches interrupted on which nobody works. A host that opens the store names itself: what it began in an earlier
    /// life nobody goes on with, and on SQLite it is the only one. Batches of other hosts are given up when they have been silent for a while.
    pub async fn interrupt_batches(&self, opened_by: Option<&str>, now: DateTime<Utc>) -> Result<u64, StoreError> {
        let dialect = self.db.dialect();
        let abandoned = match (dialect, opened_by) {
            (Dialect::Sqlite, None) => return Ok(0),
            (Dialect::Sqlite, Some(_)) => Cond::all().add(running()),
            (Dialect::Postgres, None) => Cond::all().add(running()).add(silent(dialect, now)),
            (Dialect::Postgres, Some(host)) => {
                Cond::all().add(running()).add(Cond::any().add(Expr::col("host").eq(host)).add(silent(dialect, now)))
            }
        };
        let mut stale = Query::select();
        stale.column("id").from(self.db.table(&table())).cond_where(abandoned.clone()).limit(1);
        // Looked at without the writer first: nearly always there is nothing to do.
        if self.db.fetch(0, &stale).await?.is_empty() {
            return Ok(0);
        }
        let mut update = Query::update();
        update
            .table(self.db.table(&table()))
            .value("state", BatchState::Interrupted.name())
            .value("ended_at", dialect.instant(Some(now)))
            .cond_where(abandoned);
        self.db.execute(&update).await
    }

    fn select_batches(&self) -> SelectStatement {
        let mut query = Query::select();
        query.columns(COLUMNS).from(self.db.table(&table()));
        query
    }
}

/// Adds to a running batch inside the transaction of what it did. `false`: it is not running any more, so nothing may be written.
pub(crate) async fn note(tx: &mut Tx, progress: &BatchProgress) -> Result<bool, StoreError> {
    let mut update = Query::update();
    update
        .table(tx.table(&table()))
        .value("wanted", Expr::col("wanted").add(progress.add.wanted))
        .value("changed", Expr::col("changed").add(progress.add.changed))
        .value("unchanged", Expr::col("unchanged").add(progress.add.unchanged))
        .value("refused", Expr::col("refused").add(progress.add.refused))
        .value("changed_since", Expr::col("changed_since").add(progress.add.changed_since))
        .value("beat_at", tx.dialect().instant(Some(progress.now)))
        .and_where(Expr::col("id").eq(progress.batch))
        .and_where(running());
    if tx.execute(0, &update).await? != 1 {
        return Ok(false);
    }
    if progress.items.is_empty() {
        return Ok(true);
    }
    let mut kept = Query::select();
    kept.expr(Expr::cust("COUNT(*)")).from(tx.table(&items())).and_where(Expr::col("batch").eq(progress.batch));
    let rows = tx.fetch(0, &kept).await?;
    let kept = present(rows.first().map(|row| row.int(0)).transpose()?.flatten(), "a count")?;
    let room = usize::try_from(i64::from(MAX_BATCH_ITEMS) - kept).unwrap_or(0);
    let new: Vec<&BatchItem> = progress.items.iter().take(room).collect();
    for chunk in new.chunks(500) {
        let mut insert = Query::insert();
        insert.into_table(tx.table(&items())).columns(["batch", "object", "record", "result", "fields", "problems"]);
        for item in chunk {
            let row: [Expr; 6] = [
                progress.batch.into(),
                item.object.as_str().into(),
                Expr::val(Bound::Uuid(item.record)),
                item.result.as_str().into(),
                serde_json::json!(item.fields).to_string().into(),
                item.problems.to_string().into(),
            ];
            insert.values(row).map_err(|e| inconsistent(e.to_string()))?;
        }
        tx.execute(0, &insert).await?;
    }
    Ok(true)
}

const COLUMNS: [&str; 17] = [
    "id",
    "kind",
    "title",
    "object",
    "actor",
    "actor_name",
    "at",
    "ended_at",
    "state",
    "wanted",
    "changed",
    "unchanged",
    "refused",
    "changed_since",
    "detail",
    "undoes",
    "undone_by",
];

fn table() -> SqlName {
    SqlName::fixed("gx_batch")
}

fn items() -> SqlName {
    SqlName::fixed("gx_batch_item")
}

fn running() -> Expr {
    Expr::col("state").eq(BatchState::Running.name())
}

/// Long ago, or in a future that only another clock can know.
fn silent(dialect: Dialect, now: DateTime<Utc>) -> Cond {
    let bound = |at| Expr::val(dialect.instant(Some(at)));
    Cond::any().add(Expr::col("beat_at").lt(bound(now - SILENCE))).add(Expr::col("beat_at").gt(bound(now + SILENCE)))
}

fn read(row: &Row) -> Result<Batch, StoreError> {
    let (kind, state) = (present(row.text(1)?, "gx_batch.kind")?, present(row.text(8)?, "gx_batch.state")?);
    let number = |column| present(row.int(column)?, "a count of gx_batch");
    Ok(Batch {
        id: number(0)?,
        kind: BatchKind::ALL.into_iter().find(|k| k.name() == kind).ok_or_else(|| inconsistent(format!("no kind of batch: {kind}")))?,
        title: present(row.text(2)?, "gx_batch.title")?,
        object: row.text(3)?,
        actor: row.uuid(4)?,
        actor_name: present(row.text(5)?, "gx_batch.actor_name")?,
        at: present(row.instant(6)?, "gx_batch.at")?,
        ended_at: row.instant(7)?,
        state: BatchState::ALL
            .into_iter()
            .find(|s| s.name() == state)
            .ok_or_else(|| inconsistent(format!("no state of a batch: {state}")))?,
        counts: BatchCounts {
            wanted: number(9)?,
            changed: number(10)?,
            unchanged: number(11)?,
            refused: number(12)?,
            changed_since: number(13)?,
        },
        detail: row.json(14, "the detail of a batch")?,
        undoes: row.int(15)?,
        undone_by: row.int(16)?,
    })
}

fn read_item(row: &Row) -> Result<BatchItem, StoreError> {
    Ok(BatchItem {
        object: present(row.text(0)?, "gx_batch_item.object")?,
        record: row.uuid(1)?,
        result: present(row.text(2)?, "gx_batch_item.result")?,
        fields: row.json(3, "the fields of a batch's item")?,
        problems: row.json(4, "the problems of a batch's item")?,
    })
}
