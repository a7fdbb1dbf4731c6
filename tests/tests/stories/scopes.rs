//! Who sees what: own, department and below, an office; the same on every path.

use guanxi_tests::api::Api;
use guanxi_tests::both;
use guanxi_tests::story::Tenant;
use serde_json::{Value, json};

both!(
    the_same_figures_on_every_path,
    out_of_reach_is_not_there,
    no_look_through_references,
    rights_that_are_missing,
    reach_follows_the_owner
);

struct Company {
    /// Sellers of three teams: two of the office Central, one of the office East.
    sellers: [Api; 3],
    seller_ids: [String; 3],
    /// Manages the first team.
    team_manager: Api,
    /// Manages the office Central.
    office_manager: Api,
}

fn company(tenant: &Tenant) -> Company {
    let department = |name: &str, parent: Option<&str>| tenant.admin.create_id("department", json!({"name": name, "parent": parent}));
    let central = department("Central", None);
    let east = department("East", None);
    let team = department("Team 1", Some(&central));
    department("Team 2", Some(&central));
    department("Team 3", Some(&east));
    let emails = ["one@a.example", "two@a.example", "three@a.example"];
    let teams = ["Team 1", "Team 2", "Team 3"];
    let sellers = [0, 1, 2].map(|at| tenant.user(emails[at], Some(teams[at]), &["salesperson"]));
    let seller_ids = emails.map(|email| tenant.user_id(email));
    let team_manager = tenant.user("boss@a.example", Some("Team 1"), &["manager"]);
    let office_manager = tenant.user("head@a.example", None, &["manager"]);
    tenant.admin.change("department", &team, json!({"manager": tenant.user_id("boss@a.example")}));
    tenant.admin.change("department", &central, json!({"manager": tenant.user_id("head@a.example")}));
    Company { sellers, seller_ids, team_manager, office_manager }
}

fn the_same_figures_on_every_path(tenant: &Tenant) {
    tenant.enable("sales");
    let company = company(tenant);
    for (seller, number) in company.seller_ids.iter().zip([3, 2, 4]) {
        let rows = (0..number)
            .map(|at| json!({"name": format!("O{at}"), "owner": seller, "amount": "10", "stage": if at == 0 { "signed" } else { "demo" }}));
        tenant.create_all("opportunity", rows.collect());
    }
    let [one, two, three] = &company.sellers;
    for (who, api, count, won, amount) in [
        ("one", one, 3, 1, "30.00"),
        ("two", two, 2, 1, "20.00"),
        ("three", three, 4, 1, "40.00"),
        ("team manager", &company.team_manager, 3, 1, "30.00"),
        ("office manager", &company.office_manager, 5, 2, "50.00"),
        ("administrator", &tenant.admin, 9, 3, "90.00"),
    ] {
        let list = api.query("/api/v1/records/opportunity", &[("limit", "100")]).expect(200);
        assert_eq!(list.json["records"].as_array().map(Vec::len), Some(count), "{who}: {list}");
        assert_eq!(list.json["count"]["value"], json!(count), "{who}");
        let measures = json!([{"fn": "count"}, {"fn": "sum", "field": "amount"}]);
        assert_eq!(api.groups(json!({"object": "opportunity", "measures": measures})), [json!([[], [count, amount]])], "{who}");
        let by_status = api.groups(json!({"object": "opportunity", "group_by": ["status"], "measures": [{"fn": "count"}]}));
        assert_eq!(by_status, [json!([["open"], [count - won]]), json!([["won"], [won]])], "{who}");
        let owners = api.groups(json!({"object": "opportunity", "group_by": ["owner.name"], "measures": [{"fn": "count"}]}));
        let total: u64 = owners.iter().filter_map(|group| group[1][0].as_u64()).sum();
        assert_eq!(total as usize, count, "{who}: {owners:?}");
        let stages = api.list("opportunity__stages", &[("limit", "1000")]);
        assert!(stages.iter().all(|row| api.get(&format!("/api/v1/records/opportunity/{}", text(&row["record"]))).status == 200), "{who}");
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn out_of_reach_is_not_there(tenant: &Tenant) {
    let company = company(tenant);
    let [one, two, _] = &company.sellers;
    let id = two.create_id("customer", json!({"name": "Two's", "code": "K-2"}));
    let path = format!("/api/v1/records/customer/{id}");
    for stranger in [one, &company.team_manager] {
        stranger.get(&path).refused(404, "not_found");
        stranger.get(&format!("{path}/history")).refused(404, "not_found");
        stranger.patch(&path, None, &json!({"name": "mine now"})).refused(404, "not_found");
        stranger.delete(&path).refused(404, "not_found");
        assert_eq!(stranger.list("customer", &[("filter", &format!("id == \"{id}\""))]), Vec::<Value>::new());
    }
    // A collision with a record out of reach is refused without showing it.
    let collision = one.post("/api/v1/records/customer", &json!({"name": "One's", "code": "k-2"})).refused(409, "field.not_unique");
    assert!(!collision.text.contains("Two's"), "{collision}");
    assert_eq!(company.office_manager.record("customer", &id)["name"], "Two's");
    company.office_manager.patch(&path, None, &json!({"phone": "111"})).expect(200);
}

fn no_look_through_references(tenant: &Tenant) {
    let company = company(tenant);
    let [one, two, _] = &company.sellers;
    let secret = two.create_id("customer", json!({"name": "Secret", "region": "North"}));
    tenant.admin.create("contact", json!({"name": "王磊", "customer": secret, "owner": company.seller_ids[0]}));
    let contacts = one.list("contact", &[("fields", "name,customer.name")]);
    assert_eq!(contacts[0]["customer.name"], Value::Null, "{contacts:?}");
    assert_eq!(one.list("contact", &[("filter", "customer.name == \"Secret\"")]), Vec::<Value>::new());
    assert_eq!(one.list("contact", &[("filter", "customer.name.startsWith(\"Se\")")]), Vec::<Value>::new());
    let groups = one.groups(json!({"object": "contact", "group_by": ["customer.region"], "measures": [{"fn": "count"}]}));
    assert_eq!(groups, [json!([[null], [1]])]);
    let refused = one.post("/api/v1/records/contact", &json!({"name": "B", "customer": secret}));
    refused.refused(422, "reference.not_found");
}

fn rights_that_are_missing(tenant: &Tenant) {
    let nobody = tenant.user("nobody@a.example", None, &[]);
    nobody.get("/api/v1/me").expect(200);
    nobody.get("/api/v1/records/customer").refused(403, "permission.denied");
    nobody.post("/api/v1/records/customer", &json!({"name": "A"})).refused(403, "permission.denied");
    nobody.post("/api/v1/aggregate", &json!({"object": "customer", "measures": [{"fn": "count"}]})).refused(403, "permission.denied");
    let seller = tenant.user("seller@a.example", None, &["salesperson"]);
    let me = tenant.user_id("seller@a.example");
    seller.post("/api/v1/records/user", &json!({"name": "A", "email": "a@a.example"})).refused(403, "permission.denied");
    seller.patch(&format!("/api/v1/records/user/{me}"), None, &json!({"name": "Boss"})).refused(403, "permission.denied");
    seller.post("/api/v1/records/department", &json!({"name": "A"})).refused(403, "permission.denied");
    assert!(seller.list("user", &[]).len() >= 3, "people may be seen");
}

fn reach_follows_the_owner(tenant: &Tenant) {
    let company = company(tenant);
    let [one, two, _] = &company.sellers;
    let id = one.create_id("customer", json!({"name": "A"}));
    two.get(&format!("/api/v1/records/customer/{id}")).refused(404, "not_found");
    let moved = company.office_manager.change("customer", &id, json!({"owner": company.seller_ids[1]}));
    assert_eq!(moved["department"], tenant.admin.record("user", &company.seller_ids[1])["department"], "{moved}");
    two.get(&format!("/api/v1/records/customer/{id}")).expect(200);
    one.get(&format!("/api/v1/records/customer/{id}")).refused(404, "not_found");
    company.team_manager.get(&format!("/api/v1/records/customer/{id}")).refused(404, "not_found");
}
