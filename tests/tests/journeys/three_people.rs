//! A salesperson, a regional manager and an administrator look at the same company: each sees what they should, wherever they look.

use guanxi_tests::browser::{self, Browser};
use guanxi_tests::server::Db;
use guanxi_tests::story::{PASSWORD, Tenant, admin_email, tenant};
use serde_json::json;

/// The opportunities: of the salesperson, of a colleague in the same region, and of another region.
const NAMES: [&str; 3] = ["调度系统甲", "调度系统乙", "调度系统丙"];

/// What somebody sees.
struct Sight {
    email: String,
    who: &'static str,
    /// How many of the opportunities, in their order.
    seen: usize,
    /// What they sum up to, as the report shows it.
    total: &'static str,
}

fn person(tenant: &Tenant, name: &str, department: &str, role: &str) -> String {
    let email = format!("{name}@a.example");
    let start = ["user", "create", "--tenant", &tenant.key, "--email", &email, "--name", name];
    let rest = ["--department", department, "--role", role, "--password-stdin"];
    tenant.server.cli_with_input(&[&start[..], &rest[..]].concat(), &format!("{PASSWORD}\n")).expect(0);
    email
}

/// Two regions, the people in them, and an opportunity of each.
fn company(tenant: &Tenant) -> [Sight; 3] {
    tenant.enable("sales");
    let east = tenant.admin.create_id("department", json!({"name": "华东大区"}));
    tenant.admin.create("department", json!({"name": "华北大区"}));
    let lin = person(tenant, "lin", "华东大区", "salesperson");
    let mo = person(tenant, "mo", "华东大区", "salesperson");
    let bei = person(tenant, "bei", "华北大区", "salesperson");
    let wang = person(tenant, "wang", "华东大区", "manager");
    tenant.admin.change("department", &east, json!({"manager": tenant.user_id(&wang)}));
    for ((name, owner), amount) in NAMES.iter().zip([&lin, &mo, &bei]).zip(["100000", "230000", "470000"]) {
        let fields = json!({"name": name, "amount": amount, "expected_on": "2026-12-15", "owner": tenant.user_id(owner)});
        tenant.admin.create("opportunity", fields);
    }
    [
        Sight { email: lin, who: "salesperson", seen: 1, total: "100,000" },
        Sight { email: wang, who: "manager", seen: 2, total: "330,000" },
        Sight { email: admin_email(&tenant.key), who: "administrator", seen: 3, total: "800,000" },
    ]
}

fn sign_in(browser: &Browser, tenant: &Tenant, email: &str) {
    browser.goto("/login");
    browser.wait_for("form.box #password");
    if browser.count("input#tenant") > 0 {
        browser.fill("#tenant", &tenant.key);
    }
    browser.fill("#email", email);
    browser.fill("#password", PASSWORD);
    browser.follow("form.box button.primary");
    browser.wait_for(".app");
}

/// Waits for what is to be seen in a part of the page; what is not to be seen is nowhere on the page.
fn sees(browser: &Browser, part: &str, sight: &Sight) {
    let (seen, unseen) = NAMES.split_at(sight.seen);
    for name in seen {
        browser.wait_for_text(part, name);
    }
    for name in unseen {
        assert!(!browser.shows("body", name), "{} does not see {name} at {}", sight.who, browser.path());
    }
}

#[test]
fn each_sees_what_they_should() {
    let Some(tenant) = tenant(Db::Sqlite) else { return };
    let Some(mut browser) = browser::open(&tenant.server.address) else { return };
    for sight in company(&tenant) {
        let who = sight.who;
        browser.step(&format!("sign in as the {who}"));
        sign_in(&browser, &tenant, &sight.email);

        browser.step(&format!("as the {who}, open the list of opportunities"));
        browser.goto("/o/opportunity");
        sees(&browser, "table.list", &sight);
        assert_eq!(browser.count("table.list tbody tr"), sight.seen, "{who}");
        browser.screenshot(&format!("people-{who}-list"));

        browser.step(&format!("as the {who}, open the board of the list, and that of the plugin"));
        for board in ["/o/opportunity?view=board&by=stage", "/p/sales/pipeline"] {
            browser.goto(board);
            sees(&browser, "section[data-value='contact']", &sight);
            assert_eq!(browser.count("li.kc"), sight.seen, "{who} at {board}");
        }
        browser.screenshot(&format!("people-{who}-board"));

        browser.step(&format!("as the {who}, open the forecast"));
        browser.goto("/p/sales/forecast");
        browser.wait_for_text("main", sight.total);
        for other in ["100,000", "330,000", "800,000"] {
            let is_shown = other == sight.total || (other == "100,000" && sight.seen > 1);
            assert!(is_shown || !browser.shows("main", other), "{who} does not see {other}");
        }
        browser.screenshot(&format!("people-{who}-forecast"));

        browser.step(&format!("as the {who}, search on the page"));
        browser.goto("/search?q=%E8%B0%83%E5%BA%A6");
        sees(&browser, ".found", &sight);
        assert_eq!(browser.count(".found li"), sight.seen, "{who}");

        browser.step(&format!("as the {who}, press Ctrl K and type"));
        super::palette::open(&browser);
        browser.fill("#pal-words", "diaodu");
        let records = ".pal [aria-labelledby='pal-records']";
        for name in &NAMES[..sight.seen] {
            browser.wait_for_text(records, name);
        }
        let shown = browser.texts(&format!("{records} [role='option']"));
        assert_eq!(shown.len(), sight.seen, "{who}: {shown:?}");
        browser.screenshot(&format!("people-{who}-palette"));
        browser.press("#pal-words", "Escape");
        browser.wait_until("the palette is gone", "!document.querySelector('.pal')");

        browser.step(&format!("as the {who}, look for the administration, and sign out"));
        browser.goto("/");
        browser.wait_for(".app");
        assert_eq!(browser.count("nav a[href='/admin/objects']") > 0, who == "administrator", "{who}");
        browser.click("details.account summary");
        browser.follow("form[action='/logout'] button");
        browser.wait_for("form.box #password");
    }
    browser.finish();
}
