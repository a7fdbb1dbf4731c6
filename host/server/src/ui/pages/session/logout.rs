//! Signing out.

use axum::http::HeaderMap;
use axum::http::header::SET_COOKIE;
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};

use crate::ui::urls;
use crate::ui::visit::{Posted, answer};

/// Ends the session here and on the server.
pub(super) async fn handle(headers: HeaderMap, posted: Posted) -> Response {
    let visit = posted.visit;
    let ended = match crate::ui::visit::cookie(&headers, &visit.app) {
        Some(cookie) => visit.engine().logout(cookie).await,
        None => Ok(()),
    };
    let forget = AppendHeaders([(SET_COOKIE, visit.app.forget_cookie())]);
    let to = urls::with_query("/login", &[("out", "1"), ("lang", visit.locale().tag()), ("tenant", &visit.ctx.tenant.key)]);
    answer(&visit, ended.map(|()| (forget, Redirect::to(&to)).into_response()))
}
