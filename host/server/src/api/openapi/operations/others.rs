//! `/me`, `/units`, `/dev/clock` and the document itself.

use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::schema::{instant, list, maybe_id, of, one_of, whole};
use super::super::view::View;

pub(super) fn add(view: &View, paths: &mut Paths) {
    let me = Operation::new("me.get", "me", "Who the credential belongs to");
    paths.add("get", "/me", me.answers(200, "The caller", caller()));
    let document = Operation::new("openapi.get", "me", "This document");
    paths.add("get", "/openapi.json", document.answers(200, "An OpenAPI 3.1 document", of("object")));
    let convert = Operation::new("units.convert", "unit", "A quantity in another unit")
        .query("quantity", true, of("string"), "A plain number, such as 3 or 2.5")
        .query("from", true, of("string"), "A unit by symbol, name or id")
        .query("to", true, of("string"), "A unit by symbol, name or id")
        .answers(200, "The quantity", whole(json!({ "quantity": of("string") })))
        .refuses(&[403, 404, 422]);
    paths.add("get", "/units/convert", convert);
    if view.dev {
        let clock = Operation::new("dev.clock", "dev", "Moves the server's clock (`guanxi dev` only)")
            .body(whole(json!({ "now": instant() })))
            .answers(200, "The time from which the clock runs on", whole(json!({ "now": instant() })))
            .refuses(&[403]);
        paths.add("post", "/dev/clock", clock);
    }
}

fn caller() -> Json {
    whole(json!({
        "user": maybe_id(),
        "name": of("string"),
        "tenant": of("string"),
        "roles": list(of("string")),
        "locale": one_of(&["zh-CN", "en"]),
    }))
}
