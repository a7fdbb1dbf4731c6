//! Fields that change how they behave with the record: shown or not, required or not, closed or not.
//!
//! A field that is not shown keeps its value, and nothing asks for it.

use guanxi_core::Problem;
use guanxi_core::expr::FieldPath;

use super::facts::Facts;
use super::validations::broken;
use super::{Item, ItemOp};
use crate::engine::Ctx;
use crate::engine::rules::{Condition, FieldConditions, ObjectRules};

/// What the conditions under which fields are closed read of other records.
pub(super) fn closing_paths(item: &Item, rules: &ObjectRules) -> Vec<FieldPath> {
    closing(item, rules).flat_map(|(_, condition)| condition.hops.clone()).collect()
}

/// A field that is closed for the record as it is stored takes no other value. Asked for what the caller sent, before hooks run: these
/// may write what people may not.
pub(super) fn check_closed(ctx: &Ctx, item: &mut Item, rules: &ObjectRules, facts: &Facts) {
    if ctx.actor.system {
        return;
    }
    let object = item.object.clone();
    let closed: Vec<(String, Result<bool, String>)> =
        closing(item, rules).map(|(key, condition)| (key.to_owned(), condition.holds(ctx, &object, &facts.before(item)))).collect();
    for (key, verdict) in closed {
        match verdict {
            Ok(false) => {}
            Ok(true) => {
                item.tell(Problem::error("field.read_only", format!("`{key}` is closed in the record's present state")).on(key));
            }
            Err(why) => item.tell(broken(&key, &why)),
        }
    }
}

fn closing<'a>(item: &'a Item, rules: &'a ObjectRules) -> impl Iterator<Item = (&'a str, &'a Condition)> {
    let update = matches!(item.op, ItemOp::Update { .. });
    let moved = move |key: &str| match item.op {
        ItemOp::Adjust { rule, .. } => item.object.rules.adjustments.get(rule).is_some_and(|one| one.fields.iter().any(|f| f.field == key)),
        _ => false,
    };
    let closable = rules.fields.iter().filter(move |one| (update && item.changed(&one.key)) || moved(&one.key));
    closable.filter_map(|one| one.read_only.as_ref().map(|condition| (one.key.as_str(), condition)))
}

/// What the conditions of required and shown fields read of other records.
pub(super) fn requiring_paths(item: &Item, rules: &ObjectRules) -> Vec<FieldPath> {
    if item.is_delete() {
        return Vec::new();
    }
    let all = rules.fields.iter().flat_map(|one| [&one.show, &one.require]).flatten();
    all.flat_map(|condition| condition.hops.clone()).collect()
}

/// Fields that must have a value: always, or while a condition holds.
pub(super) fn check_required(ctx: &Ctx, item: &mut Item, rules: &ObjectRules, facts: &Facts) {
    if item.is_delete() {
        return;
    }
    let object = item.object.clone();
    // A computed field gets its value when it can have one, a sequence as late as in the writing; children are counted with their parent.
    for field in object.fields.iter().filter(|f| !f.hidden && f.computed.is_none() && f.is_stored()) {
        if !item.value(&field.key).is_null() {
            continue;
        }
        let conditions = rules.field(&field.key);
        if item.problems.iter().any(|p| p.field.as_deref() == Some(&field.key)) || !is_touched(item, &field.key, conditions) {
            continue;
        }
        let holds = |condition: Option<&Condition>, otherwise: bool| match condition {
            Some(condition) => condition.holds(ctx, &object, &facts.after(item)),
            None => Ok(otherwise),
        };
        let required = if field.required { Ok(true) } else { holds(conditions.and_then(|one| one.require.as_ref()), false) };
        let shown = holds(conditions.and_then(|one| one.show.as_ref()), true);
        match (required, shown) {
            (Ok(true), Ok(true)) => item.tell(Problem::error("field.required", format!("`{}` is required", field.key)).on(&field.key)),
            (Ok(_), Ok(_)) => {}
            (Err(why), _) | (_, Err(why)) => item.tell(broken(&field.key, &why)),
        }
    }
}

/// An existing record that lacks a field which became required later can still be edited elsewhere.
fn is_touched(item: &Item, key: &str, conditions: Option<&FieldConditions>) -> bool {
    let own = item.op == ItemOp::Create || item.changed(key) || item.sent.iter().any(|sent| sent == key);
    let asked = || conditions.iter().flat_map(|one| [&one.show, &one.require]).flatten().any(|condition| item.concerns(condition));
    own || asked()
}
