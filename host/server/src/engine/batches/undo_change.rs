//! Undo of one change of one record: a batch of one record, so that it can be undone like every other.

use std::sync::Arc;

use guanxi_core::policy::Function;
use guanxi_store::{BatchKind, HistoryOp};
use serde_json::json;
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, Refusal, read};
use super::run::Work;
use super::step::{Task, title_of};
use super::takes_back::Mine;
use super::undo::in_time;
use super::{BatchReport, Started};

impl Engine {
    /// What an undo of one entry of a record's history would do.
    pub async fn preview_undo_change(
        &self,
        ctx: &Ctx,
        object: &str,
        record: Uuid,
        entry: i64,
        confirm: Vec<String>,
    ) -> Outcome<BatchReport> {
        let work = self.undo_change_work(ctx, object, record, entry, confirm).await?;
        self.preview(ctx, &work).await
    }

    /// Undoes one entry of a record's history.
    pub async fn undo_change(
        self: &Arc<Self>,
        ctx: &Ctx,
        object: &str,
        record: Uuid,
        entry: i64,
        confirm: Vec<String>,
    ) -> Outcome<Started> {
        let work = self.undo_change_work(ctx, object, record, entry, confirm).await?;
        self.start(ctx, work).await
    }

    async fn undo_change_work(&self, ctx: &Ctx, key: &str, id: Uuid, entry: i64, confirm: Vec<String>) -> Outcome<Work> {
        let object = read::object(ctx, key)?;
        read::viewable(ctx, &object)?;
        let store = &ctx.tenant.store;
        let records = match object.read_only {
            true => Vec::new(),
            false => store.load_records(&ctx.snapshot.schema, key, &[id]).await?,
        };
        let seen = self.within(ctx, &object, records.iter(), Function::View).await?;
        let record = records.first().filter(|record| seen.contains(&record.id)).ok_or_else(|| Refusal::not_found("record"))?;
        let row = store.history_entry(&ctx.snapshot.schema, key, id, entry).await?.filter(|row| row.op != HistoryOp::Purge);
        let row = row.ok_or_else(|| Refusal::not_found("change"))?;
        // A deleted record is not there for anybody; only its deletion can be taken back.
        if record.deleted && row.op != HistoryOp::Delete {
            return Err(Refusal::not_found("record"));
        }
        in_time(ctx, row.at)?;
        Ok(Work {
            kind: BatchKind::Undo,
            title: title_of(ctx, &object, record),
            object: Some(key.to_owned()),
            detail: json!({ "record": id.to_string(), "change": entry, "version": row.version }),
            undoes: None,
            groups: vec![(key.to_owned(), vec![id])],
            task: Task::Undo(Mine::Entry(entry)),
            confirm,
        })
    }
}
