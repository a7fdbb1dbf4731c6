//! Step 1: the rows as they are, in the actor's sight, and the function right.

use std::collections::{HashMap, HashSet};

use guanxi_core::meta::Object;
use guanxi_core::policy::{Function, RowScope, decide_in};
use guanxi_core::{Problem, Value};
use guanxi_store::Record;
use uuid::Uuid;

use super::children::{Unit, parent_of};
use super::{Change, Interrupted, Item, ItemOp};
use crate::engine::{Ctx, Engine, Raw, Refusal, read};

impl Engine {
    pub(super) async fn load_items(&self, ctx: &Ctx, unit: &Unit) -> Result<Vec<Item>, Interrupted> {
        let changes = &unit.changes;
        for (change, _) in changes.iter().zip(&unit.links).filter(|(_, link)| !link.implied) {
            read::object(ctx, change.object())?;
        }
        let mut wanted: HashMap<&str, Vec<Uuid>> = HashMap::new();
        for change in changes {
            if let Some(id) = change.id().filter(|id| !unit.rows.contains_key(&(change.object().to_owned(), *id))) {
                wanted.entry(change.object()).or_default().push(id);
            }
        }
        let mut rows = unit.rows.clone();
        for (key, ids) in wanted {
            for record in ctx.tenant.store.load_records(&ctx.snapshot.schema, key, &ids).await.map_err(Refusal::from)? {
                rows.insert((key.to_owned(), record.id), record);
            }
        }
        let mut items = Vec::with_capacity(changes.len());
        for (index, change) in changes.iter().enumerate() {
            items.push(self.load_item(ctx, unit, index, change, &rows)?);
        }
        Ok(items)
    }

    fn load_item(
        &self,
        ctx: &Ctx,
        unit: &Unit,
        index: usize,
        change: &Change,
        rows: &HashMap<(String, Uuid), Record>,
    ) -> Result<Item, Interrupted> {
        let link = unit.links[index].clone();
        let (key, function) = match change {
            Change::Create { object, .. } => (object, Function::Create),
            Change::Update { object, .. } | Change::Adjust { object, .. } => (object, Function::Edit),
            Change::Delete { object, .. } | Change::Restore { object, .. } => (object, Function::Delete),
        };
        let object = match link.implied {
            // Lines go with their record, also those of an object that an administrator hid.
            true => ctx.snapshot.schema.all().find(|o| o.key == *key).cloned().ok_or_else(|| Refusal::not_found(key))?,
            false => read::object(ctx, key)?,
        };
        // Without sight of the object its records do not exist; without the function right they do.
        let view = decide_in(&ctx.snapshot.schema, &ctx.actor, key, Function::View);
        // What follows from the change of a record is decided by the right to that.
        let allowed = if link.implied { RowScope::All } else { read::right(ctx, key, function)? };
        if object.read_only {
            return Err(Refusal::denied(&format!("`{key}` is kept by the server")).into());
        }
        let mut item = Item {
            index,
            object,
            id: Uuid::nil(),
            op: ItemOp::Create,
            expected: false,
            old: HashMap::new(),
            new: HashMap::new(),
            sent: Vec::new(),
            claimed: Vec::new(),
            recomputed: Vec::new(),
            problems: Vec::new(),
            conflict: false,
            outranked: false,
            version: 1,
            link,
            seen_references: HashSet::new(),
            stored_lines: HashMap::new(),
            children: HashMap::new(),
            touched: false,
            withheld: false,
        };
        let (id, expect) = match change {
            Change::Create { fields, .. } => {
                item.id = given_id(ctx, fields).unwrap_or_else(|| self.new_id(ctx));
                return Ok(item);
            }
            Change::Update { id, expect, .. } | Change::Delete { id, expect, .. } | Change::Restore { id, expect, .. } => (*id, *expect),
            Change::Adjust { id, .. } => (*id, None),
        };
        item.id = id;
        let record = rows.get(&(key.clone(), id)).filter(|record| record.deleted == matches!(change, Change::Restore { .. }));
        if item.link.implied && record.is_none() {
            return Err(Interrupted::Overtaken);
        }
        let sees = |scope: &RowScope, record: &Record| inside(scope, &item.object, record, rows);
        let seen = |record: &&Record| item.link.implied || view.as_ref().is_some_and(|scope| sees(scope, record));
        let record = record.filter(seen).ok_or_else(|| Refusal::not_found("record"))?;
        if !sees(&allowed, record) {
            return Err(Refusal::denied(&format!("{key}: {} this record", function.name())).into());
        }
        if expect.is_some_and(|version| version != record.version) {
            item.problems.push(version_conflict(record.version));
        }
        let version = record.version;
        item.op = match change {
            Change::Delete { .. } => ItemOp::Delete { version },
            Change::Restore { .. } => ItemOp::Restore { version },
            Change::Adjust { action, amount, .. } => super::adjust::read(&item.object, action, amount)?,
            _ => ItemOp::Update { version },
        };
        item.expected = expect.is_some();
        item.old = record.values.clone();
        item.new = record.values.clone();
        item.version = version;
        item.stored_lines = unit.lines_of(&ctx.snapshot.schema, &item.object, id);
        Ok(item)
    }

    /// Ids rise with time, also within one millisecond, so that records made together keep their order.
    pub(in crate::engine) fn new_id(&self, ctx: &Ctx) -> Uuid {
        let seconds = u64::try_from(ctx.now.timestamp()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.ids, seconds, ctx.now.timestamp_subsec_nanos()))
    }
}

/// The host alone may choose an id, for what it wrote elsewhere under the same one.
fn given_id(ctx: &Ctx, fields: &[(String, Raw)]) -> Option<Uuid> {
    fields.iter().filter(|_| ctx.actor.system).find_map(|(key, raw)| match raw {
        Raw::Value(Value::Ref(id)) if key == "id" => Some(*id),
        _ => None,
    })
}

/// Somebody saved first: the version that the record has now.
pub(super) fn version_conflict(version: i64) -> Problem {
    Problem::error("record.version_conflict", format!("the record was saved by somebody else; it has version {version} now"))
        .with("version", Value::Int(version))
}

/// A scope of a child object is one of rows of its parent, which is loaded because its change is in the unit.
fn inside(scope: &RowScope, object: &Object, record: &Record, rows: &HashMap<(String, Uuid), Record>) -> bool {
    let decides = match &object.parent {
        None => Some(record),
        Some(_) if *scope == RowScope::All => Some(record),
        Some(_) => parent_of(object, &record.values).and_then(|parent| rows.get(&parent)),
    };
    decides.is_some_and(|row| scope.contains(row.value("owner").as_ref_id(), row.value("department").as_ref_id()))
}
