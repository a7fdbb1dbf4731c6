//! Undo of a batch: an ordinary save by the one who undoes, with rights, hooks and rules, and itself a batch that can be undone.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::Problem;
use guanxi_core::meta::Schema;
use guanxi_store::{BatchCounts, BatchKind, BatchState};
use serde_json::json;
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, Refusal};
use super::run::Work;
use super::step::Task;
use super::takes_back::Mine;
use super::{BatchReport, Started};

/// How long changes can be taken back (design §1).
const KEPT: TimeDelta = TimeDelta::days(30);
/// An undo may have been undone, and so on; longer chains are not followed.
const LONGEST_CHAIN: usize = 100;

impl Engine {
    /// What an undo of a batch would do.
    pub async fn preview_undo(&self, ctx: &Ctx, batch: i64) -> Outcome<BatchReport> {
        let work = self.undo_work(ctx, batch, Vec::new()).await?;
        self.preview(ctx, &work).await
    }

    /// Undoes a batch as far as its records still are what it made of them.
    pub async fn undo(self: &Arc<Self>, ctx: &Ctx, batch: i64, confirm: Vec<String>) -> Outcome<Started> {
        let work = self.undo_work(ctx, batch, confirm).await?;
        self.start(ctx, work).await
    }

    async fn undo_work(&self, ctx: &Ctx, id: i64, confirm: Vec<String>) -> Outcome<Work> {
        let batch = self.visible_batch(ctx, id).await?;
        match batch.state {
            BatchState::Running => return Err(refusal("batch.running", "this batch is still running")),
            BatchState::Undone => return Err(refusal("batch.undone", "this batch was undone already; undo that undo to bring it back")),
            BatchState::Done | BatchState::Interrupted | BatchState::PartlyUndone => {}
        }
        in_time(ctx, batch.at)?;
        let store = &ctx.tenant.store;
        let records = store.records_of_batch(&ctx.snapshot.schema, id).await?;
        // A batch that wrote nothing has no oldest entry, and no records either.
        let from = store.first_of_batch(id).await?.unwrap_or(i64::MAX);
        let chain = store.undo_chain(id).await?;
        Ok(Work {
            kind: BatchKind::Undo,
            title: batch.title,
            object: batch.object,
            detail: json!({ "undoes": id, "kind": batch.kind.name() }),
            undoes: Some(id),
            groups: grouped(&ctx.snapshot.schema, records),
            task: Task::Undo(Mine::Batch { id, from, chain }),
            confirm,
        })
    }

    /// How the batches are after an undo: what `undo` took back is gone, what that had taken back is there again, and so on.
    pub(super) async fn after_undo(
        &self,
        ctx: &Ctx,
        undo: i64,
        undone: i64,
        counts: BatchCounts,
    ) -> Outcome<Vec<(i64, BatchState, Option<i64>)>> {
        let mut states = Vec::new();
        let whole = counts.refused == 0 && counts.changed_since == 0;
        // Nothing was taken back, or another undo was faster: that one is what the batch names.
        if counts.changed == 0 {
            return Ok(states);
        }
        let mut next = Some(undone);
        let mut taken_back = true;
        let mut by = Some(undo);
        for _ in 0..LONGEST_CHAIN {
            let Some(id) = next else { break };
            let Some(batch) = ctx.tenant.store.find_batch(id).await? else { break };
            let state = match (taken_back, whole) {
                (true, true) => BatchState::Undone,
                (_, false) => BatchState::PartlyUndone,
                (false, true) if looked_at(batch.counts) < batch.counts.wanted => BatchState::Interrupted,
                (false, true) => BatchState::Done,
            };
            states.push((id, state, by.filter(|_| taken_back || !whole)));
            (next, by, taken_back) = (batch.undoes, Some(id), !taken_back);
        }
        Ok(states)
    }
}

fn looked_at(counts: BatchCounts) -> i64 {
    counts.changed + counts.unchanged + counts.refused
}

/// Runs of records of one object, in their order; lines after the records to which they belong.
fn grouped(schema: &Schema, records: Vec<(String, Uuid)>) -> Vec<(String, Vec<Uuid>)> {
    let mut groups: Vec<(String, Vec<Uuid>)> = Vec::new();
    for (object, id) in records {
        match groups.last_mut().filter(|(key, _)| *key == object) {
            Some((_, ids)) => ids.push(id),
            None => groups.push((object, vec![id])),
        }
    }
    groups.sort_by_key(|(key, _)| schema.object(key).is_some_and(|object| object.parent.is_some()));
    groups
}

/// Changes can be taken back for a month.
pub(super) fn in_time(ctx: &Ctx, at: DateTime<Utc>) -> Outcome<()> {
    if ctx.now - at > KEPT {
        return Err(refusal("batch.expired", "changes can be undone for 30 days"));
    }
    Ok(())
}

fn refusal(rule: &str, detail: &str) -> Refusal {
    Problem::error("rule.failed", detail).with("rule", rule.to_owned()).into()
}
