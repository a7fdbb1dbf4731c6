//! Circles of computed fields across objects: a roll-up counts with a formula that, further on, counts with the roll-up.

use guanxi_core::meta::{Computed, FieldKind, Object, Schema};

use super::{Condition, read_formula};

/// A field of an object.
type Place = (String, String);

/// A circle through a field of `object`, which stands for what the schema has under its key; as `object.field` on the way.
pub(in crate::engine) fn circle(schema: &Schema, object: &Object, zone: chrono_tz::Tz, start: &str) -> Option<Vec<String>> {
    let start: Place = (object.key.clone(), start.to_owned());
    let mut open: Vec<Vec<Place>> = vec![vec![start.clone()]];
    let mut seen: Vec<Place> = Vec::new();
    while let Some(way) = open.pop() {
        let Some(here) = way.last() else { continue };
        for next in reads(schema, object, zone, here) {
            let mut longer = way.clone();
            longer.push(next.clone());
            if next == start {
                return Some(longer.into_iter().map(|(object, field)| format!("{object}.{field}")).collect());
            }
            if !seen.contains(&next) {
                seen.push(next);
                open.push(longer);
            }
        }
    }
    None
}

/// What a computed field is computed from; nothing for other fields.
fn reads(schema: &Schema, changed: &Object, zone: chrono_tz::Tz, (object, key): &Place) -> Vec<Place> {
    let object_of = |key: &str| if key == changed.key { Some(changed) } else { schema.all().find(|one| one.key == key).map(AsRef::as_ref) };
    let Some(object) = object_of(object) else { return Vec::new() };
    let field = object.fields.iter().find(|field| field.key == *key);
    match field.and_then(|field| field.computed.as_ref()) {
        Some(Computed::Formula { expression }) => {
            let read = read_formula(expression, schema, object, zone).map(|(_, _, reads)| reads).unwrap_or_default();
            read.into_iter().flat_map(|key| of_lines(object, &key, &object_of).unwrap_or_else(|| vec![(object.key.clone(), key)])).collect()
        }
        Some(Computed::RollUp(roll_up)) => {
            let Some(source) = object_of(&roll_up.object) else { return Vec::new() };
            let condition = roll_up.condition.as_ref().and_then(|text| Condition::check(text, schema, source, zone).ok());
            let keys = roll_up.field.iter().cloned().chain(condition.into_iter().flat_map(|condition| condition.reads));
            keys.map(|key| (source.key.clone(), key)).collect()
        }
        Some(Computed::Sequence { .. }) | None => Vec::new(),
    }
}

/// A formula over lines may read whatever is computed for these.
fn of_lines<'a>(object: &Object, key: &str, object_of: &dyn Fn(&str) -> Option<&'a Object>) -> Option<Vec<Place>> {
    let field = object.fields.iter().find(|field| field.key == key)?;
    let FieldKind::Children { target } = &field.kind else { return None };
    let computed = object_of(target)?.fields.iter().filter(|field| field.computed.is_some());
    Some(computed.map(|field| (target.clone(), field.key.clone())).collect())
}
