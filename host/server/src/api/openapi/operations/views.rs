//! `/views`: saved views.

use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::schema::{component, id, instant, list, maybe, maybe_one_of, nullable, object, of, one_of, whole};

const KINDS: [&str; 3] = ["list", "board", "calendar"];

pub(super) fn add(paths: &mut Paths) {
    let op = |id: &str, summary: &str| Operation::new(id, "views", summary);
    let all = op("views.list", "The caller's own views and those that are shared with the caller")
        .query("object", false, of("string"), "Views of this object alone")
        .answers(200, "By name", whole(json!({ "views": list(component("View")) })))
        .refuses(&[403, 404]);
    paths.add("get", "/views", all);
    let create = op("views.create", "Saves a view for the caller").body(component("NewView"));
    paths.add("post", "/views", create.answers_record(201, "The view", component("View")).refuses(&[403, 404, 409]));
    let get = op("views.get", "One view").answers_record(200, "The view", component("View"));
    paths.add("get", "/views/{id}", get.refuses(&[403, 404]));
    let update = op("views.update", "Another name, content or audience").takes(&["If-Match"]).body(component("ViewChange"));
    paths.add("patch", "/views/{id}", update.answers_record(200, "The view", component("View")).refuses(&[403, 404, 409]));
    let delete = op("views.delete", "Removes a view").takes(&["If-Match"]).answers_nothing(204, "Gone");
    paths.add("delete", "/views/{id}", delete.refuses(&[403, 404, 409]));
}

pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let shown = whole(json!({
        "id": id(), "object": of("string"), "name": of("string"), "owner": id(), "owner_name": of("string"), "kind": one_of(&KINDS),
        "filter": of("string"), "sort": of("string"), "columns": list(of("string")), "group_field": maybe("string"),
        "date_field": maybe("string"),
        "shared": whole(json!({
            "everyone": of("boolean"), "roles": list(of("string")), "departments": list(id()), "teams": list(id()),
        })),
        "version": of("integer"), "editable": of("boolean"), "usable": of("boolean"), "problems": list(component("Problem")),
        "created_at": instant(), "updated_at": instant(),
    }));
    let mut new = content();
    new["object"] = of("string");
    vec![("View", shown), ("NewView", object(&["object", "name"], new)), ("ViewChange", object(&[], content()))]
}

/// What may be said of a view; a null takes it away.
fn content() -> Json {
    let texts = || json!({ "type": ["array", "string", "null"], "items": of("string") });
    let shared = object(&[], json!({ "everyone": maybe("boolean"), "roles": texts(), "departments": texts(), "teams": texts() }));
    json!({
        "name": of("string"), "kind": maybe_one_of(&KINDS), "filter": maybe("string"), "sort": texts(), "columns": texts(),
        "group_field": maybe("string"), "date_field": maybe("string"), "shared": nullable(shared),
    })
}
