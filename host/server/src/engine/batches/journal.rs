//! The list of batches, and one batch with what it could not do.

use std::collections::HashMap;

use guanxi_core::Problem;
use guanxi_core::query::Position;
use guanxi_store::Batch;
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, Refusal, cursor};
use super::{BatchRecord, report};

/// The most batches of one page.
const MAX_PAGE: u32 = 200;

/// A page of batches.
#[derive(Clone, Debug)]
pub struct BatchPage {
    /// Newest first.
    pub batches: Vec<Batch>,
    /// Where the next page starts.
    pub next: Option<String>,
}

/// One batch.
#[derive(Clone, Debug)]
pub struct BatchView {
    /// How far it is.
    pub batch: Batch,
    /// The first thousand records that were refused, or changed by others since.
    pub records: Vec<BatchRecord>,
}

impl Engine {
    /// Batches, newest first: an administrator's page shows everybody's, others see their own.
    pub async fn batches(&self, ctx: &Ctx, cursor: &str, limit: u32) -> Outcome<BatchPage> {
        let limit = limit.clamp(1, MAX_PAGE);
        let bound_to = format!("batches {} {:?}", ctx.tenant.key, ctx.actor.user);
        let secret = ctx.tenant.cursor_key.as_bytes();
        let before = match cursor {
            "" => None,
            text => match cursor::decode(secret, &bound_to, text)?.keys.first() {
                Some(guanxi_core::Value::Int(id)) => Some(*id),
                _ => return Err(Problem::error("request.malformed", "this is no cursor of batches").on("cursor").into()),
            },
        };
        self.interrupt_silent(ctx).await?;
        let mut batches = ctx.tenant.store.list_batches(shown_to(ctx)?, before, limit + 1).await?;
        let more = batches.len() > limit as usize;
        batches.truncate(limit as usize);
        let position = |batch: &Batch| Position { keys: vec![guanxi_core::Value::Int(batch.id)], id: Uuid::nil() };
        let next = batches.last().filter(|_| more).map(|batch| cursor::encode(secret, &bound_to, &position(batch)));
        Ok(BatchPage { batches, next })
    }

    /// One batch with the records that did not simply change.
    pub async fn batch(&self, ctx: &Ctx, id: i64) -> Outcome<BatchView> {
        let batch = self.visible_batch(ctx, id).await?;
        let items = ctx.tenant.store.batch_items(id).await?;
        let mut wanted: HashMap<String, Vec<Uuid>> = HashMap::new();
        for item in &items {
            wanted.entry(item.object.clone()).or_default().extend(item.record);
        }
        let mut titles: HashMap<Uuid, String> = HashMap::new();
        for (object, ids) in wanted {
            // An object that is gone or out of sight has no titles to show.
            titles.extend(self.titles(ctx, &object, &ids).await.unwrap_or_default());
        }
        let record = |item: guanxi_store::BatchItem| BatchRecord {
            problems: report::from_json(&item.problems),
            title: item.record.and_then(|id| titles.get(&id).cloned()).unwrap_or_default(),
            item,
        };
        Ok(BatchView { batch, records: items.into_iter().map(record).collect() })
    }

    /// A batch that the actor may see; 404 for every other.
    pub(super) async fn visible_batch(&self, ctx: &Ctx, id: i64) -> Outcome<Batch> {
        self.interrupt_silent(ctx).await?;
        let actor = shown_to(ctx)?;
        let found = ctx.tenant.store.find_batch(id).await?.filter(|batch| actor.is_none() || batch.actor == actor);
        found.ok_or_else(|| Refusal::not_found("batch"))
    }

    /// Another host may have died in the middle of one.
    async fn interrupt_silent(&self, ctx: &Ctx) -> Outcome<()> {
        ctx.tenant.store.interrupt_batches(None, ctx.now).await?;
        Ok(())
    }
}

/// Whose batches the actor may see: `None` is everybody's.
fn shown_to(ctx: &Ctx) -> Outcome<Option<Uuid>> {
    if ctx.actor.is_administrator() {
        return Ok(None);
    }
    ctx.actor.user.map(Some).ok_or_else(|| Refusal::denied("a user"))
}
