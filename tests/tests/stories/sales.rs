//! The plugin `sales`: stages, rates, closing and what stays of each step.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    a_new_opportunity,
    rates_come_from_the_stage,
    winning,
    losing,
    reopening,
    the_stage_history,
    products,
    values_that_do_not_fit,
    in_batches
);

const STAGES: [(&str, &str); 10] = [
    ("contact", "5.00"),
    ("interest", "15.00"),
    ("decider", "30.00"),
    ("needs", "40.00"),
    ("solution", "50.00"),
    ("demo", "60.00"),
    ("revise", "70.00"),
    ("verbal", "80.00"),
    ("contract", "90.00"),
    ("signed", "100.00"),
];

/// The day of the shared server's clock.
const TODAY: &str = "2026-11-22";

fn open(tenant: &Tenant, fields: Value) -> String {
    let mut body = json!({"name": "O"});
    body.as_object_mut().expect("an object").extend(fields.as_object().cloned().unwrap_or_default());
    tenant.admin.create_id("opportunity", body)
}

#[track_caller]
fn is(record: &Value, wanted: Value) {
    for (field, value) in wanted.as_object().into_iter().flatten() {
        assert_eq!(&record[field], value, "{field} in {record}");
    }
}

fn a_new_opportunity(tenant: &Tenant) {
    tenant.enable("sales");
    let record = tenant.admin.create("opportunity", json!({"name": "电力调度"}));
    is(&record, json!({"stage": "contact", "status": "open", "success_rate": "5.00", "amount": null, "closed_on": null, "version": 1}));
    assert_eq!(tenant.count("sl_stage", ""), 10, "the stages are rows of the tenant");
    let shape = tenant.admin.get("/api/v1/objects/opportunity").expect(200);
    let field = |key: &str| {
        let found = shape.json["fields"].as_array().into_iter().flatten().find(|field| field["key"] == key);
        found.cloned().unwrap_or_else(|| panic!("{key} is there: {shape}"))
    };
    let codes: Vec<Value> = field("stage")["options"].as_array().into_iter().flatten().map(|option| option["code"].clone()).collect();
    assert_eq!(codes, STAGES.map(|(stage, _)| json!(stage)));
    assert_eq!(field("stage")["options"][5]["label"], json!({"zh-CN": "演示", "en": field("stage")["options"][5]["label"]["en"]}));
    for (key, kind) in [("customer", "reference"), ("amount", "money"), ("success_rate", "percent"), ("expected_on", "date")] {
        assert_eq!(field(key)["type"], kind, "{key}");
    }
}

fn rates_come_from_the_stage(tenant: &Tenant) {
    tenant.enable("sales");
    let id = open(tenant, json!({}));
    for (stage, rate) in STAGES {
        let record = tenant.admin.change("opportunity", &id, json!({"stage": stage}));
        is(&record, json!({"stage": stage, "success_rate": rate}));
        is(&tenant.admin.record("opportunity", &id), json!({"stage": stage, "success_rate": rate}));
        let created = tenant.admin.create("opportunity", json!({"name": stage, "stage": stage}));
        is(&created, json!({"stage": stage, "success_rate": rate}));
    }
}

fn winning(tenant: &Tenant) {
    tenant.enable("sales");
    let signed = open(tenant, json!({"stage": "demo"}));
    is(
        &tenant.admin.change("opportunity", &signed, json!({"stage": "signed"})),
        json!({"status": "won", "success_rate": "100.00", "closed_on": TODAY}),
    );
    let won = open(tenant, json!({"stage": "demo"}));
    is(
        &tenant.admin.change("opportunity", &won, json!({"status": "won"})),
        json!({"stage": "signed", "success_rate": "100.00", "closed_on": TODAY}),
    );
    let earlier = open(tenant, json!({}));
    is(
        &tenant.admin.change("opportunity", &earlier, json!({"status": "won", "closed_on": "2026-03-01"})),
        json!({"closed_on": "2026-03-01"}),
    );
    is(&tenant.admin.create("opportunity", json!({"name": "O", "status": "won"})), json!({"stage": "signed", "closed_on": TODAY}));
}

fn losing(tenant: &Tenant) {
    tenant.enable("sales");
    let id = open(tenant, json!({"stage": "demo", "amount": "10"}));
    is(
        &tenant.admin.change("opportunity", &id, json!({"status": "lost", "loss_reason": "price"})),
        json!({"stage": "demo", "status": "lost", "success_rate": "0.00", "closed_on": TODAY, "loss_reason": "price"}),
    );
    // Without the competitor plugin nobody asks for a reason.
    let silent = open(tenant, json!({"stage": "needs"}));
    is(&tenant.admin.change("opportunity", &silent, json!({"status": "lost"})), json!({"stage": "needs", "success_rate": "0.00"}));
}

fn reopening(tenant: &Tenant) {
    tenant.enable("sales");
    let lost = open(tenant, json!({"stage": "demo", "status": "lost", "loss_reason": "price"}));
    is(
        &tenant.admin.change("opportunity", &lost, json!({"status": "open"})),
        json!({"stage": "demo", "success_rate": "60.00", "closed_on": null, "loss_reason": "price"}), // kept, and ignored while open
    );
    let won = open(tenant, json!({"stage": "signed"}));
    is(
        &tenant.admin.change("opportunity", &won, json!({"status": "open", "stage": "contract"})),
        json!({"stage": "contract", "status": "open", "success_rate": "90.00", "closed_on": null}),
    );
}

fn the_stage_history(tenant: &Tenant) {
    tenant.enable("sales");
    let id = open(tenant, json!({"amount": "100"}));
    tenant.admin.change("opportunity", &id, json!({"stage": "demo", "amount": "250"}));
    tenant.admin.change("opportunity", &id, json!({"name": "only the name"}));
    tenant.admin.change("opportunity", &id, json!({"status": "won"})); // the hook moves the stage, and that is kept too
    open(tenant, json!({"stage": "needs"}));
    let rows = tenant.admin.list("opportunity__stages", &[("filter", &format!("record == \"{id}\"")), ("sort", "at,id")]);
    let steps: Vec<Value> = rows.iter().map(|row| json!([row["from"], row["to"], row["amount"]])).collect();
    let moves: Vec<&Value> = steps.iter().filter(|step| !step[0].is_null()).collect();
    assert_eq!(moves, [&json!(["contact", "demo", "250.00"]), &json!(["demo", "signed", "250.00"])], "{rows:?}");
    let me = tenant.user_id(&guanxi_tests::story::admin_email(&tenant.key));
    for row in &rows {
        assert!(row["at"].as_str().is_some_and(|at| at.starts_with(TODAY)), "{row}");
        assert_eq!(row["by"], json!(me), "{row}");
    }
    let counted = json!({"object": "opportunity__stages", "filter": "from != null", "group_by": ["to"], "measures": [{"fn": "count"}]});
    assert_eq!(tenant.admin.groups(counted), [json!([["demo"], [1]]), json!([["signed"], [1]])]);
    // A refused save leaves no step, and nobody writes steps by hand.
    tenant
        .admin
        .patch(&format!("/api/v1/records/opportunity/{id}"), None, &json!({"stage": "needs", "name": null}))
        .refused(422, "field.required");
    assert_eq!(tenant.admin.list("opportunity__stages", &[("filter", &format!("record == \"{id}\""))]).len(), rows.len());
    let forged = tenant.admin.post("/api/v1/records/opportunity__stages", &json!({"record": id, "from": "demo", "to": "signed"}));
    assert!([403, 404, 405, 422].contains(&forged.status), "{forged}");
}

fn products(tenant: &Tenant) {
    tenant.enable("sales");
    let product = tenant.admin.create("product", json!({"name": "GTX Pro", "series": "GTX", "list_price": "4821"}));
    is(&product, json!({"list_price": "4821.00"}));
    tenant
        .admin
        .post("/api/v1/records/product", &json!({"name": "gtx pro"}))
        .refused(409, "field.not_unique")
        .problem("field.not_unique", "name");
    tenant
        .admin
        .post("/api/v1/records/product", &json!({"series": "GTX"}))
        .refused(422, "field.required")
        .problem("field.required", "name");
    let id = open(tenant, json!({"product": product["id"]}));
    assert_eq!(tenant.admin.column("opportunity", "product.name", &[("fields", "product.name")]), ["GTX Pro"]);
    assert_eq!(tenant.admin.column("opportunity", "id", &[("filter", "product.name == \"GTX Pro\"")]), [json!(id)]);
}

fn values_that_do_not_fit(tenant: &Tenant) {
    tenant.enable("sales");
    let body = json!({"stage": "maybe", "status": "perhaps", "amount": "a lot", "loss_reason": "weather"});
    let refused = tenant.admin.post("/api/v1/records/opportunity", &body).refused(422, "field.option");
    refused.problem("field.required", "name");
    refused.problem("field.option", "stage");
    refused.problem("field.option", "status");
    refused.problem("field.option", "loss_reason");
    refused.problem("field.type", "amount");
    for reason in ["price", "function", "relation", "brand", "service", "delivery", "payment", "timing", "no_budget", "other"] {
        tenant.admin.create("opportunity", json!({"name": reason, "status": "lost", "loss_reason": reason}));
    }
    open(tenant, json!({"amount": "0"}));
}

/// More records than one hook call carries (200).
fn in_batches(tenant: &Tenant) {
    tenant.enable("sales");
    let rows = (0..450).map(|number| json!({"name": format!("O{number}"), "amount": "2", "stage": STAGES[number % 10].0}));
    tenant.create_all("opportunity", rows.collect());
    let groups = tenant.admin.groups(json!({"object": "opportunity", "group_by": ["stage", "status"], "measures": [{"fn": "count"}, {"fn": "max", "field": "success_rate"}]}));
    let mut wanted: Vec<Value> =
        STAGES.iter().map(|(stage, rate)| json!([[stage, if *stage == "signed" { "won" } else { "open" }], [45, rate]])).collect();
    wanted.sort_by_key(|group| group[0].to_string());
    assert_eq!(groups, wanted);
}
