//! `POST /api/v1/dev/clock`: moves the server's clock, for stories that span days.

use axum::extract::State;
use chrono::{DateTime, Utc};
use guanxi_core::{Problem, Value};
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::{ok, value};
use super::super::params::RawParams;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use crate::app::App;

/// Takes `{"now"}` and answers the time from which the clock runs on. Any credential may: the server is somebody's own.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(_): Caller, params: RawParams, Body(body): Body) -> Answer {
    params.only(&[])?;
    let now = read(body)?;
    app.engine.clock.set(now);
    Ok(ok(&json!({ "now": value(&Value::Instant(now)) })))
}

fn read(body: Json) -> Result<DateTime<Utc>, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Request)?;
    let text = reader.required_text("now");
    reader.finish()?;
    let now = DateTime::parse_from_rfc3339(&text).map(|now| now.with_timezone(&Utc));
    now.map_err(|_| vec![Problem::error("request.malformed", "`now` is a time such as 2026-11-22T04:00:00Z").on("now")])
}
