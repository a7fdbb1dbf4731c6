//! A whole server in the fuzzer's own process: what a target sends goes through the same router, engine and database as everything else.

use std::sync::OnceLock;

use axum::Router;
use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use guanxi_sandbox::{Sandbox, SandboxSettings};
use guanxi_server::app::{App, Readiness};
use guanxi_server::clock::Clock;
use guanxi_server::engine::{Engine, FileStorage, NewToken};
use guanxi_store::{Location, Stores};
use serde_json::{Value, json};
use tower::ServiceExt;

/// The object that the targets write to; it has a field of every type, lines and rules.
pub const OBJECT: &str = "x_thing";

struct World {
    runtime: tokio::runtime::Runtime,
    router: Router,
    token: String,
}

/// Sends a request as the administrator and checks what must hold for every answer: no failure of the server, and JSON.
pub fn send(method: Method, path: &str, body: &[u8]) -> StatusCode {
    ask(method, path, body).0
}

/// The same for the JSON that comes back; null where nothing does.
pub fn answer(method: Method, path: &str, body: &[u8]) -> Value {
    serde_json::from_slice(&ask(method, path, body).1).unwrap_or(Value::Null)
}

/// Any bytes as a value within an address.
pub fn encoded(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("%{byte:02X}")).collect()
}

/// Any bytes as the query of an address: what a URL cannot carry as it is becomes an escape, `&`, `=`, `+` and `%` stay.
pub fn address(bytes: &[u8]) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"&=+%-_.,".contains(&byte);
    bytes.iter().map(|&byte| if plain(byte) { char::from(byte).to_string() } else { encoded(&[byte]) }).collect()
}

fn ask(method: Method, path: &str, body: &[u8]) -> (StatusCode, Vec<u8>) {
    static WORLD: OnceLock<World> = OnceLock::new();
    let world = WORLD.get_or_init(World::new);
    let (status, text) = world.ask(method, path, body.to_vec());
    assert!(status.as_u16() < 500, "{status}: {}", String::from_utf8_lossy(&text));
    assert!(text.is_empty() || serde_json::from_slice::<Value>(&text).is_ok(), "{status}: no JSON");
    (status, text)
}

impl World {
    fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        // Lives as long as the process, and goes with the system's own clean-up of temporary folders.
        let folder = tempfile::tempdir().expect("a folder").keep();
        let (router, token) = runtime.block_on(async {
            let stores = Stores::open(Location::Sqlite { folder: folder.clone(), durable: false }).await.expect("a store");
            let files = FileStorage::open(&folder.join("files"), false).expect("a folder for files");
            let sandbox = Sandbox::new(&SandboxSettings::default()).expect("a sandbox");
            let engine = Engine::new(stores, files, sandbox, Clock::new(None));
            let tenant = engine.create_tenant("fuzz", "Fuzz", "admin@fuzz.example", None).await.ok().expect("a tenant");
            let ctx = engine.system_ctx(tenant).await.ok().expect("a context");
            let new = NewToken { name: "fuzz".into(), ..NewToken::default() };
            let token = engine.create_token(&ctx, "admin@fuzz.example", new).await.ok().expect("a token");
            let app = App { engine: engine.into(), dev: None, readiness: Readiness::default(), secure: false };
            (guanxi_server::serve::router(app), token)
        });
        let world = Self { runtime, router, token };
        world.declare();
        world
    }

    fn ask(&self, method: Method, path: &str, body: Vec<u8>) -> (StatusCode, Vec<u8>) {
        let request = Request::builder()
            .method(method)
            .uri(path)
            .header("authorization", format!("Bearer {}", self.token))
            .header("content-type", "application/json")
            .body(Body::from(body))
            .expect("a request");
        self.runtime.block_on(async {
            let answer = self.router.clone().oneshot(request).await.expect("an answer");
            let status = answer.status();
            (status, axum::body::to_bytes(answer.into_body(), usize::MAX).await.expect("a body").to_vec())
        })
    }

    fn must(&self, method: Method, path: &str, body: &Value) {
        let (status, text) = self.ask(method, path, body.to_string().into_bytes());
        assert!(status.is_success(), "{path}: {status}: {}", String::from_utf8_lossy(&text));
    }

    /// The same object that the gate's replay of the corpus declares.
    fn declare(&self) {
        let declared: Value = serde_json::from_str(include_str!("../world.json")).expect("world.json is JSON");
        for step in declared.as_array().expect("a list of requests") {
            let method = step["method"].as_str().and_then(|m| m.parse().ok()).unwrap_or(Method::POST);
            self.must(method, step["path"].as_str().expect("a path"), &step["body"]);
        }
        for (name, number) in [("one", 1), ("two", 2)] {
            self.must(Method::POST, &format!("/api/v1/records/{OBJECT}"), &json!({ "name": name, "x_int": number }));
        }
    }
}
