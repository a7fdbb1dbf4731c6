//! The list of an object: filter, sort, page by page.

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use guanxi_core::meta::Object;
use guanxi_core::policy::Function;
use maud::{Markup, html};

use super::super::params::Params;
use super::selection::Selected;
use super::{bulk, columns, filter, may, name_in_sentence, object_of};
use crate::engine::{ListPage, ListRequest, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::filter_bar::filter_bar;
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::components::pager::{Pager, pager};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::table::{Boxes, choosable_table, list_table};
use crate::ui::format::MoneyStyle;
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};
use crate::ui::words::problem_words;

/// Rows of one page.
const ROWS: u32 = 50;

/// What the address asks for.
pub(super) struct Asked {
    /// CEL, as typed.
    pub(super) filter: String,
    /// `-amount,name`
    pub(super) sort: String,
    cursor: String,
    /// Rows on the pages before this one, for "51–100 of …".
    before: u64,
}

impl Asked {
    fn new(params: &Params) -> Self {
        let get = |name| params.get(name).to_owned();
        let before = params.get("before").parse().unwrap_or(0);
        Self { filter: get("filter"), sort: get("sort"), cursor: get("cursor"), before }
    }

    /// The address of the first page with another filter or order.
    pub(super) fn address(object: &str, filter: &str, sort: &str) -> String {
        urls::with_query(&urls::list(object), &[("filter", filter), ("sort", sort)])
    }

    fn next_page(&self, object: &str, page: &ListPage) -> Option<String> {
        let shown = self.before + page.rows.len() as u64;
        let query =
            [("filter", self.filter.as_str()), ("sort", &self.sort), ("cursor", page.next.as_deref()?), ("before", &shown.to_string())];
        Some(urls::with_query(&urls::list(object), &query))
    }
}

/// `GET /o/{object}`
pub(super) async fn handle(visit: Visit, Path(key): Path<String>, params: Params) -> Response {
    let outcome = list(&visit, &key, &params).await;
    answer(&visit, outcome)
}

async fn list(visit: &Visit, key: &str, params: &Params) -> Outcome<Response> {
    let object = object_of(visit, key)?;
    let asked = Asked::new(params);
    let mut remark = None;
    if !params.get("filter_field").is_empty() {
        match filter::added(visit, &object, &asked.filter, params) {
            Ok(filter) => return Ok(Redirect::to(&Asked::address(key, &filter, &asked.sort)).into_response()),
            Err(refused) => remark = Some(refused),
        }
    }
    let mut selection = columns::choose(&visit.ctx.snapshot.schema, &object);
    let request = ListRequest {
        filter: asked.filter.clone(),
        sort: asked.sort.clone(),
        fields: selection.paths.clone(),
        limit: ROWS,
        cursor: asked.cursor.clone(),
        count: true,
    };
    let found = match visit.engine().list(&visit.ctx, key, request).await {
        // A cursor of another filter or an older version: the first page instead of a riddle.
        Err(refusal) if !asked.cursor.is_empty() && refusal.problems.iter().all(|p| p.field.as_deref() == Some("cursor")) => {
            return Ok(Redirect::to(&Asked::address(key, &asked.filter, &asked.sort)).into_response());
        }
        Err(refusal) if !asked.filter.is_empty() && is_about_the_filter(&refusal) => Err(refusal),
        other => Ok(other?),
    };
    let refused = found.as_ref().err().map(|refusal| filter_words(visit, refusal));
    if let Ok(page) = &found {
        selection.learn(visit, page.rows.iter().map(|(_, row)| row.as_slice())).await?;
    }
    let bar = filter::bar(visit, &object, &asked, refused).await?;
    let content = match &found {
        Ok(page) => content(
            visit,
            &asked,
            page,
            &columns::table(&visit.ctx, page, &selection, &asked.sort, &|sort| Asked::address(key, &asked.filter, sort)),
            columns::page_sum(&visit.ctx, page, &selection),
            selection.field(&object.title),
        ),
        Err(_) => {
            let texts = t(visit.locale());
            let mut face = State::new(StateKind::NoMatch, texts.filter_not_read(), texts.filter_not_read_hint());
            face.actions.push(Button::link(texts.clear_all(), Asked::address(key, "", &asked.sort)));
            state(visit.locale(), &face)
        }
    };
    let body = html! {
        (filter_bar(visit.locale(), &bar))
        @if let Some(words) = remark { div.page { (note(&Note::new(Tone::Warn, words, ""))) } }
        (content)
    };
    let title = object.label.get(visit.locale()).to_owned();
    let mut response =
        show(visit, &urls::list(key), Page { title, actions: create_button(visit, &object), layout: Body::Flush, body, ..Page::default() });
    if let Err(refusal) = &found {
        *response.status_mut() = axum::http::StatusCode::from_u16(refusal.status).unwrap_or_default();
    }
    Ok(response)
}

fn content(
    visit: &Visit,
    asked: &Asked,
    page: &ListPage,
    table: &crate::ui::components::table::Table,
    sum: Option<String>,
    title: Option<&Selected<'_>>,
) -> Markup {
    let locale = visit.locale();
    if page.rows.is_empty() && asked.cursor.is_empty() {
        return nothing(visit, &page.object, asked);
    }
    let shown = page.rows.len() as u64;
    let count = page.count.map_or((shown, true), |count| (count.value, count.exact));
    let foot = Pager {
        range: (asked.cursor.is_empty() || asked.before > 0).then_some((asked.before + 1, asked.before + shown)),
        count: count.0,
        exact: count.1,
        count_exactly: None,
        // Pages are found by where the last one ended; back is the browser's own way, or the start.
        previous: (!asked.cursor.is_empty()).then(|| Asked::address(&page.object.key, &asked.filter, &asked.sort)),
        next: asked.next_page(&page.object.key, page),
        total: sum.filter(|_| shown > 0),
    };
    let Some(bar) = bulk::bar(visit, &page.object, &asked.filter, &asked.sort, count).filter(|_| shown > 0) else {
        return html! { (list_table(locale, table)) (pager(locale, &foot)) };
    };
    let boxes = Boxes { form: bulk::FORM.to_owned(), name: "id", rows: boxes(visit, page, title) };
    html! { (bar) (choosable_table(locale, table, &boxes)) (pager(locale, &foot)) }
}

/// A box per row, called as the row is.
fn boxes(visit: &Visit, page: &ListPage, title: Option<&Selected<'_>>) -> Vec<(String, String)> {
    let texts = t(visit.locale());
    let called = |row: &[guanxi_core::Value]| title.map(|title| title.text(&visit.ctx, row, MoneyStyle::Short)).unwrap_or_default();
    page.rows.iter().map(|(id, row)| (id.to_string(), texts.choose_row(&called(row)))).collect()
}

fn nothing(visit: &Visit, object: &Object, asked: &Asked) -> Markup {
    let texts = t(visit.locale());
    let name = name_in_sentence(visit, object);
    let face = if !asked.filter.is_empty() {
        let mut face = State::new(StateKind::NoMatch, texts.no_match(&name), texts.no_match_hint());
        face.actions.push(Button::link(texts.clear_all(), Asked::address(&object.key, "", &asked.sort)));
        face
    } else if may(visit, object, Function::Create) {
        let mut face = State::new(StateKind::Empty, texts.none_yet(&name), texts.none_yet_hint_create());
        face.actions.push(Button::link(texts.new_record(&name), urls::create(&object.key)).icon(Icon::Plus));
        face
    } else {
        State::new(StateKind::Empty, texts.none_yet(&name), texts.none_yet_hint_read_only())
    };
    state(visit.locale(), &face)
}

fn create_button(visit: &Visit, object: &Object) -> Option<Markup> {
    let new = Button::link(t(visit.locale()).create(), urls::create(&object.key)).primary().icon(Icon::Plus).key("C");
    may(visit, object, Function::Create).then(|| button(&new))
}

/// Every problem of an expression has a place in it.
fn is_about_the_filter(refusal: &Refusal) -> bool {
    refusal.status < 500 && refusal.problems.iter().any(|p| p.position.is_some() || p.code.starts_with("filter."))
}

fn filter_words(visit: &Visit, refusal: &Refusal) -> String {
    let texts = t(visit.locale());
    let words = refusal.problems.iter().map(|problem| {
        let words = problem_words(&visit.ctx, problem);
        match problem.position {
            Some(position) if problem.code != "filter.syntax" => texts.at_position(&words, &position.to_string()),
            _ => words,
        }
    });
    words.collect::<Vec<_>>().join(" · ")
}
