//! The HTTP API, `/api/v1` (design §13, described in docs/api.md): JSON in, JSON or a problem out. One endpoint a file.
//!
//! A border: it converts, it holds no rules. Whatever an answer says was decided by the engine.

mod aggregate;
pub(crate) mod auth;
mod body;
mod dev;
mod fields;
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
mod strict_json;
mod version_tag;

use axum::routing::{any, get, patch, post};
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
        .route("/records/{object}", get(records::list::handle).post(records::create::handle))
        .route("/records/{object}/query", post(records::query::handle))
        .route("/records/{object}/{id}", get(records::get::handle).patch(records::update::handle).delete(records::delete::handle))
        .route("/records/{object}/{id}/history", get(records::history::handle))
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
