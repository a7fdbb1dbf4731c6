//! The palette over every page, and the search without scripts.

use guanxi_tests::browser::Browser;
use guanxi_tests::story::Tenant;
use serde_json::json;

use super::signed_in;

fn company(tenant: &Tenant) {
    tenant.admin.create("customer", json!({"name": "北京华联超市", "phone": "13812345678"}));
    tenant.admin.create("customer", json!({"name": "华联人居集团"}));
    tenant.admin.create("contact", json!({"name": "李四", "position": "华联采购"}));
}

pub(super) fn open(browser: &Browser) {
    // The keys are heard by a script, which comes after the page.
    browser.wait_for("html[data-ready]");
    browser.run("dispatchEvent(new KeyboardEvent('keydown', { key: 'k', ctrlKey: true, bubbles: true, cancelable: true }))");
    browser.wait_for(".pal input");
    browser.wait_until("the words can be typed", "document.activeElement?.id === 'pal-words'");
}

#[test]
fn finding_a_record_by_the_initials_of_its_name() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    company(&tenant);
    browser.step("press Ctrl K and type initials");
    open(&browser);
    browser.fill("#pal-words", "hl");
    browser.wait_for_text(".pal", "北京华联超市");
    let found = browser.texts(".pal [aria-labelledby='pal-records'] [role='option']");
    assert!(found.len() == 3 && found[0].contains("华联人居集团") && found[2].contains("李四"), "{found:?}");
    assert_eq!(browser.texts(".pal mark").first().map(String::as_str), Some("华联"), "the words are marked");
    browser.screenshot("palette");
    browser.step("choose the second with the keys");
    browser.press("#pal-words", "ArrowDown");
    let chosen = browser.run("document.querySelector('.pal [aria-selected=\"true\"]').textContent");
    assert!(chosen.as_str().is_some_and(|text| text.contains("北京华联超市")), "{chosen}");
    let active =
        browser.run("document.getElementById(document.querySelector('#pal-words').getAttribute('aria-activedescendant')).textContent");
    assert_eq!(active, chosen, "screen readers hear the same one");
    browser.press("#pal-words", "Enter");
    browser.wait_for_text("main", "13812345678");
    assert!(browser.path().starts_with("/o/customer/"), "{}", browser.path());
    browser.step("what was opened is offered the next time");
    open(&browser);
    browser.wait_for_text(".pal [aria-labelledby='pal-records']", "北京华联超市");
    browser.step("close it");
    browser.press("#pal-words", "Escape");
    browser.wait_until("it is gone", "!document.querySelector('.pal')");
    browser.step("go to a page of the menu, and make a record, by words");
    open(&browser);
    browser.fill("#pal-words", "> lianxiren");
    browser.wait_for_text(".pal [aria-labelledby='pal-actions']", "新建联系人");
    browser.wait_for_text(".pal [aria-labelledby='pal-pages']", "联系人");
    browser.press("#pal-words", "Enter");
    browser.wait_for("form.edit");
    assert_eq!(browser.path(), "/o/contact/new");
    browser.step("words that nothing answers");
    open(&browser);
    browser.fill("#pal-words", "没有的公司");
    browser.wait_for_text(".pal", "没有找到");
    browser.wait_for_text(".pal [aria-labelledby='pal-pages']", "全部记录");
    browser.screenshot("palette-empty");
    browser.finish();
}

#[test]
fn searching_without_scripts() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    company(&tenant);
    browser.scripts(false);
    browser.step("open the search from the menu");
    browser.goto("/");
    browser.follow("a.find");
    browser.wait_for("form.search-form");
    browser.fill("#search-words", "138 1234");
    browser.follow("form.search-form .btn.primary");
    assert_eq!(browser.count(".found li"), 1);
    assert!(
        browser.shows(".found", "北京华联超市") && browser.shows(".found mark", "13812345678") || browser.shows(".found", "13812345678")
    );
    browser.screenshot("search");
    browser.follow(".found a");
    assert!(browser.path().starts_with("/o/customer/"));
    browser.step("on a telephone");
    browser.resize(375, 800);
    browser.goto("/search?q=hl&object=contact");
    assert_eq!(browser.count(".found li"), 1);
    browser.screenshot("search-narrow");
    browser.finish();
}
