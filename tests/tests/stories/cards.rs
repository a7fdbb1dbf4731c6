//! The two cards of a customer, and the time line of a record: every object's records in one order, as the reader may see them.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    dealings_with_a_customer,
    volume_frequency_and_trend,
    contacts_with_a_customer,
    interactions_of_seven_channels,
    touch_points_are_counted,
    bundled_plugins,
    each_reader_sees_their_own,
    closed_fields_stay_closed,
    pages_are_the_whole,
    what_is_declared_is_checked,
    the_time_line
);

/// An object of the tenant that refers to customers, on one of their cards.
fn kind(tenant: &Tenant, key: &str, fields: &[Value], card: Value) {
    tenant.admin.post("/api/v1/objects", &json!({"key": key, "label": {"zh-CN": key, "en": key}})).expect(201);
    tenant.add_field(key, json!({"key": "x_customer", "type": "reference", "target": "customer", "label": "Customer", "indexed": true}));
    for field in fields {
        tenant.add_field(key, field.clone());
    }
    declare(tenant, key, json!([card])).expect(200);
}

fn declare(tenant: &Tenant, key: &str, cards: Value) -> guanxi_tests::api::Answer {
    tenant.admin.put(&format!("/api/v1/objects/{key}/cards"), &json!({"cards": cards}))
}

fn day(key: &str) -> Value {
    json!({"key": key, "type": "date", "label": "Day"})
}

fn money(key: &str) -> Value {
    json!({"key": key, "type": "money", "label": "Amount"})
}

/// Quotes, orders and payments.
pub(super) fn trade(tenant: &Tenant) {
    let fields = [day("x_on"), money("x_sum")];
    for (key, measure) in [("x_quote", Value::Null), ("x_order", json!("volume")), ("x_payment", json!("payment"))] {
        let card = json!({"card": "transactions", "through": "x_customer", "date": "x_on", "amount": "x_sum", "measure": measure});
        kind(tenant, key, &fields, card);
    }
}

pub(super) fn traded(api: &Api, object: &str, customer: &str, name: &str, on: &str, sum: &str) -> String {
    api.create_id(object, json!({"name": name, "x_customer": customer, "x_on": on, "x_sum": sum}))
}

#[track_caller]
pub(super) fn card(api: &Api, customer: &str, card: &str, pairs: &[(&str, &str)]) -> Value {
    api.query(&format!("/api/v1/records/customer/{customer}/cards/{card}"), pairs).expect(200).json
}

fn rows(card: &Value) -> Vec<Value> {
    card["records"].as_array().cloned().unwrap_or_else(|| panic!("a card has records: {card}"))
}

pub(super) fn column(card: &Value, key: &str) -> Vec<Value> {
    rows(card).iter().map(|row| row[key].clone()).collect()
}

fn figures(card: &Value) -> Vec<Value> {
    let kinds = card["kinds"].as_array().cloned().unwrap_or_default();
    kinds.iter().map(|kind| json!([kind["key"], kind["count"], kind["amount"]])).collect()
}

fn dealings_with_a_customer(tenant: &Tenant) {
    trade(tenant);
    let admin = &tenant.admin;
    let (one, two) = (admin.create_id("customer", json!({"name": "C1"})), admin.create_id("customer", json!({"name": "C2"})));
    traded(admin, "x_quote", &one, "Q1", "2026-09-01", "150");
    traded(admin, "x_order", &one, "O1", "2026-09-10", "100");
    traded(admin, "x_order", &one, "O2", "2026-10-10", "50.50");
    traded(admin, "x_payment", &one, "P1", "2026-10-12", "90");
    for name in ["X1", "X2", "X3"] {
        traded(admin, "x_order", &two, name, "2026-10-11", "7");
    }
    let shown = card(admin, &one, "transactions", &[]);
    assert_eq!(column(&shown, "title"), ["P1", "O2", "O1", "Q1"], "{shown}");
    assert_eq!(column(&shown, "at"), ["2026-10-12", "2026-10-10", "2026-09-10", "2026-09-01"]);
    assert_eq!(column(&shown, "kind"), ["x_payment", "x_order", "x_order", "x_quote"]);
    assert!(rows(&shown)[0]["person_name"].as_str().is_some(), "each row says whose it is: {shown}");
    assert_eq!(
        figures(&shown),
        [json!(["x_quote", 1, "150.00"]), json!(["x_order", 2, "150.50"]), json!(["x_payment", 1, "90.00"])],
        "{shown}"
    );
    assert_eq!(
        (&shown["summary"]["volume"], &shown["summary"]["paid"], &shown["currency"]),
        (&json!("150.50"), &json!("90.00"), &json!("CNY"))
    );
    assert_eq!(shown["next"], Value::Null);
    assert_eq!(column(&card(admin, &two, "transactions", &[]), "title").len(), 3);
    // One kind, and some days.
    assert_eq!(column(&card(admin, &one, "transactions", &[("kind", "x_order")]), "title"), ["O2", "O1"]);
    let october = card(admin, &one, "transactions", &[("from", "2026-10-01"), ("to", "2026-10-11")]);
    assert_eq!((column(&october, "title"), figures(&october)[1].clone()), (vec![json!("O2")], json!(["x_order", 1, "50.50"])));
    // What is deleted or taken off the card is gone from it.
    let payment = rows(&shown)[0]["id"].as_str().expect("an id").to_owned();
    admin.delete(&format!("/api/v1/records/x_payment/{payment}")).expect(204);
    declare(tenant, "x_quote", json!([])).expect(200);
    assert_eq!(column(&card(admin, &one, "transactions", &[]), "title"), ["O2", "O1"]);
}

fn volume_frequency_and_trend(tenant: &Tenant) {
    trade(tenant);
    let admin = &tenant.admin;
    let customer = admin.create_id("customer", json!({"name": "C1"}));
    for (on, sum) in [("2026-08-03", "4000"), ("2026-08-31", "6000"), ("2026-09-15", "12000"), ("2026-10-01", "14000")] {
        traded(admin, "x_order", &customer, on, on, sum);
    }
    traded(admin, "x_quote", &customer, "Q", "2026-06-01", "99999");
    let summary = card(admin, &customer, "transactions", &[("limit", "1")])["summary"].clone();
    assert_eq!(summary["volume"], "36000.00", "{summary}");
    assert_eq!(
        (&summary["trend"], &summary["count"], &summary["per_month"], &summary["paid"]),
        (&json!("2000.00"), &json!(4), &json!("1.33"), &json!("0.00"))
    );
    let months: Vec<Value> =
        summary["months"].as_array().into_iter().flatten().map(|m| json!([m["month"], m["count"], m["amount"]])).collect();
    assert_eq!(months, [json!(["2026-08-01", 2, "10000.00"]), json!(["2026-09-01", 1, "12000.00"]), json!(["2026-10-01", 1, "14000.00"])]);
    let empty = card(admin, &admin.create_id("customer", json!({"name": "C2"})), "transactions", &[]);
    assert_eq!(
        (&empty["summary"]["volume"], &empty["summary"]["trend"], &empty["summary"]["months"]),
        (&json!("0.00"), &Value::Null, &json!([]))
    );
    let contacts = card(admin, &customer, "contacts", &[("figures", "false")]);
    assert!(contacts.get("summary").is_none() && contacts["kinds"][0].get("count").is_none(), "{contacts}");
}

/// Six kinds of contact, one record of each; what is hidden takes its rows along and brings them back.
fn contacts_with_a_customer(tenant: &Tenant) {
    let admin = &tenant.admin;
    let customer = admin.create_id("customer", json!({"name": "C1"}));
    let other = admin.create_id("customer", json!({"name": "C2"}));
    let keys = ["x_request", "x_complaint", "x_claim", "x_paid_back", "x_answer"];
    for key in keys {
        kind(tenant, key, &[], json!({"card": "contacts", "through": "x_customer"}));
        admin.create("x_request", json!({"name": "other", "x_customer": other}));
        admin.create(key, json!({"name": key, "x_customer": customer}));
    }
    admin.create("activity", json!({"subject": "Visit", "customer": customer, "starts_at": "2026-11-01T02:00:00Z"}));
    let shown = card(admin, &customer, "contacts", &[]);
    assert_eq!(column(&shown, "title"), ["x_answer", "x_paid_back", "x_claim", "x_complaint", "x_request", "Visit"], "{shown}");
    for row in rows(&shown) {
        assert!(row["at"].is_string() && row["person"].is_string(), "when and who: {row}");
        let (object, id) = (row["object"].as_str().unwrap_or_default(), row["id"].as_str().unwrap_or_default());
        admin.get(&format!("/api/v1/records/{object}/{id}")).expect(200);
    }
    for key in ["x_claim", "x_paid_back"] {
        admin.patch(&format!("/api/v1/objects/{key}"), None, &json!({"hidden": true})).expect(200);
    }
    assert_eq!(column(&card(admin, &customer, "contacts", &[]), "title"), ["x_answer", "x_complaint", "x_request", "Visit"]);
    admin.patch("/api/v1/objects/x_claim", None, &json!({"hidden": false})).expect(200);
    assert_eq!(rows(&card(admin, &customer, "contacts", &[])).len(), 5);
}

fn interactions_of_seven_channels(tenant: &Tenant) {
    let admin = &tenant.admin;
    let customer = admin.create_id("customer", json!({"name": "C1"}));
    let contact = admin.create_id("contact", json!({"name": "张伟", "customer": customer}));
    let channels = ["face_to_face", "call_centre", "email", "web", "fax_mail", "wap", "pda"];
    for (at, channel) in channels.iter().enumerate() {
        let body = json!({"subject": channel, "customer": customer, "contact": contact, "channel": channel, "outcome": "agreed",
                          "starts_at": format!("2026-11-0{}T02:00:00Z", at + 1)});
        admin.create("activity", body);
        let newest = &rows(&card(admin, &customer, "contacts", &[("limit", "1")]))[0];
        assert_eq!(newest["title"], *channel, "there at once");
    }
    let shown = card(admin, &customer, "contacts", &[("kind", "activity")]);
    let seen: Vec<Value> = rows(&shown).iter().map(|row| row["details"]["channel"].clone()).collect();
    assert_eq!(seen, channels.iter().rev().map(|channel| json!(channel)).collect::<Vec<_>>());
    assert_eq!(rows(&shown)[0]["details"], json!({"channel": "pda", "outcome": "agreed"}));
    let shape = admin.get("/api/v1/objects/activity").expect(200).json;
    let field = shape["fields"].as_array().into_iter().flatten().find(|field| field["key"] == "channel").cloned().unwrap_or_default();
    for option in field["options"].as_array().into_iter().flatten() {
        assert!(option["label"]["zh-CN"] != option["code"] && option["label"]["en"] != option["code"], "{option}");
    }
}

fn touch_points_are_counted(tenant: &Tenant) {
    let admin = &tenant.admin;
    let customer = admin.create_id("customer", json!({"name": "C1"}));
    for (point, number) in [("sales_visit", 4), ("website", 3), ("service", 2), ("advertisement", 1)] {
        for at in 0..number {
            admin.create("activity", json!({"subject": format!("{point} {at}"), "customer": customer, "touch_point": point}));
        }
    }
    let groups = admin.groups(json!({"object": "activity", "group_by": ["touch_point"], "measures": [{"fn": "count"}]}));
    let counts: Vec<(&str, i64)> =
        groups.iter().map(|group| (group[0][0].as_str().unwrap_or_default(), group[1][0].as_i64().unwrap_or_default())).collect();
    for wanted in [("sales_visit", 4), ("website", 3), ("service", 2), ("advertisement", 1)] {
        assert!(counts.contains(&wanted), "{wanted:?} in {counts:?}");
    }
    let refused = admin.post("/api/v1/records/activity", &json!({"subject": "A", "touch_point": "dream"}));
    refused.refused(422, "field.option").problem("field.option", "touch_point");
}

fn bundled_plugins(tenant: &Tenant) {
    let admin = &tenant.admin;
    let customer = admin.create_id("customer", json!({"name": "C1"}));
    tenant.enable("sales");
    let deal = |name: &str, fields: Value| {
        let mut body = json!({"name": name, "customer": customer});
        body.as_object_mut().expect("an object").extend(fields.as_object().cloned().unwrap_or_default());
        admin.create_id("opportunity", body)
    };
    deal("Won", json!({"status": "won", "amount": "100", "closed_on": "2026-10-05"}));
    deal("Lost", json!({"status": "lost", "amount": "70", "closed_on": "2026-10-06", "loss_reason": "price"}));
    let open = deal("Open", json!({"amount": "30", "stage": "demo", "expected_on": "2026-12-01"}));
    deal("Someday", json!({"amount": "5"}));
    let shown = card(admin, &customer, "transactions", &[]);
    // Without an expected day a record stands where it was made: today.
    assert_eq!(column(&shown, "title"), ["Open", "Someday", "Lost", "Won"], "{shown}");
    assert_eq!(column(&shown, "kind"), ["sales.open", "sales.open", "sales.lost", "sales.won"]);
    assert_eq!(column(&shown, "status"), ["demo", "contact", "price", "won"]);
    assert_eq!(shown["summary"]["volume"], "100.00");
    assert_eq!(figures(&shown), [json!(["sales.open", 2, "35.00"]), json!(["sales.won", 1, "100.00"]), json!(["sales.lost", 1, "70.00"])]);
    assert_eq!(shown["kinds"][0]["plugin"], "sales");
    // A kind whose way to the customer goes over another record.
    tenant.enable("competitor");
    let rival = admin.create_id("cp_competitor", json!({"name": "Rival"}));
    admin.create("cp_opp", json!({"opportunity": open, "competitor": rival}));
    let contacts = card(admin, &customer, "contacts", &[]);
    assert_eq!(
        (column(&contacts, "kind"), column(&contacts, "title")),
        (vec![json!("competitor.met")], vec![json!("Rival")]),
        "{contacts}"
    );
    tenant.disable("competitor");
    assert_eq!(rows(&card(admin, &customer, "contacts", &[])), Vec::<Value>::new());
    tenant.disable("sales");
    let gone = card(admin, &customer, "transactions", &[]);
    assert_eq!((rows(&gone), figures(&gone)), (Vec::new(), Vec::new()));
}

fn each_reader_sees_their_own(tenant: &Tenant) {
    trade(tenant);
    let admin = &tenant.admin;
    let north = admin.create_id("department", json!({"name": "North"}));
    let (one, two) = (tenant.user("one@a.example", Some("North"), &["salesperson"]), tenant.user("two@a.example", None, &["salesperson"]));
    let boss = tenant.user("boss@a.example", Some("North"), &["manager"]);
    admin.change("department", &north, json!({"manager": tenant.user_id("boss@a.example")}));
    let customer = one.create_id("customer", json!({"name": "C1"}));
    let id = |email: &str| tenant.user_id(email);
    for (owner, sum) in [("one@a.example", "10"), ("two@a.example", "200"), ("boss@a.example", "3000")] {
        let body = json!({"name": owner, "x_customer": customer, "x_on": "2026-10-01", "x_sum": sum, "owner": id(owner)});
        admin.create("x_order", body);
        admin.create("note", json!({"text": owner, "about": {"object": "customer", "id": customer}, "owner": id(owner)}));
    }
    for (who, api, names, volume) in [
        ("salesperson", &one, vec!["one@a.example"], "10.00"),
        ("manager", &boss, vec!["boss@a.example", "one@a.example"], "3010.00"),
        ("administrator", admin, vec!["boss@a.example", "one@a.example", "two@a.example"], "3210.00"),
    ] {
        for (name, key) in [("transactions", "x_order"), ("contacts", "note")] {
            let shown = card(api, &customer, name, &[]);
            let mut titles: Vec<String> = column(&shown, "title").iter().filter_map(|title| title.as_str().map(str::to_owned)).collect();
            titles.sort();
            assert_eq!(titles, names, "{who}, {name}: {shown}");
            let count = figures(&shown).iter().find(|figure| figure[0] == key).map(|figure| figure[1].clone());
            assert_eq!(count, Some(json!(names.len())), "{who}, {name}");
        }
        assert_eq!(card(api, &customer, "transactions", &[])["summary"]["volume"], volume, "{who}");
    }
    // Whoever may not see the customer sees no card of it; neither does another tenant's id.
    let path = format!("/api/v1/records/customer/{customer}/cards/contacts");
    two.get(&path).refused(404, "not_found");
    two.get(&format!("/api/v1/records/customer/{customer}/timeline")).refused(404, "not_found");
    tenant.user("nobody@a.example", None, &[]).get(&path).refused(403, "permission.denied");
    admin.get(&format!("/api/v1/records/customer/{north}/cards/contacts")).refused(404, "not_found");
}

/// Fields that a reader may not know are neither shown nor summed, and nothing is sorted by them.
fn closed_fields_stay_closed(tenant: &Tenant) {
    trade(tenant);
    let admin = &tenant.admin;
    let customer = admin.create_id("customer", json!({"name": "C1"}));
    traded(admin, "x_order", &customer, "O1", "2026-09-01", "10");
    traded(admin, "x_order", &customer, "O2", "2026-10-01", "20");
    admin.create(
        "activity",
        json!({"subject": "Call", "customer": customer, "channel": "email", "outcome": "secret", "starts_at": "2026-11-01T02:00:00Z"}),
    );
    let everything = json!({"view": "all", "create": "all", "aggregate": "all"});
    let role = |fields: Value| json!({"label": "Reader", "grants": {"*": everything}, "fields": fields});
    let reader = |key: &str, fields: Value| {
        admin.put(&format!("/api/v1/roles/{key}"), &role(fields)).expect(201);
        tenant.user(&format!("{key}@a.example"), None, &[key])
    };
    let no_money = reader("x_no_money", json!({"x_order": {"x_sum": "none"}, "activity": {"outcome": "none"}}));
    let seen = card(&no_money, &customer, "transactions", &[]);
    assert_eq!(column(&seen, "title"), ["O2", "O1"], "{seen}");
    assert_eq!(
        (column(&seen, "amount"), column(&seen, "no_access")),
        (vec![Value::Null, Value::Null], vec![json!(["x_sum"]), json!(["x_sum"])])
    );
    assert!(figures(&seen).contains(&json!(["x_order", 2, null])), "{seen}");
    assert_eq!(seen["summary"]["volume"], "0.00", "nothing that may be read was dealt");
    let contacts = card(&no_money, &customer, "contacts", &[]);
    assert_eq!(
        (&rows(&contacts)[0]["details"], contacts.to_string().contains("secret")),
        (&json!({"channel": "email"}), false),
        "{contacts}"
    );
    // Without the date the rows stand where they were made, and say nothing of it.
    let no_date = reader("x_no_date", json!({"x_order": {"x_on": "none"}}));
    let seen = card(&no_date, &customer, "transactions", &[]);
    assert_eq!(column(&seen, "title"), ["O2", "O1"]);
    assert!(!seen.to_string().contains("2026-09-01") && !seen.to_string().contains("2026-10-01"), "{seen}");
    // To whom a record belongs is what the card is about.
    let no_customer = reader("x_no_customer", json!({"x_order": {"x_customer": "none"}}));
    let seen = card(&no_customer, &customer, "transactions", &[]);
    assert_eq!((rows(&seen), figures(&seen).iter().any(|figure| figure[0] == "x_order")), (Vec::new(), false), "{seen}");
    // A mask is no value, and a condition over it is no question.
    declare(tenant, "x_order", json!([{"card": "transactions", "through": "x_customer", "where": "x_sum > 15"}])).expect(200);
    assert_eq!(rows(&card(&no_money, &customer, "transactions", &[])), Vec::<Value>::new());
    assert_eq!(column(&card(admin, &customer, "transactions", &[]), "title"), ["O2"]);
}

fn pages_are_the_whole(tenant: &Tenant) {
    trade(tenant);
    let admin = &tenant.admin;
    let customer = admin.create_id("customer", json!({"name": "C1"}));
    // Many records of one day, in several objects, some without a day; notes in between by their instant.
    for object in ["x_quote", "x_order", "x_payment"] {
        let on = |at: usize| if at.is_multiple_of(7) { Value::Null } else { json!(format!("2026-10-{:02}", 1 + at % 3)) };
        let body = (0..23).map(|at| json!({"name": format!("{object} {at}"), "x_customer": customer, "x_on": on(at), "x_sum": "1"}));
        tenant.create_all(object, body.collect());
    }
    let whole = column(&card(admin, &customer, "transactions", &[("limit", "200")]), "title");
    assert_eq!(whole.len(), 69);
    for limit in ["1", "7", "50"] {
        let (mut found, mut cursor, mut pages) = (Vec::new(), String::new(), 0);
        loop {
            let page = card(admin, &customer, "transactions", &[("limit", limit), ("cursor", &cursor), ("figures", "false")]);
            found.extend(column(&page, "title"));
            pages += 1;
            if pages == 2 {
                // Newer records do not move the pages behind them.
                traded(admin, "x_quote", &customer, "newer", "2027-01-01", "1");
            }
            match page["next"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        let newer = found.iter().filter(|title| **title == "newer").count();
        found.retain(|title| title != "newer");
        assert_eq!(found, whole, "pages of {limit}");
        assert!(newer <= 2, "what came after the page is not in it");
    }
    let path = format!("/api/v1/records/customer/{customer}/cards/transactions");
    let cursor = card(admin, &customer, "transactions", &[("limit", "1")])["next"].as_str().expect("a cursor").to_owned();
    for (pairs, status) in [
        (vec![("cursor", "nonsense")], 400),
        (vec![("cursor", cursor.as_str()), ("kind", "x_order")], 400),
        (vec![("kind", "x_letter")], 400),
        (vec![("limit", "0")], 400),
        (vec![("limit", "201")], 400),
        (vec![("from", "yesterday")], 400),
        (vec![("what", "1")], 400),
    ] {
        assert_eq!(admin.query(&path, &pairs).status, status, "{pairs:?}");
    }
    admin.get(&format!("/api/v1/records/customer/{customer}/cards/letters")).refused(404, "not_found");
    admin.get(&format!("/api/v1/records/contact/{customer}/cards/contacts")).refused(404, "not_found");
}

fn what_is_declared_is_checked(tenant: &Tenant) {
    trade(tenant);
    let card = |extra: Value| {
        let mut card = json!({"card": "transactions", "through": "x_customer"});
        card.as_object_mut().expect("an object").extend(extra.as_object().cloned().unwrap_or_default());
        json!([card])
    };
    for (part, cards) in [
        ("through", card(json!({"through": "owner"}))),
        ("through", card(json!({"through": "x_nothing"}))),
        ("date", card(json!({"date": "x_sum"}))),
        ("amount", card(json!({"amount": "x_on"}))),
        ("status", card(json!({"status": "name"}))),
        ("person", card(json!({"person": "x_customer"}))),
        ("measure", card(json!({"card": "contacts", "measure": "volume"}))),
        ("where", card(json!({"where": "x_sum >"}))),
        ("where", card(json!({"where": "x_nothing == 1"}))),
        ("key", card(json!({"key": "Not a key"}))),
    ] {
        let refused = declare(tenant, "x_order", cards);
        assert_eq!(refused.status / 100, 4, "{part}: {refused}");
        let field = format!("cards.0.{part}");
        assert!(refused.problems().iter().any(|problem| problem["field"] == field), "{field}: {refused}");
    }
    let kept = tenant.admin.get("/api/v1/objects/x_order/cards").expect(200).json;
    assert_eq!(kept["cards"][0]["amount"], "x_sum", "{kept}");
    declare(tenant, "x_order", kept["cards"].clone()).expect(200);
    // Two kinds of one object.
    let mut two = kept["cards"].as_array().cloned().unwrap_or_default();
    two.push(json!({"card": "contacts", "key": "large", "through": "x_customer", "where": "x_sum > 100", "label": {"en": "Large order"}}));
    declare(tenant, "x_order", Value::Array(two)).expect(200);
    let customer = tenant.admin.create_id("customer", json!({"name": "C1"}));
    traded(&tenant.admin, "x_order", &customer, "small", "2026-10-01", "5");
    traded(&tenant.admin, "x_order", &customer, "large", "2026-10-02", "500");
    let contacts = self::card(&tenant.admin, &customer, "contacts", &[]);
    assert_eq!((column(&contacts, "kind"), column(&contacts, "title")), (vec![json!("x_order.large")], vec![json!("large")]), "{contacts}");
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    seller.get("/api/v1/objects/x_order/cards").expect(200);
    seller.put("/api/v1/objects/x_order/cards", &json!({"cards": []})).refused(403, "permission.denied");
    // A field that goes away takes the kind along instead of breaking the card.
    tenant.admin.delete("/api/v1/objects/x_order/fields/x_sum").expect(204);
    assert_eq!(rows(&self::card(&tenant.admin, &customer, "contacts", &[])), Vec::<Value>::new());
    assert_eq!(rows(&self::card(&tenant.admin, &customer, "transactions", &[])), Vec::<Value>::new());
}

fn the_time_line(tenant: &Tenant) {
    let admin = &tenant.admin;
    tenant.enable("sales");
    let id = admin.create_id("opportunity", json!({"name": "O", "amount": "10"}));
    let about = json!({"object": "opportunity", "id": id});
    admin.create("note", json!({"text": "Asked for a discount", "about": about}));
    admin.change("opportunity", &id, json!({"stage": "demo"}));
    admin.create("task", json!({"subject": "Send papers", "about": about}));
    admin.create("activity", json!({"subject": "Call", "about": about, "outcome": "agreed"}));
    let batch =
        admin.post("/api/v1/records/opportunity/bulk", &json!({"op": "update", "ids": [id], "set": {"amount": "12"}})).expect(200).json;
    let path = format!("/api/v1/records/opportunity/{id}/timeline");
    let line = |pairs: &[(&str, &str)]| admin.query(&path, pairs).expect(200).json;
    let told = |line: &Value| -> Vec<String> {
        let told = |entry: &Value| match entry["change"]["op"].as_str() {
            Some(op) => format!(
                "{op} {}",
                entry["change"]["fields"].as_object().map(|f| f.keys().cloned().collect::<Vec<_>>().join(",")).unwrap_or_default()
            ),
            None => format!(
                "{} {}",
                entry["record"]["kind"].as_str().unwrap_or_default(),
                entry["record"]["title"].as_str().unwrap_or_default()
            ),
        };
        line["entries"].as_array().into_iter().flatten().map(|entry| told(entry).trim().to_owned()).collect()
    };
    let whole = line(&[]);
    // The clock stands still here, and changes come before work of the same moment.
    let mut found = told(&whole);
    let mut wanted =
        ["update amount", "update stage,success_rate", "create", "activity Call", "task Send papers", "note Asked for a discount"]
            .map(str::to_owned)
            .to_vec();
    found.sort();
    wanted.sort();
    assert_eq!(found, wanted, "{whole}");
    let by_batch = whole["entries"].as_array().into_iter().flatten().find(|entry| !entry["change"]["batch"].is_null()).cloned();
    assert_eq!(by_batch.map(|entry| entry["change"]["batch"].clone()), Some(batch["batch"]["id"].clone()), "{whole}");
    for (kind, number) in [("changes", 3), ("transitions", 2), ("note", 1), ("task", 1), ("activity", 1), ("attachment", 0)] {
        assert_eq!(told(&line(&[("kind", kind)])).len(), number, "{kind}");
    }
    let (mut paged, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = line(&[("limit", "2"), ("cursor", &cursor)]);
        paged.extend(told(&page));
        match page["next"].as_str() {
            Some(next) => cursor = next.to_owned(),
            None => break,
        }
    }
    assert_eq!(paged, told(&whole), "pages are the whole");
    admin.query(&path, &[("kind", "letter")]).refused(400, "request.malformed");
    // Work out of reach is not told: a note of somebody else.
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    admin.change("opportunity", &id, json!({"owner": tenant.user_id("seller@a.example")}));
    let seen = seller.get(&path).expect(200).json;
    assert!(told(&seen).iter().all(|entry| !entry.starts_with("note")), "{seen}");
}
