//! `DELETE /api/v1/recycle-bin/{object}/{id}`: removes a deleted record for good.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::super::auth::Caller;
use super::super::params::RawParams;
use super::super::path::RecordPath;
use super::super::problem::Answer;
use crate::app::App;

/// Answers 204. Administrators only; this cannot be undone.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
) -> Answer {
    params.only(&[])?;
    app.engine.purge(&ctx, &object, id).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
