//! What fuzzing found or should keep trying (fuzz/corpus), replayed over HTTP: a coded answer, never a failure of the server.

use guanxi_tests::api::Answer;
use guanxi_tests::binary::root;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use reqwest::Method;
use serde_json::{Value, json};

both!(everything_that_was_tried);

/// The sorts of the target `cursor`; its first byte chooses one.
const SORTS: [&str; 4] = ["", "name", "-x_int,name", "x_day"];

fn everything_that_was_tried(tenant: &Tenant) {
    let world = std::fs::read_to_string(root().join("fuzz/world.json")).expect("fuzz/world.json");
    let steps: Vec<Value> = serde_json::from_str(&world).expect("a list of requests");
    for step in &steps {
        let method: Method = step["method"].as_str().and_then(|m| m.parse().ok()).expect("a method");
        let answer = send(tenant, method, step["path"].as_str().expect("a path"), step["body"].to_string().as_bytes());
        assert!([200, 201].contains(&answer.status), "{answer}");
    }
    tenant.create_all("x_thing", vec![json!({"name": "one", "x_int": 1}), json!({"name": "two", "x_int": 2})]);
    each("record_json", |body| send(tenant, Method::POST, "/api/v1/records/x_thing?dry_run=true", body));
    each("metadata_json", |body| send(tenant, Method::POST, "/api/v1/objects/x_line/fields", body));
    each("metadata_json", |body| send(tenant, Method::PUT, "/api/v1/objects/x_thing/rules", body));
    each("expression", |text| {
        let body = json!({"filter": String::from_utf8_lossy(text), "limit": 5}).to_string();
        send(tenant, Method::POST, "/api/v1/records/x_thing/query", body.as_bytes())
    });
    each("list_url", |query| send(tenant, Method::GET, &format!("/api/v1/records/x_thing?{}", address(query)), b""));
    let page = tenant.admin.get("/api/v1/records/x_thing?limit=1").expect(200);
    let given = page.json["next"].as_str().expect("a second page").as_bytes();
    each("cursor", |bytes| {
        let [sort, kind, rest @ ..] = bytes else { panic!("an input of `cursor` begins with two bytes") };
        let cursor = if kind % 2 == 0 { changed(given, rest) } else { rest.to_vec() };
        let sort = SORTS[usize::from(*sort) % SORTS.len()];
        send(tenant, Method::GET, &format!("/api/v1/records/x_thing?limit=1&sort={sort}&cursor={}", encoded(&cursor)), b"")
    });
    each("aggregate_json", |body| send(tenant, Method::POST, "/api/v1/aggregate", body));
    each("search", |words| send(tenant, Method::GET, &format!("/api/v1/search?q={}", encoded(words)), b""));
}

/// Sends every input of a target.
fn each(target: &str, send: impl Fn(&[u8]) -> Answer) {
    let mut tried = 0;
    for file in std::fs::read_dir(root().join("fuzz/corpus").join(target)).expect("a corpus") {
        let answer = send(&std::fs::read(file.expect("a file").path()).expect("its bytes"));
        assert!(answer.status < 500, "{answer}");
        assert!(answer.status < 300 || answer.json["code"].is_string(), "{answer}");
        tried += 1;
    }
    assert!(tried > 0, "{target} is not empty");
}

/// Each pair of bytes puts a value at a place.
fn changed(cursor: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut cursor = cursor.to_vec();
    for pair in changes.chunks_exact(2) {
        let place = usize::from(pair[0]) % cursor.len();
        cursor[place] = pair[1];
    }
    cursor
}

/// Any bytes as a value within an address.
fn encoded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

/// Any bytes as the query of an address: what a URL cannot carry as it is becomes an escape.
fn address(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"&=+%-_.,".contains(&byte);
    bytes.iter().map(|&byte| if plain(byte) { char::from(byte).to_string() } else { encoded(&[byte]) }).collect()
}

fn send(tenant: &Tenant, method: Method, path: &str, body: &[u8]) -> Answer {
    tenant.admin.send(method, path, &[("content-type", "application/json")], Some(body.to_vec()))
}
