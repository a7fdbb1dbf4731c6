//! The query of a list's address: filter, sort, fields and limit as they come in a URL, well formed or not.
#![no_main]

use axum::http::Method;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let path = format!("/api/v1/records/x_thing?{}", guanxi_fuzz::address(data));
    guanxi_fuzz::send(Method::GET, &path, b"");
});
