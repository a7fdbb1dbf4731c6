//! `DELETE /api/v1/views/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::super::auth::Caller;
use super::super::params::RawParams;
use super::super::path::ViewPath;
use super::super::problem::Answer;
use super::super::version_tag::IfMatch;
use crate::app::App;

/// Answers 204.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ViewPath(id): ViewPath,
    params: RawParams,
    IfMatch(expect): IfMatch,
) -> Answer {
    params.only(&[])?;
    app.engine.delete_saved_view(&ctx, id, expect).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}
