//! Words and shapes of pages that everybody meets: names of many records, the way out of a missing record, the security log, shares, and
//! groups of fields in which nothing is filled in.

use guanxi_tests::both;
use guanxi_tests::story::{Tenant, admin_email};
use serde_json::json;

use super::history_pages::Visitor;
use super::roles::put;

both!(
    lists_have_names_of_many_records,
    a_missing_record_leads_to_its_list,
    the_log_speaks_in_words,
    a_share_ends_with_its_last_day,
    an_empty_group_takes_one_line,
    a_calendar_is_dated_in_the_language_of_its_reader,
);

fn english(tenant: &Tenant) -> Visitor {
    let visitor = Visitor::admin(tenant);
    visitor.post("/preferences", &[("locale", "en"), ("return", "/")]).expect(303);
    visitor
}

fn lists_have_names_of_many_records(tenant: &Tenant) {
    let label = |text: &str| json!({"zh-CN": "调查", "en": text});
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_survey", "label": label("Quality inquiry")})).expect(201);
    let visitor = english(tenant);
    let list = visitor.get("/o/x_survey").expect(200);
    assert!(list.text.contains("<span class=\"clip\">Quality inquiries</span>"), "the menu: {list}");
    assert!(list.text.contains("<title>Quality inquiries"), "the title: {list}");
    assert!(list.text.contains("No quality inquiries yet") && list.text.contains("New quality inquiry"), "{list}");
    let home = visitor.get("/").expect(200);
    assert!(home.text.contains("Units of measure") && home.text.contains("No contacts yet"), "{home}");
    let chinese = Visitor::admin(tenant);
    assert!(chinese.get("/o/x_survey").expect(200).text.contains("还没有调查"));
}

fn a_missing_record_leads_to_its_list(tenant: &Tenant) {
    let (chinese, english) = (Visitor::admin(tenant), english(tenant));
    let missing = "/o/customer/01a20b56-17a5-71ef-bcd7-b48c399b2c99";
    let page = chinese.get(missing).expect(404);
    assert!(page.text.contains("找不到这条记录") && page.text.contains("回客户列表"), "{page}");
    let page = english.get(missing).expect(404);
    assert!(page.text.contains("This record is not there") && page.text.contains("Back to customers"), "{page}");
    for other in ["/o/nothing/01a20b56-17a5-71ef-bcd7-b48c399b2c99", "/o/customer/nothing", "/nothing"] {
        let page = english.get(other).expect(404);
        assert!(page.text.contains("This page is not there") && !page.text.contains("Back to customers"), "{other}: {page}");
    }
}

fn the_log_speaks_in_words(tenant: &Tenant) {
    let role = json!({"label": {"zh-CN": "东区", "en": "East side"}, "grants": {"customer": {"view": "own"}}});
    put(&tenant.admin, "x_east", role);
    let visitor = english(tenant);
    visitor.post("/admin/view-as", &[("role", "x_east")]).expect(303);
    visitor.post("/viewing/end", &[]).expect(303);
    let page = visitor.get("/admin/log").expect(200);
    for words in ["Began to view as somebody else", "view_as.begin", "Rights of a role changed", "East side", "Signed in"] {
        assert!(page.text.contains(words), "{words}: {page}");
    }
    assert!(Visitor::admin(tenant).get("/admin/log").expect(200).text.contains("开始以别人的身份查看"));
}

fn a_share_ends_with_its_last_day(tenant: &Tenant) {
    let customer = tenant.admin.create_id("customer", json!({"name": "Acme"}));
    let (visitor, user) = (english(tenant), tenant.user_id(&admin_email(&tenant.key)));
    let shares = format!("/o/customer/{customer}/shares");
    let with = format!("user:{user}");
    visitor.post(&shares, &[("with", with.as_str()), ("right", "read"), ("until", "2126-12-31")]).expect(303);
    let page = visitor.get(&shares).expect(200);
    assert!(page.text.contains("2126-12-31") && !page.text.contains("2127-01-01"), "{page}");
}

fn an_empty_group_takes_one_line(tenant: &Tenant) {
    let bare = tenant.admin.create_id("customer", json!({"name": "Acme"}));
    let classed = tenant.admin.create_id("customer", json!({"name": "Brick", "scale": "large"}));
    let visitor = english(tenant);
    let folded = |id: &str| {
        let page = visitor.get(&format!("/o/customer/{id}")).expect(200).text;
        let heads = page.split("<details class=\"card folded\">").skip(1);
        heads.filter_map(|part| Some(part.split_once("<h2>")?.1.split_once("</h2>")?.0.to_owned())).collect::<Vec<_>>()
    };
    assert!(folded(&bare).contains(&"Classification".to_owned()), "{:?}", folded(&bare));
    assert!(!folded(&classed).contains(&"Classification".to_owned()), "{:?}", folded(&classed));
    assert!(!folded(&bare).contains(&"Basic information".to_owned()), "what a record begins with is open");
}

fn a_calendar_is_dated_in_the_language_of_its_reader(tenant: &Tenant) {
    let (chinese, english) = (Visitor::admin(tenant), english(tenant));
    for (address, zh, en) in [
        ("/o/task?view=calendar&at=2026-12", "2026 年 12 月", "Dec 2026"),
        ("/o/task?view=calendar&at=2026-12-02&span=week", "2026 年 11 月 30 日至 12 月 6 日", "Nov 30 – Dec 6, 2026"),
    ] {
        let (zh_page, en_page) = (chinese.get(address).expect(200), english.get(address).expect(200));
        assert!(zh_page.text.contains(&format!("<h2>{zh}</h2>")), "{zh_page}");
        assert!(en_page.text.contains(&format!("<h2>{en}</h2>")), "{en_page}");
    }
}
