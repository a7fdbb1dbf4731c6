//! Who calls: an API token, or the browser session of our own pages.
//!
//! A token comes as `Authorization: Bearer`, and then cookies do not count. A session's requests that may change something must
//! come from our own pages: the browser says so (`Sec-Fetch-Site`, or `Origin`), and the page shows the session's form token.

use axum::extract::FromRequestParts;
use axum::http::header::{AUTHORIZATION, COOKIE, HOST, ORIGIN};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, Method};

use super::frame::RequestInfo;
use super::problem::ApiError;
use crate::app::App;
use crate::engine::{Ctx, Refusal, Via};

/// Carries a session's form token.
const FORM_TOKEN: HeaderName = HeaderName::from_static("x-form-token");
const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The caller, authenticated.
pub(super) struct Caller(pub(super) Ctx);

impl FromRequestParts<App> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let info = parts.extensions.get::<RequestInfo>().cloned();
        let id = info.as_ref().map(|info| info.id.clone()).unwrap_or_default();
        if parts.headers.contains_key(AUTHORIZATION) {
            let token = bearer(&parts.headers).ok_or_else(|| unauthenticated("Authorization must be: Bearer TOKEN"))?;
            let ctx = app.engine.token(token, id.clone()).await?;
            return Ok(Self(Ctx { via: Via::Api, request: id, ..ctx }));
        }
        let cookie = parts.headers.get_all(COOKIE).iter().filter_map(|v| v.to_str().ok()).find_map(|header| app.find_cookie(header));
        let cookie = cookie.ok_or_else(|| unauthenticated("send Authorization: Bearer TOKEN"))?;
        let found = app.engine.session(cookie).await?;
        let (ctx, session) = found.ok_or_else(|| unauthenticated("the session has ended"))?;
        if !is_safe(&parts.method) && !only_asks(parts.uri.path()) {
            ctx.must_not_be_viewing()?;
        }
        if !is_safe(&parts.method) {
            check_own_page(&parts.headers, |token| session.is_own_form(token))?;
        }
        if let Some(info) = info {
            // A second value cannot come: each request has one caller.
            let _ = info.locale.set(session.locale);
        }
        Ok(Self(Ctx { via: Via::Ui, request: id, locale: session.locale, ..ctx }))
    }
}

/// The token of exactly one `Authorization: Bearer` header.
fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (scheme, token) = given.next()?.to_str().ok()?.split_once(' ')?;
    let token = token.trim();
    (given.next().is_none() && scheme.eq_ignore_ascii_case("bearer") && !token.is_empty()).then_some(token)
}

fn is_safe(method: &Method) -> bool {
    matches!(*method, Method::GET | Method::HEAD)
}

/// Reads that are sent as POST because they are too long for an address.
fn only_asks(path: &str) -> bool {
    path == "/aggregate" || (path.starts_with("/records/") && path.ends_with("/query") && path.matches('/').count() == 3)
}

/// Refuses what another site could have made the browser send.
fn check_own_page(headers: &HeaderMap, is_own_form: impl Fn(&str) -> bool) -> Result<(), Refusal> {
    if same_origin(headers) && headers.get(FORM_TOKEN).and_then(|value| value.to_str().ok()).is_some_and(is_own_form) {
        return Ok(());
    }
    Err(Refusal::one("permission.denied", "with a browser session, changes are taken from Guanxi's own pages only; use a token elsewhere"))
}

/// The browser says that the request comes from a page of this very server.
pub(crate) fn same_origin(headers: &HeaderMap) -> bool {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text(&FETCH_SITE) {
        return site == "same-origin";
    }
    let origin_host = text(&ORIGIN).and_then(|origin| origin.strip_prefix("https://").or_else(|| origin.strip_prefix("http://")));
    origin_host.is_some_and(|host| text(&HOST) == Some(host))
}

fn unauthenticated(detail: &str) -> ApiError {
    ApiError(Refusal::one("auth.required", detail))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn a_bearer_token_is_one_and_only_one() {
        assert_eq!(bearer(&headers(&[("authorization", "Bearer gx1_a")])), Some("gx1_a"));
        assert_eq!(bearer(&headers(&[("authorization", "bearer  gx1_a ")])), Some("gx1_a"));
        for text in ["Bearer", "Bearer ", "Basic YTpi", "gx1_a", ""] {
            assert_eq!(bearer(&headers(&[("authorization", text)])), None, "{text}");
        }
        let mut two = headers(&[("authorization", "Bearer a")]);
        two.append(AUTHORIZATION, HeaderValue::from_static("Bearer b"));
        assert_eq!(bearer(&two), None);
    }

    #[test]
    fn changes_come_from_our_own_pages() {
        const TOKEN: (&str, &str) = ("x-form-token", "t1");
        const HERE: (&str, &str) = ("host", "crm.example:8080");
        for (given, wanted) in [
            (&[TOKEN, ("sec-fetch-site", "same-origin")][..], true),
            (&[TOKEN, HERE, ("origin", "http://crm.example:8080")], true),
            (&[TOKEN, HERE, ("origin", "http://crm.example")], false),
            (&[TOKEN, HERE, ("origin", "null")], false),
            (&[TOKEN, HERE, ("origin", "http://crm.example:8080"), ("sec-fetch-site", "cross-site")], false),
            (&[TOKEN, HERE], false),
            (&[TOKEN, ("sec-fetch-site", "same-site")], false),
            (&[TOKEN, ("sec-fetch-site", "none")], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("x-form-token", "t2"), ("sec-fetch-site", "same-origin")], false),
        ] {
            assert_eq!(check_own_page(&headers(given), |token| token == "t1").is_ok(), wanted, "{given:?}");
        }
        assert!(is_safe(&Method::GET) && !is_safe(&Method::POST) && !is_safe(&Method::DELETE));
    }
}
