//! Deleting a record, after the question on its page.

use axum::extract::Path;
use axum::response::Response;

use super::record::Shown;
use super::{id_of, object_of};
use crate::engine::{Change, Outcome, SaveOptions};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::note::Flash;
use crate::ui::visit::{Posted, answer};
use crate::ui::words::problem_words;
use crate::ui::{flash, urls};

/// `POST /o/{object}/{id}/delete` with `version`
pub(super) async fn handle(Path((key, id)): Path<(String, String)>, posted: Posted) -> Response {
    let outcome = delete(&key, &id, &posted).await;
    answer(&posted.visit, outcome)
}

async fn delete(key: &str, id: &str, posted: &Posted) -> Outcome<Response> {
    let visit = &posted.visit;
    let object = object_of(visit, key)?;
    let record = Shown::read(visit, &object, id_of(id)?).await?;
    let change = Change::Delete { object: key.to_owned(), id: record.id, expect: posted.get("version").parse().ok() };
    let options = SaveOptions { confirm: posted.confirmed(), ..SaveOptions::default() };
    match visit.engine().save(&visit.ctx, vec![change], options).await {
        Ok(_) => {
            let said = Flash::done(t(visit.locale()).record_deleted(&record.title));
            Ok(flash::redirect(&visit.app, &urls::list(key), &said))
        }
        // The record is still there: its page says why.
        Err(refusal) if refusal.status != 404 && refusal.status != 403 => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
            let said = Flash { tone: Tone::Bad, ..Flash::done(words.join(" · ")) };
            Ok(flash::redirect(&visit.app, &urls::record(key, record.id), &said))
        }
        Err(refusal) => Err(refusal),
    }
}
