//! The HTTP API, `/api/v1` (design §13, described in docs/api.md): JSON in, JSON or a problem out. One endpoint a file.
//!
//! A border: it converts, it holds no rules. Whatever an answer says was decided by the engine.

mod aggregate;
pub(crate) mod auth;
mod batches;
mod body;
mod dev;
mod fields;
mod files;
mod frame;
mod json;
pub(crate) mod language;
mod me;
mod objects;
mod params;
mod path;
mod problem;
mod reader;
mod records;
mod recycle_bin;
mod repeat;
mod rules;
mod strict_json;
mod units;
mod users;
mod version_tag;

use axum::routing::{any, delete, get, patch, post};
use axum::{Router, middleware};
use tower_http::catch_panic::CatchPanicLayer;

use crate::app::App;

/// The routes under `/api/v1`. Everything else under that prefix is answered with a problem; other paths are not touched,
/// so the router can be merged with others.
pub fn router(app: App) -> Router {
    let mut api = Router::new()
        .route("/me", get(me::handle))
        .route("/objects", get(objects::list::handle).post(objects::create::handle))
        .route("/objects/{object}", get(objects::get::handle).patch(objects::update::handle).delete(objects::delete::handle))
        .route("/objects/{object}/fields", post(fields::create::handle))
        .route("/objects/{object}/fields/{field}", patch(fields::update::handle).delete(fields::delete::handle))
        .route("/objects/{object}/fields/{field}/type", post(fields::change_type::handle))
        .route("/objects/{object}/fields/{field}/uses", get(fields::uses::handle))
        .route("/objects/{object}/rules", get(rules::get::handle).put(rules::put::handle))
        .route("/records/{object}", get(records::list::handle).post(records::create::handle))
        .route("/records/{object}/query", post(records::query::handle))
        .route("/records/{object}/{id}", get(records::get::handle).patch(records::update::handle).delete(records::delete::handle))
        .route("/records/{object}/{id}/transition/{action}", post(records::transition::handle))
        .route("/records/{object}/{id}/actions/{action}", post(records::adjust::handle))
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
        .route("/files", post(files::create::handle))
        .route("/files/{id}", get(files::get::handle))
        .route("/units/convert", get(units::convert::handle))
        .route("/aggregate", post(aggregate::handle));
    if app.dev.is_some() {
        api = api.route("/dev/clock", post(dev::clock::handle));
    }
    let api = api
        .fallback(frame::no_such_route)
        .method_not_allowed_fallback(frame::no_such_method)
        .layer(CatchPanicLayer::custom(frame::after_panic))
        .layer(middleware::from_fn(frame::frame))
        .with_state(app);
    // A nested router does not see its own root with a slash.
    let root = Router::new().route("/api/v1/", any(frame::no_such_route)).layer(middleware::from_fn(frame::frame));
    Router::new().nest("/api/v1", api).merge(root)
}
