//! The first data are kept: the history of one field, and a record as it was (S-020).

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(an_income_over_the_years, a_record_as_it_was, versions_follow_visibility);

fn an_income_over_the_years(tenant: &Tenant) {
    tenant.add_field("customer", json!({"key": "x_income", "type": "money", "label": {"en": "Income"}}));
    let id = tenant.admin.create_id("customer", json!({"name": "A", "x_income": "80000"}));
    tenant.admin.change("customer", &id, json!({"x_income": "95000"}));
    tenant.admin.change("customer", &id, json!({"phone": "111"}));
    tenant.admin.change("customer", &id, json!({"x_income": "110000", "region": "East"}));
    let path = format!("/api/v1/records/customer/{id}");
    let history = tenant.admin.get(&format!("{path}/history?field=x_income")).expect(200).json;
    let changes: Vec<&Value> = history["changes"].as_array().into_iter().flatten().collect();
    let values: Vec<&Value> = changes.iter().rev().map(|change| &change["fields"]["x_income"]["new"]).collect();
    assert_eq!(values, ["80000.00", "95000.00", "110000.00"], "{history}");
    assert!(changes.iter().all(|change| change["at"].as_str().is_some_and(|at| at.starts_with("2026-11-22"))), "{history}");
    assert!(changes.iter().all(|change| change["fields"].as_object().is_some_and(|fields| fields.len() == 1)), "{history}");
    let page = tenant.admin.get(&format!("{path}/history?field=x_income&limit=2")).expect(200).json;
    let next = page["next"].as_str().expect("a cursor");
    let rest = tenant.admin.query(&format!("{path}/history"), &[("field", "x_income"), ("cursor", next)]).expect(200).json;
    assert_eq!(rest["changes"][0]["fields"]["x_income"], json!({"old": null, "new": "80000.00"}), "{rest}");
    tenant.admin.get(&format!("{path}/history?field=x_no")).refused(422, "field.unknown");

    let first = tenant.admin.get(&format!("{path}/versions/1")).expect(200).json;
    assert_eq!((&first["x_income"], &first["phone"], &first["region"]), (&json!("80000.00"), &Value::Null, &Value::Null), "{first}");
}

/// A version leaves lines out: they have versions of their own.
fn without_lines(record: &Value) -> Value {
    let fields = record.as_object().into_iter().flatten().filter(|(_, value)| !value.is_array());
    Value::Object(fields.map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn a_record_as_it_was(tenant: &Tenant) {
    let created = tenant.admin.create("customer", json!({"name": "A", "phone": "111"}));
    let id = created["id"].as_str().expect("an id");
    let seller = tenant.user("bo@x.example", None, &["salesperson"]);
    let bo = tenant.user_id("bo@x.example");
    let second = tenant.admin.change("customer", id, json!({"name": "B", "owner": bo}));
    let third = seller.change("customer", id, json!({"phone": null, "code": "K-1"}));
    let path = format!("/api/v1/records/customer/{id}/versions");
    for (number, wanted) in [(1, &created), (2, &second), (3, &third)] {
        assert_eq!(tenant.admin.get(&format!("{path}/{number}")).expect(200).json, without_lines(wanted), "version {number}");
    }
    tenant.admin.delete(&format!("/api/v1/records/customer/{id}")).expect(204);
    tenant.admin.get(&format!("{path}/1")).refused(404, "not_found");
    tenant.admin.post(&format!("/api/v1/records/customer/{id}/restore"), &json!({})).expect(200);
    assert_eq!(tenant.admin.get(&format!("{path}/1")).expect(200).json, without_lines(&created), "also after it came back");
    for unknown in ["0", "6", "-1", "x", "99999999999999999999"] {
        tenant.admin.get(&format!("{path}/{unknown}")).refused(404, "not_found");
    }
}

fn versions_follow_visibility(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A"}));
    let seller = tenant.user("bo@x.example", None, &["salesperson"]);
    seller.get(&format!("/api/v1/records/customer/{id}/versions/1")).refused(404, "not_found");
    seller.get(&format!("/api/v1/records/customer/{id}/history?field=name")).refused(404, "not_found");
    tenant.admin.change("customer", &id, json!({"owner": tenant.user_id("bo@x.example")}));
    assert_eq!(seller.get(&format!("/api/v1/records/customer/{id}/versions/1")).expect(200).json["name"], "A");
}
