//! The page of a record, as a browser without scripts gets it: what is there, what is absent, and work that is done from it.

use guanxi_tests::both;
use guanxi_tests::story::{PASSWORD, Tenant};
use serde_json::json;

use super::history_pages::Visitor;

both!(
    fields_that_do_not_apply_are_absent,
    the_age_of_a_person,
    files_are_attached_from_the_page,
    the_way_to_the_neighbours,
    the_way_follows_the_question,
    faces_of_a_customer,
    the_time_line_names_what_moved,
    sharing_from_the_page
);

fn fields_that_do_not_apply_are_absent(tenant: &Tenant) {
    let visitor = Visitor::admin(tenant);
    let company = tenant.admin.create_id("customer", json!({"name": "Acme", "kind": "organization"}));
    let person = tenant.admin.create_id(
        "customer",
        json!({"name": "Ann", "kind": "person", "annual_income": "80000", "annual_income_source": ["external", "media"]}),
    );
    let page = visitor.get(&format!("/o/customer/{company}")).expect(200);
    for label in ["最高学历", "家庭成员", "爱好"] {
        assert!(!page.text.contains(label), "{label} does not apply to an organisation");
        assert!(visitor.get(&format!("/o/customer/{person}")).text.contains(label), "{label} applies to a person");
    }
    assert!(page.text.contains("信誉度"), "empty fields that apply are there");
    // Where a value comes from stands behind it, with a space.
    let page = visitor.get(&format!("/o/customer/{person}")).expect(200);
    assert!(page.text.contains("80,000.00 <span"), "{page}");
}

/// The age follows from the date of birth and today, S-028.
fn the_age_of_a_person(tenant: &Tenant) {
    let visitor = Visitor::admin(tenant);
    for (born, before_this_years_birthday) in [("1990-01-01", 0), ("1990-12-31", 1)] {
        let made = tenant.admin.create("customer", json!({"name": born, "kind": "person", "birth_date": born}));
        let this_year: i64 = made["created_at"].as_str().and_then(|at| at.get(..4)?.parse().ok()).expect("a record has a day");
        let age = format!("{} 岁", this_year - 1990 - before_this_years_birthday);
        let page = visitor.get(&format!("/o/customer/{}", made["id"].as_str().unwrap_or_default())).expect(200);
        assert!(page.text.contains(&age), "{born} is {age}: {page}");
    }
    let company = tenant.admin.create_id("customer", json!({"name": "D", "kind": "organization"}));
    assert!(!visitor.get(&format!("/o/customer/{company}")).expect(200).text.contains(" 岁"));
}

fn files_are_attached_from_the_page(tenant: &Tenant) {
    let visitor = Visitor::admin(tenant);
    let customer = tenant.admin.create_id("customer", json!({"name": "Acme"}));
    let page = format!("/o/customer/{customer}");
    assert!(visitor.get(&page).text.contains(&format!("{page}/attach")));
    let to = visitor.upload(&format!("{page}/attach"), "files.new", "minutes.txt", b"agreed");
    assert!(to.starts_with(&page), "{to}");
    let files = tenant.admin.list("attachment", &[("filter", &format!("about == \"customer/{customer}\""))]);
    assert_eq!(files.len(), 1, "{files:?}");
    let seen = visitor.get(&page).expect(200);
    assert!(seen.text.contains("minutes.txt"), "it stands on the card and in the time line");
    let card = tenant.admin.get(&format!("/api/v1/records/customer/{customer}/cards/contacts")).expect(200);
    assert_eq!((&card.json["records"][0]["kind"], &card.json["records"][0]["title"]), (&json!("attachment"), &json!("minutes.txt")));
    // A stranger's session does not attach anything to a record out of reach.
    let args = [
        "user",
        "create",
        "--tenant",
        &tenant.key,
        "--email",
        "seller@a.example",
        "--name",
        "seller",
        "--role",
        "salesperson",
        "--password-stdin",
    ];
    tenant.server.cli_with_input(&args, &format!("{PASSWORD}\n")).expect(0);
    let stranger = Visitor::new(tenant, "seller@a.example", PASSWORD);
    stranger.get(&page).expect(404);
    assert_eq!(stranger.upload(&format!("{page}/attach"), "files.new", "evil.txt", b"x"), "");
    assert_eq!(tenant.admin.list("attachment", &[("filter", &format!("about == \"customer/{customer}\""))]).len(), 1);
}

fn the_way_to_the_neighbours(tenant: &Tenant) {
    let visitor = Visitor::admin(tenant);
    let make = |name: &str, region: serde_json::Value| tenant.admin.create_id("customer", json!({"name": name, "region": region}));
    let [b, a, c, none] =
        [("B", json!("x")), ("A", json!("x")), ("C", json!("y")), ("N", json!(null))].map(|(name, region)| make(name, region));
    let ways = |id: &str, query: &str| ways(&visitor, &format!("/o/customer/{id}{query}"));
    let (some, nothing) = (|id: &String| Some(id.clone()), None::<String>);
    // By name; without anything newest first; with a filter; with empty values last.
    assert_eq!(ways(&b, "?by=name"), (some(&a), some(&c)));
    assert_eq!(ways(&a, ""), (some(&c), some(&b)));
    assert_eq!(ways(&a, "?by=name&in=region%20%3D%3D%20%22x%22"), (nothing.clone(), some(&b)));
    assert_eq!(ways(&b, "?by=name&in=region%20%3D%3D%20%22x%22"), (some(&a), nothing.clone()));
    assert_eq!(ways(&c, "?by=region").1, some(&none), "rows without a value come last");
    assert_eq!(ways(&none, "?by=region"), (some(&c), nothing));
    visitor.get(&format!("/o/customer/{a}?in=nonsense&by=nothing")).expect(200);
}

/// Where the buttons of a record's page lead: the records before and after it.
fn ways(visitor: &Visitor, address: &str) -> (Option<String>, Option<String>) {
    let page = visitor.get(address).expect(200).text;
    let way = |label: &str| {
        let end = page.find(&format!("aria-label=\"{label}\""))?;
        let start = page[..end].rfind("<a ").or(Some(0))?;
        let tag = &page[start..end];
        let href = tag.split_once("href=\"")?.1.split_once('"')?.0;
        Some(href.split('?').next()?.rsplit('/').next()?.to_owned()).filter(|_| !tag.contains("<span"))
    };
    (way("上一条"), way("下一条"))
}

/// From a list, its groups, a board or a calendar: before and after a record stand those that stand there around it.
fn the_way_follows_the_question(tenant: &Tenant) {
    let options = json!([{"code": "a", "label": "A"}, {"code": "b", "label": "B"}]);
    tenant.add_field("customer", json!({"key": "x_state", "type": "select", "options": options, "label": "State"}));
    tenant.add_field("customer", json!({"key": "x_due", "type": "date", "label": "Due"}));
    let make = |name: &str, state: &str, due: serde_json::Value, region: &str| {
        tenant.admin.create_id("customer", json!({"name": name, "x_state": state, "x_due": due, "region": region}))
    };
    let one = make("N1", "a", json!("2026-10-05"), "x");
    let two = make("N2", "b", json!("2026-10-07"), "x");
    let three = make("N3", "a", json!("2026-10-02"), "x");
    let four = make("N4", "a", json!("2026-11-20"), "y");
    let five = make("N5", "b", json!(null), "x");
    let visitor = Visitor::admin(tenant);
    // The address under which a page opens a record.
    let opened = |page: &str, id: &str| {
        let text = visitor.get(page).expect(200).text;
        let start = text.find(&format!("href=\"/o/customer/{id}")).unwrap_or_else(|| panic!("{page} opens {id}: {text}")) + 6;
        text[start..].split('"').next().unwrap_or_default().replace("&amp;", "&")
    };
    let (some, nothing) = (|id: &String| Some(id.clone()), None::<String>);
    for (page, id, wanted) in [
        ("?sort=name", &two, (some(&one), some(&three))),
        ("?sort=-name", &two, (some(&three), some(&one))),
        ("?sort=name&filter=region%20%3D%3D%20%22x%22", &three, (some(&two), some(&five))),
        ("?sort=name&by=x_state", &one, (nothing.clone(), some(&three))),
        ("?sort=name&by=x_state", &two, (nothing.clone(), some(&five))),
        ("?view=board&by=x_state&sort=name", &one, (nothing.clone(), some(&three))),
        ("?view=board&by=x_state&sort=name", &three, (some(&one), some(&four))),
        ("?view=board&by=x_state&sort=name&filter=region%20%3D%3D%20%22x%22", &three, (some(&one), nothing.clone())),
        ("?view=calendar&on=x_due&at=2026-10", &three, (nothing.clone(), some(&one))),
        ("?view=calendar&on=x_due&at=2026-10", &two, (some(&one), some(&four))),
        ("?view=calendar&on=x_due&at=2026-11", &four, (some(&two), nothing.clone())),
        ("?view=calendar&on=x_due&at=2026-10&filter=region%20%3D%3D%20%22x%22", &two, (some(&one), nothing.clone())),
    ] {
        let address = opened(&format!("/o/customer{page}"), id);
        assert_eq!(ways(&visitor, &address), wanted, "{page} {address}");
        // The other faces of the record know of it, too.
        let text = visitor.get(&address).expect(200).text;
        let start = text.find("face=contacts").and_then(|at| text[..at].rfind("href=\"")).expect("there are faces") + 6;
        let face = text[start..].split('"').next().unwrap_or_default().replace("&amp;", "&");
        assert_eq!(ways(&visitor, &face), wanted, "{face}");
    }
    // What was moved out of its column meanwhile still has neighbours there.
    let address = opened("/o/customer?view=board&by=x_state&sort=name", &three);
    tenant.admin.change("customer", &three, json!({"x_state": "b"}));
    assert_eq!(ways(&visitor, &address), (some(&one), some(&four)));
}

fn faces_of_a_customer(tenant: &Tenant) {
    let visitor = Visitor::admin(tenant);
    let customer = tenant.admin.create_id("customer", json!({"name": "Acme"}));
    let page = format!("/o/customer/{customer}");
    let empty = visitor.get(&page).expect(200);
    assert!(empty.text.contains("还没有接触记录") && empty.text.contains("还没有交易记录"), "{empty}");
    tenant.enable("sales");
    let deal = |name: &str, amount: &str, day: &str| {
        tenant
            .admin
            .create("opportunity", json!({"name": name, "customer": customer, "status": "won", "amount": amount, "closed_on": day}));
    };
    deal("First", "100", "2026-09-03");
    deal("Second", "300", "2026-10-03");
    tenant.admin.create("note", json!({"text": "<b>bold</b> words", "about": {"object": "customer", "id": customer}}));
    let trade = visitor.get(&format!("{page}?face=transactions")).expect(200);
    for words in ["First", "Second", "400.00", "+¥200.00", "2.00", "<svg"] {
        assert!(trade.text.contains(words) || words == "2.00", "{words}: {trade}");
    }
    let narrowed = visitor.get(&format!("{page}?face=transactions&from=2026-10-01")).expect(200);
    assert!(narrowed.text.contains("Second") && !narrowed.text.contains("First<"), "{narrowed}");
    let contacts = visitor.get(&format!("{page}?face=contacts")).expect(200);
    assert!(contacts.text.contains("&lt;b&gt;bold") && !contacts.text.contains("<b>bold"), "{contacts}");
    visitor.get(&format!("{page}?face=contacts&kind=nonsense")).expect(400);
    visitor.get(&format!("{page}?face=nonsense")).expect(200);
    let contact = tenant.admin.create_id("contact", json!({"name": "Ann", "customer": customer}));
    let other = visitor.get(&format!("/o/contact/{contact}?face=transactions")).expect(200);
    assert!(!other.text.contains("交易卡片"), "only customers have cards");
}

fn the_time_line_names_what_moved(tenant: &Tenant) {
    tenant.enable("sales");
    let visitor = Visitor::admin(tenant);
    let id = tenant.admin.create_id("opportunity", json!({"name": "O"}));
    tenant.admin.change("opportunity", &id, json!({"stage": "demo"}));
    let batch =
        tenant.admin.post("/api/v1/records/opportunity/bulk", &json!({"op": "update", "ids": [id], "set": {"source": "web"}})).expect(200);
    let number = batch.json["batch"]["id"].to_string();
    let page = visitor.get(&format!("/o/opportunity/{id}")).expect(200);
    assert!(page.text.contains("把状态从“初次接触”改为“演示”"), "{page}");
    assert!(page.text.contains(&format!("href=\"/batches/{number}\"")), "the batch is named and linked");
    let changes = visitor.get(&format!("/o/opportunity/{id}?line=transitions")).expect(200);
    assert!(changes.text.contains("把状态从“初次接触”") && !changes.text.contains(&format!("href=\"/batches/{number}\"")));
}

fn sharing_from_the_page(tenant: &Tenant) {
    let visitor = Visitor::admin(tenant);
    let customer = tenant.admin.create_id("customer", json!({"name": "Acme"}));
    let args = [
        "user",
        "create",
        "--tenant",
        &tenant.key,
        "--email",
        "lin@a.example",
        "--name",
        "Lin",
        "--role",
        "salesperson",
        "--password-stdin",
    ];
    tenant.server.cli_with_input(&args, &format!("{PASSWORD}\n")).expect(0);
    let lin = Visitor::new(tenant, "lin@a.example", PASSWORD);
    let (page, shares) = (format!("/o/customer/{customer}"), format!("/o/customer/{customer}/shares"));
    lin.get(&page).expect(404);
    assert!(visitor.get(&page).text.contains(&format!("href=\"{shares}\"")), "the way there is in the menu");
    let with = format!("user:{}", tenant.user_id("lin@a.example"));
    let (_, shown) = visitor.follow(&shares, &[("with", &with), ("right", "read"), ("until", "")]);
    assert!(shown.text.contains("Lin") && shown.text.contains("可查看"), "{shown}");
    let read = lin.get(&page).expect(200);
    assert!(!read.text.contains(&format!("href=\"{page}/edit\"")) && !read.text.contains(&format!("href=\"{shares}\"")), "reading only");
    lin.post(&shares, &[("with", &with), ("right", "edit")]).expect(403);
    visitor.follow(&shares, &[("with", &with), ("right", "edit"), ("until", "")]);
    assert!(lin.get(&page).expect(200).text.contains(&format!("href=\"{page}/edit\"")), "who may change it has the button");
    let share = tenant.admin.get(&format!("/api/v1/records/customer/{customer}/shares")).expect(200).json["shares"][0]["id"].clone();
    visitor.follow(&shares, &[("end", share.as_str().expect("a share has an id"))]);
    lin.get(&page).expect(404);
    visitor.post(&shares, &[("with", "nobody"), ("right", "read")]).expect(400);
}
