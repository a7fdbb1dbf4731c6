//! Step 2: types, defaults, owner and department.

use std::collections::HashMap;

use guanxi_core::meta::Computed;
use guanxi_core::policy::{Function, decide};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::{Change, Interrupted, Item, ItemOp};
use crate::engine::input::{self, same};
use crate::engine::{Ctx, Engine, Raw, Refusal};

/// The object whose records are people: only there the department is set by hand.
const USER: &str = "user";

impl Engine {
    pub(super) async fn prepare_items(&self, ctx: &Ctx, items: &mut [Item], changes: &[Change]) -> Result<(), Interrupted> {
        for item in items.iter_mut() {
            match &changes[item.index] {
                Change::Create { fields, .. } => {
                    take_defaults(ctx, item);
                    take_fields(ctx, item, fields);
                }
                Change::Update { fields, .. } => take_fields(ctx, item, fields),
                Change::Delete { .. } | Change::Restore { .. } | Change::Adjust { .. } => {}
            }
        }
        self.place_in_departments(ctx, items).await?;
        // A line has no owner: who may make it is decided by its record.
        for item in items.iter_mut().filter(|item| item.op == ItemOp::Create && item.object.parent.is_none()) {
            let scope = decide(&ctx.actor, &item.object.key, Function::Create);
            let (owner, department) = (item.value("owner").as_ref_id(), item.value("department").as_ref_id());
            if !scope.is_some_and(|scope| scope.contains(owner, department)) {
                item.problems.push(Problem::error("permission.denied", "you may not create records for this owner").on("owner"));
            }
        }
        Ok(())
    }

    /// A record's department is its owner's at the time of assignment.
    async fn place_in_departments(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        let moved = |item: &Item| !item.is_delete() && item.object.key != USER && item.object.parent.is_none() && item.changed("owner");
        let mut owners: Vec<Uuid> = items.iter().filter(|item| moved(item)).filter_map(|item| item.value("owner").as_ref_id()).collect();
        owners.sort_unstable();
        owners.dedup();
        if owners.is_empty() {
            return Ok(());
        }
        let users = ctx.tenant.store.load_records(&ctx.snapshot.schema, USER, &owners).await.map_err(Refusal::from)?;
        let departments: HashMap<Uuid, Value> = users.into_iter().map(|user| (user.id, user.value("department").clone())).collect();
        for item in items.iter_mut().filter(|item| moved(item)) {
            let department = item.value("owner").as_ref_id().and_then(|owner| departments.get(&owner).cloned()).unwrap_or(Value::Null);
            item.new.insert("department".into(), department);
        }
        Ok(())
    }
}

fn take_defaults(ctx: &Ctx, item: &mut Item) {
    for field in item.object.fields.iter().filter(|f| !f.hidden) {
        item.new.insert(field.key.clone(), field.default.clone().unwrap_or(Value::Null));
    }
    let owner = ctx.actor.user.filter(|_| item.object.parent.is_none());
    item.new.insert("owner".into(), owner.map_or(Value::Null, Value::Ref));
}

fn take_fields(ctx: &Ctx, item: &mut Item, fields: &[(String, Raw)]) {
    let object = item.object.clone();
    for (key, raw) in fields {
        let Some(field) = object.field(key) else {
            item.problems.push(Problem::error("field.unknown", format!("`{}` has no field `{key}`", object.key)).on(key));
            continue;
        };
        match input::read(ctx, field, raw.clone()) {
            Err(problem) => item.problems.push(problem),
            // Of a record that the host makes: it has this id already.
            Ok(value) if key == "id" && item.op == ItemOp::Create && ctx.actor.system && value == Value::Ref(item.id) => {}
            // What it comes to is known later.
            Ok(value) if matches!(field.computed, Some(Computed::Formula { .. })) => item.claimed.push((key.clone(), value)),
            // What a reader got may be sent back; a different value may not.
            Ok(value) if field.computed.is_some() || (field.read_only && !ctx.actor.system) => {
                if !same(&value, item.old_value(key)) {
                    item.problems.push(Problem::error("field.read_only", format!("`{key}` is set by the server")).on(key));
                }
            }
            Ok(value) => {
                item.sent.push(key.clone());
                item.new.insert(key.clone(), value);
            }
        }
    }
}
