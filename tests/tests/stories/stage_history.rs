//! How records move through their states, as records: who moved what when, and how long each state lasted.

use guanxi_tests::server::{Db, Options, Server};
use guanxi_tests::story::{PASSWORD, Tenant, admin_email};
use guanxi_tests::{both, both_alone};
use serde_json::{Value, json};

both!(moves_are_seen_with_their_records, several_moves_in_one_moment);
both_alone!(how_long_states_last);

fn case(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_case", "label": {"en": "Case"}})).expect(201);
    let options: Vec<Value> = ["new", "open", "done"].iter().map(|code| json!({"code": code, "label": code})).collect();
    tenant.add_field("x_case", json!({"key": "x_state", "type": "select", "options": options, "label": "State"}));
    let go = |to: &str| json!({"action": format!("to_{to}"), "label": to, "to": to});
    let machine = json!({"machine": {"field": "x_state", "transitions": [go("new"), go("open"), go("done")]}});
    tenant.admin.put("/api/v1/objects/x_case/rules", &machine).expect(200);
}

fn moves(tenant: &Tenant, id: &str) -> Vec<Value> {
    tenant.admin.list("x_case__stages", &[("filter", &format!("record == '{id}'")), ("sort", "at,id")])
}

fn moves_are_seen_with_their_records(tenant: &Tenant) {
    case(tenant);
    let seller = tenant.user("one@a.example", None, &["salesperson"]);
    let mine = seller.create_id("x_case", json!({"name": "mine", "x_state": "new"}));
    let other = tenant.admin.create_id("x_case", json!({"name": "other", "x_state": "new"}));
    for id in [&mine, &other] {
        tenant.admin.change("x_case", id, json!({"x_state": "open"}));
    }
    let seen = seller.list("x_case__stages", &[("fields", "record,record.name,from,to,by,until,seconds"), ("sort", "at,id")]);
    assert_eq!(seen.len(), 2, "{seen:?}");
    assert!(seen.iter().all(|one| one["record"] == json!(mine) && one["record.name"] == "mine"), "{seen:?}");
    assert_eq!(
        (&seen[0]["from"], &seen[0]["to"], &seen[1]["from"], &seen[1]["to"]),
        (&Value::Null, &json!("new"), &json!("new"), &json!("open"))
    );
    assert_eq!((&seen[1]["until"], &seen[1]["seconds"]), (&Value::Null, &Value::Null), "the state that lasts has no end");
    assert_eq!(seen[1]["by"], json!(tenant.user_id(&admin_email(&tenant.key))));
    let by = json!({"object": "x_case__stages", "group_by": ["to"], "measures": [{"fn": "count"}]});
    assert_eq!(seller.groups(by.clone()), [json!([["new"], [1]]), json!([["open"], [1]])]);
    assert_eq!(tenant.admin.groups(by), [json!([["new"], [2]]), json!([["open"], [2]])]);
    // Joined to their records they are no more.
    let joined = json!({"object": "x_case", "joins": [{"name": "moves", "object": "x_case__stages", "via": "record"}],
        "group_by": ["moves.to"], "measures": [{"fn": "count"}, {"fn": "count", "field": "moves"}]});
    assert_eq!(seller.groups(joined), [json!([["new"], [1, 1]]), json!([["open"], [1, 1]])]);
    // Who moved anything, through the other reference: only what is seen counts.
    let movers = json!({"object": "user", "exists": [{"object": "x_case__stages", "via": "by", "filter": "to == \"open\""}], "group_by": ["email"], "measures": [{"fn": "count"}]});
    assert_eq!(tenant.admin.groups(movers), [json!([[admin_email(&tenant.key)], [1]])]);
    let of_users = json!({"object": "user", "joins": [{"name": "moves", "object": "x_case__stages", "via": "by"}], "measures": [{"fn": "count", "field": "moves"}]});
    assert_eq!(seller.groups(of_users), [json!([[], [2]])]);
    tenant.admin.delete(&format!("/api/v1/records/x_case/{other}")).expect(204);
    assert_eq!(tenant.count("x_case__stages", ""), 2, "a deleted record's moves are gone with it");
    tenant.admin.patch(&format!("/api/v1/records/x_case__stages/{}", seen[0]["id"].as_str().expect("an id")), None, &json!({"to": "done"}));
    assert_eq!(moves(tenant, &mine)[0]["to"], "new", "nobody rewrites it");
}

/// However fast the moves follow each other, each state ends where the next begins.
fn several_moves_in_one_moment(tenant: &Tenant) {
    case(tenant);
    let id = tenant.admin.create_id("x_case", json!({"name": "A", "x_state": "new"}));
    for round in 0..10 {
        tenant.admin.change("x_case", &id, json!({"x_state": if round % 2 == 0 { "open" } else { "done" }}));
    }
    let moves = moves(tenant, &id);
    assert_eq!(moves.len(), 11);
    for pair in moves.windows(2) {
        assert_eq!((&pair[0]["until"], &pair[0]["to"]), (&pair[1]["at"], &pair[1]["from"]), "{moves:?}");
    }
}

fn how_long_states_last(db: Db) {
    let Some(server) = Server::start(db, &Options::default()) else { return };
    let server: &'static Server = Box::leak(Box::new(server));
    let tenant = Tenant::create(server, "slow");
    assert!(!PASSWORD.is_empty());
    case(&tenant);
    let clock = |now: &str| {
        tenant.admin.post("/api/v1/dev/clock", &json!({"now": now})).expect(200);
    };
    let [a, b] = ["A", "B"].map(|name| {
        clock("2026-11-23T00:00:00Z");
        tenant.admin.create_id("x_case", json!({"name": name, "x_state": "new"}))
    });
    for (now, id, state) in
        [("2026-11-23T01:00:00Z", &a, "open"), ("2026-11-23T04:00:00Z", &b, "open"), ("2026-11-25T01:00:00Z", &a, "done")]
    {
        clock(now);
        tenant.admin.change("x_case", id, json!({"x_state": state}));
    }
    let body = json!({"object": "x_case__stages", "group_by": ["to"], "filter": "until != null",
        "measures": [{"fn": "count"}, {"fn": "avg", "expr": "seconds / 3600"}, {"fn": "max", "field": "seconds"}]});
    let groups = tenant.admin.groups(body);
    let hours = |group: &Value| group[1][1].as_str().and_then(|text| text.split('.').next()).unwrap_or_default().to_owned();
    assert_eq!((groups.len(), &groups[0][0][0], &groups[0][1][0]), (2, &json!("new"), &json!(2)), "{groups:?}");
    // The clock goes on while the requests run: a minute at the most.
    let near = |text: String, wanted: f64| text.parse::<f64>().is_ok_and(|found| (found - wanted).abs() < 1.5);
    assert!(near(hours(&groups[0]), 2.0) && near(hours(&groups[1]), 48.0), "{groups:?}");
    let longest = groups[1][1][2].as_i64().unwrap_or_default();
    assert!((48 * 3600 - 600..=48 * 3600 + 600).contains(&longest), "{groups:?}");
    let long = tenant.admin.list("x_case__stages", &[("filter", "seconds > 86400"), ("fields", "record,to,seconds")]);
    assert_eq!((long.len(), &long[0]["record"], &long[0]["to"]), (1, &json!(a), &json!("open")), "{long:?}");
}
