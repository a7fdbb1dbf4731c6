//! What fuzzing found or should keep trying (fuzz/corpus), replayed over HTTP: a coded answer, never a failure of the server.

use guanxi_tests::api::Answer;
use guanxi_tests::binary::root;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use reqwest::Method;
use serde_json::{Value, json};

both!(everything_that_was_tried);

fn everything_that_was_tried(tenant: &Tenant) {
    let world = std::fs::read_to_string(root().join("fuzz/world.json")).expect("fuzz/world.json");
    let steps: Vec<Value> = serde_json::from_str(&world).expect("a list of requests");
    for step in &steps {
        let method: Method = step["method"].as_str().and_then(|m| m.parse().ok()).expect("a method");
        let answer = send(tenant, method, step["path"].as_str().expect("a path"), step["body"].to_string().as_bytes());
        assert!([200, 201].contains(&answer.status), "{answer}");
    }
    for (folder, method, path) in [
        ("record_json", Method::POST, "/api/v1/records/x_thing?dry_run=true"),
        ("metadata_json", Method::POST, "/api/v1/objects/x_line/fields"),
        ("metadata_json", Method::PUT, "/api/v1/objects/x_thing/rules"),
        ("expression", Method::POST, "/api/v1/records/x_thing/query"),
    ] {
        let mut tried = 0;
        for file in std::fs::read_dir(root().join("fuzz/corpus").join(folder)).expect("a corpus") {
            let mut body = std::fs::read(file.expect("a file").path()).expect("its bytes");
            if folder == "expression" {
                let Ok(text) = String::from_utf8(body) else { continue };
                body = json!({"filter": text, "limit": 5}).to_string().into_bytes();
            }
            let answer = send(tenant, method.clone(), path, &body);
            assert!(answer.status < 500, "{answer}");
            assert!(answer.status < 300 || answer.json["code"].is_string(), "{answer}");
            tried += 1;
        }
        assert!(tried > 0, "{folder} is not empty");
    }
}

fn send(tenant: &Tenant, method: Method, path: &str, body: &[u8]) -> Answer {
    tenant.admin.send(method, path, &[("content-type", "application/json")], Some(body.to_vec()))
}
