//! Units of measure: quantities from one to another, and who may define them.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::json;

both!(quantities_go_from_unit_to_unit, units_are_kept_by_few, definitions_make_sense);

fn quantities_go_from_unit_to_unit(tenant: &Tenant) {
    let piece = tenant.admin.create_id("unit", json!({"name": "件", "symbol": "pc"}));
    let case = tenant.admin.create_id("unit", json!({"name": "箱", "base": piece, "factor": "12"}));
    let pallet = tenant.admin.create_id("unit", json!({"name": "托盘", "base": case, "factor": "40"}));
    tenant.admin.create("unit", json!({"name": "米", "symbol": "m"}));
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    let convert =
        |quantity: &str, from: &str, to: &str| seller.query("/api/v1/units/convert", &[("quantity", quantity), ("from", from), ("to", to)]);
    for (quantity, from, to, wanted) in [
        ("3", "箱", "件", "36"),
        ("36", "件", "箱", "3"),
        ("1", "pc", "箱", "0.08333333"),
        ("-2.5", "托盘", "件", "-1200"),
        ("7", &pallet, &case, "280"),
        ("0.00000001", "件", "件", "0.00000001"),
    ] {
        assert_eq!(convert(quantity, from, to).expect(200).json, json!({"quantity": wanted}), "{quantity} {from} to {to}");
    }
    convert("3", "箱", "米").refused(422, "unit.not_convertible");
    convert("3", "箱", "升").refused(422, "reference.not_found").problem("reference.not_found", "to");
    convert("three", "箱", "件").refused(422, "field.type").problem("field.type", "quantity");
    convert("3", "", "件").refused(422, "reference.not_found").problem("reference.not_found", "from");
    convert("999999999999999999", "托盘", "件").refused(422, "field.range");
    let nobody = tenant.user("nobody@a.example", None, &[]);
    nobody.get("/api/v1/units/convert?quantity=1&from=pc&to=pc").refused(403, "permission.denied");
}

fn units_are_kept_by_few(tenant: &Tenant) {
    let piece = tenant.admin.create_id("unit", json!({"name": "件"}));
    for role in ["salesperson", "manager"] {
        let person = tenant.user(&format!("{role}@a.example"), None, &[role]);
        assert_eq!(person.list("unit", &[]).len(), 1, "everybody sees the list");
        person.post("/api/v1/records/unit", &json!({"name": "箱"})).refused(403, "permission.denied");
        person.patch(&format!("/api/v1/records/unit/{piece}"), None, &json!({"name": "个"})).refused(403, "permission.denied");
        person.delete(&format!("/api/v1/records/unit/{piece}")).refused(403, "permission.denied");
    }
    assert_eq!(tenant.admin.change("unit", &piece, json!({"name": "个"}))["name"], "个");
}

fn definitions_make_sense(tenant: &Tenant) {
    let admin = &tenant.admin;
    let piece = admin.create_id("unit", json!({"name": "件", "symbol": "pc"}));
    let case = admin.create_id("unit", json!({"name": "箱", "base": piece, "factor": "12"}));
    admin.post("/api/v1/records/unit", &json!({"name": "件"})).refused(409, "field.not_unique");
    admin.post("/api/v1/records/unit", &json!({"name": "包", "symbol": " PC "})).refused(409, "field.not_unique");
    admin
        .post("/api/v1/records/unit", &json!({"name": "包", "base": piece}))
        .refused(422, "field.required")
        .problem("field.required", "factor");
    for factor in ["0", "-1"] {
        let refused = admin.post("/api/v1/records/unit", &json!({"name": "包", "base": piece, "factor": factor}));
        refused.refused(422, "field.range").problem("field.range", "factor");
    }
    let circle = json!({"base": case, "factor": "2"});
    admin.patch(&format!("/api/v1/records/unit/{piece}"), None, &circle).refused(422, "rule.failed").problem("rule.failed", "base");
    let itself = json!({"base": case});
    admin.patch(&format!("/api/v1/records/unit/{case}"), None, &itself).refused(422, "rule.failed").problem("rule.failed", "base");
    assert_eq!(admin.record("unit", &case)["factor"], "12.00000000");
}
