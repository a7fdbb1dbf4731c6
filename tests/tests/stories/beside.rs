//! The command line beside a running server, and a server that is killed.

use guanxi_tests::both;
use guanxi_tests::both_alone;
use guanxi_tests::server::{Db, Options, Server, guanxi_in};
use guanxi_tests::story::Tenant;
use serde_json::json;

both!(people_made_beside_the_server, refusals_and_exit_codes);
both_alone!(killed_and_started_again, the_clock_of_dev);

fn people_made_beside_the_server(tenant: &Tenant) {
    tenant.admin.create("department", json!({"name": "Team 1"}));
    let args = [
        "user",
        "create",
        "--tenant",
        &tenant.key,
        "--email",
        "wang.lei@a.example",
        "--name",
        "王磊",
        "--department",
        "Team 1",
        "--role",
        "salesperson",
        "--role",
        "manager",
        "--password-stdin",
    ];
    tenant.server.cli_with_input(&args, "correct horse battery\n").expect(0);
    let seen = tenant.admin.list("user", &[("filter", "name == \"王磊\""), ("fields", "email,department.name")]);
    assert_eq!((&seen[0]["email"], &seen[0]["department.name"]), (&json!("wang.lei@a.example"), &json!("Team 1")), "{seen:?}");
    let api = tenant.server.api(&tenant.key, "wang.lei@a.example");
    let me = api.get("/api/v1/me").expect(200);
    assert_eq!(me.json["roles"], json!(["manager", "salesperson"]), "{me}");
    let ran = tenant.server.cli_with_input(&args, "again\n").expect(1);
    assert!(ran.stderr.contains("wang.lei@a.example"), "the message names the value: {ran}");
}

fn refusals_and_exit_codes(tenant: &Tenant) {
    let key = tenant.key.as_str();
    for (args, code) in [
        (vec!["tenant", "create", key, "--name", "A", "--admin", "a@a.example"], 1), // taken
        (vec!["tenant", "create", "Bad_Key", "--name", "A", "--admin", "a@a.example"], 1),
        (vec!["tenant", "create", "x", "--name", "A", "--admin", "a@a.example"], 1), // too short
        (vec!["tenant", "create", "good", "--name", "A", "--admin", "no address"], 1),
        (vec!["token", "create", "--tenant", "nobody", "--user", "a@a.example", "--name", "t"], 1),
        (vec!["token", "create", "--tenant", key, "--user", "nobody@a.example", "--name", "t"], 1),
        (vec!["user", "create", "--tenant", key, "--email", "b@a.example", "--name", "B", "--role", "emperor"], 1),
        (vec!["user", "create", "--tenant", key, "--email", "b@a.example", "--name", "B", "--department", "Nowhere"], 1),
        (vec!["plugin", "enable", "--tenant", key, "nothing"], 1),
        (vec!["import", "--tenant", key, "--object", "customer", "/nonexistent.csv"], 1),
        (vec!["token", "create"], 2),
        (vec!["nonsense"], 2),
    ] {
        let ran = tenant.server.cli(&args).expect(code);
        assert!(!ran.stderr.trim().is_empty() && ran.stdout.trim().is_empty(), "the message is on stderr: {ran}");
        assert!(!ran.stderr.contains("panicked"), "{ran}");
    }
    assert_eq!(tenant.count("user", ""), 1, "nothing was half done");
    assert!(tenant.server.cli(&["--help"]).expect(0).stdout.contains("import"));
    // A place without anything in it.
    let empty = tempfile::tempdir().expect("a folder");
    let place = empty.path().to_str().expect("a path");
    guanxi_in(empty.path(), &["token", "create", "--tenant", "demo", "--user", "a@a.example", "--name", "t", "--data", place]).expect(1);
}

fn killed_and_started_again(db: Db) {
    let Some(server) = Server::start(db, &Options::default()) else { return };
    server.cli(&["tenant", "create", "acme", "--name", "Acme", "--admin", "a@acme.example"]).expect(0);
    server.cli(&["plugin", "enable", "--tenant", "acme", "sales"]).expect(0);
    let token = server.token("acme", "a@acme.example");
    let api = server.anonymous().with_token(&token);
    let customer = api.create("customer", json!({"name": "华为"}));
    let opportunity = api.create("opportunity", json!({"name": "A", "stage": "demo", "customer": customer["id"]}));
    let server = server.restart(&Options::default());
    let api = server.anonymous().with_token(&token);
    assert_eq!(api.record("customer", customer["id"].as_str().expect("an id")), customer);
    assert_eq!(api.record("opportunity", opportunity["id"].as_str().expect("an id")), opportunity);
    api.change("opportunity", opportunity["id"].as_str().expect("an id"), json!({"stage": "signed"}));
}

fn the_clock_of_dev(db: Db) {
    let Some(server) = Server::start(db, &Options { now: Some("2026-03-31T02:00:00Z"), empty: false, ..Options::default() }) else {
        return;
    };
    let api = server.api("demo", "admin@demo.example");
    assert!(!api.list("customer", &[]).is_empty() && !api.list("opportunity", &[]).is_empty(), "dev brings sample rows");
    let first = api.create("opportunity", json!({"name": "A", "status": "won"}));
    assert_eq!(first["closed_on"], "2026-03-31");
    api.post("/api/v1/dev/clock", &json!({"now": "2026-06-01T17:00:00Z"})).expect(200);
    let second = api.create("opportunity", json!({"name": "B", "status": "won"}));
    assert_eq!(second["closed_on"], "2026-06-02", "the day is the one of the tenant's zone");
    assert!(second["created_at"].as_str().is_some_and(|at| at.starts_with("2026-06-01T17:0")), "{second}");
    server.anonymous().post("/api/v1/dev/clock", &json!({"now": "2026-06-01T17:00:00Z"})).refused(401, "auth.required");
}
