//! A card of a board moved without script: one field gets another value, and the board is shown again.

use axum::extract::Path;
use axum::response::Response;

use super::super::params::Params;
use super::form;
use super::record::Shown;
use super::{id_of, object_of};
use crate::engine::{Change, Outcome, Raw, SaveOptions};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::note::Flash;
use crate::ui::visit::{Posted, answer};
use crate::ui::words::problem_words;
use crate::ui::{flash, urls};

/// `POST /o/{object}/{id}/move?return=…` with `version` and the field
pub(super) async fn handle(Path((key, id)): Path<(String, String)>, params: Params, posted: Posted) -> Response {
    let outcome = move_card(&key, &id, &params, &posted).await;
    answer(&posted.visit, outcome)
}

async fn move_card(key: &str, id: &str, params: &Params, posted: &Posted) -> Outcome<Response> {
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
    let said = match visit.engine().save(&visit.ctx, vec![change], options).await {
        Ok(outcomes) => match outcomes.into_iter().next() {
            Some(Ok(saved)) => form::done(visit, texts.record_saved(&record.title), &saved),
            _ => Flash::done(texts.record_saved(&record.title)),
        },
        Err(refusal) => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
            let link = Some((texts.edit().to_owned(), urls::edit(key, record.id)));
            Flash { tone: Tone::Bad, text: format!("{} · {}", texts.not_moved(&record.title), words.join(" · ")), link }
        }
    };
    Ok(flash::redirect(&visit.app, &back, &said))
}
