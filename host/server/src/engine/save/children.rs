//! Composition: a record is saved together with its lines, the records of its child objects.
//!
//! What a caller says about a record's lines becomes further changes of the same unit: each line is an ordinary item, with hooks, checks and
//! history of its own, linked to the item of its parent. A line that is saved by itself brings its parent into the unit, whose version
//! rises with every line. Problems of a line carry its place, from 0: `x_lines.2.x_qty`.

mod lines;
mod together;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_core::meta::{FieldKind, Object, Schema};
use guanxi_core::policy::FieldRight;
use guanxi_core::{Problem, Value};
use guanxi_store::Record;
use uuid::Uuid;

use super::{Change, Interrupted, MAX_CHANGES};
use crate::engine::input::{self, Line};
use crate::engine::{Ctx, Engine, Raw, Refusal, protect, read};

use self::lines::read_lines;
pub(in crate::engine) use self::together::refresh;
pub(super) use self::together::{attach, old_lines, settle};

/// The most lines of one kind that a record has.
pub(in crate::engine) const MAX_LINES: usize = 1_000;
/// The field of a child object that keeps the order of the lines.
pub(in crate::engine) const POSITION: &str = "position";

/// How a change of a unit belongs to others.
#[derive(Clone, Debug, Default)]
pub(in crate::engine) struct Link {
    /// Place of the caller's change that it belongs to.
    pub group: usize,
    /// The caller asked for this very change; all others follow from one that the caller asked for.
    pub own: bool,
    /// Stands before the fields of its problems: `x_lines.2.`.
    pub path: String,
    /// Place of its parent's change in the unit.
    pub parent: Option<usize>,
    /// It follows from its parent's change, so the right to that is enough.
    pub implied: bool,
    /// Where the line stands among its siblings from now on.
    pub position: Option<i64>,
}

/// A caller's changes with everything that belongs to them: the caller's own come first, in their order.
#[derive(Debug, Default)]
pub(super) struct Unit {
    pub changes: Vec<Change>,
    /// Parallel to `changes`.
    pub links: Vec<Link>,
    /// Problems found on the way, by place.
    pub problems: Vec<(usize, Problem)>,
    /// Rows that were loaded on the way, by object and record.
    pub rows: HashMap<(String, Uuid), Record>,
    /// Stored live lines in their order, by child object and parent.
    stored: HashMap<(String, Uuid), Vec<Record>>,
    /// Lines that were deleted together with a record that comes back, by child object and parent.
    gone: HashMap<(String, Uuid), Vec<Uuid>>,
}

/// The children fields of an object with their child objects. Those that an administrator hid only for `hidden`.
pub(in crate::engine) fn children_of(schema: &Schema, object: &Object, hidden: bool) -> Vec<(String, Arc<Object>)> {
    let fields = object.fields.iter().filter(|f| hidden || !f.hidden);
    let found = fields.filter_map(|field| match &field.kind {
        FieldKind::Children { target } => {
            let child = schema.all().find(|o| o.key == *target && (hidden || !o.hidden))?;
            child.parent.as_ref().map(|_| (field.key.clone(), child.clone()))
        }
        _ => None,
    });
    found.collect()
}

/// The parent of a child record, by its reference.
pub(super) fn parent_of(object: &Object, values: &HashMap<String, Value>) -> Option<(String, Uuid)> {
    let reference = object.parent.as_deref()?;
    Some((object.parent_object()?.to_owned(), values.get(reference)?.as_ref_id()?))
}

fn position_of(values: &HashMap<String, Value>) -> i64 {
    match values.get(POSITION) {
        Some(Value::Int(position)) => *position,
        _ => 0,
    }
}

impl Engine {
    /// The whole unit of a caller's changes.
    pub(super) async fn expand(&self, ctx: &Ctx, changes: &[Change]) -> Result<Unit, Interrupted> {
        let schema = ctx.snapshot.schema.clone();
        let mut unit = Unit { changes: changes.to_vec(), ..Unit::default() };
        unit.links = (0..changes.len()).map(|group| Link { group, own: true, ..Link::default() }).collect();
        let involved = |key: &str| schema.object(key).is_some_and(|o| o.parent.is_some() || !children_of(&schema, o, true).is_empty());
        if !changes.iter().any(|change| involved(change.object())) {
            return Ok(unit);
        }
        let named = take_lines(ctx, &schema, &mut unit);
        self.find_parents(ctx, &mut unit).await?;
        self.load_lines(ctx, &mut unit, &named).await?;
        for (place, key, child, lines) in named {
            unit.add_lines(place, &key, &child, lines);
        }
        for place in 0..changes.len() {
            unit.add_all_lines(&schema, place);
        }
        unit.place_single_lines(&schema);
        if unit.changes.len() > MAX_CHANGES {
            let detail = format!("one unit has at most {MAX_CHANGES} changes, lines included");
            return Err(Refusal::one("save.cascade_limit", detail).into());
        }
        Ok(unit)
    }

    /// Lines that are saved by themselves: each gets the change of its parent, found in the unit or added to it.
    async fn find_parents(&self, ctx: &Ctx, unit: &mut Unit) -> Result<(), Interrupted> {
        let schema = &ctx.snapshot.schema;
        let mut wanted: HashMap<String, Vec<Uuid>> = HashMap::new();
        for change in &unit.changes {
            if let (Some(object), Some(id)) = (schema.object(change.object()).filter(|o| o.parent.is_some()), change.id()) {
                wanted.entry(object.key.clone()).or_default().push(id);
            }
        }
        let mut parents: HashMap<(String, Uuid), Uuid> = HashMap::new();
        for (key, ids) in wanted {
            let object = read::object(ctx, &key)?;
            for record in ctx.tenant.store.load_records(schema, &key, &ids).await.map_err(Refusal::from)? {
                parents.extend(parent_of(&object, &record.values).map(|(_, parent)| ((key.clone(), record.id), parent)));
                unit.rows.insert((key.clone(), record.id), record);
            }
        }
        let mut single: Vec<(usize, String, Uuid)> = Vec::new();
        for (place, change) in unit.changes.iter().enumerate() {
            let Some(object) = schema.object(change.object()).filter(|o| o.parent.is_some()) else { continue };
            let parent = match (change.id(), change) {
                (Some(id), _) => parents.get(&(object.key.clone(), id)).copied(),
                (None, Change::Create { fields, .. }) => named_parent(ctx, object, fields),
                (None, _) => None,
            };
            single.extend(object.parent_object().zip(parent).map(|(key, parent)| (place, key.to_owned(), parent)));
        }
        // A new line of a record out of sight is refused as a reference that leads nowhere, not as a record that is not there.
        let mut seen: HashSet<(String, Uuid)> = HashSet::new();
        let keys: HashSet<&String> = single.iter().map(|(_, key, _)| key).collect();
        for key in keys {
            let ids: HashSet<Uuid> = single.iter().filter(|(_, k, _)| k == key).map(|(_, _, id)| *id).collect();
            let ids: Vec<Uuid> = ids.into_iter().collect();
            for chunk in ids.chunks(super::check::CHUNK) {
                seen.extend(self.titles(ctx, key, chunk).await?.into_keys().map(|id| (key.clone(), id)));
            }
        }
        let mut places: HashMap<(String, Uuid), usize> = HashMap::new();
        for (place, change) in unit.changes.iter().enumerate() {
            places.extend(change.id().map(|id| ((change.object().to_owned(), id), place)));
        }
        for (place, key, parent) in single {
            if unit.changes[place].id().is_none() && !seen.contains(&(key.clone(), parent)) {
                continue;
            }
            let group = unit.links[place].group;
            let at = *places.entry((key.clone(), parent)).or_insert_with(|| {
                unit.changes.push(Change::Update { object: key, id: parent, expect: None, fields: Vec::new() });
                unit.links.push(Link { group, ..Link::default() });
                unit.changes.len() - 1
            });
            unit.links[place].parent = Some(at);
        }
        Ok(())
    }

    /// The stored lines of every record whose lines change, or whose rules and formulas look at them.
    async fn load_lines(&self, ctx: &Ctx, unit: &mut Unit, named: &[NamedLines]) -> Result<(), Interrupted> {
        let schema = &ctx.snapshot.schema;
        let mut wanted: HashMap<String, HashSet<Uuid>> = HashMap::new();
        let mut restored: HashMap<String, Vec<Uuid>> = HashMap::new();
        for (place, change) in unit.changes.iter().enumerate() {
            let (Some(object), Some(id)) = (schema.object(change.object()), change.id()) else { continue };
            for (key, child) in children_of(schema, object, true) {
                if matches!(change, Change::Restore { .. }) {
                    restored.entry(child.key.clone()).or_default().push(id);
                }
                let changes = named.iter().any(|(at, field, ..)| *at == place && *field == key)
                    || matches!(change, Change::Delete { .. })
                    || unit.links.iter().zip(&unit.changes).any(|(link, line)| link.parent == Some(place) && line.object() == child.key);
                if changes || looks_at(object, &key) {
                    wanted.entry(child.key.clone()).or_default().insert(id);
                }
            }
        }
        for (child, parents) in restored {
            for (parent, line) in ctx.tenant.store.children_deleted_with(schema, &child, &parents).await.map_err(Refusal::from)? {
                unit.gone.entry((child.clone(), parent)).or_default().push(line);
            }
        }
        // The records come before their lines: whoever changes a line afterwards changes the version of its record, which the writing sees.
        let mut records: HashMap<&str, HashSet<Uuid>> = HashMap::new();
        for (child, parents) in &wanted {
            let parent = schema.all().find(|o| o.key == *child).and_then(|o| o.parent_object());
            records.entry(parent.unwrap_or_default()).or_default().extend(parents);
        }
        for (key, ids) in records.into_iter().filter(|(key, _)| !key.is_empty()) {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            for record in ctx.tenant.store.load_records(schema, key, &ids).await.map_err(Refusal::from)? {
                unit.rows.insert((key.to_owned(), record.id), record);
            }
        }
        for (child, parents) in wanted {
            let parents: Vec<Uuid> = parents.into_iter().collect();
            let object = schema.all().find(|o| o.key == child).cloned();
            let Some(object) = object else { continue };
            for parent in &parents {
                unit.stored.entry((child.clone(), *parent)).or_default();
            }
            for record in ctx.tenant.store.load_children(schema, &child, &parents).await.map_err(Refusal::from)? {
                if let Some((_, parent)) = parent_of(&object, &record.values) {
                    unit.rows.insert((child.clone(), record.id), record.clone());
                    unit.stored.entry((child.clone(), parent)).or_default().push(record);
                }
            }
        }
        Ok(())
    }
}

/// What a change says about one children field: place, field, child object, lines with their places from 0.
type NamedLines = (usize, String, Arc<Object>, Vec<(usize, Line)>);

/// Takes the lines out of the changes' fields; what is left are fields with columns.
fn take_lines(ctx: &Ctx, schema: &Schema, unit: &mut Unit) -> Vec<NamedLines> {
    let mut named = Vec::new();
    for (place, change) in unit.changes.iter_mut().enumerate() {
        let (Change::Create { object, fields } | Change::Update { object, fields, .. }) = change else { continue };
        let Some(object) = schema.object(object) else { continue };
        for (key, child) in children_of(schema, object, false) {
            while let Some(at) = fields.iter().position(|(name, _)| *name == key) {
                let (_, raw) = fields.remove(at);
                let Some(field) = object.field(&key) else { continue };
                let right = ctx.field_right(&object.key, &key);
                if right < FieldRight::Edit {
                    // Who does not know the lines may send back that there are none.
                    if !matches!(raw, Raw::Json(serde_json::Value::Null) | Raw::Value(Value::Null)) {
                        unit.problems.push((place, protect::forbidden(&key, right)));
                    }
                    continue;
                }
                let mut problems = Vec::new();
                let lines = read_lines(field, raw, &mut problems);
                unit.problems.extend(problems.into_iter().map(|p| (place, p)));
                named.push((place, key.clone(), child.clone(), lines));
            }
        }
    }
    named
}

/// The parent that a new line names.
fn named_parent(ctx: &Ctx, object: &Object, fields: &[(String, Raw)]) -> Option<Uuid> {
    let reference = object.field(object.parent.as_deref()?)?;
    let (_, raw) = fields.iter().rev().find(|(key, _)| *key == reference.key)?;
    input::read(ctx, reference, raw.clone()).ok()?.as_ref_id()
}

/// A rule, a formula or a condition of the object may read its lines; a word too much costs one query.
fn looks_at(object: &Object, key: &str) -> bool {
    let rules = &object.rules;
    let formulas = object.fields.iter().filter_map(|field| match &field.computed {
        Some(guanxi_core::meta::Computed::Formula { expression }) => Some(expression),
        _ => None,
    });
    let conditions = object.fields.iter().flat_map(|field| {
        let conditions = &field.conditions;
        [&conditions.show, &conditions.require, &conditions.read_only].into_iter().flatten()
    });
    formulas.chain(conditions).any(|text| text.contains(key)) || format!("{rules:?}").contains(key)
}

impl Unit {
    fn add(&mut self, change: Change, link: Link) {
        self.changes.push(change);
        self.links.push(link);
    }

    /// The lines of one children field as they shall be: new ones are made, known ones changed, the others deleted.
    fn add_lines(&mut self, place: usize, key: &str, child: &Object, lines: Vec<(usize, Line)>) {
        let group = self.links[place].group;
        let stored = match self.changes[place].id() {
            Some(id) => self
                .stored
                .get(&(child.key.clone(), id))
                .map_or(Vec::new(), |rows| rows.iter().map(|row| (row.id, position_of(&row.values))).collect()),
            None => Vec::new(),
        };
        if lines.len() > MAX_LINES {
            self.problems.push((place, too_many(key)));
            return;
        }
        let (mut kept, mut last): (HashSet<Uuid>, i64) = (HashSet::new(), 0);
        for (at, line) in lines {
            let known = line.id.map(|id| stored.iter().find(|(stored, _)| *stored == id));
            // Places that already rise stay as they are, so that a line which only moved down past a gap is not written again.
            last = match known {
                Some(Some((_, position))) if *position > last => *position,
                _ => last + 1,
            };
            let link = Link { group, own: false, path: format!("{key}.{at}."), parent: Some(place), implied: true, position: Some(last) };
            let object = child.key.clone();
            match (line.id, known.flatten()) {
                (None, _) => self.add(Change::Create { object, fields: line.fields }, link),
                (Some(id), Some(_)) if kept.insert(id) => {
                    self.add(Change::Update { object, id, expect: line.version, fields: line.fields }, link);
                }
                (Some(_), Some(_)) => {
                    let problem = Problem::error("field.not_unique", "the same line stands twice");
                    self.problems.push((place, problem.on(format!("{key}.{at}.id"))));
                }
                (Some(id), None) => {
                    let problem = Problem::error("reference.not_found", "this record has no such line (any more)");
                    self.problems.push((place, problem.on(format!("{key}.{at}.id")).with("value", id.to_string())));
                }
            }
        }
        for (id, _) in stored.into_iter().filter(|(id, _)| !kept.contains(id)) {
            let link = Link { group, path: format!("{key}."), parent: Some(place), implied: true, ..Link::default() };
            self.add(Change::Delete { object: child.key.clone(), id, expect: None }, link);
        }
    }

    /// With a record go all its lines, and those that went with it come back with it.
    fn add_all_lines(&mut self, schema: &Schema, place: usize) {
        let (object, id, delete) = match &self.changes[place] {
            Change::Delete { object, id, .. } => (object, *id, true),
            Change::Restore { object, id, .. } => (object, *id, false),
            _ => return,
        };
        let Some(object) = schema.object(object) else { return };
        let there: HashSet<Uuid> = self.changes.iter().filter_map(Change::id).collect();
        for (key, child) in children_of(schema, object, true) {
            let of_parent = (child.key.clone(), id);
            let lines: Vec<Uuid> = match delete {
                true => self.stored.get(&of_parent).into_iter().flatten().map(|row| row.id).collect(),
                false => self.gone.get(&of_parent).cloned().unwrap_or_default(),
            };
            for line in lines.into_iter().filter(|line| !there.contains(line)) {
                let link =
                    Link { group: self.links[place].group, path: format!("{key}."), parent: Some(place), implied: true, ..Link::default() };
                let object = child.key.clone();
                let change = match delete {
                    true => Change::Delete { object, id: line, expect: None },
                    false => Change::Restore { object, id: line, expect: None },
                };
                self.add(change, link);
            }
        }
    }

    /// New lines that come by themselves stand behind those that are there.
    fn place_single_lines(&mut self, schema: &Schema) {
        let mut next: HashMap<(String, usize), (i64, usize)> = HashMap::new();
        for place in 0..self.changes.len() {
            let link = &self.links[place];
            let (Change::Create { object, .. }, Some(parent), false) = (&self.changes[place], link.parent, link.implied) else { continue };
            let key = (object.clone(), parent);
            let stored = self.changes[parent].id().and_then(|id| self.stored.get(&(object.clone(), id)));
            let (position, count) = next.entry(key).or_insert_with(|| {
                let rows = stored.map_or(&[][..], Vec::as_slice);
                (rows.iter().map(|row| position_of(&row.values)).max().unwrap_or(0), rows.len())
            });
            (*position, *count) = (*position + 1, *count + 1);
            let (position, full) = (*position, *count > MAX_LINES);
            self.links[place].position = Some(position);
            if full {
                let reference = schema.object(self.changes[place].object()).and_then(|o| o.parent.clone()).unwrap_or_default();
                self.problems.push((place, too_many(&reference)));
            }
        }
    }

    /// The lines of a record as they are stored, by children field; empty where this save does not look at them.
    pub(super) fn lines_of(&self, schema: &Schema, object: &Object, id: Uuid) -> HashMap<String, Vec<Record>> {
        let mut lines = HashMap::new();
        for (key, child) in children_of(schema, object, true) {
            if let Some(rows) = self.stored.get(&(child.key.clone(), id)) {
                lines.insert(key, rows.clone());
            }
        }
        lines
    }
}

fn too_many(field: &str) -> Problem {
    let max = i64::try_from(MAX_LINES).unwrap_or(i64::MAX);
    Problem::error("field.range", format!("a record has at most {MAX_LINES} lines of one kind")).on(field).with("max", max)
}
