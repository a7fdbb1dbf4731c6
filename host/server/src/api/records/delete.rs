//! `DELETE /api/v1/records/{object}/{id}`.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::RecordPath;
use super::super::problem::Answer;
use super::super::repeat::Repeatable;
use super::super::version_tag::IfMatch;
use crate::app::App;
use crate::engine::{Change, Refusal, SaveOptions};

/// Answers 204; with `?dry_run=true` 200 and what would hinder it.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
    IfMatch(expect): IfMatch,
    repeatable: Repeatable,
) -> Answer {
    let params = params.only(&["confirm", "dry_run"])?;
    let options = SaveOptions {
        confirm: params.list("confirm"),
        dry_run: params.flag("dry_run", false)?,
        repeat: repeatable.of(&Json::Null),
        ..SaveOptions::default()
    };
    let dry_run = options.dry_run;
    let outcome = app.engine.save(&ctx, vec![Change::Delete { object, id, expect }], options).await?.pop();
    let saved = outcome.ok_or_else(|| Refusal::internal(&"a save of one change had no outcome"))??;
    if dry_run {
        return Ok(ok(&super::rehearsed(&saved)));
    }
    Ok(StatusCode::NO_CONTENT.into_response())
}
