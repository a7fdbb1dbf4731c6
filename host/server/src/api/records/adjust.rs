//! `POST /api/v1/records/{object}/{id}/actions/{action}`: moves numbers of a record by an amount, however many do it at once.

use axum::extract::State;
use guanxi_core::Problem;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::params::RawParams;
use super::super::path::ActionPath;
use super::super::problem::{Answer, ApiError};
use super::super::repeat::Repeatable;
use crate::app::App;
use crate::engine::{Change, SaveOptions};

/// Takes `{"amount":"3"}`; answers the record as it is then. No version is needed, and none is compared.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ActionPath { object, id, action }: ActionPath,
    params: RawParams,
    repeatable: Repeatable,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let options = SaveOptions { repeat: repeatable.of(&body), ..SaveOptions::default() };
    let amount = amount(&body).map_err(ApiError::from)?;
    super::save_one(&app.engine, &ctx, Change::Adjust { object, id, action, amount }, options).await
}

fn amount(body: &Json) -> Result<String, Problem> {
    let malformed = |detail: String| Problem::error("request.malformed", detail);
    let Json::Object(fields) = body else { return Err(malformed("an adjustment is `{\"amount\":\"3\"}`".into())) };
    if let Some(other) = fields.keys().find(|key| *key != "amount") {
        return Err(malformed(format!("an adjustment has no `{other}`")).on(other));
    }
    match fields.get("amount") {
        Some(Json::String(text)) => Ok(text.clone()),
        Some(Json::Number(number)) if number.is_i64() => Ok(number.to_string()),
        Some(_) => Err(Problem::error("field.type", "the amount is a number as text, such as \"2.50\"").on("amount")),
        None => Err(Problem::error("field.required", "the amount is missing").on("amount")),
    }
}
