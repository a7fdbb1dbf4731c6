//! What a record and its lines do to each other once both are items of a unit: names and places, what rules see, who is kept back with whom,
//! and whose version rises.

use std::collections::{HashMap, HashSet};

use guanxi_core::meta::FieldKind;
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::super::{Item, ItemOp};
use super::{POSITION, Unit, position_of};

/// What the unit knows about its lines comes into the items: the parent, the place, and problems found on the way.
pub(in crate::engine::save) fn attach(unit: &Unit, items: &mut [Item]) {
    for place in 0..items.len() {
        let parent = items[place].link.parent.map(|at| items[at].id);
        let leaves = items[place].link.parent.is_some_and(|at| items[at].is_delete());
        let item = &mut items[place];
        let Some(reference) = item.object.parent.clone().filter(|_| !item.is_delete()) else { continue };
        if leaves {
            item.problems.push(Problem::error("reference.not_found", "the record is deleted in the same unit").on(&reference));
        }
        match item.op {
            ItemOp::Create => {
                if let (Some(parent), true) = (parent, item.link.implied) {
                    // A line below another record names its own by where it stands; another name would be a mistake.
                    let named = item.new.insert(reference.clone(), Value::Ref(parent)).unwrap_or(Value::Null);
                    if !named.is_null() && named != Value::Ref(parent) {
                        item.problems.push(stays(&reference));
                    }
                }
            }
            _ if item.changed(&reference) => item.problems.push(stays(&reference)),
            _ => {}
        }
        if let Some(position) = item.link.position {
            item.new.insert(POSITION.into(), Value::Int(position));
        }
    }
    for (place, problem) in &unit.problems {
        items[*place].problems.push(problem.clone());
    }
    refresh(items);
}

fn stays(reference: &str) -> Problem {
    Problem::error("field.read_only", "a line stays with its record").on(reference)
}

/// One line's values.
type Values = HashMap<String, Value>;

/// Brings [`Item::children`] up to date: stored lines overlaid with those of the unit, in their order. Call it after values of lines changed.
pub(in crate::engine) fn refresh(items: &mut [Item]) {
    let mut fresh: Vec<(usize, HashMap<String, Vec<Values>>)> = Vec::new();
    for (place, item) in items.iter().enumerate() {
        let fields = item.object.fields.iter().filter_map(|field| match &field.kind {
            FieldKind::Children { target } => Some((&field.key, target)),
            _ => None,
        });
        let mut children = HashMap::new();
        for (key, target) in fields {
            let in_unit = || items.iter().filter(|line| line.link.parent == Some(place) && line.object.key == *target);
            let known = item.stored_lines.get(key);
            if known.is_none() && (item.op != ItemOp::Create || in_unit().next().is_none()) {
                // A new record without lines has none; of a stored one that nobody asked about nothing is known.
                if item.op == ItemOp::Create {
                    children.insert(key.clone(), Vec::new());
                }
                continue;
            }
            let changed: HashSet<Uuid> = in_unit().map(|line| line.id).collect();
            let stored = known.into_iter().flatten().filter(|row| !changed.contains(&row.id)).map(|row| &row.values);
            let now = in_unit().filter(|line| !line.is_delete()).map(|line| &line.new);
            let mut lines: Vec<Values> = stored.chain(now).cloned().collect();
            lines.sort_by_key(position_of);
            children.insert(key.clone(), lines);
        }
        if !children.is_empty() {
            fresh.push((place, children));
        }
    }
    for (place, children) in fresh {
        items[place].children = children;
    }
}

/// Who is kept back with whom, in a partial save, and whose version rises.
pub(in crate::engine::save) fn settle(items: &mut [Item], partial: bool) {
    if partial {
        withhold(items);
    }
    touch_parents(items);
}

/// In a partial save a record and its lines go together: one that is refused keeps the others back.
fn withhold(items: &mut [Item]) {
    for place in 0..items.len() {
        let Some(parent) = items[place].link.parent.filter(|_| items[place].link.implied && items[place].blocked()) else { continue };
        for problem in items[place].located_problems() {
            if !items[parent].problems.contains(&problem) {
                items[parent].problems.push(problem);
            }
        }
        items[parent].conflict |= items[place].conflict;
    }
    for place in 0..items.len() {
        let Some(parent) = items[place].link.parent.filter(|&parent| items[parent].blocked()) else { continue };
        if items[place].link.own {
            for problem in items[parent].problems.clone() {
                if !items[place].problems.contains(&problem) {
                    items[place].problems.push(problem);
                }
            }
        }
        items[place].withheld = true;
    }
}

/// Marks the records of whose lines at least one is written.
fn touch_parents(items: &mut [Item]) {
    let written = |item: &Item| !item.refused() && (!matches!(item.op, ItemOp::Update { .. }) || !item.changed_fields().is_empty());
    let touched: HashSet<usize> = items.iter().filter(|item| written(item)).filter_map(|item| item.link.parent).collect();
    for (place, item) in items.iter_mut().enumerate() {
        item.touched = matches!(item.op, ItemOp::Update { .. }) && touched.contains(&place);
    }
}

/// For the history of a touched record: which lines it had, for each children field of which a line is written.
pub(in crate::engine::save) fn old_lines(items: &[Item], place: usize) -> Vec<(String, Value)> {
    let item = &items[place];
    let mut old = Vec::new();
    for field in &item.object.fields {
        let FieldKind::Children { target } = &field.kind else { continue };
        let written = |line: &&Item| line.link.parent == Some(place) && line.object.key == *target && !line.refused();
        if items.iter().any(|line| written(&line) && (!matches!(line.op, ItemOp::Update { .. }) || !line.changed_fields().is_empty())) {
            let ids = item.stored_lines.get(&field.key).map_or(Vec::new(), |rows| rows.iter().map(|row| row.id).collect());
            old.push((field.key.clone(), if ids.is_empty() { Value::Null } else { Value::Refs(ids) }));
        }
    }
    old
}
