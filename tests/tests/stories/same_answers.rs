//! One script, two databases: every answer is the same, byte for byte, once ids, times and cursors are called by their order.

use guanxi_tests::api::Answer;
use guanxi_tests::server::Db;
use guanxi_tests::story::{Tenant, tenant};
use reqwest::Method;
use serde_json::{Value, json};
use std::collections::HashMap;

#[test]
fn one_script_on_two_databases() {
    let (Some(sqlite), Some(postgres)) = (tenant(Db::Sqlite), tenant(Db::Postgres)) else { return };
    let (left, right) = (told(&sqlite), told(&postgres));
    for line in &left {
        println!("{line}");
    }
    let different: Vec<_> = left.iter().zip(&right).filter(|(a, b)| a != b).collect();
    assert!(different.is_empty(), "{different:#?}");
    assert_eq!(left.len(), right.len());
    assert!(left.len() >= 90, "the script says something: {}", left.len());
}

/// The answers of the script, each in one line.
fn told(tenant: &Tenant) -> Vec<String> {
    let mut teller = Teller { tenant, names: HashMap::new(), lines: Vec::new() };
    declare(&mut teller);
    write(&mut teller);
    read(&mut teller);
    teller.lines
}

struct Teller<'a> {
    tenant: &'a Tenant,
    /// Ids in the order of their first appearance.
    names: HashMap<String, usize>,
    lines: Vec<String>,
}

impl Teller<'_> {
    fn say(&mut self, method: Method, path: &str, body: Option<Value>) -> Value {
        let headers: &[(&str, &str)] = if body.is_some() { &[("content-type", "application/json")] } else { &[] };
        let answer = self.tenant.admin.send(method.clone(), path, headers, body.as_ref().map(|b| b.to_string().into_bytes()));
        self.note(&format!("{method} {path}"), &answer);
        answer.json
    }

    fn post(&mut self, path: &str, body: Value) -> Value {
        self.say(Method::POST, path, Some(body))
    }

    fn patch(&mut self, path: &str, body: Value) -> Value {
        self.say(Method::PATCH, path, Some(body))
    }

    fn put(&mut self, path: &str, body: Value) -> Value {
        self.say(Method::PUT, path, Some(body))
    }

    fn get(&mut self, path: &str) -> Value {
        self.say(Method::GET, path, None)
    }

    fn note(&mut self, what: &str, answer: &Answer) {
        assert!(answer.status < 500, "{answer}");
        let body = self.plain(&answer.json);
        let what = self.text(what);
        let tag = answer.headers.get("etag").and_then(|v| v.to_str().ok()).unwrap_or_default().to_owned();
        self.lines.push(format!("{what} -> {} {tag} {body}", answer.status));
    }

    fn plain(&mut self, value: &Value) -> Value {
        match value {
            Value::Object(map) => {
                let entries = map.iter().filter(|(key, _)| *key != "request_id");
                let entries: Vec<(String, Value)> = entries.map(|(key, inner)| (key.clone(), inner.clone())).collect();
                let mut plain = serde_json::Map::new();
                for (key, inner) in entries {
                    let inner = match key.as_str() {
                        "next" if inner.is_string() => json!("cursor"),
                        "tenant" => json!("tenant"),
                        // The numbers of history entries: PostgreSQL leaves out those of transactions that started again.
                        "id" if inner.is_number() => json!("number"),
                        _ => self.plain(&inner),
                    };
                    plain.insert(self.text(&key), inner);
                }
                Value::Object(plain)
            }
            Value::Array(items) => items.iter().map(|item| self.plain(item)).collect(),
            Value::String(text) => Value::String(self.text(text)),
            other => other.clone(),
        }
    }

    /// Ids by their order, moments of the run as one word, the tenant's own key left out.
    fn text(&mut self, text: &str) -> String {
        let is_moment = text.len() >= 20 && text.starts_with("2026-11-2") && text.as_bytes()[10] == b'T' && text.ends_with('Z');
        if is_moment {
            return "now".to_owned();
        }
        let mut plain = String::new();
        let mut rest = text.replace(&format!("@{}.", self.tenant.key), "@tenant.");
        while let Some(at) = find_id(&rest) {
            let next = self.names.len() + 1;
            let number = *self.names.entry(rest[at..at + 36].to_owned()).or_insert(next);
            plain.push_str(&format!("{}#{number}", &rest[..at]));
            rest = rest[at + 36..].to_owned();
        }
        plain + &rest
    }
}

/// Where a uuid starts.
fn find_id(text: &str) -> Option<usize> {
    let is_id = |window: &[u8]| {
        window.iter().enumerate().all(|(at, byte)| if matches!(at, 8 | 13 | 18 | 23) { *byte == b'-' } else { byte.is_ascii_hexdigit() })
    };
    text.as_bytes().windows(36).position(is_id)
}

fn declare(say: &mut Teller<'_>) {
    let label = |en: &str| json!({"zh-CN": format!("{en}（中）"), "en": en});
    let options = json!([{"code": "a", "label": label("A")}, {"code": "b", "label": label("B")}, {"code": "c", "label": label("C")}]);
    let tree = json!([{"code": "top", "label": label("Top")}, {"code": "mid", "label": label("Mid"), "parent": "top"},
        {"code": "low", "label": label("Low"), "parent": "mid"}, {"code": "other", "label": label("Other")}]);
    say.post("/api/v1/objects", json!({"key": "x_order", "label": label("Order")}));
    say.post("/api/v1/objects", json!({"key": "x_line", "label": label("Line"), "parent": "x_order", "children_field": "x_lines"}));
    for field in [
        json!({"key": "x_text", "type": "text", "max": 40, "unique": true}),
        json!({"key": "x_code", "type": "text", "mask": "AA-000"}),
        json!({"key": "x_long", "type": "long_text"}),
        json!({"key": "x_mail", "type": "email"}),
        json!({"key": "x_phone", "type": "phone"}),
        json!({"key": "x_url", "type": "url"}),
        json!({"key": "x_state", "type": "select", "options": options.clone(), "default": "a"}),
        json!({"key": "x_tags", "type": "multi_select", "options": options}),
        json!({"key": "x_place", "type": "tree_select", "options": tree}),
        json!({"key": "x_int", "type": "integer", "indexed": true}),
        json!({"key": "x_dec", "type": "decimal", "scale": 3}),
        json!({"key": "x_pct", "type": "percent"}),
        json!({"key": "x_money", "type": "money", "sourced": true}),
        json!({"key": "x_long_time", "type": "duration"}),
        json!({"key": "x_yes", "type": "bool"}),
        json!({"key": "x_day", "type": "date", "show_if": "x_yes == true"}),
        json!({"key": "x_at", "type": "datetime"}),
        json!({"key": "x_customer", "type": "reference", "target": "customer", "require_if": "x_int > 100"}),
        json!({"key": "x_members", "type": "many_reference", "target": "user"}),
        json!({"key": "x_about", "type": "any_reference"}),
        json!({"key": "x_json", "type": "json"}),
        json!({"key": "x_net", "type": "formula", "formula": "x_money * (100 - coalesce(x_pct, 0)) / 100"}),
        json!({"key": "x_ratio", "type": "formula", "formula": "x_money / x_dec"}),
        json!({"key": "x_number", "type": "sequence", "format": "A{yyyy}{MM}-{0000}"}),
        json!({"key": "x_bad", "type": "formula", "formula": "x_money +"}),
        json!({"key": "x_bad", "type": "formula", "formula": "x_nothing + 1"}),
        json!({"key": "x_bad", "type": "select"}),
        json!({"key": "bad", "type": "texty"}),
        json!({"key": "x_text", "type": "text"}),
    ] {
        let mut field = field;
        field["label"] = label(field["key"].as_str().unwrap_or_default());
        say.post("/api/v1/objects/x_order/fields", field);
    }
    for field in [
        json!({"key": "x_qty", "type": "decimal", "scale": 3, "label": label("Quantity"), "required": true}),
        json!({"key": "x_price", "type": "money", "label": label("Price")}),
        json!({"key": "x_sum", "type": "formula", "label": label("Sum"), "formula": "x_qty * x_price"}),
    ] {
        say.post("/api/v1/objects/x_line/fields", field);
    }
    let roll_up = json!({"object": "x_line", "reference": "parent", "function": "sum", "field": "x_sum"});
    say.post("/api/v1/objects/x_order/fields", json!({"key": "x_total", "type": "roll_up", "roll_up": roll_up, "label": label("Total")}));
    let message = label("Not like this");
    say.put(
        "/api/v1/objects/x_order/rules",
        json!({
            "validations": [
                {"key": "cheap", "condition": "x_money == null || x_money < 1000000", "message": message, "field": "x_money"},
                {"key": "sure", "condition": "x_int == null || x_int != 13", "message": message, "severity": "confirm"},
            ],
            "machine": {"field": "x_state", "transitions": [
                {"action": "go", "label": label("Go"), "from": ["a"], "to": "b", "guard": {"condition": "x_money > 0", "message": message}},
                {"action": "end", "label": label("End"), "from": ["b"], "to": "c"},
            ]},
            "limits": [{"key": "three", "fields": ["x_day"], "at_most": "3", "condition": "x_yes == true", "message": message}],
            "no_overlaps": [], "adjustments": [
                {"key": "take", "label": label("Take"), "fields": [{"field": "x_int", "subtract": true}],
                 "guard": {"condition": "x_int >= 0", "message": message}},
            ], "uniques": [],
        }),
    );
    say.get("/api/v1/objects/x_order");
    say.get("/api/v1/objects/x_order/rules");
}

fn write(say: &mut Teller<'_>) {
    let customer = say.post("/api/v1/records/customer", json!({"name": "华夏 Ltd"}));
    let user = say.get("/api/v1/me")["user"].clone();
    let order = "/api/v1/records/x_order";
    let full = json!({
        "name": "第一 One", "x_text": "Ａｂｃ", "x_code": "ab-123", "x_long": "一\n二", "x_mail": "A@b.example", "x_phone": "+86 (10) 123",
        "x_url": "https://a.example/ä", "x_tags": ["c", "a"], "x_place": "low", "x_int": 12, "x_dec": "1.500", "x_pct": "33.33",
        "x_money": "99.99", "x_money_source": ["external", "media"], "x_long_time": 5400, "x_yes": true, "x_day": "2026-02-28", "x_at": "2026-01-31T08:30:00+08:00",
        "x_customer": customer["id"], "x_members": [user], "x_about": {"object": "customer", "id": customer["id"]},
        "x_json": {"b": [1, null, {"ä": "\u{0000}"}], "a": 1.5},
        "x_lines": [{"x_qty": "2", "x_price": "0.33"}, {"x_qty": "1.005", "x_price": "10"}],
    });
    let first = say.post(order, full);
    let good = say.post(
        order,
        json!({"name": "Two", "x_text": "two", "x_money": "10", "x_dec": "3", "x_pct": "12.5", "x_int": 5,
            "x_lines": [{"x_qty": "2", "x_price": "0.33"}, {"x_qty": "1.005", "x_price": "10"}]}),
    );
    let path = |record: &Value| format!("{order}/{}", record["id"].as_str().unwrap_or("00000000-0000-0000-0000-000000000000"));
    for bad in [
        json!({}),
        json!({"name": "A", "x_text": "TWO "}),
        json!({"name": "A", "x_code": "abc", "x_mail": "no", "x_url": "x", "x_state": "z", "x_tags": ["z"], "x_place": ["top", "low"]}),
        json!({"name": "A", "x_int": 1.5, "x_dec": "1.2345", "x_pct": "x", "x_money": "1e3", "x_long_time": -1, "x_yes": "true"}),
        json!({"name": "A", "x_int": 101}),
        json!({"name": "A", "x_int": 13}),
        json!({"name": "A", "x_money": "1000000"}),
        json!({"name": "A", "x_net": "5", "x_total": "5", "x_number": "A1"}),
        json!({"name": "A", "x_members": ["00000000-0000-7000-8000-000000000000"], "x_about": {"object": "nothing", "id": "x"}}),
        json!({"name": "A", "x_lines": [{"x_qty": "x"}, {"name": "B"}, 5]}),
        json!({"name": "A", "x_lines": {}, "x_json": "\u{0000}"}),
        json!([{"name": "A"}, {"nmae": "B"}]),
    ] {
        say.post(order, bad);
    }
    say.post(&format!("{order}?confirm=rule.failed:sure"), json!({"name": "Sure", "x_int": 13}));
    say.post(&format!("{order}?dry_run=true"), json!({"name": "Dry", "x_money": "1", "x_dec": "0"}));
    say.post(&format!("{order}?partial=true"), json!([{"name": "P1"}, {"name": null}, {"name": "P2", "x_dec": "0.001", "x_money": "7"}]));
    let second = path(&good);
    say.get(&path(&first));
    say.get(&second);
    say.patch(&second, json!({"x_state": "c"}));
    say.patch(&second, json!({"x_state": "b", "x_money": "11.11"}));
    say.post(&format!("{second}/transition/end"), json!({}));
    say.post(&format!("{second}/transition/end"), json!({}));
    say.post(&format!("{second}/transition/nothing"), json!({}));
    say.post(&format!("{second}/actions/take"), json!({"amount": "3"}));
    say.post(&format!("{second}/actions/take"), json!({"amount": "3"}));
    say.post(&format!("{second}/actions/take"), json!({"amount": "-3"}));
    let lines = good["x_lines"].clone();
    say.patch(&second, json!({"x_lines": [{"id": lines[1]["id"], "x_qty": "3"}, {"x_qty": "1.5", "x_price": "0.01"}]}));
    say.get(&format!("{second}/history"));
    say.get(&format!("{second}/versions/1"));
    say.post("/api/v1/records/x_order/bulk?dry_run=true", json!({"op": "update", "filter": "x_int != 13", "set": {"x_long": "bulk"}}));
    say.post("/api/v1/records/x_order/bulk", json!({"op": "update", "filter": "x_int != 13", "set": {"x_long": "bulk"}}));
    let batch = say.get("/api/v1/batches")["batches"][0]["id"].clone();
    say.post(&format!("/api/v1/batches/{batch}/undo"), json!({}));
    say.say(Method::DELETE, &second, None);
    say.get(&second);
    say.get("/api/v1/recycle-bin?object=x_order");
    say.post(&format!("{second}/restore"), json!({}));
    say.get(&second);
}

fn read(say: &mut Teller<'_>) {
    let query = |filter: &str, sort: &str| json!({"filter": filter, "sort": sort, "fields": ["name", "x_net", "x_ratio", "x_total", "x_tags", "x_place"]});
    for (filter, sort) in [
        ("", "name"),
        ("", "-x_money,name"),
        ("x_money > 10.00", ""),
        ("\"a\" in x_tags", ""),
        ("\"mid\" in x_place", ""),
        ("\"nowhere\" in x_place", ""),
        ("x_text == \"abc\"", ""),
        ("x_long_time >= 5400", ""),
        ("x_customer.name.startsWith(\"华夏\")", ""),
        ("x_net / 3 > 1", "x_net"),
        ("x_total > 10", "-x_total"),
        ("x_json == 1", ""),
        ("x_money > ", ""),
        ("x_lines.exists(l, l.x_qty > 2)", ""),
        ("name == \"A\" ? true : x_int > 3", "name"),
    ] {
        say.post("/api/v1/records/x_order/query", query(filter, sort));
    }
    for body in [
        json!({"object": "x_order", "group_by": ["x_state"], "measures": [{"fn": "count"}, {"fn": "sum", "field": "x_net"}, {"fn": "avg", "field": "x_ratio"}]}),
        json!({"object": "x_line", "group_by": [], "measures": [{"fn": "sum", "field": "x_sum"}, {"fn": "max", "field": "x_qty"}]}),
        json!({"object": "x_order__stages", "group_by": ["to"], "measures": [{"fn": "count"}]}),
    ] {
        say.post("/api/v1/aggregate", body);
    }
}
