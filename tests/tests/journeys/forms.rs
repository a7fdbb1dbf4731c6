//! Writing in forms: every type, lines, fields that depend on others, questions, conflicts, and what can be done with a record.

use guanxi_tests::browser::Browser;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

use super::{save, signed_in};

/// Jobs with a field of every kind, lines, rules, a state and a number that many take from.
fn jobs(tenant: &Tenant) {
    let label = |zh: &str, en: &str| json!({"zh-CN": zh, "en": en});
    let option = |code: &str, zh: &str| json!({"code": code, "label": {"zh-CN": zh, "en": code}});
    let below = |code: &str, zh: &str, parent: &str| json!({"code": code, "label": {"zh-CN": zh, "en": code}, "parent": parent});
    tenant.admin.post("/api/v1/objects", &json!({"key": "x_job", "label": label("委托", "Job")})).expect(201);
    for field in [
        json!({"key": "x_state", "type": "select", "label": label("状态", "State"), "default": "draft",
            "options": [option("draft", "草稿"), option("sent", "已发出")]}),
        json!({"key": "x_no", "type": "sequence", "label": label("编号", "Number"), "format": "J{yyyy}-{0000}"}),
        json!({"key": "x_topics", "type": "multi_select", "label": label("主题", "Topics"), "options": [option("a", "安装"), option("b", "培训")]}),
        json!({"key": "x_origin", "type": "tree_select", "label": label("来源", "Origin"),
            "options": [option("p", "渠道"), below("r", "零售", "p")]}),
        json!({"key": "x_time", "type": "duration", "label": label("时长", "Time")}),
        json!({"key": "x_about", "type": "any_reference", "label": label("关联记录", "About")}),
        json!({"key": "x_customers", "type": "many_reference", "label": label("客户", "Customers"), "target": "customer"}),
        json!({"key": "x_files", "type": "file", "label": label("附件", "Files")}),
        json!({"key": "x_extra", "type": "json", "label": label("数据", "Data"), "group": label("技术", "Technical")}),
        json!({"key": "x_code", "type": "text", "label": label("代码", "Code"), "mask": "AA-0000", "unique": true}),
        json!({"key": "x_price", "type": "money", "label": label("单价", "Price")}),
        json!({"key": "x_count", "type": "integer", "label": label("数量", "Count")}),
        json!({"key": "x_total", "type": "formula", "label": label("合计", "Total"), "formula": "x_price * x_count"}),
        json!({"key": "x_urgent", "type": "bool", "label": label("加急", "Urgent")}),
        json!({"key": "x_reason", "type": "text", "label": label("原因", "Reason"), "show_if": "x_urgent == true",
            "require_if": "x_urgent == true"}),
    ] {
        tenant.add_field("x_job", field);
    }
    let child = json!({"key": "x_line", "label": label("明细", "Line"), "parent": "x_job", "children_field": "x_lines"});
    tenant.admin.post("/api/v1/objects", &child).expect(201);
    tenant.add_field("x_line", json!({"key": "x_item", "type": "text", "label": label("内容", "Item"), "required": true}));
    tenant.add_field("x_line", json!({"key": "x_qty", "type": "integer", "label": label("件数", "Quantity")}));
    let rules = json!({
        "validations": [{"key": "big", "condition": "x_count == null || x_count <= 100", "message": label("超过 100，确定吗？", "Sure?"),
            "field": "x_count", "severity": "confirm"}],
        "machine": {"field": "x_state", "transitions": [{"action": "send", "label": label("发出", "Send"), "from": ["draft"], "to": "sent",
            "guard": {"condition": "x_time != null", "message": label("先填时长", "Fill in the time first")}}]},
        "adjustments": [{"key": "take", "label": label("领用", "Take"), "fields": [{"field": "x_count", "subtract": true}],
            "guard": {"condition": "x_count >= 0", "message": label("数量不够", "Not enough")}}],
    });
    tenant.admin.put("/api/v1/objects/x_job/rules", &rules).expect(200);
}

fn value(browser: &Browser, selector: &str) -> Value {
    browser.run(&format!("document.querySelector({}).value", json!(selector)))
}

/// Chooses what the picker finds for some words.
fn find(browser: &Browser, field: &str, words: &str) {
    let input = format!("[data-field='{field}'] .ref input");
    browser.click(&input);
    browser.fill(&input, words);
    let found = format!(
        "[...document.querySelectorAll(\"[data-field='{field}'] .ref .opt\")].some((o) => o.textContent.includes({}))",
        json!(words)
    );
    browser.wait_until(&format!("{words} is found"), &found);
    browser.press(&input, "Enter");
    let taken = format!(
        "(() => {{ const field = document.querySelector(\"[data-field='{field}']\"); const input = field.querySelector('.ref input');
           const chosen = [...field.querySelectorAll('.picked li')].map((each) => each.textContent).concat(input.value);
           return field.querySelector('.ref .pop').hidden && chosen.some((each) => each.includes({})) }})()",
        json!(words)
    );
    browser.wait_until(&format!("{words} is chosen"), &taken);
}

#[test]
fn a_job_with_everything() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    jobs(&tenant);
    let customers = tenant.create_all("customer", vec![json!({"name": "江南速运"}), json!({"name": "北辰零售"})]);
    let other = tenant.admin.create_id("x_job", json!({"name": "旧委托", "x_code": "ZZ-0001"}));

    browser.step("open the form for a new job: the reason is not asked for, the number comes by itself");
    browser.goto("/o/x_job/new");
    browser.wait_for("form.edit");
    assert_eq!(browser.run("document.querySelector('#x_reason').checkVisibility()"), json!(false));
    assert!(browser.shows("[data-field='x_no']", "保存时自动编号"));
    browser.step("say that it is urgent: the reason appears at once");
    browser.choose("#x_urgent", "true");
    browser.wait_until("the reason is asked for", "document.querySelector('#x_reason').checkVisibility()");
    browser.step("type price and count: the total is worked out by the server");
    browser.fill("#x_price", "12.50");
    browser.fill("#x_count", "4");
    browser.wait_until("the total is there", "document.querySelector('#x_total').textContent.includes('50.00')");
    browser.step("fill in a field of every kind");
    browser.fill("#name", "门店改造");
    browser.click("[data-field='x_topics'] input[value='b']");
    find(&browser, "x_origin", "零售");
    browser.fill("#x_time", "90 min");
    browser.choose("[data-field='x_about'] select[name='x_about.object']", "customer");
    find(&browser, "x_about", "北辰");
    find(&browser, "x_customers", "江南");
    find(&browser, "x_customers", "北辰");
    browser.fill("#x_extra", "{\"floor\": 3");
    browser.fill("#x_code", "ZZ-0001");
    browser.step("add two lines by the keyboard, the second without what it needs");
    browser.fill("#x_lines tbody tr:nth-child(1) [name$='.x_item']", "安装");
    browser.fill("#x_lines tbody tr:nth-child(1) [name$='.x_qty']", "2");
    browser.press("#x_lines tbody tr:nth-child(1) [name$='.x_qty']", "Enter");
    browser.wait_for("#x_lines tbody tr:nth-child(2)");
    browser.fill("#x_lines tbody tr:nth-child(2) [name$='.x_qty']", "many");
    browser.step("save: everything that is wrong is told at once, each at its field");
    save(&browser);
    for field in ["x_reason", "x_extra", "x_code", "x_lines.1.x_item", "x_lines.1.x_qty"] {
        browser.wait_for(&format!("[id='{field}-problems']"));
    }
    let link = browser.run("document.querySelector(\"[id='x_code-problems'] a\").getAttribute('href')");
    assert_eq!(link, json!(format!("/o/x_job/{other}")), "the other record is one click away");
    browser.screenshot("form-everything-refused");
    assert_eq!(tenant.count("x_job", ""), 1);
    browser.step("go to a field from the summary");
    browser.click("a[href='#x_lines.1.x_qty']");
    assert_eq!(browser.run("document.activeElement.id"), json!("x_lines.1.x_qty"));
    browser.step("repair it all, but with a count that is asked about");
    browser.fill("#x_reason", "年底验收");
    browser.fill("#x_extra", "{\"floor\": 3}");
    browser.fill("#x_code", "ab-1234");
    browser.fill("[id='x_lines.1.x_item']", "培训");
    browser.fill("[id='x_lines.1.x_qty']", "3");
    browser.fill("#x_count", "400");
    save(&browser);
    browser.wait_for_text("form.edit .note.warn", "超过 100");
    browser.screenshot("form-everything-asked");
    browser.step("agree");
    save(&browser);
    browser.wait_for_text("main .card", "门店改造");
    browser.check();
    browser.screenshot("record-everything");
    let made = tenant.admin.list("x_job", &[("filter", "name == \"门店改造\"")]);
    let id = made[0]["id"].as_str().unwrap_or_default().to_owned();
    let stored = tenant.admin.record("x_job", &id);
    assert_eq!(stored["x_topics"], json!(["b"]), "{stored}");
    assert_eq!((&stored["x_origin"], &stored["x_time"]), (&json!(["p", "r"]), &json!(5400)), "{stored}");
    assert_eq!(stored["x_customers"], json!(customers), "{stored}");
    assert_eq!(stored["x_about"], json!({"object": "customer", "id": customers[1]}), "{stored}");
    assert_eq!((&stored["x_total"], &stored["x_extra"]), (&json!("5000.00"), &json!({"floor": 3})), "{stored}");
    let lines: Vec<(Value, Value)> =
        stored["x_lines"].as_array().into_iter().flatten().map(|line| (line["x_item"].clone(), line["x_qty"].clone())).collect();
    assert_eq!(lines, [(json!("安装"), json!(2)), (json!("培训"), json!(3))], "{stored}");

    browser.step("take more than there is, then less");
    browser.click_text("main button", "领用");
    browser.fill("#adjust-take-amount", "500");
    browser.follow("#adjust-take button.primary");
    browser.wait_for_text("main .note", "数量不够");
    browser.click_text("main button", "领用");
    browser.fill("#adjust-take-amount", "380");
    browser.follow("#adjust-take button.primary");
    assert_eq!(tenant.admin.record("x_job", &id)["x_count"], 20);

    browser.step("edit it while somebody else does, and see both sides");
    browser.goto(&format!("/o/x_job/{id}/edit"));
    browser.wait_for("form.edit");
    browser.fill("#x_time", "2:00");
    tenant.admin.change("x_job", &id, json!({"x_time": 600}));
    save(&browser);
    browser.wait_for_text("[id='x_time-problems']", "10 分");
    assert_eq!(value(&browser, "#x_time"), json!("2:00"), "what was typed stays");
    browser.screenshot("form-conflict");
    browser.step("take theirs with one click, and move the last line up");
    browser.click("[id='x_time-problems'] [data-offer]");
    assert_eq!(value(&browser, "#x_time"), json!("10 分"));
    browser.click("#x_lines tbody tr:nth-child(2) [data-up]");
    save(&browser);
    browser.wait_for_text("main .card", "门店改造");
    let stored = tenant.admin.record("x_job", &id);
    assert_eq!((&stored["x_time"], &stored["x_lines"][0]["x_item"]), (&json!(600), &json!("培训")), "{stored}");
    browser.step("send it");
    browser.follow_text("main form button", "发出");
    assert_eq!(tenant.admin.record("x_job", &id)["x_state"], "sent");
    browser.finish();
}

#[test]
fn a_job_without_scripts() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    jobs(&tenant);
    let id = tenant.admin.create_id("x_job", json!({"name": "旧委托", "x_lines": [{"x_item": "一", "x_qty": 1}, {"x_item": "二"}]}));
    browser.scripts(false);
    browser.step("add a line, remove one, tick a topic, without scripts");
    browser.goto(&format!("/o/x_job/{id}/edit"));
    browser.wait_for("[id='x_lines.2.x_item']");
    browser.fill("[id='x_lines.2.x_item']", "三");
    browser.click("[name='x_lines.0.remove']");
    browser.click("[data-field='x_topics'] input[value='a']");
    save(&browser);
    browser.wait_for_text("main .card", "旧委托");
    let stored = tenant.admin.record("x_job", &id);
    let items: Vec<&Value> = stored["x_lines"].as_array().into_iter().flatten().map(|line| &line["x_item"]).collect();
    assert_eq!((items, &stored["x_topics"]), (vec![&json!("二"), &json!("三")], &json!(["a"])), "{stored}");
    browser.step("a state that may not follow is refused beside its button");
    browser.follow_text("main form button", "发出");
    browser.wait_for_text("main .note", "先填时长");
    assert_eq!(tenant.admin.record("x_job", &id)["x_state"], "draft");
    browser.screenshot("transition-refused");
    browser.scripts(true);
    browser.finish();
}
