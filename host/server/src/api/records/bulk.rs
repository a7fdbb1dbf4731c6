//! `POST /api/v1/records/{object}/bulk`: one change for many records, as a batch.

use axum::extract::State;
use guanxi_core::Problem;
use serde_json::Value as Json;
use uuid::Uuid;

use super::super::auth::Caller;
use super::super::batches::{report, started};
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use crate::app::App;
use crate::engine::{BulkOp, BulkRequest, Raw};

/// Takes `{"op","filter" or "ids","set","title","confirm"}`; answers 200 with a batch that has ended or 202 with one that goes on. With
/// `?dry_run=true` it answers what the batch would do.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(object): ObjectPath,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    let dry_run = params.only(&["dry_run"])?.flag("dry_run", false)?;
    let request = read(object, body)?;
    if dry_run {
        return Ok(ok(&report(&app.engine.preview_bulk(&ctx, request).await?)));
    }
    Ok(started(&app.engine.bulk(&ctx, request).await?))
}

fn read(object: String, body: Json) -> Result<BulkRequest, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Request)?;
    let malformed = |detail: &str, field: &str| Problem::error("request.malformed", detail).on(field);
    let op = match reader.required_text("op").as_str() {
        "delete" => BulkOp::Delete,
        "update" | "" => BulkOp::Update,
        _ => {
            reader.add([malformed("`op` is update or delete", "op")]);
            BulkOp::Update
        }
    };
    let filter = reader.text("filter");
    let ids = match reader.json("ids") {
        None => None,
        Some(Json::Array(items)) => {
            let ids: Option<Vec<Uuid>> = items.iter().map(|item| Uuid::try_parse(item.as_str()?).ok()).collect();
            if ids.is_none() {
                reader.add([malformed("`ids` takes ids of records", "ids")]);
            }
            Some(ids.unwrap_or_default())
        }
        Some(_) => {
            reader.add([malformed("`ids` takes an array of ids", "ids")]);
            None
        }
    };
    let set = match reader.json("set") {
        None => Vec::new(),
        Some(Json::Object(map)) => map.into_iter().map(|(key, json)| (key, Raw::Json(json))).collect(),
        Some(_) => {
            reader.add([malformed("`set` takes fields with their new values", "set")]);
            Vec::new()
        }
    };
    let title = reader.text("title");
    let confirm = reader.texts("confirm");
    reader.finish().map(|()| BulkRequest { object, op, filter, ids, set, title, confirm })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_bulk_request_is_read_strictly() {
        let body = json!({ "op": "update", "filter": "", "set": { "region": null }, "confirm": ["a.b"] });
        let request = read("customer".into(), body).expect("a request");
        assert_eq!((request.op, request.filter.as_deref(), request.set.len()), (BulkOp::Update, Some(""), 1));
        for body in [
            json!([]),
            json!({ "op": "drop", "filter": "" }),
            json!({ "op": "update", "ids": ["7"], "set": {} }),
            json!({ "op": "update", "ids": "x" }),
            json!({ "op": "update", "filter": "", "set": [] }),
            json!({ "op": "update", "filtre": "" }),
        ] {
            assert_eq!(read("customer".into(), body.clone()).expect_err("refused")[0].code, "request.malformed", "{body}");
        }
    }
}
