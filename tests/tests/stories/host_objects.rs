//! The objects that Guanxi brings: the customer's file, its lines, tasks and notes.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(the_customer_form, family_and_analyses_are_lines, classifications, tasks_and_notes);

fn the_customer_form(tenant: &Tenant) {
    let admin = &tenant.admin;
    let signer = tenant.user_id(&guanxi_tests::story::admin_email(&tenant.key));
    let form = json!({
        "signed_by": signer, "filled_on": "2026-11-22",
        "name": "王芳", "kind": "person", "sex": "female", "birth_date": "1985-02-28", "native_place": "苏州", "health": "良好",
        "credit_standing": "AAA", "annual_income": "180000.50", "annual_income_source": ["external", "association"], "education": "bachelor", "document_type": "identity_card",
        "document_number": "320500198502280021", "address": "苏州市工业园区星湖街 1 号", "postal_code": "215021", "phone": "0512-6288 1234",
        "mobile": "138 1234 5678", "fax": "0512-6288 1235", "email": "wang@a.example", "notes": "喜欢绿茶",
    });
    let made = admin.create("customer", form.clone());
    let id = made["id"].as_str().expect("an id");
    let read = admin.record("customer", id);
    for (key, wanted) in form.as_object().expect("fields") {
        assert_eq!(read[key], *wanted, "{key}: {read}");
    }
    assert_eq!(read["number"], "C202611-00001", "{read}");
    let second = admin.create("customer", json!({"name": "明远机械"}));
    assert_eq!((&second["number"], &second["kind"]), (&json!("C202611-00002"), &json!("organization")), "little has to be filled in");
    let taken = json!({"name": "X", "number": "C202611-00001"});
    admin.post("/api/v1/records/customer", &taken).refused(422, "field.read_only").problem("field.read_only", "number");

    let shape = admin.get("/api/v1/objects/customer").expect(200);
    let fields = shape.json["fields"].as_array().expect("fields").clone();
    let group = |key: &str| fields.iter().find(|field| field["key"] == key).map(|field| field["group"].clone()).unwrap_or_default();
    for key in ["hobbies", "credit_standing", "habits"] {
        assert_eq!(group(key), json!({"zh-CN": "描述性数据", "en": "Descriptive data"}), "{key}");
    }
    assert_eq!(group("name"), json!({"zh-CN": "基本信息", "en": "Basic information"}));
    assert_ne!(group("phone"), group("sex"));
}

fn family_and_analyses_are_lines(tenant: &Tenant) {
    let admin = &tenant.admin;
    let family = json!([
        {"name": "王强", "relation": "丈夫", "employer": "苏州大学", "phone": "138 0000 0001"},
        {"name": "王小明", "relation": "儿子"},
    ]);
    let analyses = json!([{"source": "consultancy", "analysed_on": "2026-10-01", "attitude": "满意", "demand_potential": "大"}]);
    let made = admin.create("customer", json!({"name": "王芳", "kind": "person", "family": family, "analyses": analyses}));
    let id = made["id"].as_str().expect("an id").to_owned();
    let lines = |key: &str| admin.record("customer", &id)[key].as_array().cloned().unwrap_or_default();
    let names: Vec<Value> = lines("family").iter().map(|line| line["name"].clone()).collect();
    assert_eq!(names, ["王强", "王小明"]);
    assert_eq!(lines("family")[0]["employer"], "苏州大学");
    let [analysis] = lines("analyses").try_into().expect("one analysis");
    assert_eq!((&analysis["source"], &analysis["attitude"]), (&json!("consultancy"), &json!("满意")));
    assert_eq!(admin.list("family_member", &[]).len(), 2);
    admin.delete(&format!("/api/v1/records/customer/{id}")).expect(204);
    assert_eq!(admin.list("family_member", &[]).len() + admin.list("customer_analysis", &[]).len(), 0, "lines go with their record");
}

fn classifications(tenant: &Tenant) {
    let admin = &tenant.admin;
    let store = admin.create("customer", json!({"name": "便民店", "nature": ["intermediary", "retailer", "convenience_store"]}));
    assert_eq!(store["nature"], json!(["intermediary", "retailer", "convenience_store"]));
    let agent = admin.create("customer", json!({"name": "代理", "nature": "agent"}));
    assert_eq!(agent["nature"], json!(["intermediary", "agent"]), "a code is enough");
    admin.create("customer", json!({"name": "工厂", "nature": "manufacturer"}));
    let wrong = json!({"name": "X", "nature": ["manufacturer", "agent"]});
    admin.post("/api/v1/records/customer", &wrong).refused(422, "field.option").problem("field.option", "nature");

    let one_of_each = json!({
        "trading_process": "trading_now", "time_class": "old", "market_position": "main", "area": "east", "industry": "金融", "scale": "large",
        "target_type": "b2b",
    });
    let id = store["id"].as_str().expect("an id");
    admin.change("customer", id, one_of_each.clone());
    for (field, code) in one_of_each.as_object().expect("fields") {
        let filter = format!("{field} == {code}");
        assert_eq!(admin.column("customer", "name", &[("filter", &filter)]), ["便民店"], "{filter}");
    }
    for key in ["consumer", "b2b", "channel", "internal_user"] {
        admin.change("customer", id, json!({"target_type": key}));
    }
    for (field, code) in [("target_type", "partner"), ("area", "mars"), ("scale", "huge")] {
        let refused = admin.patch(&format!("/api/v1/records/customer/{id}"), None, &json!({field: code}));
        refused.refused(422, "field.option").problem("field.option", field);
    }
    let shape = admin.get("/api/v1/objects/customer").expect(200);
    let options = |key: &str| -> Vec<Value> {
        let field = shape.json["fields"].as_array().into_iter().flatten().find(|field| field["key"] == key);
        field.and_then(|field| field["options"].as_array().cloned()).unwrap_or_default()
    };
    assert_eq!(options("area").len(), 7);
    let below = |code: &str| options("source").iter().filter(|option| option["parent"] == code).count();
    assert_eq!(below("internal"), 3);
    assert!(below("external") >= 5);
    admin.change("customer", id, json!({"source": ["external", "media", "newspaper"]}));
}

fn tasks_and_notes(tenant: &Tenant) {
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    let customer = seller.create_id("customer", json!({"name": "甲"}));
    let task = json!({
        "subject": "回访", "due_at": "2026-11-23T10:00:00+08:00", "remind_before": 900, "customer": customer,
        "about": {"object": "customer", "id": customer},
    });
    let made = seller.create("task", task);
    for (key, wanted) in [
        ("status", json!("open")),
        ("due_at", json!("2026-11-23T02:00:00Z")),
        ("remind_before", json!(900)),
        ("about", json!({"object": "customer", "id": customer})),
        ("owner", json!(tenant.user_id("seller@a.example"))),
    ] {
        assert_eq!(made[key], wanted, "{key}: {made}");
    }
    assert_eq!(seller.change("task", made["id"].as_str().expect("an id"), json!({"status": "done"}))["status"], "done");
    assert_eq!(seller.list("task", &[("filter", "status == \"open\"")]).len(), 0);
    let note = seller.create("note", json!({"text": "先打电话", "about": {"object": "customer", "id": customer}}));
    assert_eq!(note["about"]["id"], json!(customer), "{note}");
    seller.post("/api/v1/records/note", &json!({"about": null})).refused(422, "field.required").problem("field.required", "text");
    let other = tenant.user("other@a.example", None, &["salesperson"]);
    assert_eq!(other.list("task", &[]).len() + other.list("note", &[]).len(), 0, "what is mine is mine");
    let unseen = json!({"text": "x", "about": {"object": "customer", "id": customer}});
    other.post("/api/v1/records/note", &unseen).refused(422, "reference.not_found");
}
