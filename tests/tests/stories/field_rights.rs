//! Rights on fields: what a role may not know is hidden in every answer and refused in every question.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

use crate::roles::put;

both!(
    masks_and_pseudonyms_on_every_path,
    no_question_finds_out,
    nothing_is_overwritten_by_what_was_shown,
    what_is_computed_from_it_is_hidden_too,
    several_roles_add_up,
    lines_and_files_of_closed_fields,
    small_groups_are_withheld,
    imports_keep_to_the_rights,
    files_go_out_by_right_and_are_noted,
);

/// A role that reads customers, with a right on each field.
fn reader(tenant: &Tenant, email: &str, key: &str, fields: Value) -> Api {
    let all = json!({"view": "all", "create": "all", "edit": "all", "delete": "all", "bulk": "all", "aggregate": "all"});
    put(&tenant.admin, key, json!({"grants": {"customer": all, "contact": all, "user": {"view": "all"}}, "fields": {"customer": fields}}));
    tenant.user(email, None, &[key])
}

fn masks_and_pseudonyms_on_every_path(tenant: &Tenant) {
    let id = tenant.admin.create_id(
        "customer",
        json!({"name": "江阴机电", "phone": "13812341234", "email": "wang.lei@a.example", "code": "K-1", "region": "华东"}),
    );
    let rights = json!({"name": "pseudonym", "phone": "mask", "email": "mask", "code": "none", "region": "read"});
    let analyst = reader(tenant, "analyst@a.example", "x_analyst", rights);
    let contact = tenant.admin.create_id("contact", json!({"name": "王", "customer": id}));
    tenant.admin.change("customer", &id, json!({"phone": "13999995555", "code": "K-2", "region": "华北"}));
    let path = format!("/api/v1/records/customer/{id}");
    let one = analyst.record("customer", &id);
    let name = one["name"].as_str().expect("a pseudonym").to_owned();
    assert!(name.starts_with("P-") && !name.contains('江'), "{one}");
    assert_eq!((&one["phone"], &one["email"]), (&json!("139****5555"), &json!("w****@a.example")));
    assert_eq!(one.get("code"), None, "{one}");
    assert_eq!(one["region"], "华北");
    // The same everywhere, and the same word for the same value.
    let hidden = |text: &str| ["江阴", "13999995555", "13812341234", "wang.lei", "K-1", "K-2"].iter().all(|secret| !text.contains(secret));
    let twin = tenant.admin.create_id("customer", json!({"name": "江阴机电", "code": "K-3"}));
    assert_eq!(analyst.record("customer", &twin)["name"], json!(name));
    for address in [
        path.clone(),
        format!("{path}?fields=name,phone,code"),
        "/api/v1/records/customer".to_owned(),
        "/api/v1/records/customer?fields=name,phone,email,code".to_owned(),
        format!("{path}/history"),
        format!("{path}/history?field=phone"),
        format!("{path}/versions/1"),
        format!("{path}/versions/2"),
        "/api/v1/records/contact?fields=name,customer.name,customer.phone,customer.code".to_owned(),
        format!("/api/v1/records/contact/{contact}?fields=customer.name,customer.code"),
        format!("{path}/timeline"),
    ] {
        let answer = analyst.get(&address).expect(200);
        assert!(hidden(&answer.text), "{answer}");
    }
    let asked = analyst.list("customer", &[("fields", "name,code"), ("filter", &format!("id == \"{id}\""))]);
    assert_eq!(asked[0]["code"], Value::Null, "asked for by name it is blank");
    let seen = analyst.list("contact", &[("fields", "customer.name,customer.phone")]);
    assert_eq!((&seen[0]["customer.name"], &seen[0]["customer.phone"]), (&json!(name), &json!("139****5555")));
    let history = analyst.get(&format!("{path}/history")).expect(200);
    let change = &history.json["changes"][0]["fields"];
    assert_eq!(change["phone"], json!({"old": "138****1234", "new": "139****5555"}), "{history}");
    assert_eq!((change.get("code"), &change["region"]["old"]), (None, &json!("华东")), "{history}");
    analyst.get(&format!("{path}/history?field=code")).refused(403, "field.forbidden");
    let rehearsal = analyst.patch(&format!("{path}?dry_run=true"), None, &json!({"notes": "x"})).expect(200);
    assert!(hidden(&rehearsal.text), "{rehearsal}");
    let body = json!({"op": "update", "filter": "region == \"华北\"", "set": {"notes": "z"}});
    let preview = analyst.post("/api/v1/records/customer/bulk?dry_run=true", &body).expect(200);
    assert!(hidden(&preview.text), "{preview}");
    let conflict = analyst.patch(&path, Some(1), &json!({"notes": "x"})).refused(409, "record.version_conflict");
    assert!(hidden(&conflict.text), "{conflict}");
    analyst.delete(&format!("/api/v1/records/customer/{twin}")).expect(204);
    let bin = analyst.get("/api/v1/recycle-bin?object=customer").expect(200);
    assert!(hidden(&bin.text) && bin.text.contains(&name), "{bin}");
    // What the administrator reads is what was written.
    assert_eq!(tenant.admin.record("customer", &id)["phone"], "13999995555");
}

fn no_question_finds_out(tenant: &Tenant) {
    tenant.admin.create("customer", json!({"name": "A", "phone": "13812341234", "code": "K-1", "region": "East"}));
    let rights = json!({"name": "pseudonym", "phone": "mask", "code": "none"});
    let analyst = reader(tenant, "analyst@a.example", "x_analyst", rights);
    let customer = |pairs: &[(&str, &str)]| analyst.query("/api/v1/records/customer", pairs);
    for filter in
        ["name == \"A\"", "phone.startsWith(\"138\")", "code != null", "region == \"East\" && code in [\"K-1\"]", "!(phone == null)"]
    {
        customer(&[("filter", filter)]).refused(403, "field.forbidden");
        let group = json!({"object": "customer", "filter": filter, "measures": [{"fn": "count"}]});
        analyst.post("/api/v1/aggregate", &group).refused(403, "field.forbidden");
        let bulk = json!({"op": "update", "filter": filter, "set": {"notes": "x"}});
        analyst.post("/api/v1/records/customer/bulk?dry_run=true", &bulk).refused(403, "field.forbidden");
        let contact = filter.replace("name", "customer.name").replace("phone", "customer.phone").replace("code", "customer.code");
        let contact = contact.replace("region", "customer.region");
        analyst.query("/api/v1/records/contact", &[("filter", &contact)]).refused(403, "field.forbidden");
    }
    for sort in ["name", "-phone", "region,code"] {
        customer(&[("sort", sort)]).refused(403, "field.forbidden");
    }
    analyst.query("/api/v1/records/contact", &[("sort", "customer.name")]).refused(403, "field.forbidden");
    for key in ["name", "phone", "code"] {
        let group = json!({"object": "customer", "group_by": [key], "measures": [{"fn": "count"}]});
        analyst.post("/api/v1/aggregate", &group).refused(403, "field.forbidden");
        let measure = json!({"object": "customer", "measures": [{"fn": "count", "field": key}]});
        analyst.post("/api/v1/aggregate", &measure).refused(403, "field.forbidden");
        let through = json!({"object": "contact", "group_by": [format!("customer.{key}")], "measures": [{"fn": "count"}]});
        analyst.post("/api/v1/aggregate", &through).refused(403, "field.forbidden");
    }
    customer(&[("filter", "region == \"East\""), ("sort", "-region")]).expect(200);
    let groups = analyst.groups(json!({"object": "customer", "group_by": ["region"], "measures": [{"fn": "count"}]}));
    assert_eq!(groups, [json!([["East"], [1]])]);
}

fn nothing_is_overwritten_by_what_was_shown(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A", "phone": "13812341234", "code": "K-1", "region": "East"}));
    let rights = json!({"name": "pseudonym", "phone": "mask", "code": "none", "region": "read"});
    let clerk = reader(tenant, "clerk@a.example", "x_clerk", rights);
    let path = format!("/api/v1/records/customer/{id}");
    let mut seen = clerk.record("customer", &id);
    seen["notes"] = json!("called");
    seen["code"] = Value::Null;
    let kept: serde_json::Map<String, Value> =
        ["name", "phone", "code", "region", "notes"].iter().map(|key| ((*key).to_owned(), seen[*key].clone())).collect();
    clerk.patch(&path, None, &Value::Object(kept)).expect(200);
    let stored = tenant.admin.record("customer", &id);
    for (key, value) in [("name", "A"), ("phone", "13812341234"), ("code", "K-1"), ("region", "East"), ("notes", "called")] {
        assert_eq!(stored[key], value, "{stored}");
    }
    for fields in [
        json!({"name": "B"}),
        json!({"phone": "13812341234"}),
        json!({"phone": null}),
        json!({"code": "K-1"}),
        json!({"region": "West"}),
        json!({"region": null}),
    ] {
        clerk.patch(&path, None, &fields).refused(403, "field.forbidden");
        clerk.patch(&format!("{path}?dry_run=true"), None, &fields).refused(403, "field.forbidden");
        let bulk = json!({"op": "update", "ids": [id], "set": fields});
        clerk.post("/api/v1/records/customer/bulk?dry_run=true", &bulk).refused(403, "field.forbidden");
    }
    clerk.post("/api/v1/records/customer", &json!({"name": "B", "phone": "1"})).refused(403, "field.forbidden");
    // A change of a closed field is not taken back by somebody who may not make it.
    let edited = tenant.admin.change("customer", &id, json!({"region": "North"}));
    let history = tenant.admin.get(&format!("{path}/history")).expect(200);
    let entry = history.json["changes"][0]["id"].clone();
    let undone = clerk.post(&format!("{path}/history/{entry}/undo"), &json!({}));
    assert!(undone.status < 500, "{undone}");
    assert_eq!(tenant.admin.record("customer", &id)["region"], edited["region"]);
}

fn what_is_computed_from_it_is_hidden_too(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_deal", "label": "Deal"})).expect(201);
    tenant.add_field("x_deal", json!({"key": "x_amount", "type": "integer", "label": "Amount"}));
    tenant.add_field("x_deal", json!({"key": "x_customer", "type": "reference", "target": "customer", "label": "Customer"}));
    tenant.add_field(
        "x_deal",
        json!({"key": "x_twice", "type": "formula", "result": "integer", "label": "Twice", "formula": "x_amount * 2"}),
    );
    tenant.add_field("x_deal", json!({"key": "x_four", "type": "formula", "result": "integer", "label": "Four", "formula": "x_twice * 2"}));
    let total = json!({"key": "x_total", "type": "roll_up", "label": "Total",
        "roll_up": {"object": "x_deal", "reference": "x_customer", "function": "sum", "field": "x_amount"}});
    tenant.add_field("customer", total);
    let customer = tenant.admin.create_id("customer", json!({"name": "A"}));
    let deal = tenant.admin.create_id("x_deal", json!({"name": "D", "x_amount": 7, "x_customer": customer}));
    assert_eq!(tenant.admin.record("customer", &customer)["x_total"], json!(7));
    let grants = json!({"customer": {"view": "all", "aggregate": "all"}, "x_deal": {"view": "all", "aggregate": "all"}});
    put(&tenant.admin, "x_clerk", json!({"grants": grants, "fields": {"x_deal": {"x_amount": "none"}}}));
    let clerk = tenant.user("clerk@a.example", None, &["x_clerk"]);
    let seen = clerk.record("x_deal", &deal);
    for key in ["x_amount", "x_twice", "x_four"] {
        assert_eq!(seen.get(key), None, "{seen}");
        let sum = json!({"object": "x_deal", "measures": [{"fn": "sum", "field": key}]});
        clerk.post("/api/v1/aggregate", &sum).refused(403, "field.forbidden");
    }
    assert_eq!(clerk.record("customer", &customer).get("x_total"), None);
    clerk.query("/api/v1/records/customer", &[("sort", "x_total")]).refused(403, "field.forbidden");
    // A role may say that the total is known all the same.
    let fields = json!({"x_deal": {"x_amount": "none"}, "customer": {"x_total": "read"}});
    put(&tenant.admin, "x_clerk", json!({"grants": grants, "fields": fields}));
    assert_eq!(clerk.record("customer", &customer)["x_total"], json!(7));
}

fn several_roles_add_up(tenant: &Tenant) {
    let id = tenant.admin.create_id("customer", json!({"name": "A", "phone": "13812341234"}));
    put(&tenant.admin, "x_one", json!({"grants": {"customer": {"view": "all"}}, "fields": {"customer": {"phone": "none"}}}));
    put(&tenant.admin, "x_two", json!({"grants": {"customer": {"view": "own"}}, "fields": {"customer": {"phone": "mask"}}}));
    put(&tenant.admin, "x_other", json!({"grants": {"contact": {"view": "all"}, "customer": {}}}));
    put(&tenant.admin, "x_figures", json!({"grants": {"customer": {"aggregate": "all"}}}));
    for (email, roles, phone) in [
        ("a@a.example", &["x_one"][..], None),
        ("b@a.example", &["x_one", "x_two"], Some("138****1234")),
        ("c@a.example", &["x_one", "x_other"], None),
        ("d@a.example", &["x_one", "x_figures"], None),
        ("e@a.example", &["x_one", "administrator"], Some("13812341234")),
    ] {
        let user = tenant.user(email, None, roles);
        assert_eq!(user.record("customer", &id).get("phone").and_then(Value::as_str), phone, "{roles:?}");
    }
    let figures = tenant.user("f@a.example", None, &["x_figures"]);
    figures.get("/api/v1/records/customer").refused(403, "permission.denied");
    figures.get(&format!("/api/v1/records/customer/{id}")).refused(403, "permission.denied");
    assert_eq!(figures.groups(json!({"object": "customer", "measures": [{"fn": "count"}]})), [json!([[], [1]])]);
}

fn lines_and_files_of_closed_fields(tenant: &Tenant) {
    let family = json!([{"name": "Secret", "relation": "wife"}]);
    let id = tenant.admin.create_id("customer", json!({"name": "A", "kind": "person", "family": family}));
    let clerk = reader(tenant, "clerk@a.example", "x_clerk", json!({"family": "none"}));
    let seen = clerk.get(&format!("/api/v1/records/customer/{id}")).expect(200);
    assert!(!seen.text.contains("Secret"), "{seen}");
    let path = format!("/api/v1/records/customer/{id}");
    clerk.patch(&path, None, &json!({"family": []})).refused(403, "field.forbidden");
    clerk.patch(&path, None, &json!({"family": null, "notes": "x"})).expect(200);
    clerk.get("/api/v1/records/family_member").refused(403, "permission.denied");
    clerk.query("/api/v1/records/customer", &[("filter", "family.exists(f, f.name == \"Secret\")")]).refused(403, "field.forbidden");
    let figures = json!({"object": "family_member", "measures": [{"fn": "count"}]});
    clerk.post("/api/v1/aggregate", &figures).refused(403, "permission.denied");
    let line = tenant.admin.list("family_member", &[])[0]["id"].as_str().expect("an id").to_owned();
    clerk.patch(&format!("/api/v1/records/family_member/{line}"), None, &json!({"relation": "x"})).refused(403, "permission.denied");
    assert_eq!(tenant.admin.record("customer", &id)["family"].as_array().map(Vec::len), Some(1));
}

fn small_groups_are_withheld(tenant: &Tenant) {
    let regions = [("East", 5), ("West", 2), ("North", 6)];
    for (region, count) in regions {
        tenant.create_all("customer", (0..count).map(|at| json!({"name": format!("{region}{at}"), "region": region})).collect());
    }
    put(&tenant.admin, "x_figures", json!({"grants": {"customer": {"aggregate": "all"}}, "min_group": 5}));
    let figures = tenant.user("figures@a.example", None, &["x_figures"]);
    let answer = figures
        .post("/api/v1/aggregate", &json!({"object": "customer", "group_by": ["region"], "measures": [{"fn": "count"}]}))
        .expect(200);
    let told: Vec<&Value> = answer.json["groups"].as_array().expect("groups").iter().filter(|g| !g["values"][0].is_null()).collect();
    let counts: Vec<&Value> = told.iter().map(|group| &group["values"][0]).collect();
    assert!(counts.contains(&&json!(5)) && counts.contains(&&json!(6)) && !counts.contains(&&json!(2)), "{answer}");
    figures.get("/api/v1/records/customer").refused(403, "permission.denied");
}

fn imports_keep_to_the_rights(tenant: &Tenant) {
    let rights = json!({"view": "all", "create": "all", "edit": "all", "import": "all"});
    put(&tenant.admin, "x_loader", json!({"grants": {"customer": rights}, "fields": {"customer": {"phone": "mask"}}}));
    tenant.user("loader@a.example", None, &["x_loader"]);
    let folder = tempfile::tempdir().expect("a temporary folder");
    let load = |name: &str, rows: &str| {
        let file = folder.path().join(name);
        std::fs::write(&file, rows).expect("written");
        let file = file.to_str().expect("text").to_owned();
        tenant.cli(&["import", "--tenant", &tenant.key, "--object", "customer", "--as", "loader@a.example", &file])
    };
    load("open.csv", "name,region\nA,East\n").expect(0);
    load("closed.csv", "name,phone\nB,13812341234\n").expect(1);
    assert_eq!(tenant.count("customer", ""), 1);
}

fn files_go_out_by_right_and_are_noted(tenant: &Tenant) {
    let owner = tenant.user("owner@a.example", None, &["salesperson"]);
    owner.create("customer", json!({"name": "Own, with a comma", "phone": "13812341234", "code": "K-1"}));
    tenant.admin.create("customer", json!({"name": "Foreign"}));
    owner.get("/api/v1/records/customer/export").refused(403, "permission.denied");
    let rights = json!({"view": "all", "export": "own"});
    let fields = json!({"customer": {"phone": "mask", "code": "none"}});
    put(&tenant.admin, "x_out", json!({"grants": {"customer": rights}, "fields": fields}));
    tenant.admin.put(&format!("/api/v1/users/{}/roles", tenant.user_id("owner@a.example")), &json!({"roles": ["x_out"]})).expect(200);
    let file = owner.query("/api/v1/records/customer/export", &[("fields", "name,phone,code")]).expect(200);
    assert_eq!(file.text, "\u{feff}name,phone,code\n\"Own, with a comma\",138****1234,\n", "what may be exported, as it may be known");
    assert!(!owner.get("/api/v1/records/customer/export").expect(200).text.contains("K-1"));
    owner.query("/api/v1/records/customer/export", &[("filter", "phone != null")]).refused(403, "field.forbidden");
    for (name, written) in
        [("=1+cmd|' /C calc'!A0", "'=1+cmd|' /C calc'!A0"), ("@SUM(1)", "'@SUM(1)"), ("-2+3a", "'-2+3a"), ("+86 138-1234", "+86 138-1234")]
    {
        let id = tenant.admin.create_id("customer", json!({"name": name}));
        let file = tenant.admin.query("/api/v1/records/customer/export", &[("fields", "name"), ("filter", &format!("id == \"{id}\""))]);
        assert_eq!(file.expect(200).text, format!("\u{feff}name\n{written}\n"), "a spreadsheet computes nothing of it");
    }
    let log = tenant.admin.get("/api/v1/security-log").expect(200);
    let kinds: Vec<&str> = log.json["events"].as_array().expect("a list").iter().filter_map(|event| event["kind"].as_str()).collect();
    assert!(kinds.contains(&"export") && kinds.contains(&"export.denied"), "{kinds:?}");
}
