//! `GET /api/v1/openapi.json`: the description says what there is, and what real requests are answered.

use guanxi_tests::both;
use guanxi_tests::openapi::Document;
use guanxi_tests::story::Tenant;
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::BTreeSet;

both!(routes_and_document_agree, answers_are_as_documented, only_what_is_seen);

/// An object of the tenant's own with a field of each kind, lines, a state machine and an adjustment.
fn orders(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_order", "label": {"zh-CN": "订单", "en": "Order"}})).expect(201);
    let options = json!([{"code": "open", "label": {"zh-CN": "未完成", "en": "Open"}}, {"code": "done", "label": {"en": "Done"}}]);
    for (key, kind, more) in [
        ("x_state", "select", json!({"options": options})),
        ("x_tags", "multi_select", json!({"options": options})),
        ("x_total", "money", json!({"indexed": true})),
        ("x_rate", "percent", json!({})),
        ("x_stock", "decimal", json!({"scale": 3})),
        ("x_pieces", "integer", json!({})),
        ("x_note", "long_text", json!({})),
        ("x_mail", "email", json!({})),
        ("x_paid", "bool", json!({})),
        ("x_due", "date", json!({})),
        ("x_sent", "datetime", json!({})),
        ("x_customer", "reference", json!({"target": "customer"})),
        ("x_contacts", "many_reference", json!({"target": "contact"})),
        ("x_about", "any_reference", json!({})),
        ("x_took", "duration", json!({})),
        ("x_data", "json", json!({})),
        ("x_no", "sequence", json!({"format": "O{yyyy}-{0000}"})),
        ("x_double", "formula", json!({"formula": "x_pieces * 2"})),
    ] {
        let mut field = json!({"key": key, "type": kind, "label": {"en": key}});
        field.as_object_mut().expect("an object").extend(more.as_object().cloned().unwrap_or_default());
        tenant.add_field("x_order", field);
    }
    tenant
        .admin
        .post("/api/v1/objects", &json!({"key": "x_line", "label": {"en": "Line"}, "parent": "x_order", "children_field": "x_lines"}))
        .expect(201);
    tenant.add_field("x_line", json!({"key": "x_qty", "type": "integer", "label": {"en": "Quantity"}}));
    let rules = json!({
        "machine": {"field": "x_state", "transitions": [{"action": "finish", "from": ["open"], "to": "done"}]},
        "adjustments": [{"key": "issue", "fields": [{"field": "x_stock", "subtract": true}],
                         "guard": {"condition": "x_stock >= 0", "message": {"en": "Not enough"}}}],
        "validations": [{"key": "dear", "condition": "x_pieces == null || x_pieces < 1000", "message": {"en": "Many"}, "severity": "confirm"}],
    });
    tenant.admin.put("/api/v1/objects/x_order/rules", &rules).expect(200);
}

fn routes_and_document_agree(tenant: &Tenant) {
    orders(tenant);
    let document = Document::of(&tenant.admin);
    let mut routes: std::collections::BTreeMap<String, BTreeSet<String>> = Default::default();
    for (route, method) in document.routes() {
        routes.entry(route).or_default().insert(method.to_uppercase());
    }
    for (route, methods) in routes {
        // Whatever stands in the address: which methods it has is known before anybody looks at that.
        let address: String = route.split('/').map(|part| if part.starts_with('{') { "/x" } else { part }).collect::<Vec<_>>().join("/");
        let address = format!("/api/v1{}", address.replace("//", "/"));
        let answer = tenant.admin.send(Method::TRACE, &address, &[], None).expect(405);
        let allowed = answer.headers["allow"].to_str().expect("a text").split(',').map(|method| method.trim().to_owned());
        let allowed: BTreeSet<String> = allowed.filter(|method| method != "HEAD").collect();
        assert_eq!(allowed, methods, "{route}");
    }
}

fn answers_are_as_documented(tenant: &Tenant) {
    orders(tenant);
    let document = Document::of(&tenant.admin);
    let send =
        |method: &str, path: &str, body: Value| document.send(&tenant.admin, method, path, &[], Some(&body).filter(|body| !body.is_null()));
    let nothing = "00000000-0000-7000-8000-000000000000";
    let customer = send("post", "/records/customer", json!({"name": "江南", "kind": "company"}));
    let customer = if customer.status == 201 { customer } else { send("post", "/records/customer", json!({"name": "江南"})) };
    let customer = customer.expect(201).json["id"].clone();
    let order = json!({
        "name": "O1", "x_state": "open", "x_tags": ["open", "done"], "x_total": "12.5", "x_rate": "60", "x_stock": "10", "x_pieces": 3,
        "x_note": "a\nb", "x_mail": "a@b.example", "x_paid": true, "x_due": "2026-11-23", "x_sent": "2026-11-23T09:00:00+08:00",
        "x_customer": customer, "x_contacts": [], "x_about": {"object": "customer", "id": customer}, "x_took": 90, "x_data": {"a": [1]},
        "x_lines": [{"x_qty": 1}, {"x_qty": 2}],
    });
    let made = send("post", "/records/x_order", order.clone()).expect(201);
    let id = made.json["id"].as_str().expect("an id").to_owned();
    let at = |rest: &str| format!("/records/x_order/{id}{rest}");
    for (method, path, body, status) in [
        ("get", "/me".to_owned(), Value::Null, 200),
        ("get", "/me?x=1".into(), Value::Null, 400),
        ("get", "/openapi.json".into(), Value::Null, 200),
        ("get", "/objects".into(), Value::Null, 200),
        ("get", "/objects?hidden=true".into(), Value::Null, 200),
        ("get", "/objects/x_order".into(), Value::Null, 200),
        ("get", "/objects/customer?hidden=true".into(), Value::Null, 200),
        ("get", "/objects/nothing".into(), Value::Null, 404),
        ("get", "/objects/x_order/rules".into(), Value::Null, 200),
        ("get", "/objects/x_order/fields/x_total/uses".into(), Value::Null, 200),
        ("post", "/objects/x_order/fields".into(), json!({"key": "x_extra", "type": "text", "label": {"en": "Extra"}}), 201),
        ("post", "/objects/x_order/fields".into(), json!({"key": "x_extra", "type": "text"}), 422),
        ("patch", "/objects/x_order/fields/x_extra".into(), json!({"help": "Help"}), 200),
        ("post", "/objects/x_order/fields/x_extra/type?dry_run=true".into(), json!({"type": "integer"}), 200),
        ("post", "/objects/x_order/fields/x_extra/type".into(), json!({"type": "integer"}), 200),
        ("delete", "/objects/x_order/fields/x_extra".into(), Value::Null, 204),
        ("patch", "/objects/x_order".into(), json!({"icon": "box"}), 200),
        ("get", "/records/x_order".into(), Value::Null, 200),
        ("get", "/records/x_order?fields=name,x_lines,x_customer.name&sort=-x_total&limit=1".into(), Value::Null, 200),
        ("get", "/records/x_order?filter=%3D".into(), Value::Null, 400),
        ("get", "/records/x_order?filter=x_gone%3D%3D1".into(), Value::Null, 422),
        ("get", "/records/customer__stages".into(), Value::Null, 0),
        ("post", "/records/x_order/query".into(), json!({"sort": ["name"], "filter": null}), 200),
        ("post", "/records/x_order/query".into(), json!({"limit": 0}), 400),
        ("post", "/records/x_order".into(), json!([{"name": "O2"}, {"name": "O3"}]), 201),
        ("post", "/records/x_order?partial=true".into(), json!([{"name": "O4"}, {}]), 200),
        ("post", "/records/x_order?dry_run=true".into(), json!({"name": "O5"}), 200),
        ("post", "/records/x_order?dry_run=true".into(), json!([{"name": "O5"}]), 200),
        ("post", "/records/x_order?dry_run=true&partial=true".into(), json!([{"name": "O5"}, {}]), 200),
        ("post", "/records/x_order".into(), json!({"name": "O6", "x_pieces": "many"}), 422),
        ("post", "/records/x_order".into(), json!({"name": "O6", "x_pieces": 5000}), 409),
        ("get", at(""), Value::Null, 200),
        ("get", format!("/records/x_order/{nothing}"), Value::Null, 404),
        ("patch", at(""), json!({"x_total": "13"}), 200),
        ("patch", at("?dry_run=true"), json!({"x_total": "14"}), 200),
        ("patch", at(""), json!({"version": 99}), 422),
        ("post", at("/transition/finish"), Value::Null, 200),
        ("post", at("/transition/finish"), Value::Null, 409),
        ("post", at("/actions/issue"), json!({"amount": "1"}), 200),
        ("post", at("/actions/issue"), json!({"amount": "1000"}), 409),
        ("get", at("/history"), Value::Null, 200),
        ("get", at("/history?field=x_total"), Value::Null, 200),
        ("get", at("/versions/1"), Value::Null, 200),
        ("get", at("/versions/999"), Value::Null, 404),
        ("post", "/records/x_order/bulk".into(), json!({"op": "update", "filter": "name == \"O2\"", "set": {"x_paid": true}}), 200),
        ("post", "/records/x_order/bulk?dry_run=true".into(), json!({"op": "delete", "filter": ""}), 200),
        ("post", "/records/x_order/bulk".into(), json!({"op": "drop"}), 400),
        ("get", "/batches".into(), Value::Null, 200),
        ("get", "/batches/1".into(), Value::Null, 200),
        ("get", "/batches/999".into(), Value::Null, 404),
        ("post", "/batches/1/undo?dry_run=true".into(), Value::Null, 200),
        ("post", "/batches/1/undo".into(), Value::Null, 200),
        ("post", "/batches/1/undo".into(), Value::Null, 422),
        ("get", at("/timeline"), Value::Null, 200),
        ("get", at("/shares"), Value::Null, 200),
        ("post", at("/shares"), json!({"subject": {"kind": "role", "id": "manager"}, "right": "edit"}), 201),
        ("post", at("/shares"), json!({"subject": {"kind": "planet", "id": "x"}}), 422),
        ("get", format!("/records/customer/{}/cards/contacts", customer.as_str().unwrap_or_default()), Value::Null, 200),
        ("get", format!("/records/customer/{}/cards/transactions", customer.as_str().unwrap_or_default()), Value::Null, 200),
        ("get", format!("/records/customer/{}/timeline", customer.as_str().unwrap_or_default()), Value::Null, 200),
        ("get", "/objects/x_order/cards".into(), Value::Null, 200),
        ("put", "/objects/x_order/cards".into(), json!({"cards": []}), 200),
        ("get", "/search?q=O1".into(), Value::Null, 200),
        ("get", "/permission-kinds".into(), Value::Null, 200),
        ("get", "/roles".into(), Value::Null, 200),
        (
            "put",
            "/roles/x_new".into(),
            json!({"label": {"en": "New"}, "grants": {"x_order": {"view": "own", "edit": {"rule": "x_paid"}}}}),
            201,
        ),
        ("put", "/roles/x_new".into(), json!({"revision": 1, "fields": {"x_order": {"x_note": "mask"}}, "min_group": 3}), 200),
        ("put", "/roles/x_new".into(), json!({"revision": 1}), 409),
        ("put", "/roles/x_new".into(), json!({"revision": 2, "grants": {"x_gone": {}}}), 422),
        ("get", "/roles/x_new".into(), Value::Null, 200),
        ("delete", "/roles/x_new".into(), Value::Null, 204),
        ("delete", "/roles/administrator".into(), Value::Null, 422),
        ("post", "/departments".into(), json!({"name": "North"}), 201),
        ("get", "/departments".into(), Value::Null, 200),
        ("post", "/teams".into(), json!({"name": "Tigers", "members": []}), 201),
        ("get", "/teams".into(), Value::Null, 200),
        ("get", format!("/teams/{nothing}"), Value::Null, 404),
        ("get", "/access/explain?object=x_order&field=x_total".into(), Value::Null, 200),
        ("get", format!("/access/explain?object=x_order&id={id}"), Value::Null, 200),
        ("get", "/access/explain".into(), Value::Null, 400),
        ("get", "/security-log?limit=10".into(), Value::Null, 200),
        ("delete", at("?dry_run=true"), Value::Null, 200),
        ("delete", at(""), Value::Null, 204),
        ("get", "/recycle-bin?object=x_order".into(), Value::Null, 200),
        ("get", "/recycle-bin".into(), Value::Null, 400),
        ("post", at("/restore"), Value::Null, 200),
        ("post", at("/restore"), Value::Null, 0),
        ("delete", format!("/recycle-bin/x_order/{id}"), Value::Null, 404),
        ("get", "/units/convert?quantity=3&from=x&to=y".into(), Value::Null, 0),
        ("post", format!("/users/{nothing}/transfer"), json!({"to": nothing}), 0),
        ("get", format!("/files/{nothing}"), Value::Null, 404),
        ("post", "/files?name=a.txt".into(), json!({"a": 1}), 201),
        ("post", "/aggregate".into(), json!({"object": "x_order", "group_by": ["x_state"], "measures": [{"fn": "count"}]}), 200),
        ("post", "/aggregate".into(), json!({"object": "x_order", "measures": [{"fn": "sum"}]}), 0),
        ("get", "/views".into(), Value::Null, 200),
        ("post", "/views".into(), json!({"object": "x_order", "name": "Mine", "filter": "x_paid"}), 201),
        ("post", "/views".into(), json!({"object": "x_order", "name": "Mine"}), 409),
        ("get", format!("/views/{nothing}"), Value::Null, 404),
    ] {
        if status == 0 && document.paths().get(path.split('?').next().unwrap_or_default()).is_none() && path.contains("__stages") {
            continue;
        }
        let answer = send(method, &path, body);
        assert!(status == 0 || answer.status == status, "wanted {status}: {answer}");
    }
    let stale = document.send(&tenant.admin, "patch", &at(""), &[("if-match", "\"1\"")], Some(&json!({"x_total": "15"})));
    stale.refused(409, "record.version_conflict");
    let stranger = tenant.admin.with_token("gx1_nobody");
    document.send(&stranger, "get", "/records/x_order", &[], None).refused(401, "auth.required");
    document.send(&tenant.admin, "post", "/records/x_order", &[("content-type", "text/plain")], None).expect(415);
}

fn only_what_is_seen(tenant: &Tenant) {
    orders(tenant);
    let document = Document::of(&tenant.admin);
    let order = document.schema("x_order");
    assert_eq!(order["properties"]["x_total"]["type"], json!(["string", "null"]), "{order}");
    assert_eq!(order["properties"]["x_state"]["enum"], json!(["open", "done", null]));
    let words = order["properties"]["x_state"]["description"].as_str().unwrap_or_default();
    assert!(words.contains("`open` Open · 未完成"), "{words}");
    assert_eq!(order["properties"]["x_no"]["readOnly"], true);
    assert_eq!(order["properties"]["x_lines"]["items"]["$ref"], "#/components/schemas/x_line");
    assert_eq!(document.schema("x_order.new")["required"], json!(["name"]));
    assert!(document.schema("x_order.new")["properties"].get("x_no").is_none(), "nobody writes a sequence");
    assert_eq!(document.schema("x_order.new")["properties"]["name"]["maxLength"], 255);

    tenant.add_field("x_order", json!({"key": "x_later", "type": "bool", "label": {"en": "Later"}}));
    let again = Document::of(&tenant.admin);
    assert!(again.schema("x_order")["properties"].get("x_later").is_some(), "a new field is there at once");

    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    let theirs = Document::of(&seller);
    assert!(theirs.paths().contains_key("/records/x_order") && theirs.paths().contains_key("/records/user"));
    assert!(theirs.paths()["/records/user"].get("post").is_none(), "sellers make no users");
    assert!(theirs.paths()["/objects"].get("post").is_none(), "sellers make no objects");
    let nobody = Document::of(&tenant.user("nobody@a.example", None, &[]));
    assert!(nobody.schema("x_order").is_null() && nobody.schema("customer").is_null(), "who sees no records hears of no objects");
    assert!(!nobody.json.to_string().contains("x_order"));
}
