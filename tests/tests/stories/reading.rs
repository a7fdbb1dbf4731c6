//! Reading: any order, references in the caller's sight, days of the tenant's calendar, counts and deadlines.

use guanxi_tests::api::{Answer, Api, encode};
use guanxi_tests::server::{Db, Options, Server};
use guanxi_tests::story::Tenant;
use guanxi_tests::{both, both_alone};
use serde_json::{Value, json};

use super::history_pages::Visitor;

both!(
    any_field_sorts,
    what_has_no_order,
    references_end_at_the_callers_sight,
    days_of_the_calendar,
    days_in_reports,
    pages_while_others_write,
    pages_while_others_write_and_delete
);
both_alone!(large_lists_count_roughly_and_slow_ones_end);

fn names(api: &Api, object: &str, pairs: &[(&str, &str)]) -> String {
    let names: Vec<String> = api.column(object, "name", pairs).iter().map(|name| name.as_str().unwrap_or("-").to_owned()).collect();
    names.join(" ")
}

/// All pages of a list, so many records each.
fn pages(api: &Api, object: &str, sort: &str, limit: &str) -> Vec<Value> {
    let (mut joined, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = [("sort", sort), ("limit", limit), ("fields", "name"), ("cursor", cursor.as_str())];
        let answer = api.query(&format!("/api/v1/records/{object}"), &page).expect(200);
        joined.extend(answer.json["records"].as_array().cloned().unwrap_or_default().into_iter().map(|record| record["name"].clone()));
        match answer.json["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => return joined,
        }
    }
}

fn any_field_sorts(tenant: &Tenant) {
    let api = &tenant.admin;
    api.post("/api/v1/objects", &json!({"key": "x_job", "label": {"en": "Job"}})).expect(201);
    let tree = json!([{"code": "north", "label": {"en": "N"}}, {"code": "coast", "parent": "north", "label": {"en": "C"}}, {"code": "south", "label": {"en": "S"}}]);
    for field in [
        json!({"key": "x_customer", "type": "reference", "target": "customer"}),
        json!({"key": "x_contact", "type": "reference", "target": "contact"}),
        json!({"key": "x_place", "type": "tree_select", "options": tree}),
        json!({"key": "x_took", "type": "duration"}),
        json!({"key": "x_share", "type": "percent"}),
        json!({"key": "x_phone", "type": "phone"}),
    ] {
        let mut field = field;
        field["label"] = json!({"en": field["key"]});
        tenant.add_field("x_job", field);
    }
    // Ids rise, titles do not; 重 is read zhong and 阿 a.
    let customers: Vec<String> =
        tenant.create_all("customer", ["重庆", "beta", "阿里", "Alpha"].map(|name| json!({"name": name})).to_vec());
    let contact = api.create_id("contact", json!({"name": "Zoe", "customer": customers[2]}));
    let other = api.create_id("contact", json!({"name": "Amy", "customer": customers[0]}));
    tenant.create_all(
        "x_job",
        vec![
            json!({"name": "a", "x_customer": customers[0], "x_place": "south", "x_took": 60, "x_share": "5.00", "x_phone": "139", "x_contact": contact}),
            json!({"name": "b", "x_customer": customers[1], "x_place": "coast", "x_took": 5, "x_share": "50.00", "x_contact": other}),
            json!({"name": "c", "x_customer": customers[2], "x_place": "north", "x_phone": "0512-1"}),
            json!({"name": "d", "x_customer": customers[3], "x_took": 3600, "x_phone": "(0512) 0"}),
            json!({"name": "e"}),
        ],
    );
    for (sort, wanted) in [
        ("x_customer", "c d b a e"), // by the customer's name: 阿里, Alpha, beta, 重庆
        ("-x_customer", "a b d c e"),
        ("x_customer,name", "c d b a e"),
        ("x_contact", "b a c d e"),
        ("x_contact.customer", "a b c d e"), // 阿里, then 重庆: what a reference behind a reference is called
        ("-x_contact.customer", "b a e d c"),
        ("x_place", "c b a d e"), // a tree by its path: north, north/coast, south
        ("-x_place", "a b c e d"),
        ("x_took", "b a d c e"),
        ("-x_share,name", "b a c d e"),
        ("x_phone", "d c a b e"), // digits only
        ("owner,-name", "e d c b a"),
        ("id", "a b c d e"),
        ("-id", "e d c b a"),
        ("-created_by,version,name", "a b c d e"),
    ] {
        assert_eq!(names(api, "x_job", &[("sort", sort)]), wanted, "sort={sort}");
        for limit in ["1", "2", "5"] {
            let joined: Vec<Value> = wanted.split(' ').map(Value::from).collect();
            assert_eq!(pages(api, "x_job", sort, limit), joined, "sort={sort} by {limit}");
        }
    }
}

fn what_has_no_order(tenant: &Tenant) {
    let options = json!([{"code": "a", "label": {"en": "A"}}]);
    for field in [
        json!({"key": "x_tags", "type": "multi_select", "options": options}),
        json!({"key": "x_people", "type": "many_reference", "target": "user"}),
        json!({"key": "x_about", "type": "any_reference"}),
        json!({"key": "x_files", "type": "file"}),
        json!({"key": "x_json", "type": "json"}),
        json!({"key": "x_long", "type": "long_text"}),
    ] {
        let mut field = field;
        field["label"] = json!({"en": field["key"]});
        tenant.add_field("customer", field);
    }
    let customers = "/api/v1/records/customer";
    for key in ["x_tags", "x_people", "x_about", "x_files", "x_json", "x_long", "family"] {
        let refused = tenant.admin.query(customers, &[("sort", &format!("name,-{key}"))]).refused(422, "filter.not_pushable");
        refused.problem("filter.not_pushable", key);
    }
    tenant.admin.query(customers, &[("sort", "name,region,code,phone")]).refused(400, "request.malformed");
    tenant.admin.query(customers, &[("sort", "owner.department.parent.manager.name")]).refused(422, "field.unknown");
}

fn references_end_at_the_callers_sight(tenant: &Tenant) {
    let anna = tenant.user("anna@a.example", None, &["salesperson"]);
    let id = tenant.user_id("anna@a.example");
    let hers = tenant.admin.create_id("customer", json!({"name": "Hers", "region": "East", "owner": id}));
    let secret = tenant.admin.create_id("customer", json!({"name": "A secret", "region": "West"}));
    for (name, customer) in [("one", Some(&hers)), ("two", Some(&secret)), ("three", None)] {
        tenant.admin.create("contact", json!({"name": name, "customer": customer, "owner": id}));
    }
    let contacts = "/api/v1/records/contact";
    let seen = anna.query(contacts, &[("fields", "name,customer,customer.name,customer.region"), ("sort", "name")]).expect(200).json;
    let records = seen["records"].as_array().cloned().unwrap_or_default();
    let row = |name: &str| records.iter().find(|record| record["name"] == name).cloned().unwrap_or_default();
    assert_eq!((&row("one")["customer.name"], &row("one")["customer.region"]), (&json!("Hers"), &json!("East")));
    assert_eq!((&row("two")["customer"], &row("two")["customer.name"]), (&json!(secret), &Value::Null), "{seen}");
    assert_eq!((&row("three")["customer"], &row("three")["customer.name"]), (&Value::Null, &Value::Null));
    let two = row("two")["id"].clone();
    assert_eq!(seen["no_access"], json!([{"id": two, "field": "customer"}]), "a null of somebody else's record is told from an empty one");
    let everything = tenant.admin.query(contacts, &[("fields", "name,customer.name")]).expect(200).json;
    assert_eq!(everything.get("no_access"), None, "{everything}");
    for (filter, sort, wanted) in [
        ("customer.name == \"A secret\"", "name", ""),
        ("customer.region == \"West\"", "name", ""),
        ("customer.name == null", "name", "three two"),
        ("customer == null", "name", "three"),
        ("customer.region != \"East\"", "-name", "two three"),
        ("", "customer", "one two three"), // two sorts as if it had none (its title would be the first), then by age
        ("", "-customer.region,name", "one three two"),
    ] {
        assert_eq!(names(&anna, "contact", &[("filter", filter), ("sort", sort)]), wanted, "{filter} by {sort}");
    }
}

/// The server's clock stands at Sunday noon, 22 November 2026, in the tenant's zone, eight hours before UTC.
fn days_of_the_calendar(tenant: &Tenant) {
    for (key, kind) in [("x_day", "date"), ("x_at", "datetime")] {
        tenant.add_field("customer", json!({"key": key, "type": kind, "label": {"en": key}}));
    }
    let rows = [
        ("today", "2026-11-22", "2026-11-22T15:59:59Z"),
        ("yesterday", "2026-11-21", "2026-11-21T15:59:59Z"),
        ("monday", "2026-11-16", "2026-11-15T16:00:00Z"),
        ("sunday_before", "2026-11-15", "2026-11-15T15:59:59Z"),
        ("tomorrow", "2026-11-23", "2026-11-22T16:00:00Z"),
        ("october", "2026-10-01", "2026-09-30T16:00:00Z"),
        ("september", "2026-09-30", "2026-09-30T15:59:59Z"),
        ("new_year", "2027-01-01", "2026-12-31T16:00:00Z"),
    ];
    tenant.create_all("customer", rows.iter().map(|(name, day, at)| json!({"name": name, "x_day": day, "x_at": at})).collect());
    tenant.admin.create("customer", json!({"name": "never"}));
    for (condition, wanted) in [
        ("in this_week", "monday today yesterday"),
        ("in last_week", "sunday_before"),
        ("in next_week", "tomorrow"),
        ("in this_month", "monday sunday_before today tomorrow yesterday"),
        ("in last_month", "october"),
        ("in next_month", ""),
        ("in this_quarter", "monday october sunday_before today tomorrow yesterday"),
        ("in last_quarter", "september"),
        ("in next_quarter", "new_year"),
        ("in this_year", "monday october september sunday_before today tomorrow yesterday"),
        ("in next_year", "new_year"),
        ("in last_year", ""),
        ("in last_days(1)", "today"),
        ("in last_days(7)", "monday today yesterday"),
        ("in last_days(8)", "monday sunday_before today yesterday"),
        ("in next_days(2)", "today tomorrow"),
        ("== yesterday", "yesterday"),
        ("> today", "new_year tomorrow"),
        ("< this_month", "october september"),
        ("<= last_month", "october september"),
        ("> this_week", "new_year tomorrow"),
        (">= this_week", "monday new_year today tomorrow yesterday"),
        ("in [today, next_week]", "today tomorrow"),
        ("!= this_year", "never new_year"),
    ] {
        for field in ["x_day", "x_at"] {
            let filter = format!("{field} {condition}");
            let found = names(&tenant.admin, "customer", &[("filter", &filter), ("sort", "name")]);
            let mut found: Vec<&str> = found.split(' ').filter(|name| !name.is_empty()).collect();
            found.sort_unstable();
            assert_eq!(found.join(" "), wanted, "{filter}");
        }
    }
    for (filter, code) in [
        ("name in this_week", "field.type"),
        ("x_day in last_days(0)", "field.type"),
        ("x_day in last_century", "field.unknown"),
        ("this_week == last_week", "filter.not_pushable"),
    ] {
        tenant.admin.query("/api/v1/records/customer", &[("filter", filter)]).refused(422, code);
    }
    // A formula would be another one tomorrow.
    let formula = json!({"key": "x_due", "type": "formula", "formula": "x_day in this_week", "label": {"en": "Due"}});
    tenant.admin.post("/api/v1/objects/customer/fields", &formula).refused(422, "expression.not_allowed");
}

fn days_in_reports(tenant: &Tenant) {
    tenant.add_field("customer", json!({"key": "x_day", "type": "date", "label": {"en": "Day"}}));
    tenant.create_all("customer", ["2026-11-22", "2026-11-01", "2026-10-31"].map(|day| json!({"name": day, "x_day": day})).to_vec());
    assert_eq!((tenant.count("customer", "x_day in this_month"), tenant.count("customer", "x_day in last_month")), (2, 1));
    // A validation asks on the day of the save.
    let rules =
        json!({"validations": [{"key": "not_later", "condition": "x_day == null || x_day <= this_month", "message": {"en": "Not later"}}]});
    tenant.admin.put("/api/v1/objects/customer/rules", &rules).expect(200);
    tenant.admin.create("customer", json!({"name": "in time", "x_day": "2026-11-30"}));
    tenant.admin.post("/api/v1/records/customer", &json!({"name": "late", "x_day": "2026-12-01"})).refused(422, "rule.failed");
}

fn pages_while_others_write(tenant: &Tenant) {
    tenant.add_field("customer", json!({"key": "x_rank", "type": "integer", "label": {"en": "Rank"}}));
    let rank = |number: usize| if number.is_multiple_of(4) { Value::Null } else { json!(number % 3) };
    let start: Vec<String> =
        tenant.create_all("customer", (0..40).map(|n| json!({"name": format!("C{n:02}"), "x_rank": rank(n)})).collect());
    for sort in ["x_rank", "-x_rank", "-x_rank,name", ""] {
        std::thread::scope(|scope| {
            let writing = scope.spawn(|| {
                for n in 0..30 {
                    tenant.admin.create("customer", json!({"name": format!("N{n:02}"), "x_rank": rank(n + 1)}));
                }
            });
            let mut runs = 0;
            // Until the writer has ended, and once more.
            loop {
                let ended = writing.is_finished();
                let (mut joined, mut cursor) = (Vec::new(), String::new());
                loop {
                    let page = [("sort", sort), ("limit", "7"), ("fields", "x_rank"), ("cursor", cursor.as_str())];
                    let answer = tenant.admin.query("/api/v1/records/customer", &page).expect(200);
                    joined.extend(answer.json["records"].as_array().cloned().unwrap_or_default());
                    match answer.json["next"].as_str() {
                        Some(next) => cursor = next.to_owned(),
                        None => break,
                    }
                }
                let ids: Vec<&str> = joined.iter().filter_map(|record| record["id"].as_str()).collect();
                let different: std::collections::HashSet<&&str> = ids.iter().collect();
                assert_eq!(different.len(), ids.len(), "nothing comes twice: sort={sort}");
                assert!(start.iter().all(|id| ids.contains(&id.as_str())), "nothing is lost: sort={sort}");
                let ranks: Vec<Option<i64>> = joined.iter().map(|record| record["x_rank"].as_i64()).collect();
                let valued: Vec<i64> = ranks.iter().copied().flatten().collect();
                if !sort.is_empty() {
                    assert!(ranks.iter().skip(valued.len()).all(Option::is_none), "nulls last: {ranks:?}");
                    let sorted = if sort.starts_with('-') { valued.is_sorted_by(|a, b| a >= b) } else { valued.is_sorted() };
                    assert!(sorted, "in order: {ranks:?}");
                }
                runs += 1;
                if ended {
                    break;
                }
            }
            assert!(runs > 0);
        });
    }
}

/// What is there from the first page to the last comes exactly once and in the order of the whole list: also where the record with which
/// a page ended is gone by the next, and others come and go all the time.
fn pages_while_others_write_and_delete(tenant: &Tenant) {
    tenant.add_field("customer", json!({"key": "x_rank", "type": "integer", "label": {"en": "Rank"}}));
    // Four ranks and none, so each has ties; every third record goes away.
    let rank = |number: usize| if number.is_multiple_of(5) { Value::Null } else { json!(number % 4) };
    let is_kept = |record: &Value| record["name"].as_str().is_some_and(|name| name.starts_with("kept"));
    let records = |prefix: &str, number: usize| -> Vec<Value> {
        (0..number).map(|n| json!({"name": format!("{prefix} {:02}", n % 7), "x_rank": rank(n)})).collect()
    };
    tenant.create_all("customer", records("kept", 40));
    let ids = |records: &[Value]| -> Vec<String> { records.iter().filter_map(|record| record["id"].as_str().map(str::to_owned)).collect() };
    for sort in ["x_rank", "-x_rank", "x_rank,-name", "-x_rank,name", "name", "-name,x_rank", ""] {
        let doomed = tenant.create_all("customer", records("gone", 40));
        let whole: Vec<Value> = tenant.admin.list("customer", &[("sort", sort), ("limit", "1000"), ("fields", "name,x_rank")]);
        let kept: Vec<Value> = whole.iter().filter(|record| is_kept(record)).cloned().collect();
        assert_eq!(kept.len(), 40);
        let (stays, goes) = doomed.split_at(20);
        let delete = |id: &str| tenant.admin.delete(&format!("/api/v1/records/customer/{id}"));
        std::thread::scope(|scope| {
            let other = scope.spawn(|| {
                for (n, id) in goes.iter().enumerate() {
                    tenant.admin.create("customer", json!({"name": format!("new {:02}", n % 7), "x_rank": rank(n)}));
                    delete(id).expect(204);
                }
            });
            let (mut joined, mut cursor) = (Vec::new(), String::new());
            loop {
                let page = [("sort", sort), ("limit", "3"), ("fields", "name,x_rank"), ("cursor", cursor.as_str())];
                let answer = tenant.admin.query("/api/v1/records/customer", &page).expect(200);
                let found = answer.json["records"].as_array().cloned().unwrap_or_default();
                // The next page begins behind a record that is not there any more.
                let last = found.last().and_then(|record| record["id"].as_str()).unwrap_or_default();
                if stays.iter().any(|id| id == last) {
                    delete(last).expect(204);
                }
                joined.extend(found);
                match answer.json["next"].as_str() {
                    Some(next) => cursor = next.to_owned(),
                    None => break,
                }
            }
            let seen = ids(&joined);
            let different: std::collections::HashSet<&String> = seen.iter().collect();
            assert_eq!(different.len(), seen.len(), "nothing comes twice: sort={sort}");
            let seen: Vec<Value> = joined.into_iter().filter(is_kept).collect();
            assert_eq!(seen, kept, "all that stayed, in the order of the whole list: sort={sort}");
            other.join().expect("the other one writes to the end");
        });
    }
    // Nobody writes: the pages are the list, record by record.
    for sort in ["x_rank", "-x_rank,name", "name", ""] {
        let whole: Vec<Value> = tenant.admin.column("customer", "name", &[("sort", sort), ("limit", "1000"), ("fields", "name")]);
        for limit in ["7", "200"] {
            assert_eq!(pages(&tenant.admin, "customer", sort, limit), whole, "sort={sort} by {limit}");
        }
    }
}

/// A filter that calculates with every row.
fn heavy() -> String {
    let parts: Vec<String> = (0..25).map(|n| format!("x_price * x_rate / 7 - x_price * {n} > 900000")).collect();
    parts.join(" || ")
}

fn large_lists_count_roughly_and_slow_ones_end(db: Db) {
    let Some(server) = Server::start(db, &Options::default()) else { return };
    let api = server.api("demo", "admin@demo.example");
    api.post("/api/v1/objects", &json!({"key": "x_big", "label": {"en": "Big"}})).expect(201);
    for field in [
        json!({"key": "x_price", "type": "money", "label": {"en": "Price"}}),
        json!({"key": "x_rate", "type": "percent", "label": {"en": "Rate"}}),
        json!({"key": "x_rank", "type": "integer", "indexed": true, "label": {"en": "Rank"}}),
    ] {
        api.post("/api/v1/objects/x_big/fields", &field).expect(201);
    }
    let big = "/api/v1/records/x_big";
    for thousand in 0..11 {
        let row = |n: i64| {
            let (price, rate) = (format!("{n}.50"), format!("{}.00", n % 90));
            json!({"name": format!("B{thousand}-{n}"), "x_price": price, "x_rate": rate, "x_rank": n})
        };
        api.post(big, &(0..1000).map(row).collect::<Value>()).expect(201);
    }
    let count = |pairs: &[(&str, &str)]| api.query(big, pairs).expect(200).json["count"].clone();
    let all = count(&[("limit", "1")]);
    assert_eq!(all["exact"], false, "beyond ten thousand a count is an estimate: {all}");
    assert!(all["value"].as_u64().is_some_and(|value| value > 10_000), "and says at least what was counted: {all}");
    assert_eq!(count(&[("limit", "1"), ("filter", "x_rank < 900")]), json!({"value": 9_900, "exact": true}));
    assert_eq!(count(&[("limit", "1"), ("count", "false")]), Value::Null);
    let slowly = |api: &Api| -> Answer { api.query(big, &[("filter", &heavy()), ("sort", "x_price,-x_rank"), ("count", "false")]) };
    slowly(&api).expect(200);
    let visitor = Visitor::by_link(server.anonymous(), &server.login_link);
    let page = format!("/o/x_big?filter={}&sort=x_price,-x_rank", encode(&heavy()));
    visitor.get(&page).expect(200);

    // The same data behind a server that leaves next to no time for lists.
    let server = server.restart(&Options { list_deadline: Some(1), ..Options::default() });
    let api = server.anonymous().with_token(api.token());
    for _ in 0..5 {
        let refused = slowly(&api).refused(503, "query.too_slow");
        assert!(refused.headers.contains_key("retry-after"), "{refused}");
        let problem = refused.problem("query.too_slow", "x_price");
        assert_eq!(problem["params"]["index"], "x_price, x_rate", "what has no index is named, what has one is not: {refused}");
        // Sessions, rights and saves have their own time, and the connections that were stopped go on.
        assert_eq!(api.get("/api/v1/me").expect(200).json["tenant"], "demo");
    }
    // A person reads what can be done, with the names that people know.
    let visitor = visitor.at(server.anonymous());
    let zh = ["记录太多，没有查完", "加一个条件", "加索引：Price、Rate", "再试一次", "清除"];
    let en = ["Too many records", "Add a condition", "index these fields: Price, Rate", "Try again", "Clear all"];
    for (locale, wanted) in [("zh-CN", zh), ("en", en)] {
        visitor.post("/preferences", &[("locale", locale), ("return", "/")]).expect(303);
        let shown = visitor.get(&page);
        assert_eq!(shown.status, 503, "{shown}");
        for words in wanted {
            assert!(shown.text.contains(words), "{words}: {shown}");
        }
        assert!(!shown.text.contains("x_price, x_rate"), "{shown}");
    }
}
