//! Signing in with tenant, e-mail and password.

use std::net::SocketAddr;

use axum::Extension;
use axum::extract::{ConnectInfo, Form, State};
use axum::http::header::{HOST, ORIGIN, SET_COOKIE};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use guanxi_core::Value;
use guanxi_core::meta::Locale;
use serde::Deserialize;

use super::super::params::Params;
use super::{accepted_language, begin_in};
use crate::app::App;
use crate::engine::{LoginRequest, Refusal};
use crate::texts::{problem_text, t};
use crate::ui::components::badge::Tone;
use crate::ui::layout::{Login, login_page};
use crate::ui::urls;
use crate::ui::visit::cookie;

/// What the page sends.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Sent {
    tenant: String,
    email: String,
    password: String,
    next: String,
}

/// The page; who is signed in already goes on.
pub(super) async fn show(State(app): State<App>, params: Params, headers: HeaderMap) -> Response {
    let next = urls::own(params.get("next")).to_owned();
    if let Some(cookie) = cookie(&headers, &app)
        && let Ok(Some(_)) = app.engine.session(cookie).await
    {
        return Redirect::to(&next).into_response();
    }
    let locale = language(&params, &headers);
    let texts = t(locale);
    let message = match (params.get("ended"), params.get("out")) {
        ("1", _) => Some((Tone::Accent, texts.session_ended().to_owned(), String::new())),
        (_, "1") => Some((Tone::Ok, texts.signed_out().to_owned(), String::new())),
        _ => None,
    };
    let tenant = match params.get("tenant") {
        "" => app.dev.as_ref().map(|dev| dev.tenant.clone()).unwrap_or_default(),
        given => given.to_owned(),
    };
    page(Login { tenant_key: tenant, next: params.get("next").to_owned(), message, ..blank(locale, &params) }).into_response()
}

/// Signs in, or says why not; what was typed stays, except the password.
pub(super) async fn submit(
    State(app): State<App>,
    params: Params,
    headers: HeaderMap,
    peer: Option<Extension<ConnectInfo<SocketAddr>>>,
    Form(sent): Form<Sent>,
) -> Response {
    let locale = language(&params, &headers);
    if is_foreign(&headers) {
        return refused(locale, &params, sent, &Refusal::one("permission.denied", "another site sent this form"));
    }
    let request = LoginRequest {
        tenant: sent.tenant.trim().to_owned(),
        email: sent.email.clone(),
        password: sent.password.clone(),
        address: peer.map(|Extension(ConnectInfo(address))| address.ip().to_canonical().to_string()).unwrap_or_default(),
    };
    match app.engine.login(request).await {
        Ok((_, cookie)) => {
            // The language is a comfort: without it the session still is one.
            let _ = begin_in(&app, &cookie, locale).await;
            let set = AppendHeaders([(SET_COOKIE, app.session_cookie(&cookie))]);
            (set, Redirect::to(urls::own(&sent.next))).into_response()
        }
        Err(refusal) => refused(locale, &params, sent, &refusal),
    }
}

fn refused(locale: Locale, params: &Params, sent: Sent, refusal: &Refusal) -> Response {
    let texts = t(locale);
    let (title, hint) = match refusal.code() {
        "auth.required" => (texts.wrong_credentials().to_owned(), texts.wrong_credentials_hint().to_owned()),
        "rate.limited" => (texts.try_later(seconds(refusal)), String::new()),
        _ => (refusal.problems.first().map_or_else(|| texts.something_failed().to_owned(), |p| problem_text(locale, p)), String::new()),
    };
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let login = Login {
        tenant_key: sent.tenant,
        email: sent.email,
        next: sent.next,
        message: Some((Tone::Bad, title, hint)),
        ..blank(locale, params)
    };
    (status, page(login)).into_response()
}

/// The form posts to the language that it was read in.
fn blank(locale: Locale, params: &Params) -> Login {
    Login { locale, address: urls::with_query("/login", &[("lang", params.get("lang"))]), ..Login::default() }
}

fn page(login: Login) -> maud::Markup {
    login_page(&login)
}

fn seconds(refusal: &Refusal) -> u64 {
    let said = refusal.problems.iter().flat_map(|p| &p.params).find_map(|(name, value)| match value {
        Value::Int(number) if name == "seconds" => u64::try_from(*number).ok(),
        _ => None,
    });
    said.unwrap_or(1)
}

fn language(params: &Params, headers: &HeaderMap) -> Locale {
    Locale::parse(params.get("lang")).unwrap_or_else(|| accepted_language(headers))
}

/// The browser says that another site sent the form: it could sign people in to an account that is not theirs.
fn is_foreign(headers: &HeaderMap) -> bool {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = text("sec-fetch-site") {
        return !matches!(site, "same-origin" | "none");
    }
    let host = text(ORIGIN.as_str()).map(|origin| origin.split_once("://").map_or("", |(_, host)| host));
    host.is_some_and(|host| text(HOST.as_str()) != Some(host))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::{HeaderName, HeaderValue};

    #[test]
    fn forms_of_other_sites_are_foreign() {
        for (pairs, wanted) in [
            (&[][..], false),
            (&[("sec-fetch-site", "same-origin")], false),
            (&[("sec-fetch-site", "cross-site")], true),
            (&[("origin", "http://here:1"), ("host", "here:1")], false),
            (&[("origin", "http://there"), ("host", "here:1")], true),
            (&[("origin", "null"), ("host", "here:1")], true),
        ] {
            let headers: HeaderMap =
                pairs.iter().map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value))).collect();
            assert_eq!(is_foreign(&headers), wanted, "{pairs:?}");
        }
    }
}
