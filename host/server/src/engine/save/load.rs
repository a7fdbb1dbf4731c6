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
        let reached = self.reached(ctx, unit).await?;
        let mut items = Vec::with_capacity(changes.len());
        for (index, change) in changes.iter().enumerate() {
            items.push(self.load_item(ctx, unit, index, change, &rows, &reached)?);
        }
        Ok(items)
    }

    /// The records of the unit that rules and shares let the actor reach; where owner and department say everything, nothing is asked.
    async fn reached(&self, ctx: &Ctx, unit: &Unit) -> Result<Reached, Interrupted> {
        let mut wanted: HashMap<(String, Function), Vec<Uuid>> = HashMap::new();
        for (change, _) in unit.changes.iter().zip(&unit.links).filter(|(_, link)| !link.implied) {
            let (key, function) = function_of(change);
            if let Some(id) = change.id() {
                wanted.entry((key.clone(), Function::View)).or_default().push(id);
                wanted.entry((key.clone(), function)).or_default().push(id);
            }
        }
        let mut reached = Reached::new();
        for ((key, function), ids) in wanted {
            let scope = decide_in(&ctx.snapshot.schema, &ctx.actor, &key, function);
            let Some(scope) = scope.filter(|scope| !scope.is_plain()) else { continue };
            let object = read::object(ctx, &key)?;
            let found = ctx.tenant.store.reached(&ctx.snapshot.schema, &object, &ids, &scope).await.map_err(Refusal::from)?;
            reached.insert((key, function), found);
        }
        Ok(reached)
    }

    fn load_item(
        &self,
        ctx: &Ctx,
        unit: &Unit,
        index: usize,
        change: &Change,
        rows: &HashMap<(String, Uuid), Record>,
        reached: &Reached,
    ) -> Result<Item, Interrupted> {
        let link = unit.links[index].clone();
        let (key, function) = function_of(change);
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
        let sees = |scope: &RowScope, function: Function, record: &Record| {
            let by_more = reached.get(&(key.clone(), function)).is_some_and(|ids| ids.contains(&record.id));
            by_more || inside(scope, &item.object, record, rows)
        };
        let seen = |record: &&Record| item.link.implied || view.as_ref().is_some_and(|scope| sees(scope, Function::View, record));
        let record = record.filter(seen).ok_or_else(|| Refusal::not_found("record"))?;
        if !sees(&allowed, function, record) {
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

/// Records that rules and shares let the actor reach, by object and function.
type Reached = HashMap<(String, Function), HashSet<Uuid>>;

/// What a change is called among the rights.
fn function_of(change: &Change) -> (&String, Function) {
    match change {
        Change::Create { object, .. } => (object, Function::Create),
        Change::Update { object, .. } | Change::Adjust { object, .. } => (object, Function::Edit),
        Change::Delete { object, .. } | Change::Restore { object, .. } => (object, Function::Delete),
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
