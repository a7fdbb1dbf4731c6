//! A card of a board or an entry of a calendar put elsewhere: one field gets another value. A script gets the outcome as JSON, a form the
//! page it came from.

use axum::Json;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::super::params::Params;
use super::form;
use super::record::Shown;
use super::{id_of, object_of};
use crate::engine::{Change, Outcome, Raw, Refusal, SaveOptions, Saved};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::control::ProblemKind;
use crate::ui::components::note::Flash;
use crate::ui::visit::{Posted, answer};
use crate::ui::words::{field_problem, problem_words};
use crate::ui::{flash, urls};

/// `POST /o/{object}/{id}/move?return=…` with `version` and the field
pub(super) async fn handle(Path((key, id)): Path<(String, String)>, params: Params, headers: HeaderMap, posted: Posted) -> Response {
    let by_script =
        headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok()).is_some_and(|accept| accept.starts_with("application/json"));
    let outcome = move_card(&key, &id, &params, &posted, by_script).await;
    match outcome {
        Err(refusal) if by_script => told(&posted, &refusal),
        outcome => answer(&posted.visit, outcome),
    }
}

async fn move_card(key: &str, id: &str, params: &Params, posted: &Posted, by_script: bool) -> Outcome<Response> {
    let visit = &posted.visit;
    let object = object_of(visit, key)?;
    let record = Shown::read(visit, &object, id_of(id)?).await?;
    let back = match (posted.get(urls::RETURN), params.get(urls::RETURN)) {
        ("", "") => urls::record(key, record.id),
        ("", address) | (address, _) => urls::own(address).to_owned(),
    };
    let fields: Vec<(String, Raw)> = form::raw(&object, &form::sent(&object, posted));
    let change = Change::Update { object: key.to_owned(), id: record.id, expect: posted.get("version").parse().ok(), fields };
    let options = SaveOptions { confirm: posted.confirmed(), ..SaveOptions::default() };
    let texts = t(visit.locale());
    let saved = visit.engine().save(&visit.ctx, vec![change], options).await;
    let saved =
        saved.and_then(|outcomes| outcomes.into_iter().next().unwrap_or_else(|| Err(Refusal::internal(&"a save without an outcome"))));
    if by_script {
        return match saved {
            Ok(saved) => {
                let said = form::done(visit, texts.record_saved(&record.title), &saved);
                Ok(Json(json!({ "version": version(&saved), "said": said.text })).into_response())
            }
            Err(refusal) => Err(refusal),
        };
    }
    let said = match saved {
        Ok(saved) => form::done(visit, texts.record_saved(&record.title), &saved),
        Err(refusal) => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
            let link = Some((texts.edit().to_owned(), urls::edit(key, record.id)));
            Flash { tone: Tone::Bad, text: format!("{} · {}", texts.not_moved(&record.title), words.join(" · ")), link }
        }
    };
    Ok(flash::redirect(&visit.app, &back, &said))
}

fn version(saved: &Saved) -> i64 {
    saved.version
}

/// `{"why","ask"}`: `ask` are the codes to agree to, where nothing else stands in the way.
fn told(posted: &Posted, refusal: &Refusal) -> Response {
    let visit = &posted.visit;
    let problems: Vec<_> = refusal.problems.iter().map(|problem| field_problem(&visit.ctx, problem)).collect();
    let mut words: Vec<&str> = problems.iter().map(|problem| problem.text.as_str()).collect();
    words.dedup();
    let only_asked = problems.iter().all(|problem| matches!(problem.kind, ProblemKind::Confirm | ProblemKind::Info));
    let asked: Vec<&str> =
        problems.iter().filter(|problem| problem.kind == ProblemKind::Confirm).map(|problem| problem.agree.as_str()).collect();
    let ask = (only_asked && !asked.is_empty()).then(|| asked.join(","));
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, Json(json!({ "why": words.join(" "), "ask": ask }))).into_response()
}
