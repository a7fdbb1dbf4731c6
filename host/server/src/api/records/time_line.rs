//! `GET /api/v1/records/{object}/{id}/timeline`: a record's changes and the work about it in one order, newest first.

use axum::extract::State;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::RecordPath;
use super::super::problem::Answer;
use super::card::{DEFAULT_LIMIT, MAX_LIMIT, kind_head, row};
use super::history::change;
use crate::app::App;
use crate::engine::{TimeLineEntry, TimeLineRequest};

/// Answers `{"entries","next","kinds"}`; an entry is `{"change":{…}}` as in the history or `{"record":{…}}` as on a card.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
) -> Answer {
    let params = params.only(&["kind", "limit", "cursor"])?;
    let limit = params.limit(DEFAULT_LIMIT, MAX_LIMIT)?;
    let request = TimeLineRequest { kind: params.text("kind").to_owned(), limit, cursor: params.text("cursor").to_owned() };
    let line = app.engine.time_line(&ctx, &object, id, request).await?;
    let entry = |entry: &TimeLineEntry| match entry {
        TimeLineEntry::Change(one) => json!({ "change": change(one) }),
        TimeLineEntry::Work(work) => json!({ "record": row(&line.kinds, work) }),
    };
    Ok(ok(&json!({
        "entries": line.entries.iter().map(entry).collect::<Json>(),
        "next": line.next,
        "kinds": line.kinds.iter().map(|kind| Json::Object(kind_head(kind))).collect::<Json>(),
    })))
}
