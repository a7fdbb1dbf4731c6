//! A transition of a record's state, by one of the buttons in its head. A refusal is told beside the buttons.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::params::Params;
use super::moves::Refused;
use super::record::{self, Shown};
use super::{form, id_of, object_of};
use crate::engine::{Change, Outcome, Refusal, SaveOptions};
use crate::texts::t;
use crate::ui::visit::{Posted, answer};
use crate::ui::{flash, urls};

/// `POST /o/{object}/{id}/transition` with `action`, `version` and what was agreed to
pub(super) async fn handle(Path((key, id)): Path<(String, String)>, posted: Posted) -> Response {
    let outcome = transition(&key, &id, &posted).await;
    answer(&posted.visit, outcome)
}

async fn transition(key: &str, id: &str, posted: &Posted) -> Outcome<Response> {
    let visit = &posted.visit;
    let object = object_of(visit, key)?;
    let record = Shown::read(visit, &object, id_of(id)?).await?;
    let action = posted.get("action").to_owned();
    let named = object.rules.machine.iter().flat_map(|machine| &machine.transitions).find(|one| one.action == action);
    let label = named.ok_or_else(|| Refusal::not_found("action"))?.label.get(visit.locale()).to_owned();
    let change = Change::Update { object: key.to_owned(), id: record.id, expect: posted.get("version").parse().ok(), fields: Vec::new() };
    let options = SaveOptions { confirm: posted.confirmed(), action: Some(action.clone()), ..SaveOptions::default() };
    let saved = visit.engine().save(&visit.ctx, vec![change], options).await;
    match saved.and_then(|outcomes| outcomes.into_iter().next().unwrap_or_else(|| Err(Refusal::internal(&"a save without an outcome")))) {
        Ok(saved) => {
            let said = form::done(visit, t(visit.locale()).transition_done(&record.title, &label), &saved);
            Ok(flash::redirect(&visit.app, &urls::record(key, record.id), &said))
        }
        Err(refusal) if matches!(refusal.status, 403 | 404) || refusal.status >= 500 => Err(refusal),
        Err(refusal) => {
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            let hidden = vec![("version".to_owned(), record.version.to_string())];
            let refused = Refused { action, label, address: urls::transition(key, record.id), hidden, refusal };
            let mut response = record::page(visit, &record, &Params::default(), Some(&refused)).await?;
            *response.status_mut() = status;
            Ok(response)
        }
    }
}
