//! Killed at any moment: after each start there are only whole changes, and the history agrees with the records.
//!
//! `GUANXI_KILLS=200` is the long run by hand; the gate kills a few times.

use guanxi_tests::api::Api;
use guanxi_tests::both_alone;
use guanxi_tests::server::{Db, Options, Server};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

both_alone!(killed_at_any_moment);

/// Kills of one run of the gate.
const KILLS: u64 = 6;
/// Records of one unit.
const UNIT: usize = 3;
/// Writers of records beside the one of metadata and the one of bulk edits.
const WRITERS: u64 = 3;

fn killed_at_any_moment(db: Db) {
    let Some(mut server) = Server::start(db, &Options { now: None, empty: true, ..Options::default() }) else { return };
    let kills = std::env::var("GUANXI_KILLS").ok().and_then(|text| text.parse().ok()).unwrap_or(KILLS);
    server.cli(&["tenant", "create", "acme", "--name", "Acme", "--admin", "a@acme.example"]).expect(0);
    let token = server.token("acme", "a@acme.example");
    let api = server.anonymous().with_token(&token);
    prepare(&api);
    let numbers = AtomicU64::new(1);
    for round in 0..kills {
        let api = server.anonymous().with_token(&token);
        let over = AtomicBool::new(false);
        std::thread::scope(|scope| {
            for _ in 0..WRITERS {
                scope.spawn(|| write_units(&api, &numbers, &over));
            }
            scope.spawn(|| edit_in_bulk(&api, &numbers, &over));
            scope.spawn(|| change_metadata(&api, &numbers, &over));
            // Spread over the first second in a way that no two rounds share: start-up work, first saves, full swing.
            std::thread::sleep(Duration::from_millis(20 + round * 7_919 % 1_000));
            server.kill();
            over.store(true, Ordering::Relaxed);
        });
        server = server.restart(&Options { now: None, empty: true, ..Options::default() });
        whole(&server.anonymous().with_token(&token), round);
    }
}

fn prepare(api: &Api) {
    api.post("/api/v1/objects", &json!({"key": "x_part", "label": {"en": "Part"}})).expect(201);
    for field in [
        json!({"key": "x_unit", "type": "integer", "label": {"en": "Unit"}, "indexed": true}),
        json!({"key": "x_value", "type": "integer", "label": {"en": "Value"}}),
        json!({"key": "x_mark", "type": "text", "label": {"en": "Mark"}}),
    ] {
        api.post("/api/v1/objects/x_part/fields", &field).expect(201);
    }
}

/// Units of new records that share a number, and units that change a whole earlier unit.
fn write_units(api: &Api, numbers: &AtomicU64, over: &AtomicBool) {
    let mut mine: Vec<String> = Vec::new();
    while !over.load(Ordering::Relaxed) {
        let unit = numbers.fetch_add(1, Ordering::Relaxed);
        let records: Vec<Value> = (0..UNIT).map(|n| json!({"name": format!("{unit}-{n}"), "x_unit": unit, "x_value": 0})).collect();
        let Some(answer) = api.try_send(Method::POST, "/api/v1/records/x_part", &Value::Array(records)) else { continue };
        mine.extend(answer.json["records"].as_array().into_iter().flatten().filter_map(|r| r["id"].as_str().map(str::to_owned)));
        if let Some(id) = mine.pop() {
            api.try_send(Method::PATCH, &format!("/api/v1/records/x_part/{id}"), &json!({"x_value": unit}));
        }
    }
}

/// One mark over many records, each time a new batch.
fn edit_in_bulk(api: &Api, numbers: &AtomicU64, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        let mark = format!("m{}", numbers.fetch_add(1, Ordering::Relaxed));
        let body = json!({"op": "update", "filter": "x_unit > 0", "set": {"x_mark": mark}});
        api.try_send(Method::POST, "/api/v1/records/x_part/bulk", &body);
        std::thread::sleep(Duration::from_millis(40));
    }
}

/// New fields, used at once, relabelled, hidden.
fn change_metadata(api: &Api, numbers: &AtomicU64, over: &AtomicBool) {
    while !over.load(Ordering::Relaxed) {
        let key = format!("x_f{}", numbers.fetch_add(1, Ordering::Relaxed));
        let field = json!({"key": key, "type": "integer", "label": {"en": "Extra"}, "indexed": true});
        api.try_send(Method::POST, "/api/v1/objects/x_part/fields", &field);
        let path = format!("/api/v1/objects/x_part/fields/{key}");
        api.try_send(Method::PATCH, &path, &json!({"label": {"en": "Extra again"}}));
        api.try_send(Method::DELETE, &path, &Value::Null);
        std::thread::sleep(Duration::from_millis(60));
    }
}

/// Everything that must hold after a start, whenever the one before was killed.
fn whole(api: &Api, round: u64) {
    let groups = api.groups(json!({"object": "x_part", "group_by": ["x_unit"], "measures": [{"fn": "count"}], "filter": "x_unit != null"}));
    for group in &groups {
        assert_eq!(group[1][0], json!(UNIT), "round {round}: a unit is whole or absent: {group}");
    }
    // The metadata fits the tables: what is listed can be written and read back.
    let object = api.get("/api/v1/objects/x_part").expect(200).json;
    let fields: Vec<&str> = object["fields"].as_array().into_iter().flatten().filter_map(|f| f["key"].as_str()).collect();
    let mut record = json!({"name": "after"});
    for field in fields.iter().filter(|key| key.starts_with("x_f")) {
        record[*field] = json!(round);
    }
    let created = api.create("x_part", record);
    assert_eq!(api.record("x_part", created["id"].as_str().expect("an id")), created, "round {round}");
    // The newest records: versions without gaps, each change once, and the version is the record's.
    for record in api.list("x_part", &[("sort", "-updated_at"), ("limit", "40"), ("fields", "version,x_mark,x_value")]) {
        let id = record["id"].as_str().expect("an id");
        let history = api.get(&format!("/api/v1/records/x_part/{id}/history")).expect(200).json;
        let mut versions: Vec<i64> = history["changes"].as_array().into_iter().flatten().filter_map(|c| c["version"].as_i64()).collect();
        versions.sort_unstable();
        let wanted: Vec<i64> = (1..=record["version"].as_i64().expect("a version")).collect();
        assert_eq!(versions, wanted, "round {round}: {record} {history}");
        assert_eq!(newest(&history, "x_mark"), Some(&record["x_mark"]).filter(|v| !v.is_null()), "round {round}: {record} {history}");
    }
    // No batch is left running, and none says more than it did.
    for batch in api.get("/api/v1/batches").expect(200).json["batches"].as_array().into_iter().flatten() {
        assert_ne!(batch["state"], "running", "round {round}: {batch}");
    }
}

/// What the history says a field is now.
fn newest<'a>(history: &'a Value, field: &str) -> Option<&'a Value> {
    let changes = history["changes"].as_array()?;
    let by_version: BTreeMap<i64, &Value> =
        changes.iter().filter_map(|c| Some((c["version"].as_i64()?, c["fields"].get(field)?))).collect();
    by_version.into_iter().next_back().map(|(_, change)| &change["new"])
}
