//! Saved views: a query under a name, private or shared, that never shows more than its reader may see.

use guanxi_tests::api::{Answer, Api};
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    combined_conditions_under_a_name,
    private_and_shared,
    shared_with_some,
    only_owner_and_administrator_change,
    a_view_does_not_widen,
    what_is_gone_is_said,
    what_is_refused,
    boards_and_calendars
);

const VIEWS: &str = "/api/v1/views";

fn save(api: &Api, view: Value) -> Value {
    api.post(VIEWS, &view).expect(201).json
}

fn one(view: &Value) -> String {
    format!("{VIEWS}/{}", view["id"].as_str().expect("a view has an id"))
}

fn names(api: &Api) -> Vec<Value> {
    let answer = api.get(&format!("{VIEWS}?object=customer")).expect(200);
    answer.json["views"].as_array().expect("views").iter().map(|view| view["name"].clone()).collect()
}

/// What a list shows through a view.
fn through(api: &Api, view: &Value) -> Answer {
    let text = |key: &str| view[key].as_str().unwrap_or_default().to_owned();
    let columns: Vec<&str> = view["columns"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let pairs = [("filter", text("filter")), ("sort", text("sort")), ("fields", columns.join(","))];
    let pairs: Vec<(&str, &str)> = pairs.iter().map(|(key, value)| (*key, value.as_str())).collect();
    api.query(&format!("/api/v1/records/{}", text("object")), &pairs)
}

fn hundred_customers(tenant: &Tenant) {
    tenant.add_field("customer", json!({"key": "x_level", "type": "text", "label": {"zh-CN": "级别"}}));
    let industries = ["汽车", "钢铁", "银行", "医药", "零售"];
    let regions = ["华东区", "华北区", "华南区", "西南区", "东北区"];
    let records = (0..100).map(|n| {
        // 汽车 and 华东区 meet on every 25th customer.
        let level = if n % 25 == 0 || n % 7 == 3 { "VIP" } else { "普通" };
        json!({"name": format!("客户{n:03}"), "industry": industries[n % 5], "region": regions[n / 5 % 5], "x_level": level})
    });
    tenant.create_all("customer", records.collect());
}

const VIP_EAST: &str = "industry == \"汽车\" && region == \"华东区\" && x_level == \"VIP\"";

fn combined_conditions_under_a_name(tenant: &Tenant) {
    hundred_customers(tenant);
    let found = tenant.admin.query("/api/v1/records/customer", &[("filter", VIP_EAST)]).expect(200);
    assert_eq!((found.json["count"]["value"].clone(), found.json["records"].as_array().map(Vec::len)), (json!(4), Some(4)));
    let saved = save(
        &tenant.admin,
        json!({"object": "customer", "name": "VIP 华东", "filter": VIP_EAST, "sort": "-name", "columns": ["name", "owner.name"]}),
    );
    assert_eq!(saved["kind"], "list");
    assert_eq!(
        (&saved["usable"], &saved["problems"], &saved["editable"], &saved["version"]),
        (&json!(true), &json!([]), &json!(true), &json!(1))
    );
    let opened = tenant.admin.get(&one(&saved)).expect(200);
    assert_eq!(opened.headers["etag"], "\"1\"");
    assert_eq!(opened.json, saved, "a view comes back as it was saved");
    let rows = through(&tenant.admin, &opened.json).expect(200);
    let shown: Vec<&Value> = rows.json["records"].as_array().into_iter().flatten().map(|row| &row["name"]).collect();
    assert_eq!(shown, ["客户075", "客户050", "客户025", "客户000"], "{rows}");
    assert_eq!(rows.json["records"][0].as_object().map(|row| row.len()), Some(3), "id and the view's two columns: {rows}");
    tenant.admin.delete(&one(&saved)).expect(204);
    tenant.admin.get(&one(&saved)).refused(404, "not_found");
    tenant.admin.delete(&one(&saved)).refused(404, "not_found");
}

fn private_and_shared(tenant: &Tenant) {
    let [anna, boris] = ["anna@a.example", "boris@a.example"].map(|email| tenant.user(email, None, &["salesperson"]));
    let view = save(&anna, json!({"object": "customer", "name": "VIP 华东", "filter": "region == \"华东区\""}));
    assert_eq!(view["shared"], json!({"everyone": false, "roles": [], "departments": [], "teams": []}));
    for other in [&boris, &tenant.admin] {
        assert_eq!(names(other), Vec::<Value>::new(), "what is private is nobody else's business");
        other.get(&one(&view)).refused(404, "not_found");
        other.patch(&one(&view), None, &json!({"name": "mine"})).refused(404, "not_found");
        other.delete(&one(&view)).refused(404, "not_found");
    }
    let shared = anna.patch(&one(&view), Some(1), &json!({"shared": {"everyone": true}})).expect(200).json;
    assert_eq!((&shared["version"], &shared["filter"]), (&json!(2), &view["filter"]));
    let seen = boris.get(&one(&view)).expect(200).json;
    assert_eq!((&seen["editable"], &seen["owner_name"]), (&json!(false), &json!("anna")));
    assert_eq!(names(&boris), ["VIP 华东"]);
    // Two people may use one name; one person may not use it twice, in whatever letters.
    save(&boris, json!({"object": "customer", "name": "vip 华东"}));
    assert_eq!(names(&boris).len(), 2);
    boris.post(VIEWS, &json!({"object": "customer", "name": "VIP  华东"})).refused(409, "field.not_unique");
    save(&boris, json!({"object": "contact", "name": "VIP 华东"}));
    anna.patch(&one(&view), None, &json!({"shared": null})).expect(200);
    assert_eq!(names(&boris), ["vip 华东"]);
}

fn shared_with_some(tenant: &Tenant) {
    let north = tenant.admin.create_id("department", json!({"name": "North"}));
    tenant.admin.create_id("department", json!({"name": "North 1", "parent": north}));
    let south = tenant.admin.create_id("department", json!({"name": "South"}));
    let inside = tenant.user("inside@a.example", Some("North 1"), &["salesperson"]);
    let outside = tenant.user("outside@a.example", Some("South"), &["manager"]);
    let view = save(&tenant.admin, json!({"object": "customer", "name": "For some", "shared": {"departments": [north]}}));
    let sees = |api: &Api| api.get(&one(&view)).status == 200;
    assert!(sees(&inside) && !sees(&outside), "a department shares with those below it");
    for (shared, seen) in [
        (json!({"departments": [south]}), (false, true)),
        (json!({"roles": ["salesperson"]}), (true, false)),
        (json!({"roles": ["salesperson", "manager"]}), (true, true)),
        (json!({"roles": ["administrator"]}), (false, false)),
        (json!({"everyone": true, "roles": ["administrator"]}), (true, true)),
    ] {
        tenant.admin.patch(&one(&view), None, &json!({"shared": shared})).expect(200);
        assert_eq!((sees(&inside), sees(&outside)), seen, "{shared}");
        assert_eq!((names(&inside).len(), names(&outside).len()), (usize::from(seen.0), usize::from(seen.1)), "{shared}");
    }
}

fn only_owner_and_administrator_change(tenant: &Tenant) {
    let [anna, boris] = ["anna@a.example", "boris@a.example"].map(|email| tenant.user(email, None, &["salesperson"]));
    let view = save(&anna, json!({"object": "customer", "name": "All", "shared": {"everyone": true}}));
    boris.patch(&one(&view), None, &json!({"name": "Mine"})).refused(403, "permission.denied");
    boris.delete(&one(&view)).refused(403, "permission.denied");
    let renamed = tenant.admin.patch(&one(&view), Some(1), &json!({"name": "Everybody's"})).expect(200);
    assert_eq!((renamed.headers["etag"].to_str().ok(), &renamed.json["owner"]), (Some("\"2\""), &view["owner"]), "it stays its owner's");
    anna.patch(&one(&view), Some(1), &json!({"sort": "name"})).refused(409, "record.version_conflict");
    assert_eq!(anna.get(&one(&view)).expect(200).json["name"], "Everybody's");
    tenant.admin.delete(&one(&view)).expect(204);
    anna.get(&one(&view)).refused(404, "not_found");
}

fn a_view_does_not_widen(tenant: &Tenant) {
    let anna = tenant.user("anna@a.example", None, &["salesperson"]);
    let owner = tenant.user_id("anna@a.example");
    tenant.create_all("customer", vec![json!({"name": "Hers", "owner": owner}), json!({"name": "Not hers"}), json!({"name": "Nor this"})]);
    let all = save(&tenant.admin, json!({"object": "customer", "name": "All", "filter": "name != null", "shared": {"everyone": true}}));
    let mine = save(&tenant.admin, json!({"object": "customer", "name": "Mine", "filter": "owner == me", "shared": {"everyone": true}}));
    let count = |api: &Api, view: &Value| through(api, &api.get(&one(view)).expect(200).json).expect(200).json["count"]["value"].clone();
    assert_eq!((count(&tenant.admin, &all), count(&anna, &all)), (json!(3), json!(1)), "rows are the reader's");
    assert_eq!((count(&tenant.admin, &mine), count(&anna, &mine)), (json!(2), json!(1)), "`me` is the reader");
    // Views of objects that somebody may not view at all are not there either.
    let nobody = tenant.user("nobody@a.example", None, &[]);
    nobody.get(&one(&all)).refused(404, "not_found");
    nobody.get(&format!("{VIEWS}?object=customer")).refused(403, "permission.denied");
    assert_eq!(nobody.get(VIEWS).expect(200).json["views"], json!([]));
}

fn what_is_gone_is_said(tenant: &Tenant) {
    for key in ["x_a", "x_b"] {
        tenant.add_field("customer", json!({"key": key, "type": "text", "label": {"en": key}}));
    }
    let columns = save(
        &tenant.admin,
        json!({"object": "customer", "name": "Columns", "filter": "name != \"\"", "sort": "-x_a,name", "columns": ["name", "x_a"], "group_field": "x_a"}),
    );
    let filter = save(&tenant.admin, json!({"object": "customer", "name": "Filter", "filter": "x_a == \"1\" && x_b == null"}));
    tenant.admin.patch("/api/v1/objects/customer/fields/x_a", None, &json!({"hidden": true})).expect(200);
    let parts = |view: &Value| {
        let problems = view["problems"].as_array().cloned().unwrap_or_default();
        let part = |problem: &Value| (problem["params"]["part"].clone(), problem["code"].clone(), problem["field"].clone());
        problems.iter().map(part).collect::<Vec<_>>()
    };
    let said = |part: &str| (json!(part), json!("field.unknown"), json!("x_a"));
    let shown = tenant.admin.get(&one(&columns)).expect(200).json;
    assert_eq!(shown["usable"], true, "the rest still works: {shown}");
    assert_eq!(parts(&shown), [said("columns"), said("sort"), said("group_field")], "{shown}");
    assert_eq!(shown["columns"], json!(["name", "x_a"]), "it stays as it was saved, should the field come back");
    let shown = tenant.admin.get(&one(&filter)).expect(200).json;
    assert_eq!(shown["usable"], false, "without its condition it would show too much: {shown}");
    assert_eq!(parts(&shown), [said("filter")], "{shown}");
    assert_eq!(names(&tenant.admin), ["Columns", "Filter"], "the list of views does not fail");
    // It can be renamed as it is, and mended; but not saved with the lost field again.
    tenant.admin.patch(&one(&filter), None, &json!({"name": "Old filter"})).expect(200);
    tenant.admin.patch(&one(&filter), None, &json!({"sort": "name"})).refused(422, "field.unknown");
    let mended = tenant.admin.patch(&one(&filter), None, &json!({"filter": "x_b == null"})).expect(200).json;
    assert_eq!((&mended["usable"], &mended["problems"]), (&json!(true), &json!([])));
    tenant.admin.patch("/api/v1/objects/customer/fields/x_a", None, &json!({"hidden": false})).expect(200);
    assert_eq!(tenant.admin.get(&one(&columns)).expect(200).json["problems"], json!([]));
}

fn what_is_refused(tenant: &Tenant) {
    for (view, status, code) in [
        (json!({"object": "customer"}), 422, "field.required"),
        (json!({"name": "No object"}), 422, "field.required"),
        (json!({"object": "customer", "name": "n".repeat(101)}), 422, "field.range"),
        (json!({"object": "nothing", "name": "n"}), 404, "not_found"),
        (json!({"object": "customer", "name": "n", "filter": "name =="}), 400, "filter.syntax"),
        (json!({"object": "customer", "name": "n", "filter": "nothing == 1"}), 422, "field.unknown"),
        (json!({"object": "customer", "name": "n", "sort": "notes"}), 422, "filter.not_pushable"),
        (json!({"object": "customer", "name": "n", "columns": ["nothing"]}), 422, "field.unknown"),
        (json!({"object": "customer", "name": "n", "kind": "pie"}), 422, "field.option"),
        (json!({"object": "customer", "name": "n", "kind": "board"}), 422, "field.required"),
        (json!({"object": "customer", "name": "n", "kind": "calendar", "date_field": "name"}), 422, "field.type"),
        (json!({"object": "customer", "name": "n", "shared": {"roles": ["nobody"]}}), 422, "reference.not_found"),
        (
            json!({"object": "customer", "name": "n", "shared": {"departments": ["00000000-0000-0000-0000-000000000001"]}}),
            422,
            "reference.not_found",
        ),
        (json!({"object": "customer", "name": "n", "colour": "red"}), 422, "field.unknown"),
    ] {
        tenant.admin.post(VIEWS, &view).refused(status, code);
    }
    let all =
        tenant.admin.post(VIEWS, &json!({"object": "customer", "name": "", "filter": "a == 1", "sort": "b"})).refused(422, "field.unknown");
    assert_eq!(all.problems().len(), 3, "all at once: {all}");
    tenant.admin.get(&format!("{VIEWS}/7")).refused(404, "not_found");
    tenant.admin.get(&format!("{VIEWS}?objects=customer")).refused(400, "request.malformed");
    tenant.server.anonymous().get(VIEWS).refused(401, "auth.required");
}

fn boards_and_calendars(tenant: &Tenant) {
    let board = save(&tenant.admin, json!({"object": "customer", "name": "By kind", "kind": "board", "group_field": "kind"}));
    assert_eq!((&board["kind"], &board["group_field"]), (&json!("board"), &json!("kind")));
    let calendar = save(&tenant.admin, json!({"object": "customer", "name": "Filled", "kind": "calendar", "date_field": "filled_on"}));
    assert_eq!((&calendar["kind"], &calendar["date_field"]), (&json!("calendar"), &json!("filled_on")));
    tenant.admin.patch(&one(&board), None, &json!({"group_field": null})).refused(422, "field.required");
    let list = tenant.admin.patch(&one(&board), None, &json!({"kind": "list", "group_field": null})).expect(200).json;
    assert_eq!((&list["kind"], &list["group_field"], &list["version"]), (&json!("list"), &Value::Null, &json!(2)));
}
