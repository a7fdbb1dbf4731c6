//! `GET /api/v1/records/{object}/{id}/versions/{version}`: a record as it was.

use axum::extract::{FromRequestParts, Path, State};
use axum::http::request::Parts;
use uuid::Uuid;

use super::super::auth::Caller;
use super::super::json::{ok, view};
use super::super::params::RawParams;
use super::super::problem::{Answer, ApiError};
use crate::app::App;
use crate::engine::Refusal;

/// `/…/{object}/{id}/…/{number}`.
pub(in crate::api) struct NumberPath {
    pub(super) object: String,
    pub(super) id: Uuid,
    pub(super) number: i64,
}

impl<S: Send + Sync> FromRequestParts<S> for NumberPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, Uuid, i64)>::from_request_parts(parts, state).await;
        path.map(|Path((object, id, number))| Self { object, id, number }).map_err(|_| ApiError(Refusal::not_found("record")))
    }
}

/// Answers the record with the values that it had at that version.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, path: NumberPath, params: RawParams) -> Answer {
    params.only(&[])?;
    let NumberPath { object, id, number } = path;
    Ok(ok(&view(&app.engine.record_at(&ctx, &object, id, number).await?)))
}
