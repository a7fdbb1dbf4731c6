//! `POST /api/v1/records/{object}`: one new record, or up to 1,000 in one unit.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use guanxi_core::Problem;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::{Answer, list};
use super::super::repeat::Repeatable;
use super::super::version_tag::tagged;
use crate::app::App;
use crate::engine::{Change, ItemOutcome, SaveOptions, Saved};

/// The most records of one request.
const MAX_RECORDS: usize = 1_000;
/// The most problems that are listed of one record among others: against answers much larger than their requests.
const MAX_LISTED: usize = 100;

/// Answers 201 with the record, or with `{"records"}` for an array; with `?partial=true` 200 and `{"results"}`.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(object): ObjectPath,
    params: RawParams,
    repeatable: Repeatable,
    Body(body): Body,
) -> Answer {
    let params = params.only(&["partial", "confirm", "dry_run"])?;
    let options = SaveOptions {
        partial: params.flag("partial", false)?,
        confirm: params.list("confirm"),
        dry_run: params.flag("dry_run", false)?,
        repeat: repeatable.of(&body),
        ..SaveOptions::default()
    };
    let (partial, dry_run) = (options.partial, options.dry_run);
    let alone = !body.is_array();
    let changes = read(&object, body)?;
    let outcomes = app.engine.save(&ctx, changes, options).await?;
    if dry_run {
        return Ok(ok(&rehearsal(&outcomes, alone, partial)));
    }
    let saved: Vec<&Saved> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    let mut records = super::saved_records(&app.engine, &ctx, &object, &saved).await?;
    if partial {
        return Ok(ok(&json!({ "results": results(&outcomes, records) })));
    }
    match (alone, saved.first(), records.pop()) {
        (true, Some(one), Some(record)) => Ok(created(&object, one, &record)),
        (_, _, last) => {
            records.extend(last);
            Ok((StatusCode::CREATED, ok(&json!({ "records": records }))).into_response())
        }
    }
}

/// What a dry run answers: of one record, of an array, or one result for each.
fn rehearsal(outcomes: &[ItemOutcome], alone: bool, partial: bool) -> Json {
    if partial {
        let result = |outcome: &ItemOutcome| match outcome {
            Ok(saved) => super::rehearsed(saved),
            Err(refusal) => json!({ "status": refusal.status, "problems": list(&refusal.problems, MAX_LISTED) }),
        };
        return json!({ "dry_run": true, "results": outcomes.iter().map(result).collect::<Json>() });
    }
    let saved: Vec<&Saved> = outcomes.iter().filter_map(|outcome| outcome.as_ref().ok()).collect();
    match saved.as_slice() {
        [one] if alone => super::rehearsed(one),
        all => {
            let records: Json = all.iter().map(|one| one.would_be.as_ref().map_or(Json::Null, super::would_be)).collect();
            let infos: Vec<Problem> = all.iter().flat_map(|one| one.infos.clone()).collect();
            json!({ "dry_run": true, "problems": list(&infos, MAX_LISTED), "records": records })
        }
    }
}

fn created(object: &str, saved: &Saved, record: &Json) -> Response {
    let mut response = tagged((StatusCode::CREATED, ok(record)).into_response(), super::shown_version(record, saved));
    if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/records/{object}/{}", saved.id)) {
        response.headers_mut().insert(LOCATION, place);
    }
    response
}

fn read(object: &str, body: Json) -> Result<Vec<Change>, Vec<Problem>> {
    let items = match body {
        Json::Array(items) => items,
        one => vec![one],
    };
    if items.len() > MAX_RECORDS {
        let problem = Problem::error("request.too_large", format!("at most {MAX_RECORDS} records in one request"));
        return Err(vec![problem.with("max", i64::try_from(MAX_RECORDS).unwrap_or(i64::MAX))]);
    }
    let (mut changes, mut problems) = (Vec::with_capacity(items.len()), Vec::new());
    for (index, item) in items.into_iter().enumerate() {
        match super::fields(item) {
            Ok(fields) => changes.push(Change::Create { object: object.to_owned(), fields }),
            Err(problem) => problems.push(problem.with("index", i64::try_from(index).unwrap_or(i64::MAX))),
        }
    }
    if problems.is_empty() { Ok(changes) } else { Err(problems) }
}

/// One result for each record that was sent, in its order.
fn results(outcomes: &[ItemOutcome], records: Vec<Json>) -> Json {
    let mut records = records.into_iter();
    let result = |outcome: &ItemOutcome| match outcome {
        Ok(_) => json!({ "status": 201, "record": records.next() }),
        Err(refusal) => json!({ "status": refusal.status, "problems": list(&refusal.problems, MAX_LISTED) }),
    };
    outcomes.iter().map(result).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_a_record_or_an_array_of_records() {
        for (body, wanted) in [
            (json!({ "name": "A" }), Ok(1)),
            (json!([{ "name": "A" }, {}]), Ok(2)),
            (json!([]), Ok(0)),
            (json!("A"), Err("request.malformed")),
            (json!([{}, 7]), Err("request.malformed")),
            (Json::Array(vec![json!({}); 1_000]), Ok(1_000)),
            (Json::Array(vec![json!({}); 1_001]), Err("request.too_large")),
        ] {
            let read = read("customer", body).map(|changes| changes.len()).map_err(|problems| problems[0].code.clone());
            assert_eq!(read.as_ref().map_err(String::as_str), wanted.as_ref().map_err(|code| *code));
        }
    }
}
