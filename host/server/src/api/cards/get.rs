//! `GET /api/v1/objects/{object}/cards`: what the tenant declares, for everybody who may see the records.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use crate::app::App;

/// Answers the document.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, ObjectPath(key): ObjectPath, params: RawParams) -> Answer {
    params.only(&[])?;
    Ok(ok(&super::document(&app.engine.declared_cards(&ctx, &key).await?)))
}
