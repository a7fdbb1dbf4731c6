//! `PATCH /api/v1/records/{object}/{id}`: new values for some fields. Null clears; fields that are not named stay.

use axum::extract::State;
use guanxi_core::Problem;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::params::RawParams;
use super::super::path::RecordPath;
use super::super::problem::{Answer, ApiError};
use super::super::repeat::Repeatable;
use super::super::version_tag::IfMatch;
use crate::app::App;
use crate::engine::{Change, SaveOptions};

/// Answers the record as it is now; with `?dry_run=true` as it would be.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
    IfMatch(expect): IfMatch,
    repeatable: Repeatable,
    Body(body): Body,
) -> Answer {
    let params = params.only(&["confirm", "dry_run"])?;
    let options = SaveOptions {
        confirm: params.list("confirm"),
        dry_run: params.flag("dry_run", false)?,
        repeat: repeatable.of(&body),
        ..SaveOptions::default()
    };
    let fields = super::fields(body).map_err(|problem: Problem| ApiError::from(problem))?;
    super::save_one(&app.engine, &ctx, Change::Update { object, id, expect, fields }, options).await
}
