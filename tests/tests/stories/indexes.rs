//! Indexes over several fields: declared with the rules, checked, guarded against losing their fields, and no change to any answer.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(declared_and_taken_away, refused_with_all_problems);

const RULES: &str = "/api/v1/objects/x_job/rules";

fn jobs(tenant: &Tenant) {
    let api = &tenant.admin;
    api.post("/api/v1/objects", &json!({"key": "x_job", "label": {"en": "Job"}})).expect(201);
    let options = json!([{"code": "open", "label": {"en": "Open"}}, {"code": "done", "label": {"en": "Done"}}]);
    for field in [
        json!({"key": "x_state", "type": "select", "options": options, "label": {"en": "State"}}),
        json!({"key": "x_place", "type": "text", "label": {"en": "Place"}}),
        json!({"key": "x_due", "type": "date", "label": {"en": "Due"}}),
        json!({"key": "x_notes", "type": "long_text", "label": {"en": "Notes"}}),
        json!({"key": "x_essay", "type": "text", "max": 2000, "label": {"en": "Essay"}}),
    ] {
        api.post("/api/v1/objects/x_job/fields", &field).expect(201);
    }
}

fn declare(tenant: &Tenant, indexes: Value) -> guanxi_tests::api::Answer {
    tenant.admin.put(RULES, &json!({ "indexes": indexes }))
}

fn declared_and_taken_away(tenant: &Tenant) {
    jobs(tenant);
    let day = |n: u32| format!("2026-03-{:02}", n % 28 + 1);
    let rows = (0..60)
        .map(|n| json!({"name": format!("{n}"), "x_state": if n % 3 == 0 { "open" } else { "done" }, "x_place": "上海", "x_due": day(n)}));
    tenant.create_all("x_job", rows.collect());
    let ask = || {
        tenant.admin.list("x_job", &[("filter", "x_state == \"open\" && x_place == \"上海\""), ("sort", "x_due"), ("fields", "name,x_due")])
    };
    let before = ask();
    assert_eq!(before.len(), 20);
    let indexes = json!([{"fields": ["x_state", "x_place", "x_due"]}, {"fields": ["owner", "created_at"]}]);
    let put = declare(tenant, indexes.clone()).expect(200).json;
    assert_eq!(put["indexes"], indexes);
    assert_eq!(tenant.admin.get(RULES).expect(200).json["indexes"], indexes);
    assert_eq!(ask(), before, "an index changes no answer");
    tenant.create_all("x_job", vec![json!({"name": "new", "x_state": "open", "x_place": "上海", "x_due": "2026-01-01"})]);
    assert_eq!(ask()[0]["name"], json!("new"));

    let uses = tenant.admin.get("/api/v1/objects/x_job/fields/x_place/uses").expect(200).json;
    let named = uses["uses"].as_array().into_iter().flatten().any(|one| one["kind"] == "index" && one["blocks"] == json!(true));
    assert!(named, "{uses}");
    let kept = tenant.admin.delete("/api/v1/objects/x_job/fields/x_place");
    assert!(kept.status >= 400, "the index would lose its field: {kept}");
    declare(tenant, json!([{"fields": ["owner", "created_at"]}])).expect(200);
    tenant.admin.delete("/api/v1/objects/x_job/fields/x_place").expect(204);
    declare(tenant, json!([])).expect(200);
    assert_eq!(tenant.admin.list("x_job", &[]).len(), 50);
}

fn refused_with_all_problems(tenant: &Tenant) {
    jobs(tenant);
    let refused = declare(
        tenant,
        json!([
            {"fields": ["x_state"]},
            {"fields": ["x_state", "x_nothing"]},
            {"fields": ["x_state", "x_notes"]},
            {"fields": ["x_state", "x_essay"]},
            {"fields": ["x_due", "x_due"]},
            {"fields": ["x_state", "x_due"]},
            {"fields": ["x_state", "x_due"]},
        ]),
    )
    .expect(422)
    .json;
    let found: Vec<(String, String)> = refused["problems"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|one| (one["code"].as_str().unwrap_or_default().to_owned(), one["field"].as_str().unwrap_or_default().to_owned()))
        .collect();
    for (code, field) in [
        ("field.range", "indexes.0.fields"),
        ("field.unknown", "indexes.1.fields.1"),
        ("field.type", "indexes.2.fields.1"),
        ("field.type", "indexes.3.fields.1"),
        ("field.not_unique", "indexes.4.fields.1"),
        ("field.not_unique", "indexes.6"),
    ] {
        assert!(found.iter().any(|(c, f)| (c.as_str(), f.as_str()) == (code, field)), "{code} at {field} in {found:?}");
    }
    assert_eq!(tenant.admin.get(RULES).expect(200).json["indexes"], json!([]));
}
