//! Small pages beside a list: the tools that `panel.js` opens in place, and that are pages of their own where no script runs.

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Redirect, Response};
use guanxi_core::meta::Object;
use maud::{Markup, html};

use super::name_of_many;
use crate::texts::t;
use crate::ui::components::icon::{Icon, icon};
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::Visit;

/// What a script sends that wants a part of a page.
const PANEL: HeaderName = HeaderName::from_static("x-panel");
/// Where such a script goes next.
const GO: HeaderName = HeaderName::from_static("x-go");

/// Whether a script asked for the content alone.
#[derive(Clone, Copy, Debug)]
pub(super) struct InPanel(pub(super) bool);

impl<S: Send + Sync> FromRequestParts<S> for InPanel {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _state: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.headers.contains_key(PANEL)))
    }
}

/// One tool: its title, where it goes back to, and its content.
pub(super) struct Panel {
    pub(super) title: String,
    pub(super) back: String,
    pub(super) body: Markup,
    pub(super) status: StatusCode,
}

impl Panel {
    /// A tool that was opened.
    pub(super) fn new(title: impl Into<String>, back: impl Into<String>, body: Markup) -> Self {
        Self { title: title.into(), back: back.into(), body, status: StatusCode::OK }
    }
}

/// The tool in its panel, or as a page.
pub(super) fn answer(visit: &Visit, object: &Object, in_panel: InPanel, panel: Panel) -> Response {
    if in_panel.0 {
        let close = t(visit.locale()).close();
        let content = html! {
            header.row {
                h2.grow { (panel.title) }
                a.btn.quiet.icon href=(panel.back) aria-label=(close) data-close-panel { (icon(Icon::Close)) }
            }
            (panel.body)
        };
        return (panel.status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], content.into_string()).into_response();
    }
    let breadcrumb = vec![(name_of_many(visit, object), panel.back.clone())];
    let body = html! { div.tool { (panel.body) } };
    let mut response =
        show(visit, &urls::list(&object.key), Page { title: panel.title, breadcrumb, layout: Body::Padded, body, ..Page::default() });
    *response.status_mut() = panel.status;
    response
}

/// Done: on to a page.
pub(super) fn go(in_panel: InPanel, address: &str) -> Response {
    match HeaderValue::from_str(address) {
        Ok(to) if in_panel.0 => (StatusCode::NO_CONTENT, [(GO, to)]).into_response(),
        _ => Redirect::to(address).into_response(),
    }
}
