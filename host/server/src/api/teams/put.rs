//! `PUT /api/v1/teams/{id}`: replaces a team.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::IdPath;
use super::super::problem::Answer;
use super::super::version_tag::{IfMatch, tagged};
use crate::app::App;

/// Takes `{"name","members"}`, with the revision that is replaced as `If-Match` or in the document, and answers the team as it is now.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    IdPath(id): IdPath,
    params: RawParams,
    IfMatch(tag): IfMatch,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let (name, members, revision) = super::read(body)?;
    let team = app.engine.put_team(&ctx, Some(id), &name, members, tag.or(revision)).await?;
    Ok(tagged(ok(&super::document(&team)), team.revision))
}
