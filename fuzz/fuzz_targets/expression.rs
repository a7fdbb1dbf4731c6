//! A filter: parsed, checked, pushed down to SQL and run.
#![no_main]

use axum::http::Method;

libfuzzer_sys::fuzz_target!(|text: &str| {
    let body = serde_json::json!({ "filter": text, "limit": 5 }).to_string();
    guanxi_fuzz::send(Method::POST, "/api/v1/records/x_thing/query", body.as_bytes());
});
