//! Bulk edits and bulk deletes: previewed, run as batches, listed, by rights.

use std::time::{Duration, Instant};

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::{Tenant, admin_email};
use serde_json::{Value, json};

both!(
    a_preview_writes_nothing,
    a_filter_becomes_a_batch,
    refused_records_are_named,
    a_bulk_delete,
    many_records_in_the_background,
    what_is_wrong_with_the_request,
    rights_hold_for_every_record,
    batches_are_private,
);

const BULK: &str = "/api/v1/records/customer/bulk";

fn customers(tenant: &Tenant, region: &str, count: usize) -> Vec<String> {
    let records = (0..count).map(|n| json!({"name": format!("{region} {n}"), "region": region, "industry": "steel"}));
    tenant.create_all("customer", records.collect())
}

fn a_preview_writes_nothing(tenant: &Tenant) {
    customers(tenant, "North", 5);
    customers(tenant, "South", 2);
    let body = json!({"op": "update", "filter": "industry == \"steel\"", "set": {"region": "South"}});
    let preview = tenant.admin.post(&format!("{BULK}?dry_run=true"), &body).expect(200).json;
    assert_eq!(preview["counts"], json!({"wanted": 7, "changed": 5, "unchanged": 2, "refused": 0, "changed_since": 0}), "{preview}");
    let sample = preview["sample"].as_array().expect("samples");
    assert_eq!(sample.len(), 5, "{preview}");
    for one in sample {
        assert_eq!(one["fields"], json!({"region": {"old": "North", "new": "South"}}), "{preview}");
        assert!(one["title"].as_str().is_some_and(|title| title.starts_with("North ")), "{preview}");
    }
    assert_eq!(preview["records"], json!([]), "{preview}");
    assert_eq!(tenant.count("customer", "region == \"North\""), 5);
    assert_eq!(tenant.admin.get("/api/v1/batches").expect(200).json, json!({"batches": [], "next": null}));
}

fn a_filter_becomes_a_batch(tenant: &Tenant) {
    let ids = customers(tenant, "North", 4);
    customers(tenant, "South", 1);
    let body =
        json!({"op": "update", "filter": "region == \"North\"", "set": {"region": "East", "industry": null}, "title": "Regions 2026"});
    let answer = tenant.admin.post(BULK, &body).expect(200).json;
    let batch = &answer["batch"];
    let number = batch["id"].as_i64().expect("a number");
    let me = tenant.user_id(&admin_email(&tenant.key));
    for (key, wanted) in [
        ("kind", json!("bulk_edit")),
        ("title", json!("Regions 2026")),
        ("object", json!("customer")),
        ("actor", json!(me)),
        ("state", json!("done")),
        ("counts", json!({"wanted": 4, "changed": 4, "unchanged": 0, "refused": 0, "changed_since": 0})),
        ("detail", json!({"filter": "region == \"North\"", "set": {"region": "East", "industry": null}})),
        ("undone_by", Value::Null),
    ] {
        assert_eq!(batch[key], wanted, "{key} of {batch}");
    }
    assert_eq!(tenant.count("customer", "region == \"East\" && industry == null"), 4);
    let history = tenant.admin.get(&format!("/api/v1/records/customer/{}/history", ids[2])).expect(200).json;
    let change = &history["changes"][0];
    assert_eq!((&change["via"], &change["batch"]), (&json!(format!("bulk {number}")), &json!(number)), "{history}");
    assert_eq!(change["fields"]["region"], json!({"old": "North", "new": "East"}), "{history}");

    let single = json!({"op": "update", "ids": [ids[0], ids[0]], "set": {"region": "West"}});
    let second = tenant.admin.post(BULK, &single).expect(200).json;
    assert_eq!(second["batch"]["counts"]["wanted"], 1, "an id counts once: {second}");
    let page = tenant.admin.get("/api/v1/batches?limit=1").expect(200).json;
    assert_eq!(page["batches"], json!([second["batch"]]), "newest first: {page}");
    let next = page["next"].as_str().expect("a cursor");
    let rest = tenant.admin.query("/api/v1/batches", &[("limit", "1"), ("cursor", next)]).expect(200).json;
    assert_eq!((&rest["batches"], &rest["next"]), (&json!([batch]), &Value::Null));
    let shown = tenant.admin.get(&format!("/api/v1/batches/{number}")).expect(200).json;
    assert_eq!((&shown["id"], &shown["records"]), (&json!(number), &json!([])), "{shown}");
}

fn refused_records_are_named(tenant: &Tenant) {
    let ids = tenant.create_all("customer", vec![json!({"name": "A"}), json!({"name": "B", "code": "K-1"}), json!({"name": "C"})]);
    let body = json!({"op": "update", "filter": "name != \"B\"", "set": {"code": "k-1"}});
    let preview = tenant.admin.post(&format!("{BULK}?dry_run=true"), &body).expect(200).json;
    assert_eq!((&preview["counts"]["refused"], &preview["codes"]), (&json!(2), &json!({"field.not_unique": 2})), "{preview}");
    let answer = tenant.admin.post(BULK, &json!({"op": "update", "ids": [ids[0], ids[2]], "set": {"code": "K-2"}})).expect(200).json;
    assert_eq!(answer["batch"]["counts"], json!({"wanted": 2, "changed": 1, "unchanged": 0, "refused": 1, "changed_since": 0}), "{answer}");
    let number = &answer["batch"]["id"];
    let shown = tenant.admin.get(&format!("/api/v1/batches/{number}")).expect(200).json;
    let record = &shown["records"][0];
    assert_eq!((&record["object"], &record["result"]), (&json!("customer"), &json!("refused")), "{shown}");
    assert!(record["title"] == "A" || record["title"] == "C", "{shown}");
    assert_eq!((&record["problems"][0]["code"], &record["problems"][0]["field"]), (&json!("field.not_unique"), &json!("code")), "{shown}");
    assert_eq!(tenant.count("customer", "code == \"K-2\""), 1);
}

fn a_bulk_delete(tenant: &Tenant) {
    customers(tenant, "North", 3);
    customers(tenant, "South", 2);
    let answer = tenant.admin.post(BULK, &json!({"op": "delete", "filter": "region == \"North\""})).expect(200).json;
    assert_eq!((&answer["batch"]["kind"], &answer["batch"]["counts"]["changed"]), (&json!("bulk_delete"), &json!(3)), "{answer}");
    assert_eq!(tenant.count("customer", ""), 2);
    let bin = tenant.admin.get("/api/v1/recycle-bin?object=customer").expect(200).json;
    assert_eq!(bin["records"].as_array().map(Vec::len), Some(3), "{bin}");
}

/// Waits until a batch has ended.
pub(crate) fn ended(api: &Api, batch: &Value) -> Value {
    let deadline = Instant::now() + Duration::from_secs(120);
    loop {
        let shown = api.get(&format!("/api/v1/batches/{batch}")).expect(200).json;
        if shown["state"] != "running" {
            return shown;
        }
        assert!(Instant::now() < deadline, "the batch ends: {shown}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn many_records_in_the_background(tenant: &Tenant) {
    for part in 0..2 {
        customers(tenant, &format!("P{part}"), 600);
    }
    let answer =
        tenant.admin.post(BULK, &json!({"op": "update", "filter": "industry == \"steel\"", "set": {"region": "East"}})).expect(202).json;
    assert_eq!((&answer["batch"]["state"], &answer["report"]), (&json!("running"), &Value::Null), "{answer}");
    let shown = ended(&tenant.admin, &answer["batch"]["id"]);
    assert_eq!(shown["state"], "done", "{shown}");
    assert_eq!(shown["counts"], json!({"wanted": 1200, "changed": 1200, "unchanged": 0, "refused": 0, "changed_since": 0}), "{shown}");
    assert_eq!(tenant.count("customer", "region == \"East\""), 1200);
}

fn what_is_wrong_with_the_request(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A"}));
    for (body, status, code) in [
        (json!({"op": "update", "set": {"region": "X"}}), 400, "request.malformed"),
        (json!({"op": "update", "filter": "", "ids": [id], "set": {"region": "X"}}), 400, "request.malformed"),
        (json!({"op": "update", "filter": ""}), 400, "request.malformed"),
        (json!({"op": "drop", "filter": ""}), 400, "request.malformed"),
        (json!({"op": "update", "filter": "region ==", "set": {"region": "X"}}), 400, "filter.syntax"),
        (json!({"op": "update", "filter": "", "set": {"x_no": 1}}), 422, "field.unknown"),
        (json!({"op": "update", "filter": "", "set": {"version": 7}}), 422, "field.read_only"),
        (json!({"op": "update", "filter": "", "set": {"kind": "alien"}}), 422, "field.option"),
        (json!({"op": "update", "filter": "", "set": {"region": "X"}, "title": " "}), 422, "field.range"),
    ] {
        tenant.admin.post(BULK, &body).refused(status, code);
    }
    tenant.admin.post("/api/v1/records/x_nothing/bulk", &json!({"op": "delete", "filter": ""})).refused(404, "not_found");
    assert_eq!(tenant.admin.get("/api/v1/batches").expect(200).json["batches"], json!([]), "nothing was begun");
    assert_eq!(tenant.admin.record("customer", &id)["version"], 1);
}

fn rights_hold_for_every_record(tenant: &Tenant) {
    let foreign = tenant.admin.create_id("customer", json!({"name": "F", "region": "North"}));
    let seller = tenant.user("bo@x.example", None, &["salesperson"]);
    let own = seller.create_id("customer", json!({"name": "O", "region": "North"}));
    let answer = seller.post(BULK, &json!({"op": "update", "filter": "region == \"North\"", "set": {"region": "East"}})).expect(200).json;
    assert_eq!(answer["batch"]["counts"]["wanted"], 1, "what is out of sight does not match: {answer}");
    let answer = seller.post(BULK, &json!({"op": "update", "ids": [own, foreign], "set": {"region": "West"}})).expect(200).json;
    assert_eq!((&answer["batch"]["counts"]["changed"], &answer["batch"]["counts"]["refused"]), (&json!(1), &json!(1)), "{answer}");
    let record = &answer["report"]["records"][0];
    assert_eq!((&record["id"], &record["title"]), (&json!(foreign), &json!("")), "{answer}");
    assert_eq!(record["problems"][0]["code"], "not_found", "{answer}");
    assert_eq!(tenant.admin.record("customer", &foreign)["region"], "North");
    seller
        .post("/api/v1/records/user/bulk", &json!({"op": "update", "filter": "", "set": {"name": "X"}}))
        .refused(403, "permission.denied");
}

fn batches_are_private(tenant: &Tenant) {
    customers(tenant, "North", 1);
    let answer = tenant.admin.post(BULK, &json!({"op": "update", "filter": "", "set": {"region": "East"}})).expect(200).json;
    let path = format!("/api/v1/batches/{}", answer["batch"]["id"]);
    let seller = tenant.user("bo@x.example", None, &["salesperson"]);
    seller.get(&path).refused(404, "not_found");
    seller.post(&format!("{path}/undo"), &json!({})).refused(404, "not_found");
    assert_eq!(seller.get("/api/v1/batches").expect(200).json["batches"], json!([]));
    let other = Tenant::create(tenant.server, &format!("{}b", tenant.key));
    other.admin.get(&path).refused(404, "not_found");
    other.admin.post(&format!("{path}/undo"), &json!({})).refused(404, "not_found");
    for unknown in ["/api/v1/batches/999999", "/api/v1/batches/x", "/api/v1/batches/-1"] {
        tenant.admin.get(unknown).refused(404, "not_found");
    }
}
