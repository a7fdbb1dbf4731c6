//! An import as a batch: it is listed, followed and undone like every other.

use guanxi_store::{BatchCounts, BatchKind, BatchProgress, BatchState, NewBatch};
use serde_json::json;

use super::super::{Ctx, Engine, Outcome, batches};
use super::{Import, ImportCounts};

impl Engine {
    pub(super) async fn begin_import_batch(&self, ctx: &Ctx, object: &str, file: &str, rows: u64) -> Outcome<i64> {
        let batch = NewBatch {
            kind: BatchKind::Import,
            title: file.to_owned(),
            object: Some(object.to_owned()),
            actor: ctx.actor.user,
            actor_name: ctx.actor.name.clone(),
            at: ctx.now,
            host: self.host.clone(),
            wanted: i64::try_from(rows).unwrap_or(i64::MAX),
            detail: json!({ "file": file }),
            undoes: None,
        };
        Ok(ctx.tenant.store.create_batch(&batch).await?)
    }

    /// Notes rows that wrote nothing; what a chunk writes is noted in its own transaction.
    pub(super) async fn note_import(&self, import: &Import, before: ImportCounts) -> Outcome<()> {
        let Some(batch) = import.batch else { return Ok(()) };
        let more = |now: u64, before: u64| i64::try_from(now.saturating_sub(before)).unwrap_or(i64::MAX);
        let unchanged = more(import.counts.unchanged, before.unchanged);
        let refused = more(import.counts.refused, before.refused);
        let add = BatchCounts { unchanged, refused, ..BatchCounts::default() };
        let progress = BatchProgress { batch, add, items: Vec::new(), now: self.clock.now() };
        match import.ctx.tenant.store.note_batch(&progress).await? {
            true => Ok(()),
            false => Err(batches::ended()),
        }
    }

    /// Ends an import: `whole` when every row of its file was looked at.
    pub async fn end_import(&self, import: &Import, whole: bool) -> Outcome<()> {
        let Some(batch) = import.batch else { return Ok(()) };
        let state = if whole { BatchState::Done } else { BatchState::Interrupted };
        import.ctx.tenant.store.end_batch(batch, state, &[], self.clock.now()).await?;
        Ok(())
    }
}
