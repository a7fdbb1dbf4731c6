//! The decisions: which rows, which fields, how small a group.

use std::collections::BTreeSet;
use std::sync::Arc;

use uuid::Uuid;

use super::actor::Actor;
use super::reach::{Reach, RowScope, Shared};
use super::right::{FieldRight, Function, Scope};
use super::role::Role;
use crate::expr::FieldPath;
use crate::meta::{FieldKind, STAGES_SUFFIX, Schema};

/// The field of a stage history that holds the state after a change.
const CHANGED_TO: &str = "to";

/// The rows on which the actor may perform the function; `None`: the function right itself is missing.
pub fn decide(actor: &Actor, object: &str, function: Function) -> Option<RowScope> {
    if actor.system {
        return Some(RowScope::All);
    }
    let grants: Vec<_> = actor.roles.iter().filter_map(|role| role.grant(object, function)).collect();
    if grants.is_empty() {
        return None;
    }
    let owner = actor.user?;
    let reads = matches!(function, Function::View | Function::Aggregate | Function::Export);
    let mut reach = Reach::default();
    let mut departments: BTreeSet<Uuid> = BTreeSet::new();
    for grant in &grants {
        match grant.scope {
            Some(Scope::All) => return Some(RowScope::All),
            Some(Scope::Own) => {}
            Some(Scope::Department) => departments.extend(&actor.departments),
            Some(Scope::DepartmentBelow) => departments.extend(&actor.departments_below),
            None => {}
        }
        if grant.scope.is_some() {
            reach.owner = Some(owner);
        }
        if let Some(rule) = grant.rule
            && let Some(expr) = actor.bound.rules.get(&(object.to_owned(), rule.to_owned()))
            && !reach.rules.contains(expr)
        {
            reach.rules.push(Arc::clone(expr));
        }
    }
    if reads {
        // Who manages a department sees what belongs to it, whatever the roles say about the reach.
        departments.extend(&actor.managed);
    }
    reach.departments = departments.into_iter().collect();
    let shared = actor.shared.get(object).copied();
    let edit = function == Function::Edit;
    if (reads || edit) && shared.is_some_and(|allows_changes| allows_changes || !edit) {
        reach.shared = Some(Shared { object: object.to_owned(), subjects: actor.subjects.clone(), edit, at: actor.bound.at });
    }
    Some(RowScope::Limited(Box::new(reach)))
}

/// The same for any object of a schema. A stage history follows its object, and the field whose changes it holds. A child object follows its parent: who sees a record sees its
/// lines, and who may edit it may add, change and remove lines; the scope is then one of rows of the parent.
pub fn decide_in(schema: &Schema, actor: &Actor, object: &str, function: Function) -> Option<RowScope> {
    let key = object.strip_suffix(STAGES_SUFFIX).unwrap_or(object);
    // The ids of changes alone tell how many there were, and when.
    if key != object && !actor.field_right(object, CHANGED_TO).is_plain() {
        return None;
    }
    match anchor(schema, key) {
        Some(anchor) if anchor == key => decide(actor, key, function),
        Some(parent) => {
            let function = match function {
                Function::Create | Function::Edit | Function::Delete => Function::Edit,
                other => other,
            };
            let right = lines_right(schema, actor, &parent, key);
            let enough = if function == Function::Edit { right == FieldRight::Edit } else { right.is_plain() };
            if enough { decide(actor, &parent, function) } else { None }
        }
        None => None,
    }
}

/// What the actor may do with the lines of an object's records: the right to the field that holds them.
fn lines_right(schema: &Schema, actor: &Actor, parent: &str, child: &str) -> FieldRight {
    if actor.reads_all_of(parent) {
        return FieldRight::Edit;
    }
    let object = schema.all().find(|object| object.key == parent);
    let holds = |kind: &FieldKind| matches!(kind, FieldKind::Children { target } if target == child);
    let fields = object.into_iter().flat_map(|object| &object.fields).filter(|field| holds(&field.kind));
    fields.map(|field| actor.field_right(parent, &field.key)).max().unwrap_or(FieldRight::Edit)
}

/// The object whose rights decide: the parent of a child object, else the object itself. A child whose parent is gone belongs to nobody who
/// could decide.
pub(super) fn anchor(schema: &Schema, key: &str) -> Option<String> {
    match schema.all().find(|o| o.key == key).filter(|o| o.parent.is_some()) {
        None => Some(key.to_owned()),
        Some(child) => child.parent_object().map(str::to_owned),
    }
}

/// The rows over which the actor may compute figures, object by object: of `main` those of the function `aggregate`; of objects behind
/// references also those that may be viewed.
pub fn figure_scope(schema: &Schema, actor: &Actor, object: &str, main: bool) -> Option<RowScope> {
    let figures = decide_in(schema, actor, object, Function::Aggregate);
    if main {
        return figures;
    }
    match (figures, decide_in(schema, actor, object, Function::View)) {
        (Some(one), Some(two)) => Some(one.or(two)),
        (one, two) => one.or(two),
    }
}

/// The fewest records of a group whose figures the actor may know; 1: every group. Of the roles that compute figures over the most records the
/// most permissive counts, and a role that reaches records by a rule keeps its own limit.
pub fn min_group(schema: &Schema, actor: &Actor, object: &str) -> u32 {
    let key = object.strip_suffix(STAGES_SUFFIX).unwrap_or(object);
    let Some(key) = anchor(schema, key) else { return 1 };
    if actor.is_administrator() {
        return 1;
    }
    let grants: Vec<(&Role, Option<Scope>, bool)> = actor
        .roles
        .iter()
        .filter_map(|role| role.grant(&key, Function::Aggregate).map(|grant| (role.as_ref(), grant.scope, grant.rule.is_some())))
        .collect();
    let Some(widest) = grants.iter().map(|(_, scope, _)| *scope).max() else { return 1 };
    let limit = |role: &Role| role.min_group.unwrap_or(1).max(1);
    let of_widest = grants.iter().filter(|(_, scope, _)| *scope == widest).map(|(role, ..)| limit(role)).min().unwrap_or(1);
    let of_rules = match widest {
        Some(Scope::All) => 1,
        _ => grants.iter().filter(|(.., rule)| *rule).map(|(role, ..)| limit(role)).max().unwrap_or(1),
    };
    of_widest.max(of_rules)
}

/// What the actor may do with what a path leads to: every reference on the way must be readable.
pub fn path_right(actor: &Actor, path: &FieldPath) -> FieldRight {
    if path.hops.iter().any(|hop| !actor.field_right(&hop.object, &hop.field).is_plain()) {
        return FieldRight::None;
    }
    actor.field_right(&path.object, &path.field)
}

/// A department and every department below it. A cycle in the tree ends the walk instead of looping.
pub fn departments_below(roots: &[Uuid], tree: &[(Uuid, Option<Uuid>)]) -> Vec<Uuid> {
    let mut found: Vec<Uuid> = Vec::new();
    let mut open: Vec<Uuid> = roots.to_vec();
    while let Some(department) = open.pop() {
        if found.contains(&department) {
            continue;
        }
        found.push(department);
        open.extend(tree.iter().filter(|(_, parent)| *parent == Some(department)).map(|(id, _)| *id));
    }
    found
}

/// A department and every department above it; a cycle ends the walk.
pub fn departments_above(roots: &[Uuid], tree: &[(Uuid, Option<Uuid>)]) -> Vec<Uuid> {
    let mut found: Vec<Uuid> = Vec::new();
    let mut open: Vec<Uuid> = roots.to_vec();
    while let Some(department) = open.pop() {
        if found.contains(&department) {
            continue;
        }
        found.push(department);
        open.extend(tree.iter().filter(|(id, _)| *id == department).filter_map(|(_, parent)| *parent));
    }
    found
}
