//! `POST /api/v1/departments`: makes a department.

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

/// Takes `{"name","parent","managers"}` and answers 201 with the department.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams, Body(body): Body) -> Answer {
    params.only(&[])?;
    let department = app.engine.put_department(&ctx, None, super::read(body, None)?).await?;
    Ok((StatusCode::CREATED, tagged(ok(&super::document(&department)), department.version)).into_response())
}
