//! `DELETE /api/v1/objects/{object}/fields/{field}`: takes a field out of sight. Its values are kept; `PATCH {"hidden":false}` brings it back.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::super::auth::Caller;
use super::super::params::RawParams;
use super::super::path::FieldPath;
use super::super::problem::Answer;
use crate::app::App;

/// Answers 204.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    FieldPath { object, field }: FieldPath,
    params: RawParams,
) -> Answer {
    params.only(&[])?;
    app.engine.drop_field(&ctx, &object, &field).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
