//! `/files`.

use serde_json::json;

use super::super::paths::{Operation, Paths};
use super::super::schema::of;

pub(super) fn add(paths: &mut Paths) {
    let bytes = json!({});
    let form = json!({ "schema": { "type": "object", "required": ["file"], "properties": { "file": {} } } });
    let mut created = json!({
        "description": "The attachment",
        "content": { "application/json": { "schema": { "type": "object", "required": ["id"], "properties": { "id": { "type": "string", "format": "uuid" } } } } },
    });
    created["headers"] = json!({ "ETag": { "$ref": "#/components/headers/ETag" }, "Location": { "schema": { "type": "string" } } });
    let create = Operation::new("files.create", "files", "One file, as the body of the request or of a form")
        .query("name", false, of("string"), "The file's name; a form may name it itself")
        .query("about", false, of("string"), "A sentence about it")
        .other_body(json!({ "application/octet-stream": bytes, "multipart/form-data": form }))
        .replies(201, created)
        .refuses(&[403, 404, 409]);
    paths.add("post", "/files", create);
    let file = |text: &str| json!({ "description": text, "content": { "*/*": {} }, "headers": { "ETag": { "$ref": "#/components/headers/ETag" } } });
    let get = Operation::new("files.get", "files", "The bytes of an attachment")
        .replies(200, file("The file"))
        .replies(206, file("The range that was asked for"))
        .answers_nothing(304, "The caller has it already")
        .refuses(&[403, 404, 416]);
    paths.add("get", "/files/{id}", get);
}
