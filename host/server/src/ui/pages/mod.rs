//! The pages, one file each. A page reads through the engine with the visitor's rights, and is made of components.

mod admin;
mod batches;
mod frame;
mod home;
mod not_found;
mod params;
mod plugin_page;
mod records;
mod recycle_bin;
mod search;
mod session;

use axum::routing::get;
use axum::{Router, middleware};

use crate::app::App;

pub(crate) use session::{accepted_language, begin_in};

/// All pages. Addresses that nobody answers end here too.
pub fn router(app: App) -> Router {
    Router::new()
        .route("/", get(home::handle))
        .merge(session::router())
        .merge(records::router())
        .merge(admin::router())
        .merge(batches::router())
        .merge(recycle_bin::router())
        .merge(search::router())
        .merge(plugin_page::router())
        .fallback(not_found::handle)
        .method_not_allowed_fallback(not_found::handle)
        .layer(middleware::map_response(frame::headers))
        .with_state(app)
}
