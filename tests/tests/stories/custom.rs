//! CP-4: fields that an administrator adds at run time are at once usable everywhere; hiding one keeps its values.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(a_field_used_at_once, on_a_plugins_object, hiding_keeps_values, a_required_field_later, changing_a_field, adding_beside_writers);

fn add_the_two(tenant: &Tenant, object: &str) {
    tenant.add_field(
        object,
        json!({"key": "x_dealers", "type": "integer", "label": {"zh-CN": "代理商数量", "en": "Dealers"}, "indexed": true}),
    );
    let made = tenant.add_field(object, json!({"key": "x_state_owned", "type": "bool", "label": {"zh-CN": "有无国资"}}));
    assert_eq!((&made["key"], &made["type"]), (&json!("x_state_owned"), &json!("bool")), "{made}");
}

fn use_the_two(tenant: &Tenant, object: &str) {
    tenant.admin.create(object, json!({"name": "before"}));
    add_the_two(tenant, object);
    for (name, dealers, owned) in [("A", json!(120), json!(true)), ("B", json!(50), json!(false)), ("C", json!(80), json!(true))] {
        tenant.admin.create(object, json!({"name": name, "x_dealers": dealers, "x_state_owned": owned}));
    }
    let shape = tenant.admin.get(&format!("/api/v1/objects/{object}")).expect(200);
    let keys: Vec<&Value> = shape.json["fields"].as_array().into_iter().flatten().map(|field| &field["key"]).collect();
    assert!(keys.contains(&&json!("x_dealers")) && keys.contains(&&json!("x_state_owned")), "{shape}");
    assert_eq!(tenant.admin.column(object, "name", &[("filter", "x_dealers > 50"), ("sort", "-x_dealers")]), ["A", "C"]);
    assert_eq!(tenant.admin.column(object, "x_dealers", &[("filter", "name == \"before\"")]), [Value::Null]);
    let grouped =
        json!({"object": object, "group_by": ["x_state_owned"], "measures": [{"fn": "count"}, {"fn": "sum", "field": "x_dealers"}]});
    assert_eq!(tenant.admin.groups(grouped), [json!([[false], [1, 50]]), json!([[null], [1, null]]), json!([[true], [2, 200]])]);
    let refused =
        tenant.admin.post(&format!("/api/v1/records/{object}"), &json!({"name": "D", "x_dealers": "many", "x_state_owned": "yes"}));
    let refused = refused.refused(422, "field.type");
    refused.problem("field.type", "x_dealers");
    refused.problem("field.type", "x_state_owned");
}

fn a_field_used_at_once(tenant: &Tenant) {
    use_the_two(tenant, "customer");
}

fn on_a_plugins_object(tenant: &Tenant) {
    tenant.enable("sales");
    tenant.enable("competitor");
    use_the_two(tenant, "cp_competitor");
}

fn hiding_keeps_values(tenant: &Tenant) {
    add_the_two(tenant, "customer");
    let id = tenant.admin.create_id("customer", json!({"name": "A", "x_dealers": 120, "x_state_owned": true}));
    let field = "/api/v1/objects/customer/fields/x_dealers";
    tenant.admin.patch(field, None, &json!({"hidden": true})).expect(200);
    assert!(tenant.admin.record("customer", &id).get("x_dealers").is_none(), "a hidden field is not shown");
    tenant.admin.query("/api/v1/records/customer", &[("filter", "x_dealers > 50")]).refused(422, "field.unknown");
    let written = tenant.admin.patch(&format!("/api/v1/records/customer/{id}"), None, &json!({"x_dealers": 1}));
    written.refused(422, "field.unknown").problem("field.unknown", "x_dealers");
    tenant.admin.change("customer", &id, json!({"phone": "111"}));
    tenant.admin.patch(field, None, &json!({"hidden": false})).expect(200);
    assert_eq!(tenant.admin.record("customer", &id)["x_dealers"], 120);

    tenant.admin.delete(field).expect(204);
    assert!(tenant.admin.record("customer", &id).get("x_dealers").is_none());
    tenant.admin.patch(field, None, &json!({"hidden": false})).expect(200);
    assert_eq!(tenant.admin.record("customer", &id)["x_dealers"], 120, "removing a field hides it and keeps its values");
}

fn a_required_field_later(tenant: &Tenant) {
    let old = tenant.admin.create_id("customer", json!({"name": "old"}));
    tenant.add_field("customer", json!({"key": "x_level", "type": "text", "required": true, "label": {"en": "Level"}}));
    tenant
        .admin
        .post("/api/v1/records/customer", &json!({"name": "new"}))
        .refused(422, "field.required")
        .problem("field.required", "x_level");
    assert_eq!(tenant.admin.record("customer", &old)["name"], "old", "an old record can still be read");
    tenant.admin.change("customer", &old, json!({"x_level": "A"}));
    tenant.admin.create("customer", json!({"name": "new", "x_level": "B"}));
}

fn changing_a_field(tenant: &Tenant) {
    let options = json!([{"code": "a", "label": {"en": "A"}}, {"code": "b", "label": {"en": "B"}}]);
    tenant.add_field("customer", json!({"key": "x_s", "type": "select", "options": options, "label": {"en": "S"}}));
    let id = tenant.admin.create_id("customer", json!({"name": "A", "x_s": "b"}));
    let field = "/api/v1/objects/customer/fields/x_s";
    let longer = json!([{"code": "a", "label": {"en": "A"}}, {"code": "b", "label": {"en": "B"}}, {"code": "c", "label": {"en": "C"}}]);
    let changed = tenant.admin.patch(field, None, &json!({"label": {"zh-CN": "等级", "en": "Grade"}, "options": longer})).expect(200);
    assert_eq!(changed.json["label"], json!({"zh-CN": "等级", "en": "Grade"}), "{changed}");
    tenant.admin.change("customer", &id, json!({"x_s": "c"}));
    let retyped = tenant.admin.patch(field, None, &json!({"type": "integer"}));
    assert_eq!(retyped.status, 422, "a column is never retyped in place: {retyped}");
    tenant.admin.patch("/api/v1/objects/customer/fields/nothing", None, &json!({"label": {"en": "A"}})).refused(404, "not_found");
}

/// Statement caches of the drivers must survive the schema changing under them.
fn adding_beside_writers(tenant: &Tenant) {
    std::thread::scope(|scope| {
        let writers: Vec<_> = (0..3)
            .map(|writer| {
                scope.spawn(move || {
                    for number in 0..20 {
                        let id = tenant.admin.create_id("customer", json!({"name": format!("W{writer}-{number}")}));
                        tenant.admin.change("customer", &id, json!({"phone": "111"}));
                        tenant.admin.list("customer", &[("limit", "5")]);
                    }
                })
            })
            .collect();
        for number in 0..6 {
            tenant.add_field("customer", json!({"key": format!("x_f{number}"), "type": "integer", "label": {"en": "F"}}));
        }
        for writer in writers {
            writer.join().expect("no writer was disturbed");
        }
    });
    assert_eq!(tenant.count("customer", "phone == \"111\" && x_f5 == null"), 60);
}
