//! Figures without records: a role that aggregates and nothing else, with a smallest group.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(sums_but_no_rows, nothing_small_is_left_over, filters_of_measures_are_groups_too, fields_that_are_closed, parts_of_a_table);

fn role(tenant: &Tenant, key: &str, body: &Value) {
    tenant.admin.put(&format!("/api/v1/roles/{key}"), body).expect(201);
}

fn analyst(tenant: &Tenant) -> Api {
    let grants = json!({"x_sale": {"aggregate": "all"}, "customer": {"aggregate": "all"}});
    role(tenant, "x_analyst", &json!({"label": {"en": "Analyst"}, "grants": grants, "min_group": 5}));
    tenant.user("figures@a.example", None, &["x_analyst"])
}

/// Sales of customers in some regions, each over 100.
fn sales(tenant: &Tenant, regions: &[(&str, usize)]) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_sale", "label": {"en": "Sale"}})).expect(201);
    for (key, kind) in [("x_region", "text"), ("x_product", "text"), ("x_amount", "money"), ("x_late", "bool")] {
        tenant.add_field("x_sale", json!({"key": key, "type": kind, "label": key}));
    }
    for (region, count) in regions {
        let record = |at: usize| json!({"name": format!("S{at}"), "x_region": region, "x_product": if at.is_multiple_of(2) { "P" } else { "Q" }, "x_amount": "100", "x_late": at == 0});
        tenant.create_all("x_sale", (0..*count).map(record).collect());
    }
}

fn ask(api: &Api, body: Value) -> Value {
    api.post("/api/v1/aggregate", &body).expect(200).json
}

/// What is shown of each group: its key and its first value.
fn told(answer: &Value) -> Vec<(String, Value)> {
    let name =
        |group: &Value| group["key"].as_array().into_iter().flatten().map(|k| k.as_str().unwrap_or("-")).collect::<Vec<_>>().join(" ");
    let one = |group: &Value| {
        assert_eq!(group["withheld"] == json!(true), group["values"][0].is_null(), "{answer}");
        (name(group), group["values"][0].clone())
    };
    answer["groups"].as_array().into_iter().flatten().map(one).collect()
}

fn shown(pairs: &[(&str, Value)]) -> Vec<(String, Value)> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect()
}

/// S-023.
fn sums_but_no_rows(tenant: &Tenant) {
    sales(tenant, &[("East", 6), ("North", 2), ("South", 9), ("West", 7)]);
    let analyst = analyst(tenant);
    let body = json!({"object": "x_sale", "group_by": ["x_region"], "measures": [{"fn": "sum", "field": "x_amount"}], "totals": true});
    let answer = ask(&analyst, body.clone());
    let sums = [("East", json!("600.00")), ("North", Value::Null), ("South", json!("900.00")), ("West", json!("700.00"))];
    assert_eq!(told(&answer), shown(&sums));
    // The total less the other regions would be the sum of the two.
    assert_eq!(answer["totals"], json!({"key": [], "values": [null], "withheld": true}));
    assert_eq!(told(&ask(&tenant.admin, body))[1], ("North".into(), json!("200.00")));
    analyst.get("/api/v1/records/x_sale").refused(403, "permission.denied");
    let id = tenant.admin.list("x_sale", &[("limit", "1")])[0]["id"].as_str().expect("an id").to_owned();
    analyst.get(&format!("/api/v1/records/x_sale/{id}")).refused(403, "permission.denied");
    let reader = tenant.user("rows@a.example", None, &["salesperson"]);
    reader.get("/api/v1/records/x_sale").expect(200);
    role(tenant, "x_reader", &json!({"label": {"en": "Reader"}, "grants": {"x_sale": {"view": "all"}}}));
    let only_rows = tenant.user("only@a.example", None, &["x_reader"]);
    only_rows.get("/api/v1/records/x_sale").expect(200);
    let count = json!({"object": "x_sale", "measures": [{"fn": "count"}]});
    only_rows.post("/api/v1/aggregate", &count).refused(403, "permission.denied");
}

fn nothing_small_is_left_over(tenant: &Tenant) {
    sales(tenant, &[("East", 3), ("North", 2), ("South", 9), ("West", 7)]);
    let analyst = analyst(tenant);
    let sum = json!([{"fn": "sum", "field": "x_amount", "as": "total"}]);
    let few = ask(&analyst, json!({"object": "x_sale", "filter": "x_region == \"North\"", "measures": sum, "totals": true}));
    assert_eq!(few["groups"], json!([{"key": [], "values": [null], "withheld": true}]));
    assert_eq!(few["totals"], json!({"key": [], "values": [null], "withheld": true}));
    // What is withheld is not told by a condition, an order, or the rest.
    let having = ask(&analyst, json!({"object": "x_sale", "group_by": ["x_region"], "measures": sum, "having": "total < 800"}));
    assert_eq!(told(&having), shown(&[("West", json!("700.00"))]));
    let cut =
        ask(&analyst, json!({"object": "x_sale", "group_by": ["x_region"], "measures": sum, "sort": "-total", "limit": 3, "rest": true}));
    assert_eq!(told(&cut), shown(&[("South", json!("900.00")), ("West", json!("700.00")), ("East", Value::Null)]));
    assert_eq!(cut["rest"], json!({"key": [], "values": ["500.00"]}), "both that are withheld together");
    let all = ask(&analyst, json!({"object": "x_sale", "group_by": ["x_region"], "measures": sum, "totals": true}));
    assert_eq!(all["totals"], json!({"key": [], "values": ["2100.00"]}), "two groups of five in all tell about nobody");
    // One by one there is nothing, not even a list of names.
    for key in ["id", "name"] {
        let each = ask(&analyst, json!({"object": "x_sale", "filter": "x_region == \"South\"", "group_by": [key], "measures": sum}));
        assert_eq!((told(&each), &each["left_out"]), (Vec::new(), &json!(9)), "{each}");
    }
}

fn filters_of_measures_are_groups_too(tenant: &Tenant) {
    sales(tenant, &[("East", 20), ("South", 20)]);
    let analyst = analyst(tenant);
    // One sale of each region was late.
    for filter in ["x_late", "!x_late", "x_amount > 1000"] {
        let measures = json!([{"fn": "count", "filter": filter}, {"fn": "count"}]);
        let answer = ask(&analyst, json!({"object": "x_sale", "group_by": ["x_region"], "measures": measures}));
        let wanted = if filter == "x_amount > 1000" { json!(0) } else { Value::Null };
        assert_eq!(told(&answer), shown(&[("East", wanted.clone()), ("South", wanted)]), "{filter}");
    }
    tenant.admin.create("x_sale", json!({"name": "no amount", "x_region": "North", "x_amount": "5"}));
    tenant.create_all("x_sale", vec![json!({"name": "no amount", "x_region": "North"}); 9]);
    let measures = json!([{"fn": "avg", "field": "x_amount"}]);
    let answer = ask(&analyst, json!({"object": "x_sale", "group_by": ["x_region"], "measures": measures}));
    assert_eq!(told(&answer)[1], ("North".into(), Value::Null), "the average of one is that one");
}

fn fields_that_are_closed(tenant: &Tenant) {
    sales(tenant, &[("East", 6)]);
    let body = json!({"grants": {"x_sale": {"view": "all", "aggregate": "all"}}, "fields": {"x_sale": {"x_amount": "none", "x_product": "mask"}}, "label": {"en": "C"}});
    role(tenant, "x_closed", &body);
    let reader = tenant.user("closed@a.example", None, &["x_closed"]);
    let count = || json!([{"fn": "count"}]);
    for body in [
        json!({"object": "x_sale", "measures": [{"fn": "sum", "field": "x_amount"}]}),
        json!({"object": "x_sale", "measures": [{"fn": "sum", "expr": "x_amount * 2"}]}),
        json!({"object": "x_sale", "measures": [{"fn": "count", "filter": "x_amount > 1"}]}),
        json!({"object": "x_sale", "measures": count(), "filter": "x_amount > 1"}),
        json!({"object": "x_sale", "measures": count(), "group_by": ["x_product"]}),
        json!({"object": "x_sale", "measures": count(), "group_by": [{"field": "x_amount", "bucket": {"width": 10}}]}),
        json!({"object": "user", "measures": count(), "joins": [{"name": "sales", "object": "x_sale", "via": "owner"}], "group_by": ["sales.x_product"]}),
        json!({"object": "user", "measures": count(), "joins": [{"name": "sales", "object": "x_sale", "via": "owner", "filter": "x_amount > 1"}]}),
        json!({"object": "user", "measures": count(), "exists": [{"object": "x_sale", "via": "owner", "filter": "x_amount > 1"}]}),
    ] {
        let refused = reader.post("/api/v1/aggregate", &body);
        assert_eq!(refused.status, 403, "{body}: {refused}");
    }
    assert_eq!(ask(&reader, json!({"object": "x_sale", "measures": count(), "group_by": ["x_region"]}))["groups"][0]["values"][0], 6);
}

/// A row and a column must not tell what is withheld where they meet.
fn parts_of_a_table(tenant: &Tenant) {
    sales(tenant, &[("East", 12), ("North", 8), ("South", 20)]);
    let analyst = analyst(tenant);
    // Six and six, four and four, ten and ten.
    let body = json!({"object": "x_sale", "group_by": ["x_region", "x_product"], "measures": [{"fn": "count"}], "totals": true, "subtotals": [[0], [1]]});
    let answer = ask(&analyst, body);
    let cells = [
        ("East P", json!(6)),
        ("East Q", json!(6)),
        ("North P", Value::Null),
        ("North Q", Value::Null),
        ("South P", json!(10)),
        ("South Q", json!(10)),
    ];
    assert_eq!(told(&answer), shown(&cells));
    // In the North two groups of eight are withheld; in each column it is one of four.
    let level = |at: usize| {
        answer["subtotals"][at]["groups"].as_array().into_iter().flatten().map(|group| group["values"][0].clone()).collect::<Value>()
    };
    assert_eq!((level(0), level(1)), (json!([12, 8, 20]), json!([null, null])), "{answer}");
    assert_eq!(answer["totals"]["values"], json!([40]));
}
