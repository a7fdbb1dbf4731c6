//! An administrator looks with the eyes of a role or of somebody else: reading is theirs, changing is nobody's.

use guanxi_tests::api::Answer;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::history_pages::Visitor;

both!(reading_with_the_eyes_of_a_role, nothing_is_changed_meanwhile, nothing_to_change_is_shown, another_administrators_eyes);

/// What every page says at its head.
const BANNER: &str = "什么也改不了";
/// Forms of the frame that every page has: back to oneself, language and theme, signing out.
const OF_THE_FRAME: [&str; 3] = ["/viewing/end", "/preferences", "/logout"];

/// Customers of two regions, and a role for one of them that may do everything but export tasks.
fn company(tenant: &Tenant) -> [String; 3] {
    let east = json!({"rule": "region == \"East\""});
    let customers =
        json!({"view": east, "create": "all", "edit": "all", "delete": "all", "bulk": "all", "export": east, "aggregate": east});
    let tasks = json!({"view": "all", "create": "all", "edit": "all"});
    let role = json!({"label": {"zh-CN": "东区", "en": "East"}, "grants": {"customer": customers, "task": tasks}, "fields": {"customer": {"phone": "mask"}}});
    tenant.admin.put("/api/v1/roles/x_east", &role).expect(201);
    let customer = |name: &str, region: &str| {
        tenant.admin.create_id("customer", json!({"name": name, "region": region, "phone": "13812345678", "kind": "organization"}))
    };
    [customer("Alpha", "East"), customer("Beta", "East"), customer("Gamma", "North")]
}

fn look_as(visitor: &Visitor, role: &str) {
    visitor.post("/admin/view-as", &[("role", role)]).expect(303);
}

/// Where the forms of a page are posted, but those of the frame.
fn posts(page: &Answer) -> Vec<String> {
    let tags = page.text.split("<form").skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag));
    let address = |tag: &str| tag.split_once("action=\"").and_then(|(_, rest)| rest.split_once('"')).map(|(address, _)| address.to_owned());
    let found = tags.filter(|tag| tag.contains("method=\"post\"")).filter_map(address);
    found.filter(|address| !OF_THE_FRAME.contains(&address.as_str())).collect()
}

fn reading_with_the_eyes_of_a_role(tenant: &Tenant) {
    let [alpha, _, gamma] = company(tenant);
    let visitor = Visitor::admin(tenant);
    let names = |answer: &Answer| -> Vec<String> {
        let records = answer.json["records"].as_array().cloned().unwrap_or_default();
        records.iter().map(|record| record["name"].as_str().unwrap_or_default().to_owned()).collect()
    };
    let count = json!({"object": "customer", "measures": [{"fn": "count"}]});
    let question = json!({"sort": "name", "fields": ["name", "phone"]});
    let ask = || visitor.send(Method::POST, "/api/v1/records/customer/query", &question);
    assert_eq!(names(&ask().expect(200)), ["Alpha", "Beta", "Gamma"], "one's own eyes");
    look_as(&visitor, "x_east");
    let list = visitor.get("/o/customer").expect(200);
    assert!(list.text.contains(BANNER) && list.text.contains("东区"), "{list}");
    assert!(list.text.contains("Alpha") && list.text.contains("Beta") && !list.text.contains("Gamma"), "{list}");
    assert!(list.text.contains("138****5678") && !list.text.contains("13812345678"), "{list}");
    visitor.get(&format!("/o/customer/{alpha}")).expect(200);
    visitor.get(&format!("/o/customer/{gamma}")).expect(404);
    let answer = ask().expect(200);
    assert_eq!((names(&answer), &answer.json["records"][0]["phone"]), (vec!["Alpha".into(), "Beta".into()], &json!("138****5678")));
    assert_eq!(names(&visitor.get("/api/v1/records/customer?sort=name").expect(200)), ["Alpha", "Beta"]);
    let figures = visitor.send(Method::POST, "/api/v1/aggregate", &count).expect(200);
    assert_eq!(figures.json["groups"][0]["values"], json!([2]), "{figures}");
    for (words, found) in [("Alpha", true), ("Gamma", false)] {
        let page = visitor.get(&format!("/search?q={words}")).expect(200);
        let id = if found { &alpha } else { &gamma };
        assert_eq!(page.text.contains(&format!("/o/customer/{id}")), found, "{words}: {page}");
        let answer = visitor.get(&format!("/api/v1/search?q={words}")).expect(200);
        assert_eq!(answer.text.contains(id.as_str()), found, "{answer}");
    }
    let file = visitor.get("/api/v1/records/customer/export?sort=name").expect(200);
    assert!(file.text.contains("Alpha") && !file.text.contains("Gamma") && !file.text.contains("13812345678"), "{file}");
    visitor.get("/api/v1/records/task/export").refused(403, "permission.denied");
    // What an administrator may see is out of sight.
    visitor.get("/admin/objects").expect(403);
    visitor.get("/api/v1/records/activity").refused(403, "permission.denied");
    // A token is not a session: the same administrator's programs go on.
    assert_eq!(tenant.admin.column("customer", "name", &[("sort", "name")]).len(), 3);
    visitor.post("/viewing/end", &[]).expect(303);
    assert_eq!(names(&ask().expect(200)), ["Alpha", "Beta", "Gamma"]);
}

fn nothing_is_changed_meanwhile(tenant: &Tenant) {
    let [alpha, beta, _] = company(tenant);
    let visitor = Visitor::admin(tenant);
    let view = json!({"object": "customer", "name": "Mine", "content": {}});
    look_as(&visitor, "x_east");
    let of = |rest: &str| format!("/o/customer/{alpha}/{rest}");
    let forms = [
        "/o/customer/new".to_owned(),
        "/o/customer/bulk".to_owned(),
        "/o/customer/views".to_owned(),
        of("edit"),
        of("delete"),
        of("cell"),
        of("move"),
        of("shares"),
        of("attach"),
        of("transition"),
        of("adjust"),
        of("history/1/undo"),
        format!("/recycle-bin/customer/{beta}/restore"),
        format!("/recycle-bin/customer/{beta}/purge"),
        "/batches/1/undo".to_owned(),
        "/admin/view-as".to_owned(),
        "/admin/roles/new".to_owned(),
        "/admin/users/new".to_owned(),
        "/admin/objects/new".to_owned(),
    ];
    for path in forms {
        let fields = [("name", "Changed"), ("field", "name"), ("op", "delete"), ("version", "1"), ("role", "salesperson"), ("then", "run")];
        for accept in ["text/html", "application/json"] {
            let refused = visitor.post_for(&path, &fields, accept);
            assert!(refused.status == 403 && refused.text.contains(BANNER), "{path}: {refused}");
        }
    }
    assert_eq!(visitor.upload(&of("attach"), "files.new", "evil.txt", b"x"), "", "files are refused, too");
    let record = format!("/api/v1/records/customer/{alpha}");
    let body = json!({"name": "Changed"});
    for (method, path, body) in [
        (Method::POST, "/api/v1/records/customer", &body),
        (Method::PATCH, record.as_str(), &body),
        (Method::DELETE, record.as_str(), &Value::Null),
        (Method::POST, "/api/v1/records/customer/bulk", &json!({"op": "delete", "ids": [alpha]})),
        (Method::POST, format!("{record}/shares").as_str(), &json!({"subject": {"kind": "role", "id": "x_east"}, "right": "edit"})),
        (Method::POST, "/api/v1/views", &view),
        (Method::PUT, "/api/v1/roles/x_east", &json!({"label": {"en": "All"}, "grants": {}})),
        (Method::POST, "/api/v1/objects", &json!({"key": "x_new", "label": {"en": "New"}})),
        (Method::PUT, "/api/v1/objects/customer/rules", &json!({})),
        (Method::POST, "/api/v1/files?name=a.txt", &body),
        (Method::POST, "/api/v1/teams", &json!({"name": "T"})),
        (Method::POST, "/api/v1/batches/1/undo", &json!({})),
        // Not even the path of a question lets a change through.
        (Method::DELETE, "/api/v1/records/customer/query", &Value::Null),
    ] {
        let refused = visitor.send(method.clone(), path, body);
        let no_such_method = refused.status == 405 && path.ends_with("/query");
        assert!(no_such_method || (refused.status == 403 && refused.json["code"] == "permission.viewing"), "{method} {path}: {refused}");
    }
    // Language and theme are the session's own.
    visitor.post("/preferences", &[("locale", "en"), ("return", "/")]).expect(303);
    let refused = visitor.post(&of("delete"), &[("version", "1")]);
    assert!(refused.status == 403 && refused.text.contains("nothing can be changed"), "{refused}");
    let now = tenant.admin.record("customer", &alpha);
    assert_eq!((&now["name"], &now["version"]), (&json!("Alpha"), &json!(1)), "{now}");
    assert_eq!((tenant.count("customer", ""), tenant.count("attachment", "")), (3, 0));
    assert_eq!(tenant.admin.get("/api/v1/roles/x_east").json["label"]["en"], "East");
    assert_eq!(tenant.admin.get("/api/v1/views?object=customer").expect(200).json["views"], json!([]));
    visitor.post("/viewing/end", &[]).expect(303);
    visitor.post("/o/customer/new", &[("name", "Delta")]).expect(303);
    assert_eq!(tenant.count("customer", ""), 4, "with one's own eyes everything goes again");
}

fn nothing_to_change_is_shown(tenant: &Tenant) {
    let [alpha, ..] = company(tenant);
    tenant.admin.post("/api/v1/records/customer/bulk", &json!({"op": "update", "ids": [alpha], "set": {"code": "K-1"}})).expect(200);
    let visitor = Visitor::admin(tenant);
    let record = format!("/o/customer/{alpha}");
    let pages = [
        "/",
        "/o/customer",
        "/o/customer?by=region",
        "/o/customer?view=board&by=kind",
        "/o/customer?view=calendar&on=created_at",
        "/o/customer?filter=name%20%3D%3D%20%22Alpha%22",
        &record,
        &format!("{record}?face=contacts"),
        "/search?q=Alpha",
        "/batches",
        "/recycle-bin",
    ];
    let ways = [
        "/o/customer/new".to_owned(),
        "/o/task/new".to_owned(),
        format!("{record}/edit"),
        format!("{record}/cell"),
        format!("{record}/move"),
        format!("{record}/shares"),
        "/o/customer/bulk".to_owned(),
        "/o/customer/views".to_owned(),
    ];
    let shown = |page: &Answer| -> Vec<String> { ways.iter().filter(|way| page.text.contains(way.as_str())).cloned().collect() };
    let mut own: Vec<String> = pages.iter().flat_map(|path| shown(&visitor.get(path).expect(200))).collect();
    own.sort();
    own.dedup();
    assert_eq!(own.len(), ways.len(), "with one's own eyes all of it is there: {own:?}");
    assert!(!posts(&visitor.get(&record)).is_empty(), "and forms");
    look_as(&visitor, "x_east");
    for path in pages {
        let page = visitor.get(path).expect(200);
        assert!(page.text.contains(BANNER), "{page}");
        assert_eq!((posts(&page), shown(&page)), (Vec::new(), Vec::new()), "{path}: {page}");
    }
    // Who types the address of a form is told.
    for path in [
        "/o/customer/new".to_owned(),
        format!("{record}/edit"),
        "/o/customer/views".into(),
        format!("/o/customer/bulk?op=delete&id={alpha}"),
    ] {
        let refused = visitor.get(&path).expect(403);
        assert!(refused.text.contains(BANNER) && posts(&refused).is_empty(), "{refused}");
    }
    let rights = visitor.get("/api/v1/objects/customer").expect(200).json["rights"].clone();
    assert_eq!(rights, json!(["view", "export", "aggregate"]));
}

/// An administrator may look as another one: the administration is there to be read.
fn another_administrators_eyes(tenant: &Tenant) {
    company(tenant);
    tenant.user("other@a.example", None, &["administrator"]);
    let team = tenant.admin.post("/api/v1/teams", &json!({"name": "Team"})).expect(201).json["id"].as_str().unwrap_or_default().to_owned();
    let department = tenant.admin.create_id("department", json!({"name": "North"}));
    let other = tenant.user_id("other@a.example");
    tenant.enable("sales");
    let deleted = tenant.admin.create_id("task", json!({"subject": "Gone"}));
    tenant.admin.delete(&format!("/api/v1/records/task/{deleted}")).expect(204);
    let visitor = Visitor::admin(tenant);
    let pages = [
        "/admin/objects".to_owned(),
        "/admin/objects/customer".into(),
        "/admin/objects/customer/fields/name".into(),
        "/admin/roles".into(),
        "/admin/roles/x_east".into(),
        "/admin/roles/x_east/fields/customer".into(),
        "/admin/roles/x_east/general".into(),
        "/admin/users".into(),
        format!("/admin/users/{other}"),
        "/admin/departments".into(),
        format!("/admin/departments/{department}"),
        "/admin/teams".into(),
        format!("/admin/teams/{team}"),
        "/admin/plugins".into(),
        "/admin/plugins/sales".into(),
        "/recycle-bin?object=task".into(),
    ];
    let own: usize = pages.iter().map(|path| posts(&visitor.get(path).expect(200)).len()).sum();
    assert!(own > 10, "with one's own eyes there are forms: {own}");
    visitor.post("/admin/view-as", &[("user", &other)]).expect(303);
    for path in &pages {
        let page = visitor.get(path).expect(200);
        assert!(page.text.contains(BANNER), "{page}");
        assert_eq!(posts(&page), Vec::<String>::new(), "{path}: {page}");
    }
    assert!(visitor.get("/admin/roles/x_east").text.contains("East"), "what is there can be read");
}
