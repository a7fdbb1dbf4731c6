//! `/healthz`, `/readyz`, `/api/v1/me`, and who is let in at all.

use guanxi_tests::api::encode;
use guanxi_tests::both;
use guanxi_tests::story::{PASSWORD, Tenant, admin_email};
use serde_json::json;

both!(health_and_readiness, me, strangers, paths_that_are_not_there, bodies_that_are_no_json, a_cookie_alone_changes_nothing);

fn health_and_readiness(tenant: &Tenant) {
    let stranger = tenant.server.anonymous();
    stranger.get("/healthz").expect(200);
    stranger.get("/readyz").expect(200);
}

fn me(tenant: &Tenant) {
    let me = tenant.admin.get("/api/v1/me").expect(200);
    for key in ["user", "tenant", "roles", "locale"] {
        assert!(!me.json[key].is_null(), "me has {key}: {me}");
    }
    assert_eq!(me.json["user"], json!(tenant.user_id(&admin_email(&tenant.key))), "{me}");
    assert_eq!(me.json["tenant"], json!(tenant.key), "{me}");
    assert_eq!(me.json["roles"], json!(["administrator"]), "{me}");
    assert!(["zh-CN", "en"].contains(&me.json["locale"].as_str().unwrap_or_default()), "{me}");
}

fn strangers(tenant: &Tenant) {
    let stranger = tenant.server.anonymous();
    let good = tenant.admin.token().to_owned();
    let other_last = if good.ends_with('a') { "b" } else { "a" };
    let wrong_secret = format!("{}{other_last}", &good[..good.len() - 1]);
    let wrong_tenant = good.replacen(&tenant.key, "nobody", 1);
    let wrong_id = {
        let mut parts: Vec<&str> = good.splitn(4, '_').collect();
        parts[2] = "00000000";
        parts.join("_")
    };
    for path in ["/api/v1/me", "/api/v1/objects", "/api/v1/records/customer", "/api/v1/records/nothing"] {
        stranger.get(path).refused(401, "auth.required");
        for token in ["", "x", "gx1_", "gx1___", "gx1_demo", &wrong_secret, &wrong_tenant, &wrong_id, &format!("{good}a")] {
            stranger.with_token(token).get(path).refused(401, "auth.required");
        }
    }
    stranger.post("/api/v1/records/customer", &json!({"name": "Nobody"})).refused(401, "auth.required");
    tenant.admin.get("/api/v1/me").expect(200);
}

fn paths_that_are_not_there(tenant: &Tenant) {
    let missing = "0190b3c4-0000-7000-8000-000000000000";
    for path in [
        "/api/v1/nothing".to_owned(),
        "/api/v1/objects/nothing".to_owned(),
        "/api/v1/records/nothing".to_owned(),
        "/api/v1/records/opportunity".to_owned(), // its plugin is not enabled here
        format!("/api/v1/records/customer/{missing}"),
        format!("/api/v1/records/customer/{missing}/history"),
        "/api/v1/records/customer/not-an-id".to_owned(),
        "/api/v1/records/customer'; drop table x".to_owned().replace(' ', "%20"),
    ] {
        tenant.admin.get(&path).refused(404, "not_found");
    }
    tenant.admin.patch(&format!("/api/v1/records/customer/{missing}"), None, &json!({"phone": "111"})).refused(404, "not_found");
    tenant.admin.delete(&format!("/api/v1/records/customer/{missing}")).refused(404, "not_found");
}

fn bodies_that_are_no_json(tenant: &Tenant) {
    for path in ["/api/v1/records/customer", "/api/v1/records/customer/query", "/api/v1/aggregate", "/api/v1/objects"] {
        for body in [&b"{"[..], b"", b"\"text\"", b"[1, 2]", b"\xff\xfe", b"{\"name\": \"a\"} trailing"] {
            tenant.admin.post_bytes(path, body).refused(400, "request.malformed");
        }
    }
}

/// What another site's page could make a signed-in browser send.
fn a_cookie_alone_changes_nothing(tenant: &Tenant) {
    let post = reqwest::Method::POST;
    let stranger = tenant.server.anonymous();
    let form = format!("tenant={}&email={}&password={}", tenant.key, encode(&admin_email(&tenant.key)), encode(PASSWORD));
    let kind = ("content-type", "application/x-www-form-urlencoded");
    let crossing = stranger.send(post.clone(), "/login", &[kind, ("sec-fetch-site", "cross-site")], Some(form.clone().into_bytes()));
    assert_eq!(crossing.status, 403, "nobody is signed in from another site: {crossing}");
    let entered = stranger.send(post.clone(), "/login", &[kind, ("sec-fetch-site", "same-origin")], Some(form.into_bytes()));
    assert_eq!(entered.status, 303, "{entered}");
    let cookie = entered.headers.get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
    assert!(cookie.contains("HttpOnly") && cookie.contains("SameSite=Lax") && cookie.contains("Path=/"), "{cookie}");
    let session = cookie.split(';').next().unwrap_or_default();
    let read = stranger.send(reqwest::Method::GET, "/api/v1/me", &[("cookie", session)], None).expect(200);
    assert_eq!(read.json["tenant"], json!(tenant.key));

    let json_kind = ("content-type", "application/json");
    for site in ["cross-site", "same-site", "none", "same-origin"] {
        // Even from the same origin the session's form token is missing.
        let headers = [("cookie", session), ("sec-fetch-site", site), json_kind];
        let refused = stranger.send(post.clone(), "/api/v1/records/customer", &headers, Some(b"{\"name\": \"forged\"}".to_vec()));
        assert_eq!(refused.status, 403, "{site}: {refused}");
        let headers = [("cookie", session), ("sec-fetch-site", site), kind];
        let refused = stranger.send(post.clone(), "/o/customer/new", &headers, Some(b"name=forged".to_vec()));
        assert!([403, 404, 405].contains(&refused.status), "{site}: {refused}");
    }
    assert_eq!(tenant.count("customer", ""), 0);

    let page = stranger.send(reqwest::Method::GET, "/o/customer", &[("cookie", session)], None).expect(200);
    let policy = page.headers.get("content-security-policy").and_then(|value| value.to_str().ok()).unwrap_or_default();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"), "{policy}");
    assert_eq!(page.headers.get("x-content-type-options").map(|value| value.as_bytes()), Some(&b"nosniff"[..]));
    assert!(page.text.len() < 60 << 10, "a list page is small: {} bytes", page.text.len());
}
