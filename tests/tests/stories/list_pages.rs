//! The pages of lists, as a browser without scripts uses them: the filter builder, saved views, columns and order, groups, board and
//! calendar; and what the scripts of cells and cards ask for.

use guanxi_tests::api::{Answer, encode};
use guanxi_tests::both;
use guanxi_tests::story::{PASSWORD, Tenant};
use serde_json::{Value, json};

use super::history_pages::Visitor;

both!(
    a_filter_is_built_step_by_step,
    a_filter_that_cannot_be_read,
    columns_order_and_groups,
    a_view_is_saved_shared_and_deleted,
    a_cell_is_changed_in_place,
    cards_move_by_transitions,
    days_of_a_calendar,
    prices_are_not_summed,
);

/// Jobs with a state that moves by declared ways, a day, a moment and numbers.
fn jobs(tenant: &Tenant) -> Vec<String> {
    let label = |text: &str| json!({"zh-CN": text, "en": text});
    let option = |code: &str| json!({"code": code, "label": label(code)});
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_job", "label": label("Job")})).expect(201);
    for field in [
        json!({"key": "x_state", "type": "select", "label": label("State"), "default": "draft",
            "options": [option("draft"), option("sent"), option("done")]}),
        json!({"key": "x_amount", "type": "money", "label": label("Amount")}),
        json!({"key": "x_due", "type": "date", "label": label("Due")}),
        json!({"key": "x_at", "type": "datetime", "label": label("Starts")}),
        json!({"key": "x_customer", "type": "reference", "target": "customer", "label": label("Customer")}),
        json!({"key": "x_tags", "type": "multi_select", "label": label("Tags"), "options": [option("a"), option("b")]}),
        json!({"key": "x_urgent", "type": "bool", "label": label("Urgent")}),
    ] {
        tenant.add_field("x_job", field);
    }
    let rules = json!({
        "validations": [{"key": "big", "condition": "x_amount == null || x_amount <= 1000", "message": label("Really so much?"),
            "field": "x_amount", "severity": "confirm"}],
        "machine": {"field": "x_state", "transitions": [
            {"action": "send", "label": label("Send"), "from": ["draft"], "to": "sent"},
            {"action": "finish", "label": label("Finish"), "from": ["sent"], "to": "done"}]},
    });
    tenant.admin.put("/api/v1/objects/x_job/rules", &rules).expect(200);
    let customer = tenant.admin.create_id("customer", json!({"name": "Acme", "region": "North"}));
    tenant.create_all(
        "x_job",
        vec![
            json!({"name": "Roof", "x_amount": "100.00", "x_due": "2026-12-03", "x_customer": customer, "x_tags": ["a"], "x_urgent": true}),
            json!({"name": "Wall", "x_amount": "250.00", "x_due": "2026-12-03", "x_at": "2026-12-03T01:30:00Z"}),
            json!({"name": "Door", "x_amount": "7.00", "x_due": "2026-11-30", "x_state": "sent"}),
            json!({"name": "Lamp"}),
        ],
    )
}

/// Where an answer leads.
fn location(answer: &Answer) -> String {
    answer.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
}

/// One step of the builder that is done, and the list to which it leads.
fn applied(visitor: &Visitor, object: &str, pairs: &[(&str, &str)]) -> (String, Answer) {
    let query = pairs.iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&");
    let to = location(&visitor.get(&format!("/o/{object}/filter?{query}&then=apply")).expect(303));
    let page = visitor.get(&to).expect(200);
    (to, page)
}

fn rows(page: &Answer) -> usize {
    page.text.matches("data-id=\"").count()
}

fn filter_of(address: &str) -> String {
    let (_, query) = address.split_once('?').unwrap_or_default();
    let filter = query.split('&').find_map(|pair| pair.strip_prefix("filter=")).unwrap_or_default();
    let mut bytes = Vec::new();
    let mut rest = filter.bytes();
    while let Some(byte) = rest.next() {
        let code = if byte == b'%' {
            [rest.next(), rest.next()].map(|digit| char::from(digit.unwrap_or(b'0')).to_digit(16).unwrap_or(0))
        } else {
            [0, 0]
        };
        bytes.push(if byte == b'%' { (code[0] * 16 + code[1]) as u8 } else { byte });
    }
    String::from_utf8(bytes).expect("text")
}

fn a_filter_is_built_step_by_step(tenant: &Tenant) {
    jobs(tenant);
    let visitor = Visitor::admin(tenant);
    let fields = visitor.get("/o/x_job/filter").expect(200);
    assert!(fields.text.contains("path=x_amount") && fields.text.contains("via=x_customer"), "own fields and ways on: {fields}");
    let behind = visitor.get("/o/x_job/filter?via=x_customer").expect(200);
    assert!(behind.text.contains("path=x_customer.region"), "{behind}");
    let editor = visitor.get("/o/x_job/filter?path=x_state").expect(200);
    assert!(editor.text.contains("type=\"checkbox\" name=\"value\" value=\"sent\""), "choices are boxes: {editor}");
    for (pairs, filter, count) in [
        (vec![("path", "x_state"), ("operator", "eq"), ("value", "sent"), ("value", "done")], r#"x_state in ["sent", "done"]"#, 1),
        (vec![("path", "x_state"), ("operator", "ne"), ("value", "sent")], r#"x_state != "sent""#, 3),
        (vec![("path", "x_customer.region"), ("operator", "starts_with"), ("text", "nor")], r#"x_customer.region.startsWith("nor")"#, 1),
        (vec![("path", "x_amount"), ("operator", "between"), ("from", "50"), ("to", "250")], "x_amount >= 50.00 && x_amount <= 250.00", 2),
        (vec![("path", "x_due"), ("operator", "next"), ("days", "14")], "x_due in next_days(14)", 3),
        (vec![("path", "x_due"), ("operator", "empty")], "x_due == null", 1),
        (vec![("path", "x_tags"), ("operator", "has"), ("value", "a"), ("value", "b")], r#""a" in x_tags || "b" in x_tags"#, 1),
        (vec![("path", "x_urgent"), ("operator", "eq"), ("value", "true")], "x_urgent == true", 1),
        (vec![("path", "owner"), ("operator", "eq"), ("value", "me")], "owner == me", 4),
        (vec![("path", "name"), ("operator", "one_of"), ("text", "Roof, wall")], r#"name in ["Roof", "wall"]"#, 2),
    ] {
        let (to, page) = applied(&visitor, "x_job", &pairs);
        assert_eq!((filter_of(&to).as_str(), rows(&page)), (filter, count), "{pairs:?}: {page}");
    }
    let none = visitor.get("/o/x_job/filter?path=x_amount&operator=ge&text=much&then=apply").expect(422);
    assert!(none.text.contains("role=\"alert\""), "a value that is none is told: {none}");

    let first = [("path", "x_state"), ("operator", "eq"), ("value", "sent")];
    let (to, _) = applied(&visitor, "x_job", &first);
    let filter = filter_of(&to);
    let another = [("filter", filter.as_str()), ("piece", "0"), ("path", "x_urgent"), ("operator", "eq"), ("value", "true")];
    let (to, page) = applied(&visitor, "x_job", &another);
    assert_eq!((filter_of(&to).as_str(), rows(&page)), (r#"x_state == "sent" || x_urgent == true"#, 2), "{page}");
    let both = filter_of(&to);
    let one_more = [("filter", both.as_str()), ("path", "x_amount"), ("operator", "gt"), ("text", "50")];
    let (to, page) = applied(&visitor, "x_job", &one_more);
    assert_eq!((filter_of(&to).as_str(), rows(&page)), (r#"(x_state == "sent" || x_urgent == true) && x_amount > 50.00"#, 1), "{page}");
    let three = filter_of(&to);
    let held = visitor.get(&format!("/o/x_job/filter?filter={}&piece=1&branch=0", encode(&three))).expect(200);
    assert!(held.text.contains("value=\"50.00\"") && held.text.contains("value=\"gt\" selected"), "it can be changed: {held}");
    let removed = location(&visitor.get(&format!("/o/x_job/filter?filter={}&piece=0&branch=0&then=remove", encode(&three))).expect(303));
    assert_eq!(filter_of(&removed), "x_urgent == true && x_amount > 50.00");
}

fn a_filter_that_cannot_be_read(tenant: &Tenant) {
    jobs(tenant);
    let visitor = Visitor::admin(tenant);
    let page = visitor.get(&format!("/o/x_job?filter={}", encode("x_amount >> 5"))).expect(400);
    assert!(page.text.contains("x_amount &gt;<mark>&gt;</mark> 5"), "the fault is marked in its place: {page}");
    assert!(!page.text.contains("data-id="), "no record is shown: {page}");
    let page = visitor.get(&format!("/o/x_job?filter={}", encode("x_nothing == 5"))).expect(422);
    assert!(page.text.contains("name=\"filter\"") && !page.text.contains("data-id="), "{page}");
    for view in ["board", "calendar"] {
        visitor.get(&format!("/o/x_job?view={view}&filter={}", encode("x_amount >> 5"))).expect(400);
    }
}

fn columns_order_and_groups(tenant: &Tenant) {
    jobs(tenant);
    let visitor = Visitor::admin(tenant);
    let to = location(&visitor.get("/o/x_job/columns?col=name&col=x_customer.region&col=x_amount&then=apply").expect(303));
    assert_eq!(to, "/o/x_job?columns=name%2Cx_customer.region%2Cx_amount");
    let page = visitor.get(&to).expect(200);
    assert!(page.text.contains("North") && !page.text.contains("2026-12-03"), "only the chosen columns: {page}");
    let moved = visitor.get("/o/x_job/columns?col=name&col=x_amount&then=up%20x_amount").expect(200);
    let (amount, name) = (moved.text.find("value=\"x_amount\" checked"), moved.text.find("value=\"name\" checked"));
    assert!(amount.is_some() && amount < name, "a column goes up: {moved}");
    let to = location(&visitor.get("/o/x_job/sort?key0=x_due&down0=true&key1=name&down1=false&then=apply").expect(303));
    assert_eq!(to, "/o/x_job?sort=-x_due%2Cname");
    let page = visitor.get(&to).expect(200);
    let place = |name: &str| page.text.find(&format!("title=\"{name}\"")).unwrap_or_else(|| panic!("{name}: {page}"));
    assert!(place("Roof") < place("Wall") && place("Wall") < place("Door") && place("Door") < place("Lamp"), "nulls last: {page}");
    let grouped = visitor.get("/o/x_job?by=x_state").expect(200);
    assert!(grouped.text.contains("¥350") && grouped.text.contains("¥7"), "sums of groups: {grouped}");
    assert_eq!((grouped.text.matches("data-group").count(), rows(&grouped)), (2, 4), "{grouped}");
    let one = visitor.get("/o/x_job?by=x_state&open=sent").expect(200);
    assert_eq!((one.text.matches("data-group").count(), rows(&one)), (2, 1), "only the open group has rows: {one}");
    let months = visitor.get("/o/x_job?by=x_due%3Amonth").expect(200);
    assert!(months.text.contains("2026 年 12 月") && months.text.contains("未填"), "months and what has none: {months}");
    assert_eq!(rows(&months), 4);
    let people = visitor.get("/o/x_job?by=x_customer").expect(200);
    assert!(people.text.contains("Acme") && people.text.contains("未填"), "{people}");
}

fn a_view_is_saved_shared_and_deleted(tenant: &Tenant) {
    jobs(tenant);
    tenant.user("lei@story.example", None, &["administrator"]);
    let visitor = Visitor::admin(tenant);
    let lei = tenant.user_id("lei@story.example");
    visitor.post(&format!("/admin/users/{lei}/password"), &[("password", PASSWORD)]).expect(303);
    let other = Visitor::new(tenant, "lei@story.example", PASSWORD);
    let look =
        [("view", "list"), ("filter", "x_state == \"sent\""), ("sort", "name"), ("columns", "name,x_amount"), ("by", ""), ("on", "")];
    let new = |name: &'static str| [&look[..], &[("name", name), ("then", "new")]].concat();
    let refused = visitor.post("/o/x_job/views", &new("")).expect(422);
    assert!(refused.text.contains("name-problems"), "a view needs a name: {refused}");
    let (to, page) = visitor.follow("/o/x_job/views", &new("Sent ones"));
    assert!(to.starts_with("/o/x_job?saved=") && page.text.contains("Sent ones"), "{to} {page}");
    assert_eq!(rows(&page), 1, "the view shows its records: {page}");
    assert!(!other.get("/o/x_job").expect(200).text.contains("Sent ones"), "a private view is nobody else's");
    let id = to.strip_prefix("/o/x_job?saved=").unwrap_or_default().to_owned();
    let changed = visitor.get(&format!("{to}&filter=")).expect(200);
    assert_eq!(rows(&changed), 4, "the address wins over the view: {changed}");
    assert!(changed.text.contains("有未保存的改动"), "and says so: {changed}");
    let address = format!("/o/x_job/views/{id}");
    let version = |visitor: &Visitor| {
        let page = visitor.get(&format!("/o/x_job/views?edit={id}")).expect(200).text;
        page.split_once("name=\"version\" value=\"")
            .and_then(|(_, rest)| rest.split_once('"'))
            .map_or(String::new(), |(version, _)| version.to_owned())
    };
    let now = version(&visitor);
    let settings = [("name", "Sent to all"), ("everyone", "true"), ("usual", "true"), ("version", now.as_str()), ("then", "settings")];
    let (_, page) = visitor.follow(&address, &settings);
    assert!(page.text.contains("Sent to all"), "{page}");
    let shared = other.get(&to).expect(200);
    assert_eq!((shared.text.contains("Sent to all"), rows(&shared)), (true, 1), "{shared}");
    assert_eq!(rows(&visitor.get("/o/x_job").expect(200)), 1, "the list opens with the chosen view");
    assert_eq!(rows(&visitor.get("/o/x_job?saved=none").expect(200)), 4, "and without it where that is asked for");
    assert_eq!(rows(&other.get("/o/x_job").expect(200)), 4, "for nobody else");
    other.follow(&address, &[("usual", "true"), ("then", "usual")]);
    assert_eq!(rows(&other.get("/o/x_job").expect(200)), 1, "but others may choose it too");
    let now = version(&visitor);
    let content = [&look[..], &[("version", now.as_str()), ("then", "content"), ("filter", "x_amount > 50")]].concat();
    let (_, page) = visitor.follow(&address, &content);
    assert_eq!(rows(&page), 2, "the view was changed: {page}");
    let stale = [&look[..], &[("version", "1"), ("then", "content")]].concat();
    visitor.post(&address, &stale).expect(409);
    let (to, page) = visitor.follow(&address, &[("version", &version(&visitor)), ("then", "delete")]);
    assert_eq!((to.as_str(), page.text.contains("?saved=")), ("/o/x_job", false), "{page}");
}

fn version_of(tenant: &Tenant, id: &str) -> String {
    tenant.admin.record("x_job", id)["version"].to_string()
}

fn a_cell_is_changed_in_place(tenant: &Tenant) {
    let ids = jobs(tenant);
    let visitor = Visitor::admin(tenant);
    let address = format!("/o/x_job/{}/cell", ids[0]);
    let editor = visitor.get(&format!("{address}?field=x_amount")).expect(200);
    assert!(editor.text.contains("name=\"x_amount\" value=\"100.00\""), "{editor}");
    let state = visitor.get(&format!("{address}?field=x_state")).expect(200);
    assert!(state.text.contains("value=\"sent\"") && !state.text.contains("value=\"done\""), "only where it may go: {state}");
    visitor.get(&format!("{address}?field=created_at")).expect(404);
    let version = version_of(tenant, &ids[0]);
    let with = |value: &'static str, version: &str| -> Vec<(&'static str, String)> {
        vec![("field", "x_amount".into()), ("x_amount", value.into()), ("version", version.to_owned()), ("was", "100.00".into())]
    };
    let post = |fields: &[(&'static str, String)]| {
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
        visitor.post(&address, &fields)
    };
    let wrong = post(&with("much", &version)).expect(422);
    assert!(wrong.text.contains("x_amount-problems") && wrong.text.contains("value=\"much\""), "told at the cell: {wrong}");
    let asked = post(&with("5000", &version)).expect(409);
    assert!(asked.text.contains("Really so much?") && asked.text.contains("name=\"confirm\" value=\"rule.failed:big\""), "{asked}");
    let agreed = [&with("5000", &version)[..], &[("confirm", "rule.failed:big".to_owned())]].concat();
    let saved = post(&agreed).expect(200);
    assert!(saved.text.contains("data-said") && saved.text.contains("¥5,000"), "the row as it is now: {saved}");
    assert_eq!(tenant.admin.record("x_job", &ids[0])["x_amount"], "5000.00");
    let conflict = post(&with("120", &version)).expect(409);
    assert!(conflict.text.contains("¥5,000.00") && conflict.text.contains("value=\"120\""), "theirs beside mine: {conflict}");
    // Somebody changed another field: nothing to ask about.
    let version = version_of(tenant, &ids[0]);
    tenant.admin.patch(&format!("/api/v1/records/x_job/{}", ids[0]), None, &json!({"x_due": "2026-12-09"})).expect(200);
    let fields = vec![("field", "x_amount".to_owned()), ("x_amount", "80".into()), ("version", version), ("was", "5000.00".into())];
    post(&fields).expect(200);
    let stored = tenant.admin.record("x_job", &ids[0]);
    assert_eq!((&stored["x_amount"], &stored["x_due"]), (&json!("80.00"), &json!("2026-12-09")), "{stored}");
}

/// What the script of a board or calendar sends.
fn moved(visitor: &Visitor, id: &str, fields: &[(&str, &str)]) -> Answer {
    visitor.post_for(&format!("/o/x_job/{id}/move"), fields, "application/json")
}

fn cards_move_by_transitions(tenant: &Tenant) {
    let ids = jobs(tenant);
    let visitor = Visitor::admin(tenant);
    let page = visitor.get("/o/x_job?view=board").expect(200);
    assert!(page.text.contains("data-board data-field=\"x_state\""), "the state makes the columns: {page}");
    assert_eq!(page.text.matches("<li class=\"kc\"").count(), 4);
    assert!(page.text.contains("¥350") && page.text.contains("¥7"), "sums of columns: {page}");
    let version = version_of(tenant, &ids[0]);
    let refused = moved(&visitor, &ids[0], &[("version", &version), ("x_state", "done")]).expect(409);
    assert!(refused.json["why"].as_str().is_some_and(|why| !why.is_empty()) && refused.json["ask"].is_null(), "{refused}");
    let done = moved(&visitor, &ids[0], &[("version", &version), ("x_state", "sent")]).expect(200);
    assert_eq!(tenant.admin.record("x_job", &ids[0])["x_state"], "sent", "{done}");
    assert_eq!(done.json["version"], json!(2), "{done}");
    let boolean = visitor.get("/o/x_job?view=board&by=x_urgent").expect(200);
    assert!(boolean.text.contains("section aria-labelledby=\"column-2\""), "yes, no and not set: {boolean}");
    let people = visitor.get("/o/x_job?view=board&by=x_customer").expect(200);
    assert!(people.text.contains("Acme"), "{people}");
    let many: Vec<Value> = (0..30).map(|n| json!({"name": format!("J{n}")})).collect();
    tenant.create_all("x_job", many);
    let first = visitor.get("/o/x_job?view=board").expect(200);
    assert!(first.text.contains("data-more") && first.text.matches("<li class=\"kc\"").count() < 30, "{first}");
    let open = visitor.get("/o/x_job?view=board&open=draft").expect(200);
    assert_eq!(open.text.matches("<li class=\"kc\"").count(), 34, "the rest came: {open}");
}

fn days_of_a_calendar(tenant: &Tenant) {
    let ids = jobs(tenant);
    let visitor = Visitor::admin(tenant);
    let page = visitor.get("/o/x_job?view=calendar&on=x_due&at=2026-12").expect(200);
    assert_eq!(page.text.matches("data-day=\"").count(), 35, "whole weeks from 30 November: {page}");
    let day = |page: &Answer, day: &str| -> String {
        let rest = page.text.split_once(&format!("data-day=\"{day}\"")).map_or("", |(_, rest)| rest);
        rest.split_once("</td>").map_or("", |(cell, _)| cell).to_owned()
    };
    assert!(day(&page, "2026-12-03").contains("Roof") && day(&page, "2026-11-30").contains("Door"), "{page}");
    assert!(page.text.contains("1 条没有日期"), "{page}");
    let moment = visitor.get("/o/x_job?view=calendar&on=x_at&at=2026-12-03&span=week").expect(200);
    assert_eq!(moment.text.matches("data-day=\"").count(), 7);
    assert!(day(&moment, "2026-12-03").contains("09:30"), "in the tenant's zone: {moment}");
    let version = version_of(tenant, &ids[1]);
    moved(&visitor, &ids[1], &[("version", &version), ("x_at", "2026-12-10T09:30:00")]).expect(200);
    assert_eq!(tenant.admin.record("x_job", &ids[1])["x_at"], "2026-12-10T01:30:00Z");
    let version = version_of(tenant, &ids[0]);
    visitor.follow(
        &format!("/o/x_job/{}/move?return=%2Fo%2Fx_job%3Fview%3Dcalendar", ids[0]),
        &[("version", &version), ("x_due", "2026-12-24")],
    );
    assert_eq!(tenant.admin.record("x_job", &ids[0])["x_due"], "2026-12-24");
    let many: Vec<Value> = (0..9).map(|n| json!({"name": format!("D{n}"), "x_due": "2026-12-08"})).collect();
    tenant.create_all("x_job", many);
    let page = visitor.get("/o/x_job?view=calendar&on=x_due&at=2026-12").expect(200);
    assert!(day(&page, "2026-12-08").contains("还有 5 条"), "{page}");
}

fn prices_are_not_summed(tenant: &Tenant) {
    jobs(tenant);
    tenant.add_field("x_job", json!({"key": "x_price", "type": "money", "label": {"en": "Unit price"}}));
    tenant.add_field("x_job", json!({"key": "x_count", "type": "integer", "label": {"en": "Count"}}));
    let formula = json!({"key": "x_total", "type": "formula", "result": "money", "formula": "x_price * x_count", "label": {"en": "Total"}});
    tenant.add_field("x_job", formula);
    tenant.create_all(
        "x_job",
        vec![json!({"name": "A", "x_price": "11.00", "x_count": 2}), json!({"name": "B", "x_price": "13.00", "x_count": 3})],
    );
    let page = Visitor::admin(tenant).get("/o/x_job?by=x_state&columns=name,x_price,x_count,x_total&open=-").expect(200);
    assert!(page.text.contains("¥61") && !page.text.contains("¥24"), "totals, not prices: {page}");
}
