//! What conditions read: a record as it was or as it will be, and the records behind its references.
//!
//! Rules look with the server's eyes, not the actor's: whoever saves, the same rule gives the same answer.

use std::collections::{HashMap, HashSet};

use guanxi_core::Value;
use guanxi_core::expr::{FieldPath, Hop, Source};
use guanxi_core::meta::FieldKind;
use guanxi_store::Record;
use uuid::Uuid;

use super::{Interrupted, Item};
use crate::engine::{Ctx, Engine, Refusal};

/// One record's values by field.
type Values = HashMap<String, Value>;

/// Records behind references, by object and id; without those that are deleted.
#[derive(Default)]
pub(super) struct Facts {
    records: HashMap<(String, Uuid), Values>,
}

impl Engine {
    /// Loads what these paths of these items (by place) lead to. Records of the same unit are seen as they will be.
    pub(super) async fn facts(&self, ctx: &Ctx, items: &[Item], paths: &[(usize, FieldPath)]) -> Result<Facts, Interrupted> {
        let mut facts = Facts::default();
        let deepest = paths.iter().map(|(_, path)| path.hops.len()).max().unwrap_or(0);
        for depth in 1..=deepest {
            let mut wanted: HashMap<String, HashSet<Uuid>> = HashMap::new();
            for (place, path) in paths.iter() {
                for (values, hops) in starts(&items[*place], path) {
                    let Some(hop) = hops.get(depth - 1) else { continue };
                    let Some(id) = facts.follow(values, &hops[..depth]) else { continue };
                    if !facts.records.contains_key(&(hop.target.clone(), id)) {
                        wanted.entry(hop.target.clone()).or_default().insert(id);
                    }
                }
            }
            for (object, mut ids) in wanted {
                for item in items.iter().filter(|item| item.object.key == object) {
                    if ids.remove(&item.id) && !item.is_delete() {
                        facts.records.insert((object.clone(), item.id), item.new.clone());
                    }
                }
                let ids: Vec<Uuid> = ids.into_iter().collect();
                let found = ctx.tenant.store.load_records(&ctx.snapshot.schema, &object, &ids).await.map_err(Refusal::from)?;
                for record in found.into_iter().filter(|record| !record.deleted) {
                    facts.records.insert((object.clone(), record.id), record.values);
                }
            }
        }
        Ok(facts)
    }
}

/// From where a path sets out: the record as it was and will be, or each of its lines; with the hops from there on.
fn starts<'a>(item: &'a Item, path: &'a FieldPath) -> Vec<(&'a Values, &'a [Hop])> {
    let own = &item.object.key;
    let Some(first) = path.hops.first() else { return Vec::new() };
    if first.object == *own {
        return vec![(&item.new, &path.hops[..]), (&item.old, &path.hops[..])];
    }
    // What a line reads of its record is the record's own.
    if first.target == *own && is_line(item, &first.object) && path.hops.len() > 1 {
        return vec![(&item.new, &path.hops[1..]), (&item.old, &path.hops[1..])];
    }
    let lines = item.children.iter().filter(|(key, _)| target(item, key) == Some(first.object.as_str())).flat_map(|(_, lines)| lines);
    lines.map(|values| (values, &path.hops[..])).collect()
}

fn target<'a>(item: &'a Item, key: &str) -> Option<&'a str> {
    match &item.object.fields.iter().find(|field| field.key == key)?.kind {
        FieldKind::Children { target } => Some(target),
        _ => None,
    }
}

fn is_line(item: &Item, object: &str) -> bool {
    item.object.fields.iter().any(|field| matches!(&field.kind, FieldKind::Children { target } if target == object))
}

impl Facts {
    /// The item as it will be.
    pub(super) fn after<'a>(&'a self, item: &'a Item) -> Seen<'a> {
        Seen { facts: Some(self), id: Some(item.id), values: &item.new, lines: Lines::Unit(&item.children) }
    }

    /// The item as it is stored.
    pub(super) fn before<'a>(&'a self, item: &'a Item) -> Seen<'a> {
        Seen { facts: Some(self), id: Some(item.id), values: &item.old, lines: Lines::Unit(&item.children) }
    }

    /// A record as it will be by what is known inside the transaction, with the lines of its item, if it is one of the unit.
    pub(super) fn settled<'a>(&'a self, values: &'a Values, item: Option<&'a Item>) -> Seen<'a> {
        let id = values.get("id").and_then(Value::as_ref_id);
        Seen { facts: Some(self), id, values, lines: item.map_or(Lines::None, |item| Lines::Unit(&item.children)) }
    }

    /// The record where these hops lead.
    fn follow(&self, values: &Values, hops: &[Hop]) -> Option<Uuid> {
        let (last, leading) = hops.split_last()?;
        let mut current = values;
        for hop in leading {
            let id = current.get(&hop.field)?.as_ref_id()?;
            current = self.records.get(&(hop.target.clone(), id))?;
        }
        current.get(&last.field)?.as_ref_id()
    }
}

/// A stored record with its stored lines, for formulas, which look no further.
pub(in crate::engine) fn stored_source<'a>(id: Uuid, values: &'a Values, lines: &'a HashMap<String, Vec<Record>>) -> Seen<'a> {
    Seen { facts: None, id: Some(id), values, lines: Lines::Stored(lines) }
}

/// Where a record's lines are.
#[derive(Clone, Copy)]
enum Lines<'a> {
    Unit(&'a HashMap<String, Vec<Values>>),
    Stored(&'a HashMap<String, Vec<Record>>),
    None,
}

/// A record or a line as conditions and formulas see it.
pub(in crate::engine) struct Seen<'a> {
    facts: Option<&'a Facts>,
    /// A new record has no stored id yet.
    id: Option<Uuid>,
    values: &'a Values,
    lines: Lines<'a>,
}

impl Source for Seen<'_> {
    fn value(&self, path: &FieldPath) -> Value {
        let Some(last) = path.hops.last() else {
            return match self.id {
                Some(id) if path.field == "id" => Value::Ref(id),
                _ => self.values.get(&path.field).cloned().unwrap_or(Value::Null),
            };
        };
        let Some(facts) = self.facts else { return Value::Null };
        let id = facts.follow(self.values, &path.hops);
        let record = id.and_then(|id| facts.records.get(&(last.target.clone(), id)));
        record.and_then(|record| record.get(&path.field).cloned()).unwrap_or(Value::Null)
    }

    fn children(&self, field: &FieldPath) -> Vec<Box<dyn Source + '_>> {
        let line = |values| -> Box<dyn Source + '_> { Box::new(Seen { facts: self.facts, id: None, values, lines: Lines::None }) };
        match self.lines {
            Lines::Unit(lines) => lines.get(&field.field).into_iter().flatten().map(line).collect(),
            Lines::Stored(lines) => lines.get(&field.field).into_iter().flatten().map(|record| line(&record.values)).collect(),
            Lines::None => Vec::new(),
        }
    }
}

impl Item {
    /// The field differs from what is stored; a children field when one of its lines does.
    pub(super) fn differs(&self, key: &str) -> bool {
        let Some(lines) = self.children.get(key) else { return self.changed(key) };
        let stored = self.stored_lines.get(key).map_or(&[][..], Vec::as_slice);
        lines.len() != stored.len() || lines.iter().any(|line| !stored.iter().any(|row| row.values == *line))
    }
}
