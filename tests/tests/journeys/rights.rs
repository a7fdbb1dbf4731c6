//! An administrator gives rights by the matrix, sees why somebody has them, and looks with that somebody's eyes.

use guanxi_tests::browser::Browser;
use guanxi_tests::story::Tenant;
use serde_json::json;

use super::{save, signed_in};

/// Customers of two regions, of which the second belong to nobody but the administrator.
fn customers(tenant: &Tenant) {
    let row = |name: &str, region: &str| json!({"name": name, "region": region, "phone": "13812341234"});
    tenant.create_all("customer", vec![row("江南汽车", "华东"), row("太湖物流", "华东"), row("北方重工", "华北")]);
}

/// Saves the form of the page's matrix.
fn save_matrix(browser: &Browser) {
    browser.follow("main form.stack .actions .btn.primary");
}

#[test]
fn a_role_by_the_matrix_and_through_its_eyes() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    customers(&tenant);
    tenant.cli(&["user", "create", "--tenant", &tenant.key, "--email", "lin@a.example", "--name", "林晓"]).expect(0);
    let lin = tenant.user_id("lin@a.example");

    browser.step("make a role");
    browser.goto("/admin/roles");
    assert_eq!(browser.count("table.list tbody tr"), 10, "the administrator and nine templates");
    browser.screenshot("roles");
    browser.goto("/admin/roles/new?copy=salesperson");
    browser.fill("#label_zh", "华东销售");
    browser.fill("#key", "East");
    save(&browser);
    browser.wait_for("#key-problems");
    browser.fill("#key", "x_east");
    save(&browser);
    assert_eq!(browser.path(), "/admin/roles/x_east", "the new role is open");

    browser.step("choose in the matrix: customers by a rule, written wrongly at first");
    browser.click("input[name='named'][value='customer']");
    browser.choose("select[name='r.customer.view']", "own");
    browser.choose("select[name='r.customer.edit']", "");
    browser.choose("select[name='r.customer.delete']", "");
    browser.choose(".rule-rows > div:first-child select[name='rule_object']", "customer");
    browser.choose(".rule-rows > div:first-child select[name='rule_function']", "view");
    browser.choose(".rule-rows > div:first-child input[name='rule_condition']", "regoin == \"华东\"");
    save_matrix(&browser);
    browser.wait_for("#rule-problem-0");
    assert_eq!(
        browser.run("document.querySelector(\"select[name='r.customer.edit']\").value"),
        json!(""),
        "what was chosen stays after a refusal"
    );
    browser.screenshot("rule-refused");
    browser.choose(".rule-rows > div:first-child input[name='rule_condition']", "region == \"华东\"");
    save_matrix(&browser);
    browser.wait_for_text("main", "华东销售");
    let role = tenant.admin.get("/api/v1/roles/x_east").expect(200).json;
    assert_eq!(role["grants"]["customer"]["view"], json!({"scope": "own", "rule": "region == \"华东\""}), "{role}");
    assert!(role["grants"]["customer"].get("edit").is_none(), "{role}");
    assert_eq!(role["grants"]["*"]["view"], "own", "the others are as they were: {role}");

    browser.step("mask the phone");
    browser.goto("/admin/roles/x_east/fields/customer");
    browser.click("input[name='f.phone'][value='mask']");
    save_matrix(&browser);
    browser.wait_for_text("main", "电话");
    let role = tenant.admin.get("/api/v1/roles/x_east").expect(200).json;
    assert_eq!(role["fields"], json!({"customer": {"phone": "mask"}}), "{role}");
    browser.screenshot("fields");

    browser.step("give it to somebody");
    browser.goto(&format!("/admin/users/{lin}"));
    browser.click("input[name='roles'][value='x_east']");
    save(&browser);
    browser.goto("/admin/roles/x_east/people");
    browser.wait_for_text("main", "林晓");

    browser.step("ask why");
    let north = tenant.admin.list("customer", &[("filter", "region == \"华北\"")])[0]["id"].as_str().unwrap_or_default().to_owned();
    browser.goto(&format!("/admin/explain?user={lin}&object=customer&record={north}&field=phone"));
    browser.wait_for_text("main", "对这条记录不成立");
    assert!(browser.shows("main", "遮盖") && browser.shows("main", "region == \"华东\""), "the field and the rule are told");
    browser.screenshot("explain");

    browser.step("look with that person's eyes");
    browser.goto(&format!("/admin/users/{lin}"));
    browser.follow("form[action='/admin/view-as'] button");
    browser.wait_for_text(".viewing", "林晓");
    browser.goto("/o/customer");
    let rows = browser.texts("table.list tbody tr").join(" ");
    assert!(rows.contains("江南汽车") && rows.contains("太湖物流") && !rows.contains("北方重工"), "{rows}");
    assert!(rows.contains("138****1234") && !rows.contains("13812341234"), "{rows}");
    browser.screenshot("viewing");
    assert!(!browser.shows("nav", "管理"), "there is no administration in these eyes");
    browser.step("try to change something meanwhile");
    assert_eq!(browser.count("main form[method='post'], a[href^='/o/customer/new']"), 0, "nothing to change is offered");
    browser.goto("/o/task/new");
    browser.wait_for_text("main", "什么也改不了");
    browser.expect_complaint("status of 403");
    assert_eq!(browser.count("form.edit"), 0, "there is no form");
    assert!(tenant.admin.list("task", &[]).is_empty(), "nothing was made");

    browser.step("go back, and look as the role");
    browser.follow(".viewing form button");
    assert_eq!(browser.count(".viewing"), 0, "one's own eyes again");
    browser.goto("/admin/roles/x_east");
    browser.follow("form[action='/admin/view-as'] button");
    browser.wait_for_text(".viewing", "华东销售");
    browser.goto("/admin/roles");
    browser.expect_complaint("status of 403");
    assert!(!browser.shows("main", "salesperson"), "no administration");
    browser.follow(".viewing form button");
    browser.goto("/admin/log");
    browser.wait_for_text("main", "view_as.begin");
    assert!(browser.shows("main", "view_as.end") && browser.shows("main", "role.set"), "all of it is in the log");
    browser.finish();

    tenant.cli(&["user", "create", "--tenant", &tenant.key, "--email", "mo@a.example", "--name", "莫言", "--role", "x_east"]).expect(0);
    let seen = tenant.server.api(&tenant.key, "mo@a.example").column("customer", "name", &[("sort", "name")]);
    assert_eq!(seen.len(), 2, "the same by the API: {seen:?}");
}

#[test]
fn departments_and_teams() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    tenant.cli(&["user", "create", "--tenant", &tenant.key, "--email", "lin@a.example", "--name", "林晓"]).expect(0);
    browser.step("make a department, and one below it");
    browser.goto("/admin/departments/new");
    browser.fill("#name", "华东大区");
    save(&browser);
    browser.follow_text("ul.tree a", "华东大区");
    browser.wait_for("form.edit");
    let top = browser.path().rsplit('/').next().unwrap_or_default().to_owned();
    browser.goto(&format!("/admin/departments/new?above={top}"));
    browser.fill("#name", "上海团队");
    save(&browser);
    assert_eq!(browser.count("ul.tree ul a.link"), 1, "one lies below the other");
    browser.screenshot("departments");

    browser.step("try to put it below itself, and to delete it");
    let below = tenant.admin.get("/api/v1/departments").expect(200).json;
    let below = below["departments"].as_array().into_iter().flatten().find(|one| one["name"] == "上海团队").expect("it is there").clone();
    browser.goto(&format!("/admin/departments/{top}"));
    browser.choose("#above", below["id"].as_str().unwrap_or_default());
    save(&browser);
    browser.wait_for("#above-problems");
    browser.goto(&format!("/admin/departments/{top}"));
    browser.click("button[popovertarget='delete-department'], a[href='#delete-department']");
    browser.follow(&format!("form[action='/admin/departments/{top}/delete'] button.danger"));
    browser.wait_for(".toast, .toasts > *");
    assert_eq!(browser.path(), format!("/admin/departments/{top}"), "it is still there");
    browser.screenshot("department-refused");

    browser.step("make a team");
    browser.goto("/admin/teams/new");
    browser.fill("#name", "突击队");
    save(&browser);
    browser.wait_for_text("table.list", "突击队");
    browser.finish();
}
