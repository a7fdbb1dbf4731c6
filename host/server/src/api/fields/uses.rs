//! `GET /api/v1/objects/{object}/fields/{field}/uses`: every place that uses a field.

use axum::extract::State;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::FieldPath;
use super::super::problem::Answer;
use crate::app::App;

/// Answers `{"uses":[{"kind","object","name","blocks"}]}`.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    FieldPath { object, field }: FieldPath,
    params: RawParams,
) -> Answer {
    params.only(&[])?;
    let uses = app.engine.field_uses(&ctx, &object, &field).await?;
    let shown = uses.iter().map(|one| json!({ "kind": one.kind, "object": one.object, "name": one.name, "blocks": one.blocks }));
    Ok(ok(&json!({ "uses": shown.collect::<Json>() })))
}
