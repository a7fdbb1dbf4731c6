//! How far a role reaches: rules, managers of departments, teams, shares of single records; and why, in words of the server.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

use crate::roles::put;

both!(
    rules_over_the_record,
    rules_behind_references,
    managers_see_below,
    shares_with_everybody_there_is,
    shares_are_no_function_right,
    departments_are_kept,
    another_token_knows_at_once,
    explanations_say_what_the_decision_says,
);

#[track_caller]
fn names(api: &Api) -> Vec<String> {
    let mut names: Vec<String> =
        api.list("customer", &[("limit", "1000")]).iter().filter_map(|row| row["name"].as_str().map(str::to_owned)).collect();
    names.sort();
    names
}

fn rules_over_the_record(tenant: &Tenant) {
    for (name, region) in [("A", "华东区"), ("B", "华东区"), ("C", "华东区"), ("D", "华北区"), ("E", "华北区")] {
        tenant.admin.create("customer", json!({"name": name, "region": region}));
    }
    let rule = json!({"rule": "region == \"华东区\""});
    let grants = json!({"customer": {"view": rule, "edit": rule, "create": rule, "aggregate": rule}});
    put(&tenant.admin, "x_rep", json!({"grants": grants}));
    let rep = tenant.user("rep@a.example", None, &["x_rep"]);
    assert_eq!(names(&rep), ["A", "B", "C"]);
    assert_eq!(rep.groups(json!({"object": "customer", "measures": [{"fn": "count"}]})), [json!([[], [3]])]);
    let id = |name: &str| {
        let found = tenant.admin.list("customer", &[("filter", &format!("name == \"{name}\""))]);
        found[0]["id"].as_str().expect("an id").to_owned()
    };
    rep.get(&format!("/api/v1/records/customer/{}", id("D"))).refused(404, "not_found");
    rep.patch(&format!("/api/v1/records/customer/{}", id("D")), None, &json!({"notes": "x"})).refused(404, "not_found");
    rep.get(&format!("/api/v1/records/customer/{}/history", id("D"))).refused(404, "not_found");
    rep.patch(&format!("/api/v1/records/customer/{}", id("A")), None, &json!({"notes": "x"})).expect(200);
    // A new record must be one of those, too.
    rep.post("/api/v1/records/customer", &json!({"name": "F", "region": "华东区"})).expect(201);
    rep.post("/api/v1/records/customer", &json!({"name": "G", "region": "华北区"})).refused(403, "permission.denied");
    rep.post("/api/v1/records/customer", &json!({"name": "G"})).refused(403, "permission.denied");
    // A rule that cannot be understood any more reaches nothing.
    tenant.add_field("customer", json!({"key": "x_level", "type": "integer", "label": "Level"}));
    put(&tenant.admin, "x_rep", json!({"grants": {"customer": {"view": {"rule": "x_level > 3"}}}}));
    tenant.admin.change("customer", &id("E"), json!({"x_level": 5}));
    assert_eq!(names(&rep), ["E"]);
    tenant.admin.patch("/api/v1/objects/customer/fields/x_level", None, &json!({"hidden": true}));
    assert!(names(&rep).is_empty());
}

fn rules_behind_references(tenant: &Tenant) {
    let (east, west) = ("East", "West");
    let ids = [east, west].map(|region| tenant.admin.create_id("customer", json!({"name": region, "region": region})));
    for (at, customer) in ids.iter().enumerate() {
        tenant.admin.create("contact", json!({"name": format!("K{at}"), "customer": customer}));
    }
    let rule = json!({"rule": "customer.region == \"East\" || owner == me"});
    put(
        &tenant.admin,
        "x_rep",
        json!({"grants": {"contact": {"view": rule, "create": {"scope": "own", "rule": "customer.region == \"East\""}}}}),
    );
    let rep = tenant.user("rep@a.example", None, &["x_rep"]);
    // The customer itself is out of reach, the rule looks through all the same.
    rep.get("/api/v1/records/customer").refused(403, "permission.denied");
    assert_eq!(rep.column("contact", "name", &[]), [json!("K0")]);
    rep.post("/api/v1/records/contact", &json!({"name": "Mine"})).expect(201);
    assert_eq!(rep.list("contact", &[]).len(), 2);
    assert_eq!(rep.list("contact", &[("fields", "customer.region"), ("filter", "name == \"K0\"")])[0]["customer.region"], Value::Null);
}

fn managers_see_below(tenant: &Tenant) {
    put(
        &tenant.admin,
        "x_seller",
        json!({"grants": {"customer": {"view": "own", "create": "all", "edit": "own"}, "user": {"view": "all"}, "department": {"view": "all"}}}),
    );
    let made = tenant.admin.post("/api/v1/departments", &json!({"name": "销售部"})).expect(201).json;
    let above = made["id"].as_str().expect("an id").to_owned();
    let team = tenant.admin.post("/api/v1/departments", &json!({"name": "华东组", "parent": above})).expect(201).json["id"].clone();
    let member = tenant.user("member@a.example", Some("华东组"), &["x_seller"]);
    let direct = tenant.user("direct@a.example", Some("销售部"), &["x_seller"]);
    let head = tenant.user("head@a.example", None, &["x_seller"]);
    let deputy = tenant.user("deputy@a.example", None, &["x_seller"]);
    (0..4).for_each(|at| drop(member.create("customer", json!({"name": format!("M{at}")}))));
    (0..2).for_each(|at| drop(direct.create("customer", json!({"name": format!("D{at}")}))));
    assert_eq!((names(&head).len(), names(&deputy).len()), (0, 0));
    let managers = json!([tenant.user_id("head@a.example"), tenant.user_id("deputy@a.example")]);
    let kept = tenant.admin.patch(&format!("/api/v1/departments/{above}"), None, &json!({"managers": managers})).expect(200);
    assert_eq!(kept.json["managers"], managers, "{kept}");
    // Everybody who manages a department sees what belongs to it and below, without being a member.
    assert_eq!((names(&head).len(), names(&deputy).len()), (6, 6));
    assert_eq!(names(&member).len(), 4, "a member does not see what lies above");
    let other = tenant.admin.list("customer", &[("filter", "name == \"M0\"")])[0]["id"].as_str().expect("an id").to_owned();
    head.patch(&format!("/api/v1/records/customer/{other}"), None, &json!({"notes": "x"})).refused(403, "permission.denied");
    tenant.admin.patch(&format!("/api/v1/departments/{above}"), None, &json!({"managers": []})).expect(200);
    assert_eq!(names(&deputy).len(), 0, "what was given is taken away again");
    let team = team.as_str().expect("an id");
    tenant.admin.patch(&format!("/api/v1/departments/{team}"), None, &json!({"managers": [managers[1]]})).expect(200);
    assert_eq!(names(&deputy), ["M0", "M1", "M2", "M3"]);
}

fn shares_with_everybody_there_is(tenant: &Tenant) {
    put(
        &tenant.admin,
        "x_seller",
        json!({"grants": {"customer": {"view": "own", "create": "all", "edit": "own", "aggregate": "own"}, "user": {"view": "all"}, "department": {"view": "all"}}}),
    );
    put(&tenant.admin, "x_helper", json!({"grants": {}}));
    let office = tenant.admin.create_id("department", json!({"name": "Office"}));
    tenant.admin.create("department", json!({"name": "Room", "parent": office}));
    let owner = tenant.user("owner@a.example", None, &["x_seller"]);
    let other = tenant.user("other@a.example", Some("Room"), &["x_seller", "x_helper"]);
    let third = tenant.user("third@a.example", None, &["x_seller"]);
    let user = tenant.user_id("other@a.example");
    let team = tenant.admin.post("/api/v1/teams", &json!({"name": "Tender", "members": [user]})).expect(201).json;
    let id = owner.create_id("customer", json!({"name": "Shared"}));
    let shares = format!("/api/v1/records/customer/{id}/shares");
    let path = format!("/api/v1/records/customer/{id}");
    other.get(&shares).refused(404, "not_found");
    for subject in [
        json!({"kind": "user", "id": user}),
        json!({"kind": "team", "id": team["id"]}),
        json!({"kind": "role", "id": "x_helper"}),
        json!({"kind": "department", "id": office}),
    ] {
        assert_eq!(names(&other), Vec::<String>::new());
        let share = owner.post(&shares, &json!({"subject": subject, "right": "read"})).expect(201).json;
        assert_eq!(names(&other), ["Shared"], "{subject}");
        assert_eq!(other.groups(json!({"object": "customer", "measures": [{"fn": "count"}]})), [json!([[], [1]])]);
        other.get(&format!("{path}/history")).expect(200);
        other.patch(&path, None, &json!({"notes": "x"})).refused(403, "permission.denied");
        other.post(&shares, &json!({"subject": {"kind": "user", "id": user}, "right": "edit"})).refused(403, "permission.denied");
        assert_eq!(names(&third), Vec::<String>::new(), "nobody else");
        // The same subject again changes the share.
        let again = owner.post(&shares, &json!({"subject": subject, "right": "edit"})).expect(201).json;
        assert_eq!(again["id"], share["id"]);
        other.patch(&path, None, &json!({"notes": subject.to_string()})).expect(200);
        assert_eq!(other.get(&shares).expect(200).json["shares"].as_array().map(Vec::len), Some(1));
        other.delete(&path).refused(403, "permission.denied");
        let share = format!("{shares}/{}", share["id"].as_str().expect("an id"));
        owner.delete(&share).expect(204);
        owner.delete(&share).refused(404, "not_found");
        other.get(&path).refused(404, "not_found");
    }
    // A share ends by itself.
    let until = "2100-01-01T00:00:00Z";
    owner.post(&shares, &json!({"subject": {"kind": "user", "id": user}, "until": until})).expect(201);
    assert_eq!(names(&other), ["Shared"]);
    owner.post(&shares, &json!({"subject": {"kind": "user", "id": user}, "until": "2000-01-01T00:00:00Z"})).refused(422, "field.range");
    for (body, code) in [
        (json!({"subject": {"kind": "planet", "id": user}}), "field.type"),
        (json!({"subject": {"kind": "user", "id": office}}), "reference.not_found"),
        (json!({"subject": {"kind": "role", "id": "nothing"}}), "reference.not_found"),
        (json!({"subject": {"kind": "user", "id": user}, "right": "own"}), "field.option"),
    ] {
        owner.post(&shares, &body).refused(422, code);
    }
    tenant.admin.delete(&format!("/api/v1/teams/{}", team["id"].as_str().expect("an id"))).expect(204);
    let log = tenant.admin.get("/api/v1/security-log?limit=100").expect(200);
    for kind in ["record.shared", "record.unshared", "team.set", "team.deleted"] {
        assert!(log.text.contains(kind), "{kind}");
    }
    owner.get("/api/v1/security-log").refused(403, "permission.denied");
}

fn shares_are_no_function_right(tenant: &Tenant) {
    put(&tenant.admin, "x_nothing", json!({"grants": {"user": {"view": "all"}}}));
    let stranger = tenant.user("stranger@a.example", None, &["x_nothing"]);
    let id = tenant.admin.create_id("customer", json!({"name": "A", "family": [{"name": "B"}]}));
    let subject = json!({"kind": "user", "id": tenant.user_id("stranger@a.example")});
    tenant.admin.post(&format!("/api/v1/records/customer/{id}/shares"), &json!({"subject": subject, "right": "edit"})).expect(201);
    stranger.get(&format!("/api/v1/records/customer/{id}")).refused(403, "permission.denied");
    // With the function right, lines follow their record.
    put(&tenant.admin, "x_nothing", json!({"grants": {"customer": {"view": "own", "edit": "own"}}}));
    assert_eq!(stranger.record("customer", &id)["family"].as_array().map(Vec::len), Some(1));
    let line = stranger.list("family_member", &[])[0]["id"].as_str().expect("an id").to_owned();
    stranger.patch(&format!("/api/v1/records/family_member/{line}"), None, &json!({"relation": "sister"})).expect(200);
    let line_share = format!("/api/v1/records/family_member/{line}/shares");
    stranger.post(&line_share, &json!({"subject": subject})).refused(422, "rule.failed");
}

fn departments_are_kept(tenant: &Tenant) {
    let make = |name: &str, parent: Value| {
        let made = tenant.admin.post("/api/v1/departments", &json!({"name": name, "parent": parent})).expect(201).json;
        made["id"].as_str().expect("an id").to_owned()
    };
    let top = make("Top", Value::Null);
    let middle = make("Middle", json!(top));
    let low = make("Low", json!(middle));
    let path = |id: &str| format!("/api/v1/departments/{id}");
    for below in [&top, &middle, &low] {
        tenant.admin.patch(&path(&top), None, &json!({"parent": below})).refused(422, "rule.failed");
    }
    let moved = tenant.admin.patch(&path(&low), None, &json!({"parent": top})).expect(200).json;
    assert_eq!(moved["parent"], json!(top));
    tenant.admin.patch(&path(&low), Some(1), &json!({"name": "Late"})).refused(409, "record.version_conflict");
    let stranger = json!(["00000000-0000-7000-8000-000000000000"]);
    tenant.admin.patch(&path(&low), None, &json!({"managers": stranger})).refused(422, "reference.not_found");
    tenant.user("one@a.example", Some("Low"), &[]);
    let all = tenant.admin.get("/api/v1/departments").expect(200).json;
    let members: Vec<&Value> = all["departments"].as_array().expect("a list").iter().map(|one| &one["members"]).collect();
    assert_eq!(members, [1, 0, 0], "{all}");
    tenant.admin.delete(&path(&top)).refused(422, "rule.failed");
    tenant.admin.delete(&path(&middle)).expect(204);
    tenant.admin.get(&path(&middle)).refused(404, "not_found");
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    assert_eq!(seller.get("/api/v1/departments").expect(200).json["departments"].as_array().map(Vec::len), Some(2));
    seller.post("/api/v1/departments", &json!({"name": "Mine"})).refused(403, "permission.denied");
    seller.post("/api/v1/teams", &json!({"name": "Mine"})).refused(403, "permission.denied");
    let made = tenant.admin.post("/api/v1/teams", &json!({"name": "Team"})).expect(201).json;
    tenant.admin.post("/api/v1/teams", &json!({"name": "Team"})).refused(409, "field.not_unique");
    let team = format!("/api/v1/teams/{}", made["id"].as_str().expect("an id"));
    tenant.admin.put(&team, &json!({"name": "Other", "revision": 1})).expect(200);
    tenant.admin.put(&team, &json!({"name": "Third", "revision": 1})).refused(409, "record.version_conflict");
}

fn another_token_knows_at_once(tenant: &Tenant) {
    // Another token of the same user is another caller: what one learnt, the other knows with its next request.
    put(&tenant.admin, "x_reader", json!({"grants": {"customer": {"view": "own"}}}));
    let reader = tenant.user("reader@a.example", None, &["x_reader"]);
    let second = tenant.server.api(&tenant.key, "reader@a.example");
    let id = tenant.admin.create_id("customer", json!({"name": "A"}));
    assert_eq!((names(&reader).len(), names(&second).len()), (0, 0));
    let subject = json!({"kind": "user", "id": tenant.user_id("reader@a.example")});
    tenant.admin.post(&format!("/api/v1/records/customer/{id}/shares"), &json!({"subject": subject})).expect(201);
    assert_eq!((names(&reader).len(), names(&second).len()), (1, 1));
}

fn explanations_say_what_the_decision_says(tenant: &Tenant) {
    let seller = json!({"view": "own", "edit": {"rule": "region == \"East\""}, "create": "all", "aggregate": "own"});
    put(
        &tenant.admin,
        "x_seller",
        json!({"grants": {"customer": seller, "user": {"view": "all"}}, "fields": {"customer": {"phone": "mask"}}}),
    );
    let one = tenant.user("one@a.example", None, &["x_seller"]);
    let two = tenant.user("two@a.example", None, &["x_seller"]);
    let user = tenant.user_id("one@a.example");
    let own = one.create_id("customer", json!({"name": "Own"}));
    let foreign = two.create_id("customer", json!({"name": "Foreign", "region": "East"}));
    let ask = |api: &Api, pairs: &[(&str, &str)]| api.query("/api/v1/access/explain", pairs);
    let about =
        |record: &str| ask(&tenant.admin, &[("user", &user), ("object", "customer"), ("id", record), ("field", "phone")]).expect(200).json;
    let of = |answer: &Value, function: &str| {
        let list = answer["record"]["functions"].as_array().expect("a list").clone();
        list.into_iter().find(|one| one["function"] == function).expect("every function is told")
    };
    let told = about(&own);
    assert_eq!(of(&told, "view")["allowed"], json!(true), "{told}");
    assert_eq!(of(&told, "view")["reasons"][0], json!({"by": "scope", "role": "x_seller", "scope": "own", "holds": true}));
    assert_eq!(of(&told, "edit")["reasons"][0]["holds"], json!(false), "{told}");
    assert_eq!(of(&told, "delete")["reasons"], json!([{"by": "nothing"}]), "{told}");
    assert_eq!(told["field"]["right"], "mask");
    assert_eq!(told["field"]["reasons"][0], json!({"by": "field", "role": "x_seller", "right": "mask"}));
    let told = about(&foreign);
    assert_eq!((&of(&told, "view")["allowed"], &of(&told, "edit")["allowed"]), (&json!(false), &json!(true)), "{told}");
    tenant.admin.post(&format!("/api/v1/records/customer/{foreign}/shares"), &json!({"subject": {"kind": "user", "id": user}})).expect(201);
    let told = about(&foreign);
    assert_eq!(of(&told, "view")["allowed"], json!(true), "{told}");
    assert!(of(&told, "view")["reasons"].as_array().expect("a list").iter().any(|reason| reason["by"] == "share"), "{told}");
    // What is explained is what happens.
    for (record, api) in [(&own, &one), (&foreign, &one)] {
        let told = about(record);
        let path = format!("/api/v1/records/customer/{record}");
        assert_eq!(api.get(&path).status == 200, of(&told, "view")["allowed"] == json!(true));
        assert_eq!(api.patch(&path, None, &json!({"notes": "x"})).status == 200, {
            of(&told, "view")["allowed"] == json!(true) && of(&told, "edit")["allowed"] == json!(true)
        });
    }
    // People ask about themselves, and not about what they do not see.
    ask(&one, &[("object", "customer"), ("id", &own)]).expect(200);
    ask(&two, &[("object", "customer"), ("id", &own)]).refused(404, "not_found");
    ask(&two, &[("object", "customer"), ("user", &user)]).refused(403, "permission.denied");
    ask(&tenant.admin, &[("object", "nothing"), ("user", &user)]).refused(404, "not_found");
    ask(&tenant.admin, &[("object", "customer"), ("user", &user), ("field", "nothing")]).refused(422, "field.unknown");
    ask(&tenant.admin, &[("user", &user)]).refused(400, "request.malformed");
    let lines = ask(&tenant.admin, &[("object", "family_member"), ("user", &user)]).expect(200).json;
    assert_eq!(lines["follows"], "customer", "{lines}");
}
