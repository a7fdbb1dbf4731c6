//! `GET /api/v1/objects`: the objects that the caller may view, in menu order.

use guanxi_core::policy::Function;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;

/// Answers `{"objects"}`, without fields; `?hidden=true` adds hidden objects for administrators.
pub(in crate::api) async fn handle(Caller(ctx): Caller, params: RawParams) -> Answer {
    let hidden = super::wants_hidden(&ctx, &params.only(&["hidden"])?)?;
    let schema = &ctx.snapshot.schema;
    let shown = schema.all().filter(|object| (hidden || !object.hidden) && ctx.may(&object.key, Function::View));
    Ok(ok(&json!({ "objects": shown.map(|object| Json::Object(super::summary(&ctx, object))).collect::<Json>() })))
}
