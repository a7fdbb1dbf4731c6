//! `DELETE /api/v1/records/{object}/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::super::auth::Caller;
use super::super::params::RawParams;
use super::super::path::RecordPath;
use super::super::problem::Answer;
use super::super::version_tag::IfMatch;
use crate::app::App;
use crate::engine::{Change, Refusal, SaveOptions};

/// Answers 204.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
    IfMatch(expect): IfMatch,
) -> Answer {
    let options = SaveOptions { confirm: params.only(&["confirm"])?.list("confirm"), ..SaveOptions::default() };
    let outcome = app.engine.save(&ctx, vec![Change::Delete { object, id, expect }], options).await?.pop();
    outcome.ok_or_else(|| Refusal::internal(&"a save of one change had no outcome"))??;
    Ok(StatusCode::NO_CONTENT.into_response())
}
