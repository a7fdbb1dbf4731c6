//! A small JSON client: every check that fails shows the whole answer.

use reqwest::Method;
use serde_json::{Value, json};
use std::future::Future;
use std::sync::OnceLock;

/// Runs a future to its end; the harness is written in plain calls, so that stories read from top to bottom.
pub fn wait<F: Future>(future: F) -> F::Output {
    static RUNTIME: OnceLock<tokio::runtime::Runtime> = OnceLock::new();
    RUNTIME.get_or_init(|| tokio::runtime::Runtime::new().expect("a runtime starts")).block_on(future)
}

/// A client bound to one server and to one token, or to none.
#[derive(Debug, Clone)]
pub struct Api {
    base: String,
    token: Option<String>,
    client: reqwest::Client,
}

/// An answer, kept whole.
#[derive(Debug, Clone)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The headers.
    pub headers: reqwest::header::HeaderMap,
    /// The body as JSON; null if it is none.
    pub json: Value,
    /// The body as it came.
    pub text: String,
    what: String,
}

impl Api {
    /// A client for the server at `base` (`http://127.0.0.1:PORT`).
    pub fn new(base: &str, token: Option<String>) -> Api {
        let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build().expect("a client");
        Api { base: base.to_owned(), token, client }
    }

    /// The token, for the few stories that tamper with it.
    pub fn token(&self) -> &str {
        self.token.as_deref().unwrap_or_default()
    }

    /// The same server with another token.
    pub fn with_token(&self, token: &str) -> Api {
        Api { token: Some(token.to_owned()), ..self.clone() }
    }

    /// GET of `path`, which begins with a slash.
    pub fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, &[], None)
    }

    /// GET that may find no server.
    pub fn try_get(&self, path: &str) -> Option<Answer> {
        wait(self.attempt(Method::GET, path, &[], None)).ok()
    }

    /// Any request with a JSON body that may find no server, or lose it on the way.
    pub fn try_send(&self, method: Method, path: &str, body: &Value) -> Option<Answer> {
        wait(self.attempt(method, path, &[("content-type", "application/json")], Some(body.to_string().into_bytes()))).ok()
    }

    /// POST of a JSON body.
    pub fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, &[("content-type", "application/json")], Some(body.to_string().into_bytes()))
    }

    /// POST of bytes that may be no JSON.
    pub fn post_bytes(&self, path: &str, body: &[u8]) -> Answer {
        self.send(Method::POST, path, &[("content-type", "application/json")], Some(body.to_vec()))
    }

    /// PATCH, with `If-Match` when a version is given.
    pub fn patch(&self, path: &str, version: Option<i64>, body: &Value) -> Answer {
        let tag = version.map(|version| format!("\"{version}\""));
        let mut headers = vec![("content-type", "application/json")];
        headers.extend(tag.as_deref().map(|tag| ("if-match", tag)));
        self.send(Method::PATCH, path, &headers, Some(body.to_string().into_bytes()))
    }

    /// PUT of a JSON body.
    pub fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, &[("content-type", "application/json")], Some(body.to_string().into_bytes()))
    }

    /// DELETE of `path`.
    pub fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, &[], None)
    }

    /// GET with a query string made from pairs, percent-encoded here.
    pub fn query(&self, path: &str, pairs: &[(&str, &str)]) -> Answer {
        let pairs: Vec<String> = pairs.iter().map(|(key, value)| format!("{key}={}", encode(value))).collect();
        self.get(&format!("{path}?{}", pairs.join("&")))
    }

    /// Any request.
    pub fn send(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> Answer {
        match wait(self.attempt(method.clone(), path, headers, body)) {
            Ok(answer) => answer,
            Err(error) => panic!("{method} {path} got no answer: {error:?}"),
        }
    }

    async fn attempt(&self, method: Method, path: &str, headers: &[(&str, &str)], body: Option<Vec<u8>>) -> reqwest::Result<Answer> {
        let mut what = format!("{method} {path}");
        let mut request = self.client.request(method, format!("{}{path}", self.base));
        if let Some(token) = &self.token {
            request = request.bearer_auth(token);
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if let Some(body) = body {
            what.push(' ');
            what.extend(String::from_utf8_lossy(&body).chars().take(400));
            request = request.body(body);
        }
        let response = request.send().await?;
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let text = response.text().await?;
        Ok(Answer { status, headers, json: serde_json::from_str(&text).unwrap_or(Value::Null), text, what })
    }

    /// Creates one record and returns it.
    #[track_caller]
    pub fn create(&self, object: &str, fields: Value) -> Value {
        self.post(&format!("/api/v1/records/{object}"), &fields).expect(201).json
    }

    /// Creates one record and returns its id.
    #[track_caller]
    pub fn create_id(&self, object: &str, fields: Value) -> String {
        let record = self.create(object, fields);
        record["id"].as_str().unwrap_or_else(|| panic!("a record has an id: {record}")).to_owned()
    }

    /// One record, which must be there.
    #[track_caller]
    pub fn record(&self, object: &str, id: &str) -> Value {
        self.get(&format!("/api/v1/records/{object}/{id}")).expect(200).json
    }

    /// Changes one record and returns it.
    #[track_caller]
    pub fn change(&self, object: &str, id: &str, fields: Value) -> Value {
        self.patch(&format!("/api/v1/records/{object}/{id}"), None, &fields).expect(200).json
    }

    /// The records of a list, one page of at most 1,000.
    #[track_caller]
    pub fn list(&self, object: &str, pairs: &[(&str, &str)]) -> Vec<Value> {
        let answer = self.query(&format!("/api/v1/records/{object}"), pairs).expect(200);
        answer.json["records"].as_array().unwrap_or_else(|| panic!("a list has records: {answer}")).clone()
    }

    /// The values of `field` in a list, in its order.
    #[track_caller]
    pub fn column(&self, object: &str, field: &str, pairs: &[(&str, &str)]) -> Vec<Value> {
        self.list(object, pairs).into_iter().map(|record| record[field].clone()).collect()
    }

    /// The groups of an aggregate, each as `[key, values]`, sorted by key so that order is no part of the check.
    #[track_caller]
    pub fn groups(&self, body: Value) -> Vec<Value> {
        let answer = self.post("/api/v1/aggregate", &body).expect(200);
        let groups = answer.json["groups"].as_array().unwrap_or_else(|| panic!("an aggregate has groups: {answer}"));
        let mut groups: Vec<Value> = groups.iter().map(|group| json!([group["key"], group["values"]])).collect();
        groups.sort_by_key(|group| group[0].to_string());
        groups
    }
}

impl Answer {
    /// Fails the test unless this is the status.
    #[track_caller]
    pub fn expect(self, status: u16) -> Answer {
        assert_eq!(self.status, status, "{self}");
        self
    }

    /// Fails the test unless this is a refusal of the fixed shape, with this status and with this code.
    #[track_caller]
    pub fn refused(self, status: u16, code: &str) -> Answer {
        assert_eq!(self.status, status, "{self}");
        assert_eq!(self.json["status"], json!(status), "the body repeats the status: {self}");
        for key in ["type", "title", "code", "request_id"] {
            assert!(self.json[key].as_str().is_some_and(|text| !text.is_empty()), "a refusal has {key}: {self}");
        }
        assert!(self.json["problems"].is_array(), "a refusal lists its problems: {self}");
        let listed = self.problems().iter().any(|problem| problem["code"] == code);
        assert!(self.json["code"] == code || listed, "no {code} in {self}");
        let kind = self.headers.get("content-type").and_then(|value| value.to_str().ok()).unwrap_or_default();
        assert!(kind.starts_with("application/problem+json"), "the content type is {kind:?}: {self}");
        for leak in ["SELECT ", "INSERT ", "sqlx", "constraint failed", "/home/", "/tmp/", "panicked"] {
            assert!(!self.text.contains(leak), "a person must not read {leak:?}: {self}");
        }
        self
    }

    /// The problems of a refusal.
    pub fn problems(&self) -> Vec<Value> {
        self.json["problems"].as_array().cloned().unwrap_or_default()
    }

    /// Fails the test unless there is a problem with this code on this field; returns it.
    #[track_caller]
    pub fn problem(&self, code: &str, field: &str) -> Value {
        let found = self.problems().into_iter().find(|problem| problem["code"] == code && problem["field"] == field);
        found.unwrap_or_else(|| panic!("no problem {code} on {field}: {self}"))
    }
}

impl std::fmt::Display for Answer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let shown: String = self.text.chars().take(4000).collect();
        write!(f, "{} answered {}: {shown}", self.what, self.status)
    }
}

/// Percent-encodes everything but the letters and digits of ASCII and `-_.~`.
pub fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => encoded.push(char::from(byte)),
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}
