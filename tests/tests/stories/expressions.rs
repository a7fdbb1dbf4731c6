//! What conditions can ask for: entries of lists, places in trees, lines, choices between values. The same in lists and in rules.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(filters_ask_for_lists_trees_lines_and_choices, refusals_have_a_place, rules_may_say_more_than_filters);

fn boxes(tenant: &Tenant) -> Value {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_box", "label": "Box"})).expect(201);
    let child = json!({"key": "x_item", "label": "Item", "parent": "x_box", "children_field": "x_items"});
    tenant.admin.post("/api/v1/objects", &child).expect(201);
    tenant.add_field("x_item", json!({"key": "x_qty", "type": "integer", "label": "Quantity"}));
    let flat = json!([{"code": "red", "label": "Red"}, {"code": "blue", "label": "Blue"}]);
    let tree = json!([
        {"code": "asia", "label": "Asia"},
        {"code": "china", "label": "China", "parent": "asia"},
        {"code": "europe", "label": "Europe"},
    ]);
    for field in [
        json!({"key": "x_tags", "type": "multi_select", "label": "Tags", "options": flat}),
        json!({"key": "x_place", "type": "tree_select", "label": "Place", "options": tree}),
        json!({"key": "x_people", "type": "many_reference", "label": "People", "target": "customer"}),
        json!({"key": "x_about", "type": "any_reference", "label": "About"}),
        json!({"key": "x_took", "type": "duration", "label": "Took"}),
        json!({"key": "x_n", "type": "integer", "label": "Number"}),
        json!({"key": "x_d", "type": "decimal", "scale": 2, "label": "Decimal"}),
        json!({"key": "x_json", "type": "json", "label": "Anything"}),
    ] {
        tenant.add_field("x_box", field);
    }
    let customer = tenant.admin.create("customer", json!({"name": "Acme", "kind": "organization"}))["id"].clone();
    for body in [
        json!({
            "name": "A", "x_tags": ["red", "blue"], "x_place": ["asia", "china"], "x_people": [customer], "x_took": 90, "x_n": 3, "x_d": "2.50",
            "x_about": {"object": "customer", "id": customer}, "x_items": [{"x_qty": 1}, {"x_qty": 5}],
        }),
        json!({"name": "B", "x_tags": ["blue"], "x_place": ["asia"], "x_n": -2, "x_items": [{"x_qty": 2}]}),
        json!({"name": "C", "x_place": ["europe"], "x_d": "-0.50"}),
    ] {
        tenant.admin.create("x_box", body);
    }
    customer
}

fn filters_ask_for_lists_trees_lines_and_choices(tenant: &Tenant) {
    let customer = boxes(tenant);
    let customer = customer.as_str().expect("an id");
    let by_id = format!("'{customer}' in x_people");
    let about = format!("x_about == 'customer/{customer}'");
    for (filter, names) in [
        ("'red' in x_tags", "A"),
        ("!('red' in x_tags)", "B C"),
        ("'asia' in x_place", "A B"),
        ("'china' in x_place", "A"),
        (&by_id, "A"),
        (&about, "A"),
        ("x_took > 60", "A"),
        ("x_items.exists(i, i.x_qty > 1)", "A B"),
        ("x_items.exists(i, i.x_qty > x_n)", "A B"),
        ("x_items.all(i, i.x_qty < 3)", "B C"),
        ("(x_d == null ? x_n : x_d) < 0", "B C"),
        ("coalesce(x_n, x_d) > -1", "A C"),
        ("abs(coalesce(x_n, 0)) >= 2", "A B"),
        ("max(x_n, x_d) == 3", "A"),
        ("round(x_d) == 3", "A"),
        ("round(x_d) == -1", "C"),
    ] {
        let found = tenant.admin.column("x_box", "name", &[("filter", filter), ("sort", "name")]);
        let found: Vec<&str> = found.iter().filter_map(Value::as_str).collect();
        assert_eq!(found.join(" "), names, "{filter}");
    }
}

fn refusals_have_a_place(tenant: &Tenant) {
    boxes(tenant);
    for (filter, code, position) in [
        ("x_n > 0 && 'green' in x_tags", "field.option", 12),
        ("x_tags == 'red'", "filter.not_pushable", 1),
        ("x_json == null", "filter.not_pushable", 1),
        ("x_items == null", "filter.not_pushable", 1),
        ("x_n > size(name)", "filter.not_pushable", 7),
        ("x_items.exists(i, i.nope > 1)", "field.unknown", 19),
        ("(x_n > 0 ? x_n : name) > 1", "field.type", 18),
    ] {
        let refused = tenant
            .admin
            .query("/api/v1/records/x_box", &[("filter", filter)])
            .refused(if code == "filter.syntax" { 400 } else { 422 }, code);
        let place = refused.problems().first().map(|problem| problem["position"].clone()).unwrap_or_default();
        assert_eq!(place, json!(position), "{filter}: {refused}");
    }
}

fn rules_may_say_more_than_filters(tenant: &Tenant) {
    boxes(tenant);
    let rule = |condition: &str| json!({"validations": [{"key": "sane", "condition": condition, "field": "x_n", "message": "Not so"}]});
    let put = |condition: &str| tenant.admin.put("/api/v1/objects/x_box/rules", &rule(condition));
    put("x_items.sum(i, i.x_qty) <= 10 && size(x_tags) < 3 && (x_d == null || x_n / x_d < 4)").expect(200);
    let post = |body: Value| tenant.admin.post("/api/v1/records/x_box", &body);
    post(json!({"name": "D", "x_items": [{"x_qty": 6}, {"x_qty": 5}]})).refused(422, "rule.failed").problem("rule.failed", "x_n");
    post(json!({"name": "D", "x_n": 8, "x_d": "2"})).refused(422, "rule.failed").problem("rule.failed", "x_n");
    post(json!({"name": "D", "x_n": 7, "x_d": "2", "x_items": [{"x_qty": 6}, {"x_qty": 4}]})).expect(201);
    // What the database counts by must be a filter over the counted record alone.
    tenant.add_field("x_box", json!({"key": "x_owner", "type": "reference", "target": "customer", "label": "Owner"}));
    for condition in ["size(name) > 3", "x_n / x_d > 1", "x_items.exists(i, i.x_qty > 1)"] {
        let counted = json!({"object": "x_box", "reference": "x_owner", "function": "count", "condition": condition});
        let field = json!({"key": "x_boxes", "type": "roll_up", "label": "Boxes", "roll_up": counted});
        tenant.admin.post("/api/v1/objects/customer/fields", &field).refused(422, "filter.not_pushable");
    }
    put("name.contains('a')").refused(422, "expression.not_allowed");
}
