//! Pages of any object's records: list, record, forms, and the small requests that belong to them.

mod adjust;
mod asked;
mod attachments;
mod board;
mod bulk;
mod calendar;
mod card_figures;
mod card_rows;
mod cards;
mod cell;
mod column_chooser;
mod columns;
mod conflict;
mod controls;
mod create;
mod delete;
mod edit;
mod facts;
mod filter;
mod filter_builder;
mod form;
mod form_state;
mod groups;
mod inline_lines;
mod lines;
mod list;
mod move_card;
mod moves;
mod neighbours;
mod panel;
mod quick;
mod record;
pub(super) mod references;
mod related;
mod search;
pub(super) mod selection;
mod shares;
mod sums;
mod time_line;
mod time_line_entry;
mod tools;
mod transition;
mod undo_change;
mod version;
mod views;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};
use guanxi_core::meta::Object;
use guanxi_core::policy::Function;
use uuid::Uuid;

pub(super) use controls::form_text;

use crate::app::App;
use crate::engine::{Outcome, Refusal};
use crate::ui::visit::Visit;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/o/{object}", get(list::handle))
        .route("/o/{object}/new", get(create::show).post(create::submit))
        .route("/o/{object}/bulk", get(bulk::show).post(bulk::submit))
        .route("/o/{object}/filter", get(filter_builder::handle))
        .route("/o/{object}/sort", get(tools::sort))
        .route("/o/{object}/columns", get(column_chooser::handle))
        .route("/o/{object}/group", get(tools::group))
        .route("/o/{object}/views", get(views::show).post(views::create))
        .route("/o/{object}/views/{view}", post(views::change))
        .route("/o/{object}/search", get(search::handle))
        .route("/o/{object}/form-state", post(form_state::handle))
        .route("/o/{object}/{id}", get(record::handle))
        .route("/o/{object}/{id}/edit", get(edit::show).post(edit::submit))
        .route("/o/{object}/{id}/delete", post(delete::handle))
        .route("/o/{object}/{id}/versions/{version}", get(version::handle))
        .route("/o/{object}/{id}/history/{entry}/undo", get(undo_change::show).post(undo_change::submit))
        .route("/o/{object}/{id}/shares", get(shares::show).post(shares::submit))
        .route("/o/{object}/{id}/attach", post(quick::attach))
        .route("/o/{object}/{id}/adjust", post(adjust::handle))
        .route("/o/{object}/{id}/transition", post(transition::handle))
        .route("/o/{object}/{id}/cell", get(cell::show).post(cell::submit))
        .route("/o/{object}/{id}/move", post(move_card::handle))
}

/// The object of an address.
fn object_of(visit: &Visit, key: &str) -> Outcome<Arc<Object>> {
    visit.ctx.snapshot.schema.object(key).cloned().ok_or_else(|| Refusal::not_found(&format!("object `{key}`")))
}

/// The record id of an address.
fn id_of(text: &str) -> Outcome<Uuid> {
    Uuid::parse_str(text).map_err(|_| Refusal::not_found("record"))
}

/// Whether the visitor may do something with records of an object at all; decides which buttons are shown.
fn may(visit: &Visit, object: &Object, function: Function) -> bool {
    !object.read_only && visit.ctx.may(&object.key, function)
}

/// The object's name where it stands for many records.
fn name_of_many(visit: &Visit, object: &Object) -> String {
    crate::ui::words::several(visit.locale(), object.label.get(visit.locale()))
}

/// The name of many records inside a sentence.
fn many_in_sentence(visit: &Visit, object: &Object) -> String {
    crate::ui::words::in_sentence(visit.locale(), &name_of_many(visit, object))
}

/// The object's name inside a sentence: English has it small there.
fn name_in_sentence(visit: &Visit, object: &Object) -> String {
    crate::ui::words::in_sentence(visit.locale(), object.label.get(visit.locale()))
}
