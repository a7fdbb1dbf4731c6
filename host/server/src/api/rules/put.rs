//! `PUT /api/v1/objects/{object}/rules`: replaces the declared rules of an object wholly.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use super::super::version_tag::IfMatchTag;
use super::read::read;
use crate::app::App;

/// Takes the document that a GET answers, with parts left out where there are none; answers it as it is now.
/// With `If-Match` it is refused when somebody changed the rules since.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(key): ObjectPath,
    params: RawParams,
    IfMatchTag(seen): IfMatchTag,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let declared = app.engine.set_rules(&ctx, &key, read(body)?, seen.as_deref()).await?;
    Ok(super::answer(&declared))
}
