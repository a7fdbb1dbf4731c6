//! Who visits a page: the session behind the cookie, or the way to the login page; and what a form sent, once it is proved to be ours.

use axum::Form;
use axum::extract::{FromRequest, FromRequestParts, Request};
use axum::http::header::COOKIE;
use axum::http::request::Parts;
use axum::http::{HeaderMap, Method};
use axum::response::{IntoResponse, Redirect, Response};

use super::components::form::{CONFIRM_FIELD, TOKEN_FIELD};
use super::components::note::Flash;
use super::failure::{failure_page, plain_failure};
use super::{flash, multipart, urls};
use crate::api::auth::same_origin;
use crate::app::App;
use crate::engine::{Ctx, Engine, Outcome, Refusal, Session};
use guanxi_core::Problem;
use guanxi_core::meta::Locale;

/// Ends looking with somebody else's eyes.
pub const VIEWING_END: &str = "/viewing/end";
/// What a session that looks with somebody else's eyes may still send: none of it changes the tenant's data.
const WHILE_VIEWING: [&str; 3] = [VIEWING_END, super::layout::LOGOUT, super::layout::PREFERENCES];

/// A page's request by somebody who is logged in.
pub struct Visit {
    /// The server.
    pub app: App,
    /// Who, where, when.
    pub ctx: Ctx,
    /// The browser's session.
    pub session: Session,
    /// Path and query of this page.
    pub path: String,
    /// What was just done, to be said once by the page that answers.
    pub flash: Option<Flash>,
}

impl Visit {
    /// The engine.
    pub fn engine(&self) -> &Engine {
        &self.app.engine
    }

    /// The reader's language.
    pub fn locale(&self) -> Locale {
        self.ctx.locale
    }
}

impl FromRequestParts<App> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Response> {
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
        let found = match cookie(&parts.headers, app) {
            Some(cookie) => app.engine.session(cookie).await.map_err(|refusal| plain_failure(Locale::default(), &refusal, ""))?,
            None => None,
        };
        match found {
            Some((ctx, session)) if must_not(parts, &session) => {
                let visit = Self { app: app.clone(), ctx, session, path, flash: None };
                Err(failure_page(&visit, &visit.ctx.must_not_be_viewing().err().unwrap_or_else(|| Refusal::denied("role: view"))))
            }
            Some((ctx, session)) => Ok(Self { app: app.clone(), ctx, session, path, flash: flash::find(&parts.headers) }),
            None => Err(way_to_login(parts, app, &path)),
        }
    }
}

/// Nothing is changed with somebody else's eyes; forms that only ask (whose address ends so) are let through.
fn must_not(parts: &Parts, session: &Session) -> bool {
    let path = parts.uri.path();
    let asks = path.ends_with("/form-state") || WHILE_VIEWING.contains(&path);
    session.viewing.is_some() && !matches!(parts.method, Method::GET | Method::HEAD) && !asks
}

/// A form that was sent after the session ended cannot be repeated by a redirect: the way back is then the start page.
fn way_to_login(parts: &Parts, app: &App, path: &str) -> Response {
    let next = if matches!(parts.method, Method::GET | Method::HEAD) && path != "/" { path } else { "" };
    let ended = cookie(&parts.headers, app).is_some();
    Redirect::to(&if ended { urls::login_again(next) } else { urls::login(next) }).into_response()
}

/// The session cookie of a request.
pub fn cookie<'h>(headers: &'h HeaderMap, app: &App) -> Option<&'h str> {
    headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).find_map(|header| app.find_cookie(header))
}

/// A form that one of our own pages sent in this session.
pub struct Posted {
    /// Who sent it.
    pub visit: Visit,
    /// Parameters in the order of the form, without the form token. Files that came with it are stored and stand here by their ids.
    pub fields: Vec<(String, String)>,
    /// Why files that came with it were not taken.
    pub problems: Vec<Problem>,
}

impl Posted {
    /// The last value of a parameter; blank if it is missing.
    pub fn get(&self, name: &str) -> &str {
        self.fields.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value)
    }

    /// All values of a parameter.
    pub fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.fields.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Codes that the person agreed to.
    pub fn confirmed(&self) -> Vec<String> {
        self.get(CONFIRM_FIELD).split(',').filter(|code| !code.is_empty()).map(str::to_owned).collect()
    }
}

impl FromRequest<App> for Posted {
    type Rejection = Response;

    async fn from_request(request: Request, app: &App) -> Result<Self, Response> {
        let (mut parts, body) = request.into_parts();
        let visit = Visit::from_request_parts(&mut parts, app).await?;
        let ours = same_origin(&parts.headers);
        let request = Request::from_parts(parts, body);
        if multipart::is_multipart(&request) {
            let parts = multipart::read(&visit, request, ours).await.map_err(|refusal| failure_page(&visit, &refusal))?;
            return Self::checked(visit, parts.fields, parts.problems, ours).map_err(|refused| *refused);
        }
        let fields = match Form::<Vec<(String, String)>>::from_request(request, app).await {
            Ok(Form(fields)) => fields,
            Err(rejection) => {
                let code =
                    if rejection.status() == axum::http::StatusCode::PAYLOAD_TOO_LARGE { "request.too_large" } else { "request.malformed" };
                return Err(failure_page(&visit, &Refusal::one(code, rejection.body_text())));
            }
        };
        Self::checked(visit, fields, Vec::new(), ours).map_err(|refused| *refused)
    }
}

impl Posted {
    /// A form of this session, sent by a page of ours.
    fn checked(visit: Visit, mut fields: Vec<(String, String)>, problems: Vec<Problem>, ours: bool) -> Result<Self, Box<Response>> {
        let token = fields.iter().find(|(key, _)| key == TOKEN_FIELD).map(|(_, value)| value.clone()).unwrap_or_default();
        if !ours || !visit.session.is_own_form(&token) {
            return Err(Box::new(failure_page(
                &visit,
                &Refusal::one("permission.denied", "this form did not come from this session; load the page again"),
            )));
        }
        fields.retain(|(key, _)| key != TOKEN_FIELD);
        Ok(Self { visit, fields, problems })
    }
}

/// What a page answers, or the failure as a page in the same frame.
pub fn answer(visit: &Visit, outcome: Outcome<Response>) -> Response {
    outcome.unwrap_or_else(|refusal| failure_page(visit, &refusal))
}
