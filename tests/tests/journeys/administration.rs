//! An administrator shapes an object: lines, a field of each kind, rules; and meets all of it in the form of a record.

use guanxi_tests::browser::Browser;
use serde_json::json;

use super::{save, signed_in};

/// Adds a field through its form; `parts` are ids of controls with what is put into them.
fn add(browser: &Browser, object: &str, key: &str, kind: &str, zh: &str, parts: &[(&str, &str)]) {
    browser.goto(&format!("/admin/objects/{object}/fields/new"));
    browser.choose("#field_type", kind);
    browser.fill("#key", key);
    browser.fill("#label_zh", zh);
    for (id, text) in parts {
        browser.choose(&format!("#{id}"), text);
    }
    save(browser);
    assert_eq!(browser.path(), format!("/admin/objects/{object}"), "{key} is declared");
    assert!(browser.shows("main", key), "{key} is in the list");
}

/// Saves a rule through its form, with boxes ticked.
fn rule(browser: &Browser, address: &str, parts: &[(&str, &str)], boxes: &[(&str, &str)]) {
    browser.goto(address);
    browser.wait_for("form.edit");
    for (id, text) in parts {
        browser.choose(&format!("#{id}"), text);
    }
    for (name, value) in boxes {
        browser.click(&format!("input[type='checkbox'][name='{name}'][value='{value}']"));
    }
    save(browser);
}

#[test]
fn declaring_an_object_with_lines_fields_and_rules() {
    let Some((tenant, mut browser)) = signed_in() else { return };
    browser.step("make an object, and lines of it");
    browser.goto("/admin/objects/new");
    browser.fill("#label_zh", "委托");
    browser.fill("#key", "x_job");
    save(&browser);
    browser.goto("/admin/objects/new?parent=x_job");
    browser.fill("#label_zh", "明细");
    browser.fill("#key", "x_line");
    browser.fill("#children_field", "x_lines");
    save(&browser);
    browser.wait_for_text("main", "委托");

    browser.step("give the lines a formula");
    add(&browser, "x_line", "x_price", "decimal", "单价", &[("field_scale", "2")]);
    add(&browser, "x_line", "x_count", "integer", "数量", &[("default", "1")]);
    add(&browser, "x_line", "x_amount", "formula", "金额", &[("formula", "x_price * x_count")]);

    browser.step("give the object a field of each kind");
    let lists = "a = 急 | Urgent\nb = 复查 | Again";
    for (key, kind, zh, parts) in [
        ("x_tags", "multi_select", "标签", &[("field_options", lists), ("group_zh", "分类")][..]),
        ("x_place", "tree_select", "地区", &[("field_options", "east = 华东 | East\neast / sh = 上海 | Shanghai")]),
        ("x_hours", "duration", "工时", &[]),
        ("x_about", "any_reference", "关于", &[]),
        ("x_helpers", "many_reference", "协助人", &[("field_target", "user")]),
        ("x_photos", "file", "照片", &[]),
        ("x_extra", "json", "附加", &[]),
        ("x_no", "sequence", "单号", &[("format", "J{yyyy}-{0000}")]),
        ("x_plate", "text", "牌号", &[("mask", "AA-0000"), ("field_max", "20")]),
        (
            "x_state",
            "select",
            "状态",
            &[("field_options", "open = 待办 | Open\ndone = 完成 | Done\ngone = 取消 | Gone"), ("default", "open")],
        ),
        ("x_stock", "integer", "备件", &[("default", "5")]),
        ("x_reason", "long_text", "取消原因", &[("show_if", "x_state == \"gone\""), ("require_if", "x_state == \"gone\"")]),
        ("x_total", "roll_up", "合计", &[("roll_source", "x_line.parent"), ("roll_function", "sum"), ("roll_field", "x_line.x_amount")]),
    ] {
        add(&browser, "x_job", key, kind, zh, parts);
    }
    browser.screenshot("object");

    browser.step("write a formula that cannot be read");
    browser.goto("/admin/objects/x_job/fields/new");
    browser.choose("#field_type", "formula");
    browser.fill("#key", "x_left");
    browser.fill("#label_zh", "余量");
    browser.choose("#formula", "x_stock - x_nothing");
    save(&browser);
    browser.wait_for_text("#formula-problems", "x_nothing");
    assert!(browser.shows("#formula-problems", "11"), "the place of the mistake is told");
    browser.screenshot("formula-refused");
    browser.choose("#formula", "x_stock - 1");
    save(&browser);
    browser.wait_for_text("main", "余量");

    browser.step("declare rules of every kind");
    let rules = "/admin/objects/x_job/rules";
    let check = [("rule_key", "stock"), ("rule_condition", "x_stock <="), ("rule_message_zh", "备件最多 9 个"), ("rule_field", "x_stock")];
    rule(&browser, &format!("{rules}/validations/new"), &check, &[]);
    browser.wait_for("#rule_condition-problems");
    browser.choose("#rule_condition", "x_stock <= 9");
    save(&browser);
    browser.wait_for_text("main", "x_stock <= 9");
    let finish = [("rule_action", "finish"), ("rule_to", "done"), ("label_zh", "完成它")];
    rule(&browser, &format!("{rules}/transitions/new?field=x_state"), &finish, &[("rule_from", "open")]);
    let drop = [("rule_action", "drop"), ("rule_to", "gone"), ("label_zh", "取消它")];
    rule(&browser, &format!("{rules}/transitions/new"), &drop, &[("rule_from", "open")]);
    let bound = [("rule_key", "most"), ("rule_at_most", "many"), ("rule_message_zh", "太多")];
    rule(&browser, &format!("{rules}/limits/new"), &bound, &[("rule_fields", "x_state")]);
    browser.wait_for("#rule_at_most-problems");
    browser.choose("#rule_at_most", "50");
    save(&browser);
    let take = [("rule_key", "take"), ("label_zh", "领用"), ("guard_condition", "x_stock >= 0"), ("guard_message_zh", "不够")];
    rule(&browser, &format!("{rules}/adjustments/new"), &take, &[("rule_takes", "x_stock")]);
    rule(&browser, &format!("{rules}/uniques/new"), &[], &[("rule_fields", "x_plate")]);
    browser.wait_for("svg.machine");
    assert_eq!(browser.count("svg.machine rect"), 3, "the states are drawn");
    browser.screenshot("rules");
    let declared = tenant.admin.get("/api/v1/objects/x_job/rules").expect(200).json;
    assert_eq!(declared["machine"]["transitions"].as_array().map(Vec::len), Some(2), "{declared}");
    assert_eq!((&declared["limits"][0]["at_most"], &declared["uniques"][0]["fields"]), (&json!("50"), &json!(["x_plate"])), "{declared}");

    browser.step("take a rule away again");
    browser.goto(&format!("{rules}/uniques/0"));
    browser.click("main header button.danger");
    browser.follow("#remove-rule form button.danger");
    browser.wait_for("svg.machine");
    assert_eq!(tenant.admin.get("/api/v1/objects/x_job/rules").expect(200).json["uniques"], json!([]));

    browser.step("meet all of it in the form of a record");
    browser.goto("/o/x_job/new");
    browser.fill("#name", "第一单");
    browser.fill("#x_stock", "12");
    browser.fill("#x_extra", "\"12\"");
    save(&browser);
    browser.wait_for_text("#x_stock-problems", "备件最多 9 个");
    browser.screenshot("record-refused");
    browser.fill("#x_stock", "8");
    save(&browser);
    browser.wait_for_text("main", "第一单");
    let made = &tenant.admin.list("x_job", &[])[0];
    assert_eq!((&made["x_left"], &made["x_state"]), (&json!(7), &json!("open")), "{made}");
    assert!(made["x_no"].as_str().is_some_and(|number| number.starts_with('J') && number.ends_with("-0001")), "{made}");
    browser.follow_text(".moves form button", "完成它");
    assert_eq!(tenant.admin.list("x_job", &[])[0]["x_state"], "done");

    browser.step("see what uses a field before removing it");
    browser.goto("/admin/objects/x_job/fields/x_stock/remove");
    browser.wait_for_text("main", "余量");
    assert_eq!(browser.count("main button.danger:not([disabled])"), 0, "what is used cannot be removed");
    browser.screenshot("uses");
    browser.goto("/admin/objects/x_job/fields/x_hours/remove");
    browser.follow("main button.danger");
    browser.wait_for_text("main", "x_hours");
    browser.follow("main form.inline button");
    assert_eq!(browser.path(), "/admin/objects/x_job", "it came back");

    browser.step("give a field another type, after a preview");
    browser.goto("/admin/objects/x_job/fields/x_extra/type");
    browser.choose("#field_type", "integer");
    save(&browser);
    browser.wait_for("input[name='step'][value='change']");
    browser.screenshot("type-preview");
    browser.follow("main form.row button.primary");
    assert_eq!(tenant.admin.list("x_job", &[])[0]["x_extra"], json!(12));
    browser.step("look at the rules on a telephone");
    browser.resize(375, 800);
    browser.goto(rules);
    browser.wait_for("svg.machine");
    assert_eq!(
        browser.run("document.documentElement.scrollWidth <= window.innerWidth + 1"),
        json!(true),
        "the page does not scroll sideways"
    );
    browser.screenshot("rules-narrow");
    browser.finish();
}
