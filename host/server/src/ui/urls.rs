//! Addresses of pages, so that no page spells another's.

use uuid::Uuid;

/// The parameter that says where to go afterwards.
pub const RETURN: &str = "return";

/// Percent-encodes everything but unreserved characters.
pub fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
    }
    out
}

/// A path with a query; parameters without a value are left out.
pub fn with_query(path: &str, parameters: &[(&str, &str)]) -> String {
    let pairs = parameters.iter().filter(|(_, value)| !value.is_empty()).map(|(name, value)| format!("{}={}", encode(name), encode(value)));
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// The list of an object.
pub fn list(object: &str) -> String {
    format!("/o/{object}")
}

/// The list of an object, filtered.
pub fn filtered_list(object: &str, filter: &str) -> String {
    with_query(&list(object), &[("filter", filter)])
}

/// A record's page.
pub fn record(object: &str, id: Uuid) -> String {
    format!("/o/{object}/{id}")
}

/// A record's page that knows of which list it is a part: filter and order, either may be blank.
pub fn record_in(object: &str, id: Uuid, filter: &str, sort: &str) -> String {
    with_query(&record(object, id), &[("in", filter), ("by", sort)])
}

/// With whom a record is shared.
pub fn shares(object: &str, id: Uuid) -> String {
    format!("/o/{object}/{id}/shares")
}

/// Why somebody may or may not see and change a record, for administrators.
pub fn explain(object: &str, id: Uuid) -> String {
    with_query("/admin/explain", &[("object", object), ("record", &id.to_string())])
}

/// Where files about a record are posted.
pub fn attach(object: &str, id: Uuid) -> String {
    format!("/o/{object}/{id}/attach")
}

/// The form for a new record.
pub fn create(object: &str) -> String {
    format!("/o/{object}/new")
}

/// The form for a new record with some fields filled in, and the page to come back to.
pub fn create_with(object: &str, presets: &[(&str, &str)], back: &str) -> String {
    with_query(&create(object), &[presets, &[(RETURN, back)]].concat())
}

/// The form of a record.
pub fn edit(object: &str, id: Uuid) -> String {
    format!("/o/{object}/{id}/edit")
}

/// Where a deletion is posted.
pub fn delete(object: &str, id: Uuid) -> String {
    format!("/o/{object}/{id}/delete")
}

/// Where a card's move is posted by a board without script; `back` is the board's page.
pub fn move_card(object: &str, id: Uuid, back: &str) -> String {
    with_query(&format!("/o/{object}/{id}/move"), &[(RETURN, back)])
}

/// Where one field of a record is changed in place.
pub fn cell(object: &str, id: Uuid) -> String {
    format!("/o/{object}/{id}/cell")
}

/// Where a saved view of an object is made, or one of them is changed.
pub fn views(object: &str, view: Option<Uuid>) -> String {
    match view {
        Some(view) => format!("/o/{object}/views/{view}"),
        None => format!("/o/{object}/views"),
    }
}

/// The record in the API, for scripts.
pub fn record_api(object: &str, id: Uuid) -> String {
    format!("/api/v1/records/{object}/{id}")
}

/// The search of a reference field: JSON for `reference.js`.
pub fn reference_search(object: &str) -> String {
    format!("/o/{object}/search")
}

/// Where scripts upload a file.
pub const UPLOADS: &str = "/api/v1/files";

/// An attached file, to be downloaded.
pub fn file(id: Uuid) -> String {
    format!("/api/v1/files/{id}")
}

/// Where a form asks which of its fields count with what is typed.
pub fn form_state(object: &str) -> String {
    format!("/o/{object}/form-state")
}

/// Where a transition of a record's state is posted.
pub fn transition(object: &str, id: Uuid) -> String {
    format!("/o/{object}/{id}/transition")
}

/// Where an adjustment of a record's numbers is posted.
pub fn adjust(object: &str, id: Uuid) -> String {
    format!("/o/{object}/{id}/adjust")
}

/// Where chosen records are changed together.
pub fn bulk(object: &str) -> String {
    format!("/o/{object}/bulk")
}

/// A record as it was at one of its versions.
pub fn version(object: &str, id: Uuid, version: i64) -> String {
    format!("/o/{object}/{id}/versions/{version}")
}

/// The undo of one change of a record.
pub fn undo_change(object: &str, id: Uuid, entry: i64) -> String {
    format!("/o/{object}/{id}/history/{entry}/undo")
}

/// The search.
pub const SEARCH: &str = "/search";

/// The list of batches.
pub const BATCHES: &str = "/batches";

/// One batch.
pub fn batch(id: i64) -> String {
    format!("{BATCHES}/{id}")
}

/// The undo of a batch.
pub fn undo_batch(id: i64) -> String {
    format!("{BATCHES}/{id}/undo")
}

/// Deleted records.
pub const RECYCLE_BIN: &str = "/recycle-bin";

/// Deleted records of an object.
pub fn recycle_bin(object: &str) -> String {
    with_query(RECYCLE_BIN, &[("object", object)])
}

/// Where the restoring of a deleted record is posted.
pub fn restore(object: &str, id: Uuid) -> String {
    format!("{RECYCLE_BIN}/{object}/{id}/restore")
}

/// Where the removal of a deleted record for good is posted.
pub fn purge(object: &str, id: Uuid) -> String {
    format!("{RECYCLE_BIN}/{object}/{id}/purge")
}

/// A plugin's page.
pub fn plugin_page(plugin: &str, page: &str) -> String {
    format!("/p/{plugin}/{page}")
}

/// The login page, with the way back.
pub fn login(next: &str) -> String {
    with_query("/login", &[("next", next)])
}

/// The login page after a session has ended, with the way back.
pub fn login_again(next: &str) -> String {
    with_query("/login", &[("ended", "1"), ("next", next)])
}

/// The same address if it is one of ours, else the start page: a link must not lead out of Guanxi.
pub fn own(address: &str) -> &str {
    let plain = address.starts_with('/') && !address.starts_with("//") && !address.contains(|c: char| c.is_control() || c == '\\');
    if plain { address } else { "/" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_stay_ours() {
        for (given, wanted) in [
            ("/o/customer?x=1", "/o/customer?x=1"),
            ("//evil.example", "/"),
            ("https://evil.example", "/"),
            ("/\\evil", "/"),
            ("/\t/evil.example", "/"),
            ("/\u{1}a", "/"),
            ("", "/"),
        ] {
            assert_eq!(own(given), wanted, "{given}");
        }
        assert_eq!(filtered_list("customer", r#"name == "江""#), "/o/customer?filter=name%20%3D%3D%20%22%E6%B1%9F%22");
        assert_eq!(with_query("/a", &[("x", ""), ("y", "1")]), "/a?y=1");
    }
}
