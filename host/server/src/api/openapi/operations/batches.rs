//! `/batches`, `/recycle-bin` and `/users/{id}/transfer`.

use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::schema::{component, count, id, instant, list, map, maybe, maybe_id, maybe_instant, nullable, of, one_of, whole};
use super::super::view::View;
use super::objects::differences;

pub(super) fn add(view: &View, paths: &mut Paths) {
    let op = |id: &str, summary: &str| Operation::new(id, "batches", summary);
    let all = op("batches.list", "Batches, newest first").takes(&["page", "cursor"]);
    let page = whole(json!({ "batches": list(component("Batch")), "next": maybe("string") }));
    paths.add("get", "/batches", all.answers(200, "A page of batches", page).refuses(&[403]));
    let one = op("batches.get", "How far a batch is, and what it could not do").at("id", count());
    paths.add("get", "/batches/{id}", one.answers(200, "The batch", component("BatchWithRecords")).refuses(&[403, 404]));
    let started = || json!({ "anyOf": [component("Started"), component("Report")] });
    let undo = op("batches.undo", "Takes a batch back")
        .at("id", count())
        .takes(&["dry_run", "confirm"])
        .answers(200, "The batch with its report; of a dry run the report", started())
        .answers(202, "The batch goes on", component("Started"))
        .refuses(&[403, 404, 409, 422]);
    paths.add("post", "/batches/{id}/undo", undo);
    if view.administrator {
        let transfer = op("users.transfer", "The records of one user become another's")
            .takes(&["dry_run"])
            .body(component("TransferRequest"))
            .answers(200, "The batch with its report; of a dry run the report", started())
            .answers(202, "The batch goes on", component("Started"))
            .refuses(&[403, 404, 409]);
        paths.add("post", "/users/{id}/transfer", transfer);
    }
    recycle_bin(view, paths);
}

fn recycle_bin(view: &View, paths: &mut Paths) {
    if view.objects.is_empty() {
        return;
    }
    let op = |id: &str, summary: &str| Operation::new(id, "recycle-bin", summary);
    let deleted = whole(json!({
        "object": of("string"), "id": id(), "title": maybe("string"), "deleted_at": instant(), "deleted_by": maybe_id(),
        "deleted_by_name": maybe("string"),
    }));
    let all = op("recycleBin.list", "Deleted records that the caller could see, deleted last first")
        .query("object", true, one_of(&view.keys()), "Whose recycle bin")
        .takes(&["page", "cursor"])
        .answers(200, "A page of records", whole(json!({ "records": list(deleted), "next": maybe("string") })))
        .refuses(&[403, 404, 422]);
    paths.add("get", "/recycle-bin", all);
    if view.administrator {
        let purge = op("recycleBin.purge", "Removes a deleted record for good").answers_nothing(204, "Gone");
        paths.add("delete", "/recycle-bin/{object}/{id}", purge.refuses(&[403, 404, 409, 422]));
    }
}

pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let counts =
        whole(json!({ "wanted": count(), "changed": count(), "unchanged": count(), "refused": count(), "changed_since": count() }));
    let record = whole(json!({
        "object": of("string"), "id": maybe_id(), "title": of("string"), "result": of("string"), "fields": list(of("string")),
        "problems": list(component("Problem")),
    }));
    let sample = whole(json!({ "id": id(), "title": of("string"), "fields": differences() }));
    let mut with_records = batch();
    with_records["properties"]["records"] = list(component("BatchRecord"));
    vec![
        ("BatchCounts", counts),
        ("BatchRecord", record),
        ("Batch", batch()),
        ("BatchWithRecords", with_records),
        (
            "Report",
            whole(json!({
                "counts": component("BatchCounts"), "codes": map(count()), "objects": map(count()), "records": list(component("BatchRecord")),
                "sample": list(sample),
            })),
        ),
        ("Started", whole(json!({ "batch": nullable(component("Batch")), "report": nullable(component("Report")) }))),
    ]
}

fn batch() -> Json {
    whole(json!({
        "id": { "type": "integer" },
        "kind": one_of(&["bulk_edit", "bulk_delete", "import", "transfer", "undo"]),
        "title": of("string"), "object": maybe("string"), "actor": maybe_id(), "actor_name": maybe("string"),
        "at": instant(), "ended_at": maybe_instant(),
        "state": one_of(&["running", "done", "interrupted", "undone", "partly_undone"]),
        "counts": component("BatchCounts"), "detail": {}, "undoes": maybe("integer"), "undone_by": maybe("integer"),
    }))
}
