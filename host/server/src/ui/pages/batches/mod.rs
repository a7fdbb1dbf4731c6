//! Batches for people: the list, one batch with its progress and what it could not do, and its undo.

mod list;
pub(super) mod report;
mod show;
mod undo;
pub(super) mod values;

use axum::Router;
use axum::response::Response;
use axum::routing::get;

use crate::app::App;
use crate::engine::{Outcome, Refusal, Started};
use crate::texts::t;
use crate::ui::components::note::Flash;
use crate::ui::visit::Visit;
use crate::ui::{flash, urls};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/batches", get(list::handle))
        .route("/batches/{id}", get(show::handle))
        .route("/batches/{id}/undo", get(undo::show).post(undo::submit))
}

/// The number of an address.
fn number_of(text: &str) -> Outcome<i64> {
    text.parse().map_err(|_| Refusal::not_found("batch"))
}

/// To the page of a batch that was begun; it says how far it is.
pub(super) fn begun(visit: &Visit, started: &Started) -> Response {
    let texts = t(visit.locale());
    let words = match &started.report {
        Some(report) => texts.bulk_finished(count(report.counts.changed)),
        None => texts.bulk_started().to_owned(),
    };
    flash::redirect(&visit.app, &urls::batch(started.batch.id), &Flash::done(words))
}

/// A count for the words; there are no negative ones.
pub(super) fn count(number: i64) -> u64 {
    u64::try_from(number).unwrap_or(0)
}
