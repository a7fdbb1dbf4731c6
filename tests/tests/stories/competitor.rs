//! The plugin `competitor`: its veto inside the save, its one primary, and life without it.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(a_loss_needs_a_reason, a_batch_with_a_silent_loss, one_primary, twenty_at_once, it_needs_sales, disabled_and_back);

fn enable(tenant: &Tenant) {
    tenant.enable("sales");
    tenant.enable("competitor");
}

fn a_loss_needs_a_reason(tenant: &Tenant) {
    enable(tenant);
    let before = tenant.admin.create("opportunity", json!({"name": "A", "stage": "demo", "amount": "10"}));
    let id = before["id"].as_str().expect("an id");
    let path = format!("/api/v1/records/opportunity/{id}");
    for lost in [json!({"status": "lost"}), json!({"status": "lost", "loss_reason": null, "name": "B", "amount": "20"})] {
        let refused = tenant.admin.patch(&path, None, &lost).refused(422, "cp.loss.no_reason");
        let problem = refused.problem("cp.loss.no_reason", "loss_reason");
        assert_eq!(problem["severity"], "error");
        assert_eq!(tenant.admin.record("opportunity", id), before, "nothing was written");
    }
    let history = tenant.admin.get(&format!("{path}/history")).expect(200);
    assert!(history.json["changes"].as_array().into_iter().flatten().all(|change| change["version"] == 1), "{history}");
    tenant.admin.post("/api/v1/records/opportunity", &json!({"name": "C", "status": "lost"})).refused(422, "cp.loss.no_reason");
    assert_eq!(tenant.count("opportunity", ""), 1);

    // Its refusal does not hide the host's problems, nor they its refusal.
    let both = tenant.admin.post("/api/v1/records/opportunity", &json!({"status": "lost"})).expect(422);
    both.problem("cp.loss.no_reason", "loss_reason");
    both.problem("field.required", "name");

    let closed = tenant.admin.change("opportunity", id, json!({"status": "lost", "loss_reason": "price"}));
    assert_eq!((&closed["status"], &closed["success_rate"], &closed["version"]), (&json!("lost"), &json!("0.00"), &json!(2)), "{closed}");
    tenant.admin.patch(&path, None, &json!({"loss_reason": null})).refused(422, "cp.loss.no_reason");
    tenant.admin.change("opportunity", id, json!({"status": "open", "loss_reason": null}));
}

fn a_batch_with_a_silent_loss(tenant: &Tenant) {
    enable(tenant);
    let mixed = json!([{"name": "A"}, {"name": "B", "status": "lost"}, {"name": "C", "status": "lost", "loss_reason": "other"}]);
    tenant.admin.post("/api/v1/records/opportunity", &mixed).refused(422, "cp.loss.no_reason");
    assert_eq!(tenant.count("opportunity", ""), 0);
    let answer = tenant.admin.post("/api/v1/records/opportunity?partial=true", &mixed).expect(200);
    let statuses: Vec<&Value> = answer.json["results"].as_array().into_iter().flatten().map(|result| &result["status"]).collect();
    assert_eq!(statuses, [201, 422, 201], "{answer}");
    assert_eq!(answer.json["results"][1]["problems"][0]["code"], "cp.loss.no_reason", "{answer}");
    assert_eq!(tenant.admin.column("opportunity", "name", &[("sort", "name")]), ["A", "C"]);
}

fn rivals(tenant: &Tenant, number: usize) -> Vec<String> {
    tenant.create_all("cp_competitor", (0..number).map(|at| json!({"name": format!("Rival {at}")})).collect())
}

fn one_primary(tenant: &Tenant) {
    enable(tenant);
    let opportunity = tenant.admin.create_id("opportunity", json!({"name": "A"}));
    let other = tenant.admin.create_id("opportunity", json!({"name": "B"}));
    let [x, y, z] = <[String; 3]>::try_from(rivals(tenant, 3)).expect("three");
    let entry =
        |opportunity: &str, competitor: &str, role: &str| json!({"opportunity": opportunity, "competitor": competitor, "role": role});
    let path = "/api/v1/records/cp_opp";
    let first = tenant.admin.create_id("cp_opp", entry(&opportunity, &x, "primary"));
    tenant.admin.post(path, &entry(&opportunity, &y, "primary")).refused(409, "cp.opp.two_primary");
    let second = tenant.admin.create_id("cp_opp", entry(&opportunity, &y, "secondary"));
    tenant.admin.create("cp_opp", entry(&opportunity, &z, "secondary"));
    tenant.admin.create("cp_opp", entry(&other, &x, "primary")); // another opportunity has its own
    tenant.admin.patch(&format!("{path}/{second}"), None, &json!({"role": "primary"})).refused(409, "cp.opp.two_primary");
    tenant.admin.change("cp_opp", &first, json!({"role": "secondary"}));
    tenant.admin.change("cp_opp", &second, json!({"role": "primary"}));
    tenant.admin.delete(&format!("{path}/{second}")).expect(204);
    tenant.admin.change("cp_opp", &first, json!({"role": "primary"}));
    let two = json!([entry(&other, &y, "primary"), entry(&other, &z, "secondary")]);
    tenant.admin.post(path, &two).refused(409, "cp.opp.two_primary");
    assert_eq!(tenant.count("cp_opp", "role == \"primary\""), 2);
}

/// CP-3.
fn twenty_at_once(tenant: &Tenant) {
    enable(tenant);
    let opportunity = tenant.admin.create_id("opportunity", json!({"name": "A"}));
    let rivals = rivals(tenant, 20);
    let answers: Vec<_> = std::thread::scope(|scope| {
        let writers: Vec<_> = rivals
            .iter()
            .map(|rival| {
                let body = json!({"opportunity": opportunity, "competitor": rival, "role": "primary"});
                scope.spawn(move || tenant.admin.post("/api/v1/records/cp_opp", &body))
            })
            .collect();
        writers.into_iter().map(|writer| writer.join().expect("a writer gets an answer")).collect()
    });
    let (won, lost): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| answer.status == 201);
    assert_eq!(won.len(), 1, "exactly one succeeds");
    for answer in lost {
        answer.refused(409, "cp.opp.two_primary");
    }
    assert_eq!(tenant.count("cp_opp", ""), 1);
}

fn it_needs_sales(tenant: &Tenant) {
    let refused = tenant.cli(&["plugin", "enable", "--tenant", &tenant.key, "competitor"]).expect(1);
    assert!(refused.stderr.contains("opportunity") || refused.stderr.contains("sales"), "it says what is missing: {refused}");
    tenant.admin.get("/api/v1/objects/cp_competitor").refused(404, "not_found");
}

fn disabled_and_back(tenant: &Tenant) {
    enable(tenant);
    let rival = rivals(tenant, 1).remove(0);
    let opportunity = tenant.admin.create_id("opportunity", json!({"name": "A"}));
    let entry = tenant.admin.create_id("cp_opp", json!({"opportunity": opportunity, "competitor": rival, "role": "primary"}));
    tenant.disable("competitor");
    for object in ["cp_competitor", "cp_opp"] {
        tenant.admin.get(&format!("/api/v1/records/{object}")).refused(404, "not_found");
        tenant.admin.get(&format!("/api/v1/objects/{object}")).refused(404, "not_found");
        tenant.admin.post("/api/v1/aggregate", &json!({"object": object, "measures": [{"fn": "count"}]})).refused(404, "not_found");
    }
    assert!(!tenant.admin.get("/api/v1/objects").expect(200).text.contains("cp_opp"));
    let lost = tenant.admin.change("opportunity", &opportunity, json!({"status": "lost"}));
    assert_eq!((&lost["status"], &lost["success_rate"]), (&json!("lost"), &json!("0.00")), "the other plugin goes on: {lost}");
    tenant.enable("competitor");
    assert_eq!(tenant.admin.record("cp_opp", &entry)["competitor"], json!(rival), "data stay");
    let second = tenant.admin.create_id("opportunity", json!({"name": "B"}));
    let path = format!("/api/v1/records/opportunity/{second}");
    tenant.admin.patch(&path, None, &json!({"status": "lost"})).refused(422, "cp.loss.no_reason");
}
