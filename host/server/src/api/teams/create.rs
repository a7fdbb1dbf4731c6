//! `POST /api/v1/teams`: makes a team.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use super::super::version_tag::tagged;
use crate::app::App;

/// Takes `{"name","members"}` and answers 201 with the team.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams, Body(body): Body) -> Answer {
    params.only(&[])?;
    let (name, members, _) = super::read(body)?;
    let team = app.engine.put_team(&ctx, None, &name, members, None).await?;
    Ok((StatusCode::CREATED, tagged(ok(&super::document(&team)), team.revision)).into_response())
}
