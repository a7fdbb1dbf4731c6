//! `POST /api/v1/aggregate`: exact numbers, groups, dates and expressions.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    without_groups,
    the_five_measures,
    medians_and_different_values,
    measures_with_filters_and_formulas,
    groups,
    dates_by_grain,
    chosen_sorted_and_cut,
    joins_over_two_steps,
    records_that_refer_or_do_not,
    the_weighted_forecast,
    requests_that_are_refused,
    sums_beyond_64_bits
);

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

fn medians_and_different_values(tenant: &Tenant) {
    project(tenant);
    let rows = [("a", "0.01", 5), ("a", "0.04", -2), ("b", "7.00", -3), ("b", "0.02", 4), ("b", "0.02", 4)];
    tenant.create_all("x_p", rows.map(|(name, money, number)| json!({"name": name, "x_m": money, "x_n": number})).to_vec());
    tenant.admin.create("x_p", json!({"name": "b"}));
    tenant.admin.create("x_p", json!({"name": "c"}));
    let median = |field: &str| json!({"fn": "median", "field": field});
    let measures = json!([median("x_m"), median("x_n"), {"fn": "count_distinct", "field": "x_n"}, {"fn": "median", "expr": "x_n * x_n"}, {"fn": "count_distinct", "field": "name"}]);
    let groups = tenant.admin.groups(json!({"object": "x_p", "group_by": ["name"], "measures": measures}));
    // 0.025 and 1.5 go away from zero.
    assert_eq!(groups[0], json!([["a"], ["0.03", 2, 2, 15, 1]]));
    assert_eq!(groups[1], json!([["b"], ["0.02", 4, 2, 16, 1]]));
    assert_eq!(groups[2], json!([["c"], [null, null, 0, null, 1]]), "nothing has no middle");
    assert_eq!(tenant.admin.groups(json!({"object": "x_p", "measures": measures}))[0], json!([[], ["0.02", 4, 4, 16, 3]]));
    let negative = json!({"object": "x_p", "filter": "x_n < 0", "measures": [median("x_n")]});
    assert_eq!(tenant.admin.groups(negative), [json!([[], [-3]])], "-2.5 goes away from zero too");
}

fn measures_with_filters_and_formulas(tenant: &Tenant) {
    project(tenant);
    let rows = [("a", "100.00", true), ("a", "50.00", false), ("b", "30.00", false)];
    tenant.create_all("x_p", rows.map(|(name, money, yes)| json!({"name": name, "x_m": money, "x_yes": yes})).to_vec());
    let measures = json!([
        {"fn": "count", "as": "all"}, {"fn": "count", "filter": "x_yes", "as": "won"},
        {"fn": "sum", "field": "x_m", "as": "total"}, {"fn": "sum", "field": "x_m", "filter": "x_yes", "as": "won_total"},
        {"fn": "ratio", "expr": "won / all"}, {"fn": "formula", "expr": "won_total / won", "as": "each"}, {"fn": "formula", "expr": "coalesce(each, 0) + 1"},
    ]);
    let answer = tenant
        .admin
        .post("/api/v1/aggregate", &json!({"object": "x_p", "group_by": ["name"], "totals": true, "measures": measures}))
        .expect(200)
        .json;
    assert_eq!(answer["groups"][0]["values"], json!([2, 1, "150.00", "100.00", "50.00", "100.00", "101.00"]), "{answer}");
    assert_eq!(answer["groups"][1]["values"], json!([1, 0, "30.00", null, "0.00", null, "1.00"]), "{answer}");
    assert_eq!(answer["totals"]["values"][4], "33.33");
}

fn chosen_sorted_and_cut(tenant: &Tenant) {
    project(tenant);
    let rows = [("甲", 5), ("乙", 9), ("丙", 9), ("丁", 1)];
    tenant.create_all("x_p", rows.iter().map(|(name, number)| json!({"name": name, "x_n": number})).collect());
    tenant.admin.create("x_p", json!({"name": "戊"}));
    let ask = |sort: Value, having: &str, limit: Value| {
        let body = json!({"object": "x_p", "group_by": ["name"], "measures": [{"fn": "sum", "field": "x_n", "as": "total"}, {"fn": "count"}],
            "sort": sort, "having": having, "limit": limit});
        let answer = tenant.admin.post("/api/v1/aggregate", &body).expect(200).json;
        let names: Vec<String> =
            answer["groups"].as_array().into_iter().flatten().map(|g| g["key"][0].as_str().unwrap_or_default().to_owned()).collect();
        (names.join(""), answer["left_out"].clone())
    };
    // bing, ding, jia, wu, yi.
    assert_eq!(ask(json!(""), "", Value::Null), ("丙丁甲戊乙".into(), Value::Null));
    assert_eq!(ask(json!("-total"), "", Value::Null), ("丙乙甲丁戊".into(), Value::Null));
    assert_eq!(ask(json!(["total", "-name"]), "", Value::Null), ("丁甲乙丙戊".into(), Value::Null));
    assert_eq!(ask(json!("-total"), "total >= 5 && m1 == 1", json!(2)), ("丙乙".into(), json!(3)));
    assert_eq!(ask(json!("-name"), "total == null || total < 2", Value::Null), ("戊丁".into(), json!(3)));
}

fn joins_over_two_steps(tenant: &Tenant) {
    for key in ["x_shop", "x_order", "x_line"] {
        tenant.admin.post("/api/v1/objects", &json!({"key": key, "label": {"en": key}})).expect(201);
    }
    for (object, key, kind, target) in [
        ("x_order", "x_shop", "reference", "x_shop"),
        ("x_line", "x_order", "reference", "x_order"),
        ("x_shop", "x_rent", "money", ""),
        ("x_order", "x_freight", "money", ""),
        ("x_line", "x_price", "money", ""),
        ("x_line", "x_what", "text", ""),
    ] {
        let mut field = json!({"key": key, "type": kind, "label": key});
        if !target.is_empty() {
            field["target"] = json!(target);
        }
        tenant.add_field(object, field);
    }
    let [a, b, _] = ["A", "B", "C"].map(|name| tenant.admin.create_id("x_shop", json!({"name": name, "x_rent": "1000"})));
    let order = |shop: &str, freight: &str| tenant.admin.create_id("x_order", json!({"name": "O", "x_shop": shop, "x_freight": freight}));
    let orders = [order(&a, "10"), order(&a, "20"), order(&b, "40")];
    for (at, what, price) in [(0, "bolt", "1"), (0, "nut", "2"), (1, "bolt", "4"), (2, "bolt", "8"), (2, "bolt", "16")] {
        tenant.admin.create("x_line", json!({"name": "L", "x_order": orders[at], "x_what": what, "x_price": price}));
    }
    let joins = |kind: &str, filter: &str| {
        json!([
            {"name": "orders", "object": "x_order", "via": "x_shop", "kind": kind},
            {"name": "lines", "object": "x_line", "via": "x_order", "of": "orders", "kind": kind, "filter": filter},
        ])
    };
    let measures = json!([{"fn": "sum", "field": "x_rent"}, {"fn": "sum", "field": "orders.x_freight"}, {"fn": "sum", "field": "lines.x_price"},
        {"fn": "count"}, {"fn": "count", "field": "orders"}, {"fn": "count", "field": "lines"}, {"fn": "avg", "field": "orders.x_freight"}, {"fn": "median", "field": "orders.x_freight"}]);
    let ask = |kind: &str, filter: &str, group_by: Value| {
        tenant.admin.groups(json!({"object": "x_shop", "joins": joins(kind, filter), "group_by": group_by, "measures": measures}))
    };
    assert_eq!(ask("inner", "", json!([])), [json!([[], ["2000.00", "70.00", "31.00", 2, 3, 5, "23.33", "20.00"]])]);
    assert_eq!(ask("left", "", json!([])), [json!([[], ["3000.00", "70.00", "31.00", 3, 3, 5, "23.33", "20.00"]])]);
    assert_eq!(ask("left", "x_what == \"nut\"", json!([])), [json!([[], ["3000.00", "70.00", "2.00", 3, 3, 1, "23.33", "20.00"]])]);
    assert_eq!(
        ask("inner", "", json!(["lines.x_what"])),
        [
            json!([["bolt"], ["2000.00", "70.00", "29.00", 2, 3, 4, "23.33", "20.00"]]),
            json!([["nut"], ["1000.00", "10.00", "2.00", 1, 1, 1, "10.00", "10.00"]]),
        ]
    );
    assert_eq!(
        ask("inner", "x_order.x_shop.name == \"B\"", json!(["name"])),
        [json!([["B"], ["1000.00", "40.00", "24.00", 1, 1, 2, "40.00", "40.00"]])]
    );
    // Over both sides it is a figure of the line; its own filter may ask deeper than what it measures.
    let mixed =
        json!([{"fn": "sum", "expr": "lines.x_price * orders.x_freight"}, {"fn": "sum", "field": "x_rent", "filter": "lines.x_price > 4"}]);
    let body = json!({"object": "x_shop", "joins": joins("inner", ""), "measures": mixed});
    assert_eq!(tenant.admin.groups(body), [json!([[], ["1070.00", "1000.00"]])]);
}

fn records_that_refer_or_do_not(tenant: &Tenant) {
    let [a, b, c] = ["A", "B", "C"].map(|name| tenant.admin.create_id("customer", json!({"name": name})));
    for (customer, status) in [(&a, "open"), (&a, "done"), (&b, "done")] {
        tenant.admin.create("task", json!({"subject": "T", "status": status, "customer": customer}));
    }
    let gone = tenant.admin.create_id("task", json!({"subject": "T", "status": "open", "customer": c}));
    tenant.admin.delete(&format!("/api/v1/records/task/{gone}")).expect(204);
    let who = |exists: Value| {
        let body = json!({"object": "customer", "exists": exists, "group_by": ["name"], "measures": [{"fn": "count"}], "filter": "name == \"A\" || name == \"B\" || name == \"C\""});
        tenant.admin.groups(body).iter().map(|g| g[0][0].as_str().unwrap_or_default().to_owned()).collect::<Vec<_>>().join("")
    };
    let task = |filter: &str, none: bool| json!({"object": "task", "via": "customer", "filter": filter, "none": none});
    assert_eq!(who(json!([task("", false)])), "AB");
    assert_eq!(who(json!([task("", true)])), "C");
    assert_eq!(who(json!([task("status == \"open\"", false)])), "A");
    assert_eq!(who(json!([task("status == \"open\"", true)])), "BC");
    assert_eq!(who(json!([task("status == \"open\"", true), task("status == \"done\"", false)])), "B");
    assert_eq!(who(json!([task("customer.name == \"B\"", false)])), "B");
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
    let count = || json!([{"fn": "count"}]);
    for (body, status, code) in [
        (
            json!({"object": "customer", "joins": [{"name": "n", "object": "nothing", "via": "x"}], "measures": count()}),
            422,
            "field.unknown",
        ),
        (
            json!({"object": "customer", "joins": [{"name": "name", "object": "task", "via": "customer"}], "measures": count()}),
            400,
            "request.malformed",
        ),
        (
            json!({"object": "customer", "joins": [{"name": "t", "object": "task", "via": "subject"}], "measures": count()}),
            422,
            "field.type",
        ),
        (json!({"object": "customer", "joins": [{"name": "t", "object": "task", "via": "owner"}], "measures": count()}), 422, "field.type"),
        (
            json!({"object": "customer", "joins": [{"name": "t", "object": "task", "via": "customer"}], "filter": "t != null", "measures": count()}),
            422,
            "field.type",
        ),
        (
            json!({"object": "customer", "exists": [{"object": "task", "via": "customer", "filter": "name == 1"}], "measures": count()}),
            422,
            "field.unknown",
        ),
        (json!({"object": "x_p", "measures": count(), "sort": "x_n"}), 422, "field.unknown"),
        (json!({"object": "x_p", "measures": count(), "having": "x_n > 1"}), 422, "field.unknown"),
        (json!({"object": "x_p", "measures": count(), "rest": true}), 400, "request.malformed"),
        (json!({"object": "x_p", "measures": count(), "subtotals": [[0]]}), 400, "request.malformed"),
        (json!({"object": "x_p", "measures": [{"fn": "count", "as": "a"}, {"fn": "count", "as": "a"}]}), 400, "request.malformed"),
        (json!({"object": "x_p", "measures": [{"fn": "formula", "expr": "later"}, {"fn": "count", "as": "later"}]}), 422, "field.unknown"),
        (json!({"object": "x_p", "measures": count(), "group_by": [{"field": "name", "bucket": {"edges": ["1"]}}]}), 422, "field.type"),
        (
            json!({"object": "x_p", "measures": count(), "group_by": [{"field": "x_n", "bucket": {"edges": ["2", "1"]}}]}),
            400,
            "request.malformed",
        ),
        (
            json!({"object": "x_p", "measures": count(), "group_by": [{"field": "x_n", "bucket": {"width": "0.5"}}]}),
            400,
            "request.malformed",
        ),
        (json!({"object": "x_p", "measures": [{"fn": "median", "field": "x_on"}]}), 422, "field.type"),
    ] {
        tenant.admin.post("/api/v1/aggregate", &body).refused(status, code);
    }
    for body in [
        json!({"object": "x_p", "measures": [{"fn": "mode", "field": "x_n"}]}),
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
