//! Files: what comes in, what goes out, and to whom.

use guanxi_tests::api::{Answer, Api, encode};
use guanxi_tests::server::{Db, NOW, Options, Server};
use guanxi_tests::story::{PASSWORD, Tenant, admin_email};
use guanxi_tests::{both, both_alone};
use reqwest::Method;
use serde_json::{Value, json};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

both!(in_and_out, from_our_own_pages, hostile_files, limits, who_may_have_a_file, files_in_fields);
both_alone!(what_broken_uploads_leave);

const PDF: &[u8] = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n%%EOF\n";

fn upload(api: &Api, name: &str, bytes: &[u8]) -> Answer {
    api.send(Method::POST, &format!("/api/v1/files?name={}", encode(name)), &[], Some(bytes.to_vec()))
}

#[track_caller]
fn stored(api: &Api, name: &str, bytes: &[u8]) -> String {
    let answer = upload(api, name, bytes).expect(201);
    answer.json["id"].as_str().unwrap_or_else(|| panic!("an attachment has an id: {answer}")).to_owned()
}

fn path(id: &str) -> String {
    format!("/api/v1/files/{id}")
}

#[track_caller]
fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    answer.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn in_and_out(tenant: &Tenant) {
    let admin = &tenant.admin;
    let answer = upload(admin, "报价单.pdf", PDF).expect(201);
    let id = answer.json["id"].as_str().expect("an id").to_owned();
    for (key, wanted) in
        [("name", json!("报价单.pdf")), ("content_type", json!("application/pdf")), ("size", json!(PDF.len())), ("about", Value::Null)]
    {
        assert_eq!(answer.json[key], wanted, "{key}: {answer}");
    }
    assert_eq!(answer.json["sha256"].as_str().map(str::len), Some(64), "{answer}");
    assert_eq!(answer.json.get("key"), None, "where it lies is nobody's business");
    assert_eq!(header(&answer, "location"), path(&id));

    let got = admin.get(&path(&id)).expect(200);
    assert_eq!(got.text.as_bytes(), PDF);
    assert_eq!(header(&got, "content-type"), "application/pdf");
    assert!(header(&got, "content-disposition").starts_with("inline; "), "{:?}", got.headers);
    assert!(header(&got, "content-disposition").ends_with("filename*=UTF-8''%E6%8A%A5%E4%BB%B7%E5%8D%95.pdf"), "{:?}", got.headers);
    assert!(header(&got, "content-security-policy").starts_with("sandbox"), "{:?}", got.headers);
    assert_eq!(header(&got, "x-content-type-options"), "nosniff");
    assert_eq!(header(&got, "content-length"), PDF.len().to_string());
    let tag = header(&got, "etag").to_owned();
    assert_eq!(tag, format!("\"{}\"", answer.json["sha256"].as_str().unwrap_or_default()));

    let head = admin.send(Method::HEAD, &path(&id), &[], None).expect(200);
    assert_eq!((header(&head, "content-length"), head.text.as_str()), (PDF.len().to_string().as_str(), ""));
    let same = admin.send(Method::GET, &path(&id), &[("if-none-match", &tag)], None).expect(304);
    assert_eq!((same.text.as_str(), header(&same, "etag")), ("", tag.as_str()));
    let part = admin.send(Method::GET, &path(&id), &[("range", "bytes=1-3"), ("if-range", &tag)], None).expect(206);
    assert_eq!((part.text.as_str(), header(&part, "content-range")), ("PDF", format!("bytes 1-3/{}", PDF.len()).as_str()));
    admin.send(Method::GET, &path(&id), &[("range", "bytes=999-")], None).expect(416);
    let packed = admin.send(Method::GET, &path(&id), &[("accept-encoding", "gzip")], None).expect(200);
    assert_eq!((header(&packed, "content-encoding"), packed.text.as_bytes()), ("", PDF), "files go as they are");

    // As browsers send it without script.
    let form = b"--b\r\ncontent-disposition: form-data; name=\"note\"\r\n\r\nx\r\n--b\r\ncontent-disposition: form-data; name=\"f\"; filename=\"n.txt\"\r\ncontent-type: image/png\r\n\r\nhello\r\n--b--\r\n";
    let multipart = [("content-type", "multipart/form-data; boundary=b")];
    let sent = admin.send(Method::POST, "/api/v1/files", &multipart, Some(form.to_vec())).expect(201);
    assert_eq!((&sent.json["name"], &sent.json["size"]), (&json!("n.txt"), &json!(5)), "{sent}");
    assert_eq!(sent.json["content_type"], "text/plain; charset=utf-8", "the content decides, not its sender");

    let history = admin.get(&format!("/api/v1/records/attachment/{id}/history")).expect(200);
    assert_eq!(history.json["changes"][0]["via"], "api", "{history}");
    tenant.server.anonymous().get(&path(&id)).refused(401, "auth.required");
    admin.get("/api/v1/files/0190a7c0-0000-7000-8000-000000000001").refused(404, "not_found");
    admin.get("/api/v1/files/..%2F..%2Fetc%2Fpasswd").refused(404, "not_found");
}

fn from_our_own_pages(tenant: &Tenant) {
    let browser = tenant.server.anonymous();
    let form = format!("tenant={}&email={}&password={}", tenant.key, encode(&admin_email(&tenant.key)), encode(PASSWORD));
    let headers = [("content-type", "application/x-www-form-urlencoded"), ("sec-fetch-site", "same-origin")];
    let entered = browser.send(Method::POST, "/login", &headers, Some(form.into_bytes()));
    let session = header(&entered, "set-cookie").split(';').next().unwrap_or_default().to_owned();
    let page = browser.send(Method::GET, "/", &[("cookie", &session)], None).expect(200);
    let token =
        page.text.split("name=\"form-token\" content=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap_or_default().to_owned();
    let upload = |headers: &[(&str, &str)]| {
        let headers = [&[("cookie", session.as_str())], headers].concat();
        browser.send(Method::POST, "/api/v1/files?name=a.txt", &headers, Some(b"mine".to_vec()))
    };
    upload(&[("sec-fetch-site", "same-origin")]).refused(403, "permission.denied");
    upload(&[("sec-fetch-site", "cross-site"), ("x-form-token", &token)]).refused(403, "permission.denied");
    let kept = upload(&[("sec-fetch-site", "same-origin"), ("x-form-token", &token)]).expect(201);
    let id = kept.json["id"].as_str().expect("an id");
    let got = browser.send(Method::GET, &path(id), &[("cookie", &session)], None).expect(200);
    assert_eq!((got.text.as_str(), header(&got, "cache-control")), ("mine", "private, no-cache, no-transform"));
    let history = tenant.admin.get(&format!("/api/v1/records/attachment/{id}/history")).expect(200);
    assert_eq!(history.json["changes"][0]["via"], "ui", "{history}");
}

fn hostile_files(tenant: &Tenant) {
    let admin = &tenant.admin;
    for (name, wanted) in [
        ("../../../etc/passwd", "passwd"),
        ("..\\..\\boot.ini", "boot.ini"),
        ("a\r\nset-cookie: x=1.txt", "aset-cookie_ x=1.txt"),
        ("photo\u{202E}gnp.exe", "photognp.exe"),
        ("\u{0}\u{1}", "file"),
        ("\"<img src=x>\".txt", "__img src=x__.txt"),
    ] {
        let answer = upload(admin, name, b"plain").expect(201);
        assert_eq!(answer.json["name"], wanted, "{name:?}");
        let got = admin.get(&path(answer.json["id"].as_str().expect("an id"))).expect(200);
        assert_eq!(header(&got, "set-cookie"), "", "{:?}", got.headers);
    }
    for (name, bytes, kind) in [
        ("a.png", &b"<!DOCTYPE html><script>alert(1)</script>"[..], "text/html"),
        ("b.png", b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "image/svg+xml"),
        ("c.png", b"PK\x03\x04\x14\0\0\0\x08\0bomb", "application/zip"),
        ("d.png", b"\0\x01\x02\x03", "application/octet-stream"),
    ] {
        let id = stored(admin, name, bytes);
        let got = admin.get(&path(&id)).expect(200);
        assert_eq!(header(&got, "content-type"), kind);
        assert!(header(&got, "content-disposition").starts_with("attachment; "), "{kind} is never shown: {:?}", got.headers);
        assert!(header(&got, "content-security-policy").starts_with("sandbox"), "{:?}", got.headers);
    }
    // Nobody makes or changes what an attachment says about its file.
    let made = json!({"name": "a.txt", "size": 1, "sha256": "0".repeat(64), "content_type": "text/html"});
    admin.post("/api/v1/records/attachment", &made).refused(422, "field.read_only");
    admin.post("/api/v1/records/attachment", &json!({})).refused(422, "field.required");
    let id = stored(admin, "a.txt", b"a");
    admin.patch(&format!("/api/v1/records/attachment/{id}"), None, &json!({"content_type": "text/html"})).refused(422, "field.read_only");
}

fn limits(tenant: &Tenant) {
    const MAX: usize = 25 * 1024 * 1024;
    let admin = &tenant.admin;
    let largest = vec![b'x'; MAX];
    let answer = upload(admin, "large.txt", &largest).expect(201);
    assert_eq!(answer.json["size"], MAX);
    let got = admin.get(&path(answer.json["id"].as_str().expect("an id"))).expect(200);
    assert!(got.text.as_bytes() == largest, "every byte comes back");
    let too_large = upload(admin, "larger.txt", &vec![b'x'; MAX + 1]);
    too_large.refused(413, "request.too_large").problem("request.too_large", "file");
    upload(admin, "empty.txt", b"").refused(422, "field.required").problem("field.required", "file");
    admin.send(Method::POST, "/api/v1/files", &[], Some(b"x".to_vec())).refused(422, "field.required").problem("field.required", "name");
    upload(admin, &"长".repeat(300), b"x").refused(422, "field.range").problem("field.range", "name");
    assert_eq!(upload(admin, &"长".repeat(255), b"x").expect(201).json["name"], "长".repeat(255));
    admin.send(Method::POST, "/api/v1/files?name=a&nmae=b", &[], Some(b"x".to_vec())).refused(400, "request.malformed");
}

fn who_may_have_a_file(tenant: &Tenant) {
    let [one, two] = ["one@a.example", "two@a.example"].map(|email| tenant.user(email, None, &["salesperson"]));
    let owned = one.create_id("customer", json!({"name": "甲"}));
    let shared = two.create_id("customer", json!({"name": "乙"}));
    let file = stored(&one, "secret.txt", b"secret");
    one.get(&path(&file)).expect(200);
    tenant.admin.get(&path(&file)).expect(200);
    two.get(&path(&file)).refused(404, "not_found");
    two.send(Method::HEAD, &path(&file), &[], None).expect(404);
    let nobody = tenant.user("nobody@a.example", None, &[]);
    nobody.get(&path(&file)).refused(404, "not_found");
    upload(&nobody, "a.txt", b"a").refused(403, "permission.denied");

    // A file about a record goes with the sight of the record.
    let about = |object: &str, id: &str| format!("/api/v1/files?name=a.txt&about={object}%2F{id}");
    let post = |api: &Api, path: &str| api.send(Method::POST, path, &[], Some(b"about".to_vec()));
    let given = post(&two, &about("customer", &shared)).expect(201);
    assert_eq!(given.json["about"], json!({"object": "customer", "id": shared}));
    let given = given.json["id"].as_str().expect("an id").to_owned();
    one.get(&path(&given)).refused(404, "not_found");
    tenant.admin.change("customer", &shared, json!({"owner": tenant.user_id("one@a.example")}));
    one.get(&path(&given)).expect(200);
    post(&one, &about("customer", &tenant.admin.create_id("customer", json!({"name": "丙"})))).refused(422, "reference.not_found");
    for nonsense in [about("nothing", &owned), about("customer", "x"), "/api/v1/files?name=a.txt&about=customer".to_owned()] {
        post(&one, &nonsense).refused(422, "reference.not_found");
    }

    // Gone with its record, back with it.
    one.delete(&format!("/api/v1/records/attachment/{file}")).expect(204);
    one.get(&path(&file)).refused(404, "not_found");
    one.post(&format!("/api/v1/records/attachment/{file}/restore"), &json!({})).expect(200);
    assert_eq!(one.get(&path(&file)).expect(200).text, "secret", "the file waited");
}

fn files_in_fields(tenant: &Tenant) {
    tenant.add_field("customer", json!({"key": "x_papers", "type": "file", "label": {"zh-CN": "文件", "en": "Papers"}}));
    let [one, two] = ["one@a.example", "two@a.example"].map(|email| tenant.user(email, None, &["salesperson"]));
    let [first, second] = ["1.txt", "2.txt"].map(|name| stored(&one, name, name.as_bytes()));
    let hidden = stored(&two, "3.txt", b"3");
    let id = one.create_id("customer", json!({"name": "甲", "x_papers": [second, first]}));
    assert_eq!(one.record("customer", &id)["x_papers"], json!([second, first]), "in the order given");
    two.get(&path(&first)).refused(404, "not_found");
    tenant.admin.change("customer", &id, json!({"owner": tenant.user_id("two@a.example")}));
    assert_eq!(two.get(&path(&first)).expect(200).text, "1.txt", "who sees the record has its files");
    assert_eq!(one.get(&path(&first)).expect(200).text, "1.txt", "and who sent them");

    let record = format!("/api/v1/records/customer/{id}");
    assert_eq!(two.change("customer", &id, json!({"x_papers": [second, hidden]}))["x_papers"], json!([second, hidden]));
    two.get(&path(&first)).refused(404, "not_found");
    let own = one.create_id("customer", json!({"name": "乙"}));
    let own_record = format!("/api/v1/records/customer/{own}");
    let stolen = one.patch(&own_record, None, &json!({"x_papers": [hidden]})).refused(422, "reference.not_found");
    stolen.problem("reference.not_found", "x_papers");
    let unknown = json!({"x_papers": ["0190a7c0-0000-7000-8000-000000000001"]});
    one.patch(&own_record, None, &unknown).refused(422, "reference.not_found");
    one.patch(&own_record, None, &json!({"x_papers": [own]})).refused(422, "reference.not_found");
    let many: Vec<String> = (0..21).map(|number| stored(&one, &format!("{number}.txt"), b"x")).collect();
    one.patch(&own_record, None, &json!({"x_papers": many})).refused(422, "field.range").problem("field.range", "x_papers");
    assert_eq!(one.change("customer", &own, json!({"x_papers": many[..20]}))["x_papers"].as_array().map(Vec::len), Some(20));
    two.patch(&record, None, &json!({"x_papers": null})).expect(200);
    assert_eq!(two.record("customer", &id)["x_papers"], Value::Null);
}

/// Every file below a folder.
fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let below = |entry: std::fs::DirEntry| {
        let path = entry.path();
        if path.is_dir() { files_below(&path) } else { vec![path] }
    };
    entries.flatten().flat_map(below).collect()
}

fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds() {
        assert!(Instant::now() < deadline, "it never came that {what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

fn what_broken_uploads_leave(db: Db) {
    let Some(mut server) = Server::start(db, &Options::default()) else { return };
    let email = admin_email("broken");
    server.cli(&["tenant", "create", "broken", "--name", "Broken", "--admin", &email]).expect(0);
    let api = server.api("broken", &email);
    let token = api.token().to_owned();
    let kept = stored(&api, "kept.txt", b"kept");
    let purged = stored(&api, "purged.txt", b"purged");
    let send_half = |server: &Server| {
        let mut stream = std::net::TcpStream::connect(server.address.trim_start_matches("http://")).expect("the server listens");
        let head = format!(
            "POST /api/v1/files?name=half.txt HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {token}\r\ncontent-length: 9000000\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&vec![b'x'; 3_000_000])).expect("half of it is sent");
        stream
    };
    let files = |server: &Server| files_below(&server.data.join("files").join("broken"));

    // A sender that goes away leaves nothing.
    let stream = send_half(&server);
    wait_until("the file is begun", || files(&server).len() == 3);
    drop(stream);
    wait_until("the rest is gone", || files(&server).len() == 2);

    // A server that is killed leaves half a file, which the next day's sweep takes away, with the file of a purged record.
    let stream = send_half(&server);
    wait_until("the file is begun", || files(&server).len() == 3);
    server.kill();
    drop(stream);
    let server = server.restart(&Options { now: Some(NOW), ..Options::default() });
    let api = server.anonymous().with_token(&token);
    assert_eq!(api.list("attachment", &[]).len(), 2, "half a file has no record");
    assert_eq!(stored_name(&api, &kept), "kept.txt");
    api.delete(&format!("/api/v1/records/attachment/{purged}")).expect(204);
    api.delete(&format!("/api/v1/recycle-bin/attachment/{purged}")).expect(204);
    stored(&api, "soon.txt", b"soon");
    assert_eq!(files(&server).len(), 4, "what is younger than a day is left alone");
    api.post("/api/v1/dev/clock", &json!({"now": "2026-11-25T04:00:00Z"})).expect(200);
    stored(&api, "later.txt", b"later");
    assert_eq!(files(&server).len(), 3, "kept, soon, later: {:?}", files(&server));
    assert_eq!(api.get(&path(&kept)).expect(200).text, "kept");
}

fn stored_name(api: &Api, id: &str) -> String {
    api.record("attachment", id)["name"].as_str().unwrap_or_default().to_owned()
}
