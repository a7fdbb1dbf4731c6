//! A customer in one look: both cards, the time line, and work that is noted from the page; each reader with their own rows.

use guanxi_tests::browser::{self, Browser};
use guanxi_tests::server::Db;
use guanxi_tests::story::{PASSWORD, Tenant, tenant};
use serde_json::json;

use super::save;

/// Signs somebody in.
fn sign_in_as(browser: &Browser, tenant: &Tenant, email: &str) {
    browser.goto("/login");
    if browser.count("input#tenant") > 0 {
        browser.fill("#tenant", &tenant.key);
    }
    browser.fill("#email", email);
    browser.fill("#password", PASSWORD);
    browser.follow("form.box button.primary");
    browser.wait_for(".app");
}

/// A user who signs in by password.
fn person(tenant: &Tenant, email: &str, department: Option<&str>, role: &str) -> String {
    let name = email.split('@').next().unwrap_or(email);
    let mut args = vec!["user", "create", "--tenant", &tenant.key, "--email", email, "--name", name, "--role", role, "--password-stdin"];
    if let Some(department) = department {
        args.extend(["--department", department]);
    }
    tenant.server.cli_with_input(&args, &format!("{PASSWORD}\n")).expect(0);
    tenant.user_id(email)
}

#[test]
fn a_customer_in_one_look() {
    let Some(tenant) = tenant(Db::Sqlite) else { return };
    let Some(mut browser) = browser::open(&tenant.server.address) else { return };
    tenant.enable("sales");
    let admin = &tenant.admin;
    let north = admin.create_id("department", json!({"name": "华北"}));
    let seller = person(&tenant, "lin@a.example", Some("华北"), "salesperson");
    let boss = person(&tenant, "sun@a.example", Some("华北"), "manager");
    admin.change("department", &north, json!({"manager": boss}));
    let customer = admin.create_id("customer", json!({"name": "江南速运", "kind": "organization", "owner": seller}));
    for (name, amount, month, owner) in [
        ("一期", "10000", "08", &seller),
        ("二期", "12000", "09", &seller),
        ("三期", "14000", "10", &seller),
        ("大单", "90000", "10", &boss),
    ] {
        let closed = format!("2026-{month}-15");
        admin.create(
            "opportunity",
            json!({"name": name, "customer": customer, "amount": amount, "status": "won", "closed_on": closed, "owner": owner}),
        );
    }
    let page = format!("/o/customer/{customer}");

    browser.step("open a customer as its salesperson");
    sign_in_as(&browser, &tenant, "lin@a.example");
    browser.goto(&page);
    browser.wait_for_text("main", "交易卡片");
    assert!(browser.shows("main", "接触卡片") && browser.shows("main", "¥36,000.00"), "the volume is that of the own rows");
    assert!(browser.shows("main", "+¥2,000.00"), "and so is the trend");
    assert!(!browser.shows("main", "大单"), "what others own is not there");
    assert!(!browser.shows("main", "最高学历"), "an organisation has no personal data, not even empty");
    browser.screenshot("customer");

    browser.step("note, plan and log something from the page");
    browser.follow_text(".quick a", "写备注");
    browser.fill("#text", "客户问起年底折扣");
    save(&browser);
    browser.wait_for("#history");
    assert_eq!(browser.path().split(['?', '#']).next(), Some(page.as_str()), "back on the customer's page");
    browser.follow_text(".quick a", "新建任务");
    browser.fill("#subject", "寄送合同");
    save(&browser);
    browser.wait_for("#history");
    browser.follow_text(".quick a", "记活动");
    browser.fill("#subject", "电话回访");
    browser.choose("#channel", "call_centre");
    save(&browser);
    browser.wait_for("#history");
    for words in ["客户问起年底折扣", "寄送合同", "电话回访", "呼叫中心"] {
        assert!(browser.shows("#history", words), "{words} stands in the time line");
    }
    browser.screenshot("customer-worked");

    browser.step("look at one kind of the time line");
    browser.follow_text("#history .seg a", "任务");
    assert!(browser.shows("#history", "寄送合同") && !browser.shows("#history", "客户问起年底折扣"));

    browser.step("open the contact card");
    browser.follow_text(".tabs a", "接触卡片");
    browser.wait_for(".cardrows table");
    assert_eq!(browser.count(".cardrows tbody tr"), 3);
    browser.follow_text(".cardbar .seg a", "备注");
    assert_eq!(browser.count(".cardrows tbody tr"), 1);

    browser.step("open the transaction card");
    browser.follow_text(".tabs a", "交易卡片");
    browser.wait_for(".cardrows table");
    assert_eq!(browser.count(".cardrows tbody tr"), 3);
    assert!(browser.count("figure.figure") > 0, "the months are drawn");
    browser.screenshot("customer-transactions");

    browser.step("look at it on a telephone");
    browser.resize(375, 800);
    for face in ["", "?face=contacts", "?face=transactions"] {
        browser.goto(&format!("{page}{face}"));
        browser.wait_for(".tabs");
        let fits = browser.run("document.documentElement.scrollWidth <= window.innerWidth + 1");
        assert_eq!(fits, json!(true), "the page itself does not scroll sideways: {face}");
    }
    browser.screenshot("customer-narrow");
    browser.finish();

    let Some(mut browser) = browser::open(&tenant.server.address) else { return };
    browser.step("open the same customer as the manager of the department");
    sign_in_as(&browser, &tenant, "sun@a.example");
    browser.goto(&format!("{page}?face=transactions"));
    browser.wait_for(".cardrows table");
    assert_eq!(browser.count(".cardrows tbody tr"), 4);
    assert!(browser.shows("main", "大单") && browser.shows("main", "¥126,000.00"), "the manager's rows and sum");
    browser.finish();
}
