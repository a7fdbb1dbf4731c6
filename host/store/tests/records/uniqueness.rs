//! Unique fields and partial constraints: probed before, refused by the database, explained afterwards, also between many writers.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_core::Value;
use guanxi_store::{Candidate, RowOp, Stores, WriteError};

use crate::support::on_both_databases;
use crate::world::{World, id, insert, unit, update};

const TWO_DONE: &str = "pa.gadget.two_done";

fn refusal(answer: Result<(), WriteError>) -> (uuid::Uuid, Vec<String>, String, Option<uuid::Uuid>) {
    match answer {
        Err(WriteError::NotUnique { id, fields, code, other, .. }) => (id, fields, code, other),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_other_record_is_named() {
    on_both_databases(async |stores: Stores| {
        let world = World::empty(&stores).await;
        let gadget = |n: u128, code: &str, stage: &str, done: bool| {
            let values = vec![
                ("name", "g".into()),
                ("code", code.into()),
                ("stage", stage.into()),
                ("done", Value::Bool(done)),
                ("customer", Value::Ref(id(1))),
            ];
            insert("gadget", id(n), values)
        };
        world.write(vec![gadget(1, "Ａ1", "b", true), gadget(2, "A2", "a", true), gadget(3, "A3", "b", false)]).await.unwrap();

        let names = |fields: &[&str]| fields.iter().map(|f| (*f).to_owned()).collect::<Vec<_>>();
        let same_code = world.write(vec![gadget(4, " a1", "a", false)]).await;
        assert_eq!(refusal(same_code), (id(4), names(&["code"]), "field.not_unique".into(), Some(id(1))));
        let second_done = world.write(vec![gadget(5, "A5", "c", true)]).await;
        assert_eq!(refusal(second_done), (id(5), names(&["customer"]), TWO_DONE.into(), Some(id(1))));
        let becomes_done = world.write(vec![update("gadget", id(3), 1, vec![("done", Value::Bool(false), Value::Bool(true))])]).await;
        assert_eq!(refusal(becomes_done), (id(3), names(&["customer"]), TWO_DONE.into(), Some(id(1))));
        let in_one_unit = world.write(vec![gadget(6, "A6", "a", true), gadget(7, "a6", "a", true)]).await;
        assert_eq!(refusal(in_one_unit), (id(7), names(&["code"]), "field.not_unique".into(), Some(id(6))));
        let mut external = gadget(8, "A8", "a", true);
        external.values.push(("external_id".into(), "x".into()));
        let mut again = gadget(9, "A9", "a", true);
        again.values.push(("external_id".into(), "X ".into()));
        world.write(vec![external]).await.unwrap();
        assert_eq!(refusal(world.write(vec![again]).await), (id(9), names(&["external_id"]), "field.not_unique".into(), Some(id(8))));

        // What is deleted, or outside the condition, is free.
        let gone = guanxi_store::RowChange { op: RowOp::Delete { version: 1 }, ..insert("gadget", id(1), vec![]) };
        world.write(vec![gone]).await.unwrap();
        world.write(vec![gadget(4, "a1", "a", false), gadget(5, "A5", "c", true)]).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn probes_find_everything_at_once() {
    on_both_databases(async |stores: Stores| {
        let world = World::filled(&stores).await;
        let candidate = |n: u128, values: &[(&str, Value)]| Candidate {
            id: id(n),
            values: values.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect::<HashMap<_, _>>(),
        };
        let done = |customer: u128| [("done", Value::Bool(true)), ("stage", Value::from("b")), ("customer", Value::Ref(id(customer)))];
        let candidates = [
            candidate(1001, &[("code", "c-1".into()), ("external_id", "EXT 3".into())]),
            candidate(1002, &[("code", "new".into())]),
            candidate(1003, &[("code", " NEW".into())]),
            candidate(1004, &[("code", Value::Null)]),
            candidate(101, &[("code", "C-1".into())]),
            candidate(1005, &done(77)),
            candidate(1006, &done(77)),
            candidate(1007, &[("done", Value::Bool(false)), ("customer", Value::Ref(id(77)))]),
        ];
        let taken = world.store.probe_unique(&world.schema, "gadget", &candidates).await.unwrap();
        let mut short: Vec<_> = taken.iter().map(|t| (t.candidate, t.fields[0].as_str(), t.code.as_str(), t.other)).collect();
        short.sort();
        let code = "field.not_unique";
        // Record 101 is a candidate itself, so it is compared as it will be.
        let wanted = [
            (0, "external_id", code, id(103)),
            (2, "code", code, id(1002)),
            (4, "code", code, id(1001)),
            (6, "customer", TWO_DONE, id(1005)),
        ];
        assert_eq!(short, wanted);
    })
    .await;
}

#[tokio::test]
async fn of_twenty_writers_one_wins() {
    on_both_databases(async |stores: Stores| {
        let world = Arc::new(World::empty(&stores).await);
        let writers = (0..20u128).map(|n| {
            let world = Arc::clone(&world);
            tokio::spawn(async move {
                let values =
                    vec![("name", "g".into()), ("done", Value::Bool(true)), ("stage", "b".into()), ("customer", Value::Ref(id(1)))];
                world.store.write(&world.schema, &unit(vec![insert("gadget", id(100 + n), values)])).await
            })
        });
        let writers: Vec<_> = writers.collect();
        let mut won = Vec::new();
        let mut named = Vec::new();
        for (n, writer) in writers.into_iter().enumerate() {
            match writer.await.unwrap() {
                Ok(()) => won.push(id(100 + n as u128)),
                other => named.push(refusal(other)),
            }
        }
        assert_eq!((won.len(), named.len()), (1, 19));
        assert!(named.iter().all(|(_, _, code, other)| code == TWO_DONE && *other == Some(won[0])));

        // The same with one version of one record.
        let record = won[0];
        let writers: Vec<_> = (0..20)
            .map(|n| {
                let world = Arc::clone(&world);
                let change = update("gadget", record, 1, vec![("qty", Value::Null, Value::Int(n))]);
                tokio::spawn(async move { world.store.write(&world.schema, &unit(vec![change])).await })
            })
            .collect();
        let mut saved = 0;
        for writer in writers {
            match writer.await.unwrap() {
                Ok(()) => saved += 1,
                Err(WriteError::VersionConflict { id, .. }) => assert_eq!(id, record),
                Err(other) => panic!("{other:?}"),
            }
        }
        assert_eq!(saved, 1);
    })
    .await;
}
