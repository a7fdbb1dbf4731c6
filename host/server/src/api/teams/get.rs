//! `GET /api/v1/teams/{id}`: one team.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::IdPath;
use super::super::problem::Answer;
use super::super::version_tag::tagged;
use crate::app::App;

/// Answers the team, with its revision as `ETag`.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, IdPath(id): IdPath, params: RawParams) -> Answer {
    params.only(&[])?;
    let team = app.engine.get_team(&ctx, id).await?;
    Ok(tagged(ok(&super::document(&team)), team.revision))
}
