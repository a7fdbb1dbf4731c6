//! `GET /api/v1/security-log`: the tenant's security log, newest first, for those with the special right `log.view`.

use axum::extract::State;
use chrono::SecondsFormat;
use guanxi_core::Problem;
use serde_json::{Value as Json, json};

use super::auth::Caller;
use super::json::ok;
use super::params::RawParams;
use super::problem::Answer;
use crate::app::App;

/// Lines of a page when nothing is said, and at most.
const LIMITS: (u32, u32) = (50, 500);

/// Answers `{"events","next"}`; `cursor` takes what `next` said.
pub(super) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    let params = params.only(&["cursor", "limit"])?;
    let limit = params.limit(LIMITS.0, LIMITS.1)?;
    let before = match params.text("cursor") {
        "" => None,
        text => {
            let wrong = |_| Problem::error("request.malformed", "this is no cursor of a security log").on("cursor");
            Some(text.parse::<i64>().map_err(wrong)?)
        }
    };
    let (events, more) = app.engine.security_log(&ctx, before, limit).await?;
    let next = events.last().filter(|_| more).map(|event| event.id.to_string());
    let event = |event: &guanxi_store::SecurityEvent| {
        json!({
            "id": event.id,
            "at": event.at.to_rfc3339_opts(SecondsFormat::AutoSi, true),
            "actor": event.actor.map(|user| user.to_string()),
            "kind": event.kind,
            "detail": event.detail,
        })
    };
    Ok(ok(&json!({ "events": events.iter().map(event).collect::<Json>(), "next": next })))
}
