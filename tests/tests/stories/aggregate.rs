//! `POST /api/v1/aggregate`: exact numbers, groups, dates and expressions.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(without_groups, the_five_measures, groups, dates_by_grain, the_weighted_forecast, requests_that_are_refused, sums_beyond_64_bits);

fn project(tenant: &Tenant) {
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_p", "label": {"en": "P"}})).expect(201);
    for (key, kind) in
        [("x_n", "integer"), ("x_m", "money"), ("x_rate", "percent"), ("x_on", "date"), ("x_at", "datetime"), ("x_yes", "bool")]
    {
        tenant.add_field("x_p", json!({"key": key, "type": kind, "label": {"en": key}}));
    }
    tenant.add_field("x_p", json!({"key": "x_c", "type": "reference", "target": "customer", "label": {"en": "C"}}));
}

fn without_groups(tenant: &Tenant) {
    project(tenant);
    let body = json!({"object": "x_p", "measures": [{"fn": "count"}, {"fn": "sum", "field": "x_m"}, {"fn": "max", "field": "x_n"}]});
    let answer = tenant.admin.post("/api/v1/aggregate", &body).expect(200);
    assert_eq!(answer.json["groups"], json!([{"key": [], "values": [0, null, null]}]), "one group, also of nothing: {answer}");
    tenant.admin.create("x_p", json!({"name": "A", "x_m": "0.10", "x_n": 7}));
    let answer = tenant.admin.post("/api/v1/aggregate", &body).expect(200);
    assert_eq!(answer.json["groups"], json!([{"key": [], "values": [1, "0.10", 7]}]), "{answer}");
}

fn the_five_measures(tenant: &Tenant) {
    project(tenant);
    let rows = [("0.10", 1), ("0.20", 2), ("0.35", 2)].map(|(money, number)| json!({"name": "A", "x_m": money, "x_n": number}));
    tenant.create_all("x_p", rows.to_vec());
    tenant.admin.create("x_p", json!({"name": "nulls do not count"}));
    let measures = json!([
        {"fn": "count"}, {"fn": "count", "field": "x_m"}, {"fn": "sum", "field": "x_m"}, {"fn": "avg", "field": "x_m"},
        {"fn": "min", "field": "x_m"}, {"fn": "max", "field": "x_m"}, {"fn": "sum", "field": "x_n"}, {"fn": "max", "field": "x_n"},
    ]);
    let groups = tenant.admin.groups(json!({"object": "x_p", "measures": measures}));
    // 0.65 ÷ 3 = 0.21666…
    assert_eq!(groups, [json!([[], [4, 3, "0.65", "0.22", "0.10", "0.35", 5, 2]])]);
    let half = json!({"object": "x_p", "filter": "x_n == 2", "measures": [{"fn": "avg", "field": "x_m"}]});
    assert_eq!(tenant.admin.groups(half), [json!([[], ["0.28"]])], "0.275 goes away from zero");
}

fn groups(tenant: &Tenant) {
    project(tenant);
    let [a, b] = ["甲", "乙"].map(|name| tenant.admin.create_id("customer", json!({"name": name, "region": "East"})));
    tenant.create_all(
        "x_p",
        vec![
            json!({"name": "1", "x_c": a, "x_m": "1.00", "x_yes": true}),
            json!({"name": "2", "x_c": a, "x_m": "2.00", "x_yes": false}),
            json!({"name": "3", "x_c": b, "x_m": "4.00", "x_yes": true}),
            json!({"name": "4", "x_m": "8.00"}),
        ],
    );
    let by = |group_by: Value| {
        tenant.admin.groups(json!({"object": "x_p", "group_by": group_by, "measures": [{"fn": "count"}, {"fn": "sum", "field": "x_m"}]}))
    };
    let mut wanted = vec![json!([[a], [2, "3.00"]]), json!([[b], [1, "4.00"]]), json!([[null], [1, "8.00"]])];
    wanted.sort_by_key(|group| group[0].to_string());
    assert_eq!(by(json!(["x_c"])), wanted);
    assert_eq!(by(json!(["x_c.name"])), [json!([["乙"], [1, "4.00"]]), json!([["甲"], [2, "3.00"]]), json!([[null], [1, "8.00"]])]);
    assert_eq!(by(json!(["x_yes"])), [json!([[false], [1, "2.00"]]), json!([[null], [1, "8.00"]]), json!([[true], [2, "5.00"]])]);
    assert_eq!(
        by(json!(["x_c.region", {"field": "x_yes"}])),
        [json!([["East", false], [1, "2.00"]]), json!([["East", true], [2, "5.00"]]), json!([[null, null], [1, "8.00"]]),]
    );
    let filtered = json!({"object": "x_p", "filter": "x_m > 100", "group_by": ["x_c"], "measures": [{"fn": "count"}]});
    assert_eq!(tenant.admin.groups(filtered), Vec::<Value>::new(), "groups of nothing are none");
}

fn dates_by_grain(tenant: &Tenant) {
    project(tenant);
    let days = ["2025-12-29", "2026-01-04", "2026-01-05", "2026-03-31", "2026-04-01"];
    tenant.create_all("x_p", days.iter().map(|day| json!({"name": day, "x_on": day})).collect());
    tenant.admin.create("x_p", json!({"name": "none"}));
    for (grain, wanted) in [
        ("day", json!([["2025-12-29", 1], ["2026-01-04", 1], ["2026-01-05", 1], ["2026-03-31", 1], ["2026-04-01", 1], [null, 1]])),
        ("week", json!([["2025-12-29", 2], ["2026-01-05", 1], ["2026-03-30", 2], [null, 1]])),
        ("month", json!([["2025-12-01", 1], ["2026-01-01", 2], ["2026-03-01", 1], ["2026-04-01", 1], [null, 1]])),
        ("quarter", json!([["2025-10-01", 1], ["2026-01-01", 3], ["2026-04-01", 1], [null, 1]])),
        ("year", json!([["2025-01-01", 1], ["2026-01-01", 4], [null, 1]])),
    ] {
        let body = json!({"object": "x_p", "group_by": [{"field": "x_on", "grain": grain}], "measures": [{"fn": "count"}]});
        let got: Vec<Value> = tenant.admin.groups(body).iter().map(|group| json!([group[0][0], group[1][0]])).collect();
        assert_eq!(json!(got), wanted, "{grain}");
    }
    // An instant belongs to the day of the tenant's zone: 17:00 in London is the next day in Shanghai.
    tenant.admin.create("x_p", json!({"name": "late", "x_at": "2026-01-31T17:00:00Z"}));
    let body = json!({"object": "x_p", "filter": "x_at != null", "group_by": [{"field": "x_at", "grain": "month"}], "measures": [{"fn": "count"}]});
    let got = tenant.admin.groups(body);
    assert!(got[0][0][0].as_str().is_some_and(|month| month.starts_with("2026-02-01") || month == "2026-01-31T16:00:00Z"), "{got:?}");
}

/// S-059: 100,000 at 60 % + 200,000 at 5 % + 50,000 at 90 % = 115,000.00.
fn the_weighted_forecast(tenant: &Tenant) {
    tenant.enable("sales");
    for (name, amount, stage) in [("A", "100000", "demo"), ("B", "200000", "contact"), ("C", "50000", "contract")] {
        tenant.admin.create("opportunity", json!({"name": name, "amount": amount, "stage": stage, "expected_on": "2026-12-15"}));
    }
    let weighted = json!([{"fn": "count"}, {"fn": "sum", "field": "amount"}, {"fn": "sum", "expr": "amount * success_rate / 100"}]);
    let groups = tenant.admin.groups(json!({"object": "opportunity", "filter": "status == \"open\"", "measures": weighted}));
    assert_eq!(groups, [json!([[], [3, "350000.00", "115000.00"]])]);
    let by_month = json!({"object": "opportunity", "group_by": [{"field": "expected_on", "grain": "month"}], "measures": weighted});
    assert_eq!(tenant.admin.groups(by_month), [json!([["2026-12-01"], [3, "350000.00", "115000.00"]])]);
    // Row by row: three times 0.10 × 5 % is three times 0.01 (0.005 goes up), not 0.015.
    for name in ["D", "E", "F"] {
        tenant.admin.create("opportunity", json!({"name": name, "amount": "0.10", "source": "cents"}));
    }
    let cents = json!({"object": "opportunity", "filter": "source == \"cents\"", "measures": weighted});
    assert_eq!(tenant.admin.groups(cents), [json!([[], [3, "0.30", "0.03"]])]);
    let by_owner = json!({"object": "opportunity", "group_by": ["owner.name"], "measures": [{"fn": "count"}]});
    assert_eq!(tenant.admin.groups(by_owner)[0][1], json!([6]));
}

fn requests_that_are_refused(tenant: &Tenant) {
    project(tenant);
    for (body, status, code) in [
        (json!({"object": "nothing", "measures": [{"fn": "count"}]}), 404, "not_found"),
        (json!({"object": "x_p", "measures": [{"fn": "sum", "field": "nothing"}]}), 422, "field.unknown"),
        (json!({"object": "x_p", "measures": [{"fn": "sum", "field": "name"}]}), 422, "field.type"),
        (json!({"object": "x_p", "group_by": ["nothing"], "measures": [{"fn": "count"}]}), 422, "field.unknown"),
        (json!({"object": "x_p", "measures": [{"fn": "sum", "expr": "x_m *"}]}), 400, "filter.syntax"),
        (json!({"object": "x_p", "measures": [{"fn": "sum", "expr": "x_m * name"}]}), 422, "field.type"),
    ] {
        tenant.admin.post("/api/v1/aggregate", &body).refused(status, code);
    }
    for body in [
        json!({"object": "x_p", "measures": [{"fn": "median", "field": "x_n"}]}),
        json!({"object": "x_p", "group_by": [{"field": "x_on", "grain": "decade"}], "measures": [{"fn": "count"}]}),
        json!({"object": "x_p", "group_by": [{"field": "x_n", "grain": "day"}], "measures": [{"fn": "count"}]}),
        json!({"object": "x_p", "measures": [{"fn": "sum"}]}),
    ] {
        let refused = tenant.admin.post("/api/v1/aggregate", &body);
        assert!([400, 422].contains(&refused.status), "{refused}");
    }
}

fn sums_beyond_64_bits(tenant: &Tenant) {
    project(tenant);
    let most = "9999999999999999.99"; // 18 digits
    let rows = vec![json!({"name": "A", "x_m": most, "x_n": i64::MAX}); 12];
    tenant.create_all("x_p", rows);
    let measures = json!([{"fn": "sum", "field": "x_m"}, {"fn": "avg", "field": "x_m"}, {"fn": "max", "field": "x_m"}]);
    let groups = tenant.admin.groups(json!({"object": "x_p", "measures": measures}));
    assert_eq!(groups, [json!([[], ["119999999999999999.88", most, most]])]);
}
