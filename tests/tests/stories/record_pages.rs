//! The page of a record, as a browser without scripts gets it: what is there, what is absent, and work that is done from it.

use guanxi_tests::both;
use guanxi_tests::story::{PASSWORD, Tenant};
use serde_json::json;

use super::history_pages::Visitor;

both!(
    fields_that_do_not_apply_are_absent,
    files_are_attached_from_the_page,
    the_way_to_the_neighbours,
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
    let ways = |id: &str, query: &str| {
        let page = visitor.get(&format!("/o/customer/{id}{query}")).expect(200).text;
        let way = |label: &str| {
            let end = page.find(&format!("aria-label=\"{label}\""))?;
            let start = page[..end].rfind("<a ").or(Some(0))?;
            let tag = &page[start..end];
            let href = tag.split_once("href=\"")?.1.split_once('"')?.0;
            Some(href.split('?').next()?.rsplit('/').next()?.to_owned()).filter(|_| !tag.contains("<span"))
        };
        (way("上一条"), way("下一条"))
    };
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
