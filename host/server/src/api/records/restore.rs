//! `POST /api/v1/records/{object}/{id}/restore`: a deleted record comes back.

use axum::extract::State;

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::RecordPath;
use super::super::problem::Answer;
use super::super::version_tag::tagged;
use crate::app::App;
use crate::engine::{Change, Refusal, SaveOptions};

/// Answers the record. Who may delete it may restore it.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    RecordPath { object, id }: RecordPath,
    params: RawParams,
) -> Answer {
    let options = SaveOptions { confirm: params.only(&["confirm"])?.list("confirm"), ..SaveOptions::default() };
    let outcome = app.engine.save(&ctx, vec![Change::Restore { object: object.clone(), id, expect: None }], options).await?.pop();
    let saved = outcome.ok_or_else(|| Refusal::internal(&"a save of one change had no outcome"))??;
    let record = super::saved_records(&app.engine, &ctx, &object, &[&saved]).await?.pop().unwrap_or_default();
    Ok(tagged(ok(&record), super::shown_version(&record, &saved)))
}
