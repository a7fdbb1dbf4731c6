//! A record as JSON: the whole save up to the point where it would write.
#![no_main]

use axum::http::Method;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    guanxi_fuzz::send(Method::POST, "/api/v1/records/x_thing?dry_run=true", data);
});
