//! Step 2: types, defaults, owner and department.

use std::collections::HashMap;

use guanxi_core::expr::{evaluate_condition_with, paths_of};
use guanxi_core::meta::{Computed, Field};
use guanxi_core::policy::{FieldRight, Function, RowScope, decide};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::{Change, Interrupted, Item, ItemOp};
use crate::engine::input::{self, same};
use crate::engine::{Ctx, Engine, Raw, Refusal, protect};

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
                Change::Adjust { .. } => refuse_hidden_numbers(ctx, item),
                Change::Delete { .. } | Change::Restore { .. } => {}
            }
        }
        self.place_in_departments(ctx, items).await?;
        self.check_owners(ctx, items).await
    }

    /// A new record is one that the actor may make: by its owner, or because a rule of a role holds for it. A line has no owner: who may
    /// make it is decided by its record.
    async fn check_owners(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        for place in 0..items.len() {
            let item = &items[place];
            if item.op != ItemOp::Create || item.object.parent.is_some() {
                continue;
            }
            let scope = decide(&ctx.actor, &item.object.key, Function::Create);
            let (owner, department) = (item.value("owner").as_ref_id(), item.value("department").as_ref_id());
            if scope.as_ref().is_some_and(|scope| scope.contains(owner, department)) {
                continue;
            }
            let rules = match &scope {
                Some(RowScope::Limited(reach)) => reach.rules.as_slice(),
                _ => &[],
            };
            let paths: Vec<_> = rules.iter().flat_map(|rule| paths_of(rule)).map(|path| (place, path)).collect();
            let facts = self.facts(ctx, items, &paths).await?;
            if !rules.iter().any(|rule| evaluate_condition_with(rule, &facts.after(item))) {
                let problem = Problem::error("permission.denied", "you may not create records for this owner").on("owner");
                items[place].problems.push(problem);
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
        let right = ctx.field_right(&object.key, key);
        if right < FieldRight::Edit {
            refuse_unless_shown(ctx, item, field, raw, right);
            continue;
        }
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

/// An adjustment moves only numbers that the actor may change.
fn refuse_hidden_numbers(ctx: &Ctx, item: &mut Item) {
    let ItemOp::Adjust { rule, .. } = item.op else { return };
    let object = item.object.clone();
    for moved in object.rules.adjustments.get(rule).iter().flat_map(|rule| &rule.fields) {
        let right = ctx.field_right(&object.key, &moved.field);
        if right < FieldRight::Edit {
            item.tell(protect::forbidden(&moved.field, right));
        }
    }
}

/// A field that the actor may not change: what the reader got may be sent back and changes nothing, everything else is refused. In a new
/// record the reader got nothing.
fn refuse_unless_shown(ctx: &Ctx, item: &mut Item, field: &Field, raw: &Raw, right: FieldRight) {
    let stored = item.old_value(&field.key).clone();
    let shown = protect::protected(ctx, &item.object, &field.key, stored);
    let written = match raw {
        Raw::Text(text) => Some(text.trim().to_owned()),
        Raw::Json(serde_json::Value::String(text)) => Some(text.clone()),
        Raw::Json(serde_json::Value::Null) | Raw::Value(Value::Null) => Some(String::new()),
        Raw::Value(Value::Text(text)) => Some(text.clone()),
        _ => None,
    };
    let as_shown = match (&shown, written) {
        (Value::Null, Some(written)) => written.is_empty(),
        (Value::Text(shown), Some(written)) => *shown == written,
        _ => false,
    };
    // A form of a new record sends its default back.
    let known = if item.op == ItemOp::Create { item.value(&field.key) } else { item.old_value(&field.key) };
    let as_stored = || right.is_plain() && input::read(ctx, field, raw.clone()).is_ok_and(|value| same(&value, known));
    if !as_shown && !as_stored() {
        let problem = protect::forbidden(&field.key, right);
        item.problems.push(problem);
    }
}
