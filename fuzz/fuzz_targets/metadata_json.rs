//! A field and the rules of an object as JSON. What is accepted is really declared; new objects keep one from filling up.
#![no_main]

use std::sync::atomic::{AtomicU64, Ordering};

use axum::http::{Method, StatusCode};

static ACCEPTED: AtomicU64 = AtomicU64::new(0);
/// Fields that one object takes before the next one is made.
const FIELDS: u64 = 40;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let number = ACCEPTED.load(Ordering::Relaxed) / FIELDS;
    let object = format!("x_meta{number}");
    let new = serde_json::json!({ "key": object, "label": { "en": "Meta" } }).to_string();
    guanxi_fuzz::send(Method::POST, "/api/v1/objects", new.as_bytes());
    if guanxi_fuzz::send(Method::POST, &format!("/api/v1/objects/{object}/fields"), data) == StatusCode::CREATED {
        ACCEPTED.fetch_add(1, Ordering::Relaxed);
    }
    guanxi_fuzz::send(Method::PUT, "/api/v1/objects/x_thing/rules", data);
});
