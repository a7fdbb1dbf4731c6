//! `POST /api/v1/records/{object}/{id}/transition/{action}`: moves a record's state, by what people call it.

use axum::extract::State;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::body::MaybeBody;
use super::super::params::RawParams;
use super::super::path::ActionPath;
use super::super::problem::{Answer, ApiError};
use super::super::repeat::Repeatable;
use super::super::version_tag::IfMatch;
use crate::app::App;
use crate::engine::{Change, SaveOptions};

/// Takes further fields to be saved with it, or no body; answers the record as it is then.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ActionPath { object, id, action }: ActionPath,
    params: RawParams,
    IfMatch(expect): IfMatch,
    repeatable: Repeatable,
    MaybeBody(body): MaybeBody,
) -> Answer {
    let params = params.only(&["confirm", "dry_run"])?;
    let options = SaveOptions {
        confirm: params.list("confirm"),
        dry_run: params.flag("dry_run", false)?,
        repeat: repeatable.of(&body),
        action: Some(action),
        ..SaveOptions::default()
    };
    let fields = match body {
        Json::Null => Vec::new(),
        body => super::fields(body).map_err(ApiError::from)?,
    };
    super::save_one(&app.engine, &ctx, Change::Update { object, id, expect, fields }, options).await
}
