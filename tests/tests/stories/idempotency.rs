//! Requests that are sent again under one Idempotency-Key, and conflicts that show both sides.

use guanxi_tests::api::{Answer, Api};
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use reqwest::Method;
use serde_json::{Value, json};

both!(
    a_repeated_create_makes_one_record,
    another_request_under_the_key_is_refused,
    changes_and_deletions_are_made_once,
    an_action_is_done_once,
    twenty_at_once_are_one,
    partial_results_are_kept,
    refused_requests_are_tried_again,
    keys_belong_to_their_user,
    bad_keys,
    a_conflict_shows_both_sides,
);

fn send(api: &Api, method: Method, path: &str, key: &str, body: &Value) -> Answer {
    let headers = [("content-type", "application/json"), ("idempotency-key", key)];
    let body = (method != Method::DELETE).then(|| body.to_string().into_bytes());
    api.send(method, path, &headers, body)
}

const CUSTOMERS: &str = "/api/v1/records/customer";

fn a_repeated_create_makes_one_record(tenant: &Tenant) {
    let body = json!({"name": "华夏"});
    let first = send(&tenant.admin, Method::POST, CUSTOMERS, "k-1", &body).expect(201);
    let again = send(&tenant.admin, Method::POST, CUSTOMERS, "k-1", &body).expect(201);
    assert_eq!(first.json, again.json);
    assert_eq!(first.headers.get("etag"), again.headers.get("etag"));
    assert_eq!(first.headers.get("location"), again.headers.get("location"));
    assert_eq!(tenant.count("customer", ""), 1);
    // What changed since is seen: a repetition reads the record anew.
    let id = first.json["id"].as_str().expect("an id");
    tenant.admin.change("customer", id, json!({"name": "华夏二"}));
    assert_eq!(send(&tenant.admin, Method::POST, CUSTOMERS, "k-1", &body).expect(201).json["name"], "华夏二");
    let units = json!([{"name": "A"}, {"name": "B"}]);
    let first = send(&tenant.admin, Method::POST, CUSTOMERS, "k-2", &units).expect(201);
    let again = send(&tenant.admin, Method::POST, CUSTOMERS, "k-2", &units).expect(201);
    assert_eq!((first.json, tenant.count("customer", "")), (again.json, 3));
}

fn another_request_under_the_key_is_refused(tenant: &Tenant) {
    let first = send(&tenant.admin, Method::POST, CUSTOMERS, "k", &json!({"name": "A"})).expect(201);
    send(&tenant.admin, Method::POST, CUSTOMERS, "k", &json!({"name": "B"})).refused(422, "idempotency.body_differs");
    send(&tenant.admin, Method::POST, "/api/v1/records/contact", "k", &json!({"name": "A"})).refused(422, "idempotency.body_differs");
    let path = format!("{CUSTOMERS}/{}", first.json["id"].as_str().expect("an id"));
    send(&tenant.admin, Method::PATCH, &path, "k", &json!({"name": "A"})).refused(422, "idempotency.body_differs");
    assert_eq!(tenant.count("customer", ""), 1);
}

fn changes_and_deletions_are_made_once(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A"}));
    let path = format!("{CUSTOMERS}/{id}");
    for _ in 0..3 {
        let answer = send(&tenant.admin, Method::PATCH, &path, "edit", &json!({"name": "B"})).expect(200);
        assert_eq!(answer.json["version"], 2);
    }
    tenant.admin.change("customer", &id, json!({"name": "C"}));
    // Not done again: the later name stays.
    assert_eq!(send(&tenant.admin, Method::PATCH, &path, "edit", &json!({"name": "B"})).expect(200).json["name"], "C");
    for _ in 0..3 {
        send(&tenant.admin, Method::DELETE, &path, "gone", &Value::Null).expect(204);
    }
    tenant.admin.delete(&path).refused(404, "not_found");
}

fn an_action_is_done_once(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_part", "label": {"en": "Part"}})).expect(201);
    tenant.add_field("x_part", json!({"key": "x_on_hand", "type": "integer", "label": {"en": "On hand"}}));
    let guard = json!({"condition": "x_on_hand >= 0", "message": {"en": "Not enough"}});
    let take = json!({"key": "take", "label": {"en": "Take"}, "fields": [{"field": "x_on_hand", "subtract": true}], "guard": guard});
    tenant.admin.put("/api/v1/objects/x_part/rules", &json!({"adjustments": [take]})).expect(200);
    let id = tenant.admin.create_id("x_part", json!({"name": "Filter", "x_on_hand": 10}));
    let path = format!("/api/v1/records/x_part/{id}/actions/take");
    for _ in 0..3 {
        send(&tenant.admin, Method::POST, &path, "issue-1", &json!({"amount": "6"})).expect(200);
    }
    assert_eq!(tenant.admin.record("x_part", &id)["x_on_hand"], 4);
    send(&tenant.admin, Method::POST, &path, "issue-2", &json!({"amount": "6"})).refused(409, "rule.failed");
    assert_eq!(tenant.admin.record("x_part", &id)["x_on_hand"], 4);
}

fn twenty_at_once_are_one(tenant: &Tenant) {
    let body = json!([{"name": "A"}, {"name": "B"}]);
    let answers: Vec<Answer> = std::thread::scope(|scope| {
        let senders: Vec<_> = (0..20).map(|_| scope.spawn(|| send(&tenant.admin, Method::POST, CUSTOMERS, "race", &body))).collect();
        senders.into_iter().map(|sender| sender.join().expect("an answer")).collect()
    });
    for answer in &answers {
        assert_eq!((answer.status, &answer.json), (201, &answers[0].json), "{answer}");
    }
    assert_eq!(tenant.count("customer", ""), 2);
}

fn partial_results_are_kept(tenant: &Tenant) {
    let body = json!([{"name": "A"}, {"nmae": "B"}]);
    let path = format!("{CUSTOMERS}?partial=true");
    let first = send(&tenant.admin, Method::POST, &path, "k", &body).expect(200);
    let again = send(&tenant.admin, Method::POST, &path, "k", &body).expect(200);
    let codes = |answer: &Answer| -> Vec<Value> {
        let results = answer.json["results"].as_array().cloned().unwrap_or_default();
        results.iter().map(|r| json!([r["status"], r["record"]["id"], r["problems"][0]["code"], r["problems"][0]["field"]])).collect()
    };
    assert_eq!(codes(&first), codes(&again));
    assert_eq!((first.json["results"][0]["status"].clone(), first.json["results"][1]["status"].clone()), (json!(201), json!(422)));
    assert_eq!(tenant.count("customer", ""), 1);
}

fn refused_requests_are_tried_again(tenant: &Tenant) {
    let body = json!({"name": "A", "x_score": 5});
    send(&tenant.admin, Method::POST, CUSTOMERS, "k", &body).refused(422, "field.unknown");
    tenant.add_field("customer", json!({"key": "x_score", "type": "integer", "label": {"en": "Score"}}));
    send(&tenant.admin, Method::POST, CUSTOMERS, "k", &body).expect(201);
    send(&tenant.admin, Method::POST, CUSTOMERS, "k", &body).expect(201);
    assert_eq!(tenant.count("customer", ""), 1);
}

fn keys_belong_to_their_user(tenant: &Tenant) {
    let rep = tenant.user("rep@a.example", None, &["salesperson"]);
    let body = json!({"name": "A"});
    let mine = send(&tenant.admin, Method::POST, CUSTOMERS, "k", &body).expect(201);
    let theirs = send(&rep, Method::POST, CUSTOMERS, "k", &body).expect(201);
    assert_ne!(mine.json["id"], theirs.json["id"]);
    assert_eq!(tenant.count("customer", ""), 2);
}

fn bad_keys(tenant: &Tenant) {
    let long = "k".repeat(256);
    for key in ["", " ", "a b", long.as_str()] {
        send(&tenant.admin, Method::POST, CUSTOMERS, key, &json!({"name": "A"})).refused(400, "request.malformed");
    }
    send(&tenant.admin, Method::POST, CUSTOMERS, &"k".repeat(255), &json!({"name": "A"})).expect(201);
}

fn a_conflict_shows_both_sides(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A", "phone": "111", "email": "a@a.example"}));
    tenant.admin.change("customer", &id, json!({"name": "B", "phone": "222"}));
    let path = format!("{CUSTOMERS}/{id}");
    let body = json!({"name": "C", "phone": "222", "email": "c@c.example", "kind": "persn"});
    // The highest status of all problems (design §13).
    let answer = tenant.admin.patch(&path, Some(1), &body).refused(422, "record.version_conflict");
    let version = answer.problems().into_iter().find(|p| p["field"].is_null()).expect("what happened");
    assert_eq!(version["params"]["version"], 2, "{answer}");
    let name = answer.problem("record.version_conflict", "name");
    assert_eq!((&name["params"]["mine"], &name["params"]["theirs"]), (&json!("C"), &json!("B")), "{answer}");
    answer.problem("record.version_conflict", "email");
    assert!(!answer.problems().iter().any(|p| p["field"] == "phone"), "both sides agree there: {answer}");
    // All problems at once.
    answer.problem("field.option", "kind");
    tenant.admin.patch(&path, Some(1), &json!({"name": "C"})).refused(409, "record.version_conflict");
    assert_eq!(tenant.admin.record("customer", &id)["name"], "B");
    // Merged by hand, under the version that was told.
    tenant.admin.patch(&path, Some(2), &json!({"name": "C"})).expect(200);
}
