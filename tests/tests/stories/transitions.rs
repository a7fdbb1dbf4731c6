//! State machines: a state moves only along declared transitions, whoever asks; guards and roles; the history of states is an object.

use guanxi_tests::api::{Answer, Api};
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    only_along_the_transitions,
    by_what_people_call_it,
    guards_decide,
    one_action_with_two_ends,
    roles_decide,
    the_history_of_states,
    a_rehearsed_transition,
    declared_with_care,
);

/// A case that is opened, worked on, done or dropped.
fn case(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_case", "label": {"zh-CN": "事项", "en": "Case"}})).expect(201);
    let states = ["new", "open", "big", "done", "gone"];
    let options: Vec<Value> = states.iter().map(|code| json!({"code": code, "label": code})).collect();
    for field in [
        json!({"key": "x_state", "type": "select", "options": options, "label": "State"}),
        json!({"key": "x_hours", "type": "decimal", "label": "Hours"}),
        json!({"key": "x_note", "type": "text", "label": "Note"}),
    ] {
        tenant.add_field("x_case", field);
    }
}

fn machine() -> Value {
    json!({"machine": {"field": "x_state", "transitions": [
        {"action": "start", "label": {"zh-CN": "开始", "en": "Start"}, "from": ["new"], "to": "open"},
        {"action": "finish", "label": "Finish", "from": ["open"], "to": "done",
            "guard": {"condition": "x_hours > 0", "message": {"zh-CN": "请填工时", "en": "Say how long it took"}, "code": "x.case.hours"}},
        {"action": "drop", "label": "Drop", "to": "gone", "guard": {"condition": "x_note != null", "message": "Say why"}},
    ]}})
}

fn declare(tenant: &Tenant, body: &Value) {
    tenant.admin.put("/api/v1/objects/x_case/rules", body).expect(200);
}

fn move_to(api: &Api, id: &str, state: &str) -> Answer {
    api.patch(&format!("/api/v1/records/x_case/{id}"), None, &json!({"x_state": state}))
}

fn act(api: &Api, id: &str, action: &str, body: Value) -> Answer {
    api.post(&format!("/api/v1/records/x_case/{id}/transition/{action}"), &body)
}

fn only_along_the_transitions(tenant: &Tenant) {
    case(tenant);
    declare(tenant, &machine());
    let id = tenant.admin.create_id("x_case", json!({"name": "A", "x_state": "new"}));
    let refused = move_to(&tenant.admin, &id, "done").refused(409, "state.illegal_transition");
    let problem = refused.problem("state.illegal_transition", "x_state");
    assert_eq!((&problem["params"]["from"], &problem["params"]["to"]), (&json!("new"), &json!("done")), "{refused}");
    move_to(&tenant.admin, &id, "open").expect(200);
    move_to(&tenant.admin, &id, "new").refused(409, "state.illegal_transition");
    tenant.admin.patch(&format!("/api/v1/records/x_case/{id}"), None, &json!({"x_state": null})).refused(409, "state.illegal_transition");
    move_to(&tenant.admin, &id, "open").expect(200);
    move_to(&tenant.admin, &id, "nowhere").refused(422, "field.option");
    // A new record may begin anywhere, and one without a state may get any.
    tenant.admin.create("x_case", json!({"name": "B", "x_state": "done"}));
    let bare = tenant.admin.create_id("x_case", json!({"name": "C", "external_id": "c"}));
    move_to(&tenant.admin, &bare, "done").expect(200);
    move_to(&tenant.admin, &bare, "open").refused(409, "state.illegal_transition");

    // A file is no way around.
    let folder = tempfile::tempdir().expect("a temporary folder");
    let (file, map) = (folder.path().join("cases.csv"), folder.path().join("map.toml"));
    std::fs::write(&file, "key,name,state\nc,C,new\nd,D,open\n").expect("a file");
    std::fs::write(&map, "key = \"external_id\"\n[columns]\nkey = \"external_id\"\nname = \"name\"\nstate = \"x_state\"\n")
        .expect("a file");
    let (path, map) = (file.to_str().expect("a path").to_owned(), map.to_str().expect("a path").to_owned());
    tenant.cli(&["import", "--tenant", &tenant.key, "--object", "x_case", &path, "--map", &map]).expect(0);
    assert_eq!(tenant.admin.record("x_case", &bare)["x_state"], "done");
    assert_eq!(tenant.count("x_case", "name == \"D\" && x_state == \"open\""), 1);
    let told = std::fs::read_to_string(folder.path().join("cases.refused.csv")).expect("refused rows are told");
    assert!(told.contains("state.illegal_transition"), "{told}");
}

fn by_what_people_call_it(tenant: &Tenant) {
    case(tenant);
    declare(tenant, &machine());
    let id = tenant.admin.create_id("x_case", json!({"name": "A", "x_state": "new"}));
    act(&tenant.admin, &id, "finish", Value::Null).refused(409, "state.illegal_transition");
    act(&tenant.admin, &id, "explode", Value::Null).refused(404, "not_found");
    act(&tenant.admin, "00000000-0000-7000-8000-000000000000", "start", Value::Null).refused(404, "not_found");
    let address = format!("/api/v1/records/x_case/{id}/transition/start");
    // Without a body at all.
    let started = tenant.admin.send("POST".parse().expect("a method"), &address, &[], None).expect(200);
    assert_eq!((&started.json["x_state"], started.headers["etag"].to_str().ok()), (&json!("open"), Some("\"2\"")), "{started}");
    let stale = [("content-type", "application/json"), ("if-match", "\"1\"")];
    let finish = format!("/api/v1/records/x_case/{id}/transition/finish");
    let body = || Some(json!({"x_hours": "2"}).to_string().into_bytes());
    tenant.admin.send("POST".parse().expect("a method"), &finish, &stale, body()).refused(409, "record.version_conflict");
    act(&tenant.admin, &id, "finish", json!({"x_hours": "2", "x_state": "gone"})).refused(409, "state.illegal_transition");
    let done = act(&tenant.admin, &id, "finish", json!({"x_hours": "2", "x_note": "well"})).expect(200).json;
    assert_eq!(
        (&done["x_state"], &done["x_hours"], &done["x_note"], &done["version"]),
        (&json!("done"), &json!("2.00"), &json!("well"), &json!(3))
    );
    act(&tenant.admin, &id, "finish", Value::Null).refused(409, "state.illegal_transition");
    let customer = tenant.admin.create_id("customer", json!({"name": "A"}));
    tenant.admin.post(&format!("/api/v1/records/customer/{customer}/transition/start"), &json!({})).refused(404, "not_found");
}

fn guards_decide(tenant: &Tenant) {
    case(tenant);
    declare(tenant, &machine());
    let id = tenant.admin.create_id("x_case", json!({"name": "A", "x_state": "open"}));
    let refused = move_to(&tenant.admin, &id, "done").refused(422, "x.case.hours");
    assert!(refused.problems().iter().any(|p| p["params"]["zh-CN"] == "请填工时" && p["params"]["rule"] == "finish"), "{refused}");
    act(&tenant.admin, &id, "drop", Value::Null).refused(422, "rule.failed");
    // The guard is asked of the record as it will be.
    act(&tenant.admin, &id, "finish", json!({"x_hours": "0"})).refused(422, "x.case.hours");
    tenant.admin.patch(&format!("/api/v1/records/x_case/{id}"), None, &json!({"x_state": "done", "x_hours": "1.5"})).expect(200);
    tenant.admin.change("x_case", &id, json!({"x_hours": null}));
    act(&tenant.admin, &id, "drop", json!({"x_note": "twice"})).expect(200);
    act(&tenant.admin, &id, "drop", Value::Null).refused(409, "state.illegal_transition");
}

fn one_action_with_two_ends(tenant: &Tenant) {
    case(tenant);
    let guard = |condition: &str| json!({"condition": condition, "message": "Not so"});
    let ends = |small: Value, big: Value| {
        json!({"machine": {"field": "x_state", "transitions": [
            {"action": "start", "from": ["new"], "to": "open", "guard": small},
            {"action": "start", "from": ["new"], "to": "big", "guard": big},
        ]}})
    };
    declare(tenant, &ends(guard("x_hours <= 10"), guard("x_hours > 10")));
    let [small, big, none] = ["5", "50", ""].map(|hours| {
        let hours = if hours.is_empty() { Value::Null } else { json!(hours) };
        tenant.admin.create_id("x_case", json!({"name": "A", "x_state": "new", "x_hours": hours}))
    });
    assert_eq!(act(&tenant.admin, &small, "start", Value::Null).expect(200).json["x_state"], "open");
    assert_eq!(act(&tenant.admin, &big, "start", Value::Null).expect(200).json["x_state"], "big");
    act(&tenant.admin, &none, "start", Value::Null).refused(409, "state.illegal_transition");
    declare(tenant, &ends(Value::Null, Value::Null));
    let refused = act(&tenant.admin, &none, "start", Value::Null).refused(409, "state.ambiguous");
    assert_eq!(refused.problem("state.ambiguous", "x_state")["params"]["states"], "open,big", "{refused}");
    assert_eq!(act(&tenant.admin, &none, "start", json!({"x_state": "big"})).expect(200).json["x_state"], "big");
}

fn roles_decide(tenant: &Tenant) {
    case(tenant);
    let with = |role: &str| {
        json!({"machine": {"field": "x_state", "transitions": [
            {"action": "start", "from": ["new"], "to": "open", "roles": [role]},
            {"action": "finish", "from": ["open"], "to": "done"}]}})
    };
    let refused = tenant.admin.put("/api/v1/objects/x_case/rules", &with("nobody_has_this")).refused(422, "field.option");
    refused.problem("field.option", "machine.transitions.0.roles.0");
    declare(tenant, &with("manager"));
    let seller = tenant.user(&format!("zhao@{}.example", tenant.key), None, &["salesperson"]);
    let id = seller.create_id("x_case", json!({"name": "A", "x_state": "new"}));
    act(&seller, &id, "start", Value::Null).refused(403, "permission.denied").problem("permission.denied", "x_state");
    move_to(&seller, &id, "open").refused(403, "permission.denied").problem("permission.denied", "x_state");
    act(&tenant.admin, &id, "start", Value::Null).expect(200);
    act(&seller, &id, "finish", Value::Null).expect(200);
    declare(tenant, &with("salesperson"));
    let id = seller.create_id("x_case", json!({"name": "B", "x_state": "new"}));
    act(&seller, &id, "start", Value::Null).expect(200);
}

fn the_history_of_states(tenant: &Tenant) {
    case(tenant);
    let early = tenant.admin.create_id("x_case", json!({"name": "early", "x_state": "new"}));
    tenant.admin.get("/api/v1/objects/x_case__stages").refused(404, "not_found");
    declare(tenant, &machine());
    let late = tenant.admin.create_id("x_case", json!({"name": "late", "x_state": "new"}));
    act(&tenant.admin, &early, "start", Value::Null).expect(200);
    act(&tenant.admin, &late, "start", Value::Null).expect(200);
    act(&tenant.admin, &late, "finish", json!({"x_hours": "3"})).expect(200);
    act(&tenant.admin, &early, "finish", Value::Null).refused(422, "x.case.hours");
    let filter = format!("record == '{late}'");
    let moves = tenant.admin.list("x_case__stages", &[("filter", &filter), ("sort", "at")]);
    let told: Vec<[&Value; 2]> = moves.iter().map(|one| [&one["from"], &one["to"]]).collect();
    assert_eq!(told, [[&Value::Null, &json!("new")], [&json!("new"), &json!("open")], [&json!("open"), &json!("done")]]);
    let groups = tenant.admin.groups(json!({"object": "x_case__stages", "group_by": ["to"], "measures": [{"fn": "count"}]}));
    assert_eq!(groups, [json!([["done"], [1]]), json!([["new"], [1]]), json!([["open"], [2]])]);
    // Another machine on the same field keeps the history going; without a machine the field is free.
    tenant.admin.put("/api/v1/objects/x_case/rules", &json!({})).expect(200);
    move_to(&tenant.admin, &late, "new").expect(200);
    assert_eq!(tenant.count("x_case__stages", &filter), 4);
    tenant.admin.patch("/api/v1/objects/x_case/fields/x_state", None, &json!({"hidden": true})).refused(422, "rule.failed");
}

fn a_rehearsed_transition(tenant: &Tenant) {
    case(tenant);
    declare(tenant, &machine());
    let id = tenant.admin.create_id("x_case", json!({"name": "A", "x_state": "open"}));
    let address = format!("/api/v1/records/x_case/{id}/transition/finish?dry_run=true");
    tenant.admin.post(&address, &json!({})).refused(422, "x.case.hours");
    let would = tenant.admin.post(&address, &json!({"x_hours": "1"})).expect(200).json;
    assert_eq!((&would["dry_run"], &would["record"]["x_state"]), (&json!(true), &json!("done")), "{would}");
    assert_eq!(tenant.admin.record("x_case", &id)["x_state"], "open");
}

fn declared_with_care(tenant: &Tenant) {
    case(tenant);
    let body = json!({"machine": {"field": "x_state", "transitions": [
        {"action": "Go on", "from": ["new", "new", "nowhere"], "to": "new"},
        {"action": "stop", "from": [], "to": "end", "guard": {"condition": "x_hours > ", "message": "M", "code": "mine"}},
    ]}});
    let refused = tenant.admin.put("/api/v1/objects/x_case/rules", &body);
    for (code, field) in [
        ("field.range", "machine.transitions.0.action"),
        ("field.not_unique", "machine.transitions.0.from.1"),
        ("field.option", "machine.transitions.0.from.2"),
        ("field.option", "machine.transitions.1.to"),
        ("filter.syntax", "machine.transitions.1.guard.condition"),
        ("field.range", "machine.transitions.1.guard.code"),
    ] {
        refused.problem(code, field);
    }
    let lost = json!({"machine": {"field": "x_missing", "transitions": [{"action": "go", "to": "new"}]}});
    tenant.admin.put("/api/v1/objects/x_case/rules", &lost).refused(422, "field.unknown").problem("field.unknown", "machine.field");
}
