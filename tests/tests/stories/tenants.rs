//! Two tenants on one server never see each other.

use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(strangers_on_one_server);

fn strangers_on_one_server(here: &Tenant) {
    let there = Tenant::create(here.server, &format!("{}b", here.key));
    here.admin.post("/api/v1/objects", &json!({"key": "x_only", "label": {"en": "Only here"}})).expect(201);
    here.add_field("customer", json!({"key": "x_here", "type": "integer", "label": {"en": "Here"}}));
    let id = here.admin.create_id("customer", json!({"name": "Ours", "code": "K-1", "x_here": 1}));

    let path = format!("/api/v1/records/customer/{id}");
    there.admin.get(&path).refused(404, "not_found");
    there.admin.patch(&path, None, &json!({"name": "Theirs"})).refused(404, "not_found");
    there.admin.delete(&path).refused(404, "not_found");
    there.admin.get(&format!("{path}/history")).refused(404, "not_found");
    there.admin.get("/api/v1/objects/x_only").refused(404, "not_found");
    there.admin.get("/api/v1/records/x_only").refused(404, "not_found");
    there.admin.query("/api/v1/records/customer", &[("filter", "x_here == 1")]).refused(422, "field.unknown");
    there.admin.post("/api/v1/records/contact", &json!({"name": "A", "customer": id})).refused(422, "reference.not_found");
    assert_eq!(there.admin.list("customer", &[]), Vec::<Value>::new());
    assert_eq!(there.count("customer", ""), 0);
    there.admin.create("customer", json!({"name": "Theirs", "code": "K-1"})); // uniqueness ends at the tenant's border

    // A token opens its own tenant only, whatever tenant it claims to be for.
    let forged = here.admin.token().replacen(&format!("gx1_{}_", here.key), &format!("gx1_{}_", there.key), 1);
    assert_ne!(forged, here.admin.token());
    here.admin.with_token(&forged).get("/api/v1/me").refused(401, "auth.required");
    assert_eq!(here.admin.record("customer", &id)["name"], "Ours");
    assert_eq!(here.admin.column("customer", "name", &[]), ["Ours"]);
}
