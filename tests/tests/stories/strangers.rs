//! Another tenant's ids: every endpoint answers as if they did not exist, with the very words that an id of nobody gets.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use reqwest::Method;
use serde_json::{Value, json};

both!(ids_of_another_tenant_are_ids_of_nobody);

/// An id that no tenant has.
const NOBODY: &str = "0190a7c0-0000-7000-8000-000000000001";
/// What only the other tenant knows.
const SECRET: &str = "Onlyhere";

/// Things of a tenant that have ids.
fn things(tenant: &Tenant) -> Vec<String> {
    let id = |answer: Value| answer["id"].as_str().unwrap_or_else(|| panic!("it has an id: {answer}")).to_owned();
    let customer = tenant.admin.create_id("customer", json!({"name": SECRET, "family": [{"name": SECRET}]}));
    tenant.admin.change("customer", &customer, json!({"name": format!("{SECRET} now")}));
    let department = id(tenant.admin.post("/api/v1/departments", &json!({"name": SECRET})).expect(201).json);
    let team = id(tenant.admin.post("/api/v1/teams", &json!({"name": SECRET})).expect(201).json);
    let user = tenant.user_id(&guanxi_tests::story::admin_email(&tenant.key));
    let share = json!({"subject": {"kind": "team", "id": team}});
    let share = id(tenant.admin.post(&format!("/api/v1/records/customer/{customer}/shares"), &share).expect(201).json);
    let line = tenant.admin.list("family_member", &[])[0]["id"].as_str().expect("an id").to_owned();
    let view = id(tenant.admin.post("/api/v1/views", &json!({"object": "customer", "name": SECRET})).expect(201).json);
    vec![customer, department, team, user, share, line, view]
}

fn ids_of_another_tenant_are_ids_of_nobody(tenant: &Tenant) {
    let other = Tenant::create(tenant.server, &format!("{}o", tenant.key));
    let foreign = things(&other);
    let own = things(tenant);
    let document = tenant.admin.get("/api/v1/openapi.json").expect(200).json;
    let mut tried = 0;
    for (path, operations) in document["paths"].as_object().expect("paths") {
        let path = if path.starts_with("/api/v1") { path.clone() } else { format!("/api/v1{path}") };
        // What is named by an id of this store; batches and changes have numbers of their own, counted in each tenant.
        if !path.contains("{id}") || path.contains("/batches/") {
            continue;
        }
        for method in operations.as_object().expect("operations").keys() {
            let Ok(method) = Method::from_bytes(method.to_uppercase().as_bytes()) else { continue };
            if !["GET", "POST", "PUT", "PATCH", "DELETE"].contains(&method.as_str()) {
                continue;
            }
            let ask = |id: &str, share: &str| {
                let mut address = path.replace("{id}", id).replace("{share}", share).replace("{object}", "customer");
                for (part, value) in [("{version}", "1"), ("{entry}", "1"), ("{field}", "name"), ("{key}", "manager")] {
                    address = address.replace(part, value);
                }
                while let (Some(start), Some(end)) = (address.find('{'), address.find('}')) {
                    address.replace_range(start..=end, "any");
                }
                let body = (method != Method::GET && method != Method::DELETE).then(|| json!({}).to_string().into_bytes());
                tenant.admin.send(method.clone(), &address, &[("content-type", "application/json")], body)
            };
            let nobody = ask(NOBODY, NOBODY);
            for id in &foreign {
                let answer = ask(id, &foreign[4]);
                assert_eq!((answer.status, &answer.json["code"]), (nobody.status, &nobody.json["code"]), "{answer}\nnobody: {nobody}");
                assert!(!answer.text.contains(SECRET), "{answer}");
                assert!(answer.status >= 400 && answer.status < 500, "{answer}");
            }
            if path.contains("{share}") {
                // The own record with a share of somebody else's.
                let answer = ask(&own[0], &foreign[4]);
                assert_eq!(answer.status, 404, "{answer}");
            }
            tried += 1;
        }
    }
    assert!(tried >= 10, "the document tells the routes: {tried}");
    // Ids inside of requests, too.
    for body in [json!({"name": "A", "owner": foreign[3]}), json!({"name": "A", "signed_by": foreign[3]})] {
        tenant.admin.post("/api/v1/records/customer", &body).refused(422, "reference.not_found");
    }
    tenant.admin.post("/api/v1/records/contact", &json!({"name": "A", "customer": foreign[0]})).refused(422, "reference.not_found");
    let found = tenant.admin.query("/api/v1/records/customer", &[("filter", &format!("id == \"{}\"", foreign[0]))]).expect(200);
    assert_eq!(found.json["records"], json!([]));
    tenant.admin.query("/api/v1/access/explain", &[("object", "customer"), ("user", &foreign[3])]).refused(404, "not_found");
    tenant.admin.query("/api/v1/access/explain", &[("object", "customer"), ("id", &foreign[0])]).refused(404, "not_found");
    for subject in [
        json!({"kind": "user", "id": foreign[3]}),
        json!({"kind": "team", "id": foreign[2]}),
        json!({"kind": "department", "id": foreign[1]}),
    ] {
        let path = format!("/api/v1/records/customer/{}/shares", own[0]);
        tenant.admin.post(&path, &json!({"subject": subject})).refused(422, "reference.not_found");
    }
    // Nothing of the other tenant was touched.
    assert_eq!(other.admin.record("customer", &foreign[0])["name"], format!("{SECRET} now"));
}
