//! `/search`.

use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::schema::{component, count, id, list, of, whole};
use super::super::view::View;

pub(super) fn add(_view: &View, paths: &mut Paths) {
    let limit = json!({ "type": "integer", "minimum": 1, "maximum": 100, "default": 20 });
    let search = Operation::new("search", "records", "Records by words, pinyin, initials or digits")
        .query("q", false, of("string"), "The words; all of them must be found. Without a letter or digit nothing is")
        .query("object", false, of("string"), "Only records of this object")
        .query("limit", false, limit, "Results at most")
        .answers(200, "The best first", component("SearchResults"))
        .refuses(&[403, 404]);
    paths.add("get", "/search", search);
}

pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let stretches = || list(list(count()));
    let result = whole(json!({
        "object": of("string"), "id": id(), "title": of("string"), "snippet": of("string"),
        "marks": whole(json!({ "title": stretches(), "snippet": stretches() })),
    }));
    vec![("SearchResults", whole(json!({ "results": list(result), "more": of("boolean"), "indexing": of("boolean") })))]
}
