//! The login link of `dev`: for browsers on this machine only, and only as long as this process runs.

use std::net::SocketAddr;

use axum::extract::{ConnectInfo, Path, State};
use axum::http::header::{CACHE_CONTROL, HOST, LOCATION, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use guanxi_core::meta::Locale;
use subtle::ConstantTimeEq;

use crate::app::App;
use crate::engine::{Outcome, Refusal};
use crate::ui::pages::{accepted_language, begin_in};

/// Logs the browser in and leads it to the start page. Whatever does not fit is the same 404.
pub(super) async fn handle(
    State(app): State<App>,
    ConnectInfo(peer): ConnectInfo<SocketAddr>,
    Path(secret): Path<String>,
    headers: HeaderMap,
) -> Response {
    let host = headers.get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let fits = app.dev.as_ref().is_some_and(|dev| bool::from(dev.secret.as_bytes().ct_eq(secret.as_bytes())));
    if !fits || !peer.ip().to_canonical().is_loopback() || !is_loopback_host(host) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match login(&app, accepted_language(&headers)).await {
        Ok(cookie) => (
            StatusCode::SEE_OTHER,
            [(LOCATION, "/".to_owned()), (SET_COOKIE, app.session_cookie(&cookie)), (CACHE_CONTROL, "no-store".to_owned())],
        )
            .into_response(),
        Err(refusal) => {
            let detail = refusal.problems.first().map(|problem| problem.detail.clone()).unwrap_or_default();
            (StatusCode::SERVICE_UNAVAILABLE, format!("not ready yet: {detail}\n")).into_response()
        }
    }
}

async fn login(app: &App, locale: Locale) -> Outcome<String> {
    let Some(dev) = &app.dev else { return Err(Refusal::not_found("login link")) };
    let tenant = app.engine.tenant(&dev.tenant).await?.ok_or_else(|| Refusal::not_found("tenant"))?;
    let ctx = app.engine.system_ctx(tenant.clone()).await?;
    let user = app.engine.user_by_email(&ctx, &dev.email).await?.ok_or_else(|| Refusal::not_found("administrator"))?;
    let (_, cookie) = app.engine.begin_session(&tenant, user).await?;
    begin_in(app, &cookie, locale).await?;
    Ok(cookie)
}

/// A page elsewhere can make its own name lead to this machine; the `Host` header then still says that name.
fn is_loopback_host(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split_once(']').map_or("", |(name, _)| name),
        None => host.split_once(':').map_or(host, |(name, _)| name),
    };
    ["127.0.0.1", "localhost", "::1"].contains(&name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_names_of_this_machine() {
        for (host, wanted) in [
            ("127.0.0.1:8080", true),
            ("localhost", true),
            ("[::1]:8080", true),
            ("127.0.0.1.evil.example", false),
            ("evil.example:8080", false),
            ("", false),
        ] {
            assert_eq!(is_loopback_host(host), wanted, "{host}");
        }
    }
}
