//! Fields of every type, declared by the API and shown as they were declared.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(every_type, computed_fields, a_sourced_field, what_changes_within_a_type, fields_that_are_refused, uses_of_a_field);

fn object(tenant: &Tenant, key: &str) {
    tenant.admin.post("/api/v1/objects", &json!({"key": key, "label": {"zh-CN": "项目", "en": "Project"}})).expect(201);
}

fn field_of(tenant: &Tenant, object: &str, key: &str) -> Value {
    let shown = tenant.admin.get(&format!("/api/v1/objects/{object}?hidden=true")).expect(200);
    let found = shown.json["fields"].as_array().into_iter().flatten().find(|field| field["key"] == key);
    found.unwrap_or_else(|| panic!("{key} is there: {shown}")).clone()
}

fn every_type(tenant: &Tenant) {
    object(tenant, "x_thing");
    let customer = tenant.admin.create_id("customer", json!({"name": "华东电力"}));
    let list = json!([{"code": "a", "label": {"en": "A"}}, {"code": "b", "label": {"en": "B"}}]);
    let tree = json!([{"code": "c", "label": {"en": "C"}}, {"code": "d", "label": {"en": "D"}, "parent": "c"}]);
    let types = [
        (json!({"type": "text", "max": 40, "mask": "AA-000"}), json!("ab-123")),
        (json!({"type": "long_text"}), json!("一\n二")),
        (json!({"type": "email"}), json!("a@b.example")),
        (json!({"type": "phone"}), json!("13800138000")),
        (json!({"type": "url"}), json!("https://a.example/")),
        (json!({"type": "select", "options": list}), json!("b")),
        (json!({"type": "multi_select", "options": list}), json!(["a", "b"])),
        (json!({"type": "tree_select", "options": tree}), json!(["c", "d"])),
        (json!({"type": "integer", "default": 5}), json!(7)),
        (json!({"type": "duration"}), json!(90)),
        (json!({"type": "decimal", "scale": 3}), json!("1.500")),
        (json!({"type": "percent"}), json!("60.00")),
        (json!({"type": "money"}), json!("1499.75")),
        (json!({"type": "bool"}), json!(true)),
        (json!({"type": "date"}), json!("2026-11-22")),
        (json!({"type": "datetime"}), json!("2026-11-22T04:00:00Z")),
        (json!({"type": "reference", "target": "customer"}), json!(customer)),
        (json!({"type": "any_reference"}), json!({"object": "customer", "id": customer})),
        (json!({"type": "many_reference", "target": "customer"}), json!([customer])),
        (json!({"type": "json"}), json!({"a": [1, null]})),
    ];
    let mut record = json!({"name": "all"});
    for (at, (declared, value)) in types.iter().enumerate() {
        let key = format!("x_f{at}");
        let mut new = declared.clone();
        new["key"] = json!(key);
        new["label"] = json!({"zh-CN": "字段", "en": "Field"});
        new["help"] = json!("how to fill it");
        new["group"] = json!({"en": "Details"});
        let made = tenant.add_field("x_thing", new);
        for (name, wanted) in declared.as_object().expect("an object") {
            if name != "options" {
                assert_eq!(&made[name], wanted, "{name} of {made}");
            }
        }
        assert_eq!((&made["help"]["en"], &made["group"]["en"]), (&json!("how to fill it"), &json!("Details")), "{made}");
        record[&key] = value.clone();
    }
    assert_eq!(field_of(tenant, "x_thing", "x_f7")["options"][1]["parent"], "c");
    let id = tenant.admin.create_id("x_thing", record.clone());
    let kept = tenant.admin.record("x_thing", &id);
    for (at, (declared, value)) in types.iter().enumerate() {
        assert_eq!(&kept[&format!("x_f{at}")], value, "{declared}");
    }
    let bad = json!({"name": "bad", "x_f0": "12", "x_f7": ["d", "c"], "x_f9": -1});
    let refused = tenant.admin.post("/api/v1/records/x_thing", &bad).refused(422, "field.mask");
    refused.problem("field.option", "x_f7");
    refused.problem("field.range", "x_f9");
    let default = tenant.admin.create("x_thing", json!({"name": "default"}));
    assert_eq!(default["x_f8"], 5, "{default}");
}

fn computed_fields(tenant: &Tenant) {
    object(tenant, "x_job");
    tenant.add_field("x_job", json!({"key": "x_price", "type": "money", "label": "P"}));
    tenant.add_field("x_job", json!({"key": "x_count", "type": "integer", "label": "C"}));
    tenant.add_field("x_job", json!({"key": "x_customer", "type": "reference", "target": "customer", "label": "K"}));
    let customer = tenant.admin.create_id("customer", json!({"name": "华东电力"}));
    let old = tenant.admin.create_id("x_job", json!({"name": "old", "x_price": "2.50", "x_count": 3, "x_customer": customer}));

    let total = tenant
        .add_field("x_job", json!({"key": "x_total", "type": "formula", "formula": "x_price * x_count", "result": "money", "label": "T"}));
    assert_eq!((&total["type"], &total["result"], &total["formula"]), (&json!("formula"), &json!("money"), &json!("x_price * x_count")));
    assert_eq!(tenant.admin.record("x_job", &old)["x_total"], "7.50", "records that are there get their value");
    let found = tenant.add_field("x_job", json!({"key": "x_big", "type": "formula", "formula": "x_count > 2", "label": "B"}));
    assert_eq!(found["result"], "bool", "the type follows from the expression: {found}");

    let number = tenant.add_field("x_job", json!({"key": "x_no", "type": "sequence", "format": "J{yyyy}-{000}", "label": "N"}));
    assert_eq!(
        (&number["unique"], &number["indexed"], &number["format"]),
        (&json!(true), &json!(true), &json!("J{yyyy}-{000}")),
        "{number}"
    );
    assert!(tenant.admin.record("x_job", &old)["x_no"].is_null(), "records that are there get no number");
    let new = tenant.admin.create("x_job", json!({"name": "new", "x_price": "1.00", "x_count": 4, "x_customer": customer}));
    assert_eq!((&new["x_no"], &new["x_total"]), (&json!("J2026-001"), &json!("4.00")), "{new}");

    let roll_up = json!({"object": "x_job", "reference": "x_customer", "function": "sum", "field": "x_price", "condition": "x_count > 3"});
    let sum = tenant.add_field("customer", json!({"key": "x_sum", "type": "roll_up", "roll_up": roll_up, "label": "S"}));
    assert_eq!((&sum["type"], &sum["result"], &sum["roll_up"]), (&json!("roll_up"), &json!("money"), &roll_up), "{sum}");
    assert_eq!(tenant.admin.record("customer", &customer)["x_sum"], "1.00", "records that are there are added up");

    // Another expression, and the records follow.
    let path = "/api/v1/objects/x_job/fields/x_total";
    tenant.admin.patch(path, None, &json!({"formula": "x_price + x_price"})).expect(200);
    assert_eq!(tenant.admin.record("x_job", &old)["x_total"], "5.00");
    tenant.admin.patch(path, None, &json!({"formula": "x_total + 1"})).refused(422, "rule.failed");
}

fn a_sourced_field(tenant: &Tenant) {
    object(tenant, "x_fact");
    let made = tenant
        .add_field("x_fact", json!({"key": "x_revenue", "type": "money", "sourced": true, "label": {"zh-CN": "收入", "en": "Revenue"}}));
    assert_eq!(made["sourced"], true, "{made}");
    let source = field_of(tenant, "x_fact", "x_revenue_source");
    assert_eq!(source["type"], "tree_select", "{source}");
    let kept = tenant.admin.create("x_fact", json!({"name": "A", "x_revenue": "10", "x_revenue_source": ["external", "media"]}));
    assert_eq!(kept["x_revenue_source"], json!(["external", "media"]), "{kept}");
    tenant.admin.delete("/api/v1/objects/x_fact/fields/x_revenue").expect(204);
    let shown = tenant.admin.get("/api/v1/objects/x_fact?hidden=true").expect(200);
    let dropped: Vec<_> = shown.json["dropped"].as_array().into_iter().flatten().map(|field| field["key"].clone()).collect();
    assert_eq!(dropped, [json!("x_revenue"), json!("x_revenue_source")], "{shown}");
    tenant.admin.patch("/api/v1/objects/x_fact/fields/x_revenue", None, &json!({"hidden": false})).expect(200);
    let id = kept["id"].as_str().expect("an id");
    assert_eq!(tenant.admin.record("x_fact", id)["x_revenue_source"], json!(["external", "media"]), "both come back");
}

fn what_changes_within_a_type(tenant: &Tenant) {
    object(tenant, "x_doc");
    tenant.add_field("x_doc", json!({"key": "x_code", "type": "text", "max": 10, "label": "C"}));
    tenant.add_field("x_doc", json!({"key": "x_kind", "type": "select", "options": [{"code": "a"}, {"code": "b"}], "label": "K"}));
    let path = "/api/v1/objects/x_doc/fields/x_code";
    let change = json!({"label": {"en": "Code"}, "help": "h", "group": "g", "mask": "000", "default": "123", "max": 20, "show_if": "x_kind == \"a\"",
        "require_if": "x_kind == \"a\"", "read_only_if": "x_kind == \"b\"", "required": false, "unique": true, "indexed": true});
    let changed = tenant.admin.patch(path, None, &change).expect(200).json;
    for key in ["mask", "default", "max", "show_if", "require_if", "read_only_if", "unique", "indexed"] {
        assert_eq!(changed[key], change[key], "{key} of {changed}");
    }
    tenant.admin.post("/api/v1/records/x_doc", &json!({"name": "A", "x_code": "12"})).refused(422, "field.mask");
    tenant.admin.patch(path, None, &json!({"max": 5})).refused(422, "field.range").problem("field.range", "max");
    tenant.admin.patch(path, None, &json!({"show_if": "x_nothing == 1", "default": "ab"})).expect(422);
    let cleared = tenant
        .admin
        .patch(path, None, &json!({"mask": null, "default": null, "show_if": null, "require_if": null, "help": null}))
        .expect(200)
        .json;
    for key in ["mask", "default", "show_if", "require_if", "help"] {
        assert!(cleared.get(key).is_none(), "{key} of {cleared}");
    }
    let kind = "/api/v1/objects/x_doc/fields/x_kind";
    tenant.admin.patch(kind, None, &json!({"options": [{"code": "c"}, {"code": "a"}]})).refused(422, "field.option");
    tenant.admin.patch(kind, None, &json!({"options": [{"code": "c"}, {"code": "b"}, {"code": "a"}]})).expect(200);
    tenant.admin.create("x_doc", json!({"name": "C", "x_kind": "c"}));
}

fn fields_that_are_refused(tenant: &Tenant) {
    object(tenant, "x_bad");
    for (field, code, on) in [
        (json!({"type": "tree_select", "options": [{"code": "a", "parent": "b"}]}), "field.option", "options"),
        (json!({"type": "multi_select", "options": []}), "field.option", "options"),
        (json!({"type": "many_reference"}), "field.required", "target"),
        (json!({"type": "children", "target": "customer"}), "field.option", "type"),
        (json!({"type": "json", "indexed": true}), "field.type", "type"),
        (json!({"type": "integer", "mask": "00"}), "field.type", "mask"),
        (json!({"type": "integer", "default": "many"}), "field.type", "default"),
        (json!({"type": "integer", "formula": "1"}), "field.type", "formula"),
        (json!({"type": "formula"}), "field.required", "formula"),
        (json!({"type": "formula", "formula": "name +"}), "filter.syntax", "formula"),
        (json!({"type": "formula", "formula": "1 + 1", "default": 1}), "field.type", "default"),
        (json!({"type": "sequence", "format": "A"}), "sequence.format", "format"),
        (json!({"type": "roll_up"}), "field.required", "roll_up"),
        (
            json!({"type": "roll_up", "roll_up": {"object": "contact", "reference": "name", "function": "sum"}}),
            "field.required",
            "roll_up.field",
        ),
        (
            json!({"type": "roll_up", "roll_up": {"object": "nothing", "reference": "a", "function": "count"}}),
            "reference.not_found",
            "roll_up.object",
        ),
        (json!({"type": "integer", "show_if": "name.x == 1"}), "field.unknown", "show_if"),
    ] {
        let mut new = field.clone();
        new["key"] = json!("x_f");
        new["label"] = json!("F");
        let refused = tenant.admin.post("/api/v1/objects/x_bad/fields", &new);
        let found: Vec<_> = refused.problems().iter().map(|p| (p["code"].clone(), p["field"].clone())).collect();
        assert!(found.iter().any(|(c, f)| *f == on && (*c == code || on == "show_if")), "{field}: wanted {code} on {on}: {refused}");
        assert!((400..500).contains(&refused.status), "{refused}");
    }
}

fn uses_of_a_field(tenant: &Tenant) {
    object(tenant, "x_order");
    tenant.add_field("x_order", json!({"key": "x_price", "type": "money", "label": "P"}));
    tenant.add_field("x_order", json!({"key": "x_customer", "type": "reference", "target": "customer", "label": "K"}));
    tenant.add_field("x_order", json!({"key": "x_double", "type": "formula", "formula": "x_price * 2", "label": "D"}));
    tenant.add_field("x_order", json!({"key": "x_note", "type": "text", "show_if": "x_price > 10", "label": "N"}));
    let roll_up = json!({"object": "x_order", "reference": "x_customer", "function": "max", "field": "x_price"});
    tenant.add_field("customer", json!({"key": "x_most", "type": "roll_up", "roll_up": roll_up, "label": "M"}));
    let uses = tenant.admin.get("/api/v1/objects/x_order/fields/x_price/uses").expect(200);
    let found: Vec<_> = uses.json["uses"].as_array().into_iter().flatten().map(|u| (u["kind"].clone(), u["name"].clone())).collect();
    for wanted in [("formula", "x_double"), ("condition", "x_note"), ("roll_up", "x_most")] {
        assert!(found.contains(&(json!(wanted.0), json!(wanted.1))), "{wanted:?}: {uses}");
    }
    let path = "/api/v1/objects/x_order/fields/x_price";
    let refused = tenant.admin.delete(path).refused(422, "rule.failed");
    assert!(refused.problems()[0]["detail"].as_str().is_some_and(|detail| detail.contains("x_double")), "{refused}");
    tenant.admin.patch(path, None, &json!({"hidden": true})).refused(422, "rule.failed");
    tenant.admin.post(&format!("{path}/type"), &json!({"type": "integer"})).refused(422, "rule.failed");
    for (object, key) in [("x_order", "x_double"), ("x_order", "x_note"), ("customer", "x_most")] {
        tenant.admin.delete(&format!("/api/v1/objects/{object}/fields/{key}")).expect(204);
    }
    tenant.admin.delete(path).expect(204);
}
