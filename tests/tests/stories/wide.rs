//! Objects as wide as they may be.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Map, Value, json};

both!(five_hundred_fields, five_hundred_long_texts, columns_run_out);

fn declare(tenant: &Tenant, key: &str, kind: &str) {
    let mut field = json!({"key": key, "type": kind, "label": "F"});
    if kind == "select" {
        field["options"] = json!([{"code": "a"}, {"code": "b"}]);
    }
    tenant.admin.post("/api/v1/objects/x_wide/fields", &field).expect(201);
}

/// The type of each field, beside the title that the object starts with.
fn kinds() -> Vec<&'static str> {
    (0..499)
        .map(|at| match at {
            0..=198 => "text",
            199..=398 => "integer",
            399..=448 => "date",
            _ => "select",
        })
        .collect()
}

fn value(kind: &str, at: usize, round: usize) -> Value {
    match kind {
        "text" => json!(format!("t{at}-{round}")),
        "integer" => json!(at * 10 + round),
        "date" => json!(format!("2026-{:02}-{:02}", at % 12 + 1, round + 1)),
        _ => json!(if (at + round).is_multiple_of(2) { "a" } else { "b" }),
    }
}

fn five_hundred_fields(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_wide", "label": "Wide"})).expect(201);
    let kinds = kinds();
    for (at, kind) in kinds.iter().enumerate() {
        declare(tenant, &format!("x_f{at}"), kind);
    }
    let one_more = json!({"key": "x_f500", "type": "integer", "label": "F"});
    tenant.admin.post("/api/v1/objects/x_wide/fields", &one_more).refused(422, "object.too_many_fields");
    let all = |round: usize| -> Map<String, Value> {
        kinds.iter().enumerate().map(|(at, kind)| (format!("x_f{at}"), value(kind, at, round))).collect()
    };
    let mut record = all(0);
    record.insert("name".into(), json!("all"));
    let id = tenant.admin.create_id("x_wide", Value::Object(record));
    for round in [0, 1] {
        if round == 1 {
            tenant.admin.change("x_wide", &id, Value::Object(all(1)));
        }
        let kept = tenant.admin.record("x_wide", &id);
        for (key, wanted) in all(round) {
            assert_eq!(kept[&key], wanted, "{key}");
        }
    }
    assert_eq!(
        tenant.admin.column("x_wide", "name", &[("filter", "x_f3 == \"T3-1\" && x_f200 == 2001"), ("sort", "x_f5")]),
        [json!("all")]
    );
}

fn five_hundred_long_texts(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_wide", "label": "Wide"})).expect(201);
    for at in 0..499 {
        declare(tenant, &format!("x_f{at}"), "long_text");
    }
    let long = "很长的文字".repeat(40);
    let filled = |count: usize| {
        let fields = (0..count).map(|at| (format!("x_f{at}"), json!(long)));
        Value::Object(fields.chain([("name".to_owned(), json!("long"))]).collect())
    };
    tenant.admin.post("/api/v1/records/x_wide", &filled(499)).refused(422, "record.too_wide");
    let id = tenant.admin.create_id("x_wide", filled(400));
    assert_eq!(tenant.admin.record("x_wide", &id)["x_f399"], json!(long));
    tenant.admin.patch(&format!("/api/v1/records/x_wide/{id}"), None, &filled(499)).refused(422, "record.too_wide");
}

/// A text takes three columns, so an object has room for fewer of them than for other fields.
fn columns_run_out(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_wide", "label": "Wide"})).expect(201);
    let text =
        |at: usize| tenant.admin.post("/api/v1/objects/x_wide/fields", &json!({"key": format!("x_f{at}"), "type": "text", "label": "F"}));
    let fitting = (0..500).find(|at| {
        let answer = text(*at);
        if answer.status != 201 {
            answer.clone().refused(422, "object.too_many_fields");
        }
        answer.status != 201
    });
    let fitting = fitting.expect("there is an end");
    assert!((450..470).contains(&fitting), "1,400 columns have room for about 460 texts, not {fitting}");
    // Nothing was done by the one that was refused, and the object works.
    let fields = tenant.admin.get("/api/v1/objects/x_wide").expect(200).json["fields"].as_array().map(Vec::len);
    text(fitting).refused(422, "object.too_many_fields");
    assert_eq!(tenant.admin.get("/api/v1/objects/x_wide").expect(200).json["fields"].as_array().map(Vec::len), fields);
    let last = format!("x_f{}", fitting - 1);
    let id = tenant.admin.create_id("x_wide", json!({"name": "all", (last.as_str()): "kept"}));
    // A dropped field keeps its columns for as long as it can come back.
    tenant.admin.delete(&format!("/api/v1/objects/x_wide/fields/{last}")).expect(204);
    text(fitting).refused(422, "object.too_many_fields");
    tenant.admin.patch(&format!("/api/v1/objects/x_wide/fields/{last}"), None, &json!({"hidden": false})).expect(200);
    assert_eq!(tenant.admin.record("x_wide", &id)[&last], "kept");
}
