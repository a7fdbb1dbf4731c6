//! A seller leaves: another one gets the customers with everything that was done for them (S-019).

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(the_new_owner_sees_everything, a_preview_and_an_undo, some_objects_only, who_may_and_to_whom);

struct Sellers {
    a: guanxi_tests::api::Api,
    a_id: String,
    b: guanxi_tests::api::Api,
    b_id: String,
}

fn sellers(tenant: &Tenant) -> Sellers {
    let a = tenant.user("an@x.example", None, &["salesperson"]);
    let b = tenant.user("bo@x.example", None, &["salesperson"]);
    Sellers { a, a_id: tenant.user_id("an@x.example"), b, b_id: tenant.user_id("bo@x.example") }
}

fn path(user: &str) -> String {
    format!("/api/v1/users/{user}/transfer")
}

fn the_new_owner_sees_everything(tenant: &Tenant) {
    let Sellers { a, a_id, b, b_id } = sellers(tenant);
    let customer = a.create_id("customer", json!({"name": "C1"}));
    for n in 0..12 {
        a.create("activity", json!({"subject": format!("Call {n}"), "kind": "call_outbound", "customer": customer}));
    }
    let mine = format!("customer == \"{customer}\"");
    assert_eq!(b.list("activity", &[("filter", &mine)]), Vec::<Value>::new());
    let answer = tenant.admin.post(&path(&a_id), &json!({"to": b_id, "from_records": "owner"})).expect(200).json;
    assert_eq!((&answer["batch"]["kind"], &answer["batch"]["title"]), (&json!("transfer"), &json!("an → bo")), "{answer}");
    assert_eq!(answer["batch"]["counts"]["changed"], 13, "{answer}");
    assert_eq!(b.record("customer", &customer)["owner"], json!(b_id));
    assert_eq!(b.list("activity", &[("filter", &mine)]).len(), 12);
    a.get(&format!("/api/v1/records/customer/{customer}")).refused(404, "not_found");
    let history = b.get(&format!("/api/v1/records/customer/{customer}/history")).expect(200).json;
    let number = &answer["batch"]["id"];
    let transfers: Vec<&Value> =
        history["changes"].as_array().into_iter().flatten().filter(|change| change["via"] == format!("transfer {number}")).collect();
    assert_eq!(transfers.len(), 1, "one entry per customer: {history}");
    assert_eq!(transfers[0]["fields"]["owner"], json!({"old": a_id, "new": b_id}), "{history}");
}

fn a_preview_and_an_undo(tenant: &Tenant) {
    let Sellers { a, a_id, b, b_id } = sellers(tenant);
    let customer = a.create_id("customer", json!({"name": "C1"}));
    a.create("contact", json!({"name": "K", "customer": customer}));
    a.create("contact", json!({"name": "L", "customer": customer}));
    let preview = tenant.admin.post(&format!("{}?dry_run=true", path(&a_id)), &json!({"to": b_id})).expect(200).json;
    assert_eq!(preview["objects"], json!({"customer": 1, "contact": 2}), "{preview}");
    assert_eq!(a.record("customer", &customer)["owner"], json!(a_id));
    let answer = tenant.admin.post(&path(&a_id), &json!({"to": b_id})).expect(200).json;
    b.change("customer", &customer, json!({"phone": "111"}));
    let undone = tenant.admin.post(&format!("/api/v1/batches/{}/undo", answer["batch"]["id"]), &json!({})).expect(200).json;
    assert_eq!(undone["batch"]["counts"]["changed"], 3, "{undone}");
    let back = a.record("customer", &customer);
    assert_eq!((&back["owner"], &back["phone"]), (&json!(a_id), &json!("111")), "only what was transferred goes back");
}

fn some_objects_only(tenant: &Tenant) {
    let Sellers { a, a_id, b_id, .. } = sellers(tenant);
    let customer = a.create_id("customer", json!({"name": "C1"}));
    let contact = a.create_id("contact", json!({"name": "K", "customer": customer}));
    tenant.admin.post(&path(&a_id), &json!({"to": b_id, "objects": ["customer"]})).expect(200);
    assert_eq!(tenant.admin.record("customer", &customer)["owner"], json!(b_id));
    assert_eq!(tenant.admin.record("contact", &contact)["owner"], json!(a_id));
}

fn who_may_and_to_whom(tenant: &Tenant) {
    let Sellers { a, a_id, b_id, .. } = sellers(tenant);
    a.post(&path(&a_id), &json!({"to": b_id})).refused(403, "permission.denied");
    let nobody = "0190a7c0-0000-7000-8000-000000000001";
    tenant.admin.post(&path(nobody), &json!({"to": b_id})).refused(404, "not_found");
    tenant.admin.post(&path("x"), &json!({"to": b_id})).refused(404, "not_found");
    tenant.admin.post(&path(&a_id), &json!({"to": nobody})).refused(422, "reference.not_found");
    tenant.admin.post(&path(&a_id), &json!({"to": a_id})).refused(422, "reference.not_found");
    tenant.admin.post(&path(&a_id), &json!({})).refused(400, "request.malformed");
    tenant.admin.post(&path(&a_id), &json!({"to": b_id, "from_records": "creator"})).refused(400, "request.malformed");
    tenant.admin.post(&path(&a_id), &json!({"to": b_id, "objects": ["x_no"]})).refused(404, "not_found");
    tenant.admin.change("user", &b_id, json!({"active": false}));
    tenant.admin.post(&path(&a_id), &json!({"to": b_id})).refused(422, "reference.not_found");
}
