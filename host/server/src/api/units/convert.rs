//! `GET /api/v1/units/convert?quantity=3&from=箱&to=件`: a quantity in another unit.

use axum::extract::State;
use serde_json::json;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use crate::app::App;

/// Answers `{"quantity":"36"}`. Units are named by symbol, name or id.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    let params = params.only(&["quantity", "from", "to"])?;
    let converted = app.engine.convert_units(&ctx, params.text("quantity"), params.text("from"), params.text("to")).await?;
    Ok(ok(&json!({ "quantity": converted.to_string() })))
}
