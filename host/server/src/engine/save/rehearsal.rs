//! What a dry run tells: the record as the save would leave it.

use std::collections::HashMap;

use guanxi_core::Value;
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::policy::FieldRight;

use super::{Item, ItemOp, ItemOutcome, Saved, WouldBe};
use crate::engine::{Ctx, protect};

/// The outcome of an item that is not written.
pub(super) fn outcome(ctx: &Ctx, item: Item) -> ItemOutcome {
    let would_be = (!item.is_delete()).then(|| would_be(ctx, &item));
    item.outcome().map(|saved| Saved { would_be, ..saved })
}

fn would_be(ctx: &Ctx, item: &Item) -> WouldBe {
    let (version, unchanged) = item.version_after();
    let mut record = shown(ctx, &item.object, &item.new);
    let mut set = |key: &str, value: Value| {
        if let Some((_, shown)) = record.iter_mut().find(|(field, _)| field == key) {
            *shown = value;
        }
    };
    set("id", Value::Ref(item.id));
    set("version", Value::Int(version));
    let user = ctx.actor.user.map_or(Value::Null, Value::Ref);
    if item.op == ItemOp::Create {
        set("created_at", Value::Instant(ctx.now));
        set("created_by", user.clone());
    }
    if !unchanged {
        set("updated_at", Value::Instant(ctx.now));
        set("updated_by", user);
    }
    let told = |key: &str| ctx.field_right(&item.object.key, key).is_plain();
    let lines = item.object.fields.iter().filter(|field| !field.hidden && told(&field.key)).filter_map(|field| match &field.kind {
        FieldKind::Children { target } => {
            let child = ctx.snapshot.schema.object(target)?;
            let lines = item.children.get(&field.key)?;
            Some((field.key.clone(), lines.iter().map(|values| shown(ctx, child, values)).collect()))
        }
        _ => None,
    });
    let lines = lines.collect();
    WouldBe { values: record, lines }
}

fn shown(ctx: &Ctx, object: &Object, values: &HashMap<String, Value>) -> Vec<(String, Value)> {
    let told = |key: &str| ctx.field_right(&object.key, key) != FieldRight::None;
    let fields = object.fields.iter().filter(|field| !field.hidden && field.is_stored() && told(&field.key));
    let value = |key: &str| protect::protected(ctx, object, key, values.get(key).cloned().unwrap_or(Value::Null));
    fields.map(|field| (field.key.clone(), value(&field.key))).collect()
}
