//! Numbers that the host keeps while many write: sequences, guarded adjustments and roll-ups. Nothing is lost, nothing is given twice.

use guanxi_tests::server::{Db, Options, Server};
use guanxi_tests::story::Tenant;
use guanxi_tests::{both, both_alone};
use serde_json::{Value, json};
use std::collections::BTreeSet;

use super::races::{field, object, race, reference, winners};

both!(
    numbers_for_twenty_at_once,
    a_stock_that_never_goes_below,
    what_an_adjustment_takes,
    figures_over_what_refers_here,
    figures_that_come_later,
    figures_upon_figures,
    no_circles,
    an_import_with_numbers,
);
both_alone!(a_new_month_counts_anew);

fn numbered(key: &str, format: &str) -> Value {
    json!({"key": key, "type": "sequence", "format": format, "label": {"en": key}})
}

/// Every record gets a number of its own; nobody else gives one.
fn numbers_for_twenty_at_once(tenant: &Tenant) {
    object(tenant, "x_job", &[numbered("x_number", "J{yy}{MM}-{000}")], json!({}));
    let answers = race(|n| {
        let one = json!({"name": format!("job {n}")});
        // Some make two at once.
        let body = if n.is_multiple_of(2) { json!([one, one]) } else { one };
        tenant.admin.post("/api/v1/records/x_job", &body)
    });
    assert_eq!(winners(&answers, "none"), 20);
    let numbers: BTreeSet<String> =
        tenant.admin.column("x_job", "x_number", &[("limit", "100")]).iter().map(|n| n.as_str().expect("a number").to_owned()).collect();
    assert_eq!(numbers, (1..=30).map(|n| format!("J2611-{n:03}")).collect());
    let made = tenant.admin.create("x_job", json!({"name": "one more"}));
    assert_eq!(made["x_number"], "J2611-031", "the answer has the number");
    assert_eq!(tenant.admin.column("x_job", "name", &[("filter", "x_number == \"j2611-031\"")]), ["one more"]);
    let refused =
        tenant.admin.post("/api/v1/records/x_job", &json!({"name": "own", "x_number": "J2611-900"})).refused(422, "field.read_only");
    refused.problem("field.read_only", "x_number");
    let id = made["id"].as_str().expect("an id");
    tenant.admin.patch(&format!("/api/v1/records/x_job/{id}"), None, &json!({"x_number": "x"})).refused(422, "field.read_only");
}

/// The counter starts anew with the month in the tenant's zone, not with that of UTC.
fn a_new_month_counts_anew(db: Db) {
    let Some(server) = Server::start(db, &Options { now: Some("2026-11-30T15:59:00Z"), empty: true, ..Options::default() }) else { return };
    server.cli(&["tenant", "create", "acme", "--name", "Acme", "--admin", "a@acme.example"]).expect(0);
    let api = server.api("acme", "a@acme.example");
    api.post("/api/v1/objects", &json!({"key": "x_job", "label": {"en": "Job"}})).expect(201);
    api.post("/api/v1/objects/x_job/fields", &numbered("x_number", "{yyyy}{MM}/{00}")).expect(201);
    let number = || api.create("x_job", json!({"name": "j"}))["x_number"].clone();
    assert_eq!([number(), number()], ["202611/01", "202611/02"]);
    api.post("/api/v1/dev/clock", &json!({"now": "2026-11-30T16:00:00Z"})).expect(200);
    assert_eq!([number(), number()], ["202612/01", "202612/02"]);
    let answers =
        race(|_| api.post("/api/v1/records/x_job", &json!([{"name": "a"}, {"name": "b"}, {"name": "c"}, {"name": "d"}, {"name": "e"}])));
    assert_eq!(winners(&answers, "none"), 20);
    let numbers: BTreeSet<String> = api.column("x_job", "x_number", &[("limit", "200")]).iter().map(Value::to_string).collect();
    assert_eq!(numbers.len(), 104);
    assert!(numbers.contains("\"202612/102\""), "the counter grows beyond its digits");
}

fn stock(tenant: &Tenant) -> String {
    let fields = [
        field("x_on_hand", "integer"),
        field("x_reserved", "integer"),
        json!({"key": "x_free", "type": "formula",
        "formula": "coalesce(x_on_hand, 0) - coalesce(x_reserved, 0)", "result": "integer", "label": {"en": "Free"}}),
    ];
    let short = json!({"condition": "x_on_hand - x_reserved >= 0", "code": "x.stock.insufficient",
        "message": {"zh-CN": "库存不足", "en": "Not enough in stock"}});
    let issue = json!({"key": "issue", "label": {"en": "Issue"}, "fields": [{"field": "x_on_hand", "subtract": true}], "guard": short});
    let receive = json!({"key": "receive", "label": {"en": "Receive"}, "fields": [{"field": "x_on_hand"}]});
    let even = json!({"key": "even", "condition": "x_on_hand != 3", "field": "x_on_hand", "message": "Never three"});
    object(tenant, "x_part", &fields, json!({"adjustments": [issue, receive], "validations": [even]}));
    object(tenant, "x_move", &[reference("x_part", "x_part"), field("x_qty", "integer")], json!({}));
    tenant.admin.create_id("x_part", json!({"name": "filter", "x_on_hand": 10, "x_reserved": 0}))
}

/// AS-6: of two that take 6 of 10 one gets them, and the other hears that 4 are left.
fn a_stock_that_never_goes_below(tenant: &Tenant) {
    let part = stock(tenant);
    let address = format!("/api/v1/records/x_part/{part}/actions");
    tenant.admin.create("x_move", json!({"name": "first", "x_part": part, "x_qty": 10}));
    let take = |qty: i64| {
        let answer = tenant.admin.post(&format!("{address}/issue"), &json!({"amount": qty.to_string()}));
        if answer.status == 200 {
            tenant.admin.create("x_move", json!({"name": "issue", "x_part": part, "x_qty": -qty}));
        }
        answer
    };
    let answers = std::thread::scope(|scope| {
        let both = [scope.spawn(|| take(6)), scope.spawn(|| take(6))];
        both.map(|one| one.join().expect("it ends"))
    });
    assert_eq!(winners(&answers, "x.stock.insufficient"), 1);
    let refused = answers.iter().find(|answer| answer.status == 409).expect("one is refused");
    let problem = refused.problem("x.stock.insufficient", "x_on_hand");
    assert_eq!((&problem["params"]["available"], &problem["params"]["amount"]), (&json!("4"), &json!("6")), "{refused}");
    assert_eq!(problem["params"]["zh-CN"], "库存不足");
    let record = tenant.admin.record("x_part", &part);
    assert_eq!((&record["x_on_hand"], &record["x_free"], &record["version"]), (&json!(4), &json!(4), &json!(2)), "{record}");
    assert_eq!(tenant.count("x_move", "x_qty == -6"), 1);

    tenant.admin.post(&format!("{address}/receive"), &json!({"amount": "28"})).expect(200);
    tenant.admin.create("x_move", json!({"name": "receive", "x_part": part, "x_qty": 28}));
    let answers = race(|_| take(3));
    assert_eq!(winners(&answers, "x.stock.insufficient"), 10);
    let record = tenant.admin.record("x_part", &part);
    assert_eq!((&record["x_on_hand"], &record["x_free"]), (&json!(2), &json!(2)));
    let moves = tenant.admin.groups(json!({"object": "x_move", "measures": [{"fn": "sum", "field": "x_qty"}]}));
    assert_eq!(moves[0][1][0], record["x_on_hand"], "the moves come to what is there");
    let history = tenant.admin.get(&format!("/api/v1/records/x_part/{part}/history")).expect(200);
    let entries =
        history.json["changes"].as_array().or(history.json["history"].as_array()).or(history.json.as_array()).expect("entries").len();
    assert_eq!(entries, 13, "{history}");
}

/// Amounts are positive numbers of the field's precision; whoever may edit the record may adjust it.
fn what_an_adjustment_takes(tenant: &Tenant) {
    let part = stock(tenant);
    let address = format!("/api/v1/records/x_part/{part}/actions/receive");
    for (body, code) in [
        (json!({"amount": "0"}), "field.range"),
        (json!({"amount": "-3"}), "field.range"),
        (json!({"amount": "1.5"}), "field.range"),
        (json!({"amount": "99999999999999999999"}), "field.range"),
        (json!({"amount": "much"}), "field.type"),
        (json!({"amount": true}), "field.type"),
        (json!({}), "field.required"),
    ] {
        tenant.admin.post(&address, &body).refused(422, code).problem(code, "amount");
    }
    tenant.admin.post(&address, &json!({"amount": "1", "more": 1})).refused(400, "request.malformed");
    tenant.admin.post(&address, &json!({"amount": 2})).expect(200);
    tenant.admin.post(&address.replace("receive", "nothing"), &json!({"amount": "1"})).refused(404, "not_found");
    // A validation over an adjusted field holds here too, and the record's own formula follows.
    let issue = address.replace("receive", "issue");
    tenant.admin.post(&issue, &json!({"amount": "9"})).refused(422, "rule.failed").problem("rule.failed", "x_on_hand");
    let answer = tenant.admin.post(&issue, &json!({"amount": "8"})).expect(200);
    assert_eq!((&answer.json["x_on_hand"], &answer.json["x_free"]), (&json!(4), &json!(4)), "{answer}");
    let other = tenant.user("b@other.example", None, &[]);
    assert!([403, 404].contains(&other.post(&address, &json!({"amount": "1"})).status));
    tenant.admin.delete(&format!("/api/v1/records/x_part/{part}")).expect(204);
    tenant.admin.post(&address, &json!({"amount": "1"})).refused(404, "not_found");
}

fn rolled(key: &str, function: &str, of: Option<&str>, condition: Option<&str>) -> Value {
    json!({"key": key, "type": "roll_up", "label": {"en": key},
        "roll_up": {"object": "x_item", "reference": "x_box", "function": function, "field": of, "condition": condition}})
}

/// Boxes with items, and figures over these.
fn boxes(tenant: &Tenant) {
    object(tenant, "x_box", &[], json!({}));
    let fields = [reference("x_box", "x_box"), field("x_price", "money"), field("x_day", "date"), field("x_open", "bool")];
    object(tenant, "x_item", &fields, json!({}));
}

fn figures(tenant: &Tenant) {
    for figure in [
        rolled("x_count", "count", None, None),
        rolled("x_total", "sum", Some("x_price"), Some("x_open == true")),
        rolled("x_mean", "avg", Some("x_price"), None),
        rolled("x_last", "max", Some("x_day"), None),
    ] {
        tenant.add_field("x_box", figure);
    }
}

fn seen(tenant: &Tenant, id: &str) -> Value {
    let record = tenant.admin.record("x_box", id);
    json!([record["x_count"], record["x_total"], record["x_mean"], record["x_last"]])
}

/// Twenty write below one record; afterwards its figures are what the rows come to.
fn figures_over_what_refers_here(tenant: &Tenant) {
    boxes(tenant);
    figures(tenant);
    let (one, two) = (tenant.admin.create_id("x_box", json!({"name": "1"})), tenant.admin.create_id("x_box", json!({"name": "2"})));
    assert_eq!(seen(tenant, &one), json!([0, "0.00", null, null]));
    let item = |to: &str, n: usize| json!({"name": "i", "x_box": to, "x_price": format!("{n}.01"), "x_open": true, "x_day": "2026-11-01"});
    let answers = race(|n| tenant.admin.post("/api/v1/records/x_item", &json!([item(&one, n), item(&two, 1)])));
    assert_eq!(winners(&answers, "none"), 20);
    assert_eq!(seen(tenant, &one), json!([20, "190.20", "9.51", "2026-11-01"]));
    assert_eq!(seen(tenant, &two), json!([20, "20.20", "1.01", "2026-11-01"]));
    assert_eq!(tenant.admin.record("x_box", &one)["version"], 1, "nobody changed the record itself");
    // One moves, one goes and comes back, one closes, all at once with others.
    let items = tenant.admin.column("x_item", "id", &[("filter", &format!("x_box == \"{one}\"")), ("limit", "20")]);
    let address = |n: usize| format!("/api/v1/records/x_item/{}", items[n].as_str().expect("an id"));
    let answers = race(|n| match n % 4 {
        0 => tenant.admin.patch(&address(n), None, &json!({"x_box": two})),
        1 => tenant.admin.delete(&address(n)),
        2 => tenant.admin.patch(&address(n), None, &json!({"x_open": false})),
        _ => tenant.admin.patch(&address(n), None, &json!({"x_price": "100.00", "x_day": "2026-12-24"})),
    });
    assert_eq!(winners(&answers, "none"), 20);
    for id in [&one, &two] {
        let sum = |filter: &str, measures: Value| {
            let filter = format!("x_box == \"{id}\"{filter}");
            tenant.admin.groups(json!({"object": "x_item", "filter": filter, "measures": measures}))[0][1].clone()
        };
        let all = sum("", json!([{"fn": "count"}, {"fn": "avg", "field": "x_price"}, {"fn": "max", "field": "x_day"}]));
        let open = sum(" && x_open == true", json!([{"fn": "sum", "field": "x_price"}]));
        assert_eq!(seen(tenant, id), json!([all[0], open[0], all[1], all[2]]));
    }
    tenant.admin.post("/api/v1/records/x_box", &json!({"name": "3", "x_count": 7})).refused(422, "field.read_only");
}

/// A roll-up that is declared over rows that are there already.
fn figures_that_come_later(tenant: &Tenant) {
    boxes(tenant);
    let id = tenant.admin.create_id("x_box", json!({"name": "1"}));
    let item = json!({"name": "i", "x_box": id, "x_price": "2.50", "x_open": true, "x_day": "2026-11-01"});
    tenant.create_all("x_item", vec![item.clone(), item.clone(), item]);
    figures(tenant);
    assert_eq!(seen(tenant, &id), json!([3, "7.50", "2.50", "2026-11-01"]));
}

/// A roll-up over roll-ups, and formulas over both, all in the transaction of the row that changes.
fn figures_upon_figures(tenant: &Tenant) {
    boxes(tenant);
    figures(tenant);
    object(tenant, "x_area", &[], json!({}));
    tenant.add_field("x_box", reference("x_area", "x_area"));
    tenant.add_field("x_box", json!({"key": "x_twice", "type": "formula", "formula": "x_total * 2", "label": {"en": "Twice"}}));
    let over = |key: &str, of: &str| {
        json!({"key": key, "type": "roll_up", "label": {"en": key},
            "roll_up": {"object": "x_box", "reference": "x_area", "function": "sum", "field": of}})
    };
    tenant.add_field("x_area", over("x_all", "x_total"));
    tenant.add_field("x_area", over("x_all_twice", "x_twice"));
    tenant.add_field("x_area", over("x_items", "x_count"));
    let area = tenant.admin.create_id("x_area", json!({"name": "a"}));
    let boxes: Vec<String> = (0..4).map(|n| tenant.admin.create_id("x_box", json!({"name": format!("{n}"), "x_area": area}))).collect();
    let item = |n: usize| json!({"name": "i", "x_box": boxes[n % 4], "x_price": "2.50", "x_open": true});
    assert_eq!(winners(&race(|n| tenant.admin.post("/api/v1/records/x_item", &item(n))), "none"), 20);
    let seen = || {
        let record = tenant.admin.record("x_area", &area);
        json!([record["x_all"], record["x_all_twice"], record["x_items"], record["version"]])
    };
    assert_eq!(seen(), json!(["50.00", "100.00", 20, 1]));
    assert_eq!(tenant.admin.record("x_box", &boxes[0])["x_twice"], "25.00");
    tenant.admin.change("x_box", &boxes[0], json!({"x_area": null}));
    assert_eq!(seen(), json!(["37.50", "75.00", 15, 1]));
    tenant.admin.delete(&format!("/api/v1/records/x_box/{}", boxes[1])).expect(204);
    assert_eq!(seen(), json!(["25.00", "50.00", 10, 1]));
}

/// What would count with itself is refused when it is declared.
fn no_circles(tenant: &Tenant) {
    object(tenant, "x_node", &[field("x_n", "integer")], json!({}));
    tenant.add_field("x_node", reference("x_above", "x_node"));
    tenant
        .add_field("x_node", json!({"key": "x_own", "type": "formula", "formula": "x_n * 2", "result": "integer", "label": {"en": "Own"}}));
    let below = json!({"object": "x_node", "reference": "x_above", "function": "sum", "field": "x_own"});
    tenant.add_field("x_node", json!({"key": "x_below", "type": "roll_up", "roll_up": below, "label": {"en": "Below"}}));
    let address = "/api/v1/objects/x_node/fields/x_own";
    let refused = tenant.admin.patch(address, None, &json!({"formula": "x_n + x_below"})).refused(422, "rule.failed");
    assert_eq!(refused.problems()[0]["params"]["rule"], "formula.cycle", "{refused}");
    let top = tenant.admin.create_id("x_node", json!({"name": "top", "x_n": 1}));
    tenant.admin.create("x_node", json!({"name": "low", "x_n": 4, "x_above": top}));
    assert_eq!(tenant.admin.record("x_node", &top)["x_below"], 8);
}

/// An import gives numbers and keeps figures up to date, without naming either.
fn an_import_with_numbers(tenant: &Tenant) {
    boxes(tenant);
    figures(tenant);
    tenant.add_field("x_item", numbered("x_number", "I{00000}"));
    let id = tenant.admin.create_id("x_box", json!({"name": "1"}));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("items.csv");
    let rows: String = (0..3_000).map(|n| format!("i{n},{id},1.00,true\n")).collect();
    std::fs::write(&file, format!("name,x_box,x_price,x_open\n{rows}")).expect("a file");
    tenant.cli(&["import", "--tenant", &tenant.key, "--object", "x_item", file.to_str().expect("a path")]).expect(0);
    assert_eq!(seen(tenant, &id), json!([3_000, "3000.00", "1.00", null]));
    assert_eq!(tenant.count("x_item", "x_number >= \"I00001\" && x_number <= \"I03000\""), 3_000);
}
