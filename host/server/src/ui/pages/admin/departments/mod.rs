//! Departments as a tree, each with its managers and members.

mod create;
mod edit;
mod form;
mod remove;
mod tree;

use axum::Router;
use axum::routing::{get, post};
use uuid::Uuid;

use crate::app::App;
use crate::engine::{Outcome, Refusal};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin/departments", get(tree::handle))
        .route("/admin/departments/new", get(create::show).post(create::submit))
        .route("/admin/departments/{id}", get(edit::show).post(edit::submit))
        .route("/admin/departments/{id}/delete", post(remove::handle))
}

/// The id of an address.
fn id_of(text: &str) -> Outcome<Uuid> {
    Uuid::try_parse(text).map_err(|_| Refusal::not_found("department"))
}
