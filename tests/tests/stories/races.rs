//! Rules that compare records, each raced by twenty at once on plain objects of an administrator: exactly what the rule allows is written,
//! and everybody else is told which rule and which record.

use guanxi_tests::api::Answer;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    one_thing_for_one_order,
    times_that_do_not_meet,
    days_that_do_not_meet,
    one_open_job_for_a_thing,
    one_first_choice,
    shares_of_a_whole,
    places_in_a_group,
    an_import_keeps_the_rules,
);

/// Writers at once.
const WRITERS: usize = 20;

/// An object with these fields and rules.
pub(crate) fn object(tenant: &Tenant, key: &str, fields: &[Value], rules: Value) {
    tenant.admin.post("/api/v1/objects", &json!({"key": key, "label": {"en": key}})).expect(201);
    for field in fields {
        tenant.add_field(key, field.clone());
    }
    tenant.admin.put(&format!("/api/v1/objects/{key}/rules"), &rules).expect(200);
}

/// A field without anything else.
pub(crate) fn field(key: &str, kind: &str) -> Value {
    json!({"key": key, "type": kind, "label": {"en": key}})
}

pub(crate) fn reference(key: &str, target: &str) -> Value {
    json!({"key": key, "type": "reference", "target": target, "label": {"en": key}})
}

pub(crate) fn select(key: &str, codes: &[&str]) -> Value {
    let options: Vec<Value> = codes.iter().map(|code| json!({"code": code, "label": {"en": code}})).collect();
    json!({"key": key, "type": "select", "options": options, "label": {"en": key}})
}

/// Does the same twenty times at once; what each of them heard.
pub(crate) fn race(act: impl Fn(usize) -> Answer + Sync) -> Vec<Answer> {
    std::thread::scope(|scope| {
        let act = &act;
        let writers: Vec<_> = (0..WRITERS).map(|n| scope.spawn(move || act(n))).collect();
        writers.into_iter().map(|writer| writer.join().expect("a writer ends by itself")).collect()
    })
}

/// How many got through; all others were refused with 409 and this code.
pub(crate) fn winners(answers: &[Answer], code: &str) -> usize {
    let won = |answer: &&Answer| (200..300).contains(&answer.status);
    for answer in answers.iter().filter(|answer| !won(answer)) {
        assert_eq!((answer.status, &answer.json["code"]), (409, &json!(code)), "{answer}");
    }
    answers.iter().filter(won).count()
}

/// AS-3: twenty orders want the same thing, and one gets it.
fn one_thing_for_one_order(tenant: &Tenant) {
    object(tenant, "x_thing", &[], json!({}));
    let fields = [select("x_state", &["confirmed", "allocated"]), reference("x_thing", "x_thing")];
    let unique = json!({"fields": ["x_thing"], "condition": "x_state == \"allocated\"", "code": "x.alloc.taken"});
    object(tenant, "x_order", &fields, json!({"uniques": [unique]}));
    let thing = tenant.admin.create_id("x_thing", json!({"name": "LXXGA1A16RN000001"}));
    let orders = (0..WRITERS).map(|n| json!({"name": format!("order {n}"), "x_state": "confirmed"})).collect();
    let orders = tenant.create_all("x_order", orders);
    let allocate = |n: usize| {
        let body = json!({"x_state": "allocated", "x_thing": thing});
        tenant.admin.patch(&format!("/api/v1/records/x_order/{}", orders[n]), None, &body)
    };
    assert_eq!(winners(&race(allocate), "x.alloc.taken"), 1);
    assert_eq!(tenant.count("x_order", "x_state == \"allocated\""), 1);
}

fn booking_rules() -> Value {
    let message = json!({"zh-CN": "这段时间已被占用", "en": "The time is taken"});
    json!({"no_overlaps": [{"key": "free", "fields": ["x_thing"], "from": "x_from", "to": "x_to",
        "condition": "x_state != \"cancelled\"", "code": "x.td.overlap", "message": message}]})
}

/// AS-4: 10:00–10:30 is taken, so 10:15–10:45 is refused and 10:30–11:00 is not.
fn times_that_do_not_meet(tenant: &Tenant) {
    object(tenant, "x_thing", &[], json!({}));
    let fields = [
        reference("x_thing", "x_thing"),
        field("x_from", "datetime"),
        field("x_to", "datetime"),
        select("x_state", &["planned", "cancelled"]),
    ];
    object(tenant, "x_booking", &fields, booking_rules());
    let thing = tenant.admin.create_id("x_thing", json!({"name": "T"}));
    let at = |clock: &str| format!("2026-11-23T{clock}:00+08:00");
    let booking = |from: &str, to: &str| json!({"name": from, "x_thing": thing, "x_from": at(from), "x_to": at(to), "x_state": "planned"});
    let first = tenant.admin.create_id("x_booking", booking("10:00", "10:30"));
    let refused = tenant.admin.post("/api/v1/records/x_booking", &booking("10:15", "10:45")).refused(409, "x.td.overlap");
    let problem = refused.problem("x.td.overlap", "x_from");
    assert_eq!((&problem["params"]["other"], &problem["params"]["rule"]), (&json!(first), &json!("free")), "{refused}");
    assert_eq!((&problem["params"]["zh-CN"], &problem["params"]["en"]), (&json!("这段时间已被占用"), &json!("The time is taken")));
    tenant.admin.post("/api/v1/records/x_booking?dry_run=true", &booking("10:15", "10:45")).refused(409, "x.td.overlap");
    tenant.admin.post("/api/v1/records/x_booking?dry_run=true", &booking("10:30", "11:00")).expect(200);
    let second = tenant.admin.create_id("x_booking", booking("10:30", "11:00"));
    // Nobody moves into another's time, neither at the begin nor at the end; an open end takes everything behind it.
    let address = format!("/api/v1/records/x_booking/{second}");
    tenant.admin.patch(&address, None, &json!({"x_from": at("10:29")})).refused(409, "x.td.overlap");
    let open = json!({"name": "open", "x_thing": thing, "x_from": at("09:00"), "x_to": null, "x_state": "planned"});
    tenant.admin.post("/api/v1/records/x_booking", &open).refused(409, "x.td.overlap");
    // A cancelled booking is no obstacle, and does not come back where somebody came meanwhile.
    tenant.admin.change("x_booking", &first, json!({"x_state": "cancelled"}));
    tenant.admin.create("x_booking", booking("10:15", "10:30"));
    let address = format!("/api/v1/records/x_booking/{first}");
    tenant.admin.patch(&address, None, &json!({"x_state": "planned"})).refused(409, "x.td.overlap");
    // In one unit the later of two gives way.
    let both = json!([booking("12:00", "13:00"), booking("12:59", "14:00")]);
    let refused = tenant.admin.post("/api/v1/records/x_booking", &both).refused(409, "x.td.overlap");
    assert_eq!(refused.problems().len(), 1, "{refused}");
    assert_eq!(refused.problems()[0]["params"]["index"], 1, "{refused}");
    let some = tenant.admin.post("/api/v1/records/x_booking?partial=true", &both).expect(200);
    assert_eq!((&some.json["results"][0]["status"], &some.json["results"][1]["status"]), (&json!(201), &json!(409)), "{some}");

    let minute = |n: usize| (at(&format!("15:{n:02}")), at(&format!("15:{:02}", n + 30)));
    let book = |n: usize| {
        let (from, to) = minute(n);
        let body = json!({"name": "race", "x_thing": thing, "x_from": from, "x_to": to, "x_state": "planned"});
        tenant.admin.post("/api/v1/records/x_booking", &body)
    };
    assert_eq!(winners(&race(book), "x.td.overlap"), 1);
}

/// Dates are half open too: one may begin on the day when the other ends.
fn days_that_do_not_meet(tenant: &Tenant) {
    let rule = json!({"key": "one_price", "from": "x_from", "to": "x_to", "message": "Two prices"});
    object(tenant, "x_price", &[field("x_from", "date"), field("x_to", "date")], json!({"no_overlaps": [rule]}));
    let price = |from: &str, to: Value| json!({"name": from, "x_from": from, "x_to": to});
    tenant.admin.create("x_price", price("2026-01-01", json!("2026-02-01")));
    tenant.admin.create("x_price", price("2026-02-01", Value::Null));
    let refused = tenant.admin.post("/api/v1/records/x_price", &price("2026-01-31", json!("2026-02-01"))).refused(409, "rule.failed");
    assert_eq!(refused.problems()[0]["params"]["rule"], "one_price", "{refused}");
    tenant.admin.post("/api/v1/records/x_price", &price("2031-01-01", json!("2031-01-02"))).refused(409, "rule.failed");
    tenant.admin.create("x_price", json!({"name": "no begin, no interval", "x_to": "2026-05-05"}));
}

/// AS-9: a thing has one open job; twenty that come at once to a free thing are one too.
fn one_open_job_for_a_thing(tenant: &Tenant) {
    object(tenant, "x_thing", &[], json!({}));
    let fields = [
        reference("x_thing", "x_thing"),
        select("x_state", &["open", "in_progress", "delivered"]),
        json!({"key": "x_number", "type": "sequence", "format": "RO{yyyy}{MM}-{0000}", "label": {"en": "Number"}}),
    ];
    let unique = json!({"fields": ["x_thing"], "condition": "x_state in [\"open\", \"in_progress\"]", "code": "x.job.duplicate_open"});
    object(tenant, "x_job", &fields, json!({"uniques": [unique]}));
    let thing = |name: &str| tenant.admin.create_id("x_thing", json!({"name": name}));
    let (busy, free) = (thing("busy"), thing("free"));
    let job = |thing: &str| json!({"name": "job", "x_thing": thing, "x_state": "open"});
    let first = tenant.admin.create("x_job", job(&busy));
    assert_eq!(first["x_number"], "RO202611-0001");
    let refused = tenant.admin.post("/api/v1/records/x_job", &job(&busy)).refused(409, "x.job.duplicate_open");
    assert_eq!(refused.problems()[0]["params"]["other"], first["id"], "{refused}");
    assert_eq!(winners(&race(|_| tenant.admin.post("/api/v1/records/x_job", &job(&free))), "x.job.duplicate_open"), 1);
    tenant.admin.change("x_job", first["id"].as_str().expect("an id"), json!({"x_state": "delivered"}));
    tenant.admin.create("x_job", job(&busy));
}

/// CP-3: twenty people set different first choices at the same moment.
fn one_first_choice(tenant: &Tenant) {
    object(tenant, "x_deal", &[], json!({}));
    let unique = json!({"fields": ["x_deal"], "condition": "x_first == true", "code": "x.two_first"});
    object(tenant, "x_choice", &[reference("x_deal", "x_deal"), field("x_first", "bool")], json!({"uniques": [unique]}));
    let deal = tenant.admin.create_id("x_deal", json!({"name": "D"}));
    let choices = (0..WRITERS).map(|n| json!({"name": format!("choice {n}"), "x_deal": deal, "x_first": false})).collect();
    let choices = tenant.create_all("x_choice", choices);
    let choose = |n: usize| tenant.admin.patch(&format!("/api/v1/records/x_choice/{}", choices[n]), None, &json!({"x_first": true}));
    assert_eq!(winners(&race(choose), "x.two_first"), 1);
    assert_eq!(tenant.count("x_choice", "x_first == true"), 1);
}

/// CP-7: 60 % and 30 % leave no room for 20 %, until one of them ends.
fn shares_of_a_whole(tenant: &Tenant) {
    object(tenant, "x_client", &[], json!({}));
    let fields = [reference("x_client", "x_client"), field("x_share", "percent"), field("x_ended", "bool")];
    let limit = json!({"key": "whole", "fields": ["x_client"], "sum": "x_share", "at_most": "100", "condition": "x_ended != true",
        "code": "x.share.over", "message": {"zh-CN": "份额超过 100%", "en": "More than the whole"}});
    object(tenant, "x_use", &fields, json!({"limits": [limit]}));
    let client = |name: &str| tenant.admin.create_id("x_client", json!({"name": name}));
    let one = client("one");
    let share = |client: &str, share: &str| json!({"name": share, "x_client": client, "x_share": share});
    tenant.admin.create("x_use", share(&one, "60"));
    let second = tenant.admin.create_id("x_use", share(&one, "30"));
    let refused = tenant.admin.post("/api/v1/records/x_use", &share(&one, "20")).refused(409, "x.share.over");
    let problem = refused.problem("x.share.over", "x_share");
    assert_eq!((&problem["params"]["total"], &problem["params"]["at_most"]), (&json!("110.00"), &json!("100")), "{refused}");
    tenant.admin.create("x_use", share(&client("another"), "20"));
    tenant.admin.change("x_use", &second, json!({"x_ended": true}));
    tenant.admin.create("x_use", share(&one, "20"));
    let address = format!("/api/v1/records/x_use/{second}");
    tenant.admin.patch(&address, None, &json!({"x_ended": false})).refused(409, "x.share.over");

    let raced = client("raced");
    let answers = race(|_| tenant.admin.post("/api/v1/records/x_use", &share(&raced, "30")));
    assert_eq!(winners(&answers, "x.share.over"), 3);
    let rows = tenant.admin.groups(json!({"object": "x_use", "filter": format!("x_client == \"{raced}\""),
        "measures": [{"fn": "sum", "field": "x_share"}]}));
    assert_eq!(rows[0][1][0], "90.00");
}

/// A count is bounded like a sum.
fn places_in_a_group(tenant: &Tenant) {
    let limit = json!({"key": "places", "fields": ["x_group"], "at_most": "7", "code": "x.full", "message": "Full"});
    object(tenant, "x_place", &[field("x_group", "text")], json!({"limits": [limit]}));
    // What is written in two ways is one group.
    let group = |n: usize| if n.is_multiple_of(2) { "ａ组" } else { "A组" };
    let answers = race(|n| tenant.admin.post("/api/v1/records/x_place", &json!({"name": "p", "x_group": group(n)})));
    assert_eq!(winners(&answers, "x.full"), 7);
    let other = tenant.admin.create_id("x_place", json!({"name": "p", "x_group": "B"}));
    tenant.admin.patch(&format!("/api/v1/records/x_place/{other}"), None, &json!({"x_group": "a组"})).refused(409, "x.full");
    tenant.admin.create("x_place", json!({"name": "outside"}));
}

/// Rows that break a rule are refused one by one.
fn an_import_keeps_the_rules(tenant: &Tenant) {
    let limit = json!({"key": "places", "fields": ["x_group"], "at_most": "2", "code": "x.full", "message": "Full"});
    object(tenant, "x_place", &[field("x_group", "text")], json!({"limits": [limit]}));
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("places.csv");
    let rows: String = (0..60).map(|n| format!("p{n},g{}\n", n % 20)).collect();
    std::fs::write(&file, format!("name,x_group\n{rows}")).expect("a file");
    tenant.cli(&["import", "--tenant", &tenant.key, "--object", "x_place", file.to_str().expect("a path")]).expect(0);
    assert_eq!(tenant.count("x_place", "x_group != null"), 40);
    assert_eq!(tenant.count("x_place", "name == \"p0\" || name == \"p20\""), 2, "the first ones have their place");
}
