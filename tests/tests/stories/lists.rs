//! Lists: filters, sorting, paging, chosen fields; by GET and by `POST …/query`.

use guanxi_tests::both;
use guanxi_tests::story::{Tenant, admin_email};
use serde_json::{Value, json};

both!(
    filters,
    filters_that_are_refused,
    sorting_with_ties_and_nulls,
    pages_join_to_the_whole,
    cursors_are_bound,
    chosen_fields,
    the_same_by_post
);

const CUSTOMERS: &str = "/api/v1/records/customer";

fn fill(tenant: &Tenant) {
    for (key, kind) in [("x_rank", "integer"), ("x_on", "bool"), ("x_since", "date"), ("x_budget", "money"), ("x_met", "datetime")] {
        tenant.add_field("customer", json!({"key": key, "type": kind, "label": {"en": key}}));
    }
    tenant.create_all(
        "customer",
        vec![
            json!({"name": "Alpha", "region": "North", "x_rank": 10, "x_on": true, "x_since": "2026-01-05", "x_budget": "100.50",
                   "x_met": "2026-01-05T08:00:00Z"}),
            json!({"name": "Beta", "region": "South", "x_rank": 20, "x_on": false, "x_since": "2026-02-05", "x_budget": "0"}),
            json!({"name": "Gamma"}),
            json!({"name": "华为", "region": "north", "kind": "person", "x_rank": -3, "x_budget": "1000000.01"}),
        ],
    );
}

fn filters(tenant: &Tenant) {
    fill(tenant);
    let admin = format!("owner.email == \"{}\"", admin_email(&tenant.key));
    for (filter, wanted) in [
        ("", "Alpha Beta Gamma 华为"),
        ("name == \"Alpha\"", "Alpha"),
        ("name == \"alpha\"", "Alpha"), // texts compare by their normal form
        ("name != \"Alpha\"", "Beta Gamma 华为"),
        ("region == \"North\"", "Alpha 华为"),
        ("region != \"North\"", "Beta Gamma"), // `!=` includes null
        ("region == null", "Gamma"),
        ("region != null", "Alpha Beta 华为"),
        ("x_rank > 10", "Beta"),
        ("x_rank >= 10", "Alpha Beta"),
        ("x_rank < 10", "华为"), // comparison with null is false
        ("x_rank <= -3", "华为"),
        ("10 < x_rank", "Beta"),
        ("x_rank in [10, 20, 99]", "Alpha Beta"),
        ("x_rank > 9.5 && x_rank < 10.5", "Alpha"),
        ("name in [\"Beta\", \"华为\"]", "Beta 华为"),
        ("!(x_rank in [10, 20])", "Gamma 华为"),
        ("x_on == true", "Alpha"),
        ("x_on == false", "Beta"),
        ("x_on", "Alpha"),
        ("x_on != true", "Beta Gamma 华为"),
        ("x_budget == 100.5", "Alpha"),
        ("x_budget > 0", "Alpha 华为"),
        ("x_budget == 0", "Beta"),
        ("x_budget > 1000000.00", "华为"),
        ("x_since >= \"2026-02-01\"", "Beta"),
        ("x_since == \"2026-01-05\"", "Alpha"),
        ("x_met < \"2026-01-05T16:00:01+08:00\"", "Alpha"),
        ("kind == \"person\"", "华为"),
        ("name.startsWith(\"Al\")", "Alpha"),
        ("name.startsWith(\"华\")", "华为"),
        ("name.startsWith(\"%\")", ""),
        ("region == \"North\" && x_rank > 0", "Alpha"),
        ("region == \"South\" || x_rank == 10", "Alpha Beta"),
        ("region == \"South\" || region == \"North\" && x_rank < 0", "Beta 华为"), // && before ||
        ("!(region == \"North\")", "Beta Gamma"),
        ("!(region == \"North\" || x_rank == 20)", "Gamma"),
        (admin.as_str(), "Alpha Beta Gamma 华为"),
        ("owner.name == \"nobody\"", ""),
        ("created_at > \"2026-11-21T00:00:00Z\"", "Alpha Beta Gamma 华为"),
        ("version == 1 && x_rank == 10", "Alpha"),
    ] {
        let answer = tenant.admin.query(CUSTOMERS, &[("filter", filter), ("sort", "name")]).expect(200);
        let names: Vec<&str> =
            answer.json["records"].as_array().into_iter().flatten().filter_map(|record| record["name"].as_str()).collect();
        assert_eq!(names.join(" "), wanted, "{filter}");
        assert_eq!(answer.json["count"], json!({"value": names.len(), "exact": true}), "{filter}");
        assert_eq!(tenant.count("customer", filter), names.len() as i64, "the aggregate agrees: {filter}");
    }
}

fn filters_that_are_refused(tenant: &Tenant) {
    tenant.add_field("customer", json!({"key": "x_rank", "type": "integer", "label": {"en": "Rank"}}));
    for (filter, status, code, position) in [
        ("name == \"华\" )", 400, "filter.syntax", Some(13)), // characters, not bytes
        ("x_rank > > 5", 400, "filter.syntax", Some(10)),
        ("name ==", 400, "filter.syntax", None),
        ("name = \"a\"", 400, "filter.syntax", None),
        ("name == \"a", 400, "filter.syntax", None),
        ("name == 'a' ; drop table customer", 400, "filter.syntax", None),
        ("nothing == 1", 422, "field.unknown", Some(1)),
        ("x_rank > 1 && nothing == 1", 422, "field.unknown", Some(15)),
        ("owner.nothing == 1", 422, "field.unknown", None),
        ("name.nothing == 1", 422, "field.type", None),
        ("x_rank == \"a\"", 422, "field.type", None),
        ("name > 5", 422, "field.type", None),
        ("kind == \"alien\"", 422, "field.option", None),
    ] {
        let refused = tenant.admin.query(CUSTOMERS, &[("filter", filter)]).refused(status, code);
        let place = refused.problems().first().map(|problem| problem["position"].clone()).unwrap_or_default();
        assert!(place.as_u64().is_some_and(|place| place >= 1), "a position: {refused}");
        if let Some(position) = position {
            assert_eq!(place, json!(position), "{refused}");
        }
        tenant
            .admin
            .post("/api/v1/aggregate", &json!({"object": "customer", "filter": filter, "measures": [{"fn": "count"}]}))
            .refused(status, code);
    }
    let deep = format!("{}x_rank == 1{}", "(".repeat(200), ")".repeat(200));
    let long = vec!["x_rank == 1"; 2000].join(" || ");
    let nots = format!("{}(x_rank == 1)", "!".repeat(2000));
    for filter in [deep, long, nots] {
        let refused = tenant.admin.post(&format!("{CUSTOMERS}/query"), &json!({"filter": filter}));
        assert!([400, 422].contains(&refused.status), "{}", refused.status);
    }
    tenant.admin.get("/readyz").expect(200);
    for (pairs, status, code) in [
        ([("sort", "nothing")], 422, "field.unknown"),
        ([("sort", "-x_rank,name,region,kind")], 400, "request.malformed"),
        ([("fields", "nothing")], 422, "field.unknown"),
        ([("limit", "abc")], 400, "request.malformed"),
        ([("cursor", "abc")], 400, "request.malformed"),
    ] {
        tenant.admin.query(CUSTOMERS, &pairs).refused(status, code);
    }
}

fn sorting_with_ties_and_nulls(tenant: &Tenant) {
    fill(tenant);
    tenant.create_all("customer", vec![json!({"name": "安娜", "x_rank": 10}), json!({"name": "bob", "x_rank": 20})]);
    for (sort, wanted) in [
        ("name", "Alpha 安娜 Beta bob Gamma 华为"), // Han by pinyin, no case
        ("-name", "华为 Gamma bob Beta 安娜 Alpha"),
        ("x_rank,name", "华为 Alpha 安娜 Beta bob Gamma"),
        ("-x_rank,name", "Beta bob Alpha 安娜 华为 Gamma"), // nulls last, both ways
        ("-x_rank,-name", "bob Beta 安娜 Alpha 华为 Gamma"),
        ("x_since,name", "Alpha Beta 安娜 bob Gamma 华为"),
        ("-x_budget,name", "华为 Alpha Beta 安娜 bob Gamma"),
        ("owner.name,name", "Alpha 安娜 Beta bob Gamma 华为"),
    ] {
        let names = tenant.admin.column("customer", "name", &[("sort", sort)]);
        let names: Vec<&str> = names.iter().filter_map(Value::as_str).collect();
        assert_eq!(names.join(" "), wanted, "sort={sort}");
    }
}

fn pages_join_to_the_whole(tenant: &Tenant) {
    tenant.add_field("customer", json!({"key": "x_rank", "type": "integer", "label": {"en": "Rank"}}));
    let records = (0..23).map(|number| {
        let rank = if number % 5 == 0 { Value::Null } else { json!(number % 3) };
        json!({"name": format!("C{:02}", (number * 7) % 23), "x_rank": rank, "region": if number % 2 == 0 { "N" } else { "S" }})
    });
    tenant.create_all("customer", records.collect());
    for sort in ["", "name", "-name", "x_rank", "-x_rank", "-x_rank,region,-name", "region,-x_rank", "-created_at"] {
        for filter in ["", "x_rank != 1"] {
            let whole = tenant.admin.column("customer", "id", &[("sort", sort), ("filter", filter), ("limit", "1000")]);
            assert!(whole.len() > 10);
            let (mut joined, mut cursor) = (Vec::new(), String::new());
            for _ in 0..20 {
                let page = [("sort", sort), ("filter", filter), ("limit", "4"), ("cursor", cursor.as_str())];
                let answer = tenant.admin.query(CUSTOMERS, &page).expect(200);
                let records = answer.json["records"].as_array().cloned().unwrap_or_default();
                assert!(records.len() <= 4, "{answer}");
                joined.extend(records.into_iter().map(|record| record["id"].clone()));
                match answer.json["next"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            assert_eq!(joined, whole, "sort={sort} filter={filter}");
        }
    }
}

fn cursors_are_bound(tenant: &Tenant) {
    tenant.create_all("customer", (0..6).map(|number| json!({"name": format!("C{number}")})).collect());
    let first = tenant.admin.query(CUSTOMERS, &[("sort", "name"), ("limit", "2")]).expect(200);
    let next = first.json["next"].as_str().unwrap_or_else(|| panic!("there is more: {first}")).to_owned();
    let second = tenant.admin.column("customer", "name", &[("sort", "name"), ("limit", "2"), ("cursor", &next)]);
    assert_eq!(second, ["C2", "C3"]);
    let mut forged = next.clone().into_bytes();
    let middle = forged.len() / 2;
    forged[middle] = if forged[middle] == b'A' { b'B' } else { b'A' };
    let forged = String::from_utf8(forged).expect("a cursor is ASCII");
    for pairs in [
        vec![("sort", "name"), ("cursor", forged.as_str())],
        vec![("sort", "-name"), ("cursor", next.as_str())],
        vec![("sort", "name"), ("filter", "name != \"C1\""), ("cursor", next.as_str())],
    ] {
        tenant.admin.query(CUSTOMERS, &pairs).refused(400, "request.malformed");
    }
    tenant.admin.query("/api/v1/records/contact", &[("sort", "name"), ("cursor", &next)]).refused(400, "request.malformed");
    let other = tenant.user("other@a.example", None, &["administrator"]);
    other.query(CUSTOMERS, &[("sort", "name"), ("cursor", &next)]).refused(400, "request.malformed");
}

fn chosen_fields(tenant: &Tenant) {
    let customer = tenant.admin.create_id("customer", json!({"name": "A", "phone": "111"}));
    tenant.admin.create("contact", json!({"name": "王磊", "customer": customer, "phone": "222"}));
    tenant.admin.create("contact", json!({"name": "Zoe"}));
    let contacts = tenant.admin.list("contact", &[("fields", "name,customer.name,owner.email"), ("sort", "-name")]);
    assert_eq!(contacts[0]["name"], "Zoe", "{contacts:?}");
    assert_eq!(contacts[0]["customer.name"], Value::Null);
    assert_eq!(contacts[1]["customer.name"], "A", "{contacts:?}");
    assert_eq!(contacts[1]["owner.email"], json!(admin_email(&tenant.key)), "{contacts:?}");
    assert!(contacts[1].get("phone").is_none() && contacts[1].get("owner").is_none(), "only what was asked for: {contacts:?}");
    assert!(contacts[1]["id"].is_string(), "a record always has its id: {contacts:?}");
}

fn the_same_by_post(tenant: &Tenant) {
    fill(tenant);
    let pairs = [("filter", "x_rank != 10"), ("sort", "-name"), ("fields", "name,x_rank"), ("limit", "2")];
    let got = tenant.admin.query(CUSTOMERS, &pairs).expect(200);
    for body in [
        json!({"filter": "x_rank != 10", "sort": "-name", "fields": "name,x_rank", "limit": 2}),
        json!({"filter": "x_rank != 10", "sort": ["-name"], "fields": ["name", "x_rank"], "limit": 2, "cursor": null}),
    ] {
        let posted = tenant.admin.post(&format!("{CUSTOMERS}/query"), &body).expect(200);
        assert_eq!((&posted.json["records"], &posted.json["count"]), (&got.json["records"], &got.json["count"]));
    }
    let all = tenant.admin.post(&format!("{CUSTOMERS}/query"), &json!({"filter": "", "sort": "", "cursor": ""})).expect(200);
    assert_eq!(all.json["count"]["value"], 4);
    tenant.admin.post(&format!("{CUSTOMERS}/query"), &json!({"filtre": ""})).refused(400, "request.malformed");
}
