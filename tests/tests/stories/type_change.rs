//! Another type for a field: seen before, done under load, nothing lost.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use guanxi_tests::both;
use guanxi_tests::both_alone;
use guanxi_tests::server::{Db, Options, Server};
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(a_preview, under_load, values_that_become_empty);
both_alone!(killed_half_way);

fn object(tenant: &Tenant, field: Value) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_case", "label": "Case"})).expect(201);
    tenant.add_field("x_case", field);
}

fn a_preview(tenant: &Tenant) {
    object(tenant, json!({"key": "x_size", "type": "text", "label": "S"}));
    let sizes = ["1", "2.50", "3.14159", "about 7", "about 7", "12"];
    let rows = sizes.iter().enumerate().map(|(at, size)| json!({"name": format!("r{at}"), "x_size": size}));
    tenant.create_all("x_case", rows.chain([json!({"name": "without"})]).collect());
    let path = "/api/v1/objects/x_case/fields/x_size/type";
    let preview = tenant.admin.post(&format!("{path}?dry_run=true"), &json!({"type": "decimal", "scale": 2})).expect(200);
    for (key, wanted) in [("with_value", 6), ("convertible", 3), ("unconvertible", 3)] {
        assert_eq!(preview.json[key], wanted, "{key}: {preview}");
    }
    assert_eq!(preview.json["lost"]["scale"], 1, "{preview}");
    assert_eq!(preview.json["groups"][0], json!({"value": "about 7", "count": 2}), "{preview}");
    let example = &preview.json["examples"][0];
    assert_eq!(
        (&example["title"], &example["value"], &example["reason"]["code"]),
        (&json!("r2"), &json!("3.14159"), &json!("field.range"))
    );
    // Refused as it is, and nothing happened.
    tenant.admin.post(path, &json!({"type": "decimal", "scale": 2})).refused(422, "rule.failed");
    assert_eq!(tenant.admin.list("x_case", &[("filter", "x_size == \"2.50\"")]).len(), 1);
    let short = tenant.admin.post(&format!("{path}?dry_run=true"), &json!({"type": "text", "max": 4})).expect(200);
    assert_eq!((&short.json["unconvertible"], &short.json["lost"]["length"]), (&json!(3), &json!(3)), "{short}");
    tenant.admin.post(path, &json!({"type": "reference", "target": "customer"})).refused(422, "field.type");
    tenant.admin.post("/api/v1/objects/customer/fields/name/type", &json!({"type": "integer"})).expect(422);
}

fn values_that_become_empty(tenant: &Tenant) {
    object(tenant, json!({"key": "x_size", "type": "text", "label": {"en": "Size"}, "group": "g"}));
    tenant.create_all("x_case", vec![json!({"name": "a", "x_size": "7"}), json!({"name": "b", "x_size": "many"}), json!({"name": "c"})]);
    let path = "/api/v1/objects/x_case/fields/x_size/type";
    let changed = tenant.admin.post(path, &json!({"type": "integer", "indexed": true, "unconvertible": "null"})).expect(200).json;
    assert_eq!(
        (&changed["type"], &changed["label"]["en"], &changed["group"]["en"]),
        (&json!("integer"), &json!("Size"), &json!("g")),
        "{changed}"
    );
    assert_eq!(tenant.admin.column("x_case", "x_size", &[("sort", "name")]), [json!(7), Value::Null, Value::Null]);
    assert_eq!(tenant.admin.column("x_case", "name", &[("filter", "x_size > 5")]), [json!("a")]);
    tenant.admin.create("x_case", json!({"name": "d", "x_size": 9}));
    // And back, with an index that refuses duplicates.
    tenant.admin.post(path, &json!({"type": "text", "unique": true})).expect(200);
    tenant.admin.post("/api/v1/records/x_case", &json!({"name": "e", "x_size": "9"})).refused(409, "field.not_unique");
    let duplicates = json!({"name": "f", "x_size": "10"});
    tenant.admin.create("x_case", duplicates);
    // What cannot be unique leaves everything as it was.
    tenant.add_field("x_case", json!({"key": "x_twice", "type": "text", "label": "T"}));
    tenant.create_all("x_case", vec![json!({"name": "g", "x_twice": "5"}), json!({"name": "h", "x_twice": "05"})]);
    let twice = "/api/v1/objects/x_case/fields/x_twice/type";
    tenant.admin.post(twice, &json!({"type": "integer", "unique": true})).refused(409, "field.not_unique");
    assert_eq!(
        tenant.admin.column("x_case", "x_twice", &[("filter", "name in [\"g\", \"h\"]"), ("sort", "name")]),
        [json!("5"), json!("05")]
    );
    tenant.admin.post(twice, &json!({"type": "integer"})).expect(200);
}

fn under_load(tenant: &Tenant) {
    object(tenant, json!({"key": "x_size", "type": "text", "label": "S"}));
    const ROWS: usize = 5_000;
    let mut ids = Vec::new();
    for start in (0..ROWS).step_by(1_000) {
        ids.extend(
            tenant.create_all(
                "x_case",
                (start..start + 1_000).map(|at| json!({"name": format!("r{at}"), "x_size": at.to_string()})).collect(),
            ),
        );
    }
    let (stop, saved) = (AtomicBool::new(false), AtomicUsize::new(0));
    let written: Vec<(String, i64)> = std::thread::scope(|scope| {
        let writers: Vec<_> = (0..4)
            .map(|writer| {
                let (ids, stop, saved) = (&ids, &stop, &saved);
                scope.spawn(move || {
                    let mut last: Vec<(String, i64)> = Vec::new();
                    let mut round = 0;
                    while !stop.load(Ordering::Relaxed) || round < 5 {
                        let id = &ids[(writer + round * 4) % ids.len()];
                        let number = 100_000 + i64::try_from(round * 4 + writer).expect("a small number");
                        // A text that is also a number: after the switch the type asks for a number.
                        let path = format!("/api/v1/records/x_case/{id}");
                        let mut answer = tenant.admin.patch(&path, None, &json!({"x_size": number.to_string()}));
                        if answer.status == 422 {
                            answer = tenant.admin.patch(&path, None, &json!({"x_size": number}));
                        }
                        assert!(matches!(answer.status, 200 | 409 | 503), "{answer}");
                        if answer.status == 200 {
                            last.retain(|(known, _)| known != id);
                            last.push((id.clone(), number));
                            saved.fetch_add(1, Ordering::Relaxed);
                        }
                        round += 1;
                    }
                    last
                })
            })
            .collect();
        while saved.load(Ordering::Relaxed) < 8 {
            std::thread::yield_now();
        }
        let changed = tenant.admin.post("/api/v1/objects/x_case/fields/x_size/type", &json!({"type": "integer", "indexed": true}));
        stop.store(true, Ordering::Relaxed);
        let written = writers.into_iter().flat_map(|writer| writer.join().expect("a writer ends")).collect();
        changed.expect(200);
        written
    });
    for (id, number) in &written {
        assert_eq!(tenant.admin.record("x_case", id)["x_size"], json!(number), "the last save of {id} is there");
    }
    assert_eq!(tenant.count("x_case", "x_size == null"), 0, "nothing is lost");
    let changed = i64::try_from(written.len()).expect("a small number");
    assert_eq!(
        tenant.count("x_case", "x_size < 100000"),
        i64::try_from(ROWS).expect("a small number") - changed,
        "the others have their value"
    );
}

fn killed_half_way(db: Db) {
    let Some(mut server) = Server::start(db, &Options::default()) else { return };
    server.cli(&["tenant", "create", "acme", "--name", "Acme", "--admin", "a@acme.example"]).expect(0);
    let token = server.token("acme", "a@acme.example");
    let api = server.anonymous().with_token(&token);
    api.post("/api/v1/objects", &json!({"key": "x_case", "label": "Case"})).expect(201);
    api.post("/api/v1/objects/x_case/fields", &json!({"key": "x_size", "type": "text", "label": "S"})).expect(201);
    const ROWS: usize = 3_000;
    for start in (0..ROWS).step_by(1_000) {
        let rows: Vec<Value> = (start..start + 1_000).map(|at| json!({"name": format!("r{at}"), "x_size": at.to_string()})).collect();
        api.post("/api/v1/records/x_case", &Value::Array(rows)).expect(201);
    }
    // Each time a little later.
    for round in 0..4u64 {
        let api = server.anonymous().with_token(&token);
        let shown = api.get("/api/v1/objects/x_case").expect(200);
        let fields = shown.json["fields"].as_array().cloned().unwrap_or_default();
        let kind = fields.iter().find(|field| field["key"] == "x_size").map(|field| field["type"].clone()).expect("a type");
        let next = if kind == "text" { "integer" } else { "text" };
        std::thread::scope(|scope| {
            let changing = scope.spawn(|| {
                api.try_send(reqwest::Method::POST, "/api/v1/objects/x_case/fields/x_size/type", &json!({"type": next}));
            });
            // As long as it takes to read that many pages: no time is measured, only some work done meanwhile.
            for _ in 0..round * 6 {
                let _ = server.anonymous().with_token(&token).try_get("/api/v1/records/x_case?limit=1");
            }
            server.kill();
            changing.join().expect("the request ends");
        });
        server = server.restart(&Options::default());
        let api = server.anonymous().with_token(&token);
        let kept = api.groups(json!({"object": "x_case", "measures": [{"fn": "count", "field": "x_size"}]}));
        assert_eq!(kept[0][1][0], json!(ROWS), "every value is there: {kept:?}");
    }
    // What was left behind stops nobody, and is swept up.
    let api = server.anonymous().with_token(&token);
    api.post("/api/v1/objects/x_case/fields/x_size/type", &json!({"type": "decimal", "scale": 1})).expect(200);
    api.post("/api/v1/dev/clock", &json!({"now": "2027-02-01T00:00:00Z"})).expect(200);
    assert_eq!(api.column("x_case", "name", &[("filter", "x_size == 17")]), [json!("r17")]);
}
