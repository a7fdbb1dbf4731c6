//! Step 1: the rows as they are, in the actor's sight, and the function right.

use std::collections::HashMap;

use guanxi_core::policy::{Function, RowScope, decide};
use guanxi_core::{Problem, Value};
use guanxi_store::Record;
use uuid::Uuid;

use super::{Change, Interrupted, Item, ItemOp};
use crate::engine::{Ctx, Engine, Refusal, read};

impl Engine {
    pub(super) async fn load_items(&self, ctx: &Ctx, changes: &[Change]) -> Result<Vec<Item>, Interrupted> {
        let mut wanted: HashMap<&str, Vec<Uuid>> = HashMap::new();
        for change in changes {
            if let Change::Update { object, id, .. } | Change::Delete { object, id, .. } = change {
                wanted.entry(object).or_default().push(*id);
            }
        }
        let mut rows: HashMap<(String, Uuid), Record> = HashMap::new();
        for (key, ids) in wanted {
            read::object(ctx, key)?;
            for record in ctx.tenant.store.load_records(&ctx.snapshot.schema, key, &ids).await.map_err(Refusal::from)? {
                rows.insert((key.to_owned(), record.id), record);
            }
        }
        let mut items = Vec::with_capacity(changes.len());
        for (index, change) in changes.iter().enumerate() {
            items.push(self.load_item(ctx, index, change, &rows)?);
        }
        Ok(items)
    }

    fn load_item(&self, ctx: &Ctx, index: usize, change: &Change, rows: &HashMap<(String, Uuid), Record>) -> Result<Item, Refusal> {
        let (key, function) = match change {
            Change::Create { object, .. } => (object, Function::Create),
            Change::Update { object, .. } => (object, Function::Edit),
            Change::Delete { object, .. } => (object, Function::Delete),
        };
        let object = read::object(ctx, key)?;
        // Without sight of the object its records do not exist; without the function right they do.
        let view = decide(&ctx.actor, key, Function::View);
        let allowed = read::right(&ctx.actor, key, function)?;
        if object.read_only {
            return Err(Refusal::denied(&format!("`{key}` is kept by the server")));
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
            problems: Vec::new(),
            conflict: false,
            version: 1,
        };
        let (id, expect, delete) = match change {
            Change::Create { .. } => {
                item.id = self.new_id(ctx);
                return Ok(item);
            }
            Change::Update { id, expect, .. } => (*id, *expect, false),
            Change::Delete { id, expect, .. } => (*id, *expect, true),
        };
        item.id = id;
        let record = rows.get(&(key.clone(), id)).filter(|record| !record.deleted);
        let record =
            record.filter(|record| view.as_ref().is_some_and(|scope| inside(scope, record))).ok_or_else(|| Refusal::not_found("record"))?;
        if !inside(&allowed, record) {
            return Err(Refusal::denied(&format!("{key}: {} this record", function.name())));
        }
        if expect.is_some_and(|version| version != record.version) {
            item.problems.push(version_conflict(record.version));
        }
        let version = record.version;
        item.op = if delete { ItemOp::Delete { version } } else { ItemOp::Update { version } };
        item.expected = expect.is_some();
        item.old = record.values.clone();
        item.new = record.values.clone();
        item.version = version;
        Ok(item)
    }

    /// Ids rise with time, also within one millisecond, so that records made together keep their order.
    pub(in crate::engine) fn new_id(&self, ctx: &Ctx) -> Uuid {
        let seconds = u64::try_from(ctx.now.timestamp()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.ids, seconds, ctx.now.timestamp_subsec_nanos()))
    }
}

/// Somebody saved first: the version that the record has now.
pub(super) fn version_conflict(version: i64) -> Problem {
    Problem::error("record.version_conflict", format!("the record was saved by somebody else; it has version {version} now"))
        .with("version", Value::Int(version))
}

fn inside(scope: &RowScope, record: &Record) -> bool {
    scope.contains(record.value("owner").as_ref_id(), record.value("department").as_ref_id())
}
