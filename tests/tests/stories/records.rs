//! `/api/v1/records/{object}` and `/{id}`: create, read, change, delete, history.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    create_one,
    all_problems_at_once,
    values_that_do_not_fit,
    unique_codes,
    read_and_change,
    unchanged_is_no_edit,
    one_of_many_editors_wins,
    delete_and_gone,
    arrays_are_all_or_nothing,
    arrays_in_parts,
    too_much,
    history_of_changes,
    references_must_exist,
    hostile_text_is_text,
);

const CUSTOMERS: &str = "/api/v1/records/customer";

fn create_one(tenant: &Tenant) {
    let body = json!({"name": " 上海大众 ", "code": "SH-1", "phone": "021-6279 8888", "email": "info@sh.example", "region": "华东"});
    let answer = tenant.admin.post(CUSTOMERS, &body).expect(201);
    let record = &answer.json;
    let me = tenant.user_id(&guanxi_tests::story::admin_email(&tenant.key));
    for (field, wanted) in [
        ("name", json!("上海大众")), // trimmed
        ("kind", json!("organization")),
        ("code", json!("SH-1")),
        ("email", json!("info@sh.example")),
        ("region", json!("华东")),
        ("industry", Value::Null),
        ("version", json!(1)),
        ("owner", json!(me)),
        ("created_by", json!(me)),
        ("created_at", json!("2026-11-22")),
    ] {
        let got = if field == "created_at" { json!(record[field].as_str().unwrap_or_default()[..10]) } else { record[field].clone() };
        assert_eq!(got, wanted, "{field} in {answer}");
    }
    let id = record["id"].as_str().expect("an id");
    assert_eq!(id.len(), 36, "{answer}");
    assert_eq!(&id[14..15], "7", "ids sort by time: {answer}");
    assert_eq!(tenant.admin.record("customer", id), *record);
}

fn all_problems_at_once(tenant: &Tenant) {
    let body = json!({"kind": "alien", "phone": 5, "x_nothing": true, "email": "no address"});
    let refused = tenant.admin.post(CUSTOMERS, &body).refused(422, "field.required");
    refused.problem("field.required", "name");
    refused.problem("field.option", "kind");
    refused.problem("field.type", "phone");
    refused.problem("field.unknown", "x_nothing");
    refused.problem("field.type", "email");
    for problem in refused.problems() {
        assert_eq!(problem["severity"], "error", "{refused}");
        assert!(problem["detail"].as_str().is_some_and(|detail| detail.len() > 5), "{refused}");
    }
    assert_eq!(tenant.count("customer", ""), 0);
}

fn values_that_do_not_fit(tenant: &Tenant) {
    for (key, kind) in [("x_i", "integer"), ("x_m", "money"), ("x_p", "percent"), ("x_b", "bool"), ("x_d", "date"), ("x_t", "datetime")] {
        tenant.add_field("customer", json!({"key": key, "type": kind, "label": {"en": key}}));
    }
    for (field, value, code) in [
        ("x_i", json!("abc"), "field.type"),
        ("x_i", json!(1.5), "field.type"),
        ("x_i", json!(9.3e18), "field.range"),
        ("x_m", json!("12.345"), "field.range"),
        ("x_m", json!("99999999999999999999"), "field.range"),
        ("x_m", json!("12,5"), "field.type"),
        ("x_m", json!(true), "field.type"),
        ("x_p", json!("60.001"), "field.range"),
        ("x_b", json!("true"), "field.type"),
        ("x_b", json!(1), "field.type"),
        ("x_d", json!("2026-02-30"), "field.type"),
        ("x_d", json!("22.11.2026"), "field.type"),
        ("x_t", json!("2026-11-22"), "field.type"),
        ("name", json!({"zh": "a"}), "field.type"),
        ("name", json!(["a"]), "field.type"),
        ("name", json!("   "), "field.required"),
        ("name", json!("a".repeat(300)), "field.range"),
        ("id", json!("0190b3c4-0000-7000-8000-000000000000"), "field.unknown"),
        ("version", json!(7), "field.unknown"),
        ("created_at", json!("2026-11-22T00:00:00Z"), "field.unknown"),
    ] {
        let mut body = json!({"name": "A"});
        body[field] = value.clone();
        let refused = tenant.admin.post(CUSTOMERS, &body);
        assert_eq!(refused.status, 422, "{field} = {value}: {refused}");
        let read_only = code == "field.unknown"; // which code a host-kept field gets is free, that it is refused is not
        let found = refused.problems().iter().any(|problem| problem["field"] == field && (read_only || problem["code"] == code));
        assert!(found, "{field} = {value} wants {code}: {refused}");
    }
    let fitting = json!({"name": "A", "x_i": -9_223_372_036_854_775_807_i64, "x_m": "-0.5", "x_p": "60", "x_b": false,
                         "x_d": "2028-02-29", "x_t": "2026-11-22T12:00:00.123456+08:00"});
    let record = tenant.admin.create("customer", fitting);
    for (field, wanted) in [
        ("x_i", json!(-9_223_372_036_854_775_807_i64)),
        ("x_m", json!("-0.50")),
        ("x_p", json!("60.00")),
        ("x_b", json!(false)),
        ("x_d", json!("2028-02-29")),
        ("x_t", json!("2026-11-22T04:00:00.123456Z")),
    ] {
        assert_eq!(record[field], wanted, "{field} in {record}");
    }
    // Lines come with a record alone, not in lists.
    let mut listed = record;
    for lines in ["family", "analyses"] {
        assert_eq!(listed.as_object_mut().and_then(|fields| fields.remove(lines)), Some(json!([])), "{lines}");
    }
    assert_eq!(tenant.admin.list("customer", &[]), [listed]);
}

fn unique_codes(tenant: &Tenant) {
    let first = tenant.admin.create_id("customer", json!({"name": "A", "code": "K-1", "external_id": "e1"}));
    tenant.admin.create("customer", json!({"name": "B"}));
    tenant.admin.create("customer", json!({"name": "C"})); // two without a code do not collide
    for code in ["K-1", "k-1", " K-1 ", "Ｋ-1"] {
        tenant
            .admin
            .post(CUSTOMERS, &json!({"name": "D", "code": code}))
            .refused(409, "field.not_unique")
            .problem("field.not_unique", "code");
    }
    tenant.admin.post(CUSTOMERS, &json!({"name": "D", "external_id": "e1"})).refused(409, "field.not_unique");
    let twice = json!([{"name": "E", "code": "K-2"}, {"name": "F", "code": "K-2"}]);
    tenant.admin.post(CUSTOMERS, &twice).refused(409, "field.not_unique");
    assert_eq!(tenant.count("customer", ""), 3);
    tenant.admin.change("customer", &first, json!({"code": "K-1", "phone": "111"})); // its own code is no collision
    tenant.admin.delete(&format!("{CUSTOMERS}/{first}")).expect(204);
    tenant.admin.create("customer", json!({"name": "G", "code": "K-1"})); // free again
}

fn read_and_change(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A", "phone": "111", "region": "North"}));
    let path = format!("{CUSTOMERS}/{id}");
    let tag = |answer: &guanxi_tests::api::Answer| answer.headers.get("etag").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let read = tenant.admin.get(&path).expect(200);
    assert_eq!(tag(&read).as_deref(), Some("\"1\""));

    let changed = tenant.admin.patch(&path, Some(1), &json!({"phone": "222", "region": null})).expect(200);
    assert_eq!(tag(&changed).as_deref(), Some("\"2\""));
    assert_eq!(
        (&changed.json["phone"], &changed.json["region"], &changed.json["name"]),
        (&json!("222"), &Value::Null, &json!("A")),
        "{changed}"
    );
    assert_eq!(changed.json["version"], 2);

    tenant.admin.patch(&path, Some(1), &json!({"phone": "333"})).refused(409, "record.version_conflict");
    assert_eq!(tenant.admin.record("customer", &id)["phone"], "222");
    tenant.admin.patch(&path, None, &json!({"phone": "333"})).expect(200);
    tenant.admin.patch(&path, None, &json!({"name": null})).refused(422, "field.required").problem("field.required", "name");
    tenant.admin.patch(&path, None, &json!({"nothing": 1})).refused(422, "field.unknown");
    tenant.admin.patch(&path, None, &json!([])).refused(400, "request.malformed");
    assert_eq!(tenant.admin.record("customer", &id)["version"], 3);
}

fn unchanged_is_no_edit(tenant: &Tenant) {
    let before = tenant.admin.create("customer", json!({"name": "A", "phone": "111"}));
    let id = before["id"].as_str().expect("an id");
    assert_eq!(tenant.admin.change("customer", id, json!({"name": "A", "phone": "111", "region": null})), before);
}

fn one_of_many_editors_wins(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A"}));
    let path = format!("{CUSTOMERS}/{id}");
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let editors: Vec<_> = (0..12)
            .map(|editor| {
                let path = &path;
                scope.spawn(move || tenant.admin.patch(path, Some(1), &json!({"region": format!("R{editor}")})).status)
            })
            .collect();
        editors.into_iter().map(|editor| editor.join().expect("an editor gets an answer")).collect()
    });
    assert_eq!(statuses.iter().filter(|status| **status == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|status| **status == 409).count(), 11, "{statuses:?}");
    assert_eq!(tenant.admin.record("customer", &id)["version"], 2);
}

fn delete_and_gone(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A"}));
    let path = format!("{CUSTOMERS}/{id}");
    let deleted = tenant.admin.delete(&path).expect(204);
    assert_eq!(deleted.text, "");
    tenant.admin.get(&path).refused(404, "not_found");
    tenant.admin.patch(&path, None, &json!({"phone": "111"})).refused(404, "not_found");
    tenant.admin.delete(&path).refused(404, "not_found");
    assert_eq!(tenant.admin.list("customer", &[]), Vec::<Value>::new());
    assert_eq!(tenant.count("customer", ""), 0);
}

fn arrays_are_all_or_nothing(tenant: &Tenant) {
    let answer = tenant.admin.post(CUSTOMERS, &json!([{"name": "A"}, {"name": "B"}])).expect(201);
    let names: Vec<&Value> = answer.json["records"].as_array().into_iter().flatten().map(|record| &record["name"]).collect();
    assert_eq!(names, ["A", "B"], "in the order sent: {answer}");
    let mixed = json!([{"name": "C"}, {"kind": "person"}, {"name": "D", "kind": "alien"}]);
    let refused = tenant.admin.post(CUSTOMERS, &mixed).refused(422, "field.required");
    refused.problem("field.required", "name");
    refused.problem("field.option", "kind");
    assert_eq!(tenant.count("customer", ""), 2);
}

fn arrays_in_parts(tenant: &Tenant) {
    tenant.admin.create("customer", json!({"name": "Z", "code": "1"}));
    let mixed = json!([{"name": "A"}, {"kind": "person"}, {"name": "B", "code": "1"}, {"name": "C"}]);
    let answer = tenant.admin.post(&format!("{CUSTOMERS}?partial=true"), &mixed).expect(200);
    let results = answer.json["results"].as_array().cloned().unwrap_or_default();
    let statuses: Vec<&Value> = results.iter().map(|result| &result["status"]).collect();
    assert_eq!(statuses, [201, 422, 409, 201], "{answer}");
    assert_eq!(results[0]["record"]["name"], "A", "{answer}");
    assert_eq!(results[1]["problems"][0]["code"], "field.required", "{answer}");
    assert_eq!(results[2]["problems"][0]["code"], "field.not_unique", "{answer}");
    assert_eq!(tenant.admin.column("customer", "name", &[("sort", "name")]), ["A", "C", "Z"]);
}

fn too_much(tenant: &Tenant) {
    let many: Vec<Value> = (0..1001).map(|number| json!({"name": format!("C{number}")})).collect();
    let refused = tenant.admin.post(CUSTOMERS, &Value::Array(many.clone()));
    assert!([413, 422].contains(&refused.status), "{}", refused.status);
    let long = tenant.admin.post(CUSTOMERS, &json!({"name": "a".repeat(10 << 20)}));
    assert!([413, 422].contains(&long.status), "{}", long.status);
    assert_eq!(tenant.count("customer", ""), 0);
    tenant.admin.post(CUSTOMERS, &Value::Array(many[..1000].to_vec())).expect(201);
    assert_eq!(tenant.count("customer", ""), 1000);
    let first = tenant.admin.query(CUSTOMERS, &[("limit", "1")]).expect(200);
    assert_eq!(first.json["count"], json!({"value": 1000, "exact": true}));
}

fn history_of_changes(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A", "phone": "111"}));
    tenant.admin.change("customer", &id, json!({"phone": "222", "region": "North"}));
    tenant.admin.change("customer", &id, json!({"phone": null}));
    tenant.admin.patch(&format!("{CUSTOMERS}/{id}"), Some(1), &json!({"phone": "999"})).refused(409, "record.version_conflict");
    let history = tenant.admin.get(&format!("{CUSTOMERS}/{id}/history")).expect(200);
    assert!(history.json.get("next").is_some(), "{history}");
    let changes = history.json["changes"].as_array().cloned().unwrap_or_default();
    let of = |version: i64| {
        let found: Vec<&Value> = changes.iter().filter(|change| change["version"] == version).collect();
        assert_eq!(found.len(), 1, "one change made version {version}: {history}");
        found[0]
    };
    assert_eq!(of(2)["fields"], json!({"phone": {"old": "111", "new": "222"}, "region": {"old": null, "new": "North"}}), "{history}");
    assert_eq!(of(3)["fields"], json!({"phone": {"old": "222", "new": null}}), "{history}");
    assert_eq!(of(3)["via"], "api", "{history}");
    assert!(of(3)["at"].as_str().is_some_and(|at| at.starts_with("2026-11-22T")), "{history}");
    assert!(!of(3)["actor"].is_null(), "{history}");
}

fn references_must_exist(tenant: &Tenant) {
    let customer = tenant.admin.create_id("customer", json!({"name": "A"}));
    let contact = tenant.admin.create("contact", json!({"name": "王磊", "customer": customer}));
    assert_eq!(contact["customer"], json!(customer));
    let user = tenant.user_id(&guanxi_tests::story::admin_email(&tenant.key));
    for missing in ["0190b3c4-0000-7000-8000-000000000000", &user] {
        let refused = tenant.admin.post("/api/v1/records/contact", &json!({"name": "B", "customer": missing}));
        refused.refused(422, "reference.not_found").problem("reference.not_found", "customer");
    }
    tenant.admin.post("/api/v1/records/contact", &json!({"name": "B", "customer": "x"})).refused(422, "field.type");
    tenant.admin.delete(&format!("{CUSTOMERS}/{customer}")).expect(204);
    tenant.admin.post("/api/v1/records/contact", &json!({"name": "B", "customer": customer})).refused(422, "reference.not_found");
}

fn hostile_text_is_text(tenant: &Tenant) {
    for name in ["<script>alert(1)</script>", "'; drop table customer; --", "a\"b`c\\d", "％_%", "𠮷野家 🚗", "=1+1"] {
        let record = tenant.admin.create("customer", json!({"name": name}));
        assert_eq!(record["name"], name);
        let quoted = json!(name).to_string();
        assert_eq!(tenant.admin.column("customer", "name", &[("filter", &format!("name == {quoted}"))]), [json!(name)]);
    }
    let nul = tenant.admin.post(CUSTOMERS, &json!({"name": "a\u{0}b"}));
    assert_eq!(nul.status, 422, "a zero byte fits no PostgreSQL text, so no database takes it: {nul}");
}
