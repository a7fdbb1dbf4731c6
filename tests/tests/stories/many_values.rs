//! Types that hold several things at once or things of any shape: lists, trees, references to several records or to any, JSON, durations.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(every_type_comes_back_as_sent, wrong_shapes, a_tree_is_found_by_every_node, several_references, a_reference_to_anything, from_a_file,);

fn fields(tenant: &Tenant) {
    let option = |code: &str, zh: &str, parent: Option<&str>| json!({"code": code, "label": {"zh-CN": zh, "en": code}, "parent": parent});
    let flat = json!([option("a", "甲", None), option("b", "乙", None), option("c", "丙", None)]);
    let tree = json!([
        option("intermediary", "中间商客户", None),
        option("retailer", "零售商", Some("intermediary")),
        option("convenience", "便利店", Some("retailer")),
        option("supermarket", "超市", Some("retailer")),
        option("end_user", "最终客户", None)
    ]);
    for (key, kind, more) in [
        ("x_many", "multi_select", json!({"options": flat})),
        ("x_nature", "tree_select", json!({"options": tree})),
        ("x_took", "duration", json!({})),
        ("x_members", "many_reference", json!({"target": "contact"})),
        ("x_about", "any_reference", json!({})),
        ("x_data", "json", json!({})),
    ] {
        let mut field = json!({"key": key, "type": kind, "label": {"en": key}});
        for (name, value) in more.as_object().into_iter().flatten() {
            field[name] = value.clone();
        }
        tenant.add_field("customer", field);
    }
}

fn every_type_comes_back_as_sent(tenant: &Tenant) {
    fields(tenant);
    let admin = &tenant.admin;
    let [one, two] = ["A", "B"].map(|name| admin.create_id("contact", json!({"name": name})));
    let data = json!({"z": [1, -2.5, null, "江\u{0}南", {"deep": [[]]}], "a": {}, "": true});
    let sent = json!({
        "name": "N",
        "x_many": ["c", "a", "c"],
        "x_nature": ["intermediary", "retailer", "convenience"],
        "x_took": 5400,
        "x_members": [two, one, two],
        "x_about": {"object": "contact", "id": one},
        "x_data": data,
    });
    let made = admin.create("customer", sent);
    let wanted = [
        ("x_many", json!(["a", "c"])),
        ("x_nature", json!(["intermediary", "retailer", "convenience"])),
        ("x_took", json!(5400)),
        ("x_members", json!([two, one])),
        ("x_about", json!({"object": "contact", "id": one})),
        ("x_data", data.clone()),
    ];
    for (key, value) in &wanted {
        assert_eq!(made[*key], *value, "{key}");
    }
    let id = made["id"].as_str().unwrap_or_default();
    assert_eq!(admin.record("customer", id), made);
    assert_eq!(made["x_data"].to_string(), data.to_string(), "keys keep their order");
    // Sent back as read, nothing changes; null and empty lists clear.
    let whole: Value = wanted.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect::<serde_json::Map<_, _>>().into();
    assert_eq!(admin.change("customer", id, whole)["version"], 1);
    let cleared = json!({"x_many": [], "x_nature": [], "x_took": null, "x_members": [], "x_about": null, "x_data": null});
    let cleared = admin.change("customer", id, cleared);
    for (key, _) in &wanted {
        assert_eq!(cleared[*key], Value::Null, "{key}");
    }
    // The old values are in the history, in the same form.
    let history = admin.get(&format!("/api/v1/records/customer/{id}/history")).expect(200);
    for (key, value) in &wanted {
        assert_eq!(history.json["changes"][0]["fields"][*key], json!({"old": value, "new": null}), "{key}");
    }
    for any in [json!("text"), json!(7), json!(false), json!([]), json!("")] {
        assert_eq!(admin.change("customer", id, json!({"x_data": any}))["x_data"], any);
    }
    for (sent, wanted) in [(json!("convenience"), 3), (json!(["supermarket"]), 3), (json!(["end_user"]), 1)] {
        assert_eq!(admin.change("customer", id, json!({"x_nature": sent}))["x_nature"].as_array().map(Vec::len), Some(wanted), "{sent}");
    }
}

fn wrong_shapes(tenant: &Tenant) {
    fields(tenant);
    let id = "019a0000-0000-7000-8000-000000000001";
    for (key, code, bad) in [
        ("x_many", "field.type", vec![json!("a"), json!(1), json!({}), json!([1]), json!(true), json!([["a"]])]),
        ("x_many", "field.option", vec![json!(["x"]), json!(["a", "x"])]),
        ("x_nature", "field.type", vec![json!(1), json!({}), json!([1])]),
        ("x_nature", "field.option", vec![json!("x"), json!(["retailer", "convenience"]), json!(["intermediary", "convenience"])]),
        ("x_took", "field.type", vec![json!("1h"), json!(1.5), json!([1]), json!({})]),
        ("x_took", "field.range", vec![json!(-1)]),
        ("x_members", "field.type", vec![json!(id), json!(["7"]), json!({}), json!([1])]),
        ("x_members", "reference.not_found", vec![json!([id])]),
        (
            "x_about",
            "field.type",
            vec![json!(id), json!(format!("contact/{id}")), json!({"object": "contact"}), json!({"id": id}), json!([])],
        ),
        ("x_about", "field.type", vec![json!({"object": "contact", "id": "7"}), json!({"object": "contact", "id": id, "name": "A"})]),
        ("x_about", "reference.not_found", vec![json!({"object": "contact", "id": id}), json!({"object": "x_no", "id": id})]),
        ("x_data", "field.range", vec![json!("x".repeat(70_000))]),
    ] {
        for value in bad {
            let answer = tenant.admin.post("/api/v1/records/customer", &json!({"name": "N", key: value}));
            answer.refused(422, code).problem(code, key);
        }
    }
}

/// S-042: 中间商客户 > 零售商 > 便利店.
fn a_tree_is_found_by_every_node(tenant: &Tenant) {
    fields(tenant);
    for (name, nature) in [("便利", "convenience"), ("超市", "supermarket"), ("最终", "end_user"), ("商", "intermediary")] {
        tenant.admin.create("customer", json!({"name": name, "x_nature": nature}));
    }
    tenant.admin.create("customer", json!({"name": "none"}));
    let found = |filter: &str| {
        let mut names = tenant.admin.column("customer", "name", &[("filter", filter)]);
        names.sort_by_key(Value::to_string);
        names
    };
    assert_eq!(found("\"intermediary\" in x_nature"), ["便利", "商", "超市"]);
    assert_eq!(found("\"retailer\" in x_nature"), ["便利", "超市"]);
    assert_eq!(found("\"convenience\" in x_nature"), ["便利"]);
    assert_eq!(found("!(\"intermediary\" in x_nature)"), ["none", "最终"]);
}

fn several_references(tenant: &Tenant) {
    fields(tenant);
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    let mine = seller.create_id("contact", json!({"name": "mine"}));
    let hidden = tenant.admin.create_id("contact", json!({"name": "hidden"}));
    let refused = seller.post("/api/v1/records/customer", &json!({"name": "A", "x_members": [mine, hidden]}));
    assert_eq!(refused.refused(422, "reference.not_found").problem("reference.not_found", "x_members")["params"]["value"], json!(hidden));
    // What an administrator put there may stay when the seller adds something.
    let id = seller.create_id("customer", json!({"name": "A"}));
    tenant.admin.change("customer", &id, json!({"x_members": [hidden]}));
    let more = seller.change("customer", &id, json!({"x_members": [hidden, mine]}));
    assert_eq!(more["x_members"], json!([hidden, mine]));
    // From the other end: who names it, also over a reference.
    let naming = |api: &guanxi_tests::api::Api, id: &str| api.column("customer", "name", &[("filter", &format!("\"{id}\" in x_members"))]);
    assert_eq!((naming(&seller, &mine), naming(&tenant.admin, &hidden)), (vec![json!("A")], vec![json!("A")]));
    seller.change("contact", &mine, json!({"customer": id}));
    assert_eq!(seller.column("contact", "name", &[("filter", &format!("\"{mine}\" in customer.x_members"))]), ["mine"]);
    seller.change("customer", &id, json!({"x_members": [hidden]}));
    assert_eq!(naming(&seller, &mine), Vec::<Value>::new(), "the other end follows");
    seller.change("customer", &id, json!({"x_members": [hidden, mine]}));
    // A deleted record is missing, and cannot be named again.
    tenant.admin.delete(&format!("/api/v1/records/contact/{hidden}")).expect(204);
    assert_eq!(seller.record("customer", &id)["x_members"], json!([mine]));
    assert_eq!(seller.list("customer", &[("fields", "x_members")])[0]["x_members"], json!([mine]));
    let again = seller.patch(&format!("/api/v1/records/customer/{id}"), None, &json!({"x_members": [mine]})).expect(200);
    assert_eq!(again.json["x_members"], json!([mine]));
    seller.patch(&format!("/api/v1/records/customer/{id}"), None, &json!({"x_members": [hidden]})).refused(422, "reference.not_found");
}

fn a_reference_to_anything(tenant: &Tenant) {
    fields(tenant);
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    let hidden = tenant.admin.create_id("contact", json!({"name": "hidden"}));
    let about = |object: &str, id: &str| json!({"name": "A", "x_about": {"object": object, "id": id}});
    seller.post("/api/v1/records/customer", &about("contact", &hidden)).refused(422, "reference.not_found");
    let own = seller.create_id("contact", json!({"name": "own"}));
    assert_eq!(seller.create("customer", about("contact", &own))["x_about"], json!({"object": "contact", "id": own}));
    seller.post("/api/v1/records/customer", &about("customer", &own)).refused(422, "reference.not_found");
    let me = tenant.user_id("seller@a.example");
    seller.create("customer", about("user", &me));
}

fn from_a_file(tenant: &Tenant) {
    fields(tenant);
    let contact = tenant.admin.create_id("contact", json!({"name": "A"}));
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("customers.csv");
    let text = format!(
        "name,x_many,x_nature,x_took,x_members,x_about,x_data\n\
         A,\"丙, a\",中间商客户 > 零售商 > 便利店,1:30,{contact},contact/{contact},\"{{\"\"a\"\":[1]}}\"\n"
    );
    std::fs::write(&file, text).expect("a file");
    let file = file.to_string_lossy().into_owned();
    tenant.cli(&["import", "--tenant", &tenant.key, "--object", "customer", &file]).expect(0);
    let made = &tenant.admin.list("customer", &[("filter", "name == \"A\"")])[0];
    assert_eq!((&made["x_many"], &made["x_took"]), (&json!(["a", "c"]), &json!(5400)), "{made}");
    assert_eq!(made["x_nature"], json!(["intermediary", "retailer", "convenience"]));
    assert_eq!((&made["x_members"], &made["x_data"]), (&json!([contact]), &json!({"a": [1]})));
    assert_eq!(made["x_about"], json!({"object": "contact", "id": contact}));
}
