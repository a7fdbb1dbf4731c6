//! `/api/v1/objects`: what there is, and shaping it at run time.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(the_host_objects, activity_kinds, a_custom_object, shapes_that_are_refused, only_administrators_shape);

fn keys(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().filter_map(|item| item["key"].as_str()).collect()
}

fn the_host_objects(tenant: &Tenant) {
    let objects = tenant.admin.get("/api/v1/objects").expect(200);
    let found = keys(&objects.json["objects"]);
    for key in ["customer", "contact", "activity", "user", "department"] {
        assert!(found.contains(&key), "{key} is there: {objects}");
    }
    let customer = tenant.admin.get("/api/v1/objects/customer").expect(200);
    assert_eq!(customer.json["key"], "customer");
    assert_eq!(customer.json["label"], json!({"zh-CN": "客户", "en": "Customer"}), "{customer}");
    let fields = keys(&customer.json["fields"]);
    for key in ["name", "kind", "code", "phone", "email", "address", "industry", "region"] {
        assert!(fields.contains(&key), "{key} is there: {customer}");
    }
    let name = customer.json["fields"].as_array().into_iter().flatten().find(|field| field["key"] == "name").expect("a name");
    assert_eq!((&name["type"], &name["required"]), (&json!("text"), &json!(true)), "{customer}");
}

fn activity_kinds(tenant: &Tenant) {
    let activity = tenant.admin.get("/api/v1/objects/activity").expect(200);
    let kind = activity.json["fields"].as_array().into_iter().flatten().find(|field| field["key"] == "kind").expect("a kind").clone();
    let codes: Vec<&str> = kind["options"].as_array().into_iter().flatten().filter_map(|option| option["code"].as_str()).collect();
    let wanted = ["appointment", "call_inbound", "call_outbound", "correspondence", "event", "fax", "meeting", "milestone", "research"];
    assert_eq!(codes, wanted, "{activity}");
    tenant.admin.create("activity", json!({"subject": "拜访", "kind": "meeting", "starts_at": "2026-11-23T09:00:00+08:00"}));
    let kept = tenant.admin.list("activity", &[]);
    assert_eq!(kept[0]["starts_at"], "2026-11-23T01:00:00Z", "an instant comes back in UTC: {kept:?}");
    tenant.admin.post("/api/v1/records/activity", &json!({"subject": "拜访", "kind": "visit"})).refused(422, "field.option");
}

fn a_custom_object(tenant: &Tenant) {
    let made = tenant.admin.post("/api/v1/objects", &json!({"key": "x_project", "label": {"zh-CN": "项目"}})).expect(201);
    assert_eq!(made.json["key"], "x_project", "{made}");
    assert_eq!(made.json["label"], json!({"zh-CN": "项目", "en": "项目"}), "a missing language falls back: {made}");
    assert!(keys(&made.json["fields"]).contains(&"name"), "it starts with a title: {made}");

    tenant.add_field("x_project", json!({"key": "x_customer", "type": "reference", "target": "customer", "label": {"en": "Customer"}}));
    tenant.add_field("x_project", json!({"key": "x_budget", "type": "money", "label": {"en": "Budget"}, "indexed": true}));
    let options = json!([{"code": "new", "label": {"en": "New"}}, {"code": "done", "label": {"zh-CN": "完成"}}]);
    tenant.add_field("x_project", json!({"key": "x_state", "type": "select", "options": options, "label": {"en": "State"}}));
    tenant.add_field("x_project", json!({"key": "x_no", "type": "text", "unique": true, "label": {"en": "No."}}));

    let customer = tenant.admin.create_id("customer", json!({"name": "华东电力"}));
    tenant
        .admin
        .post("/api/v1/records/x_project", &json!({"x_budget": "1.00"}))
        .refused(422, "field.required")
        .problem("field.required", "name");
    let project = json!({"name": "调度系统", "x_customer": customer, "x_budget": "120000.5", "x_state": "new", "x_no": "P-1"});
    let project = tenant.admin.create("x_project", project);
    assert_eq!((&project["x_budget"], &project["version"]), (&json!("120000.50"), &json!(1)), "{project}");
    tenant.admin.create("x_project", json!({"name": "备件", "x_budget": "80000", "x_state": "done"}));
    tenant.admin.post("/api/v1/records/x_project", &json!({"name": "Third", "x_no": "p-1 "})).refused(409, "field.not_unique");

    let names = |pairs: &[(&str, &str)]| tenant.admin.column("x_project", "name", pairs);
    assert_eq!(names(&[("filter", "x_budget > 100000")]), [json!("调度系统")]);
    assert_eq!(names(&[("sort", "x_budget")]), [json!("备件"), json!("调度系统")]);
    assert_eq!(names(&[("filter", "x_customer.name.startsWith(\"华东\")")]), [json!("调度系统")]);
    let by_state = json!({"object": "x_project", "group_by": ["x_state"], "measures": [{"fn": "sum", "field": "x_budget"}]});
    assert_eq!(tenant.admin.groups(by_state), [json!([["done"], ["80000.00"]]), json!([["new"], ["120000.50"]])]);
}

fn shapes_that_are_refused(tenant: &Tenant) {
    let label = json!({"en": "A"});
    let post = |path: &str, body: Value| tenant.admin.post(path, &body);
    for key in ["project", "x_", "X_project", "x project", "x_项目", "x_a\"; drop table", &format!("x_{}", "a".repeat(200)), ""] {
        let refused = post("/api/v1/objects", json!({"key": key, "label": label}));
        assert_eq!(refused.status, 422, "{refused}");
        assert!(refused.problems().iter().any(|problem| problem["field"] == "key"), "{refused}");
    }
    post("/api/v1/objects", json!({"key": "x_a"})).refused(422, "field.required").problem("field.required", "label");
    post("/api/v1/objects", json!({"key": "x_a", "label": {}})).refused(422, "field.type");
    post("/api/v1/objects", json!({"key": "x_a", "label": label, "colour": "red"})).refused(422, "field.unknown");
    post("/api/v1/objects", json!({"key": "x_a", "label": label})).expect(201);
    post("/api/v1/objects", json!({"key": "x_a", "label": label})).refused(409, "field.not_unique");

    let fields = "/api/v1/objects/x_a/fields";
    post(fields, json!({"key": "x_f", "label": label})).refused(422, "field.required").problem("field.required", "type");
    post(fields, json!({"key": "x_f", "type": "colour", "label": label})).refused(422, "field.option").problem("field.option", "type");
    post(fields, json!({"key": "x_f", "type": "select", "label": label})).refused(422, "field.option").problem("field.option", "options");
    for target in [serde_json::Value::Null, json!("nothing")] {
        let nowhere = post(fields, json!({"key": "x_f", "type": "reference", "target": target, "label": label}));
        assert_eq!((nowhere.status, &nowhere.problems()[0]["field"]), (422, &json!("target")), "{nowhere}");
    }
    post(fields, json!({"key": "x_f", "type": "integer", "label": label})).expect(201);
    post(fields, json!({"key": "x_f", "type": "text", "label": label})).refused(409, "field.not_unique");
    post("/api/v1/objects/nothing/fields", json!({"key": "x_f", "type": "text", "label": label})).refused(404, "not_found");
    // Rights hang on these, and a record must keep what names it.
    for path in
        ["/api/v1/objects/user", "/api/v1/objects/department", "/api/v1/objects/contact/fields/name", "/api/v1/objects/user/fields/email"]
    {
        tenant.admin.delete(path).refused(422, "rule.failed");
    }
    // Removing an object hides it; its records come back with it.
    let kept = tenant.admin.create_id("customer", json!({"name": "kept"}));
    tenant.admin.delete("/api/v1/objects/customer").expect(204);
    tenant.admin.get("/api/v1/records/customer").refused(404, "not_found");
    tenant.admin.patch("/api/v1/objects/customer", None, &json!({"hidden": false})).expect(200);
    assert_eq!(tenant.admin.record("customer", &kept)["name"], "kept");
}

fn only_administrators_shape(tenant: &Tenant) {
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    let field = json!({"key": "x_f", "type": "integer", "label": {"en": "F"}});
    seller.post("/api/v1/objects", &json!({"key": "x_a", "label": {"en": "A"}})).refused(403, "permission.denied");
    seller.post("/api/v1/objects/customer/fields", &field).refused(403, "permission.denied");
    tenant.admin.post("/api/v1/objects/customer/fields", &field).expect(201);
    seller.patch("/api/v1/objects/customer/fields/x_f", None, &json!({"label": {"en": "G"}})).refused(403, "permission.denied");
    seller.delete("/api/v1/objects/customer/fields/x_f").refused(403, "permission.denied");
}
