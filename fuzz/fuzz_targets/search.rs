//! The words of a search.
#![no_main]

use axum::http::Method;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    guanxi_fuzz::send(Method::GET, &format!("/api/v1/search?q={}", guanxi_fuzz::encoded(data)), b"");
});
