//! Teams: people across departments with whom single records are shared.

mod edit;
mod form;
mod list;
mod remove;

use axum::Router;
use axum::routing::{get, post};
use uuid::Uuid;

use crate::app::App;
use crate::engine::{Outcome, Refusal};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin/teams", get(list::handle))
        .route("/admin/teams/new", get(edit::show_new).post(edit::submit_new))
        .route("/admin/teams/{id}", get(edit::show).post(edit::submit))
        .route("/admin/teams/{id}/delete", post(remove::handle))
}

/// The id of an address.
fn id_of(text: &str) -> Outcome<Uuid> {
    Uuid::try_parse(text).map_err(|_| Refusal::not_found("team"))
}
