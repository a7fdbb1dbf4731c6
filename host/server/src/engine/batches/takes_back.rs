//! What has to be done to take changes of one record back: pure, from the record and its history.
//!
//! A field goes back if its value is still the one that the change wrote; otherwise somebody changed it since, and it stays.

use std::collections::{BTreeSet, HashMap};

use guanxi_core::Value;
use guanxi_core::meta::Object;
use guanxi_store::{HistoryOp, HistoryRow, Record};

use super::super::input::same;
use super::super::{Change, Raw};

/// Which entries of the history are taken back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Mine {
    /// Those of a batch, of which `from` is the oldest. `chain` are the batch, its undos, the undos of those and so on: what they deleted and
    /// brought back is no change by others.
    Batch { id: i64, from: i64, chain: Vec<i64> },
    /// One.
    Entry(i64),
}

/// What there is to do with a record.
pub(super) struct TakenBack {
    /// `None`: nothing, or nothing that could be done.
    pub change: Option<Change>,
    /// Fields that stay.
    pub kept: Vec<String>,
    /// Field, value now, value then.
    pub fields: Vec<(String, Value, Value)>,
}

impl Mine {
    /// The oldest of the entries.
    pub(super) fn from(&self) -> i64 {
        match self {
            Self::Batch { from, .. } => *from,
            Self::Entry(id) => *id,
        }
    }

    fn contains(&self, row: &HistoryRow) -> bool {
        match self {
            Self::Batch { id, .. } => row.batch == Some(*id),
            Self::Entry(id) => row.id == *id,
        }
    }

    /// Somebody else's change, not one of those that took these back or did them again.
    fn is_by_others(&self, row: &HistoryRow) -> bool {
        match self {
            Self::Batch { chain, .. } => !row.batch.is_some_and(|batch| chain.contains(&batch)),
            Self::Entry(id) => row.id != *id,
        }
    }
}

/// Takes back the entries that are `mine`; `rows` are the record's history down to the oldest of them, newest first.
pub(super) fn take_back(object: &Object, record: &Record, rows: &[HistoryRow], mine: &Mine) -> TakenBack {
    // `then` walks back through time, `target` is the record as it shall be.
    let mut then: HashMap<&str, Value> = HashMap::new();
    let mut target: HashMap<&str, Value> = HashMap::new();
    // What the host keeps itself follows from the rest, and what is hidden cannot be written.
    // Lines have histories of their own.
    let open: Vec<&str> = object.writable_fields().filter(|field| field.is_stored()).map(|field| field.key.as_str()).collect();
    for key in &open {
        then.insert(key, record.value(key).clone());
        target.insert(key, record.value(key).clone());
    }
    let (mut gone_then, mut gone) = (record.deleted, record.deleted);
    let mut kept: BTreeSet<&str> = BTreeSet::new();
    // Somebody else's change of a field that is gone or has another type now: what it was cannot be compared any more.
    let mut unknown = false;
    // Others deleted the record or brought it back since.
    let mut turned = false;
    for row in rows {
        let is_mine = mine.contains(row);
        unknown |= row.forgotten && !is_mine;
        match row.op {
            HistoryOp::Create if is_mine => {
                let mut edited: Vec<&str> = open.iter().copied().filter(|key| !same(&target[key], &then[key])).collect();
                edited.extend(unknown.then_some(object.title.as_str()));
                if edited.is_empty() {
                    gone = true;
                    kept.clear();
                } else if !gone {
                    kept.extend(edited);
                }
            }
            // Deleted by the change and still so: not deleted again by somebody after it had come back. The same the other way round.
            HistoryOp::Delete if is_mine && gone_then && gone && !turned => gone = false,
            HistoryOp::Restore if is_mine && !gone_then && !gone && !turned => gone = true,
            HistoryOp::Delete if is_mine && gone_then && gone => drop(kept.insert(object.title.as_str())),
            HistoryOp::Restore if is_mine && !gone_then && !gone => drop(kept.insert(object.title.as_str())),
            _ => {}
        }
        turned |= matches!(row.op, HistoryOp::Delete | HistoryOp::Restore) && mine.is_by_others(row);
        match row.op {
            HistoryOp::Delete => gone_then = false,
            HistoryOp::Restore => gone_then = true,
            _ => {}
        }
        // The old value has no place in the type that the field has now.
        if is_mine && row.op == HistoryOp::Update {
            kept.extend(open.iter().copied().filter(|key| row.former.iter().any(|(known, ..)| known == key)));
        }
        for key in &open {
            let Some(old) = row.old.get(*key) else { continue };
            let wrote = then.insert(key, old.clone()).unwrap_or(Value::Null);
            if !is_mine || same(&target[key], old) {
                continue;
            }
            if same(&target[key], &wrote) {
                target.insert(key, old.clone());
                kept.remove(key);
            } else {
                kept.insert(key);
            }
        }
    }
    finish(object, record, &open, target, gone, kept)
}

fn finish<'a>(
    object: &Object,
    record: &Record,
    open: &[&'a str],
    mut target: HashMap<&'a str, Value>,
    gone: bool,
    mut kept: BTreeSet<&'a str>,
) -> TakenBack {
    let mut fields = Vec::new();
    for key in open {
        let (now, then) = (record.value(key), target.remove(key).unwrap_or(Value::Null));
        if !same(now, &then) {
            fields.push(((*key).to_owned(), now.clone(), then));
        }
    }
    let (key, id, expect) = (object.key.clone(), record.id, Some(record.version));
    let change = match (record.deleted, gone) {
        (false, true) => Some(Change::Delete { object: key, id, expect }),
        (true, false) => Some(Change::Restore { object: key, id, expect }),
        // Somebody deleted it since: nothing of a deleted record can be changed.
        (true, true) => {
            kept.extend(fields.iter().filter_map(|(key, _, _)| open.iter().copied().find(|open| open == key)));
            None
        }
        (false, false) if fields.is_empty() => None,
        (false, false) => {
            let back = fields.iter().map(|(key, _, then)| (key.clone(), Raw::Value(then.clone()))).collect();
            Some(Change::Update { object: key, id, expect, fields: back })
        }
    };
    if record.deleted || gone {
        fields.clear();
    }
    TakenBack { change, kept: kept.into_iter().map(str::to_owned).collect(), fields }
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use guanxi_core::meta::{Field, FieldKind, Label, Origin, Rules};
    use uuid::Uuid;

    const BATCH: i64 = 7;
    /// The undo of the batch, and the undo of that.
    const UNDO: i64 = 8;
    const REDO: i64 = 9;

    fn object() -> Object {
        let text = |id: i64, key: &str| Field { id, ..Field::new(key, Label::default(), FieldKind::Text { max: 10 }) };
        Object {
            id: 1,
            key: "x".into(),
            label: Label::default(),
            icon: String::new(),
            origin: Origin::Tenant,
            title: "a".into(),
            tracked: None,
            uniques: Vec::new(),
            rules: Rules::default(),
            parent: None,
            fields: vec![text(1, "a"), text(2, "b"), Field { read_only: true, ..text(3, "kept") }],
            read_only: false,
            hidden: false,
        }
    }

    fn record(deleted: bool, a: &str, b: &str) -> Record {
        let values = [("a", Value::from(a)), ("b", Value::from(b)), ("kept", Value::from("now"))];
        Record { id: Uuid::nil(), version: 9, deleted, values: values.map(|(key, value)| (key.to_owned(), value)).into() }
    }

    fn row(op: HistoryOp, batch: Option<i64>, old: &[(&str, &str)]) -> HistoryRow {
        HistoryRow {
            id: 1,
            op,
            version: 2,
            at: DateTime::UNIX_EPOCH,
            actor: None,
            actor_name: String::new(),
            via: String::new(),
            batch,
            former: Vec::new(),
            forgotten: false,
            old: old.iter().map(|(key, value)| ((*key).to_owned(), Value::from(*value))).collect(),
        }
    }

    fn told(record: &Record, rows: &[HistoryRow]) -> String {
        let taken = take_back(&object(), record, rows, &Mine::Batch { id: BATCH, from: 1, chain: vec![BATCH, UNDO, REDO] });
        let fields: Vec<String> =
            taken.fields.iter().map(|(key, _, then)| format!("{key}={}", then.as_text().unwrap_or_default())).collect();
        let what = match taken.change {
            None => "nothing",
            Some(Change::Create { .. }) => "create",
            Some(Change::Update { .. }) => "update",
            Some(Change::Delete { .. }) => "delete",
            Some(Change::Restore { .. }) => "restore",
            Some(Change::Adjust { .. }) => "adjust",
        };
        format!("{what} {} kept {}", fields.join(" "), taken.kept.join(" "))
    }

    #[test]
    fn a_field_goes_back_if_it_is_still_what_was_written() {
        use HistoryOp::{Create, Delete, Restore, Update};
        let (mine, other, undo, redo) = (Some(BATCH), None, Some(UNDO), Some(REDO));
        for (record, rows, wanted) in [
            (record(false, "2", "2"), vec![row(Update, mine, &[("a", "1"), ("kept", "then")])], "update a=1 kept "),
            (
                record(false, "3", "2"),
                vec![row(Update, other, &[("a", "2")]), row(Update, mine, &[("a", "1"), ("b", "1")])],
                "update b=1 kept a",
            ),
            // Changed and changed back: it is what was written.
            (
                record(false, "2", "2"),
                vec![row(Update, other, &[("a", "3")]), row(Update, other, &[("a", "2")]), row(Update, mine, &[("a", "1")])],
                "update a=1 kept ",
            ),
            // Somebody took it back already.
            (record(false, "1", "2"), vec![row(Update, other, &[("a", "2")]), row(Update, mine, &[("a", "1")])], "nothing  kept "),
            // Twice in one batch, as an import may.
            (record(false, "3", "2"), vec![row(Update, mine, &[("a", "2")]), row(Update, mine, &[("a", "1")])], "update a=1 kept "),
            (
                record(false, "4", "2"),
                vec![row(Update, mine, &[("a", "3")]), row(Update, other, &[("a", "2")]), row(Update, mine, &[("a", "1")])],
                "update a=3 kept a",
            ),
            (record(false, "2", "2"), vec![row(Create, mine, &[])], "delete  kept "),
            (record(false, "2", "2"), vec![row(Update, mine, &[("a", "1")]), row(Create, mine, &[])], "delete  kept "),
            (record(false, "3", "2"), vec![row(Update, other, &[("a", "2")]), row(Create, mine, &[])], "nothing  kept a"),
            (record(true, "2", "2"), vec![row(Delete, other, &[]), row(Create, mine, &[])], "nothing  kept "),
            (record(true, "2", "2"), vec![row(Delete, mine, &[])], "restore  kept "),
            (record(false, "2", "2"), vec![row(Restore, other, &[]), row(Delete, mine, &[])], "nothing  kept "),
            // An undo was undone: it is what was done.
            (record(true, "2", "2"), vec![row(Delete, redo, &[]), row(Restore, undo, &[]), row(Delete, mine, &[])], "restore  kept "),
            // Brought back and deleted again by somebody.
            (record(true, "2", "2"), vec![row(Delete, other, &[]), row(Restore, undo, &[]), row(Delete, mine, &[])], "nothing  kept a"),
            (record(true, "2", "2"), vec![row(Delete, other, &[]), row(Restore, other, &[]), row(Delete, mine, &[])], "nothing  kept a"),
            (record(false, "2", "2"), vec![row(Restore, other, &[]), row(Delete, other, &[]), row(Restore, mine, &[])], "nothing  kept a"),
            (record(false, "2", "2"), vec![row(Restore, mine, &[])], "delete  kept "),
            (record(true, "2", "2"), vec![row(Delete, other, &[]), row(Update, mine, &[("a", "1")])], "nothing  kept a"),
        ] {
            assert_eq!(told(&record, &rows), wanted, "{rows:?}");
        }
    }
}
