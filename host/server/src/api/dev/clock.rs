//! `POST /api/v1/dev/clock`: moves the server's clock, for stories that span days.

use axum::extract::State;
use chrono::{DateTime, Datelike, Utc};
use guanxi_core::{Problem, Value};
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::{ok, value};
use super::super::params::RawParams;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use crate::app::App;

/// Ids hold no time before 1970, and days around the clock must stay within the calendar.
const YEARS: std::ops::RangeInclusive<i32> = 1970..=2999;

/// Takes `{"now"}` and answers the time from which the clock runs on. Any credential may: the server is somebody's own.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(_): Caller, params: RawParams, Body(body): Body) -> Answer {
    params.only(&[])?;
    let now = read(body)?;
    app.engine.clock.set(now);
    // What was due in between is done now, so that a story need not wait for it.
    app.engine.maintain_open().await;
    Ok(ok(&json!({ "now": value(&Value::Instant(now)) })))
}

fn read(body: Json) -> Result<DateTime<Utc>, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Request)?;
    let text = reader.required_text("now");
    reader.finish()?;
    let now = DateTime::parse_from_rfc3339(&text).map(|now| now.with_timezone(&Utc));
    let now = now.map_err(|_| vec![Problem::error("request.malformed", "`now` is a time such as 2026-11-22T04:00:00Z").on("now")])?;
    if !YEARS.contains(&now.year()) {
        let detail = format!("the clock goes from {} to {}", YEARS.start(), YEARS.end());
        return Err(vec![Problem::error("field.range", detail).on("now")]);
    }
    Ok(now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_clock_takes_times_that_ids_and_days_can_hold() {
        let read = |now: &str| read(json!({ "now": now })).map_err(|problems| problems[0].code.clone());
        assert_eq!(read("2026-11-22T04:00:00+08:00").map(|now| now.to_rfc3339()), Ok("2026-11-21T20:00:00+00:00".to_owned()));
        for (now, code) in [
            ("tomorrow", "request.malformed"),
            ("2026-11-22", "request.malformed"),
            ("9999-12-31T23:59:59Z", "field.range"),
            ("0001-01-01T00:00:00Z", "field.range"),
        ] {
            assert_eq!(read(now), Err(code.to_owned()), "{now}");
        }
    }
}
