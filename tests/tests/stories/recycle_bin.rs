//! The recycle bin: what was deleted, brought back, or removed for good.

use guanxi_tests::both;
use guanxi_tests::story::{Tenant, admin_email};
use serde_json::{Value, json};

both!(deleted_records_are_listed, restored, a_restore_with_a_conflict, hooks_see_a_restore, purged, what_is_not_seen_is_not_there);

const BIN: &str = "/api/v1/recycle-bin?object=customer";

fn delete(tenant: &Tenant, id: &str) {
    tenant.admin.delete(&format!("/api/v1/records/customer/{id}")).expect(204);
}

fn deleted_records_are_listed(tenant: &Tenant) {
    let ids = tenant.create_all("customer", (0..5).map(|n| json!({"name": format!("C{n}")})).collect());
    assert_eq!(tenant.admin.get(BIN).expect(200).json, json!({"records": [], "next": null}));
    for id in &ids[..3] {
        delete(tenant, id);
    }
    let first = tenant.admin.get(&format!("{BIN}&limit=2")).expect(200).json;
    let next = first["next"].as_str().expect("a cursor");
    let second = tenant.admin.query("/api/v1/recycle-bin", &[("object", "customer"), ("limit", "2"), ("cursor", next)]).expect(200).json;
    assert_eq!(second["next"], Value::Null);
    let titles = |page: &Value| page["records"].as_array().into_iter().flatten().map(|r| r["title"].clone()).collect::<Vec<_>>();
    assert_eq!([titles(&first), titles(&second)].concat(), ["C2", "C1", "C0"]);
    let record = &first["records"][0];
    let me = tenant.user_id(&admin_email(&tenant.key));
    assert_eq!((&record["id"], &record["object"], &record["deleted_by"]), (&json!(ids[2]), &json!("customer"), &json!(me)), "{record}");
    assert!(record["deleted_at"].as_str().is_some_and(|at| at.starts_with("2026-11-22")), "{record}");
    tenant.admin.get("/api/v1/recycle-bin").refused(400, "request.malformed");
    tenant.admin.get("/api/v1/recycle-bin?object=x_no").refused(404, "not_found");
    tenant.admin.get(&format!("{BIN}&cursor=AAAA")).refused(400, "request.malformed");
}

fn restored(tenant: &Tenant) {
    let before = tenant.admin.create("customer", json!({"name": "A", "phone": "111"}));
    let id = before["id"].as_str().expect("an id");
    let restore = format!("/api/v1/records/customer/{id}/restore");
    tenant.admin.post(&restore, &json!({})).refused(404, "not_found");
    delete(tenant, id);
    let answer = tenant.admin.post(&restore, &json!({})).expect(200);
    assert_eq!((&answer.json["phone"], &answer.json["version"]), (&json!("111"), &json!(3)), "{answer}");
    assert_eq!(tenant.admin.record("customer", id), answer.json);
    assert_eq!(tenant.admin.get(BIN).expect(200).json["records"], json!([]));
    let history = tenant.admin.get(&format!("/api/v1/records/customer/{id}/history")).expect(200).json;
    let ops: Vec<&Value> = history["changes"].as_array().into_iter().flatten().map(|change| &change["op"]).collect();
    assert_eq!(ops, ["restore", "delete", "create"], "{history}");
}

fn a_restore_with_a_conflict(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A", "code": "K-1"}));
    delete(tenant, &id);
    let other = tenant.admin.create_id("customer", json!({"name": "B", "code": "k-1"}));
    let restore = format!("/api/v1/records/customer/{id}/restore");
    tenant.admin.post(&restore, &json!({})).refused(409, "field.not_unique").problem("field.not_unique", "code");
    tenant.admin.get(&format!("/api/v1/records/customer/{id}")).refused(404, "not_found");
    tenant.admin.change("customer", &other, json!({"code": "K-2"}));
    tenant.admin.post(&restore, &json!({})).expect(200);
    assert_eq!(tenant.admin.record("customer", &id)["code"], "K-1");
}

/// What a plugin makes of a record that comes back is written, and the history agrees with the record.
fn hooks_see_a_restore(tenant: &Tenant) {
    tenant.enable("sales");
    let id = tenant.admin.create_id("opportunity", json!({"name": "O", "stage": "demo"}));
    tenant.admin.delete(&format!("/api/v1/records/opportunity/{id}")).expect(204);
    let stages = tenant.admin.list("sl_stage", &[("filter", "code == \"demo\"")]);
    tenant.admin.change("sl_stage", stages[0]["id"].as_str().expect("an id"), json!({"rate": "65"}));
    let back = tenant.admin.post(&format!("/api/v1/records/opportunity/{id}/restore"), &json!({})).expect(200).json;
    assert_eq!(back["success_rate"], "65.00", "{back}");
    assert_eq!(tenant.admin.record("opportunity", &id), back);
    let history = tenant.admin.get(&format!("/api/v1/records/opportunity/{id}/history")).expect(200).json;
    assert_eq!(history["changes"][0]["fields"]["success_rate"], json!({"old": "60.00", "new": "65.00"}), "{history}");
}

fn purged(tenant: &Tenant) {
    // Links and lines go with the record.
    tenant.add_field("customer", json!({"key": "x_friends", "type": "many_reference", "target": "user", "label": {"en": "Friends"}}));
    let me = tenant.user_id(&admin_email(&tenant.key));
    let id = tenant.admin.create_id("customer", json!({"name": "A", "x_friends": [me]}));
    let path = format!("/api/v1/recycle-bin/customer/{id}");
    tenant.admin.delete(&path).refused(404, "not_found");
    delete(tenant, &id);
    let manager = tenant.user("mo@x.example", None, &["manager"]);
    manager.delete(&path).refused(403, "permission.denied");
    tenant.admin.delete(&path).expect(204);
    tenant.admin.delete(&path).refused(404, "not_found");
    assert_eq!(tenant.admin.get(BIN).expect(200).json["records"], json!([]));
    tenant.admin.post(&format!("/api/v1/records/customer/{id}/restore"), &json!({})).refused(404, "not_found");
}

fn what_is_not_seen_is_not_there(tenant: &Tenant) {
    let foreign = tenant.admin.create_id("customer", json!({"name": "F"}));
    delete(tenant, &foreign);
    let seller = tenant.user("bo@x.example", None, &["salesperson"]);
    let own = seller.create_id("customer", json!({"name": "O"}));
    seller.delete(&format!("/api/v1/records/customer/{own}")).expect(204);
    let bin = seller.get(BIN).expect(200).json;
    assert_eq!(bin["records"].as_array().map(Vec::len), Some(1), "{bin}");
    assert_eq!(bin["records"][0]["id"], json!(own), "{bin}");
    seller.post(&format!("/api/v1/records/customer/{foreign}/restore"), &json!({})).refused(404, "not_found");
    seller.post(&format!("/api/v1/records/customer/{own}/restore"), &json!({})).expect(200);
}
