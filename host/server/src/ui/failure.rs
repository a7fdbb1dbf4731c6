//! Refusals as pages: what happened, and the way out.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use guanxi_core::Problem;
use guanxi_core::meta::Locale;
use guanxi_core::policy::Function;
use maud::html;
use uuid::Uuid;

use super::components::button::Button;
use super::components::state::{State, StateKind, state};
use super::layout::{self, Page};
use super::shell::shell;
use super::urls;
use super::visit::Visit;
use super::words::{in_sentence, problem_words, several};
use crate::engine::Refusal;
use crate::texts::{problem_text, t};

/// A refusal in the frame of the visitor's pages.
pub fn failure_page(visit: &Visit, refusal: &Refusal) -> Response {
    let list = list_around(visit).filter(|_| refusal.status == 404);
    let frame = shell(visit, list.as_ref().map_or("", |(_, href)| href));
    let page = body(visit.locale(), refusal, &visit.ctx.request, &|problem| problem_words(&visit.ctx, problem), list);
    (status(refusal), layout::page(&frame, &page)).into_response()
}

/// The list that the address of a record belongs to, where the visitor may see it: its name and address.
fn list_around(visit: &Visit) -> Option<(String, String)> {
    let (key, record) = visit.path.strip_prefix("/o/")?.split_once('/')?;
    Uuid::try_parse(record.split(['/', '?']).next()?).ok()?;
    let object = visit.ctx.snapshot.schema.object(key).filter(|_| visit.ctx.may(key, Function::View))?;
    Some((several(visit.locale(), object.label.get(visit.locale())), urls::list(key)))
}

/// A refusal where nobody is logged in.
pub fn plain_failure(locale: Locale, refusal: &Refusal, request: &str) -> Response {
    let page = body(locale, refusal, request, &|problem| problem_text(locale, problem), None);
    (status(refusal), layout::plain_page(locale, &page)).into_response()
}

fn status(refusal: &Refusal) -> StatusCode {
    StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

fn body(locale: Locale, refusal: &Refusal, request: &str, words: &dyn Fn(&Problem) -> String, list: Option<(String, String)>) -> Page {
    let texts = t(locale);
    let kind = match refusal.status {
        403 => StateKind::Forbidden,
        404 => StateKind::NotFound,
        _ => StateKind::Failed,
    };
    let mut words: Vec<String> = refusal.problems.iter().map(words).collect();
    words.dedup();
    let (title, hint) = match refusal.code() {
        "not_found" if list.is_some() => (texts.not_found_record().to_owned(), texts.not_found_hint().to_owned()),
        "not_found" => (texts.not_found_title().to_owned(), texts.not_found_hint().to_owned()),
        "permission.denied" => (words.remove(0), texts.ask_administrator().to_owned()),
        _ if words.is_empty() => (texts.something_failed().to_owned(), String::new()),
        _ => (words.remove(0), words.join(" ")),
    };
    let mut face = State::new(kind, title.clone(), hint);
    match list {
        Some((name, href)) => face.actions.extend([
            Button::link(texts.back_to_list(&in_sentence(locale, &name)), href).primary(),
            Button::link(texts.back_to_start(), "/"),
        ]),
        None => face.actions.push(Button::link(texts.back_to_start(), "/").primary()),
    }
    if refusal.status >= 500 && !request.is_empty() {
        face.request = Some(request.to_owned());
    }
    Page { title, body: html! { (state(locale, &face)) }, ..Page::default() }
}
