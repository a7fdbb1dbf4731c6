//! `POST /api/v1/users/{id}/transfer`: the records of one user become another's, as a batch.

use axum::extract::{Path, State};
use guanxi_core::Problem;
use serde_json::Value as Json;
use uuid::Uuid;

use super::super::auth::Caller;
use super::super::batches::{report, started};
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::{Answer, ApiError};
use super::super::reader::{Codes, Reader};
use crate::app::App;
use crate::engine::{Refusal, TransferRequest};

/// Takes `{"to","objects","from_records","confirm"}` and answers as a bulk request does; with `?dry_run=true` the preview.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    user: Result<Path<Uuid>, axum::extract::rejection::PathRejection>,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    let Path(from) = user.map_err(|_| ApiError(Refusal::not_found("user")))?;
    let dry_run = params.only(&["dry_run"])?.flag("dry_run", false)?;
    let request = read(from, body)?;
    if dry_run {
        return Ok(ok(&report(&app.engine.preview_transfer(&ctx, request).await?)));
    }
    Ok(started(&app.engine.transfer(&ctx, request).await?))
}

fn read(from: Uuid, body: Json) -> Result<TransferRequest, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Request)?;
    let malformed = |detail: &str, field: &str| Problem::error("request.malformed", detail).on(field);
    let to = reader.required_text("to");
    let to = Uuid::try_parse(&to).unwrap_or_else(|_| {
        if !to.is_empty() {
            reader.add([malformed("`to` takes the id of a user", "to")]);
        }
        Uuid::nil()
    });
    let objects = reader.texts("objects");
    if reader.text("from_records").is_some_and(|what| what != "owner") {
        reader.add([malformed("`from_records` is owner: records change hands by their owner", "from_records")]);
    }
    let confirm = reader.texts("confirm");
    reader.finish().map(|()| TransferRequest { from, to, objects, confirm })
}
