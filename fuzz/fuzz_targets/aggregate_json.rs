//! An aggregate as JSON: parsed, checked, run.
#![no_main]

use axum::http::Method;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    guanxi_fuzz::send(Method::POST, "/api/v1/aggregate", data);
});
