//! Units: all or nothing, versions, history, references and look-ups.

use std::collections::HashMap;

use guanxi_core::policy::RowScope;
use guanxi_core::text::normal_key;
use guanxi_core::{Decimal, Value};
use guanxi_store::{HistoryOp, RowChange, RowOp, Stores, WriteError};

use crate::support::on_both_databases;
use crate::world::{World, at, id, insert, unit, update};

fn delete(object: &str, record: uuid::Uuid, version: i64) -> RowChange {
    RowChange { op: RowOp::Delete { version }, ..insert(object, record, vec![]) }
}

#[tokio::test]
async fn records_come_back_as_written() {
    on_both_databases(async |stores: Stores| {
        let world = World::empty(&stores).await;
        let values: Vec<(&str, Value)> = vec![
            ("name", "张三 O'Neil\u{1F600}".into()),
            ("code", "A-1".into()),
            ("amount", Value::Decimal(Decimal::new(-149_975, 2))),
            ("rate", Value::Decimal(Decimal::new(6_000, 2))),
            ("qty", Value::Int(i64::MAX)),
            ("price", Value::Decimal(Decimal::new(1, 4))),
            ("stage", "b".into()),
            ("done", Value::Bool(true)),
            ("due", Value::Date("2024-02-29".parse().unwrap())),
            ("seen", Value::Instant(at(5))),
            ("customer", Value::Ref(id(7))),
            ("phone", "+86 10-123".into()),
            ("email", "A@b.c".into()),
            ("notes", "行\n'\"\\".into()),
            ("owner", Value::Ref(id(1))),
            ("department", Value::Ref(id(2))),
            ("external_id", "E 1".into()),
        ];
        world
            .write(vec![insert("gadget", id(100), values.clone()), insert("gadget", id(101), vec![("name", "leer".into())])])
            .await
            .unwrap();
        let all = world.all("gadget").await;
        for (key, value) in &values {
            assert_eq!(all[&id(100)].value(key), value, "{key}");
            if *key != "name" {
                assert_eq!(all[&id(101)].value(key), &Value::Null, "{key}");
            }
        }
        let record = &all[&id(100)];
        let system = [("id", Value::Ref(id(100))), ("version", Value::Int(1)), ("created_at", Value::Instant(at(0)))];
        for (key, value) in system.iter().chain(&[("created_by", Value::Ref(id(901))), ("updated_by", Value::Ref(id(901)))]) {
            assert_eq!(record.value(key), value, "{key}");
        }
        assert_eq!((record.version, record.deleted), (1, false));
    })
    .await;
}

#[tokio::test]
async fn versions_history_and_deletes() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let old = world.all("gadget").await[&id(101)].clone();
        let name = old.value("name").clone();
        let first =
            update("gadget", id(101), 1, vec![("name", name.clone(), "新名".into()), ("amount", old.value("amount").clone(), Value::Null)]);
        world.write(vec![first]).await.unwrap();
        let again = update("gadget", id(101), 1, vec![("name", name.clone(), "later".into())]);
        let others = insert("gadget", id(700), vec![("name", "not written".into())]);
        for changes in [vec![again.clone()], vec![others, again.clone()], vec![delete("gadget", id(101), 1)]] {
            let refused = world.write(changes).await;
            assert!(
                matches!(refused, Err(WriteError::VersionConflict { ref object, id: record }) if object == "gadget" && record == id(101)),
                "{refused:?}"
            );
        }
        assert!(!world.all("gadget").await.contains_key(&id(700)));
        let now = &world.all("gadget").await[&id(101)];
        assert_eq!((now.version, now.value("name"), now.value("amount")), (2, &"新名".into(), &Value::Null));

        let gone = RowChange { old: vec![("name".into(), "新名".into())], ..delete("gadget", id(101), 2) };
        world.write(vec![gone]).await.unwrap();
        let back = world.write(vec![update("gadget", id(101), 3, vec![("name", Value::Null, "x".into())])]).await;
        assert!(matches!(back, Err(WriteError::VersionConflict { .. })));
        let loaded = world.store.load_records(&world.schema, "gadget", &[id(101), id(9999)]).await.unwrap();
        assert_eq!((loaded.len(), loaded[0].deleted, loaded[0].version), (1, true, 3));

        let history = world.store.history(&world.schema, "gadget", id(101), None, 10).await.unwrap();
        let short: Vec<_> = history.iter().map(|h| (h.op, h.version, h.via.as_str(), h.actor_name.as_str(), h.actor, h.at)).collect();
        let entry = |op, version| (op, version, "api", "王芳", Some(id(901)), at(0));
        assert_eq!(short, [entry(HistoryOp::Delete, 3), entry(HistoryOp::Update, 2), entry(HistoryOp::Create, 1)]);
        assert_eq!(history[1].old, HashMap::from([("name".to_owned(), name), ("amount".to_owned(), old.value("amount").clone())]));
        assert!(history[2].old.is_empty());
        let older = world.store.history(&world.schema, "gadget", id(101), Some(history[0].id), 1).await.unwrap();
        assert_eq!(older, history[1..2]);
    })
    .await;
}

#[tokio::test]
async fn rights_and_metadata_are_compared() {
    on_both_databases(async |stores: Stores| {
        let world = World::empty(&stores).await;
        let revisions = world.store.revisions().await.unwrap();
        for (access, changes) in [(revisions.access, 1), (revisions.access + 1, 1), (revisions.access + 1, 2)] {
            let rows = (0..changes)
                .map(|n| insert("customer", id(20 + 10 * (access - revisions.access) as u128 + n), vec![("name", "n".into())]))
                .collect();
            let unit = guanxi_store::WriteUnit { access_rev: Some(access), ..unit(rows) };
            let answer = world.store.write(&world.schema, &unit).await;
            assert_eq!(answer.is_ok(), access == revisions.access, "{answer:?}");
            assert!(answer.is_ok() || matches!(answer, Err(WriteError::StaleAccess)));
        }
        assert_eq!(world.all("customer").await.len(), 1);
        world.write(vec![]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn many_rows_at_once() {
    on_both_databases(async |stores: Stores| {
        let world = World::empty(&stores).await;
        let rows = |from: u128| {
            (from..from + 1200).map(|n| insert("gadget", id(n), vec![("name", Value::from(format!("n{n}"))), ("stage", "a".into())]))
        };
        let customers = (2700..3000).map(|n| insert("customer", id(n), vec![("name", Value::from(format!("c{n}")))]));
        world.write(rows(0).chain(customers).collect()).await.unwrap();
        let count = async |object: &str| {
            let ids: Vec<_> = (0..3000).map(id).collect();
            world.store.load_records(&world.schema, object, &ids).await.unwrap().len()
        };
        assert_eq!((count("gadget").await, count("customer").await), (1200, 300));
        // The last row breaks the whole unit.
        let mut bad: Vec<RowChange> = rows(1200).collect();
        bad.push(insert("gadget", id(5), vec![("name", "same id".into())]));
        let refused = world.write(bad).await;
        assert!(matches!(refused, Err(WriteError::NotUnique { ref fields, .. }) if fields == &["id"]), "{refused:?}");
        assert_eq!(count("gadget").await, 1200);
        let history = world.store.history(&world.schema, "gadget", id(7), None, 10).await.unwrap();
        assert_eq!(history.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn look_ups_and_references() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let kind = world.object("gadget").field("name").unwrap().kind.clone();
        let keys: Vec<String> = ["ZHANG SAN", "ABC", "nobody"].iter().map(|t| normal_key(&kind, t)).collect();
        let found = world.store.lookup(&world.schema, "gadget", "name", &keys, &RowScope::All).await.unwrap();
        let count = |key: &String| found.iter().filter(|(k, _)| k == key).count();
        let wanted = |texts: &[&str], all: &HashMap<uuid::Uuid, guanxi_store::Record>| {
            all.values().filter(|r| texts.contains(&r.value("name").as_text().unwrap())).count()
        };
        let all = world.all("gadget").await;
        assert_eq!(count(&keys[0]), wanted(&["Zhang San", "zhang san"], &all));
        assert_eq!(count(&keys[1]), wanted(&["ａｂｃ", "ABC"], &all));
        assert_eq!(count(&keys[2]), 0);
        let scope = RowScope::of(id(901), vec![]);
        let own = world.store.lookup(&world.schema, "gadget", "name", &keys, &scope).await.unwrap();
        assert!(own.len() < found.len() && own.iter().all(|(_, r)| *all[r].value("owner") == Value::Ref(id(901))));
        let by_id = world.store.lookup(&world.schema, "gadget", "external_id", &["ext 7".to_owned()], &RowScope::All).await.unwrap();
        assert_eq!(by_id, [("ext 7".to_owned(), id(107))]);

        let references = [("customer", 1), ("customer", 4), ("customer", 77), ("gadget", 100), ("gadget", 1), ("customer", 1)];
        let references: Vec<_> = references.iter().map(|(o, n)| ((*o).to_owned(), id(*n))).collect();
        let missing = world.store.references_exist(&world.schema, &references).await.unwrap();
        assert_eq!(missing, [("customer".to_owned(), id(4)), ("customer".to_owned(), id(77)), ("gadget".to_owned(), id(1))]);
    })
    .await;
}
