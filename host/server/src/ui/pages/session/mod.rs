//! Signing in and out, and how the pages look to one reader.

mod login;
mod logout;
mod preferences;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;
use axum::routing::{get, post};
use guanxi_core::meta::Locale;

use crate::api::language;
use crate::app::App;
use crate::engine::Outcome;
use crate::ui::layout::{LOGOUT, PREFERENCES};

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/login", get(login::show).post(login::submit))
        .route(LOGOUT, post(logout::handle))
        .route(PREFERENCES, post(preferences::handle))
}

/// The language that a browser asks for; the product's own where it says nothing.
pub(crate) fn accepted_language(headers: &HeaderMap) -> Locale {
    headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).map_or_else(Locale::default, language::accepted)
}

/// Gives a session that has just begun the language of the login page.
pub(crate) async fn begin_in(app: &App, cookie: &str, locale: Locale) -> Outcome<()> {
    match app.engine.session(cookie).await? {
        Some((ctx, session)) => app.engine.set_session_look(&ctx, &session, locale, "").await,
        None => Ok(()),
    }
}
