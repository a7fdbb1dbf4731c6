//! Undo where something else happened in between: other people, other undos, another type of a field. And the history that tells of it.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

use super::history_pages::Visitor;

both!(
    deleted_again_by_somebody,
    an_undo_that_was_undone,
    two_undos_at_once,
    the_history_of_a_field_with_another_type,
    undo_after_another_type,
);

fn bulk(api: &Api, body: Value) -> Value {
    api.post("/api/v1/records/customer/bulk", &body).expect(200).json["batch"]["id"].clone()
}

fn undo(api: &Api, batch: &Value) -> Value {
    api.post(&format!("/api/v1/batches/{batch}/undo"), &json!({})).expect(200).json
}

fn told<'r>(report: &'r Value, id: &str) -> &'r Value {
    let records = report["report"]["records"].as_array().unwrap_or_else(|| panic!("no records in {report}"));
    records.iter().find(|record| record["id"] == id).unwrap_or_else(|| panic!("no {id} in {report}"))
}

fn deleted_again_by_somebody(tenant: &Tenant) {
    let api = &tenant.admin;
    let other = tenant.user("second@x.example", None, &["administrator"]);
    let ids = tenant.create_all("customer", (0..3).map(|n| json!({"name": format!("C{n}")})).collect());
    let delete = bulk(api, json!({"op": "delete", "ids": ids}));
    // One is brought back and deleted again, one brought back only.
    let path = |id: &String| format!("/api/v1/records/customer/{id}");
    other.post(&format!("{}/restore", path(&ids[0])), &json!({})).expect(200);
    other.delete(&path(&ids[0])).expect(204);
    other.post(&format!("{}/restore", path(&ids[1])), &json!({})).expect(200);
    let preview = api.post(&format!("/api/v1/batches/{delete}/undo?dry_run=true"), &json!({})).expect(200).json;
    assert_eq!(preview["counts"]["changed_since"], 1, "{preview}");
    let undone = undo(api, &delete);
    assert_eq!(told(&undone, &ids[0])["result"], "changed_since", "{undone}");
    assert_eq!(told(&undone, &ids[2])["result"], "undone", "{undone}");
    assert_eq!((&undone["batch"]["counts"]["changed"], &undone["batch"]["counts"]["changed_since"]), (&json!(1), &json!(1)), "{undone}");
    api.get(&path(&ids[0])).refused(404, "not_found");
    api.get(&path(&ids[1])).expect(200);
    api.get(&path(&ids[2])).expect(200);
    assert_eq!(api.get(&format!("/api/v1/batches/{delete}")).expect(200).json["state"], "partly_undone");
    // After the batch was undone, what somebody deletes is theirs as well.
    let again = bulk(api, json!({"op": "delete", "ids": [ids[1]]}));
    let back = undo(api, &again);
    other.delete(&path(&ids[1])).expect(204);
    undo(api, &back["batch"]["id"]);
    api.get(&path(&ids[1])).refused(404, "not_found");
}

fn an_undo_that_was_undone(tenant: &Tenant) {
    let api = &tenant.admin;
    let ids = tenant.create_all("customer", (0..2).map(|n| json!({"name": format!("C{n}")})).collect());
    let delete = bulk(api, json!({"op": "delete", "ids": ids}));
    let first = undo(api, &delete);
    assert_eq!(tenant.count("customer", ""), 2);
    let redone = undo(api, &first["batch"]["id"]);
    assert_eq!(tenant.count("customer", ""), 0, "{redone}");
    // The batch is done again, by its own undos, and can be undone again; and so on.
    let second = undo(api, &delete);
    assert_eq!((tenant.count("customer", ""), &second["batch"]["counts"]["changed_since"]), (2, &json!(0)), "{second}");
    let third = undo(api, &second["batch"]["id"]);
    assert_eq!(tenant.count("customer", ""), 0, "{third}");
    undo(api, &third["batch"]["id"]);
    assert_eq!(tenant.count("customer", ""), 2);
}

fn two_undos_at_once(tenant: &Tenant) {
    let api = &tenant.admin;
    tenant.create_all("customer", (0..40).map(|n| json!({"name": format!("C{n:02}"), "region": format!("R{n}")})).collect());
    let edit = bulk(api, json!({"op": "update", "filter": "", "set": {"region": "East"}}));
    let answers: Vec<_> = std::thread::scope(|scope| {
        let path = format!("/api/v1/batches/{edit}/undo");
        let undos: Vec<_> = (0..2)
            .map(|_| {
                scope.spawn({
                    let path = path.clone();
                    move || api.post(&path, &json!({}))
                })
            })
            .collect();
        undos.into_iter().map(|one| one.join().expect("an answer")).collect()
    });
    // Each record was taken back once, by one of the two; who came late is told that the batch was undone, or that nothing was left of it.
    let mut taken_back = 0;
    for answer in &answers {
        if answer.status == 200 {
            let counts = &answer.json["batch"]["counts"];
            taken_back += counts["changed"].as_i64().expect("a count");
            let all = ["changed", "unchanged", "refused"].iter().filter_map(|part| counts[*part].as_i64()).sum::<i64>();
            assert_eq!(all, 40, "{answer}");
        } else {
            assert_eq!(answer.problems()[0]["params"]["rule"], "batch.undone", "{answer}");
        }
    }
    assert_eq!(taken_back, 40, "{answers:?}");
    assert_eq!(tenant.count("customer", "region == \"East\""), 0);
    for record in api.list("customer", &[("limit", "40")]) {
        let history = api.get(&format!("/api/v1/records/customer/{}/history", record["id"].as_str().expect("an id"))).expect(200).json;
        assert_eq!(history["changes"].as_array().map(Vec::len), Some(3), "made, changed, taken back once: {history}");
    }
    assert_eq!(api.get(&format!("/api/v1/batches/{edit}")).expect(200).json["state"], "undone");
    let late = api.post(&format!("/api/v1/batches/{edit}/undo"), &json!({})).refused(422, "rule.failed");
    assert_eq!(late.problems()[0]["params"]["rule"], "batch.undone", "{late}");
}

fn the_history_of_a_field_with_another_type(tenant: &Tenant) {
    let api = &tenant.admin;
    tenant.add_field("customer", json!({"key": "x_size", "type": "text", "label": {"en": "Size"}}));
    let id = api.create_id("customer", json!({"name": "A", "x_size": "0100"}));
    api.change("customer", &id, json!({"x_size": "  250 "}));
    api.change("customer", &id, json!({"x_size": "75", "phone": "111"}));
    api.post("/api/v1/objects/customer/fields/x_size/type", &json!({"type": "integer"})).expect(200);
    api.change("customer", &id, json!({"x_size": 80}));
    let options = json!([{"code": "80", "label": {"en": "Eighty", "zh-CN": "八十"}}, {"code": "90", "label": {"en": "Ninety"}}]);
    api.post("/api/v1/objects/customer/fields/x_size/type", &json!({"type": "select", "options": options})).expect(200);
    api.change("customer", &id, json!({"x_size": "90"}));
    api.post("/api/v1/objects/customer/fields/x_size/type", &json!({"type": "long_text"})).expect(200);
    let path = format!("/api/v1/records/customer/{id}");
    let history = api.get(&format!("{path}/history?field=x_size")).expect(200).json;
    let changes = history["changes"].as_array().expect("changes").clone();
    let old: Vec<&Value> = changes.iter().map(|change| &change["fields"]["x_size"]["old"]).collect();
    let first = &changes.last().expect("the creation")["fields"]["x_size"];
    assert_eq!((first["new"].as_str(), first["old"].is_null()), (Some("0100"), true), "{history}");
    assert_eq!(old.len(), 5, "made and changed four times: {history}");
    assert!(["80", "Eighty", "八十"].contains(&old[0].as_str().unwrap_or_default()), "{history}");
    assert_eq!((old[1], old[3]), (&json!("75"), &json!("0100")), "{history}");
    assert_eq!(old[2].as_str().map(str::trim), Some("250"), "{history}");
    // A version has the text of its time, and the page of the history shows it.
    assert_eq!(api.get(&format!("{path}/versions/1")).expect(200).json["x_size"], "0100");
    assert_eq!(api.get(&format!("{path}/versions/3")).expect(200).json["x_size"], "75");
    let page = Visitor::admin(tenant).get(&format!("/o/customer/{id}?tab=history")).expect(200);
    assert!(page.text.contains("0100") && page.text.contains("250"), "{page}");
    // The change of a type can be gone back from, one type at a time; what was before is told still.
    api.delete("/api/v1/objects/customer/fields/x_size").expect(204);
    let whole = api.get(&format!("{path}/history")).expect(200).json;
    assert!(whole["changes"][0]["fields"].get("x_size").is_none(), "a dropped field is not told: {whole}");
}

fn undo_after_another_type(tenant: &Tenant) {
    let api = &tenant.admin;
    tenant.add_field("customer", json!({"key": "x_size", "type": "text", "label": {"en": "Size"}}));
    let create = |name: &str| api.create_id("customer", json!({"name": name, "x_size": "1", "region": "North"}));
    let (mine, touched, edited) = (create("A"), create("B"), create("C"));
    api.change("customer", &touched, json!({"x_size": "2"}));
    let edit = bulk(api, json!({"op": "update", "ids": [edited], "set": {"x_size": "3", "region": "East"}}));
    let created = |id: &str| {
        let path = format!("/api/v1/records/customer/{id}/history");
        let changes = api.get(&path).expect(200).json["changes"].as_array().cloned().expect("changes");
        format!("{path}/{}/undo", changes.last().expect("the creation")["id"])
    };
    api.post("/api/v1/objects/customer/fields/x_size/type", &json!({"type": "integer"})).expect(200);
    // The edit goes back as far as it can: the number stays, because its old value was a text.
    let undone = undo(api, &edit);
    assert_eq!(
        (&told(&undone, &edited)["result"], &told(&undone, &edited)["fields"]),
        (&json!("changed_since"), &json!(["x_size"])),
        "{undone}"
    );
    let record = api.record("customer", &edited);
    assert_eq!((&record["region"], &record["x_size"]), (&json!("North"), &json!(3)), "{record}");
    // Of a creation: nobody touched the first since, the second was worked on.
    let gone = api.post(&created(&mine), &json!({})).expect(200).json;
    assert_eq!(told(&gone, &mine)["result"], "undone", "{gone}");
    api.get(&format!("/api/v1/records/customer/{mine}")).refused(404, "not_found");
    let stays = api.post(&created(&touched), &json!({})).expect(200).json;
    assert_eq!(told(&stays, &touched)["result"], "changed_since", "{stays}");
    assert_eq!(api.record("customer", &touched)["x_size"], 2);
}
