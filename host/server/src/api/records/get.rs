//! `GET /api/v1/records/{object}/{id}`: one record.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::json::{ok, view};
use super::super::params::RawParams;
use super::super::path::RecordPath;
use super::super::problem::Answer;
use super::super::version_tag::tagged;
use crate::app::App;

/// Answers the record, with its version as `ETag`.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
) -> Answer {
    let fields = super::chosen(params.only(&["fields"])?.list("fields"))?;
    let record = app.engine.get(&ctx, &object, id, &fields).await?;
    Ok(tagged(ok(&view(&record)), record.version))
}
