//! Declared validations and conditional fields: what an administrator declares holds on every path, tells everything at once and in both
//! languages, and can be rehearsed.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    a_rule_on_every_path,
    all_problems_at_once,
    asked_only_when_concerned,
    questions_and_notes,
    a_rule_over_a_reference,
    rules_that_know_the_day_and_the_person,
    fields_that_come_and_go,
    a_dry_run_writes_nothing,
    declarations_are_checked_wholly,
    only_administrators_declare,
    put_and_get_agree,
    uniqueness_comes_and_goes,
);

/// An object of plain figures.
fn offer(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_offer", "label": {"zh-CN": "报价", "en": "Offer"}})).expect(201);
    for field in [
        json!({"key": "x_price", "type": "decimal", "label": {"en": "Price"}}),
        json!({"key": "x_floor", "type": "decimal", "label": {"en": "Floor"}}),
        json!({"key": "x_reason", "type": "text", "label": {"en": "Reason"}}),
        json!({"key": "x_day", "type": "date", "label": {"en": "Day"}}),
        json!({"key": "x_customer", "type": "reference", "target": "customer", "label": {"en": "Customer"}}),
    ] {
        tenant.add_field("x_offer", field);
    }
}

fn rules(tenant: &Tenant, body: Value) -> Value {
    tenant.admin.put("/api/v1/objects/x_offer/rules", &body).expect(200).json
}

fn floor() -> Value {
    json!({"key": "floor", "condition": "x_price == null || x_floor == null || x_price >= x_floor", "field": "x_price",
        "message": {"zh-CN": "价格低于底价", "en": "The price is below the floor"}})
}

fn a_rule_on_every_path(tenant: &Tenant) {
    offer(tenant);
    rules(tenant, json!({"validations": [floor()]}));
    let low = json!({"name": "A", "x_price": "9.99", "x_floor": "10.00"});
    let refused = tenant.admin.post("/api/v1/records/x_offer", &low).refused(422, "rule.failed");
    let problem = refused.problem("rule.failed", "x_price");
    assert_eq!(problem["params"]["rule"], "floor", "{refused}");
    assert_eq!((&problem["params"]["zh-CN"], &problem["params"]["en"]), (&json!("价格低于底价"), &json!("The price is below the floor")));
    assert_eq!(problem["severity"], "error");

    let id = tenant.admin.create_id("x_offer", json!({"name": "A", "x_price": "10.00", "x_floor": "10.00"}));
    let address = format!("/api/v1/records/x_offer/{id}");
    tenant.admin.patch(&address, None, &json!({"x_price": "9.99"})).refused(422, "rule.failed");
    tenant.admin.patch(&address, None, &json!({"x_floor": "10.01"})).refused(422, "rule.failed");
    assert_eq!(tenant.admin.record("x_offer", &id)["version"], 1, "a refused save leaves nothing");
    tenant.admin.change("x_offer", &id, json!({"x_price": "12", "x_floor": "11"}));

    // An array is one unit; one bad record refuses all, or with `partial` only itself.
    let good = json!({"name": "B", "x_price": "20.00", "x_floor": "10.00"});
    let refused = tenant.admin.post("/api/v1/records/x_offer", &json!([good, low])).refused(422, "rule.failed");
    assert_eq!(refused.problem("rule.failed", "x_price")["params"]["index"], 1, "{refused}");
    let partial = tenant.admin.post("/api/v1/records/x_offer?partial=true", &json!([good, low])).expect(200);
    assert_eq!((&partial.json["results"][0]["status"], &partial.json["results"][1]["status"]), (&json!(201), &json!(422)), "{partial}");

    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("offers.csv");
    std::fs::write(&file, "name,x_price,x_floor\nC,5,10\nD,15,10\n").expect("a file");
    let ran = tenant.cli(&["import", "--tenant", &tenant.key, "--object", "x_offer", file.to_str().expect("a path")]).expect(0);
    assert_eq!(tenant.count("x_offer", "name == \"C\""), 0, "an import obeys too: {ran:?}");
    assert_eq!(tenant.count("x_offer", "name == \"D\""), 1);
    let result = std::fs::read_to_string(folder.path().join("offers.refused.csv")).expect("refused rows are told");
    assert!(result.contains("rule.failed"), "{result}");
}

fn all_problems_at_once(tenant: &Tenant) {
    offer(tenant);
    let named = json!({"key": "named", "condition": "x_reason != null", "field": "x_reason", "code": "x.offer.reason",
        "message": {"zh-CN": "请写明原因", "en": "Give a reason"}});
    let round = json!({"key": "round", "condition": "x_price != 9.99", "message": "No such prices"});
    rules(tenant, json!({"validations": [floor(), named, round]}));
    let refused = tenant.admin.post("/api/v1/records/x_offer", &json!({"x_price": "9.99", "x_floor": "10", "x_day": "soon"}));
    let refused = refused.refused(422, "rule.failed");
    refused.problem("field.required", "name");
    refused.problem("field.type", "x_day");
    refused.problem("rule.failed", "x_price");
    refused.problem("x.offer.reason", "x_reason");
    let rules: Vec<Value> = refused.problems().iter().map(|p| p["params"]["rule"].clone()).filter(Value::is_string).collect();
    assert_eq!(rules, ["floor", "named", "round"], "{refused}");
    // The words come in the reader's language.
    for (language, words) in [("zh-CN", "请写明原因"), ("en", "Give a reason")] {
        let body = json!({"name": "A", "x_price": "20"}).to_string().into_bytes();
        let headers = [("content-type", "application/json"), ("accept-language", language)];
        let answer = tenant.admin.send("POST".parse().expect("a method"), "/api/v1/records/x_offer", &headers, Some(body));
        assert_eq!(answer.refused(422, "x.offer.reason").json["title"], words);
    }
}

fn asked_only_when_concerned(tenant: &Tenant) {
    offer(tenant);
    let old = tenant.admin.create_id("x_offer", json!({"name": "old", "x_price": "1", "x_floor": "10"}));
    rules(tenant, json!({"validations": [floor()]}));
    tenant.admin.change("x_offer", &old, json!({"name": "older"}));
    let address = format!("/api/v1/records/x_offer/{old}");
    tenant.admin.patch(&address, None, &json!({"x_price": "2"})).refused(422, "rule.failed");
    // A value that cannot be read is one problem, not two.
    let refused = tenant.admin.patch(&address, None, &json!({"x_price": "much"})).refused(422, "field.type");
    assert_eq!(refused.problems().len(), 1, "{refused}");
    tenant.admin.delete(&address).expect(204);
}

fn questions_and_notes(tenant: &Tenant) {
    offer(tenant);
    let cheap =
        json!({"key": "cheap", "condition": "x_price >= 100", "field": "x_price", "severity": "confirm", "message": "That is cheap"});
    let own =
        json!({"key": "own", "condition": "x_reason != null", "severity": "confirm", "code": "x.offer.bare", "message": "No reason?"});
    let day = json!({"key": "day", "condition": "x_day != null", "severity": "info", "message": "There is no day"});
    rules(tenant, json!({"validations": [cheap, own, day]}));
    let body = json!({"name": "A", "x_price": "5"});
    let asked = tenant.admin.post("/api/v1/records/x_offer", &body).refused(409, "confirm.needed");
    let question = asked.problem("rule.failed", "x_price");
    assert_eq!((&question["severity"], &question["params"]["confirm"]), (&json!("confirm"), &json!("rule.failed:cheap")), "{asked}");
    assert!(asked.problems().iter().any(|p| p["code"] == "x.offer.bare" && p["params"]["confirm"] == "x.offer.bare"), "{asked}");
    for half in ["rule.failed:cheap", "x.offer.bare", "rule.failed,x.offer.bare", "rule.failed:other,x.offer.bare"] {
        tenant.admin.post(&format!("/api/v1/records/x_offer?confirm={half}"), &body).refused(409, "confirm.needed");
    }
    let saved = tenant.admin.post("/api/v1/records/x_offer?confirm=rule.failed:cheap,x.offer.bare", &body).expect(201);
    let id = saved.json["id"].as_str().expect("an id").to_owned();
    tenant.admin.patch(&format!("/api/v1/records/x_offer/{id}"), None, &json!({"x_price": "6"})).refused(409, "confirm.needed");
    let rehearsed = tenant.admin.post("/api/v1/records/x_offer?dry_run=true&confirm=rule.failed:cheap,x.offer.bare", &body).expect(200);
    assert_eq!(rehearsed.json["problems"][0]["severity"], "info", "{rehearsed}");
    assert_eq!(rehearsed.json["problems"][0]["params"]["rule"], "day", "{rehearsed}");
}

fn a_rule_over_a_reference(tenant: &Tenant) {
    offer(tenant);
    rules(
        tenant,
        json!({"validations": [{"key": "known", "condition": "x_customer == null || x_customer.phone != null", "field": "x_customer",
        "message": "The customer has no phone"}]}),
    );
    let with = tenant.admin.create_id("customer", json!({"name": "with", "phone": "13800000000"}));
    let without = tenant.admin.create_id("customer", json!({"name": "without"}));
    tenant.admin.create("x_offer", json!({"name": "A", "x_customer": with}));
    let body = json!({"name": "B", "x_customer": without});
    tenant.admin.post("/api/v1/records/x_offer", &body).refused(422, "rule.failed").problem("rule.failed", "x_customer");
    tenant.admin.change("customer", &without, json!({"phone": "13900000000"}));
    tenant.admin.create("x_offer", body);
}

fn rules_that_know_the_day_and_the_person(tenant: &Tenant) {
    offer(tenant);
    rules(
        tenant,
        json!({"validations": [
            {"key": "future", "condition": "x_day == null || x_day >= today", "field": "x_day", "message": "The day is over"},
            {"key": "mine", "condition": "owner == me", "message": "Only for yourself"},
        ]}),
    );
    tenant.admin.create("x_offer", json!({"name": "A", "x_day": "9000-01-01"}));
    tenant
        .admin
        .post("/api/v1/records/x_offer", &json!({"name": "A", "x_day": "2001-01-01"}))
        .refused(422, "rule.failed")
        .problem("rule.failed", "x_day");
    let other = tenant.user(&format!("li@{}.example", tenant.key), None, &[]);
    drop(other);
    let li = tenant.user_id(&format!("li@{}.example", tenant.key));
    let refused = tenant.admin.post("/api/v1/records/x_offer", &json!({"name": "A", "owner": li})).refused(422, "rule.failed");
    assert!(refused.problems().iter().any(|p| p["params"]["rule"] == "mine"), "{refused}");
}

fn fields_that_come_and_go(tenant: &Tenant) {
    offer(tenant);
    let options = json!([{"code": "open", "label": "Open"}, {"code": "lost", "label": "Lost"}, {"code": "done", "label": "Done"}]);
    tenant.add_field("x_offer", json!({"key": "x_state", "type": "select", "options": options, "label": "State"}));
    tenant.add_field(
        "x_offer",
        json!({"key": "x_why", "type": "text", "label": "Why", "show_if": "x_state == 'lost'", "require_if": "x_price > 100"}),
    );
    tenant.add_field(
        "x_offer",
        json!({"key": "x_always", "type": "text", "label": "Always", "required": true, "show_if": "x_state != 'done'"}),
    );
    tenant.add_field("x_offer", json!({"key": "x_closed", "type": "text", "label": "Closed", "read_only_if": "x_state == 'done'"}));
    let post = |body: Value| tenant.admin.post("/api/v1/records/x_offer", &body);
    post(json!({"name": "A", "x_state": "open"})).refused(422, "field.required").problem("field.required", "x_always");
    // Not shown: neither required, nor is a value that is there taken away.
    let done = post(json!({"name": "B", "x_state": "done", "x_price": "500", "x_why": "kept", "x_closed": "first"})).expect(201).json;
    assert_eq!(done["x_why"], "kept");
    post(json!({"name": "C", "x_state": "lost", "x_price": "500", "x_always": "a"}))
        .refused(422, "field.required")
        .problem("field.required", "x_why");
    let id =
        post(json!({"name": "D", "x_state": "lost", "x_price": "50", "x_always": "a", "x_closed": "first"})).expect(201).json["id"].clone();
    let id = id.as_str().expect("an id");
    let patch = |body: Value| tenant.admin.patch(&format!("/api/v1/records/x_offer/{id}"), None, &body);
    patch(json!({"x_price": "500"})).refused(422, "field.required").problem("field.required", "x_why");
    patch(json!({"x_price": "500", "x_why": "too dear", "x_closed": "second"})).expect(200);
    // Closed is judged by the record as it is stored: the change that closes may still write.
    patch(json!({"x_state": "done", "x_closed": "third"})).expect(200);
    let refused = patch(json!({"x_state": "open", "x_closed": "fourth"})).refused(422, "field.read_only");
    refused.problem("field.read_only", "x_closed");
    patch(json!({"x_closed": "third", "name": "E"})).expect(200);
    patch(json!({"x_state": "open"})).expect(200);
    patch(json!({"x_closed": "fourth"})).expect(200);

    let wrong = tenant.admin.post(
        "/api/v1/objects/x_offer/fields",
        &json!({"key": "x_bad", "type": "text", "label": "Bad", "show_if": "x_state == 'gone'", "require_if": "x_nothing > 1"}),
    );
    let wrong = wrong.refused(422, "field.option");
    assert_eq!(wrong.problem("field.option", "show_if")["position"], 12, "{wrong}");
    assert_eq!(wrong.problem("field.unknown", "require_if")["position"], 1, "{wrong}");
}

fn a_dry_run_writes_nothing(tenant: &Tenant) {
    offer(tenant);
    rules(tenant, json!({"validations": [floor()]}));
    let would = tenant.admin.post("/api/v1/records/x_offer?dry_run=true", &json!({"name": "A", "x_price": "5"})).expect(200).json;
    assert_eq!((&would["dry_run"], &would["problems"]), (&json!(true), &json!([])), "{would}");
    assert_eq!((&would["record"]["x_price"], &would["record"]["version"]), (&json!("5.00"), &json!(1)), "{would}");
    tenant.admin.post("/api/v1/records/x_offer?dry_run=true", &json!({"x_price": "5", "x_floor": "6"})).refused(422, "rule.failed");
    let both = tenant.admin.post("/api/v1/records/x_offer?dry_run=true", &json!([{"name": "A"}, {"name": "B"}])).expect(200).json;
    assert_eq!(both["records"][1]["name"], "B", "{both}");
    assert_eq!(tenant.count("x_offer", ""), 0);
    let id = tenant.admin.create_id("x_offer", json!({"name": "A", "x_price": "5"}));
    let address = format!("/api/v1/records/x_offer/{id}");
    let would = tenant.admin.patch(&format!("{address}?dry_run=true"), Some(1), &json!({"x_price": "7"})).expect(200).json;
    assert_eq!(
        (&would["record"]["x_price"], &would["record"]["version"], &would["record"]["name"]),
        (&json!("7.00"), &json!(2), &json!("A"))
    );
    tenant.admin.patch(&format!("{address}?dry_run=true"), Some(9), &json!({"x_price": "7"})).refused(409, "record.version_conflict");
    let gone = tenant.admin.delete(&format!("{address}?dry_run=true")).expect(200).json;
    assert_eq!(gone, json!({"dry_run": true, "problems": [], "record": null}));
    let now = tenant.admin.record("x_offer", &id);
    assert_eq!((&now["x_price"], &now["version"]), (&json!("5.00"), &json!(1)));
}

fn declarations_are_checked_wholly(tenant: &Tenant) {
    offer(tenant);
    let body = json!({
        "validations": [
            {"key": "a", "condition": "x_price >", "message": "M"},
            {"key": "a", "condition": "x_nothing == 1 && x_price == 'x'", "message": {"en": "M"}, "field": "x_none", "code": "own.code"},
            {"key": "Big Key", "condition": "true", "message": {"en": "M"}, "severity": "loud"},
        ],
        "machine": {"field": "x_price", "transitions": []},
        "no_overlaps": [{"key": "o", "fields": ["x_reason"], "from": "x_day", "to": "x_price", "condition": "x_customer.name == 'a' && x_day > today", "message": "M"}],
        "limits": [{"key": "l", "fields": ["x_gone"], "sum": "x_reason", "at_most": "10.999", "message": "M"}],
        "adjustments": [{"key": "j", "fields": [{"field": "x_price"}, {"field": "x_price", "subtract": true}]}],
        "uniques": [{"fields": [], "condition": "x_price > 1"}],
    });
    let refused = tenant.admin.put("/api/v1/objects/x_offer/rules", &body);
    // The shape is read first: a severity that is none.
    let refused = refused.refused(422, "field.option");
    refused.problem("field.option", "validations.2.severity");
    let mut body = body;
    body["validations"][2]["severity"] = json!("info");
    let refused = tenant.admin.put("/api/v1/objects/x_offer/rules", &body);
    let found: Vec<String> = refused
        .problems()
        .iter()
        .map(|p| format!("{} {}", p["code"].as_str().unwrap_or_default(), p["field"].as_str().unwrap_or_default()))
        .collect();
    for wanted in [
        "filter.syntax validations.0.condition",
        "field.not_unique validations.1.key",
        "field.unknown validations.1.condition",
        "field.type validations.1.condition",
        "field.unknown validations.1.field",
        "field.range validations.1.code",
        "field.range validations.2.key",
        "field.type machine.field",
        "field.type no_overlaps.0.to",
        "filter.not_pushable no_overlaps.0.condition",
        "field.unknown limits.0.fields.0",
        "field.type limits.0.sum",
        "field.not_unique adjustments.0.fields.1.field",
        "field.required uniques.0.fields",
    ] {
        assert!(found.iter().any(|one| one == wanted), "{wanted} is missing: {refused}");
    }
    assert_eq!(refused.problem("filter.syntax", "validations.0.condition")["position"], 10, "{refused}");
    assert_eq!(refused.problem("field.unknown", "validations.1.condition")["position"], 1, "{refused}");
    assert_eq!(refused.problem("field.type", "validations.1.condition")["position"], 30, "{refused}");
    let pushed = refused.problems().iter().filter(|p| p["field"] == "no_overlaps.0.condition").count();
    assert_eq!(pushed, 2, "the reference and the day: {refused}");
    let kept = tenant.admin.get("/api/v1/objects/x_offer/rules").expect(200).json;
    assert_eq!(
        kept,
        json!({"validations": [], "machine": null, "no_overlaps": [], "limits": [], "adjustments": [], "indexes": [], "uniques": []})
    );
}

fn only_administrators_declare(tenant: &Tenant) {
    offer(tenant);
    let address = "/api/v1/objects/x_offer/rules";
    let nobody = tenant.user(&format!("wang@{}.example", tenant.key), None, &[]);
    nobody.put(address, &json!({})).refused(403, "permission.denied");
    nobody.get(address).refused(403, "permission.denied");
    tenant.admin.put("/api/v1/objects/x_nothing/rules", &json!({})).refused(404, "not_found");
    tenant.admin.put(address, &json!([])).refused(400, "request.malformed");
    tenant.admin.put(address, &json!({"rules": []})).refused(422, "field.unknown");
}

fn put_and_get_agree(tenant: &Tenant) {
    offer(tenant);
    tenant.add_field("x_offer", json!({"key": "x_end", "type": "date", "label": "End"}));
    let body = json!({
        "validations": [{"key": "floor", "condition": "x_price > 0", "message": {"zh-CN": "价", "en": "Price"}, "field": "x_price", "severity": "confirm", "code": "x.floor"}],
        "machine": null,
        "no_overlaps": [{"key": "once", "fields": ["x_customer"], "from": "x_day", "to": "x_end", "condition": "x_reason != null", "message": {"zh-CN": "重叠", "en": "Overlap"}, "code": "x.overlap"}],
        "limits": [{"key": "total", "fields": ["x_customer"], "sum": "x_price", "at_most": "100.50", "condition": null, "message": {"zh-CN": "超额", "en": "Too much"}, "code": "rule.failed"}],
        "adjustments": [{"key": "discount", "label": {"zh-CN": "减", "en": "Less"}, "fields": [{"field": "x_price", "subtract": true}], "guard": {"condition": "x_price >= 0", "message": {"zh-CN": "不够", "en": "Not enough"}, "code": "x.short"}}],
        "indexes": [{"fields": ["x_customer", "x_reason"]}],
        "uniques": [{"fields": ["x_customer", "x_day"], "condition": "x_reason == 'a'", "code": "x.twice"}],
    });
    assert_eq!(rules(tenant, body.clone()), body);
    let got = tenant.admin.get("/api/v1/objects/x_offer/rules").expect(200).json;
    assert_eq!(got, body);
    assert_eq!(rules(tenant, got), body, "what is got can be put");
    let empty = rules(tenant, json!({}));
    assert_eq!(empty["validations"], json!([]), "a PUT replaces wholly");
    assert_eq!(empty["uniques"], json!([]));
}

fn uniqueness_comes_and_goes(tenant: &Tenant) {
    offer(tenant);
    let address = "/api/v1/objects/x_offer/rules";
    tenant.admin.create("x_offer", json!({"name": "A", "x_reason": "r", "x_day": "2026-01-01"}));
    tenant.admin.create("x_offer", json!({"name": "B", "x_reason": "r", "x_day": "2026-01-01"}));
    let unique = json!({"uniques": [{"fields": ["x_reason", "x_day"], "code": "x.twice"}]});
    tenant.admin.put(address, &unique).refused(409, "field.not_unique");
    let id = tenant.admin.create_id("x_offer", json!({"name": "C"}));
    let partial = json!({"uniques": [{"fields": ["x_reason", "x_day"], "code": "x.twice", "condition": "name == 'C'"}]});
    tenant.admin.put(address, &partial).expect(200);
    tenant.admin.change("x_offer", &id, json!({"x_reason": "s", "x_day": "2026-01-01"}));
    let twice = json!({"name": "C", "x_reason": "S", "x_day": "2026-01-01"});
    let refused = tenant.admin.post("/api/v1/records/x_offer", &twice);
    assert_eq!((refused.status, &refused.json["code"]), (409, &json!("x.twice")), "{refused}");
    tenant.admin.put(address, &json!({"uniques": []})).expect(200);
    tenant.admin.create("x_offer", twice);
}
