//! Guests that loop, swell, flood, trap or lie: they refuse that save, and nothing else happens.

use guanxi_tests::both;
use guanxi_tests::guests;
use guanxi_tests::story::Tenant;
use serde_json::json;
use std::time::{Duration, Instant};

both!(a_misbehaving_hook_refuses_that_save, others_do_not_notice);

const CUSTOMERS: &str = "/api/v1/records/customer";

fn enable(tenant: &Tenant) {
    let package = guests::package("hostile");
    tenant.server.cli(&["plugin", "install", package.to_str().expect("a path is text")]).expect(0);
    tenant.enable("hostile");
}

fn a_misbehaving_hook_refuses_that_save(tenant: &Tenant) {
    enable(tenant);
    tenant.admin.create("customer", json!({"name": "before"}));
    let before = tenant.server.resident_kib();
    for deed in [
        "loop",
        "memory",
        "output",
        "many",
        "panic",
        "recursion",
        "exit",
        "questions",
        "arguments",
        "no-verdict",
        "foreign-code",
        "foreign-field",
        "bad-value",
        "error",
    ] {
        let started = Instant::now();
        let one = tenant.admin.post(CUSTOMERS, &json!({"name": format!("hostile:{deed}")}));
        let refused = one.refused(422, "plugin.failed");
        assert!(refused.text.contains("hostile"), "it names the plugin: {refused}");
        assert!(started.elapsed() < Duration::from_secs(10), "{deed} took {:?}", started.elapsed());
        assert_eq!(tenant.count("customer", ""), 1, "{deed} wrote nothing");
    }
    // The guest acts on the first of a batch; the innocent second goes down with it.
    let batch = json!([{"name": "hostile:panic"}, {"name": "innocent"}]);
    tenant.admin.post(CUSTOMERS, &batch).refused(422, "plugin.failed");
    assert_eq!(tenant.count("customer", ""), 1);
    // A flood of log lines is cut off, and is no reason to refuse.
    let flood = tenant.admin.post(CUSTOMERS, &json!({"name": "hostile:log"}));
    assert!([201, 422].contains(&flood.status), "{flood}");
    assert!(tenant.server.log().len() < 20 << 20, "the log stays readable");

    let grown = tenant.server.resident_kib().saturating_sub(before);
    assert!(grown < 400 * 1024, "the server kept {grown} KiB");
    tenant.admin.get("/readyz").expect(200);
    let id = tenant.admin.create_id("customer", json!({"name": "after"}));
    tenant.admin.patch(&format!("{CUSTOMERS}/{id}"), None, &json!({"name": "hostile:panic"})).refused(422, "plugin.failed");
    assert_eq!(tenant.admin.record("customer", &id)["name"], "after");
    tenant.disable("hostile");
    tenant.admin.create("customer", json!({"name": "hostile:loop"})); // only a name now
}

/// While one tenant's hooks loop, another tenant saves at its own pace.
fn others_do_not_notice(here: &Tenant) {
    enable(here);
    let there = Tenant::create(here.server, &format!("{}b", here.key));
    there.enable("sales");
    std::thread::scope(|scope| {
        let floods: Vec<_> = (0..4)
            .map(|_| {
                scope.spawn(|| {
                    for _ in 0..3 {
                        let answer = here.admin.post(CUSTOMERS, &json!({"name": "hostile:loop"}));
                        assert!([422, 429, 503].contains(&answer.status), "{answer}");
                    }
                })
            })
            .collect();
        for number in 0..20 {
            let started = Instant::now();
            there.admin.create("opportunity", json!({"name": format!("O{number}"), "stage": "demo"}));
            assert!(started.elapsed() < Duration::from_secs(5), "a save of a stranger took {:?}", started.elapsed());
        }
        for flood in floods {
            flood.join().expect("each gets its refusal");
        }
    });
    assert_eq!(there.count("opportunity", "success_rate == 60"), 20);
    assert_eq!(here.count("customer", ""), 0);
    here.admin.create("customer", json!({"name": "still here"}));
}
