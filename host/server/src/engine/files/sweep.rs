//! Taking away files that no record tells of: uploads that did not come to their end, and what a purge left.

use std::sync::atomic::Ordering;

use chrono::TimeDelta;

use super::ATTACHMENT;
use crate::engine::{Ctx, Engine, Outcome, read};

/// A file without a record is left alone for so long: its upload may still be running.
const YOUNG: TimeDelta = TimeDelta::hours(24);
/// Files of one statement.
const CHUNK: u32 = 100;

impl Engine {
    /// Removes what is older than a day and belongs to nothing; how many files it was.
    pub async fn sweep_files(&self, ctx: &Ctx) -> Outcome<usize> {
        let attachments = read::object(ctx, ATTACHMENT)?;
        let mut removed = 0;
        loop {
            let orphans = ctx.tenant.store.list_orphan_files(&attachments, ctx.now - YOUNG, CHUNK).await?;
            for file in &orphans {
                self.files.remove(&file.key).await?;
                ctx.tenant.store.forget_file(file.id).await?;
            }
            removed += orphans.len();
            if orphans.len() < CHUNK as usize {
                return Ok(removed);
            }
        }
    }

    /// The same, at most once a day and tenant in this process. Somebody else's rubbish must not refuse an upload: a failure is only logged.
    pub(super) async fn sweep_files_daily(&self, ctx: &Ctx) {
        let now = ctx.now.timestamp();
        let last = ctx.tenant.files_swept.load(Ordering::Relaxed);
        if now - last < YOUNG.num_seconds()
            || ctx.tenant.files_swept.compare_exchange(last, now, Ordering::Relaxed, Ordering::Relaxed).is_err()
        {
            return;
        }
        match self.sweep_files(ctx).await {
            Ok(0) => {}
            Ok(removed) => tracing::info!(tenant = %ctx.tenant.key, removed, "removed files without a record"),
            Err(refusal) => tracing::warn!(tenant = %ctx.tenant.key, code = refusal.code(), "files without a record could not be removed"),
        }
    }
}
