//! Reading in lists: a salesperson builds a filter, keeps it as a view and shares it, groups, changes cells, moves a card and a task.

use std::time::{Duration, Instant};

use guanxi_tests::browser::Browser;
use guanxi_tests::server::Db;
use guanxi_tests::story::{PASSWORD, Tenant, admin_email, tenant};
use serde_json::{Value, json};

use super::{save, sign_in};

const LEI: &str = "lei@journey.example";

/// A salesperson with own opportunities and tasks, signed in.
fn salesperson() -> Option<(Tenant, Browser)> {
    let tenant = tenant(Db::Sqlite)?;
    let mut browser = guanxi_tests::browser::open(&tenant.server.address)?;
    tenant.enable("sales");
    let lei = tenant.user(LEI, None, &["salesperson"]);
    let id = tenant.user_id(LEI);
    let customers = ["江南速运", "北辰零售"]
        .map(|name| lei.create_id("customer", json!({"name": name, "region": if name == "江南速运" { "华东" } else { "华北" }})));
    for (at, (name, stage, amount)) in
        [("调度系统", "contact", "100000"), ("会员系统", "contact", "40000"), ("仓储系统", "interest", "70000"), ("门户", "demo", "9000")]
            .into_iter()
            .enumerate()
    {
        let fields = json!({"name": name, "customer": customers[at % 2], "amount": amount, "stage": stage, "expected_on": "2026-12-15"});
        lei.create_id("opportunity", fields);
    }
    for (subject, due) in [("回访江南速运", "2026-12-03T01:30:00Z"), ("寄合同", "2026-12-10T08:00:00Z")] {
        lei.create_id("task", json!({"subject": subject, "due_at": due}));
    }
    browser.step("the administrator gives the salesperson a password");
    browser.goto("/login");
    sign_in(&browser, &tenant, PASSWORD);
    browser.goto(&format!("/admin/users/{id}/password"));
    browser.fill("#password", PASSWORD);
    save(&browser);
    leave(&browser);
    browser.step("the salesperson signs in");
    enter(&browser, &tenant, LEI);
    Some((tenant, browser))
}

fn leave(browser: &Browser) {
    browser.click("details.account summary");
    browser.follow("form[action='/logout'] button");
}

fn enter(browser: &Browser, tenant: &Tenant, email: &str) {
    browser.goto("/login");
    if browser.count("input#tenant") > 0 {
        browser.fill("#tenant", &tenant.key);
    }
    browser.fill("#email", email);
    browser.fill("#password", PASSWORD);
    browser.follow("form.box button.primary");
    browser.wait_for(".app");
}

/// Waits until the scripts of a page are there.
fn ready(browser: &Browser) {
    browser.wait_for("html[data-ready]");
}

/// Clicks something that another panel answers, and waits for that.
fn open_panel(browser: &Browser, link: &str, content: &str) {
    ready(browser);
    browser.click(link);
    browser.wait_until(
        &format!("the panel shows {content}"),
        &format!(
            "(() => {{ const box = document.querySelector('.pop.panel'); return !!box && !box.hidden && !!box.querySelector({}) }})()",
            json!(content)
        ),
    );
}

fn rows(browser: &Browser) -> usize {
    browser.count("table.list tr[data-id]")
}

/// Waits until the server holds a value.
fn wait_for_value(what: &str, wanted: &Value, read: impl Fn() -> Value) {
    let deadline = Instant::now() + Duration::from_secs(15);
    while read() != *wanted {
        assert!(Instant::now() < deadline, "{what} becomes {wanted}, it is {}", read());
        std::thread::sleep(Duration::from_millis(40));
    }
}

/// Presses keys one after the other where the focus is, as long as it is on a card or entry that moves.
fn keys(browser: &Browser, selector: &str, keys: &[&str]) {
    browser.run(&format!(
        "(() => {{ document.querySelector({}).focus();
           for (const key of {}) document.activeElement.dispatchEvent(new KeyboardEvent('keydown', {{ key, bubbles: true, cancelable: true }}));
           return true }})()",
        json!(selector),
        json!(keys)
    ));
}

fn record(tenant: &Tenant, object: &str, filter: &str) -> Value {
    tenant.admin.list(object, &[("filter", filter)]).into_iter().next().unwrap_or_default()
}

#[test]
fn a_salesperson_reads_in_their_own_way() {
    let Some((tenant, mut browser)) = salesperson() else { return };
    browser.step("open the list and add a filter over a reference: customers in the east");
    browser.goto("/o/opportunity");
    assert_eq!(rows(&browser), 4);
    open_panel(&browser, "a.chip.new", "a[href*='via=customer']");
    browser.screenshot("list-builder");
    open_panel(&browser, ".pop.panel a[href*='via=customer']", "a[href*='path=customer.region']");
    open_panel(&browser, ".pop.panel a[href*='path=customer.region']", "form[data-condition]");
    browser.choose(".pop.panel [name=operator]", "eq");
    browser.fill(".pop.panel [name=text]", "华东");
    browser.follow(".pop.panel .panel-acts .btn.primary");
    assert_eq!(rows(&browser), 2, "the filter is in force");
    assert!(browser.shows(".chip", "华东"));
    browser.step("add a second one with two choices, and an alternative to it");
    open_panel(&browser, "a.chip.new", "a[href*='path=stage']");
    open_panel(&browser, ".pop.panel a[href*='path=stage']", "form[data-condition]");
    browser.click(".pop.panel input[name=value][value=contact]");
    browser.follow(".pop.panel .panel-acts .btn.primary");
    assert_eq!(rows(&browser), 1);
    open_panel(&browser, ".bar .chip:nth-of-type(2) a.said", ".foot-line a[href*='piece=1']");
    open_panel(&browser, ".pop.panel .foot-line a[href*='piece=1']", "a[href*='path=stage']");
    open_panel(&browser, ".pop.panel a[href*='path=stage']", "form[data-condition]");
    browser.click(".pop.panel input[name=value][value=interest]");
    browser.follow(".pop.panel .panel-acts .btn.primary");
    assert_eq!(rows(&browser), 2, "either stage");
    browser.screenshot("list-filtered-or");

    browser.step("keep it as a view that everyone sees");
    open_panel(&browser, ".view-acts a[href*='/views']", "#name");
    browser.fill(".pop.panel #name", "华东在谈");
    browser.click(".pop.panel .sharing summary");
    browser.click(".pop.panel input[name=everyone][type=checkbox]");
    browser.follow(".pop.panel .panel-acts .btn.primary");
    browser.wait_for_text(".tabs [aria-current]", "华东在谈");
    assert_eq!(rows(&browser), 2);
    browser.screenshot("list-view");
    browser.step("sort by two columns: that is not saved, and said");
    browser.follow_text("table.list thead a", "金额");
    assert!(browser.shows(".view-acts", "有未保存的改动"));
    browser.follow(".view-acts form button");
    assert!(!browser.shows(".view-acts", "有未保存的改动"), "now it is");

    browser.step("group all by stage, close a group and open it again");
    browser.goto("/o/opportunity");
    open_panel(&browser, ".tools a[href*='/group']", "a[href*='by=stage']");
    browser.follow(".pop.panel a[href*='by=stage']");
    let groups = browser.texts("tr.group");
    assert!(groups.len() == 3 && groups[0].contains("140,000"), "{groups:?}");
    browser.screenshot("list-groups");
    ready(&browser);
    browser.click("tr.group a[data-toggle]");
    browser.wait_until("the group is closed", "document.querySelectorAll('table.list tr[data-id]').length === 2");
    browser.click("tr.group a[data-toggle]");
    browser.wait_until("the group is open", "document.querySelectorAll('table.list tr[data-id]').length === 4");

    browser.step("change an amount in the list by a double click; a text that is none is told at the cell");
    browser.goto("/o/opportunity?sort=name");
    ready(&browser);
    let cell = "document.querySelector('tr[data-id] td[data-cell=amount]')";
    browser.run(&format!("(() => {{ const c = {cell}; window.__id = c.closest('tr').dataset.id; c.dispatchEvent(new MouseEvent('dblclick', {{bubbles: true}})); return true }})()"));
    browser.wait_for("td.editing #amount");
    browser.screenshot("list-cell");
    browser.fill("td.editing #amount", "many");
    browser.press("td.editing #amount", "Enter");
    browser.wait_for("td.editing #amount-problems");
    browser.screenshot("list-cell-refused");
    browser.fill("td.editing #amount", "123456");
    browser.press("td.editing #amount", "Enter");
    browser.wait_for_text(".toasts", "已保存");
    browser.wait_until("the row shows it", "document.querySelector(`tr[data-id=\"${window.__id}\"]`).innerText.includes('123,456')");
    let id = browser.run("window.__id").as_str().unwrap_or_default().to_owned();
    assert_eq!(tenant.admin.record("opportunity", &id)["amount"], "123456.00");
    browser.step("leave another one with Escape: nothing is saved");
    browser.run(&format!("(() => {{ {cell}.focus(); return true }})()"));
    browser.press("td[data-cell=amount]", "Enter");
    browser.wait_for("td.editing #amount");
    browser.fill("td.editing #amount", "1");
    browser.press("td.editing #amount", "Escape");
    browser.wait_until("the cell is as before", "!document.querySelector('td.editing')");
    assert_eq!(tenant.admin.record("opportunity", &id)["amount"], "123456.00");
    browser.check();

    browser.step("open the same as a board and drag a card");
    browser.goto("/o/opportunity?view=board&by=stage");
    browser.wait_for("section[data-value=contact] li.kc[data-title='调度系统'][draggable=true]");
    ready(&browser);
    browser.screenshot("board-any");
    browser.drag("li.kc[data-title='调度系统']", "section[data-value='decider'] ul");
    browser.wait_for("section[data-value=decider] li.kc[data-title='调度系统']");
    let stage = || record(&tenant, "opportunity", "name == \"调度系统\"")["stage"].clone();
    wait_for_value("the stage", &json!("decider"), stage);
    browser.step("move it on with the keys");
    let card = "section[data-value=decider] li.kc[data-title='调度系统']";
    browser.wait_until("it is not busy", &format!("!document.querySelector({}).classList.contains('busy')", json!(card)));
    keys(&browser, card, &[" ", "ArrowRight", "Enter"]);
    wait_for_value("the stage", &json!("needs"), stage);

    browser.step("drag a task to another day of the calendar");
    browser.goto("/o/task?view=calendar&on=due_at&at=2026-12");
    browser.wait_for("td[data-day='2026-12-03'] li.ce[data-title='回访江南速运'][draggable=true]");
    ready(&browser);
    browser.screenshot("calendar");
    browser.drag("li.ce[data-title='回访江南速运']", "td[data-day='2026-12-09']");
    browser.wait_for("td[data-day='2026-12-09'] li.ce[data-title='回访江南速运']");
    wait_for_value("the day", &json!("2026-12-09T01:30:00Z"), || record(&tenant, "task", "subject == \"回访江南速运\"")["due_at"].clone());
    browser.step("and one a week later with the keys");
    let task = "li.ce[data-title='寄合同']";
    keys(&browser, task, &[" ", "ArrowDown", "Enter"]);
    wait_for_value("the day", &json!("2026-12-17T08:00:00Z"), || record(&tenant, "task", "subject == \"寄合同\"")["due_at"].clone());
    browser.check();

    browser.step("the administrator finds the shared view");
    leave(&browser);
    enter(&browser, &tenant, &admin_email(&tenant.key));
    browser.goto("/o/opportunity");
    browser.follow_text(".tabs a", "华东在谈");
    assert_eq!(rows(&browser), 1, "one of them has moved on");
    browser.step("on a telephone nothing scrolls sideways");
    browser.resize(375, 800);
    for address in ["/o/opportunity?by=stage", "/o/opportunity?view=board", "/o/task?view=calendar&on=due_at&at=2026-12"] {
        browser.goto(address);
        let fits = browser.run("document.documentElement.scrollWidth <= window.innerWidth + 1");
        assert_eq!(fits, json!(true), "{address} does not scroll sideways");
    }
    browser.finish();
}
