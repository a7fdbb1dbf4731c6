//! `/api/v1/users/{id}/roles`: which roles a user has.

use axum::extract::State;
use serde_json::json;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::IdPath;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use crate::app::App;

/// `GET`: answers `{"roles"}`, by key.
pub(in crate::api) async fn get(State(app): State<App>, Caller(ctx): Caller, IdPath(user): IdPath, params: RawParams) -> Answer {
    params.only(&[])?;
    Ok(ok(&json!({ "roles": app.engine.visible_roles_of(&ctx, user).await? })))
}

/// `PUT`: gives the user exactly these roles, and answers them.
pub(in crate::api) async fn put(
    State(app): State<App>,
    Caller(ctx): Caller,
    IdPath(user): IdPath,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let mut reader = Reader::new(body, "", Codes::Request)?;
    let roles = reader.texts("roles");
    reader.finish()?;
    app.engine.set_roles(&ctx, user, &roles).await?;
    Ok(ok(&json!({ "roles": app.engine.visible_roles_of(&ctx, user).await? })))
}
