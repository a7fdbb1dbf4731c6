//! How a state may move: only along the transitions that the object declares, whoever asks and in whatever way.
//!
//! A new record may begin in any state, and so may one that has none yet. Everything else that changes the state field is a transition.

use guanxi_core::expr::FieldPath;
use guanxi_core::meta::{StateMachine, Transition};
use guanxi_core::policy::{Actor, FieldRight};
use guanxi_core::{Problem, Value};

use super::facts::Facts;
use super::validations::{broken, guarded};
use super::{Item, ItemOp};
use crate::engine::rules::ObjectRules;
use crate::engine::{Ctx, protect};

/// The code of a change of state that no transition allows.
const ILLEGAL: &str = "state.illegal_transition";

/// What the guards of the transitions that an item may be taking read of other records.
pub(super) fn paths(item: &Item, rules: &ObjectRules) -> Vec<FieldPath> {
    let Some(machine) = moving(item) else { return Vec::new() };
    let from = item.old_value(&machine.field);
    let guards = machine.transitions.iter().zip(&rules.guards).filter(|(transition, _)| leads_from(transition, from));
    guards.filter_map(|(_, guard)| guard.as_ref()).flat_map(|guard| guard.hops.clone()).collect()
}

/// What any guard reads of other records, for an action whose way is not known yet.
pub(super) fn action_paths(rules: &ObjectRules) -> Vec<FieldPath> {
    rules.guards.iter().flatten().flat_map(|guard| guard.hops.clone()).collect()
}

/// Whether the state may become what it would be, by what the actor's roles allow.
pub(super) fn check_legality(ctx: &Ctx, item: &mut Item, action: Option<&str>) {
    let Some((field, fitting)) = fitting(item, action) else { return };
    if fitting.is_empty() {
        let (from, to) = (item.old_value(&field).clone(), item.value(&field).clone());
        item.tell(illegal(&field, &from, &to));
    } else if !fitting.iter().any(|(_, transition)| may_take(&ctx.actor, transition)) {
        item.tell(denied(&field));
    }
}

/// Whether a guard lets the record pass, as it will be. Where several transitions lead to the state, one is enough.
pub(super) fn check_guards(ctx: &Ctx, item: &mut Item, rules: &ObjectRules, facts: &Facts, action: Option<&str>) {
    let Some((_, fitting)) = fitting(item, action) else { return };
    let allowed: Vec<(usize, Transition)> = fitting.into_iter().filter(|(_, transition)| may_take(&ctx.actor, transition)).collect();
    let mut refusal = None;
    for (place, transition) in &allowed {
        match passes(ctx, item, rules, facts, *place, transition) {
            Ok(()) => return,
            Err(problem) => refusal = refusal.or(Some(problem)),
        }
    }
    if let Some(problem) = refusal {
        item.tell(problem);
    }
}

/// Finds where an action leads from the item's state and sets the state accordingly.
pub(super) fn take_action(ctx: &Ctx, item: &mut Item, rules: &ObjectRules, facts: &Facts, action: &str) {
    let object = item.object.clone();
    let known = object.rules.machine.as_ref().filter(|machine| machine.transitions.iter().any(|one| one.action == action));
    let Some(machine) = known else {
        item.tell(Problem::error("not_found", format!("`{}` has no transition `{action}`", object.key)).with("name", action.to_owned()));
        return;
    };
    let field = &machine.field;
    let right = ctx.field_right(&object.key, field);
    if right < FieldRight::Edit {
        item.tell(protect::forbidden(field, right));
        return;
    }
    let from = item.old_value(field).clone();
    let sent = item.sent.contains(field).then(|| item.value(field).clone());
    let leads = |one: &Transition| one.action == action && leads_from(one, &from);
    let mut found: Vec<(usize, &Transition)> = machine.transitions.iter().enumerate().filter(|(_, one)| leads(one)).collect();
    if let Some(wanted) = &sent {
        found.retain(|(_, one)| wanted.as_text() == Some(&one.to));
    }
    if found.is_empty() {
        let to = machine.transitions.iter().find(|one| one.action == action).map_or(Value::Null, |one| Value::from(one.to.as_str()));
        item.tell(illegal(field, &from, &sent.unwrap_or(to)).with("action", action.to_owned()));
        return;
    }
    found.retain(|(_, one)| may_take(&ctx.actor, one));
    if found.is_empty() {
        item.tell(denied(field));
        return;
    }
    let before = item.value(field).clone();
    if several_targets(&found) {
        // Guards decide among states, each judged as if it was the one.
        found.retain(|(place, one)| {
            item.new.insert(field.clone(), Value::from(one.to.as_str()));
            super::formulas::compute(item, rules);
            passes(ctx, item, rules, facts, *place, one).is_ok()
        });
        item.new.insert(field.clone(), before);
    }
    match found.first() {
        Some(_) if several_targets(&found) => {
            let states: Vec<String> = found.iter().map(|(_, one)| one.to.clone()).collect();
            let detail = format!("`{action}` leads from here to several states: {}", states.join(", "));
            item.tell(
                Problem::error("state.ambiguous", detail).on(field).with("action", action.to_owned()).with("states", states.join(",")),
            );
        }
        Some((_, one)) => {
            item.new.insert(field.clone(), Value::from(one.to.as_str()));
            item.sent.push(field.clone());
        }
        None => item.tell(illegal(field, &from, &Value::Null).with("action", action.to_owned()).with("reason", "guards")),
    }
}

fn several_targets(found: &[(usize, &Transition)]) -> bool {
    found.windows(2).any(|pair| pair[0].1.to != pair[1].1.to)
}

/// The machine of an item whose state is about to change from one state to another.
fn moving(item: &Item) -> Option<&StateMachine> {
    let machine = item.object.rules.machine.as_ref()?;
    let update = matches!(item.op, ItemOp::Update { .. });
    (update && item.changed(&machine.field) && !item.old_value(&machine.field).is_null()).then_some(machine)
}

/// The state field, and the transitions (by place) that lead from the stored state to the new one; `None` where the state stays.
fn fitting(item: &Item, action: Option<&str>) -> Option<(String, Vec<(usize, Transition)>)> {
    let machine = moving(item)?;
    let (from, to) = (item.old_value(&machine.field), item.value(&machine.field));
    let fits =
        |one: &Transition| to.as_text() == Some(&one.to) && leads_from(one, from) && action.is_none_or(|action| one.action == action);
    let found = machine.transitions.iter().enumerate().filter(|(_, one)| fits(one)).map(|(place, one)| (place, one.clone()));
    Some((machine.field.clone(), found.collect()))
}

pub(super) fn leads_from(transition: &Transition, state: &Value) -> bool {
    match state.as_text() {
        Some(state) if transition.from.is_empty() => state != transition.to,
        Some(state) => transition.from.iter().any(|from| from == state),
        None => transition.from.is_empty(),
    }
}

pub(super) fn may_take(actor: &Actor, transition: &Transition) -> bool {
    let listed = || actor.roles.iter().any(|role| transition.roles.contains(&role.key));
    transition.roles.is_empty() || actor.system || actor.is_administrator() || listed()
}

fn passes(ctx: &Ctx, item: &Item, rules: &ObjectRules, facts: &Facts, place: usize, transition: &Transition) -> Result<(), Problem> {
    let (Some(guard), Some(Some(condition))) = (&transition.guard, rules.guards.get(place)) else { return Ok(()) };
    match condition.holds(ctx, &item.object, &facts.after(item)) {
        Ok(true) => Ok(()),
        Ok(false) => Err(guarded(guard, &transition.action)),
        Err(why) => Err(broken(&transition.action, &why)),
    }
}

fn illegal(field: &str, from: &Value, to: &Value) -> Problem {
    let name = |value: &Value| value.as_text().map_or_else(|| "no state".to_owned(), |code| format!("`{code}`"));
    let problem = Problem::error(ILLEGAL, format!("there is no transition from {} to {}", name(from), name(to)));
    problem.on(field).with("from", from.clone()).with("to", to.clone())
}

fn denied(field: &str) -> Problem {
    Problem::error("permission.denied", "your roles do not allow this change of state").on(field)
}
