//! `GET /api/v1/records/{object}/export`: records as CSV.

use axum::extract::State;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::IntoResponse;

use super::super::auth::Caller;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use crate::app::App;

/// Answers the file; takes `filter`, `sort` and `fields` as a list does.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(object): ObjectPath,
    params: RawParams,
) -> Answer {
    let params = params.only(&["filter", "sort", "fields"])?;
    let fields = super::chosen(params.list("fields"))?;
    let csv = app.engine.export(&ctx, &object, params.text("filter"), params.text("sort"), &fields).await?;
    let headers = [(CONTENT_TYPE, "text/csv; charset=utf-8"), (CONTENT_DISPOSITION, "attachment; filename=\"records.csv\"")];
    Ok((headers, csv).into_response())
}
