//! Sixteen writers at once, on one tenant and on sixteen: no update is lost, and nobody hears of locks.
//!
//! `GUANXI_WRITER_SECONDS=60` is the long run by hand; the gate writes for a few seconds.

use guanxi_tests::api::Api;
use guanxi_tests::both_alone;
use guanxi_tests::server::{Db, Options, Server};
use reqwest::Method;
use serde_json::json;
use std::time::{Duration, Instant};

both_alone!(on_one_tenant, on_sixteen_tenants);

/// Writers at once.
const WRITERS: usize = 16;
/// Seconds of one run of the gate.
const SECONDS: u64 = 3;

/// What one writer did.
#[derive(Default)]
struct Tally {
    counted: i64,
    created: i64,
    overtaken: u64,
}

fn on_one_tenant(db: Db) {
    let Some(server) = Server::start(db, &Options { now: None, empty: true, ..Options::default() }) else { return };
    let api = tenant(&server, "acme");
    write_at_once(&vec![api; WRITERS]);
}

fn on_sixteen_tenants(db: Db) {
    let Some(server) = Server::start(db, &Options { now: None, empty: true, ..Options::default() }) else { return };
    let apis: Vec<Api> = (0..WRITERS).map(|n| tenant(&server, &format!("acme{n}"))).collect();
    write_at_once(&apis);
}

/// A tenant with one counter that its writers share.
fn tenant(server: &Server, key: &str) -> Api {
    let email = format!("a@{key}.example");
    server.cli(&["tenant", "create", key, "--name", key, "--admin", &email]).expect(0);
    let api = server.api(key, &email);
    api.post("/api/v1/objects", &json!({"key": "x_counter", "label": {"en": "Counter"}})).expect(201);
    api.post("/api/v1/objects/x_counter/fields", &json!({"key": "x_count", "type": "integer", "label": {"en": "Count"}})).expect(201);
    api.create("x_counter", json!({"name": "shared", "external_id": "shared", "x_count": 0}));
    api
}

/// Lets each client write for the whole time, then compares what they did with what is there. Equal clients share one tenant.
fn write_at_once(apis: &[Api]) {
    let seconds = std::env::var("GUANXI_WRITER_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(SECONDS);
    let end = Instant::now() + Duration::from_secs(seconds);
    let tallies: Vec<Tally> = std::thread::scope(|scope| {
        let writers: Vec<_> = apis.iter().enumerate().map(|(n, api)| scope.spawn(move || write(api, n, end))).collect();
        writers.into_iter().map(|writer| writer.join().expect("a writer ends by itself")).collect()
    });
    let mut seen: Vec<&str> = Vec::new();
    for api in apis {
        if seen.contains(&api.token()) {
            continue;
        }
        seen.push(api.token());
        let mine = || apis.iter().zip(&tallies).filter(|(other, _)| other.token() == api.token()).map(|(_, tally)| tally);
        let shared = &api.list("x_counter", &[("filter", "external_id == \"shared\""), ("fields", "x_count")])[0];
        assert_eq!(shared["x_count"], json!(mine().map(|t| t.counted).sum::<i64>()), "no count is lost");
        let rows = api.groups(json!({"object": "x_counter", "filter": "external_id == null", "measures": [{"fn": "count"}]}));
        assert_eq!(rows[0][1][0], json!(mine().map(|t| t.created).sum::<i64>()), "no new record is lost");
    }
    let total = |of: fn(&Tally) -> i64| tallies.iter().map(of).sum::<i64>();
    let overtaken: u64 = tallies.iter().map(|t| t.overtaken).sum();
    println!("{} counted, {} created, {overtaken} overtaken in {seconds} s", total(|t| t.counted), total(|t| t.created));
    assert!(total(|t| t.counted) > 0 && total(|t| t.created) > 0);
}

/// Counts the shared record up under its version, and makes records of its own.
fn write(api: &Api, number: usize, end: Instant) -> Tally {
    let mut tally = Tally::default();
    let found = api.list("x_counter", &[("filter", "external_id == \"shared\""), ("fields", "id")]);
    let path = format!("/api/v1/records/x_counter/{}", found[0]["id"].as_str().expect("an id"));
    while Instant::now() < end {
        let shared = api.get(&path).expect(200).json;
        let version = shared["version"].as_i64();
        let count = shared["x_count"].as_i64().expect("a number");
        let answer = api.patch(&path, version, &json!({"x_count": count + 1}));
        match answer.status {
            200 => tally.counted += 1,
            409 => tally.overtaken += 1,
            _ => panic!("writer {number}: {answer}"),
        }
        let made = api.try_send(Method::POST, "/api/v1/records/x_counter", &json!({"name": format!("of {number}")}));
        let made = made.unwrap_or_else(|| panic!("writer {number} got no answer"));
        assert_eq!(made.status, 201, "writer {number}: {made}");
        tally.created += 1;
    }
    tally
}
