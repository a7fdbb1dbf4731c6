//! Objects and fields that change while others save; dropped fields and the columns that they leave.

use std::sync::atomic::{AtomicBool, Ordering};

use guanxi_tests::both;
use guanxi_tests::both_alone;
use guanxi_tests::server::{Db, Options, Server};
use guanxi_tests::story::Tenant;
use serde_json::json;

both!(shaped_under_load);
both_alone!(dropped_and_used_again);

fn shaped_under_load(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_live", "label": "Live"})).expect(201);
    tenant.add_field("x_live", json!({"key": "x_number", "type": "integer", "label": "N"}));
    let stop = AtomicBool::new(false);
    let fine = |status: u16| matches!(status, 200 | 201 | 204 | 409 | 503);
    let saved: usize = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let stop = &stop;
                scope.spawn(move || {
                    let mut made = 0;
                    let mut id: Option<String> = None;
                    while !stop.load(Ordering::Relaxed) {
                        let answer = match &id {
                            Some(id) if made % 2 == 0 => {
                                tenant.admin.patch(&format!("/api/v1/records/x_live/{id}"), None, &json!({"x_number": made}))
                            }
                            _ => tenant.admin.post("/api/v1/records/x_live", &json!({"name": format!("w{writer} {made}"), "x_number": 1})),
                        };
                        // The object is hidden for a moment now and then.
                        assert!(fine(answer.status) || answer.status == 404, "{answer}");
                        if answer.status == 201 {
                            id = answer.json["id"].as_str().map(str::to_owned);
                        }
                        made += usize::from(answer.status < 300);
                    }
                    made
                })
            })
            .collect();
        for round in 0..6 {
            let shape = |answer: guanxi_tests::api::Answer| assert!(fine(answer.status), "{answer}");
            let key = format!("x_more{round}");
            let field = format!("/api/v1/objects/x_live/fields/{key}");
            shape(
                tenant
                    .admin
                    .post("/api/v1/objects/x_live/fields", &json!({"key": key, "type": "text", "label": "M", "indexed": round % 2 == 0})),
            );
            shape(tenant.admin.patch(&field, None, &json!({"label": {"en": format!("More {round}")}})));
            shape(tenant.admin.patch(&field, None, &json!({"indexed": round % 2 == 1})));
            shape(tenant.admin.patch(&field, None, &json!({"hidden": true})));
            shape(tenant.admin.patch(&field, None, &json!({"hidden": false})));
            shape(tenant.admin.delete(&field));
            shape(tenant.admin.patch(&field, None, &json!({"hidden": false})));
            shape(tenant.admin.delete(&field));
            shape(tenant.admin.post("/api/v1/objects", &json!({"key": format!("x_other{round}"), "label": "O"})));
            shape(tenant.admin.delete("/api/v1/objects/x_live"));
            shape(tenant.admin.patch("/api/v1/objects/x_live", None, &json!({"hidden": false, "label": {"en": format!("Live {round}")}})));
        }
        stop.store(true, Ordering::Relaxed);
        writers.into_iter().map(|writer| writer.join().expect("a writer ends")).sum()
    });
    assert!(saved > 0, "the writers wrote");
    tenant.admin.create("x_live", json!({"name": "after", "x_number": 7}));
}

fn dropped_and_used_again(db: Db) {
    let Some(server) = Server::start(db, &Options::default()) else { return };
    server.cli(&["tenant", "create", "acme", "--name", "Acme", "--admin", "a@acme.example"]).expect(0);
    let api = server.api("acme", "a@acme.example");
    api.post("/api/v1/objects", &json!({"key": "x_box", "label": "Box"})).expect(201);
    let fields = "/api/v1/objects/x_box/fields";
    api.post(fields, &json!({"key": "x_a", "type": "text", "unique": true, "indexed": true, "label": "A"})).expect(201);
    let id = api.create_id("x_box", json!({"name": "one", "x_a": "kept"}));

    // Dropped and brought back, with its values and what was declared about them.
    api.delete(&format!("{fields}/x_a")).expect(204);
    assert!(api.record("x_box", &id).get("x_a").is_none());
    let shown = api.get("/api/v1/objects/x_box?hidden=true").expect(200);
    assert_eq!(shown.json["dropped"][0]["key"], "x_a", "{shown}");
    api.patch(&format!("{fields}/x_a"), None, &json!({"hidden": false})).expect(200);
    assert_eq!(api.record("x_box", &id)["x_a"], "kept");
    api.post("/api/v1/records/x_box", &json!({"name": "two", "x_a": "KEPT"})).refused(409, "field.not_unique");

    // The key is free at once; the values stay for thirty days.
    api.delete(&format!("{fields}/x_a")).expect(204);
    api.post(fields, &json!({"key": "x_a", "type": "integer", "label": "A"})).expect(201);
    assert!(api.record("x_box", &id)["x_a"].is_null());
    api.delete(&format!("{fields}/x_a")).expect(204);
    api.post("/api/v1/dev/clock", &json!({"now": "2026-12-20T00:00:00Z"})).expect(200);
    let shown = api.get("/api/v1/objects/x_box?hidden=true").expect(200);
    assert_eq!(shown.json["dropped"].as_array().map(Vec::len), Some(2), "{shown}");

    // After thirty days nothing of it is left, and the next field takes the column.
    api.post("/api/v1/dev/clock", &json!({"now": "2026-12-24T00:00:00Z"})).expect(200);
    let shown = api.get("/api/v1/objects/x_box?hidden=true").expect(200);
    assert_eq!(shown.json["dropped"].as_array().map(Vec::len), Some(0), "{shown}");
    api.patch(&format!("{fields}/x_a"), None, &json!({"hidden": false})).refused(404, "not_found");
    api.post(fields, &json!({"key": "x_a", "type": "text", "label": "A"})).expect(201);
    assert!(api.record("x_box", &id)["x_a"].is_null(), "no value of the old field shows");
    api.change("x_box", &id, json!({"x_a": "new"}));
    assert_eq!(api.column("x_box", "name", &[("filter", "x_a == \"NEW\"")]), [json!("one")]);
    assert_eq!(api.column("x_box", "name", &[("sort", "x_a")]), [json!("one")]);
    // More columns than a table may ever have, one after the other.
    for round in 0..12 {
        for at in 0..3 {
            api.post(fields, &json!({"key": format!("x_r{at}"), "type": "text", "label": "R"})).expect(201);
        }
        api.change("x_box", &id, json!({"x_r0": round.to_string()}));
        for at in 0..3 {
            api.delete(&format!("{fields}/x_r{at}")).expect(204);
        }
        api.post("/api/v1/dev/clock", &json!({"now": format!("{}-02-01T00:00:00Z", 2030 + round)})).expect(200);
    }
}
