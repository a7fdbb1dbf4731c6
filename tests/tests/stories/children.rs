//! Composition: lines are saved, read, seen, versioned and deleted with their record.

use guanxi_tests::api::{Answer, Api};
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use reqwest::Method;
use serde_json::{Value, json};

both!(
    saved_with_their_record,
    problems_name_their_line,
    partial_units_keep_records_whole,
    a_version_protects_the_lines,
    lines_by_themselves,
    history_of_both,
    twenty_writers_add_lines,
    twenty_writers_with_versions,
    who_sees_the_record_sees_its_lines,
    seeing_is_not_changing,
    lines_go_with_their_record,
    rules_read_the_lines,
    family_members_of_a_customer,
    limits,
    imports_leave_lines_alone,
);

/// An object of orders with lines.
fn orders(tenant: &Tenant) {
    let post = |path: &str, body: Value| tenant.admin.post(path, &body).expect(201).json;
    post("/api/v1/objects", json!({"key": "x_order", "label": {"zh-CN": "订单", "en": "Order"}}));
    let child = post(
        "/api/v1/objects",
        json!({"key": "x_line", "label": {"zh-CN": "明细", "en": "Line"}, "parent": "x_order", "children_field": "x_lines"}),
    );
    assert_eq!(child["title"], "parent", "{child}");
    tenant.add_field("x_line", json!({"key": "x_item", "type": "text", "required": true, "label": {"en": "Item"}}));
    tenant.add_field("x_line", json!({"key": "x_qty", "type": "integer", "indexed": true, "label": {"en": "Quantity"}}));
    tenant.add_field("x_line", json!({"key": "x_price", "type": "money", "label": {"en": "Price"}}));
}

fn order(id: &str) -> String {
    format!("/api/v1/records/x_order/{id}")
}

fn id_of(record: &Value) -> String {
    record["id"].as_str().unwrap_or_else(|| panic!("no id: {record}")).to_owned()
}

fn lines(record: &Value) -> Vec<Value> {
    record["x_lines"].as_array().unwrap_or_else(|| panic!("no lines: {record}")).clone()
}

fn items(record: &Value) -> Vec<String> {
    lines(record).iter().map(|line| line["x_item"].as_str().unwrap_or_default().to_owned()).collect()
}

fn two_lines(api: &Api) -> Value {
    api.create(
        "x_order",
        json!({"name": "O1", "x_lines": [{"x_item": "bolt", "x_qty": 2, "x_price": "1.50"}, {"x_item": "nut", "x_qty": 3}]}),
    )
}

fn saved_with_their_record(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let shape = admin.get("/api/v1/objects/x_order").expect(200);
    let field = shape.json["fields"].as_array().into_iter().flatten().find(|f| f["key"] == "x_lines").cloned();
    let field = field.unwrap_or_else(|| panic!("no children field: {shape}"));
    assert_eq!((&field["type"], &field["target"]), (&json!("children"), &json!("x_line")), "{field}");

    let made = two_lines(admin);
    let id = id_of(&made);
    assert_eq!(items(&made), ["bolt", "nut"], "{made}");
    let first = &lines(&made)[0];
    assert_eq!(
        (&first["x_price"], &first["x_qty"], &first["position"], &first["parent"]),
        (&json!("1.50"), &json!(2), &json!(1), &json!(id))
    );
    assert_eq!((&first["version"], &first["owner"], &first["department"]), (&json!(1), &Value::Null, &Value::Null), "{first}");
    assert_eq!(admin.record("x_order", &id), made, "reading gives what saving answered");
    assert_eq!(admin.get(&format!("{}?fields=name", order(&id))).expect(200).json, json!({"id": id, "name": "O1"}));
    assert_eq!(items(&admin.get(&format!("{}?fields=x_lines", order(&id))).expect(200).json), ["bolt", "nut"]);

    // A list has lines only where they are asked for.
    assert!(admin.list("x_order", &[])[0].get("x_lines").is_none());
    two_lines(admin);
    let listed = admin.list("x_order", &[("fields", "name,x_lines"), ("sort", "created_at")]);
    assert_eq!(listed.iter().map(items).collect::<Vec<_>>(), [["bolt", "nut"], ["bolt", "nut"]]);
    let asked = admin.post("/api/v1/records/x_order/query", &json!({"fields": ["x_lines"]})).expect(200);
    assert_eq!(lines(&asked.json["records"][1]).len(), 2, "{asked}");

    // One is changed, one goes, one comes, in a new order.
    let (bolt, nut) = (id_of(&lines(&made)[0]), id_of(&lines(&made)[1]));
    let changed = admin.change("x_order", &id, json!({"x_lines": [{"x_item": "washer"}, {"id": nut, "x_qty": 30}]}));
    assert_eq!(items(&changed), ["washer", "nut"], "{changed}");
    assert_eq!((&changed["version"], &lines(&changed)[1]["x_qty"], &lines(&changed)[1]["version"]), (&json!(2), &json!(30), &json!(2)));
    admin.get(&format!("/api/v1/records/x_line/{bolt}")).refused(404, "not_found");
    // What was read may be sent back as it is; nothing changes.
    let again = admin.change("x_order", &id, json!({"x_lines": changed["x_lines"]}));
    assert_eq!(again, changed);
    // Leaving the key out leaves the lines alone; null and [] take them away.
    assert_eq!(items(&admin.change("x_order", &id, json!({"name": "O2"}))), ["washer", "nut"]);
    assert_eq!(admin.change("x_order", &id, json!({"x_lines": null}))["x_lines"], json!([]));
    let back = admin.change("x_order", &id, json!({"x_lines": [{"x_item": "a"}]}));
    assert_eq!((items(&back), &back["version"]), (vec!["a".to_owned()], &json!(5)), "{back}");
    assert_eq!(admin.change("x_order", &id, json!({"x_lines": []}))["x_lines"], json!([]));
    assert_eq!(tenant.count("x_line", ""), 2, "only the lines of the other order are left");
    // Lines are filtered, sorted and grouped like any records, also by their record.
    let found = admin.list("x_line", &[("filter", "parent.name == \"O1\" && x_qty > 2"), ("fields", "x_item,parent.name")]);
    assert_eq!((found.len(), &found[0]["parent.name"]), (1, &json!("O1")), "{found:?}");
    admin.query("/api/v1/records/x_order", &[("sort", "x_lines")]).refused(422, "filter.not_pushable");
}

fn problems_name_their_line(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let body = json!({"name": "O", "x_lines": [{"x_item": "ok"}, {"x_item": "b", "x_qty": "many"}, {"x_qty": 1, "x_color": "red"}, 7]});
    let refused = admin.post("/api/v1/records/x_order", &body).refused(422, "field.type");
    refused.problem("field.type", "x_lines.1.x_qty");
    refused.problem("field.required", "x_lines.2.x_item");
    refused.problem("field.unknown", "x_lines.2.x_color");
    refused.problem("field.type", "x_lines.3");
    assert_eq!((tenant.count("x_order", ""), tenant.count("x_line", "")), (0, 0), "nothing was written");
    // The record's own problems come along, and in an array each has the place of its record.
    let refused = admin.post("/api/v1/records/x_order", &json!([{"name": "A"}, {"x_lines": [{}]}])).refused(422, "field.required");
    assert_eq!(refused.problem("field.required", "name")["params"]["index"], 1);
    assert_eq!(refused.problem("field.required", "x_lines.0.x_item")["params"]["index"], 1);
    for lines in [json!({}), json!("x"), json!(1)] {
        admin
            .post("/api/v1/records/x_order", &json!({"name": "O", "x_lines": lines}))
            .refused(422, "field.type")
            .problem("field.type", "x_lines");
    }
    let made = two_lines(admin);
    let other = two_lines(admin);
    let (mine, theirs) = (id_of(&lines(&made)[0]), id_of(&lines(&other)[0]));
    let wrong = json!({"x_lines": [{"id": theirs}, {"id": mine}, {"id": mine, "x_qty": 1}, {"id": "7"}]});
    let refused = admin.patch(&order(&id_of(&made)), None, &wrong).refused(422, "reference.not_found");
    refused.problem("reference.not_found", "x_lines.0.id");
    refused.problem("field.not_unique", "x_lines.2.id");
    refused.problem("field.type", "x_lines.3.id");
    let moved = json!({"x_lines": [{"id": mine, "parent": id_of(&other), "position": 9}]});
    let refused = admin.patch(&order(&id_of(&made)), None, &moved).refused(422, "field.read_only");
    refused.problem("field.read_only", "x_lines.0.parent");
    refused.problem("field.read_only", "x_lines.0.position");
    assert_eq!(admin.record("x_order", &id_of(&made)), made);
}

fn partial_units_keep_records_whole(tenant: &Tenant) {
    orders(tenant);
    let body = json!([{"name": "A", "x_lines": [{"x_item": "a"}]}, {"name": "B", "x_lines": [{"x_item": "b"}, {}]}, {"x_lines": [{"x_item": "c"}]}]);
    let answer = tenant.admin.post("/api/v1/records/x_order?partial=true", &body).expect(200);
    let results = answer.json["results"].as_array().cloned().unwrap_or_default();
    assert_eq!(results.iter().map(|r| r["status"].as_u64().unwrap_or_default()).collect::<Vec<_>>(), [201, 422, 422], "{answer}");
    assert_eq!(items(&results[0]["record"]), ["a"]);
    assert_eq!(results[1]["problems"][0]["field"], "x_lines.1.x_item", "{answer}");
    assert_eq!(
        (tenant.count("x_order", ""), tenant.count("x_line", "")),
        (1, 1),
        "no record without its lines, no line without its record"
    );
}

fn a_version_protects_the_lines(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let made = two_lines(admin);
    let (id, bolt) = (id_of(&made), id_of(&lines(&made)[0]));
    admin.change("x_line", &bolt, json!({"x_qty": 5}));
    let now = admin.get(&order(&id)).expect(200);
    assert_eq!((&now.json["version"], now.headers["etag"].to_str().ok()), (&json!(2), Some("\"2\"")), "a line raises the record's version");
    admin.patch(&order(&id), Some(1), &json!({"x_lines": []})).refused(409, "record.version_conflict");
    admin.patch(&order(&id), Some(1), &json!({"name": "X"})).refused(409, "record.version_conflict");
    admin.send(Method::DELETE, &order(&id), &[("if-match", "\"1\"")], None).refused(409, "record.version_conflict");
    // A line may name the version that it was read in, even where the record's is not named.
    let stale = json!({"x_lines": [{"id": bolt, "version": 1, "x_qty": 6}]});
    let refused = admin.patch(&order(&id), None, &stale).refused(409, "record.version_conflict");
    assert!(refused.problems().iter().any(|p| p["field"] == "x_lines.0"), "{refused}");
    let fresh = json!({"x_lines": [{"id": bolt, "version": 2, "x_qty": 6}]});
    let saved = admin.patch(&order(&id), Some(2), &fresh).expect(200);
    assert_eq!((lines(&saved.json).len(), &saved.json["version"], saved.headers["etag"].to_str().ok()), (1, &json!(3), Some("\"3\"")));
}

fn lines_by_themselves(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let made = two_lines(admin);
    let id = id_of(&made);
    let line = admin.create("x_line", json!({"parent": id, "x_item": "pin"}));
    assert_eq!((&line["position"], &line["owner"]), (&json!(3), &Value::Null), "{line}");
    let path = format!("/api/v1/records/x_line/{}", id_of(&line));
    assert_eq!(admin.record("x_order", &id)["version"], 2);
    admin.patch(&path, Some(1), &json!({"x_qty": 4})).expect(200);
    admin.patch(&path, Some(1), &json!({"x_qty": 5})).refused(409, "record.version_conflict");
    assert_eq!(admin.record("x_order", &id)["version"], 3, "the refused save raised nothing");
    // Several at once are one change of their record.
    let body = json!([{"parent": id, "x_item": "a"}, {"parent": id, "x_item": "b"}]);
    admin.post("/api/v1/records/x_line", &body).expect(201);
    let now = admin.record("x_order", &id);
    assert_eq!((items(&now).join(" "), &now["version"]), ("bolt nut pin a b".to_owned(), &json!(4)), "{now}");
    admin.delete(&path).expect(204);
    let now = admin.record("x_order", &id);
    assert_eq!((items(&now).join(" "), &now["version"]), ("bolt nut a b".to_owned(), &json!(5)));
    // A line has a record, stays with it, and nobody owns it alone.
    admin.post("/api/v1/records/x_line", &json!({"x_item": "lost"})).refused(422, "field.required").problem("field.required", "parent");
    let unknown = json!({"x_item": "lost", "parent": "019a0000-0000-7000-8000-000000000001"});
    admin.post("/api/v1/records/x_line", &unknown).refused(422, "reference.not_found").problem("reference.not_found", "parent");
    let first = format!("/api/v1/records/x_line/{}", id_of(&lines(&now)[0]));
    let other = id_of(&two_lines(admin));
    admin.patch(&first, None, &json!({"parent": other})).refused(422, "field.read_only").problem("field.read_only", "parent");
    let owner = tenant.user_id(&guanxi_tests::story::admin_email(&tenant.key));
    admin.patch(&first, None, &json!({"owner": owner})).refused(422, "field.read_only").problem("field.read_only", "owner");
    // A change that changes nothing raises nothing.
    admin.patch(&first, None, &json!({"x_item": "bolt"})).expect(200);
    assert_eq!(admin.record("x_order", &id)["version"], 5);
}

fn history_of_both(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let made = two_lines(admin);
    let (id, bolt, nut) = (id_of(&made), id_of(&lines(&made)[0]), id_of(&lines(&made)[1]));
    admin.change("x_order", &id, json!({"name": "O2", "x_lines": [{"id": bolt, "x_qty": 7}]}));
    admin.change("x_line", &bolt, json!({"x_qty": 8}));
    let history = admin.get(&format!("{}/history", order(&id))).expect(200);
    let changes = history.json["changes"].as_array().cloned().unwrap_or_default();
    assert_eq!(changes.iter().map(|c| c["version"].as_i64().unwrap_or_default()).collect::<Vec<_>>(), [3, 2, 1], "{history}");
    assert_eq!(changes[0]["fields"], json!({"x_lines": {"old": [bolt], "new": [bolt]}}), "a line changed, not which there are");
    assert_eq!(changes[1]["fields"]["x_lines"], json!({"old": [bolt, nut], "new": [bolt]}));
    assert_eq!(changes[1]["fields"]["name"], json!({"old": "O1", "new": "O2"}));
    let history = admin.get(&format!("/api/v1/records/x_line/{bolt}/history")).expect(200);
    assert_eq!(history.json["changes"][1]["fields"]["x_qty"], json!({"old": 2, "new": 7}), "{history}");
    assert_eq!(history.json["changes"][1]["at"], changes[1]["at"], "both are one save");
}

/// Tries again while others are faster, as a person would.
fn until_saved(mut attempt: impl FnMut() -> Answer, done: u16) -> Answer {
    for _ in 0..500 {
        let answer = attempt();
        match answer.status {
            409 | 503 => {}
            _ => return answer.expect(done),
        }
    }
    panic!("never saved");
}

fn together(writers: usize, work: impl Fn(usize) + Sync) {
    std::thread::scope(|scope| {
        let work = &work;
        let started: Vec<_> = (0..writers).map(|writer| scope.spawn(move || work(writer))).collect();
        started.into_iter().for_each(|thread| thread.join().expect("the writer ends well"));
    });
}

fn check_twenty(admin: &Api, id: &str) {
    let now = admin.record("x_order", id);
    let mut found = items(&now);
    found.sort_unstable();
    let mut wanted: Vec<String> = (0..20).map(|n| format!("w{n}")).collect();
    wanted.sort_unstable();
    assert_eq!(found, wanted, "every line that was answered is there");
    assert_eq!(now["version"], 21, "each save raised the version once");
    let mut places: Vec<i64> = lines(&now).iter().filter_map(|line| line["position"].as_i64()).collect();
    places.dedup();
    assert_eq!(places.len(), 20, "each has a place of its own");
}

fn twenty_writers_add_lines(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let id = admin.create_id("x_order", json!({"name": "O"}));
    together(20, |writer| {
        let body = json!({"parent": id, "x_item": format!("w{writer}")});
        until_saved(|| admin.post("/api/v1/records/x_line", &body), 201);
    });
    check_twenty(admin, &id);
    // Each edits a line of its own: none is lost.
    let all = lines(&admin.record("x_order", &id));
    together(20, |writer| {
        let path = format!("/api/v1/records/x_line/{}", id_of(&all[writer]));
        until_saved(|| admin.patch(&path, None, &json!({"x_qty": writer + 1})), 200);
    });
    let now = admin.record("x_order", &id);
    assert_eq!(lines(&now).iter().filter_map(|line| line["x_qty"].as_u64()).sum::<u64>(), 210, "{now}");
    assert_eq!(now["version"], 41);
}

fn twenty_writers_with_versions(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let id = admin.create_id("x_order", json!({"name": "O"}));
    together(20, |writer| {
        let attempt = || {
            let now = admin.record("x_order", &id);
            let mut all = lines(&now);
            all.push(json!({"x_item": format!("w{writer}")}));
            admin.patch(&order(&id), now["version"].as_i64(), &json!({"x_lines": all}))
        };
        until_saved(attempt, 200);
    });
    check_twenty(admin, &id);
}

fn who_sees_the_record_sees_its_lines(tenant: &Tenant) {
    orders(tenant);
    tenant.admin.create("department", json!({"name": "Team 1"}));
    tenant.admin.create("department", json!({"name": "Team 2"}));
    let one = tenant.user("one@a.example", Some("Team 1"), &["salesperson"]);
    let two = tenant.user("two@a.example", Some("Team 2"), &["salesperson"]);
    let boss = tenant.user("boss@a.example", Some("Team 1"), &["manager"]);
    let made = two_lines(&one);
    let (id, bolt) = (id_of(&made), id_of(&lines(&made)[0]));
    let line = format!("/api/v1/records/x_line/{bolt}");
    let figures = json!({"object": "x_line", "group_by": ["parent.name"], "measures": [{"fn": "count"}, {"fn": "sum", "field": "x_qty"}]});
    for friend in [&one, &boss, &tenant.admin] {
        friend.get(&line).expect(200);
        friend.get(&format!("{line}/history")).expect(200);
        assert_eq!(friend.list("x_line", &[]).len(), 2);
        assert_eq!(friend.groups(figures.clone()), [json!([["O1"], [2, 5]])]);
    }
    let out_of_sight = |stranger: &Api| {
        for path in [order(&id), line.clone()] {
            stranger.get(&path).refused(404, "not_found");
            stranger.get(&format!("{path}/history")).refused(404, "not_found");
            stranger.patch(&path, None, &json!({})).refused(404, "not_found");
            stranger.delete(&path).refused(404, "not_found");
        }
        stranger.patch(&line, None, &json!({"x_qty": 1})).refused(404, "not_found");
        stranger.patch(&order(&id), None, &json!({"x_lines": []})).refused(404, "not_found");
        let added = stranger.post("/api/v1/records/x_line", &json!({"parent": id, "x_item": "x"})).refused(422, "reference.not_found");
        added.problem("reference.not_found", "parent");
        for filter in ["", "x_qty > 0", "parent.name == \"O1\""] {
            assert_eq!(stranger.list("x_line", &[("filter", filter)]), Vec::<Value>::new(), "{filter}");
        }
        assert_eq!(stranger.groups(figures.clone()), Vec::<Value>::new());
        assert_eq!(stranger.list("x_order", &[("fields", "x_lines")]), Vec::<Value>::new());
        let own = stranger.create_id("x_order", json!({"name": "mine"}));
        let stolen = stranger.patch(&order(&own), None, &json!({"x_lines": [{"id": bolt}]}));
        stolen.refused(422, "reference.not_found");
        stranger.delete(&order(&own)).expect(204);
    };
    out_of_sight(&two);
    assert_eq!(tenant.admin.record("x_order", &id), made, "nothing of it did anything");
    // Lines follow when the record gets another owner.
    tenant.admin.change("x_order", &id, json!({"owner": tenant.user_id("two@a.example")}));
    assert_eq!(two.get(&line).expect(200).json["x_item"], "bolt");
    two.change("x_line", &bolt, json!({"x_qty": 9}));
    let nobody = tenant.user("nobody@a.example", None, &[]);
    for path in [line.clone(), "/api/v1/records/x_line".into(), "/api/v1/objects/x_line".into()] {
        nobody.get(&path).refused(403, "permission.denied");
    }
    nobody.post("/api/v1/records/x_line", &json!({"parent": id, "x_item": "x"})).refused(403, "permission.denied");
    one.get(&line).refused(404, "not_found");
    boss.get(&line).refused(404, "not_found");
    assert_eq!(one.list("x_line", &[]), Vec::<Value>::new());
}

/// Everybody sees people, and only administrators change them: the same goes for their lines.
fn seeing_is_not_changing(tenant: &Tenant) {
    let object = json!({"key": "x_paper", "label": {"zh-CN": "证书", "en": "Certificate"}, "parent": "user", "children_field": "x_papers"});
    tenant.admin.post("/api/v1/objects", &object).expect(201);
    tenant.add_field("x_paper", json!({"key": "x_name", "type": "text", "label": {"en": "Name"}}));
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    let me = tenant.user_id("seller@a.example");
    let user = tenant.admin.change("user", &me, json!({"x_papers": [{"x_name": "C1"}]}));
    let paper = user["x_papers"][0]["id"].as_str().unwrap_or_default().to_owned();
    let path = format!("/api/v1/records/x_paper/{paper}");
    assert_eq!(seller.get(&path).expect(200).json["x_name"], "C1");
    assert_eq!(seller.record("user", &me)["x_papers"][0]["x_name"], "C1");
    let rights = seller.get("/api/v1/objects/x_paper").expect(200).json;
    assert_eq!((&rights["rights"], &rights["parent"]), (&json!(["view", "aggregate"]), &json!("user")), "{rights}");
    seller.patch(&path, None, &json!({"x_name": "C2"})).refused(403, "permission.denied");
    seller.delete(&path).refused(403, "permission.denied");
    seller.post("/api/v1/records/x_paper", &json!({"parent": me, "x_name": "C2"})).refused(403, "permission.denied");
    seller.patch(&format!("/api/v1/records/user/{me}"), None, &json!({"x_papers": []})).refused(403, "permission.denied");
    assert_eq!(tenant.admin.record("user", &me), user);
}

fn lines_go_with_their_record(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let made = two_lines(admin);
    let id = id_of(&made);
    let before = admin.create_id("x_line", json!({"parent": id, "x_item": "gone before"}));
    admin.delete(&format!("/api/v1/records/x_line/{before}")).expect(204);
    admin.delete(&order(&id)).expect(204);
    for line in lines(&made) {
        admin.get(&format!("/api/v1/records/x_line/{}", id_of(&line))).refused(404, "not_found");
    }
    assert_eq!(tenant.count("x_line", ""), 0);
    admin.post("/api/v1/records/x_line", &json!({"parent": id, "x_item": "late"})).refused(422, "reference.not_found");
    // A line does not come back without its record; what went with the record comes back with it.
    let restore = |object: &str, id: &str| admin.post(&format!("/api/v1/records/{object}/{id}/restore"), &json!({}));
    restore("x_line", &id_of(&lines(&made)[0])).refused(404, "not_found");
    let back = restore("x_order", &id).expect(200).json;
    assert_eq!(items(&back), ["bolt", "nut"], "{back}");
    assert_eq!((tenant.count("x_line", ""), &back["version"]), (2, &json!(5)));
    let late = restore("x_line", &before).expect(200).json;
    assert_eq!(late["x_item"], "gone before");
    let now = admin.record("x_order", &id);
    assert_eq!((items(&now), &now["version"]), (vec!["bolt".to_owned(), "nut".into(), "gone before".into()], &json!(6)));
}

fn rules_read_the_lines(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let net = json!({"key": "x_net", "type": "formula", "formula": "x_price * x_qty", "label": {"en": "Net"}});
    tenant.add_field("x_line", net);
    let total = json!({"key": "x_total", "type": "formula", "formula": "x_lines.sum(l, l.x_net)", "label": {"en": "Total"}});
    tenant.add_field("x_order", total);
    let made = admin.create("x_order", json!({"name": "O", "x_lines": [{"x_item": "a", "x_qty": 2, "x_price": "1.50"}, {"x_item": "b"}]}));
    let id = id_of(&made);
    assert_eq!((&made["x_total"], &lines(&made)[0]["x_net"]), (&json!("3.00"), &json!("3.00")), "{made}");
    // A line by itself brings the total of its record up to date, in the same save.
    admin.change("x_line", &id_of(&lines(&made)[1]), json!({"x_qty": 1, "x_price": "0.25"}));
    let now = admin.record("x_order", &id);
    assert_eq!((&now["x_total"], &now["version"]), (&json!("3.25"), &json!(2)), "{now}");
    admin.create("x_line", json!({"parent": id, "x_item": "c", "x_qty": 1, "x_price": "10"}));
    admin.delete(&format!("/api/v1/records/x_line/{}", id_of(&lines(&made)[0]))).expect(204);
    assert_eq!(admin.record("x_order", &id)["x_total"], "10.25");
    assert_eq!(admin.change("x_order", &id, json!({"x_lines": []}))["x_total"], "0.00");
    // Each adds 1.00 at the same time: the total is exact.
    together(20, |writer| {
        let body = json!({"parent": id, "x_item": format!("w{writer}"), "x_qty": 1, "x_price": "1"});
        until_saved(|| admin.post("/api/v1/records/x_line", &body), 201);
    });
    assert_eq!(admin.record("x_order", &id)["x_total"], "20.00");
}

fn family_members_of_a_customer(tenant: &Tenant) {
    let object = json!({"key": "x_member", "label": {"zh-CN": "家庭成员", "en": "Family member"}, "parent": "customer", "children_field": "x_family"});
    tenant.admin.post("/api/v1/objects", &object).expect(201);
    tenant.add_field("x_member", json!({"key": "x_name", "type": "text", "required": true, "label": {"zh-CN": "姓名"}}));
    tenant.add_field("x_member", json!({"key": "x_relation", "type": "text", "label": {"zh-CN": "关系"}}));
    tenant.add_field("x_member", json!({"key": "x_born", "type": "date", "label": {"zh-CN": "生日"}}));
    let family = json!([{"x_name": "王芳", "x_relation": "配偶", "x_born": "1985-03-02"}, {"x_name": "李小明", "x_relation": "儿子"}]);
    let made = tenant.admin.create("customer", json!({"name": "李强", "kind": "person", "x_family": family}));
    let rows = made["x_family"].as_array().cloned().unwrap_or_default();
    assert_eq!(rows.iter().map(|row| row["x_name"].clone()).collect::<Vec<_>>(), ["王芳", "李小明"], "{made}");
    assert_eq!((&rows[0]["x_born"], &rows[1]["x_born"]), (&json!("1985-03-02"), &Value::Null));
    assert_eq!(tenant.count("x_member", "parent.kind == \"person\""), 2);
    tenant.admin.delete(&format!("/api/v1/records/customer/{}", id_of(&made))).expect(204);
    assert_eq!(tenant.count("x_member", ""), 0);
}

fn limits(tenant: &Tenant) {
    orders(tenant);
    let admin = &tenant.admin;
    let of = |number: usize| (0..number).map(|n| json!({"x_item": format!("i{n}")})).collect::<Vec<_>>();
    let full = admin.create("x_order", json!({"name": "full", "x_lines": of(1_000)}));
    assert_eq!(lines(&full).len(), 1_000);
    assert_eq!((&lines(&full)[999]["x_item"], &lines(&full)[999]["position"]), (&json!("i999"), &json!(1_000)));
    let more = admin.post("/api/v1/records/x_order", &json!({"name": "more", "x_lines": of(1_001)})).refused(422, "field.range");
    assert_eq!(more.problem("field.range", "x_lines")["params"]["max"], 1_000);
    let late = json!({"parent": full["id"], "x_item": "late"});
    admin.post("/api/v1/records/x_line", &late).refused(422, "field.range");
    let unit: Vec<Value> = (0..6).map(|n| json!({"name": format!("O{n}"), "x_lines": of(900)})).collect();
    admin.post("/api/v1/records/x_order", &Value::Array(unit)).refused(422, "save.cascade_limit");
    admin.change("x_order", &id_of(&full), json!({"x_lines": []}));
    assert_eq!(tenant.count("x_line", ""), 0);

    let child = |key: &str, parent: &str, field: &str| json!({"key": key, "label": {"en": "C"}, "parent": parent, "children_field": field});
    let post = |body: Value| admin.post("/api/v1/objects", &body);
    post(child("x_part", "x_line", "x_parts")).refused(422, "rule.failed").problem("rule.failed", "parent");
    post(child("x_part", "x_nothing", "x_parts")).refused(422, "reference.not_found").problem("reference.not_found", "parent");
    post(child("x_part", "x_order", "x_lines")).refused(409, "field.not_unique").problem("field.not_unique", "children_field");
    post(child("x_part", "x_order", "parts")).refused(422, "field.range").problem("field.range", "children_field");
    post(json!({"key": "x_part", "label": {"en": "C"}, "children_field": "x_parts"})).refused(422, "field.required");
    // A second kind of lines, with the name of its field left to the server.
    post(json!({"key": "x_note", "label": {"en": "Note"}, "parent": "x_order"})).expect(201);
    let both = admin.create("x_order", json!({"name": "two kinds", "x_lines": of(1), "x_notes": [{}]}));
    assert_eq!((lines(&both).len(), both["x_notes"].as_array().map(Vec::len)), (1, Some(1)), "{both}");
}

fn imports_leave_lines_alone(tenant: &Tenant) {
    orders(tenant);
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("orders.csv");
    std::fs::write(&file, "name,x_lines\nO1,\"[]\"\n").expect("a file");
    let map = folder.path().join("map.toml");
    std::fs::write(&map, "[columns]\nname = \"name\"\nx_lines = \"x_lines\"\n").expect("a map");
    let path = |p: &std::path::Path| p.to_string_lossy().into_owned();
    let (file, map) = (path(&file), path(&map));
    let args = ["import", "--tenant", &tenant.key, "--object", "x_order", &file, "--map", &map];
    tenant.cli(&args).expect(1).says("x_line itself");
    tenant.cli(&args[..6]).expect(0);
    assert_eq!(tenant.count("x_order", ""), 1);
    // Lines are imported as what they are, with a look-up of their record.
    std::fs::write(&file, "order,item,qty\nO1,bolt,1\nO1,nut,2\nO2,pin,3\nO1,,4\n").expect("a file");
    std::fs::write(&map, "[columns]\norder = { field = \"parent\", lookup = \"name\" }\nitem = \"x_item\"\nqty = \"x_qty\"\n")
        .expect("a map");
    tenant.cli(&["import", "--tenant", &tenant.key, "--object", "x_line", &file, "--map", &map]).expect(0);
    let order = &tenant.admin.list("x_order", &[("fields", "name,version,x_lines")])[0];
    assert_eq!((items(order), tenant.count("x_line", "")), (vec!["bolt".to_owned(), "nut".into()], 2), "{order}");
}
