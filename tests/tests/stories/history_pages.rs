//! The pages of bulk changes, undo, versions, recycle bin and transfer, as a browser without scripts uses them.

use guanxi_tests::api::{Answer, Api, encode};
use guanxi_tests::both;
use guanxi_tests::story::{PASSWORD, Tenant, admin_email};
use reqwest::Method;
use serde_json::json;

both!(
    a_bulk_edit_and_back,
    a_bulk_delete_and_the_recycle_bin,
    what_the_preview_says_of_refusals,
    one_change_and_a_former_version,
    a_transfer_from_the_users_page,
    forms_of_others,
);

/// A signed-in browser: its cookie and the token of its forms.
pub(super) struct Visitor {
    api: Api,
    cookie: String,
    token: String,
}

impl Visitor {
    pub(super) fn new(tenant: &Tenant, email: &str, password: &str) -> Visitor {
        let api = tenant.server.anonymous();
        let form = format!("tenant={}&email={}&password={}", tenant.key, encode(email), encode(password));
        let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
        let entered = api.send(Method::POST, "/login", &headers, Some(form.into_bytes()));
        let cookie = entered.headers.get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = format!("{}; ", cookie.split(';').next().unwrap_or_default());
        let mut visitor = Visitor { api, cookie, token: String::new() };
        let page = visitor.get("/").expect(200);
        visitor.token = between(&page.text, "name=\"form-token\" content=\"", "\"").to_owned();
        visitor
    }

    pub(super) fn admin(tenant: &Tenant) -> Visitor {
        Visitor::new(tenant, &admin_email(&tenant.key), PASSWORD)
    }

    pub(super) fn get(&self, path: &str) -> Answer {
        self.api.send(Method::GET, path, &[("cookie", &self.cookie), ("accept-language", "en")], None)
    }

    pub(super) fn post(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        self.post_for(path, fields, "text/html")
    }

    /// The same for an answer of a kind.
    pub(super) fn post_for(&self, path: &str, fields: &[(&str, &str)], accept: &str) -> Answer {
        let pairs = fields.iter().copied().chain([("form_token", self.token.as_str())]);
        let body = pairs.map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect::<Vec<_>>().join("&");
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("accept", accept),
            ("accept-language", "en"),
            ("content-type", "application/x-www-form-urlencoded"),
            ("sec-fetch-site", "same-origin"),
        ];
        self.api.send(Method::POST, path, &headers, Some(body.into_bytes()))
    }

    /// A question or a change by the API, as a script of a page sends it.
    pub(super) fn send(&self, method: Method, path: &str, body: &serde_json::Value) -> Answer {
        let headers = [
            ("cookie", self.cookie.as_str()),
            ("x-form-token", self.token.as_str()),
            ("sec-fetch-site", "same-origin"),
            ("content-type", "application/json"),
        ];
        self.api.send(method, path, &headers, Some(body.to_string().into_bytes()))
    }

    /// The same session at another server with the same data.
    pub(super) fn at(&self, api: Api) -> Visitor {
        Visitor { api, cookie: self.cookie.clone(), token: self.token.clone() }
    }

    /// Follows the link that a server of one person prints.
    pub(super) fn by_link(api: Api, link: &str) -> Visitor {
        let path = &link[link.find("//").map_or(0, |at| at + 2)..];
        let path = &path[path.find('/').unwrap_or(0)..];
        let entered = api.get(path);
        let cookie = entered.headers.get("set-cookie").and_then(|value| value.to_str().ok()).unwrap_or_default();
        let cookie = format!("{}; ", cookie.split(';').next().unwrap_or_default());
        let mut visitor = Visitor { api, cookie, token: String::new() };
        let page = visitor.get("/").expect(200);
        visitor.token = between(&page.text, "name=\"form-token\" content=\"", "\"").to_owned();
        visitor
    }

    /// Sends a file with a form, and says where that leads; nowhere where it is refused.
    pub(super) fn upload(&self, path: &str, field: &str, name: &str, bytes: &[u8]) -> String {
        const EDGE: &str = "edge-of-the-parts";
        let mut body = format!("--{EDGE}\r\ncontent-disposition: form-data; name=\"form_token\"\r\n\r\n{}\r\n", self.token).into_bytes();
        let head = format!(
            "--{EDGE}\r\ncontent-disposition: form-data; name=\"{field}\"; filename=\"{name}\"\r\ncontent-type: text/plain\r\n\r\n"
        );
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{EDGE}--\r\n").as_bytes());
        let kind = format!("multipart/form-data; boundary={EDGE}");
        let headers =
            [("cookie", self.cookie.as_str()), ("accept", "text/html"), ("content-type", kind.as_str()), ("sec-fetch-site", "same-origin")];
        let answer = self.api.send(Method::POST, path, &headers, Some(body));
        answer.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned()
    }

    /// Posts, and reads the page to which that leads.
    pub(super) fn follow(&self, path: &str, fields: &[(&str, &str)]) -> (String, Answer) {
        let answer = self.post(path, fields).expect(303);
        let to = answer.headers.get("location").and_then(|value| value.to_str().ok()).unwrap_or_default().to_owned();
        let page = self.get(&to).expect(200);
        (to, page)
    }
}

pub(super) fn between<'t>(text: &'t str, before: &str, after: &str) -> &'t str {
    let Some((_, rest)) = text.split_once(before) else { panic!("`{before}` is not in {text}") };
    rest.split_once(after).map_or(rest, |(found, _)| found)
}

fn three(tenant: &Tenant) -> Vec<String> {
    tenant.create_all("customer", (0..3).map(|n| json!({"name": format!("C{n}"), "region": "North", "code": format!("K-{n}")})).collect())
}

fn a_bulk_edit_and_back(tenant: &Tenant) {
    let ids = three(tenant);
    let visitor = Visitor::admin(tenant);
    let list = visitor.get("/o/customer").expect(200);
    assert!(ids.iter().all(|id| list.text.contains(&format!("name=\"id\" value=\"{id}\""))), "{list}");
    let chosen = format!("/o/customer/bulk?op=update&id={}&id={}", ids[0], ids[1]);
    assert!(visitor.get(&chosen).expect(200).text.contains("name=\"new_field\""), "the fields are offered");
    let asked = [("op", "update"), ("id", ids[0].as_str()), ("id", ids[1].as_str())];
    let with = |more: &[(&'static str, &'static str)]| [&asked[..], more].concat();
    let added = visitor.post("/o/customer/bulk", &with(&[("then", "add"), ("new_field", "region")])).expect(200);
    assert!(added.text.contains("name=\"field\" value=\"region\""), "its control is there: {added}");
    let values = [("field", "region"), ("region", "East"), ("title", "To the east")];
    let preview = visitor.post("/o/customer/bulk", &with(&[&values[..], &[("then", "preview")]].concat())).expect(200);
    assert!(preview.text.contains("North") && preview.text.contains("East") && preview.text.contains("value=\"run\""), "{preview}");
    assert_eq!(tenant.count("customer", "region == \"East\""), 0, "a preview writes nothing");
    let (batch, page) = visitor.follow("/o/customer/bulk", &with(&[&values[..], &[("then", "run")]].concat()));
    assert!(page.text.contains("To the east"), "{page}");
    assert_eq!(tenant.count("customer", "region == \"East\""), 2);
    assert!(visitor.get(&format!("{batch}/undo")).expect(200).text.contains("East"), "the undo is previewed");
    let (undo, page) = visitor.follow(&format!("{batch}/undo"), &[]);
    assert!(page.text.contains(&format!("href=\"{batch}\"")), "the undo leads to what it undid: {page}");
    assert_eq!(tenant.count("customer", "region == \"North\""), 3);
    assert!(visitor.get(&batch).expect(200).text.contains(&format!("href=\"{undo}\"")), "and back");
    visitor.get(&format!("{batch}/undo")).expect(422);
    visitor.post(&format!("{batch}/undo"), &[]).expect(422);
    let all = visitor.get("/batches").expect(200);
    assert!(all.text.contains(&batch) && all.text.contains(&undo), "{all}");
    // The undo of the undo does it again.
    visitor.follow(&format!("{undo}/undo"), &[]);
    assert_eq!(tenant.count("customer", "region == \"East\""), 2);
}

fn a_bulk_delete_and_the_recycle_bin(tenant: &Tenant) {
    let ids = three(tenant);
    let visitor = Visitor::admin(tenant);
    let filter = "region == \"North\"";
    let preview = visitor.get(&format!("/o/customer/bulk?op=delete&all=1&filter={}", encode(filter))).expect(200);
    assert!(preview.text.contains("C0") && preview.text.contains("C2"), "it says which: {preview}");
    visitor.follow("/o/customer/bulk", &[("op", "delete"), ("all", "1"), ("filter", filter), ("then", "run")]);
    assert_eq!(tenant.count("customer", ""), 0);
    let bin = visitor.get("/recycle-bin").expect(200);
    assert!(["C0", "C1", "C2"].iter().all(|name| bin.text.contains(name)), "{bin}");
    let place = |id: &str, what: &str| format!("/recycle-bin/customer/{id}/{what}");
    visitor.follow(&place(&ids[0], "restore"), &[]);
    assert_eq!(tenant.count("customer", "name == \"C0\""), 1);
    tenant.admin.create("customer", json!({"name": "Other", "code": "K-1"}));
    let refused = visitor.post(&place(&ids[1], "restore"), &[("title", "C1")]);
    assert!(refused.status >= 400 && refused.status < 500, "{refused}");
    assert!(refused.text.contains("role=\"alert\"") && refused.text.contains("C1"), "{refused}");
    visitor.follow(&place(&ids[2], "purge"), &[("title", "C2")]);
    assert!(!visitor.get("/recycle-bin?object=customer").expect(200).text.contains(&ids[2]));
    visitor.post(&place(&ids[2], "restore"), &[]).expect(404);
}

fn what_the_preview_says_of_refusals(tenant: &Tenant) {
    let ids = three(tenant);
    let visitor = Visitor::admin(tenant);
    let asked = |then: &'static str, value: &'static str| {
        vec![("op", "update"), ("id", ids[1].as_str()), ("id", ids[2].as_str()), ("field", "code"), ("code", value), ("then", then)]
    };
    let preview = visitor.post("/o/customer/bulk", &asked("preview", "K-0")).expect(200);
    assert!(preview.text.contains("C1") && !preview.text.contains("value=\"run\""), "nothing would change: {preview}");
    let run = visitor.post("/o/customer/bulk", &[("op", "update"), ("then", "run")]).expect(422);
    assert!(run.text.contains("/o/customer"), "without rows there is only the way back: {run}");
    let none = visitor.post("/o/customer/bulk", &[("op", "update"), ("id", &ids[0]), ("then", "preview")]).expect(422);
    assert!(none.text.contains("new_field"), "{none}");
    let mut wrong = asked("preview", "K-9");
    wrong.extend([("field", "email"), ("email", "no address")]);
    let wrong = visitor.post("/o/customer/bulk", &wrong).expect(422);
    assert!(wrong.text.contains("id=\"email-problems\""), "it is said at the field: {wrong}");
}

fn one_change_and_a_former_version(tenant: &Tenant) {
    let id = three(tenant).remove(0);
    let visitor = Visitor::admin(tenant);
    tenant.admin.change("customer", &id, json!({"region": "South"}));
    let page = visitor.get(&format!("/o/customer/{id}")).expect(200);
    assert!(page.text.contains("K-0") && page.text.contains("details class=\"first\""), "first values are told: {page}");
    let start = format!("/o/customer/{id}/history/");
    let entry = between(&page.text, &start, "/undo").to_owned();
    let first = visitor.get(&format!("/o/customer/{id}/versions/1")).expect(200);
    assert!(first.text.contains("North") && !first.text.contains("South"), "{first}");
    visitor.get(&format!("/o/customer/{id}/versions/3")).expect(404);
    let undo = format!("{start}{entry}/undo");
    assert!(visitor.get(&undo).expect(200).text.contains("South"));
    visitor.follow(&undo, &[]);
    assert_eq!(tenant.admin.record("customer", &id)["region"], "North");
    // It is back already: the page says so, and writes nothing.
    visitor.post(&undo, &[]).expect(200);
    assert_eq!(tenant.admin.record("customer", &id)["version"], 3);
    visitor.get(&format!("{start}999999/undo")).expect(404);
}

fn a_transfer_from_the_users_page(tenant: &Tenant) {
    three(tenant);
    let visitor = Visitor::admin(tenant);
    let from = tenant.user_id(&admin_email(&tenant.key));
    tenant.user("next@example.org", None, &[]);
    let to = tenant.user_id("next@example.org");
    let to = to.as_str();
    let address = format!("/admin/users/{from}/transfer");
    assert!(visitor.get(&address).expect(200).text.contains("name=\"to\""));
    visitor.post(&address, &[("to", "")]).expect(422);
    let preview = visitor.post(&address, &[("to", to), ("objects", "customer")]).expect(200);
    assert!(preview.text.contains("next") && preview.text.contains("value=\"run\""), "{preview}");
    assert_eq!(tenant.count("customer", &format!("owner == \"{from}\"")), 3);
    visitor.follow(&address, &[("to", to), ("objects", "customer"), ("then", "run")]);
    assert_eq!(tenant.count("customer", &format!("owner == \"{to}\"")), 3);
}

/// Without the session's token nothing happens.
fn forms_of_others(tenant: &Tenant) {
    let ids = three(tenant);
    let mut visitor = Visitor::admin(tenant);
    visitor.token = "forged".to_owned();
    let run = [("op", "delete"), ("id", ids[0].as_str()), ("then", "run")];
    visitor.post("/o/customer/bulk", &run).expect(403);
    visitor.post("/batches/1/undo", &[]).expect(403);
    visitor.post(&format!("/recycle-bin/customer/{}/purge", ids[0]), &[]).expect(403);
    assert_eq!(tenant.count("customer", ""), 3);
}
