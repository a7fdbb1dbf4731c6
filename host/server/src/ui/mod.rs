//! The web pages: components, the page frame, formats and embedded assets. Pages are made of these and hold no markup of their own kind.

pub mod assets;
pub mod components;
pub mod format;
pub mod layout;
mod multipart;

pub mod failure;
pub mod filters;
pub mod flash;
pub mod pages;
pub mod plugin_panels;
pub mod plugin_view;
pub mod shell;
pub mod urls;
pub mod value;
pub mod visit;
pub mod words;

/// Everything that browsers are served: pages and the files that they load.
pub fn router(app: crate::app::App) -> axum::Router {
    assets::router().merge(pages::router(app))
}
