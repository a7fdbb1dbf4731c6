//! Refusals as pages: what happened, and the way out.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use guanxi_core::Problem;
use guanxi_core::meta::Locale;
use maud::html;

use super::components::button::Button;
use super::components::state::{State, StateKind, state};
use super::layout::{self, Page};
use super::shell::shell;
use super::visit::Visit;
use super::words::problem_words;
use crate::engine::Refusal;
use crate::texts::{problem_text, t};

/// A refusal in the frame of the visitor's pages.
pub fn failure_page(visit: &Visit, refusal: &Refusal) -> Response {
    let frame = shell(visit, "");
    (
        status(refusal),
        layout::page(&frame, &body(visit.locale(), refusal, &visit.ctx.request, &|problem| problem_words(&visit.ctx, problem))),
    )
        .into_response()
}

/// A refusal where nobody is logged in.
pub fn plain_failure(locale: Locale, refusal: &Refusal, request: &str) -> Response {
    let page = body(locale, refusal, request, &|problem| problem_text(locale, problem));
    (status(refusal), layout::plain_page(locale, &page)).into_response()
}

fn status(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn body(locale: Locale, refusal: &Refusal, request: &str, words: &dyn Fn(&Problem) -> String) -> Page {
    let texts = t(locale);
    let kind = match refusal.status {
        403 => StateKind::Forbidden,
        404 => StateKind::NotFound,
        _ => StateKind::Failed,
    };
    let mut words: Vec<String> = refusal.problems.iter().map(words).collect();
    words.dedup();
    let (title, hint) = match refusal.code() {
        "not_found" => (texts.not_found_title().to_owned(), texts.not_found_hint().to_owned()),
        "permission.denied" => (words.remove(0), texts.ask_administrator().to_owned()),
        _ if words.is_empty() => (texts.something_failed().to_owned(), String::new()),
        _ => (words.remove(0), words.join(" ")),
    };
    let mut face = State::new(kind, title.clone(), hint);
    face.actions.push(Button::link(texts.back_to_start(), "/").primary());
    if refusal.status >= 500 && !request.is_empty() {
        face.request = Some(request.to_owned());
    }
    Page { title, body: html! { (state(locale, &face)) }, ..Page::default() }
}
