//! `PUT /api/v1/objects/{object}/cards`: replaces what the tenant declares for an object wholly; an empty list takes it off the cards.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use crate::app::App;

/// Takes the document that a GET answers, with parts left out where there are none; answers it as it is now.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(key): ObjectPath,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let cards = super::read(body, &key)?;
    Ok(ok(&super::document(&app.engine.set_cards(&ctx, &key, cards).await?)))
}
