//! The cards of customers, and time lines.

use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::schema::{
    component, count, id, list, map, maybe, maybe_id, maybe_list, maybe_one_of, nullable, object, of, one_of, whole,
};
use super::super::view::View;
use super::records::change;

const CARDS: [&str; 2] = ["contacts", "transactions"];

pub(super) fn add(view: &View, paths: &mut Paths) {
    if view.objects.is_empty() {
        return;
    }
    let op = |id: &str, tag: &str, summary: &str| Operation::new(id, tag, summary).refuses(&[403, 404, 422]);
    let day = || json!({ "type": "string", "format": "date" });
    let card = op("records.card", "records", "Every contact or dealing with a record, from all objects, newest first")
        .at("action", one_of(&CARDS))
        .takes(&["page", "cursor"])
        .query("kind", false, of("string"), "Entries of this kind alone")
        .query("from", false, day(), "From this day")
        .query("to", false, day(), "To this day")
        .query("figures", false, of("boolean"), "`false` spares counts and sums")
        .answers(200, "A page of entries", component("Card"));
    paths.add("get", "/records/{object}/{id}/cards/{action}", card);
    let line = op("records.timeline", "records", "A record's changes and the work about it in one order, newest first")
        .takes(&["page", "cursor"])
        .query("kind", false, of("string"), "Entries of this kind alone")
        .answers(200, "A page of entries", component("TimeLine"));
    paths.add("get", "/records/{object}/{id}/timeline", line);
    let get = op("cards.get", "objects", "As which kinds an object's records stand on cards");
    paths.add("get", "/objects/{object}/cards", get.answers(200, "The document", component("CardDeclarations")));
    if view.administrator {
        let put =
            op("cards.put", "objects", "Replaces what the tenant declares wholly").body(component("NewCardDeclarations")).refuses(&[409]);
        paths.add("put", "/objects/{object}/cards", put.answers(200, "The document", component("CardDeclarations")));
    }
}

pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let head = json!({
        "key": of("string"), "object": of("string"), "label": component("Label"), "icon": of("string"), "plugin": maybe("string"),
    });
    let mut kind = whole(head.clone());
    kind["properties"]["measure"] = maybe_one_of(&["volume", "payment"]);
    kind["properties"]["count"] = maybe("integer");
    kind["properties"]["amount"] = maybe("string");
    kind["properties"]["withheld"] = of("boolean");
    let row = whole(json!({
        "kind": of("string"), "object": of("string"), "id": id(), "at": of("string"), "title": {}, "amount": {}, "status": {},
        "person": maybe_id(), "person_name": maybe("string"), "details": map(json!({})), "no_access": list(of("string")),
    }));
    let month = whole(json!({ "month": { "type": "string", "format": "date" }, "count": count(), "amount": of("string") }));
    let summary = whole(json!({
        "volume": maybe("string"), "count": maybe("integer"), "paid": maybe("string"), "per_month": maybe("string"), "trend": maybe("string"),
        "months": list(month),
    }));
    let entry = json!({ "oneOf": [whole(json!({ "change": change() })), whole(json!({ "record": component("CardRow") }))] });
    vec![
        ("CardRow", row),
        (
            "Card",
            object(
                &["records", "next", "kinds", "currency"],
                json!({
                    "records": list(component("CardRow")), "next": maybe("string"), "kinds": list(kind), "currency": of("string"),
                    "summary": nullable(summary),
                }),
            ),
        ),
        ("TimeLine", whole(json!({ "entries": list(entry), "next": maybe("string"), "kinds": list(whole(head)) }))),
        ("CardDeclarations", whole(json!({ "cards": list(object(&["card", "key", "through"], declaration(&CARDS))) }))),
        ("NewCardDeclarations", object(&[], json!({ "cards": maybe_list(object(&["card"], declaration(&CARDS))) }))),
    ]
}

fn declaration(cards: &[&str]) -> Json {
    json!({
        "card": one_of(cards), "key": maybe("string"), "through": maybe("string"), "label": nullable(component("NewLabel")),
        "icon": maybe("string"), "date": maybe("string"), "title": maybe("string"), "amount": maybe("string"), "status": maybe("string"),
        "person": maybe("string"), "where": maybe("string"), "measure": maybe_one_of(&["volume", "payment"]),
    })
}
