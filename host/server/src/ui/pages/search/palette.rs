//! The palette: what `palette.js` shows over a page. The server writes all of it, so that the script has no words and no rights.

use std::collections::HashMap;

use axum::http::header;
use axum::response::{IntoResponse, Response};
use maud::{Markup, html};
use uuid::Uuid;

use super::commands::{self, Command};
use super::search;
use crate::engine::{Outcome, SearchResult};
use crate::texts::t;
use crate::ui::components::icon::{Icon, icon};
use crate::ui::components::marked::marked;
use crate::ui::urls;
use crate::ui::visit::Visit;

/// Records while somebody is typing.
const RECORDS: u32 = 8;
/// Records that were opened last.
const RECENT: usize = 6;
/// Begins a question for commands only.
const COMMANDS: char = '>';

/// The open palette with what it offers before anything is typed.
pub(super) async fn frame(visit: &Visit, recent: &str) -> Outcome<Response> {
    let texts = t(visit.locale());
    let start = groups(visit, "", recent).await?;
    Ok(fragment(html! {
        div.veil data-palette-veil {
            div.pal role="dialog" aria-modal="true" aria-label=(texts.search_or_run_label()) {
                div.q {
                    (icon(Icon::Search))
                    input type="text" id="pal-words" role="combobox" aria-expanded="true" aria-controls="pal-list" aria-autocomplete="list"
                        aria-label=(texts.search_or_run_label()) placeholder=(texts.search_or_run()) autocomplete="off" spellcheck="false" maxlength="200";
                    span.small.faint data-busy hidden { (texts.search_busy()) }
                    kbd { "Esc" }
                }
                div.hits id="pal-list" role="listbox" aria-label=(texts.search_results()) { (start) }
                p.fail role="alert" data-failed hidden { (icon(Icon::Warn)) (texts.search_failed()) }
                div.keys {
                    span { kbd { "↑↓" } " " (texts.search_choose()) }
                    span { kbd { "Enter" } " " (texts.search_open()) }
                    span { kbd { "Ctrl Enter" } " " (texts.search_new_tab()) }
                    span { kbd { ">" } " " (texts.search_only_commands()) }
                }
            }
        }
    }))
}

/// What answers the words.
pub(super) async fn options(visit: &Visit, words: &str, recent: &str) -> Outcome<Response> {
    Ok(fragment(groups(visit, words, recent).await?))
}

/// A part of a page; nothing keeps it, because rights change.
fn fragment(markup: Markup) -> Response {
    ([(header::CACHE_CONTROL, "no-store")], markup).into_response()
}

async fn groups(visit: &Visit, words: &str, recent: &str) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let (only, words) = match words.trim().strip_prefix(COMMANDS) {
        Some(rest) => (true, rest.trim()),
        None => (false, words.trim()),
    };
    let mut hits: Vec<Markup> = Vec::new();
    let (mut indexing, mut heading) = (false, texts.search_records());
    if words.is_empty() && !only {
        heading = texts.search_recent();
        hits = recent_records(visit, recent).await?;
    } else if !only {
        let found = search(visit, words, "", RECORDS).await?;
        indexing = found.indexing;
        hits = found.results.iter().map(|result| record(visit, result)).collect();
    }
    let actions = if words.is_empty() && !only { Vec::new() } else { commands::actions(visit, words, only) };
    let pages = commands::pages(visit, words, only);
    let everything = !words.is_empty() && !only;
    let nothing = hits.is_empty() && actions.is_empty() && pages.is_empty();
    let found = hits.len() + actions.len() + pages.len();
    Ok(html! {
        @if nothing && !words.is_empty() { div.none { (icon(Icon::Search)) (texts.search_none(words)) } }
        (group("pal-records", heading, &hits))
        (group("pal-actions", texts.search_actions(), &actions.iter().map(command).collect::<Vec<_>>()))
        @if everything || !pages.is_empty() {
            @let all = urls::with_query(urls::SEARCH, &[("q", words)]);
            @let more = Command { label: texts.search_all_records(words), place: String::new(), href: all, icon: Icon::Search };
            @let mut rows = pages.iter().map(command).collect::<Vec<_>>();
            @if everything { @let () = rows.push(command(&more)); }
            (group("pal-pages", texts.search_pages(), &rows))
        }
        @if indexing { p.none.small { (texts.search_indexing()) } }
        span.sr role="status" { (texts.search_count(found as u64)) }
    })
}

fn group(id: &str, label: &str, options: &[Markup]) -> Markup {
    html! {
        @if !options.is_empty() {
            div.grp role="group" aria-labelledby=(id) { h3 id=(id) { (label) } @for option in options { (option) } }
        }
    }
}

fn record(visit: &Visit, result: &SearchResult) -> Markup {
    let kind = result.object.label.get(visit.locale());
    html! {
        a role="option" aria-selected="false" tabindex="-1" href=(urls::record(&result.object.key, result.id)) {
            (icon(Icon::named(&result.object.icon)))
            span.grow.clip {
                (marked(&result.title, &result.title_marks))
                span.dim {
                    (kind)
                    @if let Some(snippet) = &result.snippet { " · " (snippet.label.get(visit.locale())) " " (marked(&snippet.text, &snippet.marks)) }
                }
            }
        }
    }
}

fn command(command: &Command) -> Markup {
    html! {
        a role="option" aria-selected="false" tabindex="-1" href=(command.href) {
            (icon(command.icon)) span.grow.clip { (command.label) @if !command.place.is_empty() && command.place != command.label { span.dim { (command.place) } } }
        }
    }
}

/// Records that the browser remembers as `object/id`, as far as the visitor still sees them.
async fn recent_records(visit: &Visit, recent: &str) -> Outcome<Vec<Markup>> {
    let schema = &visit.ctx.snapshot.schema;
    let named = recent.split(',').filter_map(|one| one.split_once('/'));
    let wanted: Vec<(&str, Uuid)> = named.filter_map(|(object, id)| Some((object, Uuid::parse_str(id).ok()?))).take(RECENT).collect();
    let mut titles: HashMap<(&str, Uuid), String> = HashMap::new();
    for (object, _) in &wanted {
        if schema.object(object).is_none() || titles.keys().any(|(known, _)| known == object) {
            continue;
        }
        let ids: Vec<Uuid> = wanted.iter().filter(|(other, _)| other == object).map(|(_, id)| *id).collect();
        let found = visit.engine().titles(&visit.ctx, object, &ids).await?;
        titles.extend(found.into_iter().map(|(id, title)| ((*object, id), title)));
    }
    let shown = wanted.iter().filter_map(|(key, id)| {
        let object = schema.object(key)?;
        let title = titles.get(&(*key, *id))?.clone();
        Some(SearchResult { object: object.clone(), id: *id, title, title_marks: Vec::new(), snippet: None })
    });
    Ok(shown.map(|result| record(visit, &result)).collect())
}
