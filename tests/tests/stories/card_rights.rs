//! Rights on the cards of a customer: figures by the right to aggregate, and work about people by what may be known of them.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::{PASSWORD, Tenant};
use serde_json::{Value, json};

use super::cards::{card, column, trade, traded};
use super::history_pages::Visitor;

both!(figures_follow_the_right_to_aggregate, figures_of_few_are_withheld, work_about_a_customers_people);

/// A reader with a role of exactly these rights, by the API and by a browser.
fn reader(tenant: &Tenant, key: &str, role: Value) -> (Api, Visitor) {
    let mut role = role;
    role["label"] = json!({"en": key});
    tenant.admin.put(&format!("/api/v1/roles/{key}"), &role).expect(201);
    let email = format!("{key}@a.example");
    let args = ["user", "create", "--tenant", &tenant.key, "--email", &email, "--name", key, "--role", key, "--password-stdin"];
    tenant.server.cli_with_input(&args, &format!("{PASSWORD}\n")).expect(0);
    (tenant.server.api(&tenant.key, &email), Visitor::new(tenant, &email, PASSWORD))
}

fn figure(card: &Value, kind: &str) -> Value {
    let found = card["kinds"].as_array().into_iter().flatten().find(|one| one["key"] == kind).cloned().unwrap_or_default();
    json!([found["count"], found["amount"], found["withheld"]])
}

/// Rows are what may be viewed, figures what may be aggregated: neither follows from the other.
fn figures_follow_the_right_to_aggregate(tenant: &Tenant) {
    trade(tenant);
    let admin = &tenant.admin;
    let customer = admin.create_id("customer", json!({"name": "C1"}));
    let all = json!({"view": "all"});
    let orders = |rights: Value| json!({"grants": {"customer": all, "x_quote": all, "x_order": rights}});
    let (rows_only, page_of_rows) = reader(tenant, "x_rows", orders(json!({"view": "all"})));
    let (narrow, _) = reader(tenant, "x_narrow", orders(json!({"view": "all", "aggregate": "own"})));
    let (wide, page_of_wide) = reader(tenant, "x_wide", orders(json!({"view": "own", "aggregate": "all"})));
    let closed =
        json!({"grants": {"customer": all, "x_order": {"view": "all", "aggregate": "all"}}, "fields": {"x_order": {"x_sum": "none"}}});
    let (closed, _) = reader(tenant, "x_closed", closed);
    let order = |name: &str, owner: &str, sum: &str| {
        let owner = tenant.user_id(&format!("{owner}@a.example"));
        admin.create("x_order", json!({"name": name, "x_customer": customer, "x_on": "2026-10-01", "x_sum": sum, "owner": owner}));
    };
    order("O1", "x_narrow", "10");
    order("O2", "x_wide", "200");
    order("O3", "x_rows", "3000");
    traded(admin, "x_quote", &customer, "Q1", "2026-09-01", "7");
    for (who, api, titles, told, volume) in [
        ("rows without figures", &rows_only, vec!["O1", "O2", "O3", "Q1"], json!([null, null, null]), Value::Null),
        ("figures of one's own", &narrow, vec!["O1", "O2", "O3", "Q1"], json!([1, "10.00", null]), json!("10.00")),
        ("figures of all", &wide, vec!["O2", "Q1"], json!([3, "3210.00", null]), json!("3210.00")),
        ("no money", &closed, vec!["O1", "O2", "O3"], json!([3, null, null]), json!("0.00")),
        ("administrator", admin, vec!["O1", "O2", "O3", "Q1"], json!([3, "3210.00", null]), json!("3210.00")),
    ] {
        let seen = card(api, &customer, "transactions", &[]);
        let mut names: Vec<String> = column(&seen, "title").iter().filter_map(|title| title.as_str().map(str::to_owned)).collect();
        names.sort();
        assert_eq!(names, titles, "{who}: {seen}");
        assert_eq!((figure(&seen, "x_order"), &seen["summary"]["volume"]), (told, &volume), "{who}: {seen}");
        let is_administrator = who == "administrator";
        assert_eq!(figure(&seen, "x_quote")[0].is_null(), !is_administrator, "{who}: {seen}");
        assert_eq!(seen["summary"]["months"].as_array().map(Vec::is_empty), Some(volume.is_null()), "{who}: {seen}");
    }
    // The same on the pages: rows, and figures or none.
    let path = format!("/o/customer/{customer}");
    for face in ["", "?face=transactions"] {
        let rows = page_of_rows.get(&format!("{path}{face}")).expect(200).text;
        assert!(rows.contains("O1") && rows.contains("O3") && !rows.contains("交易额"), "rows without figures: {rows}");
        let figures = page_of_wide.get(&format!("{path}{face}")).expect(200).text;
        assert!(figures.contains("O2") && !figures.contains("O1<") && figures.contains("3,210.00"), "figures of all: {figures}");
    }
}

/// A smallest group counts on cards as everywhere: also for a month of the chart, and for a total that would tell about one.
fn figures_of_few_are_withheld(tenant: &Tenant) {
    trade(tenant);
    let admin = &tenant.admin;
    let make = |name: &str, days: &[&str]| {
        let customer = admin.create_id("customer", json!({"name": name}));
        for (at, on) in days.iter().enumerate() {
            traded(admin, "x_order", &customer, &format!("O{at}"), on, "100");
        }
        customer
    };
    let few = make("Few", &["2026-10-01", "2026-10-02"]);
    let even = make("Even", &["2026-09-01", "2026-09-02", "2026-09-03", "2026-10-01", "2026-10-02", "2026-10-03"]);
    let uneven = make("Uneven", &["2026-09-01", "2026-10-01", "2026-10-02", "2026-10-03"]);
    let rights = json!({"view": "all", "aggregate": "all"});
    let (analyst, page) = reader(tenant, "x_analyst", json!({"grants": {"customer": rights, "x_order": rights}, "min_group": 3}));
    let seen = |customer: &str| card(&analyst, customer, "transactions", &[]);
    let summary = |shown: &Value| {
        let parts = &shown["summary"];
        json!([parts["volume"], parts["count"], parts["months"].as_array().map(Vec::len), parts["trend"], parts["per_month"]])
    };
    let shown = seen(&few);
    assert_eq!(column(&shown, "title").len(), 2, "rows are rows: {shown}");
    assert_eq!((figure(&shown, "x_order"), summary(&shown)), (json!([null, null, true]), json!([null, null, 0, null, null])), "{shown}");
    let shown = seen(&even);
    assert_eq!(
        (figure(&shown, "x_order"), summary(&shown)),
        (json!([6, "600.00", null]), json!(["600.00", 6, 2, "0.00", "3.00"])),
        "{shown}"
    );
    let shown = seen(&uneven);
    assert_eq!(
        (figure(&shown, "x_order"), summary(&shown)),
        (json!([4, "400.00", null]), json!(["400.00", 4, 0, null, null])),
        "a month of one is told neither by itself nor by the others: {shown}"
    );
    // A period is a group, too.
    let september = card(&analyst, &uneven, "transactions", &[("from", "2026-09-01"), ("to", "2026-09-30")]);
    assert_eq!(figure(&september, "x_order"), json!([null, null, true]), "{september}");
    let text = page.get(&format!("/o/customer/{few}?face=transactions")).expect(200).text;
    assert!(text.contains("O0") && text.contains("O1") && !text.contains("200.00"), "{text}");
}

/// What is about somebody of a customer's people is about the customer, as far as the reader may know of it.
fn work_about_a_customers_people(tenant: &Tenant) {
    let admin = &tenant.admin;
    let (one, two) = (admin.create_id("customer", json!({"name": "C1"})), admin.create_id("customer", json!({"name": "C2"})));
    let person = |name: &str, customer: &str| admin.create_id("contact", json!({"name": name, "customer": customer}));
    let (ann, bob, cid) = (person("Ann", &one), person("Bob", &one), person("Cid", &two));
    let about = |id: &str| json!({"object": "contact", "id": id});
    admin.create("activity", json!({"subject": "About Ann", "about": about(&ann)}));
    admin.create("activity", json!({"subject": "With Bob", "contact": bob}));
    admin.create("activity", json!({"subject": "Both", "contact": ann, "about": about(&bob), "customer": one}));
    admin.create("activity", json!({"subject": "About Cid", "about": about(&cid)}));
    admin.create("task", json!({"subject": "Task for Ann", "about": about(&ann)}));
    admin.create("note", json!({"text": "Note on Bob", "about": about(&bob)}));
    let all = json!({"view": "all", "aggregate": "all"});
    let work = json!({"customer": all, "activity": all, "task": all, "note": all});
    let with_people = |fields: Value| {
        let mut grants = work.clone();
        grants["contact"] = all.clone();
        json!({"grants": grants, "fields": fields})
    };
    let (no_people, _) = reader(tenant, "x_no_people", json!({"grants": work}));
    let (no_way, _) = reader(tenant, "x_no_way", with_people(json!({"contact": {"customer": "none"}})));
    let (no_with, _) = reader(tenant, "x_no_with", with_people(json!({"activity": {"contact": "none"}})));
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    let everything = ["About Ann", "Both", "Note on Bob", "Task for Ann", "With Bob"];
    let seen = |api: &Api| -> Vec<String> {
        let shown = card(api, &one, "contacts", &[]);
        let mut titles: Vec<String> = column(&shown, "title").iter().filter_map(|title| title.as_str().map(str::to_owned)).collect();
        titles.sort();
        let line = api.get(&format!("/api/v1/records/customer/{one}/timeline?limit=200")).expect(200).json;
        let entries = line["entries"].as_array().cloned().unwrap_or_default();
        let mut told: Vec<String> = entries.iter().filter_map(|entry| entry["record"]["title"].as_str().map(str::to_owned)).collect();
        told.sort();
        assert_eq!(told, titles, "the time line tells what the card lists: {line}");
        titles
    };
    assert_eq!(seen(admin), everything);
    assert_eq!(figure(&card(admin, &one, "contacts", &[]), "activity")[0], 3, "each is counted once");
    assert_eq!(seen(&no_people), ["Both"], "whoever may not see the people sees nothing by them");
    assert_eq!(seen(&no_way), ["Both"], "nor whoever may not know whose people they are");
    assert_eq!(seen(&no_with), ["About Ann", "Both", "Note on Bob", "Task for Ann"]);
    // Pages of one by one are the whole, and each comes once.
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = card(admin, &one, "contacts", &[("limit", "1"), ("cursor", &cursor)]);
        paged.extend(column(&page, "title"));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(paged, column(&card(admin, &one, "contacts", &[]), "title"));
    // A salesperson: the customer and its people, but only one's own work about them.
    let own = tenant.user_id("seller@a.example");
    for (object, id) in [("customer", &one), ("contact", &ann), ("contact", &bob)] {
        admin.change(object, id, json!({"owner": own}));
    }
    assert_eq!(seen(&seller), Vec::<String>::new());
    seller.create("activity", json!({"subject": "Mine", "about": about(&ann)}));
    assert_eq!(seen(&seller), ["Mine"]);
    // Who moves to another customer takes the work along.
    admin.change("contact", &bob, json!({"customer": two}));
    assert_eq!(seen(admin), ["About Ann", "Both", "Mine", "Task for Ann"]);
    let other = card(admin, &two, "contacts", &[]);
    assert!(column(&other, "title").contains(&json!("With Bob")) && column(&other, "title").contains(&json!("Both")), "{other}");
}
