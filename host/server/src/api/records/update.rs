//! `PATCH /api/v1/records/{object}/{id}`: new values for some fields. Null clears; fields that are not named stay.

use axum::extract::State;
use guanxi_core::Problem;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::RecordPath;
use super::super::problem::{Answer, ApiError};
use super::super::version_tag::{IfMatch, tagged};
use crate::app::App;
use crate::engine::{Change, Refusal, SaveOptions};

/// Answers the record as it is now.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
    IfMatch(expect): IfMatch,
    Body(body): Body,
) -> Answer {
    let options = SaveOptions { confirm: params.only(&["confirm"])?.list("confirm"), ..SaveOptions::default() };
    let fields = super::fields(body).map_err(|problem: Problem| ApiError::from(problem))?;
    let change = Change::Update { object: object.clone(), id, expect, fields };
    let outcome = app.engine.save(&ctx, vec![change], options).await?.pop();
    let saved = outcome.ok_or_else(|| Refusal::internal(&"a save of one change had no outcome"))??;
    let record = super::saved_records(&app.engine, &ctx, &object, &[&saved]).await?.pop().unwrap_or_default();
    Ok(tagged(ok(&record), super::shown_version(&record, &saved)))
}
