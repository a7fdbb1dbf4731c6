//! How a batch runs: chunk by chunk in a task of the server, under rights that are looked up again for each chunk.

use std::sync::Arc;
use std::time::Duration;

use guanxi_core::Problem;
use guanxi_store::{BatchKind, BatchProgress, BatchState, NewBatch, within};
use serde_json::Value as Json;
use uuid::Uuid;

use super::super::{Change, Ctx, Engine, ItemOutcome, Outcome, Refusal, SaveOptions, Via};
use super::report::{BatchReport, Noted};
use super::step::{Step, Task};
use super::{Started, each};

/// Records that are written together.
pub(super) const CHUNK: usize = 500;
/// A batch of at most so many records is done before its answer.
const AT_ONCE: usize = 500;
/// Batches of one tenant that run at a time; more wait a little, then they are told to come back.
pub(in crate::engine) const AT_A_TIME: usize = 4;
const QUEUE_TIME: Duration = Duration::from_secs(5);
/// How often a record is looked at again that others save at the same moment.
const TRIES: usize = 4;

/// A batch before it has a number.
pub(super) struct Work {
    pub kind: BatchKind,
    pub title: String,
    pub object: Option<String>,
    pub detail: Json,
    pub undoes: Option<i64>,
    /// Object and records, in the order in which they are done.
    pub groups: Vec<(String, Vec<Uuid>)>,
    pub task: Task,
    pub confirm: Vec<String>,
}

impl Work {
    pub(super) fn wanted(&self) -> usize {
        self.groups.iter().map(|(_, ids)| ids.len()).sum()
    }

    fn chunks(&self) -> impl Iterator<Item = (&str, &[Uuid])> {
        self.groups.iter().flat_map(|(object, ids)| ids.chunks(CHUNK).map(|chunk| (object.as_str(), chunk)))
    }

    fn via(&self, batch: i64) -> Via {
        match self.kind {
            BatchKind::Undo => Via::Undo(batch),
            BatchKind::Transfer => Via::Transfer(batch),
            BatchKind::BulkEdit | BatchKind::BulkDelete | BatchKind::Import => Via::Bulk(batch),
        }
    }
}

impl Engine {
    /// What a batch would do; nothing is written.
    pub(super) async fn preview(&self, ctx: &Ctx, work: &Work) -> Outcome<BatchReport> {
        let mut report = BatchReport::default();
        for (object, ids) in work.chunks() {
            self.chunk(ctx, work, None, object, ids, &mut report).await?;
        }
        report.objects = by_object(work);
        Ok(report)
    }

    /// Begins a batch. A small one has ended when this returns; a large one goes on in a task of its own, also when nobody waits for it.
    pub(super) async fn start(self: &Arc<Self>, ctx: &Ctx, work: Work) -> Outcome<Started> {
        let permit = tokio::time::timeout(QUEUE_TIME, ctx.tenant.batches.clone().acquire_owned()).await;
        let Ok(Ok(permit)) = permit else {
            return Err(Refusal::one("tenant.busy", format!("{AT_A_TIME} batches are running already; wait until one has ended")));
        };
        let batch = NewBatch {
            kind: work.kind,
            title: work.title.clone(),
            object: work.object.clone(),
            actor: ctx.actor.user,
            actor_name: ctx.actor.name.clone(),
            at: ctx.now,
            host: self.host.clone(),
            wanted: i64::try_from(work.wanted()).unwrap_or(i64::MAX),
            detail: work.detail.clone(),
            undoes: work.undoes,
        };
        let id = ctx.tenant.store.create_batch(&batch).await?;
        let at_once = work.wanted() <= AT_ONCE;
        let (engine, mut own) = (Arc::clone(self), ctx.clone());
        own.via = work.via(id);
        let running = tokio::spawn(async move {
            let _permit = permit;
            within(guanxi_store::Work::Job, engine.run(own, &work, id)).await
        });
        let report = match at_once {
            true => Some(running.await.map_err(|error| Refusal::internal(&error))??),
            false => None,
        };
        let batch = ctx.tenant.store.find_batch(id).await?.ok_or_else(|| Refusal::internal(&"a batch that was begun is not there"))?;
        Ok(Started { batch, report })
    }

    /// Runs a batch to its end, whichever that is.
    async fn run(&self, mut ctx: Ctx, work: &Work, id: i64) -> Outcome<BatchReport> {
        let mut report = BatchReport { objects: by_object(work), ..BatchReport::default() };
        let roles: Vec<String> = ctx.actor.roles.iter().map(|role| role.key.clone()).collect();
        for (object, ids) in work.chunks() {
            let done = match self.refresh_actor(&mut ctx, &roles).await {
                Ok(()) => self.chunk(&ctx, work, Some(id), object, ids, &mut report).await,
                Err(refusal) => Err(refusal),
            };
            if let Err(refusal) = done {
                tracing::warn!(tenant = %ctx.tenant.key, batch = id, code = refusal.code(), "a batch ended before its records did");
                ctx.tenant.store.end_batch(id, BatchState::Interrupted, &[], self.clock.now()).await?;
                return Err(refusal);
            }
        }
        let others = match work.undoes {
            Some(undone) => self.after_undo(&ctx, id, undone, report.counts).await?,
            None => Vec::new(),
        };
        ctx.tenant.store.end_batch(id, BatchState::Done, &others, self.clock.now()).await?;
        Ok(report)
    }

    /// Long batches see new rights, fields and the time as everybody else does. A token keeps the roles it was narrowed to.
    async fn refresh_actor(&self, ctx: &mut Ctx, roles: &[String]) -> Outcome<()> {
        (ctx.snapshot, ctx.now) = (self.snapshot(&ctx.tenant).await?, self.clock.now());
        if let Some(user) = ctx.actor.user {
            ctx.actor = self.actor(ctx, user, Some(roles)).await?.ok_or_else(|| Refusal::denied("an active user"))?;
            ctx.bind_actor();
        }
        Ok(())
    }

    /// One chunk: planned, saved, accounted for. Without a batch it is a dry run.
    async fn chunk(&self, ctx: &Ctx, work: &Work, batch: Option<i64>, object: &str, ids: &[Uuid], report: &mut BatchReport) -> Outcome<()> {
        let options =
            SaveOptions { partial: true, dry_run: batch.is_none(), confirm: work.confirm.clone(), batch, ..SaveOptions::default() };
        let undo = matches!(work.task, Task::Undo(_));
        let mut noted = Noted::default();
        let mut left = ids.to_vec();
        for attempt in 1..=TRIES {
            let steps = self.steps(ctx, &work.task, object, &left).await?;
            let changes: Vec<Change> = steps.iter().filter_map(|step| step.change.clone()).collect();
            let mut outcomes = self.save_each(ctx, changes, &options).await?.into_iter();
            left.clear();
            for step in steps {
                let outcome = outcome(&step, &mut outcomes)?;
                // What was compared is not what is there any more: compared again.
                if undo && attempt < TRIES && outcome.as_ref().is_some_and(is_overtaken) {
                    left.push(step.id);
                    continue;
                }
                report.settle(step, outcome, undo, &mut noted);
            }
            if left.is_empty() {
                break;
            }
        }
        if let Some(batch) = batch {
            let progress = BatchProgress { batch, add: noted.add, items: noted.items, now: self.clock.now() };
            if !ctx.tenant.store.note_batch(&progress).await? {
                return Err(ended());
            }
        }
        Ok(())
    }
}

/// What became of a step: what the save said, or what was known before it.
fn outcome(step: &Step, saved: &mut impl Iterator<Item = ItemOutcome>) -> Outcome<Option<ItemOutcome>> {
    match (&step.change, &step.refusal) {
        (Some(_), _) => saved.next().map(Some).ok_or_else(|| Refusal::internal(&"a change had no outcome")),
        (None, Some(refusal)) => Ok(Some(Err(refusal.clone()))),
        (None, None) => Ok(None),
    }
}

fn is_overtaken(outcome: &ItemOutcome) -> bool {
    outcome.as_ref().is_err_and(|refusal| refusal.problems.iter().any(|problem| problem.code == "record.version_conflict"))
}

fn by_object(work: &Work) -> Vec<(String, i64)> {
    let mut counts: Vec<(String, i64)> = Vec::new();
    for (object, ids) in &work.groups {
        let more = i64::try_from(ids.len()).unwrap_or(i64::MAX);
        match counts.iter_mut().find(|(key, _)| key == object) {
            Some((_, count)) => *count += more,
            None => counts.push((object.clone(), more)),
        }
    }
    counts
}

/// Why a batch that was declared interrupted writes nothing more.
pub(in crate::engine) fn ended() -> Refusal {
    let refusal: Refusal = Problem::error("rule.failed", "this batch is not running any more").with("rule", "batch.ended").into();
    debug_assert!(each::is_ended(&refusal));
    refusal
}
