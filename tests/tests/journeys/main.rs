//! Journeys: what a person does in a real browser, with steps named in their words. One server on SQLite; each journey has a tenant.

mod administration;
mod customer;
mod forms;
mod lists;
mod palette;
mod rights;
mod three_people;

use guanxi_tests::browser::{self, Browser};
use guanxi_tests::server::Db;
use guanxi_tests::story::{PASSWORD, Tenant, admin_email, shared, tenant};
use serde_json::{Value, json};

/// A tenant and a browser in which its administrator is signed in by password.
fn signed_in() -> Option<(Tenant, Browser)> {
    let tenant = tenant(Db::Sqlite)?;
    let mut browser = browser::open(&tenant.server.address)?;
    browser.step("sign in with e-mail and password");
    browser.goto("/login");
    sign_in(&browser, &tenant, PASSWORD);
    browser.wait_for(".app");
    Some((tenant, browser))
}

fn sign_in(browser: &Browser, tenant: &Tenant, password: &str) {
    if browser.count("input#tenant") > 0 {
        browser.fill("#tenant", &tenant.key);
    }
    browser.fill("#email", &admin_email(&tenant.key));
    browser.fill("#password", password);
    browser.follow("form.box button.primary");
}

fn save(browser: &Browser) {
    browser.follow("form.edit .actions .btn.primary");
}

#[test]
fn signing_in_by_link_and_by_password() {
    let Some(server) = shared(Db::Sqlite) else { return };
    let Some(mut browser) = browser::open(&server.address) else { return };
    browser.step("open a page without being signed in");
    browser.goto("/o/customer");
    browser.wait_for("form.box #password");
    browser.step("follow the link that the program printed");
    browser.goto(&server.login_link);
    browser.wait_for(".app");
    assert!(!browser.path().contains("token"), "the secret does not stay in the address: {}", browser.path());
    browser.screenshot("home");
    assert!(browser.shows("nav", "客户") || browser.shows("nav", "Customer"), "the menu shows the objects");
    let cookies = browser.run("document.cookie");
    assert_eq!(cookies, json!(""), "scripts cannot read the session");
    browser.step("sign out");
    browser.click("details.account summary");
    browser.follow("form[action='/logout'] button");
    browser.goto("/o/customer");
    browser.wait_for("form.box #password");
    browser.finish();

    let Some(tenant) = tenant(Db::Sqlite) else { return };
    let Some(mut browser) = browser::open(&server.address) else { return };
    browser.step("type a wrong password");
    browser.goto("/login");
    sign_in(&browser, &tenant, "wrong");
    browser.wait_for("form.box .note");
    assert_eq!(browser.run("document.querySelector('#email').value"), json!(admin_email(&tenant.key)), "what was typed stays");
    browser.screenshot("login-refused");
    browser.step("type the right one");
    sign_in(&browser, &tenant, PASSWORD);
    browser.wait_for(".app");
    browser.finish();
}

#[test]
fn filtering_sorting_and_paging_a_list() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    let rows = (0..70).map(|at| json!({"name": format!("客户 {at:02}"), "region": if at % 7 == 0 { "华东" } else { "华北" }}));
    tenant.create_all("customer", rows.collect());
    browser.step("open the list of customers");
    browser.goto("/o/customer");
    browser.wait_for("table.list tbody tr");
    browser.screenshot("list");
    browser.step("sort by name, then the other way round");
    let first = |browser: &Browser| browser.texts("table.list tbody tr").into_iter().next().unwrap_or_default();
    browser.follow_text("table.list thead a", "客户名称");
    let ascending = first(&browser);
    browser.follow_text("table.list thead a", "客户名称");
    let descending = first(&browser);
    assert!(
        (ascending.contains("客户 00") && descending.contains("客户 69"))
            || (ascending.contains("客户 69") && descending.contains("客户 00")),
        "{ascending} / {descending}"
    );
    browser.step("go to the next page");
    let on_first = browser.count("table.list tbody tr");
    browser.follow("footer.foot nav a:last-of-type");
    let on_second = browser.count("table.list tbody tr");
    assert_eq!(on_first + on_second, 70, "two pages hold all");
    browser.step("keep only one region");
    browser.goto("/o/customer");
    browser.wait_for("html[data-ready]");
    browser.click("a.chip.new");
    browser.click(".pop.panel a[href*='path=region']");
    browser.wait_for(".pop.panel [name=operator]");
    browser.choose(".pop.panel [name=operator]", "eq");
    browser.fill(".pop.panel [name=text]", "华东");
    browser.follow(".pop.panel .panel-acts .btn.primary");
    assert_eq!(browser.count("table.list tbody tr"), 10);
    assert!(browser.shows(".chip", "华东"), "the condition is shown");
    browser.screenshot("list-filtered");
    browser.step("take the condition away again");
    browser.follow(".chip a.x");
    assert_eq!(browser.count("table.list tbody tr"), on_first);
    browser.step("look at it on a telephone");
    browser.resize(375, 800);
    browser.goto("/o/customer");
    browser.wait_for("table.list tbody tr");
    let overflow = browser.run("document.documentElement.scrollWidth <= window.innerWidth + 1");
    assert_eq!(overflow, json!(true), "the page itself does not scroll sideways");
    browser.screenshot("list-narrow");
    browser.finish();
}

#[test]
fn creating_a_customer_with_problems_first() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    tenant.admin.create("customer", json!({"name": "A", "code": "K-1"}));
    browser.step("open the form for a new customer");
    browser.goto("/o/customer");
    browser.follow("main header a.btn.primary");
    browser.wait_for("form.edit");
    browser.screenshot("form");
    browser.step("save without a name and with a wrong address");
    browser.fill("#email", "no address");
    browser.fill("#phone", "021-6279 8888");
    save(&browser);
    browser.wait_for("form.edit .note.bad");
    browser.wait_for("#name-problems");
    browser.wait_for("#email-problems");
    assert_eq!(browser.run("document.querySelector('#phone').value"), json!("021-6279 8888"), "what was typed stays");
    browser.screenshot("form-refused");
    assert_eq!(tenant.count("customer", ""), 1);
    browser.step("repair both");
    browser.fill("#name", "上海大众");
    browser.fill("#email", "info@sh.example");
    save(&browser);
    browser.wait_for_text("main", "上海大众");
    browser.screenshot("record");
    let made = tenant.admin.list("customer", &[("filter", "name == \"上海大众\"")]);
    assert_eq!((&made[0]["phone"], &made[0]["email"]), (&json!("021-6279 8888"), &json!("info@sh.example")), "{made:?}");
    browser.step("change it and find the change in its history");
    browser.goto(&format!("/o/customer/{}/edit", made[0]["id"].as_str().unwrap_or_default()));
    browser.fill("#phone", "010-1");
    save(&browser);
    browser.wait_for_text("main", "010-1");
    browser.wait_for_text("main", "021-6279 8888");
    browser.screenshot("record-history");
    browser.finish();
}

/// An opportunity of 100,000 in the first stage.
fn opportunity(tenant: &Tenant) -> String {
    tenant.enable("sales");
    tenant.enable("competitor");
    let customer = tenant.admin.create_id("customer", json!({"name": "华东电力"}));
    let fields = json!({"name": "调度系统", "customer": customer, "amount": "100000", "expected_on": "2026-12-15"});
    tenant.admin.create_id("opportunity", fields)
}

fn in_column(browser: &Browser, stage: &str) {
    browser.wait_until(
        &format!("the card is in {stage}"),
        &format!("!!document.querySelector('section[data-value=\"{stage}\"] li.kc[data-title=\"调度系统\"]')"),
    );
}

#[test]
fn moving_a_card() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    let id = opportunity(&tenant);
    let stage = |tenant: &Tenant| tenant.admin.record("opportunity", &id)["stage"].clone();
    browser.step("open the pipeline");
    browser.goto("/p/sales/pipeline");
    in_column(&browser, "contact");
    browser.screenshot("kanban");
    browser.step("drag the card to the next stage");
    browser.drag("li.kc[data-title='调度系统']", "section[data-value='interest'] ul");
    in_column(&browser, "interest");
    browser.wait_until("the move is saved", "!document.querySelector('li.kc[aria-busy=\"true\"]')");
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(10);
    while stage(&tenant) != "interest" {
        assert!(std::time::Instant::now() < deadline, "the move reaches the server");
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    browser.check();
    browser.step("move it with the form, as without scripts");
    browser.scripts(false);
    browser.goto("/p/sales/pipeline");
    in_column(&browser, "interest");
    browser.click("li.kc[data-title='调度系统'] details.mv summary");
    browser.choose("li.kc[data-title='调度系统'] details.mv select", "demo");
    browser.follow("li.kc[data-title='调度系统'] details.mv button.btn");
    in_column(&browser, "demo");
    assert_eq!(stage(&tenant), "demo");
    browser.scripts(true);
    browser.step("look at the forecast");
    browser.goto("/p/sales/forecast");
    browser.wait_for_text("main", "60,000");
    browser.screenshot("forecast");
    browser.finish();
}

#[test]
fn losing_without_a_reason() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    let id = opportunity(&tenant);
    browser.step("open the opportunity");
    browser.goto(&format!("/o/opportunity/{id}"));
    browser.wait_for_text("main", "调度系统");
    browser.screenshot("opportunity");
    assert!(browser.shows("main", "竞争对手"), "the panel of the plugin is there");
    browser.step("mark it as lost without saying why");
    browser.goto(&format!("/o/opportunity/{id}/edit"));
    browser.choose("#status", "lost");
    save(&browser);
    browser.wait_for_text("#loss_reason-problems", "竞争对手");
    browser.wait_for_text("#loss_reason-problems", "cp.loss.no_reason");
    browser.screenshot("loss-refused");
    assert_eq!(tenant.admin.record("opportunity", &id)["status"], "open");
    browser.step("say why");
    browser.choose("#loss_reason", "price");
    save(&browser);
    browser.wait_for_text("main", "调度系统");
    assert_eq!(tenant.admin.record("opportunity", &id)["status"], "lost");
    browser.finish();
}

#[test]
fn an_administrator_adds_a_field() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    browser.step("open the fields of customers");
    browser.goto("/admin/objects/customer");
    browser.wait_for_text("main", "name");
    browser.screenshot("admin-fields");
    browser.step("add a number of dealers");
    browser.goto("/admin/objects/customer/fields/new");
    browser.fill("#key", "x_dealers");
    browser.fill("#label_zh", "代理商数量");
    browser.choose("#field_type", "integer");
    save(&browser);
    browser.wait_for_text("main", "代理商数量");
    browser.step("find it on the form at once and fill it in");
    browser.goto("/o/customer/new");
    browser.wait_for_text("form.edit", "代理商数量");
    browser.fill("#name", "华为");
    browser.fill("#x_dealers", "many");
    save(&browser);
    browser.wait_for("#x_dealers-problems");
    browser.fill("#x_dealers", "120");
    save(&browser);
    browser.wait_for_text("main", "华为");
    assert_eq!(tenant.admin.column("customer", "x_dealers", &[]), [json!(120)]);
    browser.step("filter the list by it");
    browser.goto(&format!("/o/customer?filter={}", guanxi_tests::api::encode("x_dealers > 50")));
    browser.wait_for_text("table.list", "华为");
    browser.step("visit the other pages of the administration");
    for page in ["/admin/objects", "/admin/users", "/o/department", "/admin/roles", "/admin/plugins"] {
        browser.goto(page);
        browser.wait_for("main h1");
        browser.check();
        browser.screenshot(&format!("admin-{}", page.rsplit('/').next().unwrap_or_default()));
    }
    browser.finish();
}

#[test]
fn language_and_theme() {
    let Some((_tenant, mut browser)) = signed_in() else { return };
    let root = |browser: &Browser, name: &str| browser.run(&format!("document.documentElement.getAttribute('{name}')"));
    browser.step("read the page in English");
    browser.goto("/o/customer");
    assert_eq!(root(&browser, "lang"), json!("zh-CN"));
    browser.click("details.account summary");
    browser.follow("button[name='locale'][value='en']");
    assert_eq!(root(&browser, "lang"), json!("en"));
    assert_eq!(browser.path(), "/o/customer", "one comes back to where one was");
    assert!(browser.shows("main", "Customer"), "the words have changed");
    let leftover: Vec<String> = browser.texts("main, nav").into_iter().filter(|text| has_han(text)).collect();
    assert_eq!(leftover, Vec::<String>::new(), "nothing is left in Chinese");
    browser.step("switch the light off");
    browser.click("details.account summary");
    browser.follow("button[name='theme'][value='dark']");
    assert_eq!(root(&browser, "data-theme"), json!("dark"));
    browser.screenshot("list-dark");
    let dark = browser.run("getComputedStyle(document.body).backgroundColor");
    browser.click("details.account summary");
    browser.follow("button[name='theme'][value='light']");
    assert_ne!(browser.run("getComputedStyle(document.body).backgroundColor"), dark, "the colours have changed");
    browser.step("and back");
    browser.click("details.account summary");
    browser.follow("button[name='locale'][value='zh-CN']");
    assert_eq!(root(&browser, "lang"), json!("zh-CN"));
    browser.finish();
}

fn has_han(text: &str) -> bool {
    text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter))
}

#[test]
fn hostile_text_stays_text() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    let name = "<img src=x onerror=alert(1)>\"'&";
    let id = tenant.admin.create_id("customer", json!({"name": name, "region": "</td><script>alert(2)</script>"}));
    browser.step("look at a customer whose name is code");
    for page in ["/o/customer".to_owned(), format!("/o/customer/{id}"), format!("/o/customer/{id}/edit")] {
        browser.goto(&page);
        browser.wait_for("main");
        browser.check();
        assert_eq!(browser.count("img[src=x]"), 0, "{page}");
    }
    assert_eq!(browser.run("document.querySelector('#name').value"), Value::from(name));
    browser.finish();
}

#[test]
fn changing_many_records_and_taking_it_back() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    let rows = (0..6).map(|at| json!({"name": format!("批量 {at}"), "region": "华北", "code": format!("B-{at}")}));
    tenant.create_all("customer", rows.collect());
    let east = |tenant: &Tenant| tenant.count("customer", "region == \"华东\"");
    browser.step("choose three rows of the list");
    browser.goto("/o/customer");
    browser.wait_for("table.list tbody tr");
    for at in 1..=3 {
        browser.click(&format!("table.list tbody tr:nth-of-type({at}) td.box input"));
    }
    browser.wait_for_text("[data-chosen]", "3");
    browser.screenshot("bulk-chosen");
    browser.step("give them another region");
    browser.follow("form.bulk button[value=update]");
    browser.choose("#new_field", "region");
    browser.follow("form.edit button[value=add]");
    browser.fill("#region", "华东");
    browser.follow("form.edit .actions button[value=preview]");
    browser.screenshot("bulk-preview");
    assert_eq!(east(&tenant), 0, "a preview writes nothing");
    browser.follow("form button[value=run]");
    assert!(browser.path().starts_with("/batches/"), "the batch has a page: {}", browser.path());
    assert_eq!(east(&tenant), 3);
    browser.screenshot("batch");
    browser.step("take it back");
    browser.follow("main header a[href$='/undo']");
    browser.screenshot("batch-undo");
    browser.follow("form.stack button.primary");
    assert_eq!(east(&tenant), 0);
    browser.step("find both in the list of batches");
    browser.goto("/batches");
    assert_eq!(browser.count("table.list tbody tr"), 2);
    browser.screenshot("batches");
    browser.step("delete all that match, without scripts");
    browser.scripts(false);
    browser.goto("/o/customer");
    browser.click("table.list tbody tr:first-of-type td.box input");
    browser.click("form.bulk input[name=all]");
    browser.follow("form.bulk button[value=delete]");
    browser.follow("form button[value=run]");
    assert_eq!(tenant.count("customer", ""), 0);
    browser.scripts(true);
    browser.step("bring one of them back from the recycle bin");
    browser.goto("/recycle-bin");
    assert_eq!(browser.count("table.list tbody tr"), 6);
    browser.screenshot("recycle-bin");
    browser.follow("table.list tbody tr:first-of-type form button");
    assert_eq!((browser.count("table.list tbody tr"), tenant.count("customer", "")), (5, 1));
    browser.step("look at what it was at first");
    browser.follow(".toast a.link");
    browser.click(".line details.first summary");
    browser.wait_for_text(".line details.first", "B-");
    browser.follow_text(".line .acts a", "当时的样子");
    browser.wait_for("main .note.info");
    browser.screenshot("record-version");
    browser.step("look at the list of deleted records on a telephone");
    browser.resize(375, 800);
    for address in ["/recycle-bin", "/batches", "/o/customer"] {
        browser.goto(address);
        browser.wait_for("main");
        let fits = browser.run("document.documentElement.scrollWidth <= window.innerWidth + 1");
        assert_eq!(fits, json!(true), "{address} does not scroll sideways");
    }
    browser.screenshot("list-narrow-boxes");
    browser.finish();
}
