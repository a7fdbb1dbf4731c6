//! `PATCH /api/v1/departments/{id}`: changes a department. It cannot lie below itself.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::IdPath;
use super::super::problem::Answer;
use super::super::version_tag::{IfMatch, tagged};
use crate::app::App;

/// Takes some of `{"name","parent","managers"}` and answers the department as it is now.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    IdPath(id): IdPath,
    params: RawParams,
    IfMatch(expect): IfMatch,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let department = app.engine.put_department(&ctx, Some(id), super::read(body, expect)?).await?;
    Ok(tagged(ok(&super::document(&department)), department.version))
}
