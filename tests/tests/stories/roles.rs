//! Roles as documents: templates, changes that count at once, and what nobody may do with them.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    every_tenant_starts_with_nine_templates,
    four_kinds_of_right_and_no_more,
    a_role_is_made_changed_and_taken_away,
    a_function_right_is_needed_for_each_function,
    the_last_way_in_stays_open,
    nobody_hands_out_more_than_they_have,
    mistakes_in_a_role_are_told_together,
    rights_are_looked_at_anew_with_each_request,
);

/// Puts a role, a new one or in place of the present one.
#[track_caller]
pub(crate) fn put(admin: &Api, key: &str, mut role: Value) -> Value {
    let path = format!("/api/v1/roles/{key}");
    let known = admin.get(&path);
    if known.status == 200 {
        role["revision"] = known.json["revision"].clone();
    }
    if role.get("label").is_none() {
        role["label"] = json!(key);
    }
    let answer = admin.put(&path, &role);
    assert!([200, 201].contains(&answer.status), "{answer}");
    answer.json
}

fn every_tenant_starts_with_nine_templates(tenant: &Tenant) {
    let roles = tenant.admin.get("/api/v1/roles").expect(200).json["roles"].as_array().cloned().expect("a list");
    let of = |template: &str| roles.iter().filter(|role| role["template"] == template).count();
    assert_eq!((of("internal"), of("external")), (6, 3), "{roles:?}");
    assert_eq!(roles.len(), 10, "the administrator is no template");
    for role in &roles {
        assert!(!role["label"]["zh-CN"].to_string().is_empty() && !role["label"]["en"].to_string().is_empty());
        let about = role["description"]["zh-CN"].as_str().is_some_and(|text| !text.is_empty());
        assert!(about, "a template says what it is for: {role}");
    }
    assert!(roles.iter().all(|role| role["key"] != "warehouse"));
    let duties = tenant.admin.get("/api/v1/roles/salesperson").expect(200).json["duties"].as_array().map(Vec::len);
    assert!(duties.is_some_and(|count| count > 0));
}

fn four_kinds_of_right_and_no_more(tenant: &Tenant) {
    let kinds = tenant.admin.get("/api/v1/permission-kinds").expect(200).json;
    let names: Vec<&str> = kinds["kinds"].as_array().expect("a list").iter().filter_map(|kind| kind["kind"].as_str()).collect();
    assert_eq!(names, ["function", "data", "department", "special"]);
    assert_eq!(kinds["kinds"][3]["names"], json!(["log.view", "uom.maintain", "scheduler.manage"]));
    assert!(kinds["kinds"][0]["names"].as_array().expect("a list").contains(&json!("view")));
    tenant.admin.put("/api/v1/roles/x_a", &json!({"label": "A", "approval": ["order"]})).refused(422, "field.unknown");
}

fn a_role_is_made_changed_and_taken_away(tenant: &Tenant) {
    let made = tenant.admin.put(
        "/api/v1/roles/x_rep",
        &json!({
            "label": {"zh-CN": "代表", "en": "Rep"},
            "grants": {"customer": {"view": "own", "edit": {"rule": "region == \"East\""}, "create": {"scope": "own", "rule": "region == \"East\""}}},
            "fields": {"customer": {"phone": "mask", "name": "edit"}},
            "min_group": 5, "special": ["log.view"],
            "description": {"en": "Sells."}, "duties": [{"zh-CN": "卖", "en": "Sell"}],
        }),
    );
    assert_eq!(made.status, 201, "{made}");
    let role = made.json;
    assert_eq!(role["grants"]["customer"]["edit"], json!({"rule": "region == \"East\""}), "{role}");
    assert_eq!(role["grants"]["customer"]["create"], json!({"scope": "own", "rule": "region == \"East\""}), "{role}");
    assert_eq!(role["fields"], json!({"customer": {"phone": "mask"}}), "what is unlimited is not said");
    assert_eq!((&role["origin"], &role["revision"], &role["template"]), (&json!("tenant"), &json!(1), &Value::Null));
    // What was got can be put again, and becomes another revision.
    let again = tenant.admin.put("/api/v1/roles/x_rep", &role).expect(200);
    assert_eq!(again.json["revision"], json!(2), "{again}");
    tenant.admin.put("/api/v1/roles/x_rep", &role).refused(409, "record.version_conflict");
    let mut unnamed = role.clone();
    unnamed["revision"] = Value::Null;
    tenant.admin.put("/api/v1/roles/x_rep", &unnamed).refused(409, "field.not_unique");
    unnamed["revision"] = json!(1);
    tenant.admin.put("/api/v1/roles/x_other", &unnamed).refused(422, "field.range");
    tenant.user("rep@a.example", None, &["x_rep"]);
    let rep = tenant.user_id("rep@a.example");
    assert_eq!(tenant.admin.get(&format!("/api/v1/users/{rep}/roles")).expect(200).json["roles"], json!(["x_rep"]));
    tenant.admin.delete("/api/v1/roles/x_rep").expect(204);
    tenant.admin.get("/api/v1/roles/x_rep").refused(404, "not_found");
    tenant.admin.delete("/api/v1/roles/x_rep").refused(404, "not_found");
    assert_eq!(tenant.admin.get(&format!("/api/v1/users/{rep}/roles")).expect(200).json["roles"], json!([]));
    tenant.admin.put(&format!("/api/v1/users/{rep}/roles"), &json!({"roles": ["manager"]})).expect(200);
    tenant.admin.put(&format!("/api/v1/users/{rep}/roles"), &json!({"roles": ["nothing"]})).refused(422, "field.option");
    let log = tenant.admin.get("/api/v1/security-log?limit=100").expect(200).json;
    let kinds: Vec<&str> = log["events"].as_array().expect("a list").iter().filter_map(|event| event["kind"].as_str()).collect();
    assert!(kinds.contains(&"role.set") && kinds.contains(&"role.deleted") && kinds.contains(&"roles.set"), "{kinds:?}");
}

fn a_function_right_is_needed_for_each_function(tenant: &Tenant) {
    let all = json!({"view": "all", "create": "all", "edit": "all", "delete": "all", "bulk": "all", "aggregate": "all"});
    let id = tenant.admin.create_id("customer", json!({"name": "A"}));
    let path = format!("/api/v1/records/customer/{id}");
    type Try = fn(&Api, &str) -> u16;
    let tries: [(&str, Try, u16); 6] = [
        ("create", |api, _| api.post("/api/v1/records/customer", &json!({"name": "B"})).status, 201),
        ("edit", |api, path| api.patch(path, None, &json!({"notes": "x"})).status, 200),
        ("aggregate", |api, _| api.post("/api/v1/aggregate", &json!({"object": "customer", "measures": [{"fn": "count"}]})).status, 200),
        (
            "bulk",
            |api, _| {
                let body = json!({"op": "update", "filter": "name == \"nobody\"", "set": {"notes": "y"}});
                api.post("/api/v1/records/customer/bulk?dry_run=true", &body).status
            },
            200,
        ),
        ("view", |api, path| api.get(path).status, 200),
        ("delete", |api, path| api.delete(path).status, 204),
    ];
    put(&tenant.admin, "x_all", json!({"grants": {"customer": all}}));
    let user = tenant.user("user@a.example", None, &["x_all"]);
    for (function, attempt, done) in tries {
        let mut less = all.clone();
        less.as_object_mut().expect("an object").remove(function);
        put(&tenant.admin, "x_all", json!({"grants": {"customer": less}}));
        assert_eq!(attempt(&user, &path), 403, "without {function}");
        put(&tenant.admin, "x_all", json!({"grants": {"customer": all}}));
        assert_eq!(attempt(&user, &path), done, "with {function}");
    }
}

fn the_last_way_in_stays_open(tenant: &Tenant) {
    tenant.admin.delete("/api/v1/roles/administrator").refused(422, "rule.failed");
    let mut role = tenant.admin.get("/api/v1/roles/administrator").expect(200).json;
    role["administrator"] = json!(false);
    tenant.admin.put("/api/v1/roles/administrator", &role).refused(422, "rule.failed").problem("rule.failed", "administrator");
    put(&tenant.admin, "x_chief", json!({"administrator": true}));
    let chief = tenant.user("chief@a.example", None, &["x_chief"]);
    // With another administrator the role may go, but not the one that holds the door at last.
    tenant.admin.delete("/api/v1/roles/administrator").refused(422, "rule.failed");
    chief.get("/api/v1/roles").expect(200);
    tenant.admin.delete("/api/v1/roles/x_chief").expect(204);
    chief.get("/api/v1/roles").refused(403, "permission.denied");
}

fn nobody_hands_out_more_than_they_have(tenant: &Tenant) {
    put(
        &tenant.admin,
        "x_people",
        json!({"grants": {"role": {"view": "all", "create": "all", "edit": "all", "delete": "all"}, "user": {"view": "all"}}}),
    );
    let keeper = tenant.user("keeper@a.example", None, &["x_people"]);
    let (me, admin) = (tenant.user_id("keeper@a.example"), tenant.user_id(&guanxi_tests::story::admin_email(&tenant.key)));
    put(&keeper, "x_sales", json!({"grants": {"customer": {"view": "own"}}}));
    for more in [json!({"administrator": true}), json!({"grants": {"meta": {"edit": "all"}}}), json!({"special": ["log.view"]})] {
        let mut role = json!({"label": "More"});
        role.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        assert_eq!(keeper.put("/api/v1/roles/x_more", &role).status, 403, "{role}");
    }
    let administrator = keeper.get("/api/v1/roles/administrator").expect(200).json;
    keeper.put("/api/v1/roles/administrator", &administrator).refused(403, "permission.denied");
    keeper.put(&format!("/api/v1/users/{me}/roles"), &json!({"roles": ["administrator"]})).refused(403, "permission.denied");
    keeper.put(&format!("/api/v1/users/{admin}/roles"), &json!({"roles": []})).refused(403, "permission.denied");
    keeper.post("/api/v1/objects", &json!({"key": "x_a", "label": "A"})).refused(403, "permission.denied");
    // Whoever got the right to shape objects may, without being administrator.
    put(&tenant.admin, "x_shaper", json!({"grants": {"meta": {"edit": "all"}}}));
    let shaper = tenant.user("shaper@a.example", None, &["x_shaper"]);
    shaper.post("/api/v1/objects", &json!({"key": "x_a", "label": "A"})).expect(201);
    shaper.get("/api/v1/roles").refused(403, "permission.denied");
    let everything = tenant.user("all@a.example", None, &["manager"]);
    everything.get("/api/v1/roles").refused(403, "permission.denied");
}

fn mistakes_in_a_role_are_told_together(tenant: &Tenant) {
    tenant.admin.put("/api/v1/roles/x_line", &json!({"label": {"en": "a\u{0}b"}, "grants": {}})).refused(422, "field.range");
    tenant.admin.post("/api/v1/teams", &json!({"name": "a\u{0}b"})).refused(422, "field.range");
    let bulk = json!({"op": "update", "filter": "", "set": {"notes": "x"}, "title": "a\u{0}b"});
    tenant.admin.post("/api/v1/records/customer/bulk", &bulk).refused(422, "field.range");
    let answer = tenant
        .admin
        .put(
            "/api/v1/roles/x_a",
            &json!({
                "label": "A", "min_group": 0,
                "grants": {"nothing": {"view": "own"}, "customer": {"fly": "own", "view": "everybody", "edit": {"rule": "colour == 1"}}},
                "fields": {"customer": {"nowhere": "mask", "kind": "mask", "owner": "none", "phone": "blurred"}},
                "special": ["approval"],
            }),
        )
        .expect(422);
    answer.problem("field.option", "grants.customer.fly");
    answer.problem("field.option", "grants.customer.view");
    answer.problem("field.option", "fields.customer.phone");
    answer.problem("field.option", "special");
    let answer = tenant
        .admin
        .put(
            "/api/v1/roles/x_a",
            &json!({
                "label": "A", "min_group": 0,
                "grants": {"nothing": {"view": "own"}, "*": {"view": {"rule": "id == me"}}, "customer": {"edit": {"rule": "colour == 1"}}},
                "fields": {"customer": {"nowhere": "mask", "kind": "mask", "owner": "none"}, "family_member": {"customer": "none"}},
                "special": ["zz.fly"],
            }),
        )
        .expect(422);
    for (code, field) in [
        ("field.range", "min_group"),
        ("field.option", "grants.nothing"),
        ("rule.failed", "grants.*.view"),
        ("field.unknown", "grants.customer.edit"),
        ("field.unknown", "fields.customer.nowhere"),
        ("field.type", "fields.customer.kind"),
        ("rule.failed", "fields.customer.owner"),
        ("rule.failed", "fields.family_member.customer"),
        ("field.option", "special"),
    ] {
        answer.problem(code, field);
    }
}

fn rights_are_looked_at_anew_with_each_request(tenant: &Tenant) {
    put(&tenant.admin, "x_reader", json!({"grants": {"customer": {"view": "all"}}}));
    let reader = tenant.user("reader@a.example", None, &["x_reader"]);
    tenant.admin.create("customer", json!({"name": "A", "phone": "13812341234"}));
    assert_eq!(reader.column("customer", "phone", &[]), [json!("13812341234")]);
    put(&tenant.admin, "x_reader", json!({"grants": {"customer": {"view": "all"}}, "fields": {"customer": {"phone": "mask"}}}));
    assert_eq!(reader.column("customer", "phone", &[]), [json!("138****1234")]);
    put(&tenant.admin, "x_reader", json!({"grants": {"customer": {"view": "own"}}}));
    assert_eq!(reader.list("customer", &[]), Vec::<Value>::new());
    put(&tenant.admin, "x_reader", json!({"grants": {"customer": {}}}));
    reader.get("/api/v1/records/customer").refused(403, "permission.denied");
}
