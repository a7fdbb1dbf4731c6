//! Formulas: computed by the server on every path, exact, rounded half away from zero, and kept up to date when they come later.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    exact_and_rounded,
    of_formulas,
    texts_dates_and_choices,
    nobody_else_writes_them,
    they_come_to_records_that_are_there,
    another_expression,
    too_large,
    used_like_any_field,
    over_lines_and_roll_ups,
    declared_with_care,
);

fn figures(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_figure", "label": "Figure"})).expect(201);
    for (key, kind) in [("x_a", "decimal"), ("x_b", "decimal"), ("x_n", "integer"), ("x_m", "money"), ("x_from", "date")] {
        tenant.add_field("x_figure", json!({"key": key, "type": kind, "label": key}));
    }
}

fn formula(tenant: &Tenant, key: &str, expression: &str, more: Value) -> Value {
    let mut field = json!({"key": key, "type": "formula", "label": key, "formula": expression});
    if let (Some(field), Value::Object(more)) = (field.as_object_mut(), more) {
        field.extend(more);
    }
    tenant.add_field("x_figure", field)
}

fn exact_and_rounded(tenant: &Tenant) {
    figures(tenant);
    formula(tenant, "x_third", "x_a / 3", json!({"result": "decimal", "scale": 4}));
    formula(tenant, "x_half", "x_m / 2", json!({"result": "money"}));
    formula(tenant, "x_share", "x_a / x_b", json!({"result": "decimal", "scale": 2}));
    for (a, b, m, third, half, share) in [
        (json!("1"), json!("3"), json!("0.01"), json!("0.3333"), json!("0.01"), json!("0.33")),
        (json!("-1"), json!("3"), json!("-0.01"), json!("-0.3333"), json!("-0.01"), json!("-0.33")),
        (json!("2"), json!("3"), json!("0.05"), json!("0.6667"), json!("0.03"), json!("0.67")),
        (json!("-2"), json!("-8"), json!("-0.05"), json!("-0.6667"), json!("-0.03"), json!("0.25")),
        (json!("1"), json!("200"), json!("9999999999999.99"), json!("0.3333"), json!("5000000000000.00"), json!("0.01")),
        (json!("0"), json!("0"), Value::Null, json!("0.0000"), Value::Null, Value::Null),
        (Value::Null, json!("1"), json!("0.00"), Value::Null, json!("0.00"), Value::Null),
    ] {
        let made = tenant.admin.create("x_figure", json!({"name": "A", "x_a": a, "x_b": b, "x_m": m}));
        assert_eq!((&made["x_third"], &made["x_half"], &made["x_share"]), (&third, &half, &share), "{made}");
        let id = made["id"].as_str().expect("an id");
        assert_eq!(tenant.admin.record("x_figure", id)["x_third"], third, "stored as answered");
    }
}

fn of_formulas(tenant: &Tenant) {
    figures(tenant);
    formula(tenant, "x_net", "x_a * x_b", json!({"result": "decimal", "scale": 2}));
    formula(tenant, "x_tax", "x_net * 0.13", json!({"result": "decimal", "scale": 2}));
    formula(tenant, "x_gross", "x_net + x_tax", json!({"result": "decimal", "scale": 2}));
    let made = tenant.admin.create("x_figure", json!({"name": "A", "x_a": "3", "x_b": "1.05"}));
    assert_eq!((&made["x_net"], &made["x_tax"], &made["x_gross"]), (&json!("3.15"), &json!("0.41"), &json!("3.56")), "{made}");
    let id = made["id"].as_str().expect("an id");
    let changed = tenant.admin.change("x_figure", id, json!({"x_b": "2"}));
    assert_eq!((&changed["x_gross"], &changed["version"]), (&json!("6.78"), &json!(2)), "{changed}");
    let same = tenant.admin.change("x_figure", id, json!({"x_b": "2.00"}));
    assert_eq!(same["version"], 2, "nothing changed: {same}");
    // A rule and a transition may read them.
    let body = json!({"validations": [{"key": "dear", "condition": "x_gross <= 10", "field": "x_gross", "message": "Too dear"}]});
    tenant.admin.put("/api/v1/objects/x_figure/rules", &body).expect(200);
    tenant
        .admin
        .patch(&format!("/api/v1/records/x_figure/{id}"), None, &json!({"x_a": "30"}))
        .refused(422, "rule.failed")
        .problem("rule.failed", "x_gross");
}

fn texts_dates_and_choices(tenant: &Tenant) {
    figures(tenant);
    formula(tenant, "x_title", "name + ' / ' + coalesce(external_id, '-')", json!({}));
    formula(tenant, "x_size", "x_a > 100 ? 'big' : 'small'", json!({}));
    formula(tenant, "x_large", "x_a > 100", json!({"result": "bool"}));
    let made = tenant.admin.create("x_figure", json!({"name": "江南", "x_a": "101", "external_id": "E1"}));
    assert_eq!((&made["x_title"], &made["x_size"], &made["x_large"]), (&json!("江南 / E1"), &json!("big"), &json!(true)), "{made}");
    let made = tenant.admin.create("x_figure", json!({"name": "B"}));
    assert_eq!((&made["x_title"], &made["x_size"], &made["x_large"]), (&json!("B / -"), &json!("small"), &json!(false)), "{made}");
}

fn nobody_else_writes_them(tenant: &Tenant) {
    figures(tenant);
    formula(tenant, "x_double", "x_a * 2", json!({"result": "decimal", "scale": 2}));
    let post = |body: Value| tenant.admin.post("/api/v1/records/x_figure", &body);
    let refused = post(json!({"name": "A", "x_a": "1", "x_double": "3"})).refused(422, "field.read_only");
    refused.problem("field.read_only", "x_double");
    let made = post(json!({"name": "A", "x_a": "1", "x_double": "2"})).expect(201).json;
    let address = format!("/api/v1/records/x_figure/{}", made["id"].as_str().expect("an id"));
    // A whole record that was read may be sent back with one change.
    let changed = tenant.admin.patch(&address, None, &json!({"x_a": "5", "x_double": "2.00"})).expect(200).json;
    assert_eq!(changed["x_double"], "10.00");
    tenant.admin.patch(&address, None, &json!({"x_double": "11"})).refused(422, "field.read_only");
    tenant.admin.patch(&address, None, &json!({"x_double": null})).refused(422, "field.read_only");
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("figures.csv");
    std::fs::write(&file, "name,x_a\nB,7\n").expect("a file");
    tenant.cli(&["import", "--tenant", &tenant.key, "--object", "x_figure", file.to_str().expect("a path")]).expect(0);
    assert_eq!(tenant.admin.column("x_figure", "x_double", &[("filter", "name == 'B'")]), ["14.00"]);
}

fn they_come_to_records_that_are_there(tenant: &Tenant) {
    figures(tenant);
    let many: Vec<Value> = (0..700).map(|n| json!({"name": format!("F{n}"), "x_n": n})).collect();
    let ids = tenant.create_all("x_figure", many);
    let gone = &ids[5];
    tenant.admin.delete(&format!("/api/v1/records/x_figure/{gone}")).expect(204);
    formula(tenant, "x_ten", "x_n * 10", json!({"result": "integer"}));
    formula(tenant, "x_more", "x_ten + 1", json!({"result": "integer"}));
    assert_eq!(tenant.count("x_figure", "x_ten == null || x_more == null || x_more != x_ten + 1 || x_ten != x_n * 10"), 0);
    let record = tenant.admin.record("x_figure", &ids[699]);
    assert_eq!((&record["x_more"], &record["version"]), (&json!(6991), &json!(1)), "nobody changed the record: {record}");
    let history = tenant.admin.get(&format!("/api/v1/records/x_figure/{}/history", ids[699])).expect(200).json;
    assert_eq!(history["changes"].as_array().map(Vec::len), Some(1), "{history}");
}

fn another_expression(tenant: &Tenant) {
    figures(tenant);
    formula(tenant, "x_ten", "x_n * 10", json!({"result": "integer"}));
    formula(tenant, "x_more", "x_ten + 1", json!({"result": "integer"}));
    let id = tenant.admin.create_id("x_figure", json!({"name": "A", "x_n": 4}));
    let field = "/api/v1/objects/x_figure/fields/x_ten";
    tenant.admin.patch(field, None, &json!({"formula": "x_n * 100"})).expect(200);
    let record = tenant.admin.record("x_figure", &id);
    assert_eq!((&record["x_ten"], &record["x_more"]), (&json!(400), &json!(401)), "{record}");
    let circle = tenant.admin.patch(field, None, &json!({"formula": "x_more - 1"})).refused(422, "rule.failed");
    assert_eq!(circle.problem("rule.failed", "formula")["params"]["rule"], "formula.cycle", "{circle}");
    tenant.admin.patch(field, None, &json!({"formula": "x_ten - 1"})).refused(422, "rule.failed");
    assert_eq!(tenant.admin.record("x_figure", &id)["x_more"], 401);
}

fn too_large(tenant: &Tenant) {
    figures(tenant);
    formula(tenant, "x_product", "x_a * x_b", json!({"result": "decimal", "scale": 2}));
    let body = json!({"name": "A", "x_a": "9999999999999.99", "x_b": "9999999999999.99"});
    let refused = tenant.admin.post("/api/v1/records/x_figure", &body).refused(422, "field.range");
    refused.problem("field.range", "x_product");
    // A new formula that does not fit a record is not declared (`mended.rs`).
    tenant.admin.create_id("x_figure", json!({"name": "A", "x_n": 9_000_000_000_000_000_000_i64}));
    let twice = json!({"key": "x_twice", "type": "formula", "label": "Twice", "formula": "x_n * 2", "result": "integer"});
    tenant.admin.post("/api/v1/objects/x_figure/fields", &twice).refused(422, "field.range");
}

fn used_like_any_field(tenant: &Tenant) {
    figures(tenant);
    let made = formula(tenant, "x_double", "x_a * 2", json!({"result": "decimal", "scale": 2, "indexed": true}));
    assert_eq!(made["key"], "x_double", "{made}");
    tenant.create_all("x_figure", vec![json!({"name": "A", "x_a": "1"}), json!({"name": "B", "x_a": "2.5"}), json!({"name": "C"})]);
    assert_eq!(tenant.admin.column("x_figure", "name", &[("filter", "x_double >= 2"), ("sort", "-x_double")]), ["B", "A"]);
    let groups = tenant
        .admin
        .groups(json!({"object": "x_figure", "measures": [{"fn": "sum", "field": "x_double"}, {"fn": "max", "field": "x_double"}]}));
    assert_eq!(groups, [json!([[], ["7.00", "5.00"]])]);
}

fn over_lines_and_roll_ups(tenant: &Tenant) {
    figures(tenant);
    let line = json!({"key": "x_line", "label": "Line", "parent": "x_figure", "children_field": "x_lines"});
    tenant.admin.post("/api/v1/objects", &line).expect(201);
    tenant.add_field("x_line", json!({"key": "x_qty", "type": "integer", "label": "Quantity"}));
    tenant.add_field("x_line", json!({"key": "x_each", "type": "decimal", "label": "Each"}));
    let old = tenant.admin.create_id("x_figure", json!({"name": "old", "x_lines": [{"x_qty": 2, "x_each": "1.25"}, {"x_qty": 1}]}));
    let times = json!({"key": "x_sum", "type": "formula", "label": "Sum", "formula": "x_qty * x_each", "result": "decimal", "scale": 2});
    tenant.add_field("x_line", times);
    formula(tenant, "x_total", "x_lines.sum(l, l.x_sum)", json!({"result": "decimal", "scale": 2}));
    let roll_up = json!({"object": "x_line", "reference": "parent", "function": "count"});
    tenant.add_field("x_figure", json!({"key": "x_count", "type": "roll_up", "label": "Count", "roll_up": roll_up}));
    formula(tenant, "x_counted", "x_count * 10", json!({"result": "integer"}));
    let record = tenant.admin.record("x_figure", &old);
    assert_eq!((&record["x_total"], &record["x_counted"]), (&json!("2.50"), &json!(20)), "records that are there: {record}");

    let lines = json!([{"x_qty": 3, "x_each": "0.35"}, {"x_qty": 1, "x_each": "10"}]);
    let made = tenant.admin.create("x_figure", json!({"name": "A", "x_a": "1", "x_lines": lines}));
    assert_eq!((&made["x_total"], &made["x_count"], &made["x_counted"]), (&json!("11.05"), &json!(2), &json!(20)), "{made}");
    let id = made["id"].as_str().expect("an id");
    let first = made["x_lines"][0]["id"].as_str().expect("a line has an id");
    tenant.admin.change("x_line", first, json!({"x_qty": 1}));
    assert_eq!(tenant.admin.record("x_figure", id)["x_total"], "10.35", "a line that is saved by itself counts too");
    tenant.admin.create("x_line", json!({"parent": id, "x_qty": 1, "x_each": "1"}));
    let record = tenant.admin.record("x_figure", id);
    assert_eq!((&record["x_total"], &record["x_counted"]), (&json!("11.35"), &json!(30)), "{record}");
    tenant.admin.delete(&format!("/api/v1/records/x_line/{first}")).expect(204);
    let record = tenant.admin.record("x_figure", id);
    assert_eq!((&record["x_total"], &record["x_counted"]), (&json!("11.00"), &json!(20)), "{record}");
    let unlike = json!({"key": "x_both", "type": "formula", "label": "Both", "formula": "x_total + x_count", "result": "decimal"});
    let refused = tenant.admin.post("/api/v1/objects/x_figure/fields", &unlike).refused(422, "expression.not_allowed");
    assert_eq!(refused.problem("expression.not_allowed", "formula")["params"]["reason"], "mixed", "{refused}");

    let body = json!({"validations": [{"key": "lines", "condition": "!x_lines.exists(l, l.x_qty > 100)", "field": "x_lines", "message": "Too many"}]});
    tenant.admin.put("/api/v1/objects/x_figure/rules", &body).expect(200);
    tenant.admin.post("/api/v1/records/x_line", &json!({"parent": id, "x_qty": 101})).refused(422, "rule.failed");
    let refused = tenant.admin.patch(&format!("/api/v1/records/x_figure/{id}"), None, &json!({"x_lines": [{"x_qty": 101}]}));
    refused.refused(422, "rule.failed").problem("rule.failed", "x_lines");
}

fn declared_with_care(tenant: &Tenant) {
    figures(tenant);
    tenant.add_field("x_figure", json!({"key": "x_customer", "type": "reference", "target": "customer", "label": "Customer"}));
    let declare = |expression: &str| {
        let field = json!({"key": "x_f", "type": "formula", "label": "F", "formula": expression, "result": "decimal"});
        tenant.admin.post("/api/v1/objects/x_figure/fields", &field)
    };
    for (expression, code, position) in [
        ("x_a +", "filter.syntax", 6),
        ("x_a + x_nothing", "field.unknown", 7),
        ("x_a + name", "field.type", 1),
        ("x_from > today", "expression.not_allowed", 10),
    ] {
        let refused = declare(expression).refused(if code == "filter.syntax" { 400 } else { 422 }, code);
        assert_eq!(refused.problem(code, "formula")["position"], position, "{refused}");
    }
    for (expression, code) in
        [("x_customer.name", "expression.not_allowed"), ("updated_at", "expression.not_allowed"), ("name", "field.type")]
    {
        declare(expression).refused(422, code).problem(code, "formula");
    }
    declare("x_f + 1").refused(422, "rule.failed");
    declare("x_a + 1").expect(201);
}
