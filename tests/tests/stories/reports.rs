//! The figures of reports: the scenarios of the domain that need queries, groups and stage histories, and nothing else.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    a_matrix_with_totals,
    averages_are_computed_from_rows,
    everybody_sees_their_own_sums,
    buckets,
    a_conversion_funnel,
    months_of_the_tenants_zone,
    conditions_joined_by_hand,
    nulls_are_a_group,
    totals_are_over_everything,
    a_scorecard,
    joined_lines_do_not_multiply,
    what_an_attacker_writes,
    contacts_by_touch_point,
    dealings_by_month,
);

/// Won sales: East P1 300,000 · East P2 120,000 · North P1 200,000 · North P2 80,000 · North P2 50,000 · South P1 150,000.
const SALES: [(&str, &str, &str); 6] = [
    ("East", "P1", "300000"),
    ("East", "P2", "120000"),
    ("North", "P1", "200000"),
    ("North", "P2", "80000"),
    ("North", "P2", "50000"),
    ("South", "P1", "150000"),
];

fn object(tenant: &Tenant, key: &str, fields: &[(&str, &str)]) {
    tenant.admin.post("/api/v1/objects", &json!({"key": key, "label": {"en": key}})).expect(201);
    for (field, kind) in fields {
        tenant.add_field(key, json!({"key": field, "type": kind, "label": field}));
    }
}

fn reference(tenant: &Tenant, object: &str, key: &str, target: &str) {
    tenant.add_field(object, json!({"key": key, "type": "reference", "target": target, "label": key}));
}

fn sales(tenant: &Tenant) {
    object(tenant, "x_sale", &[("x_region", "text"), ("x_product", "text"), ("x_amount", "money"), ("x_cost", "money")]);
    let record =
        |(region, product, amount): &(&str, &str, &str)| json!({"name": "S", "x_region": region, "x_product": product, "x_amount": amount});
    tenant.create_all("x_sale", SALES.iter().map(record).collect());
}

fn ask(tenant: &Tenant, body: Value) -> Value {
    tenant.admin.post("/api/v1/aggregate", &body).expect(200).json
}

/// RP-1.
fn a_matrix_with_totals(tenant: &Tenant) {
    sales(tenant);
    let answer = ask(
        tenant,
        json!({"object": "x_sale", "group_by": ["x_region", "x_product"], "measures": [{"fn": "sum", "field": "x_amount"}, {"fn": "count"}],
            "totals": true, "subtotals": [[0], [1]]}),
    );
    assert_eq!(
        answer["groups"],
        json!([
            {"key": ["East", "P1"], "values": ["300000.00", 1]}, {"key": ["East", "P2"], "values": ["120000.00", 1]},
            {"key": ["North", "P1"], "values": ["200000.00", 1]}, {"key": ["North", "P2"], "values": ["130000.00", 2]},
            {"key": ["South", "P1"], "values": ["150000.00", 1]},
        ])
    );
    assert_eq!(answer["totals"], json!({"key": [], "values": ["900000.00", 6]}));
    let by_region = [("East", "420000.00", 2), ("North", "330000.00", 3), ("South", "150000.00", 1)];
    let rows: Vec<Value> = by_region.iter().map(|(key, sum, count)| json!({"key": [key], "values": [sum, count]})).collect();
    assert_eq!(answer["subtotals"][0], json!({"by": [0], "groups": rows}));
    let columns = json!([{"key": ["P1"], "values": ["650000.00", 3]}, {"key": ["P2"], "values": ["250000.00", 3]}]);
    assert_eq!(answer["subtotals"][1], json!({"by": [1], "groups": columns}));
}

/// RP-2: 150,000 is the mean of the rows; the mean of the five cells would be 167,000.
fn averages_are_computed_from_rows(tenant: &Tenant) {
    sales(tenant);
    let answer = ask(
        tenant,
        json!({"object": "x_sale", "group_by": ["x_region", "x_product"], "totals": true, "subtotals": [[0]],
            "measures": [{"fn": "avg", "field": "x_amount"}, {"fn": "median", "field": "x_amount"}, {"fn": "count_distinct", "field": "x_product"}]}),
    );
    assert_eq!(answer["groups"][3], json!({"key": ["North", "P2"], "values": ["65000.00", "65000.00", 1]}));
    assert_eq!(answer["totals"]["values"], json!(["150000.00", "135000.00", 2]));
    assert_eq!(answer["subtotals"][0]["groups"][1], json!({"key": ["North"], "values": ["110000.00", "80000.00", 2]}));
}

/// RP-3.
fn everybody_sees_their_own_sums(tenant: &Tenant) {
    sales(tenant);
    let rep = tenant.user("rep@a.example", None, &["salesperson"]);
    let owner = tenant.user_id("rep@a.example");
    for (region, product) in [("East", "P1"), ("East", "P2"), ("South", "P1")] {
        let filter = format!("x_region == \"{region}\" && x_product == \"{product}\"");
        for sale in tenant.admin.list("x_sale", &[("filter", &filter)]) {
            tenant.admin.change("x_sale", sale["id"].as_str().expect("an id"), json!({"owner": owner}));
        }
    }
    let body = json!({"object": "x_sale", "measures": [{"fn": "sum", "field": "x_amount"}], "group_by": ["x_region"], "totals": true});
    let totals = |answer: Value| answer["totals"]["values"][0].clone();
    assert_eq!(totals(rep.post("/api/v1/aggregate", &body).expect(200).json), "570000.00");
    assert_eq!(totals(ask(tenant, body)), "900000.00");
}

/// RP-4: an edge belongs to the bucket that begins there; an empty bucket is shown where that is asked for.
fn buckets(tenant: &Tenant) {
    sales(tenant);
    let by = |key: Value| {
        ask(tenant, json!({"object": "x_sale", "group_by": [key], "measures": [{"fn": "count"}, {"fn": "sum", "field": "x_amount"}]}))
    };
    let edges = by(json!({"field": "x_amount", "bucket": {"edges": ["50000", 200000]}, "fill": true}));
    assert_eq!(
        edges["groups"],
        json!([
            {"key": [{"from": null, "to": "50000.00"}], "values": [0, "0.00"]},
            {"key": [{"from": "50000.00", "to": "200000.00"}], "values": [4, "400000.00"]},
            {"key": [{"from": "200000.00", "to": null}], "values": [2, "500000.00"]},
        ])
    );
    tenant.admin.create("x_sale", json!({"name": "nothing yet", "x_region": "South"}));
    let steps = by(json!({"field": "x_amount", "bucket": {"width": "100000", "from": "20000"}}));
    let told: Vec<Value> =
        steps["groups"].as_array().into_iter().flatten().map(|group| json!([group["key"][0]["from"], group["values"][0]])).collect();
    assert_eq!(json!(told), json!([["20000.00", 2], ["120000.00", 3], ["220000.00", 1], [null, 1]]));
}

/// RP-5: 100 made; 60, 36, 24 and 12 got further, one of them without the second and the third stage; 48 lost, 40 open.
fn a_conversion_funnel(tenant: &Tenant) {
    object(tenant, "x_deal", &[]);
    let stages = ["s1", "s2", "s3", "s4", "won", "lost"];
    let options: Vec<Value> = stages.iter().map(|code| json!({"code": code, "label": code})).collect();
    tenant.add_field("x_deal", json!({"key": "x_stage", "type": "select", "options": options, "label": "Stage"}));
    let transitions: Vec<Value> = stages.iter().map(|to| json!({"action": format!("to_{to}"), "label": to, "to": to})).collect();
    tenant.admin.put("/api/v1/objects/x_deal/rules", &json!({"machine": {"field": "x_stage", "transitions": transitions}})).expect(200);
    let ids = tenant.create_all("x_deal", (0..100).map(|n| json!({"name": format!("D{n}"), "x_stage": "s1"})).collect());
    let go = |ids: &[String], to: &str| {
        let body = json!({"op": "update", "ids": ids, "set": {"x_stage": to}});
        tenant.admin.post("/api/v1/records/x_deal/bulk", &body).expect(200);
    };
    // The first jumps from the first stage to the fourth.
    go(&ids[1..60], "s2");
    go(&ids[1..36], "s3");
    go(&ids[0..24], "s4");
    go(&ids[0..12], "won");
    go(&ids[12..60], "lost");

    let reached = |at: usize| {
        let later: Vec<String> = ["s1", "s2", "s3", "s4", "won"][at..].iter().map(|code| format!("\"{code}\"")).collect();
        json!({"fn": "count", "filter": format!("moves.to in [{}]", later.join(", ")), "as": format!("r{at}")})
    };
    let measures = json!([
        reached(0), reached(1), reached(2), reached(3), reached(4),
        {"fn": "ratio", "expr": "r1 / r0"}, {"fn": "ratio", "expr": "r2 / r1"}, {"fn": "ratio", "expr": "r3 / r2"},
        {"fn": "ratio", "expr": "r4 / r3"}, {"fn": "ratio", "expr": "r4 / r0"},
        {"fn": "count", "filter": "x_stage == \"lost\"", "as": "lost"}, {"fn": "formula", "expr": "r0 - r4 - lost"},
        {"fn": "ratio", "expr": "r4 / (r4 + lost)"},
    ]);
    let join = json!([{"name": "moves", "object": "x_deal__stages", "via": "record"}]);
    let answer = ask(tenant, json!({"object": "x_deal", "joins": join, "measures": measures}));
    assert_eq!(
        answer["groups"][0]["values"],
        json!([100, 60, 36, 24, 12, "60.00", "60.00", "66.67", "50.00", "12.00", 48, 40, "20.00"]),
        "{answer}"
    );
}

/// RP-6: half past midnight of the first of November in Shanghai.
fn months_of_the_tenants_zone(tenant: &Tenant) {
    object(tenant, "x_call", &[("x_at", "datetime")]);
    for at in ["2026-10-31T16:30:00Z", "2026-10-31T15:59:59.999999Z", "2026-08-01T00:00:00Z"] {
        tenant.admin.create("x_call", json!({"name": "C", "x_at": at}));
    }
    let by = |key: Value| {
        ask(tenant, json!({"object": "x_call", "group_by": [key], "measures": [{"fn": "count"}, {"fn": "max", "field": "x_at"}]}))
    };
    let told =
        |answer: Value| answer["groups"].as_array().into_iter().flatten().map(|g| json!([g["key"][0], g["values"][0]])).collect::<Value>();
    assert_eq!(told(by(json!({"field": "x_at", "grain": "month"}))), json!([["2026-08-01", 1], ["2026-10-01", 1], ["2026-11-01", 1]]));
    let filled = by(json!({"field": "x_at", "grain": "month", "fill": true}));
    assert_eq!(filled["groups"][1], json!({"key": ["2026-09-01"], "values": [0, null]}), "a month without calls");
    // A financial year from October on.
    assert_eq!(told(by(json!({"field": "x_at", "grain": "year", "first_month": 10}))), json!([["2025-10-01", 1], ["2026-10-01", 2]]));
}

/// RP-7.
fn conditions_joined_by_hand(tenant: &Tenant) {
    sales(tenant);
    let filter = "(x_region == \"East\" && x_amount >= 150000) || x_product == \"P2\"";
    let answer =
        ask(tenant, json!({"object": "x_sale", "filter": filter, "measures": [{"fn": "sum", "field": "x_amount"}, {"fn": "count"}]}));
    assert_eq!(answer["groups"][0]["values"], json!(["550000.00", 4]));
    let broken = json!({"object": "x_sale", "filter": "x_region == \"East\" &&", "measures": [{"fn": "count"}]});
    tenant.admin.post("/api/v1/aggregate", &broken).refused(400, "filter.syntax");
}

/// RP-8: `!=` takes nulls in, and nulls are a group that stands last.
fn nulls_are_a_group(tenant: &Tenant) {
    let industries = [json!("制造"), json!("制造"), json!("制造"), json!("零售"), Value::Null, Value::Null];
    tenant.create_all("customer", industries.iter().map(|industry| json!({"name": "C", "industry": industry})).collect());
    assert_eq!(tenant.count("customer", "industry != \"制造\""), 3);
    for sort in ["", "industry", "-industry"] {
        let answer = ask(tenant, json!({"object": "customer", "group_by": ["industry"], "measures": [{"fn": "count"}], "sort": sort}));
        assert_eq!(answer["groups"][2], json!({"key": [null], "values": [2]}), "{sort}: {answer}");
    }
}

/// RP-10 and the top groups with all others: whatever is shown, totals are over everything and computed from rows.
fn totals_are_over_everything(tenant: &Tenant) {
    sales(tenant);
    let body = json!({"object": "x_sale", "group_by": ["x_region"], "sort": "-total", "limit": 1, "rest": true, "totals": true,
        "measures": [{"fn": "sum", "field": "x_amount", "as": "total"}, {"fn": "avg", "field": "x_amount"},
            {"fn": "count_distinct", "field": "x_product"}, {"fn": "median", "field": "x_amount"}]});
    let answer = ask(tenant, body);
    assert_eq!(answer["groups"], json!([{"key": ["East"], "values": ["420000.00", "210000.00", 2, "210000.00"]}]));
    assert_eq!(answer["left_out"], 2);
    assert_eq!(answer["rest"], json!({"key": [], "values": ["480000.00", "120000.00", 2, "115000.00"]}));
    assert_eq!(answer["totals"], json!({"key": [], "values": ["900000.00", "150000.00", 2, "135000.00"]}));
    let nothing_left =
        ask(tenant, json!({"object": "x_sale", "group_by": ["x_region"], "limit": 3, "rest": true, "measures": [{"fn": "count"}]}));
    assert_eq!((&nothing_left["rest"], &nothing_left["left_out"]), (&Value::Null, &json!(0)));
}

/// RP-12: a plan of nothing has no attainment.
fn a_scorecard(tenant: &Tenant) {
    object(tenant, "x_score", &[("x_plan", "money"), ("x_won", "money"), ("x_spent", "money")]);
    for (name, plan, won, spent) in [("A", "500000", "430000", "12900"), ("B", "0", "1000", "10")] {
        tenant.admin.create("x_score", json!({"name": name, "x_plan": plan, "x_won": won, "x_spent": spent}));
    }
    let sum = |field: &str, name: &str| json!({"fn": "sum", "field": field, "as": name});
    let measures = json!([sum("x_plan", "plan"), sum("x_won", "won"), sum("x_spent", "spent"),
        {"fn": "ratio", "expr": "won / plan", "as": "attainment"}, {"fn": "ratio", "expr": "spent / won"}]);
    let answer = ask(tenant, json!({"object": "x_score", "group_by": ["name"], "measures": measures, "sort": "-attainment"}));
    assert_eq!(answer["groups"][0], json!({"key": ["A"], "values": ["500000.00", "430000.00", "12900.00", "86.00", "3.00"]}));
    assert_eq!(answer["groups"][1], json!({"key": ["B"], "values": ["0.00", "1000.00", "10.00", null, "1.00"]}));
}

/// RP-13: 100,000 is 100,000, however many products are in it.
fn joined_lines_do_not_multiply(tenant: &Tenant) {
    object(tenant, "x_deal", &[("x_amount", "money")]);
    object(tenant, "x_item", &[("x_price", "money")]);
    object(tenant, "x_visit", &[("x_minutes", "integer")]);
    reference(tenant, "x_item", "x_deal", "x_deal");
    reference(tenant, "x_visit", "x_deal", "x_deal");
    let deal = tenant.admin.create_id("x_deal", json!({"name": "D", "x_amount": "100000"}));
    tenant.create_all("x_item", ["1", "2", "3"].map(|price| json!({"name": price, "x_deal": deal, "x_price": price})).to_vec());
    tenant.create_all("x_visit", vec![json!({"name": "V", "x_deal": deal, "x_minutes": 30}); 2]);
    let items = json!({"name": "items", "object": "x_item", "via": "x_deal"});
    let visits = json!({"name": "visits", "object": "x_visit", "via": "x_deal"});
    let sums = json!([{"fn": "sum", "field": "x_amount"}, {"fn": "sum", "field": "items.x_price"}, {"fn": "count"}, {"fn": "count", "field": "items"}]);
    let answer = ask(tenant, json!({"object": "x_deal", "joins": [items], "measures": sums}));
    assert_eq!(answer["groups"][0]["values"], json!(["100000.00", "6.00", 1, 3]));
    let by_item = json!({"object": "x_deal", "joins": [items], "group_by": ["items.name"], "totals": true, "measures": [{"fn": "sum", "field": "x_amount"}]});
    let answer = ask(tenant, by_item);
    assert_eq!((answer["groups"].as_array().map(Vec::len), &answer["totals"]["values"][0]), (Some(3), &json!("100000.00")), "{answer}");
    let both = |measure: Value| {
        tenant.admin.post("/api/v1/aggregate", &json!({"object": "x_deal", "joins": [items, visits], "measures": [measure]}))
    };
    for measure in [
        json!({"fn": "sum", "field": "x_amount"}),
        json!({"fn": "avg", "field": "items.x_price"}),
        json!({"fn": "count", "field": "visits"}),
    ] {
        both(measure).refused(422, "aggregate.fan_out");
    }
    // What repetition cannot change has an answer.
    for (measure, wanted) in [
        (json!({"fn": "max", "field": "items.x_price"}), json!("3.00")),
        (json!({"fn": "count_distinct", "field": "visits"}), json!(2)),
        (json!({"fn": "count"}), json!(1)),
    ] {
        assert_eq!(both(measure).expect(200).json["groups"][0]["values"][0], wanted);
    }
}

/// RP-14.
fn what_an_attacker_writes(tenant: &Tenant) {
    sales(tenant);
    assert_eq!(tenant.count("x_sale", "name == \"'; DROP TABLE x;--\""), 0);
    let user = json!({"object": "user", "group_by": ["password_hash"], "measures": [{"fn": "count"}]});
    tenant.admin.post("/api/v1/aggregate", &user).refused(422, "field.unknown");
    for name in ["x\"; DROP TABLE x", "select 1", "Ä"] {
        let body = json!({"object": "x_sale", "measures": [{"fn": "count", "as": name}]});
        tenant.admin.post("/api/v1/aggregate", &body).refused(400, "request.malformed");
        let join =
            json!({"object": "x_sale", "joins": [{"name": name, "object": "x_sale", "via": "owner"}], "measures": [{"fn": "count"}]});
        assert!([400, 422].contains(&tenant.admin.post("/api/v1/aggregate", &join).status));
    }
    assert_eq!(tenant.count("x_sale", ""), 6);
}

/// S-035.
fn contacts_by_touch_point(tenant: &Tenant) {
    for (kind, times) in [("meeting", 4), ("correspondence", 3), ("call_inbound", 2), ("event", 1)] {
        tenant.create_all("activity", vec![json!({"subject": kind, "kind": kind}); times]);
    }
    let body = json!({"object": "activity", "group_by": ["kind"], "measures": [{"fn": "count", "as": "n"}], "sort": "-n"});
    let answer = ask(tenant, body);
    let told: Vec<&Value> = answer["groups"].as_array().into_iter().flatten().map(|group| &group["values"][0]).collect();
    assert_eq!(told, [4, 3, 2, 1]);
}

/// S-033: 10, 12 and 14 thousand are 36 thousand.
fn dealings_by_month(tenant: &Tenant) {
    object(tenant, "x_order", &[("x_total", "money"), ("x_on", "date")]);
    reference(tenant, "x_order", "x_customer", "customer");
    let [one, two] = ["C1", "C2"].map(|name| tenant.admin.create_id("customer", json!({"name": name})));
    for (customer, day, total) in
        [(&one, "2026-08-31", "10000"), (&one, "2026-09-01", "12000"), (&one, "2026-10-15", "14000"), (&two, "2026-09-09", "7")]
    {
        tenant.admin.create("x_order", json!({"name": "O", "x_customer": customer, "x_on": day, "x_total": total}));
    }
    let orders = json!([{"name": "orders", "object": "x_order", "via": "x_customer"}]);
    let answer = ask(
        tenant,
        json!({"object": "customer", "filter": format!("id == '{one}'"), "joins": orders, "totals": true,
            "group_by": [{"field": "orders.x_on", "grain": "month"}], "measures": [{"fn": "sum", "field": "orders.x_total"}]}),
    );
    let told: Vec<&Value> = answer["groups"].as_array().into_iter().flatten().map(|group| &group["values"][0]).collect();
    assert_eq!(told, ["10000.00", "12000.00", "14000.00"]);
    assert_eq!(answer["totals"]["values"][0], "36000.00");
}
