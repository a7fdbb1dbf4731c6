//! What somebody who looks for it might learn beside the answer: names of single records in figures, sums of closed lines, managers, the
//! totals in refusals; and that fewer rights make pages smaller instead of breaking them.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::{PASSWORD, Tenant};
use serde_json::{Value, json};

use crate::history_pages::Visitor;
use crate::roles::put;

both!(
    small_groups_name_nobody,
    figures_behind_references_keep_their_limit,
    managers_follow_their_field,
    sums_of_closed_lines_are_closed,
    refusals_tell_no_closed_numbers,
    a_closed_state_has_no_history,
    pages_get_smaller_and_do_not_break,
    odd_questions_get_answers,
);

/// People with a salary and a birthday; their region is shared by all.
fn people(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_person", "label": {"en": "Person"}})).expect(201);
    let options = json!([{"code": "east", "label": {"en": "East"}}, {"code": "west", "label": {"en": "West"}}]);
    for field in [
        json!({"key": "x_pay", "type": "integer", "label": "Pay"}),
        json!({"key": "x_born", "type": "date", "label": "Born"}),
        json!({"key": "x_region", "type": "select", "label": "Region", "options": options}),
        json!({"key": "x_customer", "type": "reference", "target": "customer", "label": "Customer"}),
    ] {
        tenant.add_field("x_person", field);
    }
    let customers = tenant.create_all("customer", vec![json!({"name": "Umbra"}), json!({"name": "Penumbra"})]);
    let person = |at: usize| {
        json!({"name": format!("P{at}"), "x_pay": 5000 + at, "x_born": format!("1990-{:02}-01", at + 1),
            "x_region": if at == 0 { "west" } else { "east" }, "x_customer": customers[at % 2]})
    };
    tenant.create_all("x_person", (0..8).map(person).collect());
}

fn ask(api: &Api, body: Value) -> Value {
    api.post("/api/v1/aggregate", &body).expect(200).json
}

fn count() -> Value {
    json!([{"fn": "count"}])
}

/// A day, or a step of one, is a value; so is a choice together with another one.
fn small_groups_name_nobody(tenant: &Tenant) {
    people(tenant);
    put(&tenant.admin, "x_figures", json!({"grants": {"x_person": {"aggregate": "all"}}, "min_group": 5}));
    let analyst = tenant.user("figures@a.example", None, &["x_figures"]);
    for key in [
        json!({"field": "x_pay", "bucket": {"width": 1}}),
        json!({"field": "x_pay", "bucket": {"width": 1}, "fill": true}),
        json!({"field": "x_pay", "bucket": {"edges": [5000, 5001, 5002, 5003, 5004, 5005, 5006, 5007, 5008]}}),
        json!({"field": "x_born", "grain": "day"}),
        json!({"field": "x_born", "grain": "day", "fill": true}),
        json!({"field": "x_born", "grain": "week"}),
    ] {
        let body = json!({"object": "x_person", "group_by": [key.clone()], "measures": count(), "subtotals": [[0]]});
        let answer = ask(&analyst, body.clone());
        let subtotals = &answer["subtotals"][0]["groups"];
        assert_eq!((&answer["groups"], &answer["left_out"], subtotals), (&json!([]), &json!(8), &json!([])), "{key}: {answer}");
        let all = ask(&tenant.admin, body);
        assert!(all["groups"].as_array().is_some_and(|groups| groups.len() >= 8), "{key}: {all}");
    }
    // Neither on a coarser level nor in a choice beside another one.
    let body =
        json!({"object": "x_person", "group_by": ["name", "x_region"], "measures": count(), "subtotals": [[0], [1]], "totals": true});
    let answer = ask(&analyst, body);
    assert_eq!((&answer["groups"], &answer["subtotals"][0]["groups"]), (&json!([]), &json!([])), "{answer}");
    assert!(!answer.to_string().contains("P0"), "{answer}");
    let pairs = json!({"object": "x_person", "group_by": ["x_region", {"field": "x_born", "grain": "month"}], "measures": count()});
    assert_eq!(ask(&analyst, pairs)["groups"], json!([]));
    // One choice of few, or a month, is no name.
    let regions = ask(&analyst, json!({"object": "x_person", "group_by": ["x_region"], "measures": count()}));
    let wanted = json!([{"key": ["east"], "values": [7]}, {"key": ["west"], "values": [null], "withheld": true}]);
    assert_eq!(regions["groups"], wanted, "{regions}");
    let months = ask(&analyst, json!({"object": "x_person", "group_by": [{"field": "x_born", "grain": "month"}], "measures": count()}));
    assert_eq!(months["groups"].as_array().map(Vec::len), Some(8), "{months}");
}

/// Rows of one object and small groups of another: the reference between them is no way around the limit.
fn figures_behind_references_keep_their_limit(tenant: &Tenant) {
    people(tenant);
    put(&tenant.admin, "x_rows", json!({"grants": {"x_person": {"view": "all", "aggregate": "all"}}}));
    put(&tenant.admin, "x_figures", json!({"grants": {"customer": {"aggregate": "all"}}, "min_group": 5}));
    let both = tenant.user("both@a.example", None, &["x_rows", "x_figures"]);
    let own = ask(&both, json!({"object": "x_person", "group_by": ["x_pay"], "measures": count()}));
    assert_eq!(own["groups"].as_array().map(Vec::len), Some(8), "what may be seen has no limit: {own}");
    for body in [
        json!({"object": "x_person", "group_by": ["x_customer.name"], "measures": count()}),
        json!({"object": "x_person", "filter": "x_customer.name == \"Umbra\"", "measures": count()}),
        json!({"object": "x_person", "measures": [{"fn": "count", "filter": "x_customer.name == \"Umbra\""}]}),
        json!({"object": "customer", "measures": count(), "joins": [{"name": "people", "object": "x_person", "via": "x_customer"}], "group_by": ["people.x_pay"]}),
    ] {
        let answer = ask(&both, body.clone());
        let groups = answer["groups"].as_array().cloned().unwrap_or_default();
        assert!(groups.iter().all(|group| group["withheld"] == true && group["values"] == json!([null])), "{body}: {answer}");
    }
    // Who sees the customers, too, is told.
    put(&tenant.admin, "x_sees", json!({"grants": {"customer": {"view": "all"}}}));
    let sees = tenant.user("sees@a.example", None, &["x_rows", "x_figures", "x_sees"]);
    let names = ask(&sees, json!({"object": "x_person", "group_by": ["x_customer.name"], "measures": count()}));
    assert_eq!(names["groups"], json!([{"key": ["Penumbra"], "values": [4]}, {"key": ["Umbra"], "values": [4]}]), "{names}");
}

/// Who manages a department sees all of it, so the further managers are as closed as the field that names the first.
fn managers_follow_their_field(tenant: &Tenant) {
    let department = tenant.admin.create_id("department", json!({"name": "Vault"}));
    let grants =
        json!({"department": {"view": "all", "edit": "all", "create": "all"}, "user": {"view": "all"}, "customer": {"view": "own"}});
    let role = |key: &str, fields: Value| put(&tenant.admin, key, json!({"grants": grants, "fields": fields}));
    role("x_blind", json!({"department": {"manager": "none"}, "user": {"active": "none"}}));
    role("x_looks", json!({"department": {"manager": "read"}}));
    role("x_keeps", json!({}));
    let user = |name: &str, role: &str| tenant.user(&format!("{name}@{}.example", tenant.key), Some("Vault"), &[role]);
    let (blind, looks, keeps) = (user("blind", "x_blind"), user("looks", "x_looks"), user("keeps", "x_keeps"));
    let id = |api: &Api| api.get("/api/v1/me").expect(200).json["user"].clone();
    let path = format!("/api/v1/departments/{department}");
    let set = json!({"managers": [id(&keeps), id(&looks)]});
    keeps.patch(&path, None, &set).expect(200);
    let shown = blind.get(&path).expect(200).json;
    assert_eq!((&shown["managers"], &shown["members"]), (&json!([]), &json!(0)), "nothing of what is closed: {shown}");
    assert_eq!(blind.get("/api/v1/departments").expect(200).json["departments"][0]["managers"], json!([]));
    assert_eq!(looks.get(&path).expect(200).json["managers"], set["managers"]);
    // What was read may be sent back; more managers are another value of the field, also where the first stays.
    for (api, managers) in [
        (&looks, json!([id(&keeps), id(&looks), id(&blind)])),
        (&looks, json!([id(&keeps)])),
        (&looks, json!([])),
        (&blind, json!([id(&blind)])),
    ] {
        api.patch(&path, None, &json!({"managers": managers})).refused(403, "field.forbidden");
    }
    looks.post("/api/v1/departments", &json!({"name": "Own", "managers": [id(&looks)]})).refused(403, "field.forbidden");
    looks.patch(&path, None, &json!({"name": "Vaults", "managers": set["managers"]})).expect(200);
    blind.patch(&path, None, &json!({"name": "Vault 2", "managers": []})).expect(200);
    assert_eq!(tenant.admin.get(&path).expect(200).json["managers"], set["managers"], "and nothing is lost");
}

/// An order with lines, their sum, and a sum over the orders of a place.
fn orders(tenant: &Tenant) -> (String, String) {
    for object in [
        json!({"key": "x_place", "label": {"en": "Place"}}),
        json!({"key": "x_order", "label": {"en": "Order"}}),
        json!({"key": "x_line", "label": {"en": "Line"}, "parent": "x_order", "children_field": "x_lines"}),
    ] {
        tenant.admin.post("/api/v1/objects", &object).expect(201);
    }
    tenant.add_field("x_line", json!({"key": "x_sum", "type": "money", "label": "Sum"}));
    tenant.add_field("x_order", json!({"key": "x_place", "type": "reference", "target": "x_place", "label": "Place"}));
    let total = json!({"object": "x_line", "reference": "parent", "function": "sum", "field": "x_sum"});
    tenant.add_field("x_order", json!({"key": "x_total", "type": "roll_up", "roll_up": total, "label": "Total"}));
    tenant.add_field("x_order", json!({"key": "x_twice", "type": "formula", "formula": "x_total * 2", "label": "Twice"}));
    let number = json!({"object": "x_order", "reference": "x_place", "function": "count"});
    tenant.add_field("x_place", json!({"key": "x_orders", "type": "roll_up", "roll_up": number, "label": "Orders"}));
    let place = tenant.admin.create_id("x_place", json!({"name": "Harbour"}));
    let lines = json!([{"x_sum": "4321.09"}]);
    let order = tenant.admin.create_id("x_order", json!({"name": "O1", "x_place": place, "x_lines": lines}));
    (order, place)
}

fn sums_of_closed_lines_are_closed(tenant: &Tenant) {
    let (order, place) = orders(tenant);
    let all = json!({"view": "all", "edit": "all", "export": "all", "aggregate": "all"});
    let grants = json!({"x_order": all, "x_place": all});
    put(&tenant.admin, "x_narrow", json!({"grants": grants, "fields": {"x_order": {"x_lines": "none", "x_place": "none"}}}));
    let narrow = tenant.user("narrow@a.example", None, &["x_narrow"]);
    let path = format!("/api/v1/records/x_order/{order}");
    for address in [
        path.clone(),
        format!("{path}?fields=x_total,x_twice"),
        format!("{path}/history"),
        "/api/v1/records/x_order".to_owned(),
        "/api/v1/records/x_order?fields=name,x_total,x_twice".to_owned(),
        "/api/v1/records/x_order/export".to_owned(),
    ] {
        let answer = narrow.get(&address).expect(200);
        assert!(!answer.text.contains("4321") && !answer.text.contains("8642"), "{address}: {answer}");
    }
    let rehearsal = narrow.patch(&format!("{path}?dry_run=true"), None, &json!({"name": "O2"})).expect(200);
    assert!(!rehearsal.text.contains("4321") && !rehearsal.text.contains("8642"), "{rehearsal}");
    narrow.get(&format!("{path}/history?field=x_total")).refused(403, "field.forbidden");
    for pair in [("filter", "x_total > 1"), ("filter", "x_twice > 1"), ("sort", "x_total")] {
        narrow.query("/api/v1/records/x_order", &[pair]).refused(403, "field.forbidden");
    }
    let sum = json!({"object": "x_order", "measures": [{"fn": "sum", "field": "x_total"}]});
    narrow.post("/api/v1/aggregate", &sum).refused(403, "field.forbidden");
    // Nor is it known how many orders lead to a place.
    assert_eq!(narrow.record("x_place", &place).get("x_orders"), None);
    narrow.query("/api/v1/records/x_place", &[("filter", "x_orders == 1")]).refused(403, "field.forbidden");
    // A role that names the computed field opens it.
    let fields = json!({"x_order": {"x_lines": "none", "x_place": "none", "x_total": "read"}, "x_place": {"x_orders": "read"}});
    put(&tenant.admin, "x_named", json!({"grants": grants, "fields": fields}));
    let named = tenant.user("named@a.example", None, &["x_named"]);
    assert_eq!((&named.record("x_order", &order)["x_total"], &named.record("x_place", &place)["x_orders"]), (&json!("4321.09"), &json!(1)));
}

/// The bound of a limit and the words of a guard are for everybody, what they were compared with is not.
fn refusals_tell_no_closed_numbers(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_stock", "label": {"en": "Stock"}})).expect(201);
    for (key, kind) in [("x_place", "text"), ("x_number", "integer"), ("x_kept", "integer")] {
        tenant.add_field("x_stock", json!({"key": key, "type": kind, "label": key}));
    }
    let limit = json!({"key": "full", "fields": ["x_place"], "sum": "x_kept", "at_most": "100", "message": {"zh-CN": "满", "en": "Full"}});
    let guard = json!({"condition": "x_number - x_kept >= 0", "message": {"zh-CN": "不够", "en": "Short"}});
    let take =
        json!({"key": "take", "label": {"zh-CN": "取", "en": "Take"}, "fields": [{"field": "x_number", "subtract": true}], "guard": guard});
    tenant.admin.put("/api/v1/objects/x_stock/rules", &json!({"limits": [limit], "adjustments": [take]})).expect(200);
    tenant.admin.create("x_stock", json!({"name": "A", "x_place": "North", "x_number": 90, "x_kept": 77}));
    let moved = tenant.admin.create_id("x_stock", json!({"name": "B", "x_place": "South", "x_number": 50, "x_kept": 36}));
    let grants = json!({"x_stock": {"view": "all", "edit": "all"}});
    put(&tenant.admin, "x_open", json!({"grants": grants}));
    put(&tenant.admin, "x_closed", json!({"grants": grants, "fields": {"x_stock": {"x_kept": "none"}}}));
    let (open, closed) = (tenant.user("open@a.example", None, &["x_open"]), tenant.user("closed@a.example", None, &["x_closed"]));
    let path = format!("/api/v1/records/x_stock/{moved}");
    let north = json!({"x_place": "North"});
    let params = |answer: &guanxi_tests::api::Answer| answer.problems()[0]["params"].clone();
    let told = open.patch(&path, None, &north).refused(409, "rule.failed");
    assert_eq!(params(&told)["total"], "113", "{told}");
    let untold = closed.patch(&path, None, &north).refused(409, "rule.failed");
    assert_eq!((params(&untold).get("total"), &params(&untold)["at_most"]), (None, &json!("100")), "{untold}");
    let amount = json!({"amount": "20"});
    let told = open.post(&format!("{path}/actions/take"), &amount).refused(409, "rule.failed");
    assert_eq!(params(&told)["available"], "14", "{told}");
    let untold = closed.post(&format!("{path}/actions/take"), &amount).refused(409, "rule.failed");
    assert_eq!(params(&untold).get("available"), None, "{untold}");
}

/// Somebody with one role, at a browser.
fn visitor(tenant: &Tenant, key: &str, role: Value) -> Visitor {
    put(&tenant.admin, key, role);
    let email = format!("{key}@a.example");
    let args = ["user", "create", "--tenant", &tenant.key, "--email", &email, "--name", key, "--role", key, "--password-stdin"];
    tenant.server.cli_with_input(&args, &format!("{PASSWORD}\n")).expect(0);
    Visitor::new(tenant, &email, PASSWORD)
}

/// The number of changes, and the moments in their ids, tell of a state as well as its name does.
fn a_closed_state_has_no_history(tenant: &Tenant) {
    tenant.enable("sales");
    let deal = tenant.admin.create_id("opportunity", json!({"name": "Deal", "amount": "5", "stage": "demo"}));
    let grants = json!({"*": {"view": "all", "aggregate": "all"}});
    let closed = visitor(tenant, "x_stateless", json!({"grants": grants, "fields": {"opportunity": {"stage": "none"}}}));
    let api = tenant.server.api(&tenant.key, "x_stateless@a.example");
    for path in
        ["/api/v1/records/opportunity__stages", "/api/v1/records/opportunity__stages?fields=id", "/api/v1/objects/opportunity__stages"]
    {
        api.get(path).refused(403, "permission.denied");
    }
    for body in [
        json!({"object": "opportunity__stages", "measures": [{"fn": "count"}]}),
        json!({"object": "opportunity", "joins": [{"name": "moves", "object": "opportunity__stages", "via": "record"}], "measures": [{"fn": "count", "field": "moves"}]}),
    ] {
        api.post("/api/v1/aggregate", &body).refused(403, "permission.denied");
    }
    closed.get(&format!("/o/opportunity/{deal}")).expect(200);
    // A page of a plugin that asks for what is closed says so, and not that the plugin failed.
    let poor = visitor(tenant, "x_moneyless", json!({"grants": grants, "fields": {"opportunity": {"amount": "none"}}}));
    poor.get("/p/sales/pipeline").expect(403);
    assert!(tenant.server.api(&tenant.key, "x_moneyless@a.example").list("opportunity__stages", &[("fields", "id,to")]).len() == 1);
}

/// Each of these roles lost a field that pages sort by, look through, or list by.
fn pages_get_smaller_and_do_not_break(tenant: &Tenant) {
    let (order, _) = orders(tenant);
    let customer = tenant.admin.create_id("customer", json!({"name": "Obscura", "phone": "13812341234"}));
    tenant.admin.create("contact", json!({"name": "Lucida", "customer": customer}));
    let all = json!({"view": "all", "create": "all", "edit": "all", "aggregate": "all"});
    let (record, line_record) = (format!("/o/customer/{customer}"), format!("/o/x_order/{order}"));
    for (key, fields, pages, hidden) in [
        (
            "x_f_masked",
            json!({"customer": {"name": "mask", "phone": "none"}}),
            vec!["/o/contact/new".to_owned(), "/o/task/new".to_owned(), "/o/customer/search?q=".to_owned(), record.clone()],
            vec!["Obscura", "13812341234"],
        ),
        ("x_f_linked", json!({"contact": {"customer": "none"}}), vec![record.clone()], vec!["Lucida"]),
        (
            "x_f_lines",
            json!({"x_order": {"x_lines": "none"}}),
            vec![line_record.clone(), format!("{line_record}/edit"), "/o/x_order".to_owned(), "/o/x_order/new".to_owned()],
            vec!["4321", "4,321", "8,642"],
        ),
        (
            "x_f_people",
            json!({"user": {"active": "none", "name": "none"}, "department": {"name": "none"}}),
            vec![format!("{record}/edit"), "/o/customer/new".to_owned(), format!("{record}/shares"), "/o/customer/views".to_owned()],
            vec![],
        ),
    ] {
        let visitor = visitor(tenant, key, json!({"grants": {"*": all}, "fields": fields}));
        for page in pages {
            let answer = visitor.get(&page).expect(200);
            assert!(hidden.iter().all(|word| !answer.text.contains(word)), "{key} {page}: {answer}");
        }
    }
}

/// Whatever is asked for, the answer is one, and never that the server failed.
fn odd_questions_get_answers(tenant: &Tenant) {
    tenant.admin.create("customer", json!({"name": "A"}));
    let filters = [
        "\0".to_owned(),
        "name == \"\0\"".to_owned(),
        "name == \"\\u0000\"".to_owned(),
        "name.contains(\"\0\")".to_owned(),
        "name.startsWith(\"\\u0000\")".to_owned(),
        "name < \"\u{10ffff}\"".to_owned(),
        "(".repeat(3000),
        format!("{}true", "!".repeat(3000)),
        format!("name in [{}]", vec!["\"a\""; 5000].join(",")),
        vec!["true"; 2000].join(" && "),
        "1e400 > 1".to_owned(),
        "version > 99999999999999999999".to_owned(),
        format!("version{} > 1", " * 9223372036854775807".repeat(4)),
        "version / 0 > 1".to_owned(),
        "created_at > \"9999999-01-01\"".to_owned(),
        "created_at > \"0001-01-01T00:00:00Z\"".to_owned(),
        "created_at >= today + 99999999999".to_owned(),
        "created_at >= today - 999999999".to_owned(),
        "birth_date >= today - 800000".to_owned(),
        "birth_date < \"0000-01-01\"".to_owned(),
    ];
    let list = "/api/v1/records/customer";
    for filter in &filters {
        let answers = [
            tenant.admin.query(list, &[("filter", filter)]),
            tenant.admin.query("/api/v1/search", &[("q", "a"), ("object", "customer"), ("filter", filter)]),
            tenant.admin.post("/api/v1/aggregate", &json!({"object": "customer", "filter": filter, "measures": [{"fn": "count"}]})),
        ];
        for answer in answers {
            assert!(answer.status < 500, "{answer}");
        }
    }
    for words in ["\0", "a\0b", "%", "\"", "*", "a:*", "a & b", "!a", "<->", "NEAR(a b)", "\\", "'", "\u{202e}", "ﷺﷺ", &"x".repeat(10_000)]
    {
        for path in ["/api/v1/search", list] {
            let answer = tenant.admin.query(path, &[("q", words)]);
            assert!(answer.status < 500, "{answer}");
        }
    }
    let long = "A".repeat(7000);
    let id = tenant.admin.list("customer", &[])[0]["id"].as_str().expect("an id").to_owned();
    for path in [
        format!("{list}?cursor={long}"),
        format!("{list}?filter=%ff"),
        format!("{list}?sort=%00"),
        format!("{list}?fields=%00"),
        format!("{list}?limit=1e400"),
        format!("{list}?fields={}name", "owner.".repeat(300)),
        "/api/v1/records/%00".to_owned(),
        "/api/v1/records/%ff".to_owned(),
        "/api/v1/objects/%00".to_owned(),
        "/api/v1/objects/%00/rules".to_owned(),
        "/api/v1/roles/%00".to_owned(),
        "/api/v1/recycle-bin?object=%00".to_owned(),
        "/api/v1/batches/9223372036854775807".to_owned(),
        "/api/v1/security-log?cursor=-9223372036854775808".to_owned(),
        "/api/v1/units/convert?quantity=1&from=%00&to=%00".to_owned(),
        "/api/v1/access/explain?object=customer&field=%00".to_owned(),
        "/api/v1/views?object=%00".to_owned(),
        format!("{list}/{id}/history?cursor=9223372036854775807"),
        format!("{list}/{id}/history?field=%00"),
        format!("{list}/{id}/versions/9223372036854775807"),
        format!("{list}/{id}/timeline?kind=%00"),
        format!("{list}/{id}/cards/contacts?from=%2B262142-12-31&to=-262143-01-01"),
        format!("{list}/{id}/cards/contacts?kind=%00"),
    ] {
        let answer = tenant.admin.get(&path);
        assert!(answer.status < 500, "{answer}");
    }
    for form in ["tenant=%00&email=a&password=b".to_owned(), format!("tenant={}&email=a%00b&password=c", tenant.key)] {
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        let answer = tenant.server.anonymous().send(reqwest::Method::POST, "/login", &headers, Some(form.into_bytes()));
        assert!(answer.status < 500, "{answer}");
    }
    let deep = format!("{}{}", "[".repeat(20_000), "]".repeat(20_000));
    for body in [deep.as_str(), "{\"limit\":1e400}", "{\"limit\":-1}", "{\"object\":\"\\u0000\"}", "{\"filter\":\"\\ud800\"}", "", "null"] {
        for path in ["/api/v1/aggregate", "/api/v1/records/customer/query"] {
            let answer = tenant.admin.post_bytes(path, body.as_bytes());
            assert!(answer.status < 500, "{answer}");
        }
    }
}
