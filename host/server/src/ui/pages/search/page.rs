//! `/search?q=…`: the search without scripts.

use axum::response::Response;
use guanxi_core::meta::Object;
use guanxi_core::policy::Function;
use maud::{Markup, html};

use super::search;
use crate::engine::{Outcome, SearchPage, SearchResult};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::icon::{Icon, icon};
use crate::ui::components::marked::marked;
use crate::ui::components::note::{Note, note};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::Visit;

/// Results of the page.
const RESULTS: u32 = 50;

pub(super) async fn page(visit: &Visit, words: &str, object: &str) -> Outcome<Response> {
    let texts = t(visit.locale());
    let found = search(visit, words, object, RESULTS).await?;
    let body = html! {
        (form(visit, words, object))
        @if words.is_empty() { p.dim { (texts.search_hint()) } }
        @else { (answers(visit, words, &found)) }
    };
    let title = texts.search_title().to_owned();
    Ok(show(visit, urls::SEARCH, Page { title, layout: Body::Padded, body, ..Page::default() }))
}

fn form(visit: &Visit, words: &str, object: &str) -> Markup {
    let texts = t(visit.locale());
    let schema = &visit.ctx.snapshot.schema;
    let offered = schema.objects().filter(|o: &&std::sync::Arc<Object>| !o.read_only && o.parent.is_none() && o.key != "attachment");
    let offered: Vec<_> = offered.filter(|o| visit.ctx.may(&o.key, Function::View)).collect();
    html! {
        form.search-form.row.wrap method="get" action=(urls::SEARCH) role="search" {
            label.sr for="search-words" { (texts.search_words()) }
            input.in.grow id="search-words" type="search" name="q" value=(words) placeholder=(texts.search_words()) maxlength="200" autocomplete="off";
            label.sr for="search-object" { (texts.search_in()) }
            select.in id="search-object" name="object" {
                option value="" selected[object.is_empty()] { (texts.search_everywhere()) }
                @for one in &offered { option value=(one.key) selected[one.key == object] { (one.label.get(visit.locale())) } }
            }
            (button(&Button::submit(texts.search_title()).primary().icon(Icon::Search)))
        }
    }
}

fn answers(visit: &Visit, words: &str, found: &SearchPage) -> Markup {
    let texts = t(visit.locale());
    html! {
        @if found.indexing { (note(&Note::new(Tone::Warn, texts.search_indexing(), ""))) }
        @if found.results.is_empty() {
            (state(visit.locale(), &State::new(StateKind::NoMatch, texts.search_none(words), texts.search_none_hint())))
        } @else {
            p.small.faint role="status" { (texts.search_count(found.results.len() as u64)) }
            ul.found { @for result in &found.results { li { (row(visit, result)) } } }
            @if found.more { p.small.faint { (texts.search_more()) } }
        }
    }
}

fn row(visit: &Visit, result: &SearchResult) -> Markup {
    let locale = visit.locale();
    html! {
        a.found-row href=(urls::record(&result.object.key, result.id)) {
            (icon(Icon::named(&result.object.icon)))
            span.grow {
                span.strong { (marked(&result.title, &result.title_marks)) }
                span.small.dim {
                    (result.object.label.get(locale))
                    @if let Some(snippet) = &result.snippet { " · " (snippet.label.get(locale)) " " (marked(&snippet.text, &snippet.marks)) }
                }
            }
        }
    }
}
