//! What was done to many records, or to one, is taken back: as far as nobody changed it since, under rights, hooks and rules.

use guanxi_tests::api::Api;
use guanxi_tests::server::{Db, Options, Server};
use guanxi_tests::story::Tenant;
use guanxi_tests::{both, both_alone};
use serde_json::{Value, json};

use super::bulk::ended;

both!(
    a_batch_and_back_again,
    what_others_changed_since_stays,
    deletes_come_back,
    a_restore_that_conflicts,
    an_import_is_undone,
    only_what_one_may_edit,
    hooks_refuse_an_undo,
    one_change_of_one_record,
    a_preview_of_an_undo,
    a_large_batch,
    lines_go_and_come_back,
);
both_alone!(after_a_month, interrupted_by_a_kill);

fn bulk(api: &Api, body: Value) -> Value {
    api.post("/api/v1/records/customer/bulk", &body).expect(200).json["batch"]["id"].clone()
}

fn undo(api: &Api, batch: &Value) -> Value {
    api.post(&format!("/api/v1/batches/{batch}/undo"), &json!({})).expect(200).json
}

fn batch(api: &Api, id: &Value) -> Value {
    api.get(&format!("/api/v1/batches/{id}")).expect(200).json
}

fn counts(changed: i64, unchanged: i64, refused: i64, changed_since: i64) -> Value {
    json!({"wanted": changed + unchanged + refused, "changed": changed, "unchanged": unchanged, "refused": refused, "changed_since": changed_since})
}

fn a_batch_and_back_again(tenant: &Tenant) {
    let api = &tenant.admin;
    let ids = tenant.create_all("customer", (0..3).map(|n| json!({"name": format!("C{n}"), "region": format!("R{n}")})).collect());
    let regions = || api.column("customer", "region", &[("sort", "name")]);
    let edit = bulk(api, json!({"op": "update", "filter": "", "set": {"region": "East"}, "title": "All east"}));
    let first = undo(api, &edit);
    assert_eq!((&first["batch"]["kind"], &first["batch"]["title"]), (&json!("undo"), &json!("All east")), "{first}");
    assert_eq!((&first["batch"]["counts"], &first["batch"]["undoes"]), (&counts(3, 0, 0, 0), &edit), "{first}");
    assert!(first["report"]["records"].as_array().is_some_and(|records| records.iter().all(|r| r["result"] == "undone")), "{first}");
    assert_eq!(regions(), ["R0", "R1", "R2"]);
    let history = api.get(&format!("/api/v1/records/customer/{}/history", ids[0])).expect(200).json;
    assert_eq!(history["changes"][0]["via"], json!(format!("undo {}", first["batch"]["id"])), "{history}");
    let shown = batch(api, &edit);
    assert_eq!((&shown["state"], &shown["undone_by"]), (&json!("undone"), &first["batch"]["id"]), "{shown}");
    let again = api.post(&format!("/api/v1/batches/{edit}/undo"), &json!({})).refused(422, "rule.failed");
    assert_eq!(again.problems()[0]["params"]["rule"], "batch.undone", "{again}");
    // The undo of the undo does it again, and can be undone.
    let redone = undo(api, &first["batch"]["id"]);
    assert_eq!(regions(), ["East", "East", "East"]);
    assert_eq!((&batch(api, &edit)["state"], &batch(api, &edit)["undone_by"]), (&json!("done"), &Value::Null));
    assert_eq!(batch(api, &first["batch"]["id"])["state"], "undone");
    undo(api, &redone["batch"]["id"]);
    assert_eq!(regions(), ["R0", "R1", "R2"]);
    assert_eq!(batch(api, &edit)["state"], "undone");
    assert_eq!(batch(api, &first["batch"]["id"])["state"], "done");
}

fn what_others_changed_since_stays(tenant: &Tenant) {
    let api = &tenant.admin;
    let ids = tenant.create_all("customer", (0..4).map(|n| json!({"name": format!("C{n}"), "region": "North"})).collect());
    let edit = bulk(api, json!({"op": "update", "filter": "", "set": {"region": "East", "industry": "steel"}}));
    api.change("customer", &ids[0], json!({"region": "West"}));
    api.change("customer", &ids[1], json!({"region": "West"}));
    api.change("customer", &ids[1], json!({"region": "East"})); // somebody brought the batch's own value back
    api.change("customer", &ids[2], json!({"phone": "111"}));
    api.delete(&format!("/api/v1/records/customer/{}", ids[3])).expect(204);
    let undone = undo(api, &edit);
    assert_eq!(undone["batch"]["counts"], counts(3, 1, 0, 2), "{undone}");
    for (id, wanted) in [(&ids[0], ["West", ""]), (&ids[1], ["North", ""]), (&ids[2], ["North", ""])] {
        let record = api.record("customer", id);
        assert_eq!([record["region"].as_str().unwrap_or_default(), record["industry"].as_str().unwrap_or_default()], wanted, "{record}");
    }
    assert_eq!(api.record("customer", &ids[2])["phone"], "111");
    let report = undone["report"]["records"].as_array().expect("records");
    let of = |id: &String| report.iter().find(|record| record["id"] == json!(id)).cloned().unwrap_or_default();
    assert_eq!((&of(&ids[0])["result"], &of(&ids[0])["fields"]), (&json!("changed_since"), &json!(["region"])), "{undone}");
    assert_eq!(of(&ids[1])["result"], "undone", "{undone}");
    assert_eq!(of(&ids[3])["result"], "changed_since", "{undone}");
    assert_eq!(batch(api, &edit)["state"], "partly_undone");
    let listed = batch(api, &undone["batch"]["id"]);
    assert_eq!(listed["records"].as_array().map(Vec::len), Some(2), "{listed}");
}

fn deletes_come_back(tenant: &Tenant) {
    let api = &tenant.admin;
    tenant.create_all("customer", (0..3).map(|n| json!({"name": format!("C{n}"), "region": "North"})).collect());
    let before = api.list("customer", &[("sort", "name"), ("fields", "name,region,owner,created_at")]);
    let delete = bulk(api, json!({"op": "delete", "filter": "region == \"North\""}));
    assert_eq!(tenant.count("customer", ""), 0);
    let undone = undo(api, &delete);
    assert_eq!(undone["batch"]["counts"], counts(3, 0, 0, 0), "{undone}");
    assert_eq!(api.list("customer", &[("sort", "name"), ("fields", "name,region,owner,created_at")]), before);
    undo(api, &undone["batch"]["id"]);
    assert_eq!(tenant.count("customer", ""), 0, "and go again");
}

fn a_restore_that_conflicts(tenant: &Tenant) {
    let api = &tenant.admin;
    let ids = tenant.create_all("customer", vec![json!({"name": "A", "code": "K-1"}), json!({"name": "B", "code": "K-2"})]);
    let delete = bulk(api, json!({"op": "delete", "ids": ids}));
    api.create("customer", json!({"name": "C", "code": "k-1"}));
    let undone = undo(api, &delete);
    assert_eq!(undone["batch"]["counts"], counts(1, 0, 1, 0), "{undone}");
    assert_eq!(undone["report"]["codes"], json!({"field.not_unique": 1}), "{undone}");
    assert_eq!(api.column("customer", "name", &[("sort", "name")]), ["B", "C"]);
    assert_eq!(batch(api, &delete)["state"], "partly_undone");
}

fn an_import_is_undone(tenant: &Tenant) {
    let api = &tenant.admin;
    let known = api.create_id("customer", json!({"name": "Old", "external_id": "e1", "region": "North"}));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("customers.csv");
    std::fs::write(&file, "external_id,name,region\ne1,New,South\ne2,Second,South\ne3,Third,South\ne4,,South\n").expect("a file");
    let map = folder.path().join("map.toml");
    std::fs::write(&map, "key = \"external_id\"\n[columns]\nexternal_id = \"external_id\"\nname = \"name\"\nregion = \"region\"\n")
        .expect("a file");
    let path = |file: &std::path::Path| file.to_str().expect("a path").to_owned();
    let ran = tenant.cli(&["import", "--tenant", &tenant.key, "--object", "customer", &path(&file), "--map", &path(&map)]);
    ran.expect(0).says("created 2, updated 1, unchanged 0, refused 1");
    let import = api.get("/api/v1/batches").expect(200).json["batches"][0].clone();
    assert_eq!(
        (&import["kind"], &import["title"], &import["state"]),
        (&json!("import"), &json!("customers.csv"), &json!("done")),
        "{import}"
    );
    assert_eq!(import["counts"], counts(3, 0, 1, 0), "{import}");
    let history = api.get(&format!("/api/v1/records/customer/{known}/history")).expect(200).json;
    assert_eq!(
        (&history["changes"][0]["via"], &history["changes"][0]["batch"]),
        (&json!("import customers.csv"), &import["id"]),
        "{history}"
    );
    // One of the new records was worked on since, so it stays.
    let third = api.list("customer", &[("filter", "external_id == \"e3\"")])[0]["id"].as_str().expect("an id").to_owned();
    api.change("customer", &third, json!({"phone": "111"}));
    let undone = undo(api, &import["id"]);
    assert_eq!(undone["batch"]["counts"], counts(2, 1, 0, 1), "{undone}");
    let back = api.record("customer", &known);
    assert_eq!((&back["name"], &back["region"]), (&json!("Old"), &json!("North")), "{back}");
    assert_eq!(api.column("customer", "name", &[("sort", "name")]), ["Old", "Third"]);
}

fn only_what_one_may_edit(tenant: &Tenant) {
    let seller = tenant.user("bo@x.example", None, &["salesperson"]);
    let kept = seller.create_id("customer", json!({"name": "A", "region": "North"}));
    let given = seller.create_id("customer", json!({"name": "B", "region": "North"}));
    let edit = bulk(&seller, json!({"op": "update", "filter": "", "set": {"region": "East"}}));
    let admin = tenant.user_id(&guanxi_tests::story::admin_email(&tenant.key));
    tenant.admin.change("customer", &given, json!({"owner": admin}));
    let undone = undo(&seller, &edit);
    assert_eq!(undone["batch"]["counts"], counts(1, 0, 1, 0), "{undone}");
    let report = undone["report"]["records"].as_array().expect("records");
    let refused = report.iter().find(|record| record["id"] == json!(given)).expect("the record");
    assert_eq!((&refused["result"], &refused["title"]), (&json!("refused"), &json!("")), "{undone}");
    assert_eq!(refused["problems"][0]["code"], "not_found", "{undone}");
    assert_eq!(seller.record("customer", &kept)["region"], "North");
    assert_eq!(tenant.admin.record("customer", &given)["region"], "East");
    // What is left the administrator may finish.
    undo(&tenant.admin, &edit);
    assert_eq!(tenant.admin.record("customer", &given)["region"], "North");
    assert_eq!(batch(&tenant.admin, &edit)["state"], "undone");
}

fn hooks_refuse_an_undo(tenant: &Tenant) {
    tenant.enable("sales");
    tenant.enable("competitor");
    let api = &tenant.admin;
    let lost = api.create_id("opportunity", json!({"name": "L", "stage": "demo", "amount": "10"}));
    let history = |id: &str| api.get(&format!("/api/v1/records/opportunity/{id}/history")).expect(200).json["changes"].clone();
    api.change("opportunity", &lost, json!({"loss_reason": "price"}));
    let reason = history(&lost)[0]["id"].clone();
    let path = format!("/api/v1/records/opportunity/{lost}/history/{reason}/undo");
    let body = json!({"op": "update", "ids": [lost], "set": {"status": "lost"}});
    let answer = api.post("/api/v1/records/opportunity/bulk", &body).expect(200).json;
    assert_eq!(answer["batch"]["counts"]["changed"], 1, "{answer}");
    // A lost one needs its reason: the plugin refuses to take it away.
    api.post(&path, &json!({})).refused(422, "cp.loss.no_reason").problem("cp.loss.no_reason", "loss_reason");
    assert_eq!(api.record("opportunity", &lost)["loss_reason"], "price");
    // Reopened through the undo, the rate follows from the stage again, because the hooks of `sales` run as in every save.
    let undone = undo(api, &answer["batch"]["id"]);
    assert_eq!(undone["batch"]["counts"]["changed"], 1, "{undone}");
    let record = api.record("opportunity", &lost);
    assert_eq!(
        (&record["status"], &record["success_rate"], &record["closed_on"]),
        (&json!("open"), &json!("60.00"), &Value::Null),
        "{record}"
    );
}

fn one_change_of_one_record(tenant: &Tenant) {
    let api = &tenant.admin;
    let id = api.create_id("customer", json!({"name": "A", "phone": "111", "region": "North"}));
    api.change("customer", &id, json!({"phone": "222", "region": "East"}));
    api.change("customer", &id, json!({"region": "West"}));
    let path = format!("/api/v1/records/customer/{id}/history");
    let changes = api.get(&path).expect(200).json["changes"].clone();
    let entry = |n: usize| format!("{path}/{}/undo", changes[n]["id"]);
    let preview = api.post(&format!("{}?dry_run=true", entry(1)), &json!({})).expect(200).json;
    assert_eq!(
        (&preview["records"][0]["result"], &preview["records"][0]["fields"]),
        (&json!("changed_since"), &json!(["region"])),
        "{preview}"
    );
    let undone = api.post(&entry(1), &json!({})).expect(200).json;
    assert_eq!(undone["report"]["records"][0]["result"], "changed_since", "{undone}");
    let record = api.record("customer", &id);
    assert_eq!((&record["phone"], &record["region"]), (&json!("111"), &json!("West")), "{record}");
    assert_eq!(api.get(&path).expect(200).json["changes"][0]["via"], json!(format!("undo {}", undone["batch"]["id"])));
    // Nothing of it is left to take back.
    let nothing = api.post(&entry(1), &json!({})).expect(200).json;
    assert_eq!((&nothing["batch"], &nothing["report"]["counts"]["changed"]), (&Value::Null, &json!(0)), "{nothing}");
    // An undo is a batch and goes back too.
    undo(api, &undone["batch"]["id"]);
    assert_eq!(api.record("customer", &id)["phone"], "222");
    api.post(&format!("{path}/999999/undo"), &json!({})).refused(404, "not_found");
    let seller = tenant.user("bo@x.example", None, &["salesperson"]);
    seller.post(&entry(0), &json!({})).refused(404, "not_found");
    // The deletion of a record, and its creation.
    let other = api.create_id("customer", json!({"name": "B"}));
    let path = format!("/api/v1/records/customer/{other}/history");
    let created = api.get(&path).expect(200).json["changes"][0]["id"].clone();
    api.post(&format!("{path}/{created}/undo"), &json!({})).expect(200);
    api.get(&format!("/api/v1/records/customer/{other}")).refused(404, "not_found");
}

fn a_preview_of_an_undo(tenant: &Tenant) {
    let api = &tenant.admin;
    let ids = tenant.create_all("customer", vec![json!({"name": "A", "region": "North"}), json!({"name": "B", "region": "North"})]);
    let edit = bulk(api, json!({"op": "update", "filter": "", "set": {"region": "East"}}));
    api.change("customer", &ids[0], json!({"region": "West"}));
    let preview = api.post(&format!("/api/v1/batches/{edit}/undo?dry_run=true"), &json!({})).expect(200).json;
    assert_eq!(preview["counts"], counts(1, 1, 0, 1), "{preview}");
    assert_eq!(preview["sample"][0]["fields"], json!({"region": {"old": "East", "new": "North"}}), "{preview}");
    assert_eq!(tenant.count("customer", "region == \"East\""), 1);
    assert_eq!(batch(api, &edit)["state"], "done");
}

fn a_large_batch(tenant: &Tenant) {
    let api = &tenant.admin;
    tenant.create_all("customer", (0..700).map(|n| json!({"name": format!("C{n}"), "region": format!("R{}", n % 7)})).collect());
    let answer =
        api.post("/api/v1/records/customer/bulk", &json!({"op": "update", "filter": "", "set": {"region": "East"}})).expect(202).json;
    ended(api, &answer["batch"]["id"]);
    let undone = api.post(&format!("/api/v1/batches/{}/undo", answer["batch"]["id"]), &json!({})).expect(202).json;
    assert_eq!(ended(api, &undone["batch"]["id"])["counts"], counts(700, 0, 0, 0));
    assert_eq!((tenant.count("customer", "region == \"R3\""), tenant.count("customer", "region == \"East\"")), (100, 0));
    assert_eq!(batch(api, &answer["batch"]["id"])["state"], "undone");
}

fn lines_go_and_come_back(tenant: &Tenant) {
    let api = &tenant.admin;
    api.post("/api/v1/objects", &json!({"key": "x_order", "label": {"en": "Order"}})).expect(201);
    let child = json!({"key": "x_line", "label": {"en": "Line"}, "parent": "x_order", "children_field": "x_lines"});
    api.post("/api/v1/objects", &child).expect(201);
    tenant.add_field("x_line", json!({"key": "x_qty", "type": "integer", "label": {"en": "Quantity"}}));
    let order = |n: i64| json!({"name": format!("O{n}"), "x_lines": [{"x_qty": n}, {"x_qty": n + 10}]});
    let ids = tenant.create_all("x_order", vec![order(1), order(2)]);
    let quantities = || api.column("x_line", "x_qty", &[("sort", "x_qty")]);
    let run = |body: Value| api.post("/api/v1/records/x_order/bulk", &body).expect(200).json["batch"].clone();
    let deleted = run(json!({"op": "delete", "filter": ""}));
    assert_eq!((&deleted["counts"]["wanted"], &deleted["counts"]["changed"]), (&json!(2), &json!(2)), "{deleted}");
    assert_eq!(quantities(), Vec::<Value>::new());
    let undone = undo(api, &deleted["id"]);
    assert_eq!((&undone["batch"]["counts"]["refused"], &undone["batch"]["counts"]["changed_since"]), (&json!(0), &json!(0)), "{undone}");
    assert_eq!(quantities(), [1, 2, 11, 12], "{undone}");
    // New lines for all of them in one batch: the old ones come back, the new ones go.
    let edited = run(json!({"op": "update", "filter": "", "set": {"x_lines": [{"x_qty": 7}]}}));
    assert_eq!(quantities(), [7, 7], "{edited}");
    let undone = undo(api, &edited["id"]);
    assert_eq!(quantities(), [1, 2, 11, 12], "{undone}");
    assert_eq!(batch(api, &edited["id"])["state"], "undone", "{undone}");
    let lines = api.record("x_order", &ids[0])["x_lines"].as_array().map(Vec::len);
    assert_eq!(lines, Some(2));
}

fn after_a_month(db: Db) {
    let Some(server) = Server::start(db, &Options::default()) else { return };
    let api = server.api("demo", "admin@demo.example");
    let id = api.create_id("customer", json!({"name": "A", "region": "North"}));
    let edit = bulk(&api, json!({"op": "update", "ids": [id], "set": {"region": "East"}}));
    let changes = api.get(&format!("/api/v1/records/customer/{id}/history")).expect(200).json["changes"].clone();
    api.post("/api/v1/dev/clock", &json!({"now": "2026-12-23T12:00:00Z"})).expect(200);
    let refused = api.post(&format!("/api/v1/batches/{edit}/undo"), &json!({})).refused(422, "rule.failed");
    assert_eq!(refused.problems()[0]["params"]["rule"], "batch.expired", "{refused}");
    let path = format!("/api/v1/records/customer/{id}/history/{}/undo", changes[0]["id"]);
    api.post(&path, &json!({})).refused(422, "rule.failed");
    assert_eq!(api.record("customer", &id)["region"], "East");
}

/// What was written before a kill is whole chunks, and can be undone.
fn interrupted_by_a_kill(db: Db) {
    let Some(server) = Server::start(db, &Options { now: None, empty: true, ..Options::default() }) else { return };
    let token = server.token("demo", "admin@demo.example");
    let api = server.anonymous().with_token(&token);
    for part in 0..5 {
        let records = (0..1000).map(|n| json!({"name": format!("C{part}-{n}"), "region": "North"})).collect();
        api.post("/api/v1/records/customer", &Value::Array(records)).expect(201);
    }
    let answer =
        api.post("/api/v1/records/customer/bulk", &json!({"op": "update", "filter": "", "set": {"region": "East"}})).expect(202).json;
    let number = answer["batch"]["id"].clone();
    while batch(&api, &number)["counts"]["changed"] == 0 {
        std::thread::yield_now();
    }
    let server = server.restart(&Options { now: None, empty: true, ..Options::default() });
    let api = server.anonymous().with_token(&token);
    let shown = batch(&api, &number);
    let changed = shown["counts"]["changed"].as_i64().expect("a count");
    assert!(shown["state"] == "interrupted" || changed == 5000, "{shown}");
    let east = api.groups(json!({"object": "customer", "filter": "region == \"East\"", "measures": [{"fn": "count"}]}));
    assert_eq!(east[0][1][0], json!(changed), "the batch counts what was written: {shown}");
    let undone = api.post(&format!("/api/v1/batches/{number}/undo"), &json!({})).json;
    ended(&api, &undone["batch"]["id"]);
    let east = api.groups(json!({"object": "customer", "filter": "region == \"East\"", "measures": [{"fn": "count"}]}));
    assert_eq!(east[0][1][0], json!(0));
    assert_eq!(batch(&api, &number)["state"], "undone");
}
