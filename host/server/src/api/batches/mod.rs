//! `/api/v1/batches/…`: changes of many records, how far they are, and their undo.

pub(super) mod get;
pub(super) mod list;
pub(super) mod undo;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use guanxi_core::{Problem, Value};
use guanxi_store::{Batch, BatchCounts, BatchState};
use serde_json::{Map, Value as Json, json};

use super::json::{ok, value};
use super::problem::{ApiError, list};
use crate::engine::{BatchReport, Refusal, Reported, Sample, Started};

/// The most problems that are listed of one record.
const MAX_LISTED: usize = 20;

/// A batch's number in a path; what is no number is simply not there.
pub(super) struct BatchPath(pub(super) i64);

impl<S: Send + Sync> axum::extract::FromRequestParts<S> for BatchPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut axum::http::request::Parts, state: &S) -> Result<Self, ApiError> {
        let path = axum::extract::Path::<i64>::from_request_parts(parts, state).await;
        path.map(|axum::extract::Path(id)| Self(id)).map_err(|_| ApiError(Refusal::not_found("batch")))
    }
}

/// A batch as every answer shows it.
pub(super) fn batch(batch: &Batch) -> Json {
    let instant = |at| value(&Value::Instant(at));
    json!({
        "id": batch.id,
        "kind": batch.kind.name(),
        "title": batch.title,
        "object": batch.object,
        "actor": batch.actor.map(|id| id.to_string()),
        "actor_name": batch.actor_name,
        "at": instant(batch.at),
        "ended_at": batch.ended_at.map(instant),
        "state": batch.state.name(),
        "counts": counts(batch.counts),
        "detail": batch.detail,
        "undoes": batch.undoes,
        "undone_by": batch.undone_by,
    })
}

fn counts(counts: BatchCounts) -> Json {
    let BatchCounts { wanted, changed, unchanged, refused, changed_since } = counts;
    json!({ "wanted": wanted, "changed": changed, "unchanged": unchanged, "refused": refused, "changed_since": changed_since })
}

/// What a batch did or would do.
pub(super) fn report(report: &BatchReport) -> Json {
    let objects: Map<String, Json> = report.objects.iter().map(|(object, count)| (object.clone(), Json::from(*count))).collect();
    json!({
        "counts": counts(report.counts),
        "codes": report.codes,
        "objects": objects,
        "records": report.records.iter().map(reported).collect::<Json>(),
        "sample": report.sample.iter().map(sample).collect::<Json>(),
    })
}

fn reported(record: &Reported) -> Json {
    one(&record.object, Some(record.id.to_string()), &record.title, record.result, &record.fields, &record.problems)
}

/// One record that a batch names.
fn one(object: &str, id: Option<String>, title: &str, result: &str, fields: &[String], problems: &[Problem]) -> Json {
    json!({ "object": object, "id": id, "title": title, "result": result, "fields": fields, "problems": list(problems, MAX_LISTED) })
}

fn sample(sample: &Sample) -> Json {
    let fields: Map<String, Json> =
        sample.fields.iter().map(|(key, old, new)| (key.clone(), json!({ "old": value(old), "new": value(new) }))).collect();
    json!({ "id": sample.id.to_string(), "title": sample.title, "fields": fields })
}

/// 200 with the report of a batch that has ended, 202 with one that goes on.
pub(super) fn started(started: &Started) -> Response {
    let body = json!({ "batch": batch(&started.batch), "report": started.report.as_ref().map(report) });
    match started.batch.state {
        BatchState::Running => (StatusCode::ACCEPTED, ok(&body)).into_response(),
        _ => ok(&body),
    }
}
