//! A cursor of a list. The first byte chooses a sort, so that cursors of other questions are tried too; with an even second byte a cursor
//! that the server gave is taken and the bytes are changes to it.
#![no_main]

use axum::http::Method;
use std::sync::OnceLock;

const SORTS: [&str; 4] = ["", "name", "-x_int,name", "x_day"];

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let [sort, kind, rest @ ..] = data else { return };
    let sort = SORTS[usize::from(*sort) % SORTS.len()];
    let cursor = if kind % 2 == 0 { changed(given(), rest) } else { rest.to_vec() };
    let path = format!("/api/v1/records/x_thing?limit=1&sort={sort}&cursor={}", guanxi_fuzz::encoded(&cursor));
    guanxi_fuzz::send(Method::GET, &path, b"");
});

/// A real cursor of the list without a sort.
fn given() -> &'static [u8] {
    static CURSOR: OnceLock<Vec<u8>> = OnceLock::new();
    CURSOR.get_or_init(|| {
        let page = guanxi_fuzz::answer(Method::GET, "/api/v1/records/x_thing?limit=1", b"");
        page["next"].as_str().expect("a second page").as_bytes().to_vec()
    })
}

/// Each pair of bytes puts a value at a place.
fn changed(cursor: &[u8], changes: &[u8]) -> Vec<u8> {
    let mut cursor = cursor.to_vec();
    for pair in changes.chunks_exact(2) {
        let place = usize::from(pair[0]) % cursor.len();
        cursor[place] = pair[1];
    }
    cursor
}
