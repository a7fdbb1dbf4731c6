//! Step 5: one short transaction.

use guanxi_core::policy::{Function, RowScope};
use guanxi_core::{Problem, Value};
use guanxi_store::{BatchCounts, BatchProgress, RowChange, RowOp, StoreError, WriteError, WriteUnit};

use super::derived::Derived;
use super::load::version_conflict;
use super::{Interrupted, Item, ItemOp, SaveOptions, children};
use crate::engine::{Ctx, Engine, Refusal};

impl Engine {
    pub(super) async fn write_items(&self, ctx: &Ctx, items: &mut [Item], options: &SaveOptions, last: bool) -> Result<(), Interrupted> {
        loop {
            children::settle(items, options.partial);
            let changes: Vec<RowChange> =
                (0..items.len()).filter(|&at| !items[at].refused()).filter_map(|at| row_change(items, at)).collect();
            if changes.is_empty() {
                return Ok(());
            }
            let people = changes.iter().any(|change| matches!(change.object.as_str(), "user" | "department"));
            let unit = WriteUnit {
                changes,
                actor: ctx.actor.user,
                actor_name: ctx.actor.name.clone(),
                via: ctx.via.to_string(),
                now: ctx.now,
                today: ctx.today(),
                rehearsal: options.dry_run,
                access_rev: (!ctx.actor.system).then_some(ctx.snapshot.access_rev),
                raise_access: people,
                batch: options.batch,
                progress: options.batch.map(|batch| progress(ctx, items, batch)),
                idempotent: options.repeat.as_ref().and_then(|repeat| repeat.row(ctx, items)),
            };
            let written = ctx.tenant.store.write_deriving(&ctx.snapshot.schema, &unit, &Derived { ctx, items, misfits: None }).await;
            match written {
                Ok(()) if options.dry_run => return Ok(()),
                Ok(()) => {
                    if people {
                        ctx.tenant.invalidate();
                    }
                    for item in items.iter_mut().filter(|item| !item.refused()) {
                        item.version = item.version_after().0;
                    }
                    return Ok(());
                }
                Err(WriteError::Repeated) => return Err(Interrupted::Repeated),
                Err(WriteError::BatchEnded) => return Err(crate::engine::batches::ended().into()),
                Err(WriteError::StaleAccess | WriteError::Store(StoreError::StaleSchema | StoreError::Conflict)) => {
                    return Err(Interrupted::Outdated);
                }
                Err(WriteError::Store(error)) => return Err(Refusal::from(error).into()),
                Err(WriteError::VersionConflict { object, id }) => {
                    let item = find(items, &object, id)?;
                    // Also where a version was named: the next load finds what the others wrote, and the answer can show both sides.
                    if !last {
                        return Err(Interrupted::Overtaken);
                    }
                    item.problems.push(version_conflict(item.version + 1));
                }
                Err(WriteError::Gone { .. }) => return Err(Interrupted::Overtaken),
                Err(WriteError::Refused { object, id, problems }) => match position(items, &object, id) {
                    Some(at) => problems.into_iter().for_each(|problem| items[at].tell(problem)),
                    // A record that the unit does not name: its roll-up or formula no longer fits.
                    None => return Err(elsewhere(ctx, &object, id, problems).into()),
                },
                Err(WriteError::RulesBroken(broken)) => self.tell_broken(ctx, items, broken).await?,
                Err(WriteError::NotUnique { object, id, fields, code, other }) => {
                    let others: Vec<uuid::Uuid> = other.into_iter().collect();
                    let readable = self.titles(ctx, &object, &others).await.unwrap_or_default();
                    find(items, &object, id)?.refuse_not_unique(&code, &fields, other.filter(|id| readable.contains_key(id)));
                }
            }
            if !options.partial {
                return Err(super::refuse_unit(items).into());
            }
        }
    }
}

/// What the unit adds to its batch: the changes that were asked for and are written, not those that follow from them.
fn progress(ctx: &Ctx, items: &[Item], batch: i64) -> BatchProgress {
    let written = |&at: &usize| items[at].link.own && !items[at].refused() && row_change(items, at).is_some();
    let changed = i64::try_from((0..items.len()).filter(written).count()).unwrap_or(i64::MAX);
    BatchProgress { batch, add: BatchCounts { changed, ..BatchCounts::default() }, items: Vec::new(), now: ctx.now }
}

fn position(items: &[Item], object: &str, id: uuid::Uuid) -> Option<usize> {
    items.iter().position(|item| item.object.key == object && item.id == id)
}

pub(super) fn find<'a>(items: &'a mut [Item], object: &str, id: uuid::Uuid) -> Result<&'a mut Item, Refusal> {
    let at = position(items, object, id);
    at.map(|at| &mut items[at]).ok_or_else(|| Refusal::internal(&"the store refused a record that was not in the unit"))
}

/// The actor may view every record of the object, so that figures over all of them tell nothing new.
pub(super) fn sees_every(ctx: &Ctx, object: &str) -> bool {
    matches!(crate::engine::read::right(ctx, object, Function::View), Ok(RowScope::All))
}

/// The problems of a record that the unit moves without naming it. Which record that is, is told to those who may see all of its kind.
fn elsewhere(ctx: &Ctx, object: &str, id: uuid::Uuid, problems: Vec<Problem>) -> Refusal {
    let sees_all = sees_every(ctx, object);
    let told = problems.into_iter().map(|problem| {
        let field = problem.field.clone().unwrap_or_default();
        let problem = Problem { field: None, ..problem }.with("object", object).with("name", field);
        if sees_all { problem.with("record", id.to_string()) } else { problem }
    });
    Refusal::from_problems(told.collect())
}

/// What the store has to do for an item; `None` where nothing changes.
fn row_change(items: &[Item], place: usize) -> Option<RowChange> {
    let item = &items[place];
    let keys = item.changed_fields();
    let op = match item.op {
        ItemOp::Create => RowOp::Insert,
        ItemOp::Update { .. } if keys.is_empty() && !item.touched => return None,
        ItemOp::Update { version } => RowOp::Update { version },
        ItemOp::Delete { version } => RowOp::Delete { version },
        ItemOp::Restore { version } => RowOp::Restore { version },
        ItemOp::Adjust { rule, amount } => RowOp::Adjust { rule, amount },
    };
    let again = item.recomputed.iter().filter(|key| !item.is_delete() && op != RowOp::Insert && !keys.contains(*key));
    let again: Vec<(String, Value)> = again.map(|key| (key.clone(), item.value(key).clone())).collect();
    let pick =
        |value: fn(&Item, &str) -> Value| -> Vec<(String, Value)> { keys.iter().map(|key| (key.clone(), value(item, key))).collect() };
    let mut old: Vec<(String, Value)> = if op == RowOp::Insert { Vec::new() } else { pick(|item, key| item.old_value(key).clone()) };
    if item.touched {
        old.extend(children::old_lines(items, place));
    }
    Some(RowChange {
        object: item.object.key.clone(),
        id: item.id,
        op,
        values: if item.is_delete() { Vec::new() } else { pick(|item, key| item.value(key).clone()).into_iter().chain(again).collect() },
        old,
    })
}
