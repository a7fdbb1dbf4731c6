//! Objects and their fields.

mod create;
mod edit;
mod field_create;
mod field_edit;
mod field_form;
mod field_hide;
mod field_remove;
mod field_retype;
mod field_type;
mod hide;
mod list;
mod options;
mod rules;
mod show;
mod typed;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use guanxi_core::meta::{Field, Object};

use super::{Area, addresses, words};
use crate::app::App;
use crate::engine::{Outcome, Refusal};
use crate::ui::visit::Visit;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin/objects", get(list::handle))
        .route("/admin/objects/new", get(create::show).post(create::submit))
        .route("/admin/objects/{object}", get(show::handle))
        .route("/admin/objects/{object}/edit", get(edit::show).post(edit::submit))
        .route("/admin/objects/{object}/hidden", post(hide::handle))
        .route("/admin/objects/{object}/fields/new", get(field_create::show).post(field_create::submit))
        .route("/admin/objects/{object}/fields/{field}", get(field_edit::show).post(field_edit::submit))
        .route("/admin/objects/{object}/fields/{field}/hidden", post(field_hide::handle))
        .route("/admin/objects/{object}/fields/{field}/remove", get(field_remove::show).post(field_remove::submit))
        .route("/admin/objects/{object}/fields/{field}/type", get(field_retype::show).post(field_retype::submit))
        .merge(rules::router())
}

/// The object of an address, hidden ones included.
fn object_of(visit: &Visit, key: &str) -> Outcome<Arc<Object>> {
    words::find_object(visit, key).cloned().ok_or_else(|| Refusal::not_found(&format!("object `{key}`")))
}

/// The way to a page below an object.
fn way(visit: &Visit, object: &Object) -> Vec<(String, String)> {
    let mut way = Area::Objects.way(visit);
    way.push((object.label.get(visit.locale()).to_owned(), addresses::object(&object.key)));
    way
}

/// A field of an object that people declare, hidden ones included.
fn field_of<'o>(object: &'o Object, key: &str) -> Outcome<&'o Field> {
    object.fields.iter().find(|field| field.key == key && !field.is_system()).ok_or_else(|| Refusal::not_found(&format!("field `{key}`")))
}

/// From the engine's names of a field's parts to names of controls.
fn aliases() -> Vec<(&'static str, &'static str)> {
    field_form::ALIASES.into_iter().chain([field_form::CONDITION]).collect()
}
