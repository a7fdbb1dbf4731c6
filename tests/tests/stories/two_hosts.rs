//! Two hosts on one PostgreSQL database: what one changes, the other sees, and saves across the change are right.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use guanxi_tests::api::Api;
use guanxi_tests::server::{Db, Options, Server};
use serde_json::{Value, json};

/// How long a host may not know of a change, with time for the request itself on a busy machine.
const SEEN_WITHIN: Duration = Duration::from_secs(5);

fn hosts() -> Option<(Server, Server, Api, Api)> {
    let first = Server::start(Db::Postgres, &Options::default())?;
    first.cli(&["tenant", "create", "acme", "--name", "Acme", "--admin", "a@acme.example"]).expect(0);
    let second = first.second_host(&Options::default())?;
    let token = first.token("acme", "a@acme.example");
    let (a, b) = (first.anonymous().with_token(&token), second.anonymous().with_token(&token));
    Some((first, second, a, b))
}

fn field(api: &Api, key: &str) -> Option<Value> {
    let shown = api.get("/api/v1/objects/x_both");
    shown.json["fields"].as_array().into_iter().flatten().find(|field| field["key"] == key).cloned()
}

/// Asks until the host sees it.
fn seen(what: &str, ask: impl Fn() -> bool) {
    let deadline = Instant::now() + SEEN_WITHIN;
    while !ask() {
        assert!(Instant::now() < deadline, "not seen in time: {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn changes_are_seen_by_the_other() {
    let Some((_first, _second, a, b)) = hosts() else { return };
    a.post("/api/v1/objects", &json!({"key": "x_both", "label": "Both"})).expect(201);
    seen("the object", || b.get("/api/v1/objects/x_both").status == 200);
    for (here, there, key) in [(&a, &b, "x_one"), (&b, &a, "x_two")] {
        let path = format!("/api/v1/objects/x_both/fields/{key}");
        here.post("/api/v1/objects/x_both/fields", &json!({"key": key, "type": "text", "label": "F"})).expect(201);
        seen("a new field", || field(there, key).is_some());
        let id = there.create_id("x_both", json!({"name": key, key: "12"}));
        here.patch(&path, None, &json!({"label": {"en": "Other"}})).expect(200);
        seen("a new label", || field(there, key).is_some_and(|f| f["label"]["en"] == "Other"));
        here.patch(&path, None, &json!({"hidden": true})).expect(200);
        seen("a hidden field", || field(there, key).is_none());
        here.patch(&path, None, &json!({"hidden": false})).expect(200);
        seen("a shown field", || field(there, key).is_some());
        here.post(&format!("{path}/type"), &json!({"type": "integer"})).expect(200);
        // A save is right at once, whatever its host had seen: the old type is never written.
        let saved = there.patch(&format!("/api/v1/records/x_both/{id}"), None, &json!({key: 13}));
        assert_eq!(saved.status, 200, "{saved}");
        assert_eq!(here.record("x_both", &id)[key], 13);
        seen("a new type", || field(there, key).is_some_and(|f| f["type"] == "integer"));
    }
}

#[test]
fn both_save_across_changes() {
    let Some((_first, _second, a, b)) = hosts() else { return };
    a.post("/api/v1/objects", &json!({"key": "x_both", "label": "Both"})).expect(201);
    a.post("/api/v1/objects/x_both/fields", &json!({"key": "x_value", "type": "text", "label": "V"})).expect(201);
    seen("the field", || field(&b, "x_value").is_some());
    let ids: Vec<String> = (0..8).map(|at| a.create_id("x_both", json!({"name": format!("r{at}"), "x_value": "0"}))).collect();
    let stop = AtomicBool::new(false);
    let last: Vec<(String, i64)> = std::thread::scope(|scope| {
        let writers: Vec<_> = ids
            .iter()
            .enumerate()
            .map(|(at, id)| {
                let (api, stop) = (if at % 2 == 0 { &a } else { &b }, &stop);
                scope.spawn(move || {
                    let (mut number, mut kept) = (0, 0);
                    while !stop.load(Ordering::Relaxed) {
                        number += 1;
                        let path = format!("/api/v1/records/x_both/{id}");
                        let mut answer = api.patch(&path, None, &json!({"x_value": number.to_string()}));
                        if answer.status == 422 {
                            answer = api.patch(&path, None, &json!({"x_value": number}));
                        }
                        // Hidden for a moment, the field is unknown.
                        assert!(matches!(answer.status, 200 | 409 | 422 | 503), "{answer}");
                        if answer.status == 200 {
                            kept = number;
                        }
                    }
                    (id.clone(), kept)
                })
            })
            .collect();
        for (round, api) in [&a, &b, &a, &b].into_iter().enumerate() {
            let path = "/api/v1/objects/x_both/fields";
            let key = format!("x_more{round}");
            let fine = |answer: guanxi_tests::api::Answer| assert!(matches!(answer.status, 200 | 201 | 204 | 409 | 503), "{answer}");
            fine(api.post(path, &json!({"key": key, "type": "integer", "label": "M", "indexed": true})));
            fine(api.patch(&format!("{path}/{key}"), None, &json!({"label": "Other"})));
            fine(api.patch(&format!("{path}/x_value"), None, &json!({"hidden": true})));
            fine(api.patch(&format!("{path}/x_value"), None, &json!({"hidden": false})));
            let kind = if round % 2 == 0 { "integer" } else { "text" };
            fine(api.post(&format!("{path}/x_value/type"), &json!({"type": kind})));
        }
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().map(|writer| writer.join().expect("a writer ends")).collect()
    });
    for (id, number) in last {
        let kept = a.record("x_both", &id)["x_value"].clone();
        let kept = kept.as_i64().or_else(|| kept.as_str().and_then(|text| text.parse().ok()));
        assert_eq!(kept, Some(number), "the last save of {id} is there");
        assert!(number > 0, "each writer wrote");
    }
}
