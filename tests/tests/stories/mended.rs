//! What reviews of writing found, and what is true since.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use reqwest::Method;
use serde_json::{Value, json};

use super::history_pages::{Visitor, between};
use super::roles::put;

both!(
    figures_that_do_not_fit_are_not_declared,
    formulas_that_do_not_fit_are_not_declared,
    a_figure_that_no_longer_fits,
    large_products_compare_alike,
    eight_fields_at_once,
    two_administrators_save_rules,
    the_page_of_rules_sees_other_administrators,
    intervals_end_after_they_begin,
    long_numbers_are_never_rounded,
    a_unit_in_use_stays,
    the_record_in_the_way_of_an_action,
    a_limit_tells_no_totals_of_others,
    who_owns_an_attachment,
    an_unseen_record_teaches_nothing,
    uniqueness_of_a_record_and_its_lines,
    actions_on_fields_one_may_not_edit,
    all_that_is_wrong_with_a_field,
);

const LARGE: &str = "999999999999999999";

fn object(tenant: &Tenant, key: &str, fields: &[(&str, &str)]) {
    tenant.admin.post("/api/v1/objects", &json!({"key": key, "label": {"en": key}})).expect(201);
    for (field, kind) in fields {
        tenant.add_field(key, json!({"key": field, "type": kind, "label": {"en": field}, "scale": 0}));
    }
}

fn field_keys(api: &Api, object: &str) -> Vec<String> {
    let described = api.get(&format!("/api/v1/objects/{object}?hidden=true")).expect(200).json;
    let keys = |part: &str| {
        described[part].as_array().into_iter().flatten().filter_map(|field| field["key"].as_str().map(str::to_owned)).collect()
    };
    let (mut all, dropped): (Vec<String>, Vec<String>) = (keys("fields"), keys("dropped"));
    all.extend(dropped);
    all
}

/// Two places of a box, with nines in two of its items.
fn boxes(tenant: &Tenant) -> (String, String) {
    object(tenant, "x_box", &[]);
    object(tenant, "x_item", &[("x_n", "decimal"), ("x_count", "integer")]);
    tenant.add_field("x_item", json!({"key": "x_box", "type": "reference", "target": "x_box", "label": {"en": "Box"}}));
    let ids = tenant.create_all("x_box", vec![json!({"name": "small"}), json!({"name": "full"})]);
    let item = |id: &String, n: &str| json!({"name": "I", "x_box": id, "x_n": n, "x_count": 9_000_000_000_000_000_000_i64});
    tenant.create_all("x_item", vec![item(&ids[0], "1"), item(&ids[1], LARGE), item(&ids[1], LARGE)]);
    (ids[0].clone(), ids[1].clone())
}

fn roll_up(key: &str, function: &str, field: &str) -> Value {
    let roll_up = json!({"object": "x_item", "reference": "x_box", "function": function, "field": field});
    json!({"key": key, "type": "roll_up", "label": {"en": key}, "roll_up": roll_up})
}

fn figures_that_do_not_fit_are_not_declared(tenant: &Tenant) {
    let api = &tenant.admin;
    let (small, full) = boxes(tenant);
    let before = field_keys(api, "x_box");
    for field in ["x_n", "x_count"] {
        let refused = api.post("/api/v1/objects/x_box/fields", &roll_up("x_sum", "sum", field)).refused(422, "field.range");
        let params = refused.problem("field.range", "roll_up")["params"].clone();
        assert_eq!((&params["object"], &params["name"], &params["record"]), (&json!("x_box"), &json!("x_sum"), &json!(full)), "{refused}");
        assert!(refused.json["title"].as_str().is_some_and(|title| title.contains("x_sum")), "{refused}");
    }
    assert_eq!(field_keys(api, "x_box"), before, "nothing was declared");
    assert!(api.record("x_box", &full).get("x_sum").is_none());
    // What fits is declared, also beside what would not.
    api.post("/api/v1/objects/x_box/fields", &roll_up("x_most", "max", "x_n")).expect(201);
    api.post("/api/v1/objects/x_box/fields", &roll_up("x_mean", "avg", "x_n")).expect(201);
    let record = api.record("x_box", &full);
    assert_eq!((&record["x_most"], &record["x_mean"]), (&json!(LARGE), &json!(LARGE)), "{record}");
    // Once it fits, so does the declaration.
    let item =
        api.list("x_item", &[("filter", &format!("x_box == \"{full}\"")), ("limit", "1")])[0]["id"].as_str().expect("an id").to_owned();
    api.delete(&format!("/api/v1/records/x_item/{item}")).expect(204);
    api.post("/api/v1/objects/x_box/fields", &roll_up("x_sum", "sum", "x_n")).expect(201);
    assert_eq!((&api.record("x_box", &full)["x_sum"], &api.record("x_box", &small)["x_sum"]), (&json!(LARGE), &json!("1")));
}

fn formulas_that_do_not_fit_are_not_declared(tenant: &Tenant) {
    let api = &tenant.admin;
    object(tenant, "x_figure", &[("x_n", "integer"), ("x_a", "decimal")]);
    tenant.create_all("x_figure", (0..600).map(|n| json!({"name": format!("F{n}"), "x_n": n, "x_a": n.to_string()})).collect());
    let odd = api.create_id("x_figure", json!({"name": "odd", "x_n": 9_000_000_000_000_000_000_i64, "x_a": LARGE}));
    let before = field_keys(api, "x_figure");
    let declare = |key: &str, formula: &str, kind: &str| {
        let field = json!({"key": key, "type": "formula", "label": {"en": key}, "formula": formula, "result": kind, "scale": 0});
        api.post("/api/v1/objects/x_figure/fields", &field)
    };
    for (formula, kind) in [("x_n * 2", "integer"), ("x_a * 10", "decimal")] {
        let refused = declare("x_f", formula, kind).refused(422, "field.range");
        let params = refused.problem("field.range", "formula")["params"].clone();
        assert_eq!((&params["name"], &params["record"]), (&json!("x_f"), &json!(odd)), "{refused}");
    }
    assert_eq!(field_keys(api, "x_figure"), before);
    // Another expression, also where only a formula that reads it has no place for what it gives.
    declare("x_f", "x_n / 10", "integer").expect(201);
    declare("x_g", "x_f * 2", "integer").expect(201);
    let refused = api.patch("/api/v1/objects/x_figure/fields/x_f", None, &json!({"formula": "x_n"})).refused(422, "field.range");
    assert_eq!(refused.problem("field.range", "formula")["params"]["name"], "x_g", "{refused}");
    let record = api.record("x_figure", &odd);
    assert_eq!((&record["x_f"], &record["x_g"]), (&json!(900_000_000_000_000_000_i64), &json!(1_800_000_000_000_000_000_i64)), "{record}");
    // A record in the bin is in nobody's way.
    api.delete(&format!("/api/v1/records/x_figure/{odd}")).expect(204);
    api.patch("/api/v1/objects/x_figure/fields/x_f", None, &json!({"formula": "x_n"})).expect(200);
    assert_eq!(tenant.count("x_figure", "x_f != x_n || x_g != x_n * 2"), 0);
}

fn a_figure_that_no_longer_fits(tenant: &Tenant) {
    let api = &tenant.admin;
    object(tenant, "x_box", &[]);
    object(tenant, "x_item", &[("x_n", "decimal")]);
    tenant.add_field("x_item", json!({"key": "x_box", "type": "reference", "target": "x_box", "label": {"en": "Box"}}));
    let half = json!({"key": "x_half", "type": "formula", "label": {"en": "Half"}, "formula": "x_n / 2", "result": "decimal", "scale": 0});
    tenant.add_field("x_item", half);
    let sum = json!({"object": "x_item", "reference": "x_box", "function": "sum", "field": "x_half"});
    tenant.add_field("x_box", json!({"key": "x_sum", "type": "roll_up", "label": {"en": "Sum"}, "roll_up": sum}));
    let id = api.create_id("x_box", json!({"name": "B"}));
    let item = |n: &str| json!({"name": "I", "x_box": id, "x_n": n});
    api.create("x_item", item(LARGE));
    api.create("x_item", item("999999999999999990"));
    // A save that would make it too large names the figure.
    let refused = api.post("/api/v1/records/x_item", &item("100")).refused(422, "field.range");
    let params = refused.problems()[0]["params"].clone();
    assert_eq!((&params["object"], &params["name"], &params["record"]), (&json!("x_box"), &json!("x_sum"), &json!(id)), "{refused}");
    let blind = tenant.user("bo@x.example", None, &["salesperson"]);
    assert!(blind.get("/api/v1/records/x_box").status == 403 || blind.list("x_box", &[]).is_empty());
    // An expression of which the figure above has no room: everything stays as it was.
    let refused = api.patch("/api/v1/objects/x_item/fields/x_half", None, &json!({"formula": "x_n"})).refused(422, "field.range");
    let params = refused.problem("field.range", "formula")["params"].clone();
    assert_eq!((&params["object"], &params["name"], &params["record"]), (&json!("x_box"), &json!("x_sum"), &json!(id)), "{refused}");
    let described = api.get("/api/v1/objects/x_item").expect(200).json;
    let formula = described["fields"].as_array().into_iter().flatten().find(|f| f["key"] == "x_half").map(|f| f["formula"].clone());
    assert_eq!(formula, Some(json!("x_n / 2")), "{described}");
    assert_eq!(api.record("x_box", &id)["x_sum"], "999999999999999995");
    assert_eq!(tenant.count("x_item", "x_half == null"), 0);
}

fn large_products_compare_alike(tenant: &Tenant) {
    let api = &tenant.admin;
    object(tenant, "x_figure", &[("x_a", "decimal"), ("x_b", "decimal"), ("x_c", "decimal"), ("x_d", "decimal")]);
    let row = |name: &str, a: &str, b: &str, c: &str, d: &str| json!({"name": name, "x_a": a, "x_b": b, "x_c": c, "x_d": d});
    let minus = format!("-{LARGE}");
    tenant.create_all(
        "x_figure",
        vec![
            row("A small", "2", "3", "4", "5"),
            row("B wide", LARGE, LARGE, "1", "1"),
            row("C minus", &minus, LARGE, "1", "1"),
            row("D beyond", LARGE, LARGE, LARGE, LARGE),
            row("E zero", LARGE, LARGE, LARGE, "0"),
            json!({"name": "F null", "x_a": LARGE, "x_b": LARGE}),
        ],
    );
    for (filter, wanted) in [
        ("x_a * x_b > 100", "BDEF"),
        ("x_a * x_b < 0", "C"),
        ("x_a * x_b == x_b * x_a", "ABCDEF"),
        ("x_a * x_b - x_b * x_a + x_c * x_d == 20", "A"),
        ("x_a * x_b != 6", "BCDEF"),
        ("!(x_a * x_b <= 999999999999999999)", "BDEF"),
        ("x_a * x_b * x_c * x_d > 0", "AB"),
        ("x_a * x_b * x_c * x_d < 0", "C"),
        ("x_a * x_b * x_c * x_d == 0", "E"),
        ("x_a * x_b * x_c * x_d != 120", "BCDEF"),
        ("!(x_a * x_b * x_c * x_d > 0)", "CDEF"),
        ("x_a * x_b * x_c * x_d == null", "F"),
        ("x_a * x_b * 1000000000000 > 1", "A"),
        ("x_a * 999999999999999999 * 99 > x_b", "ABDEF"),
        ("x_a * 999999999999999999 * 999 > x_b", "A"),
        ("x_a * x_b - 1 >= x_b * x_b - 1", "BDEF"),
        ("(x_c > 1 ? x_a * x_b : x_a) > 5", "ABDEF"),
    ] {
        let found: String = api
            .column("x_figure", "name", &[("filter", filter), ("sort", "name")])
            .iter()
            .filter_map(|n| n.as_str()?.chars().next())
            .collect();
        assert_eq!(found, wanted, "{filter}");
    }
}

fn eight_fields_at_once(tenant: &Tenant) {
    object(tenant, "x_busy", &[]);
    tenant.create_all("x_busy", (0..50).map(|n| json!({"name": format!("B{n}")})).collect());
    let all = std::thread::scope(|scope| {
        let field = |n: usize| match n % 4 {
            0 => json!({"key": format!("x_f{n}"), "type": "formula", "label": {"en": "F"}, "formula": "name"}),
            1 => json!({"key": format!("x_f{n}"), "type": "text", "label": {"en": "F"}, "indexed": true}),
            2 => json!({"key": format!("x_f{n}"), "type": "integer", "label": {"en": "F"}, "unique": true}),
            _ => json!({"key": format!("x_f{n}"), "type": "date", "label": {"en": "F"}}),
        };
        let makers: Vec<_> = (0..8).map(|n| scope.spawn(move || tenant.admin.post("/api/v1/objects/x_busy/fields", &field(n)))).collect();
        makers.into_iter().map(|maker| maker.join().expect("an answer")).collect::<Vec<_>>()
    });
    for answer in all {
        answer.expect(201);
    }
    let keys = field_keys(&tenant.admin, "x_busy");
    assert!((0..8).all(|n| keys.contains(&format!("x_f{n}"))), "{keys:?}");
    assert_eq!(tenant.count("x_busy", "x_f0 == null || x_f4 == null"), 0);
    // One key is given once.
    let body = json!({"key": "x_same", "type": "text", "label": {"en": "S"}});
    let same: Vec<u16> = std::thread::scope(|scope| {
        let makers: Vec<_> = (0..4).map(|_| scope.spawn(|| tenant.admin.post("/api/v1/objects/x_busy/fields", &body).status)).collect();
        makers.into_iter().map(|maker| maker.join().expect("an answer")).collect()
    });
    assert_eq!((same.iter().filter(|s| **s == 201).count(), same.iter().filter(|s| **s == 409).count()), (1, 3), "{same:?}");
}

fn put_rules(api: &Api, tag: Option<&str>, body: &Value) -> guanxi_tests::api::Answer {
    let mut headers = vec![("content-type", "application/json")];
    headers.extend(tag.map(|tag| ("if-match", tag)));
    api.send(Method::PUT, "/api/v1/objects/customer/rules", &headers, Some(body.to_string().into_bytes()))
}

fn validation(key: &str) -> Value {
    json!({"key": key, "condition": "name != 'x'", "message": "No"})
}

fn two_administrators_save_rules(tenant: &Tenant) {
    let (one, other) = (&tenant.admin, tenant.user("second@x.example", None, &["administrator"]));
    let tag = |answer: &guanxi_tests::api::Answer| answer.headers["etag"].to_str().expect("a tag").to_owned();
    let seen = tag(&one.get("/api/v1/objects/customer/rules").expect(200));
    assert_eq!(tag(&other.get("/api/v1/objects/customer/rules").expect(200)), seen);
    let first = put_rules(one, Some(&seen), &json!({"validations": [validation("a")]})).expect(200);
    assert_ne!(tag(&first), seen);
    let late = put_rules(&other, Some(&seen), &json!({"validations": [validation("b")]})).refused(409, "record.version_conflict");
    assert!(late.json["title"].as_str().is_some_and(|title| !title.is_empty()), "{late}");
    let kept = one.get("/api/v1/objects/customer/rules").expect(200);
    assert_eq!((&kept.json["validations"][0]["key"], tag(&kept)), (&json!("a"), tag(&first)), "{kept}");
    // With the new tag, without one, and with any.
    put_rules(&other, Some(&tag(&kept)), &json!({"validations": [validation("a"), validation("b")]})).expect(200);
    put_rules(&other, None, &json!({"validations": [validation("c")]})).expect(200);
    put_rules(&other, Some("*"), &json!({})).expect(200);
    put_rules(&other, Some("7"), &json!({})).refused(400, "request.malformed");
    // Of many with one tag, one is done.
    let seen = tag(&one.get("/api/v1/objects/customer/rules").expect(200));
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let seen = &seen;
        let put = |n: usize| put_rules(&tenant.admin, Some(seen), &json!({"validations": [validation(&format!("k{n}"))]})).status;
        let writers: Vec<_> = (0..8).map(|n| scope.spawn(move || put(n))).collect();
        writers.into_iter().map(|writer| writer.join().expect("an answer")).collect()
    });
    assert_eq!((answers.iter().filter(|s| **s == 200).count(), answers.iter().filter(|s| **s == 409).count()), (1, 7), "{answers:?}");
}

fn the_page_of_rules_sees_other_administrators(tenant: &Tenant) {
    put_rules(&tenant.admin, None, &json!({"validations": [validation("a"), validation("b")]})).expect(200);
    let browser = Visitor::admin(tenant);
    let path = "/admin/objects/customer/rules/validations/0";
    let form = browser.get(path).expect(200).text;
    let was = between(&form, "name=\"was\" value=\"", "\"").to_owned();
    assert!(was.len() >= 16, "the form knows which rule it shows: {was}");
    // Somebody else changes the same rule meanwhile, without renaming it.
    let changed = json!({"key": "a", "condition": "name != 'y'", "message": "Neither"});
    put_rules(&tenant.admin, None, &json!({"validations": [changed, validation("b")]})).expect(200);
    let mine = |was: &str| {
        let fields =
            [("was", was), ("rule_key", "a"), ("rule_condition", "name != 'z'"), ("rule_message_en", "Mine"), ("rule_severity", "error")];
        browser.post(path, &fields)
    };
    let answer = mine(&was);
    assert_eq!(answer.status, 409, "{answer}");
    let kept = tenant.admin.get("/api/v1/objects/customer/rules").expect(200).json;
    assert_eq!(kept["validations"][0]["condition"], "name != 'y'", "{kept}");
    let was = between(&browser.get(path).expect(200).text, "name=\"was\" value=\"", "\"").to_owned();
    assert_eq!(mine(&was).status, 303);
    let kept = tenant.admin.get("/api/v1/objects/customer/rules").expect(200).json;
    assert_eq!((&kept["validations"][0]["condition"], &kept["validations"][1]["key"]), (&json!("name != 'z'"), &json!("b")), "{kept}");
}

fn intervals_end_after_they_begin(tenant: &Tenant) {
    let api = &tenant.admin;
    for (key, kind, early, late) in
        [("x_stay", "date", "2026-03-01", "2026-03-05"), ("x_slot", "datetime", "2026-03-01T10:00:00Z", "2026-03-01T10:00:01Z")]
    {
        object(tenant, key, &[("x_room", "text"), ("x_begin", kind), ("x_end", kind), ("x_off", "bool")]);
        let rule = json!({"key": "once", "fields": ["x_room"], "from": "x_begin", "to": "x_end", "condition": "x_off != true", "message": "Taken"});
        api.put(&format!("/api/v1/objects/{key}/rules"), &json!({"no_overlaps": [rule]})).expect(200);
        let stay = |begin: &str, end: &str, off: bool| json!({"name": "S", "x_room": "1", "x_begin": begin, "x_end": end, "x_off": off});
        let path = format!("/api/v1/records/{key}");
        let refused = api.post(&path, &stay(late, early, false)).refused(422, "field.range");
        assert_eq!(refused.problem("field.range", "x_end")["params"]["rule"], "once", "{refused}");
        api.post(&format!("{path}?dry_run=true"), &stay(late, early, false)).refused(422, "field.range");
        // Out of the rule nobody asks, until it comes under the rule.
        let off = api.create_id(key, stay(late, early, true));
        api.change(key, &off, json!({"name": "T"}));
        api.patch(&format!("{path}/{off}"), None, &json!({"x_off": false})).refused(422, "field.range").problem("field.range", "x_end");
        let good = api.create_id(key, stay(early, late, false));
        api.patch(&format!("{path}/{good}"), None, &json!({"x_begin": late, "x_end": early})).refused(422, "field.range");
        api.change(key, &good, json!({"x_end": early}));
        api.change(key, &good, json!({"x_end": null}));
    }
}

fn long_numbers_are_never_rounded(tenant: &Tenant) {
    let api = &tenant.admin;
    object(tenant, "x_figure", &[("x_n", "integer"), ("x_a", "decimal"), ("x_j", "json")]);
    tenant.add_field("x_figure", json!({"key": "x_m", "type": "money", "label": {"en": "M"}}));
    let send = |text: String| api.post_bytes("/api/v1/records/x_figure", text.as_bytes());
    for (field, number) in [
        ("x_n", "9223372036854775808"),
        ("x_n", "-9223372036854775809"),
        ("x_n", "18446744073709551616"),
        ("x_n", "100000000000000000000"),
        ("x_n", "123456789012345678901234567890"),
        ("x_a", "18446744073709551617"),
        ("x_a", "9007199254740993.5"),
        ("x_a", "1000000000000000000"),
        ("x_m", "12345678901234567.89"),
        ("x_m", "99999999999999999999999"),
        ("x_j", "12345678901234567890123"),
    ] {
        let refused = send(format!("{{\"name\": \"A\", \"{field}\": {number}}}")).refused(422, "field.range");
        refused.problem("field.range", field);
    }
    assert_eq!(tenant.count("x_figure", ""), 0);
    let refused = send("[{\"name\":\"A\"},{\"name\":\"B\",\"x_a\":0.12345678901234567890}]".into()).refused(422, "field.range");
    assert_eq!(refused.problem("field.range", "x_a")["params"]["index"], 1, "{refused}");
    // What is exact is taken, however it is written.
    let made =
        send("{\"name\":\"A\",\"x_n\":9223372036854775807,\"x_a\":1e3,\"x_m\":1499.75,\"x_j\":[0.1,-2.50,7]}".into()).expect(201).json;
    assert_eq!((&made["x_n"], &made["x_a"], &made["x_m"]), (&json!(i64::MAX), &json!("1000"), &json!("1499.75")), "{made}");
    let made = send(format!("{{\"name\":\"B\",\"x_n\":-9223372036854775808,\"x_a\":\"{LARGE}\",\"x_m\":\"1234567890123456.78\"}}"))
        .expect(201)
        .json;
    assert_eq!((&made["x_n"], &made["x_a"], &made["x_m"]), (&json!(i64::MIN), &json!(LARGE), &json!("1234567890123456.78")), "{made}");
}

fn a_unit_in_use_stays(tenant: &Tenant) {
    let api = &tenant.admin;
    let piece = api.create_id("unit", json!({"name": "件", "symbol": "pc"}));
    let carton = api.create_id("unit", json!({"name": "箱", "symbol": "ctn", "base": piece, "factor": "12"}));
    let delete = |id: &str| api.delete(&format!("/api/v1/records/unit/{id}"));
    let refused = delete(&piece).refused(422, "rule.failed");
    assert_eq!(refused.problems()[0]["params"]["rule"], "unit.used", "{refused}");
    let answer = api.query("/api/v1/units/convert", &[("quantity", "3"), ("from", "箱"), ("to", "件")]).expect(200);
    assert_eq!(answer.json["quantity"], "36");
    // Through a batch too; together with those that convert to it, it may go.
    let bulk = |ids: Value| api.post("/api/v1/records/unit/bulk", &json!({"op": "delete", "ids": ids})).expect(200).json;
    let refused = bulk(json!([piece]));
    assert_eq!(refused["batch"]["counts"]["refused"], 1, "{refused}");
    let gone = bulk(json!([piece, carton]));
    assert_eq!(gone["batch"]["counts"]["changed"], 2, "{gone}");
    // Without its cartons it goes alone.
    let bag = api.create_id("unit", json!({"name": "袋", "symbol": "bag"}));
    let sack = api.create_id("unit", json!({"name": "麻袋", "symbol": "sack", "base": bag, "factor": "4"}));
    api.change("unit", &sack, json!({"base": null, "factor": null}));
    delete(&bag).expect(204);
}

fn the_record_in_the_way_of_an_action(tenant: &Tenant) {
    let api = &tenant.admin;
    object(tenant, "x_case", &[("x_room", "text"), ("x_n", "integer")]);
    let options = json!([{"code": "open", "label": {"en": "Open"}}, {"code": "busy", "label": {"en": "Busy"}}]);
    tenant.add_field("x_case", json!({"key": "x_state", "type": "select", "label": {"en": "State"}, "options": options}));
    tenant.add_field("x_case", json!({"key": "x_once", "type": "integer", "unique": true, "label": {"en": "Once"}}));
    let rules = json!({
        "machine": {"field": "x_state", "transitions": [{"action": "start", "label": "Start", "from": ["open"], "to": "busy"}]},
        "uniques": [{"fields": ["x_room"], "condition": "x_state == 'busy'"}],
        "adjustments": [{"key": "raise", "label": "Raise", "fields": [{"field": "x_once"}]}],
    });
    api.put("/api/v1/objects/x_case/rules", &rules).expect(200);
    let first = api.create_id("x_case", json!({"name": "A", "x_room": "1", "x_state": "busy", "x_once": 5}));
    let second = api.create_id("x_case", json!({"name": "B", "x_room": "1", "x_state": "open", "x_once": 3}));
    let path = format!("/api/v1/records/x_case/{second}");
    let other = |answer: &guanxi_tests::api::Answer, field: &str| answer.problem("field.not_unique", field)["params"]["other"].clone();
    let plain = api.patch(&path, None, &json!({"x_once": 5})).refused(409, "field.not_unique");
    assert_eq!(other(&plain, "x_once"), json!(first), "{plain}");
    let moved = api.post(&format!("{path}/transition/start"), &json!({})).refused(409, "field.not_unique");
    assert_eq!(other(&moved, "x_room"), json!(first), "{moved}");
    let raised = api.post(&format!("{path}/actions/raise"), &json!({"amount": 2})).refused(409, "field.not_unique");
    assert_eq!(other(&raised, "x_once"), json!(first), "{raised}");
    api.post(&format!("{path}/actions/raise"), &json!({"amount": 1})).expect(200);
}

fn a_limit_tells_no_totals_of_others(tenant: &Tenant) {
    let rule = json!({"key": "few", "fields": ["region"], "at_most": "2", "message": {"zh-CN": "最多两个", "en": "At most two"}});
    tenant.admin.put("/api/v1/objects/customer/rules", &json!({"limits": [rule]})).expect(200);
    tenant.create_all("customer", vec![json!({"name": "A", "region": "East"}), json!({"name": "B", "region": "East"})]);
    let seller = tenant.user("bo@x.example", None, &["salesperson"]);
    let body = json!({"name": "C", "region": "East"});
    let all = tenant.admin.post("/api/v1/records/customer", &body).refused(409, "rule.failed").problems()[0]["params"].clone();
    assert_eq!((&all["total"], &all["at_most"], &all["rule"]), (&json!("3"), &json!("2"), &json!("few")), "{all}");
    for path in ["/api/v1/records/customer", "/api/v1/records/customer?dry_run=true"] {
        let own = seller.post(path, &body).refused(409, "rule.failed").problems()[0]["params"].clone();
        assert_eq!((own.get("total"), &own["at_most"], &own["rule"]), (None, &json!("2"), &json!("few")), "{own}");
    }
}

fn who_owns_an_attachment(tenant: &Tenant) {
    let seller = tenant.user("bo@x.example", None, &["salesperson"]);
    let made = tenant.admin.send(Method::POST, "/api/v1/files?name=a.txt", &[], Some(b"hello".to_vec())).expect(201).json;
    let id = made["id"].as_str().expect("an id").to_owned();
    let path = format!("/api/v1/records/attachment/{id}");
    for (field, value) in [("name", json!("b.txt")), ("size", json!(7)), ("content_type", json!("image/png")), ("sha256", json!("0"))] {
        tenant.admin.patch(&path, None, &json!({field: value})).refused(422, "field.read_only");
    }
    seller.get(&format!("/api/v1/files/{id}")).refused(404, "not_found");
    let bo = tenant.user_id("bo@x.example");
    let customer = seller.create_id("customer", json!({"name": "A"}));
    let changed =
        tenant.admin.change("attachment", &id, json!({"owner": bo, "external_id": "F-1", "about": {"object": "customer", "id": customer}}));
    assert_eq!(
        (&changed["owner"], &changed["external_id"], &changed["about"]["id"]),
        (&json!(bo), &json!("F-1"), &json!(customer)),
        "{changed}"
    );
    assert_eq!(seller.get(&format!("/api/v1/files/{id}")).expect(200).text, "hello");
}

/// The problems without what differs between two requests.
fn without_ids(answer: &guanxi_tests::api::Answer, ids: &[&str]) -> String {
    let text = json!([answer.status, answer.json["title"], answer.json["problems"]]).to_string();
    ids.iter().fold(text, |text, id| text.replace(id, "ID"))
}

fn an_unseen_record_teaches_nothing(tenant: &Tenant) {
    let api = &tenant.admin;
    tenant.enable("sales");
    object(tenant, "x_offer", &[("x_n", "integer")]);
    tenant.add_field("x_offer", json!({"key": "x_customer", "type": "reference", "target": "customer", "label": {"en": "Customer"}}));
    let about =
        json!({"key": "known", "condition": "x_customer == null || x_customer.phone != null", "field": "x_n", "message": "No phone"});
    api.put("/api/v1/objects/x_offer/rules", &json!({"validations": [about]})).expect(200);
    let own = json!({"view": "own", "create": "own", "edit": "own"});
    put(api, "x_rep", json!({"grants": {"customer": own, "x_offer": own, "opportunity": own, "user": {"view": "all"}}}));
    let seller = tenant.user("bo@x.example", None, &["x_rep"]);
    let ids = tenant.create_all("customer", vec![json!({"name": "with", "phone": "111"}), json!({"name": "without"})]);
    let missing = "01900000-0000-7000-8000-000000000001";
    let ids: Vec<&str> = ids.iter().map(String::as_str).chain([missing]).collect();
    let mine = seller.create_id("x_offer", json!({"name": "mine"}));
    for field in ["x_offer", "opportunity"] {
        let reference = if field == "x_offer" { "x_customer" } else { "customer" };
        let post = |id: &str, query: &str| seller.post(&format!("/api/v1/records/{field}{query}"), &json!({"name": "O", reference: id}));
        for query in ["", "?dry_run=true"] {
            let answers: Vec<String> = ids.iter().map(|id| without_ids(&post(id, query), &ids)).collect();
            assert!(answers[0].contains("reference.not_found") && !answers[0].contains("rule.failed"), "{answers:?}");
            assert_eq!((&answers[0], &answers[0]), (&answers[1], &answers[2]), "seen or not, with a phone or without");
        }
    }
    let patch = |id: &str| seller.patch(&format!("/api/v1/records/x_offer/{mine}"), None, &json!({"x_customer": id}));
    let answers: Vec<String> = ids.iter().map(|id| without_ids(&patch(id), &ids)).collect();
    assert_eq!((&answers[0], &answers[0]), (&answers[1], &answers[2]));
    assert_eq!(seller.record("x_offer", &mine)["x_customer"], Value::Null);
}

fn uniqueness_of_a_record_and_its_lines(tenant: &Tenant) {
    let api = &tenant.admin;
    object(tenant, "x_order", &[("x_room", "text"), ("x_open", "bool")]);
    let child = json!({"key": "x_line", "label": {"en": "Line"}, "parent": "x_order", "children_field": "x_lines"});
    api.post("/api/v1/objects", &child).expect(201);
    tenant.add_field("x_line", json!({"key": "x_seat", "type": "text", "label": {"en": "Seat"}}));
    tenant.add_field("x_line", json!({"key": "x_taken", "type": "bool", "label": {"en": "Taken"}}));
    api.put("/api/v1/objects/x_order/rules", &json!({"uniques": [{"fields": ["x_room"], "condition": "x_open == true"}]})).expect(200);
    let seat = json!({"fields": ["x_seat"], "condition": "x_taken == true", "code": "x.seat.taken"});
    api.put("/api/v1/objects/x_line/rules", &json!({"uniques": [seat]})).expect(200);
    let order = |room: &str, open: bool, seats: &[(&str, bool)]| {
        let lines: Vec<Value> = seats.iter().map(|(seat, taken)| json!({"x_seat": seat, "x_taken": taken})).collect();
        json!({"name": "O", "x_room": room, "x_open": open, "x_lines": lines})
    };
    let post = |body: Value| api.post("/api/v1/records/x_order", &body);
    let first = post(order("1", true, &[("a", true), ("b", false)])).expect(201).json;
    post(order("1", false, &[("b", false), ("a", false)])).expect(201);
    // The record and a line at once, a line alone, two lines of one order.
    let both = post(order("1", true, &[("c", true), ("a", true)])).refused(409, "field.not_unique");
    both.problem("field.not_unique", "x_room");
    both.problem("x.seat.taken", "x_lines.1.x_seat");
    post(order("2", true, &[("a", true)])).refused(409, "x.seat.taken").problem("x.seat.taken", "x_lines.0.x_seat");
    let twice = post(order("3", true, &[("d", true), ("e", false), ("d", true)]));
    assert!([409, 422].contains(&twice.status), "{twice}");
    twice.clone().refused(twice.status, "x.seat.taken");
    // With a mistake of another sort the answer is 422, and both are told.
    let mut body = order("1", true, &[("a", true)]);
    body["x_lines"][0]["x_taken"] = json!("maybe");
    let mixed = post(body).expect(422);
    mixed.problem("field.not_unique", "x_room");
    mixed.problem("field.type", "x_lines.0.x_taken");
    // A line comes under the condition while its order stays.
    let address = format!("/api/v1/records/x_order/{}", first["id"].as_str().expect("an id"));
    let lines = json!([{"id": first["x_lines"][0]["id"], "x_seat": "b"}, {"id": first["x_lines"][1]["id"], "x_taken": true}]);
    let refused = api.patch(&address, None, &json!({"x_lines": lines}));
    assert!([409, 422].contains(&refused.status), "{refused}");
    assert_eq!(tenant.count("x_order", ""), 2);
    assert_eq!(tenant.count("x_line", "x_taken == true"), 1);
}

fn actions_on_fields_one_may_not_edit(tenant: &Tenant) {
    let api = &tenant.admin;
    object(tenant, "x_case", &[("x_n", "integer"), ("x_open", "integer")]);
    let options = json!([{"code": "open", "label": {"en": "Open"}}, {"code": "done", "label": {"en": "Done"}}]);
    tenant.add_field("x_case", json!({"key": "x_state", "type": "select", "label": {"en": "State"}, "options": options}));
    let rules = json!({
        "machine": {"field": "x_state", "transitions": [{"action": "finish", "label": "Finish", "from": ["open"], "to": "done"}]},
        "adjustments": [{"key": "raise", "label": "Raise", "fields": [{"field": "x_n"}]}, {"key": "free", "label": "Free", "fields": [{"field": "x_open"}]}],
    });
    api.put("/api/v1/objects/x_case/rules", &rules).expect(200);
    let all = json!({"view": "all", "create": "all", "edit": "all"});
    for (key, right) in [("x_reader", "read"), ("x_blind", "none")] {
        let fields = json!({"x_case": {"x_n": right, "x_state": right}});
        put(api, key, json!({"grants": {"x_case": all, "user": {"view": "all"}}, "fields": fields}));
        let user = tenant.user(&format!("{key}@x.example").replace("x_", ""), None, &[key]);
        let id = api.create_id("x_case", json!({"name": "A", "x_n": 1, "x_open": 1, "x_state": "open"}));
        let path = format!("/api/v1/records/x_case/{id}");
        user.post(&format!("{path}/transition/finish"), &json!({})).refused(403, "field.forbidden").problem("field.forbidden", "x_state");
        user.post(&format!("{path}/actions/raise"), &json!({"amount": 1}))
            .refused(403, "field.forbidden")
            .problem("field.forbidden", "x_n");
        user.post(&format!("{path}/actions/free"), &json!({"amount": 1})).expect(200);
        user.change("x_case", &id, json!({"name": "B"}));
        let record = api.record("x_case", &id);
        assert_eq!((&record["x_n"], &record["x_open"], &record["x_state"]), (&json!(1), &json!(2), &json!("open")), "{record}");
        api.post(&format!("{path}/transition/finish"), &json!({})).expect(200);
        // A field that is closed for the record as it stands, by a condition of its own.
        let closed = json!({"read_only_if": "x_state == 'done'"});
        api.patch("/api/v1/objects/x_case/fields/x_open", None, &closed).expect(200);
        user.post(&format!("{path}/actions/free"), &json!({"amount": 1})).refused(422, "field.read_only");
        api.patch("/api/v1/objects/x_case/fields/x_open", None, &json!({"read_only_if": null})).expect(200);
    }
}

fn all_that_is_wrong_with_a_field(tenant: &Tenant) {
    let post = |body: Value| tenant.admin.post("/api/v1/objects/customer/fields", &body);
    let long = "x".repeat(501);
    let refused =
        post(json!({"key": "Bad", "type": "nothing", "label": "", "help": long, "show_if": "nowhere == 1", "require_if": "Bad > 1"}));
    let refused = refused.expect(422);
    for (code, field) in [
        ("field.range", "key"),
        ("field.option", "type"),
        ("field.required", "label"),
        ("field.range", "help"),
        ("field.unknown", "show_if"),
    ] {
        refused.problem(code, field);
    }
    assert!(refused.problems().iter().all(|problem| problem["field"] != "require_if"), "{refused}");
    let formula = json!({"key": "x_f", "type": "formula", "formula": "name +", "label": "", "required": true, "show_if": "phone =="});
    let refused = post(formula);
    for (code, field) in
        [("filter.syntax", "formula"), ("field.required", "label"), ("field.type", "required"), ("filter.syntax", "show_if")]
    {
        refused.problem(code, field);
    }
    let rolled = json!({"key": "x_r", "type": "roll_up", "label": "R", "default": 1, "roll_up": {"object": "no", "reference": "a", "function": "b"}});
    let refused = post(rolled);
    refused.problem("reference.not_found", "roll_up.object");
    refused.problem("field.type", "default");
}
