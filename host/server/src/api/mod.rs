//! The HTTP API, `/api/v1` (design §13, described in docs/api.md): JSON in, JSON or a problem out. One endpoint a file.
//!
//! A border: it converts, it holds no rules. Whatever an answer says was decided by the engine.

mod aggregate;
pub(crate) mod auth;
mod batches;
mod body;
mod cards;
mod departments;
mod dev;
mod exact_numbers;
mod explain;
mod fields;
mod files;
mod frame;
mod json;
pub(crate) mod language;
mod me;
mod objects;
mod openapi;
mod params;
mod path;
mod problem;
mod reader;
mod records;
mod recycle_bin;
mod repeat;
mod roles;
mod routes;
mod rules;
mod search;
mod security_log;
mod strict_json;
mod teams;
mod units;
mod users;
mod version_tag;
mod views;

use axum::routing::{any, delete, get, patch, post};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;
use routes::Routes;

/// The routes under `/api/v1`. Everything else under that prefix is answered with a problem; other paths are not touched,
/// so the router can be merged with others.
pub fn router(app: App) -> Router {
    let dev = app.dev.is_some();
    let api = routes(dev)
        .into_router()
        .fallback(frame::no_such_route)
        .method_not_allowed_fallback(frame::no_such_method)
        .layer(CatchPanicLayer::custom(frame::after_panic))
        .layer(middleware::from_fn(frame::frame))
        .with_state(app);
    // A nested router does not see its own root with a slash.
    let root = Router::new().route("/api/v1/", any(frame::no_such_route)).layer(middleware::from_fn(frame::frame));
    Router::new().nest("/api/v1", api).merge(root)
}

/// All routes, each of which also has its entry in `openapi/operations`; `dev` adds those of `guanxi dev`.
fn routes(dev: bool) -> Routes {
    let api = Routes::new()
        .route("/me", get(me::handle))
        .route("/openapi.json", get(openapi::handle))
        .route("/objects", get(objects::list::handle).post(objects::create::handle))
        .route("/objects/{object}", get(objects::get::handle).patch(objects::update::handle).delete(objects::delete::handle))
        .route("/objects/{object}/fields", post(fields::create::handle))
        .route("/objects/{object}/fields/{field}", patch(fields::update::handle).delete(fields::delete::handle))
        .route("/objects/{object}/fields/{field}/type", post(fields::change_type::handle))
        .route("/objects/{object}/fields/{field}/uses", get(fields::uses::handle))
        .route("/objects/{object}/rules", get(rules::get::handle).put(rules::put::handle))
        .route("/objects/{object}/cards", get(cards::get::handle).put(cards::put::handle))
        .route("/records/{object}", get(records::list::handle).post(records::create::handle))
        .route("/records/{object}/export", get(records::export::handle))
        .route("/records/{object}/query", post(records::query::handle))
        .route("/records/{object}/{id}", get(records::get::handle).patch(records::update::handle).delete(records::delete::handle))
        .route("/records/{object}/{id}/transition/{action}", post(records::transition::handle))
        .route("/records/{object}/{id}/actions/{action}", post(records::adjust::handle))
        .route("/records/{object}/{id}/cards/{action}", get(records::card::handle))
        .route("/records/{object}/{id}/timeline", get(records::time_line::handle))
        .route("/records/{object}/{id}/history", get(records::history::handle))
        .route("/records/{object}/{id}/history/{entry}/undo", post(records::undo_change::handle))
        .route("/records/{object}/{id}/versions/{version}", get(records::version::handle))
        .route("/records/{object}/{id}/restore", post(records::restore::handle))
        .route("/records/{object}/bulk", post(records::bulk::handle))
        .route("/batches", get(batches::list::handle))
        .route("/batches/{id}", get(batches::get::handle))
        .route("/batches/{id}/undo", post(batches::undo::handle))
        .route("/recycle-bin", get(recycle_bin::list::handle))
        .route("/recycle-bin/{object}/{id}", delete(recycle_bin::purge::handle))
        .route("/users/{id}/transfer", post(users::transfer::handle))
        .route("/users/{id}/roles", get(users::roles::get).put(users::roles::put))
        .route("/permission-kinds", get(roles::kinds::handle))
        .route("/roles", get(roles::list::handle))
        .route("/roles/{key}", get(roles::get::handle).put(roles::put::handle).delete(roles::delete::handle))
        .route("/departments", get(departments::list::handle).post(departments::create::handle))
        .route("/departments/{id}", get(departments::get::handle).patch(departments::update::handle).delete(departments::delete::handle))
        .route("/teams", get(teams::list::handle).post(teams::create::handle))
        .route("/teams/{id}", get(teams::get::handle).put(teams::put::handle).delete(teams::delete::handle))
        .route("/records/{object}/{id}/shares", get(records::shares::list).post(records::shares::create))
        .route("/records/{object}/{id}/shares/{share}", delete(records::shares::delete))
        .route("/access/explain", get(explain::handle))
        .route("/security-log", get(security_log::handle))
        .route("/files", post(files::create::handle))
        .route("/files/{id}", get(files::get::handle))
        .route("/views", get(views::list::handle).post(views::create::handle))
        .route("/views/{id}", get(views::get::handle).patch(views::update::handle).delete(views::delete::handle))
        .route("/search", get(search::handle))
        .route("/units/convert", get(units::convert::handle))
        .route("/aggregate", post(aggregate::handle));
    if dev { api.route("/dev/clock", post(dev::clock::handle)) } else { api }
}
