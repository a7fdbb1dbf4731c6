//! Step 5: one short transaction.

use guanxi_core::Value;
use guanxi_store::{RowChange, RowOp, StoreError, WriteError, WriteUnit};

use super::load::version_conflict;
use super::{Interrupted, Item, ItemOp};
use crate::engine::{Ctx, Engine, Refusal};

impl Engine {
    pub(super) async fn write_items(&self, ctx: &Ctx, items: &mut [Item], partial: bool, last: bool) -> Result<(), Interrupted> {
        loop {
            let changes: Vec<RowChange> = items.iter().filter(|item| !item.refused()).filter_map(row_change).collect();
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
                access_rev: (!ctx.actor.system).then_some(ctx.snapshot.access_rev),
                raise_access: people,
            };
            match ctx.tenant.store.write(&ctx.snapshot.schema, &unit).await {
                Ok(()) => {
                    if people {
                        ctx.tenant.invalidate();
                    }
                    for item in items.iter_mut().filter(|item| !item.refused()) {
                        if matches!(item.op, ItemOp::Update { .. }) && !item.changed_fields().is_empty() {
                            item.version += 1;
                        }
                    }
                    return Ok(());
                }
                Err(WriteError::StaleAccess | WriteError::Store(StoreError::StaleSchema | StoreError::Conflict)) => {
                    return Err(Interrupted::Outdated);
                }
                Err(WriteError::Store(error)) => return Err(Refusal::from(error).into()),
                Err(WriteError::VersionConflict { object, id }) => {
                    let item = find(items, &object, id)?;
                    if !item.expected && !last {
                        return Err(Interrupted::Overtaken);
                    }
                    item.problems.push(version_conflict(item.version + 1));
                }
                Err(WriteError::NotUnique { object, id, fields, code, .. }) => {
                    find(items, &object, id)?.refuse_not_unique(&code, &fields, None)
                }
            }
            if !partial {
                return Err(super::refuse_unit(items).into());
            }
        }
    }
}

fn find<'a>(items: &'a mut [Item], object: &str, id: uuid::Uuid) -> Result<&'a mut Item, Refusal> {
    let found = items.iter_mut().find(|item| item.object.key == object && item.id == id);
    found.ok_or_else(|| Refusal::internal(&"the store refused a record that was not in the unit"))
}

/// What the store has to do for an item; `None` where nothing changes.
fn row_change(item: &Item) -> Option<RowChange> {
    let keys = item.changed_fields();
    let op = match item.op {
        ItemOp::Create => RowOp::Insert,
        ItemOp::Update { .. } if keys.is_empty() => return None,
        ItemOp::Update { version } => RowOp::Update { version },
        ItemOp::Delete { version } => RowOp::Delete { version },
    };
    let pick = |value: fn(&Item, &str) -> Value| keys.iter().map(|key| (key.clone(), value(item, key))).collect();
    Some(RowChange {
        object: item.object.key.clone(),
        id: item.id,
        op,
        values: if item.is_delete() { Vec::new() } else { pick(|item, key| item.value(key).clone()) },
        old: if op == RowOp::Insert { Vec::new() } else { pick(|item, key| item.old_value(key).clone()) },
    })
}
