//! What must not be possible: shaping a tenant so that nobody can enter or save any more, and other ways to lose what one has.

use guanxi_tests::both;
use guanxi_tests::story::{PASSWORD, Tenant};
use serde_json::json;

both!(
    fields_that_others_count_on,
    a_department_in_use_stays,
    a_typing_error_in_a_date_spoils_no_forecast,
    a_taken_value_is_told_with_the_rest,
    an_import_never_eats_its_own_file,
    lines_of_refused_rows,
    guesses_at_the_same_time_are_counted,
);

fn fields_that_others_count_on(tenant: &Tenant) {
    tenant.enable("sales");
    for (object, field) in [
        ("department", "parent"),
        ("department", "manager"),
        ("user", "email"),
        ("user", "active"),
        ("sl_stage", "rate"),
        ("opportunity", "amount"),
        ("opportunity", "status"),
    ] {
        let path = format!("/api/v1/objects/{object}/fields/{field}");
        tenant.admin.delete(&path).refused(422, "rule.failed");
        tenant.admin.patch(&path, None, &json!({"hidden": true})).refused(422, "rule.failed");
    }
    tenant.admin.patch("/api/v1/objects/user/fields/email", None, &json!({"unique": false})).refused(422, "rule.failed");
    tenant.admin.patch("/api/v1/objects/opportunity/fields/name", None, &json!({"required": false})).refused(422, "rule.failed");
    tenant.admin.get("/api/v1/me").expect(200);
    tenant.admin.create("opportunity", json!({"name": "A", "stage": "demo"}));
    // What nobody counts on may still be hidden, and come back.
    tenant.admin.delete("/api/v1/objects/customer/fields/region").expect(204);
    tenant.admin.patch("/api/v1/objects/customer/fields/region", None, &json!({"hidden": false})).expect(200);
}

fn a_department_in_use_stays(tenant: &Tenant) {
    let above = tenant.admin.create_id("department", json!({"name": "Above"}));
    let below = tenant.admin.create_id("department", json!({"name": "Below", "parent": above}));
    tenant.admin.delete(&format!("/api/v1/records/department/{above}")).refused(422, "rule.failed");
    tenant.admin.patch(&format!("/api/v1/records/department/{above}"), None, &json!({"parent": below})).refused(422, "rule.failed");
    tenant.admin.delete(&format!("/api/v1/records/department/{below}")).expect(204);
    tenant.admin.delete(&format!("/api/v1/records/department/{above}")).expect(204);
}

fn a_typing_error_in_a_date_spoils_no_forecast(tenant: &Tenant) {
    tenant.enable("sales");
    for (name, day) in [("typo", "0026-05-01"), ("a", "2026-05-01"), ("b", "2026-05-31"), ("c", "2026-07-01")] {
        tenant.admin.create("opportunity", json!({"name": name, "amount": "5", "expected_on": day}));
    }
    for grain in ["day", "month"] {
        let groups = tenant.admin.groups(json!({
            "object": "opportunity", "group_by": [{"field": "expected_on", "grain": grain}], "measures": [{"fn": "count"}]
        }));
        let wanted = match grain {
            "month" => json!([[["0026-05-01"], [1]], [["2026-05-01"], [2]], [["2026-07-01"], [1]]]),
            _ => json!([[["0026-05-01"], [1]], [["2026-05-01"], [1]], [["2026-05-31"], [1]], [["2026-07-01"], [1]]]),
        };
        assert_eq!(json!(groups), wanted);
    }
}

fn a_taken_value_is_told_with_the_rest(tenant: &Tenant) {
    tenant.admin.create("customer", json!({"name": "A", "code": "K1"}));
    let answer = tenant.admin.post("/api/v1/records/customer", &json!({"code": "k1", "kind": "zz"})).expect(422);
    answer.problem("field.not_unique", "code");
    answer.problem("field.required", "name");
    answer.problem("field.option", "kind");
}

fn an_import_never_eats_its_own_file(tenant: &Tenant) {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("self.csv");
    let rows = "name,kind\nA,organization\nB,nothing\n";
    std::fs::write(&file, rows).expect("written");
    let name = file.to_str().expect("a path is text");
    tenant.cli(&["import", "--tenant", &tenant.key, "--object", "customer", name, "--result", name]).expect(1);
    assert_eq!(std::fs::read_to_string(&file).expect("there"), rows);
    assert_eq!(tenant.count("customer", ""), 0);
}

fn lines_of_refused_rows(tenant: &Tenant) {
    for (name, end) in [("unix.csv", "\n"), ("windows.csv", "\r\n")] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (file, result) = (folder.path().join(name), folder.path().join("refused.csv"));
        std::fs::write(&file, ["name,kind", "A,zz", "B,organization", "C,zz", ""].join(end)).expect("written");
        let (file, result) = (file.to_str().expect("text"), result.to_str().expect("text"));
        tenant.cli(&["import", "--tenant", &tenant.key, "--object", "customer", file, "--result", result]).expect(0);
        let refused = std::fs::read_to_string(result).expect("there");
        let lines: Vec<&str> = refused.lines().skip(1).filter_map(|row| row.split(',').nth(2)).collect();
        assert_eq!(lines, ["2", "4"], "{name}: {refused}");
    }
}

fn guesses_at_the_same_time_are_counted(tenant: &Tenant) {
    let email = guanxi_tests::story::admin_email(&tenant.key);
    let attempt = |password: &str| {
        let form = format!("tenant={}&email={email}&password={}", tenant.key, password.replace(' ', "+"));
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        tenant.server.anonymous().send(reqwest::Method::POST, "/login", &headers, Some(form.into_bytes())).status
    };
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..20).map(|_| scope.spawn(|| attempt("wrong"))).collect();
        guesses.into_iter().map(|guess| guess.join().expect("an answer")).collect()
    });
    let looked_at = statuses.iter().filter(|status| **status != 429).count();
    assert!(looked_at <= 6, "at most the free attempts were looked at: {statuses:?}");
    assert_eq!(attempt(PASSWORD), 429, "now the right one has to wait, too");
}
