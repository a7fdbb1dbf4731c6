//! `GET /api/v1/objects/{object}/rules`: the declared rules of an object, for everybody who may see its records.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use crate::app::App;

/// Answers the document, with its `ETag`.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, ObjectPath(key): ObjectPath, params: RawParams) -> Answer {
    params.only(&[])?;
    Ok(super::answer(&app.engine.declared_rules(&ctx, &key).await?))
}
