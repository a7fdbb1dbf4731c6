//! The records of an object as a list, a board or a calendar: the frame around them, and the list itself.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use guanxi_core::expr::resolve_path;
use guanxi_core::meta::Object;
use guanxi_core::policy::Function;
use guanxi_core::saved_view::ViewKind;
use maud::{Markup, html};

use super::super::params::Params;
use super::asked::Asked;
use super::selection::Selection;
use super::{
    board, bulk, calendar, columns, filter, groups, many_in_sentence, may, name_in_sentence, name_of_many, object_of, tools, views,
};
use crate::engine::{ListPage, ListRequest, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::filter_bar::filter_bar;
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::components::pager::{Pager, pager};
use crate::ui::components::record_table::{RecordGroup, record_table};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};
use crate::ui::words::problem_words;

/// Rows of one page.
const ROWS: u32 = 50;

/// `GET /o/{object}`
pub(super) async fn handle(visit: Visit, Path(key): Path<String>, params: Params) -> Response {
    let outcome = list(&visit, &key, &params).await;
    answer(&visit, outcome)
}

async fn list(visit: &Visit, key: &str, params: &Params) -> Outcome<Response> {
    let object = object_of(visit, key)?;
    let asked = Asked::new(visit, &object, params).await?;
    if asked.is_broken() {
        return framed(visit, &object, &asked, None, broken(visit, &asked), StatusCode::OK).await;
    }
    let content = match asked.look.kind {
        ViewKind::List => rows(visit, &object, &asked).await,
        ViewKind::Board => board::content(visit, &object, &asked).await,
        ViewKind::Calendar => calendar::content(visit, &object, &asked).await,
    };
    match content {
        Ok(content) => framed(visit, &object, &asked, None, content, StatusCode::OK).await,
        // A cursor of another filter or an older version: the first page instead of a riddle.
        Err(refusal) if !asked.cursor.is_empty() && refusal.problems.iter().all(|p| p.field.as_deref() == Some("cursor")) => {
            Ok(Redirect::to(&asked.address(|_| {})).into_response())
        }
        Err(refusal) => refused(visit, &object, &asked, refusal).await,
    }
}

/// What was asked for cannot be answered: said in the place of the records, with the bar to change it.
async fn refused(visit: &Visit, object: &Object, asked: &Asked, refusal: Refusal) -> Outcome<Response> {
    let texts = t(visit.locale());
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let clear = Button::link(texts.clear_all(), asked.address(|look| look.filter.clear()));
    let about_filter = !asked.look.filter.is_empty() && filter::is_about_the_filter(&refusal);
    let face = match refusal.code() {
        _ if about_filter => {
            let mut face = State::new(StateKind::NoMatch, texts.filter_not_read(), texts.filter_not_read_hint());
            face.actions.push(clear);
            face
        }
        "query.too_slow" => {
            let mut face = State::new(StateKind::Failed, texts.list_too_slow(), too_slow(visit, object, &refusal));
            face.actions.push(Button::link(texts.retry(), visit.path.clone()).primary().icon(Icon::Refresh));
            if !asked.look.filter.is_empty() {
                face.actions.push(clear);
            }
            face.actions.push(Button::link(texts.all_records(), urls::list(&object.key)));
            face
        }
        "field.forbidden" | "field.unknown" => {
            let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
            let mut face = State::new(StateKind::Forbidden, texts.list_not_shown(), words.join(" "));
            if !asked.look.filter.is_empty() {
                face.actions.push(clear);
            }
            face.actions.push(Button::link(texts.all_records(), urls::list(&object.key)));
            face
        }
        _ => return Err(refusal),
    };
    framed(visit, object, asked, about_filter.then_some(&refusal), state(visit.locale(), &face), status).await
}

/// What can be done about a question that was too slow: fewer records, or an index on the fields that lack one, by the names that people know.
fn too_slow(visit: &Visit, object: &Object, refusal: &Refusal) -> String {
    let texts = t(visit.locale());
    let schema = &visit.ctx.snapshot.schema;
    let label = |object: &str, key: &str| {
        let field = schema.object(object).and_then(|object| object.field(key));
        field.map_or(key, |field| field.label.get(visit.locale())).to_owned()
    };
    let name = |path: &str| match resolve_path(path, schema, object) {
        Ok(path) => {
            let hops = path.hops.iter().map(|hop| label(&hop.object, &hop.field));
            hops.chain([label(&path.object, &path.field)]).collect::<Vec<_>>().join(" · ")
        }
        Err(_) => path.to_owned(),
    };
    let fields = refusal.problems.iter().flat_map(|problem| &problem.params).filter(|(part, _)| part == "index");
    let fields: Vec<String> = fields.filter_map(|(_, value)| value.as_text()).flat_map(|all| all.split(", ")).map(name).collect();
    if fields.is_empty() { texts.list_narrow().to_owned() } else { texts.list_narrow_or_index(&fields.join(texts.list_separator())) }
}

fn broken(visit: &Visit, asked: &Asked) -> Markup {
    let texts = t(visit.locale());
    let name = asked.saved.as_ref().map(|view| view.name.as_str()).unwrap_or_default();
    let words = asked.saved.iter().flat_map(|view| &view.problems).map(|problem| problem_words(&visit.ctx, problem));
    let words: Vec<String> = words.chain([texts.view_broken_hint().to_owned()]).collect();
    let mut face = State::new(StateKind::NoMatch, texts.view_broken(name), words.join(" "));
    face.actions.push(Button::link(texts.clear_all(), asked.address(|look| look.filter.clear())));
    state(visit.locale(), &face)
}

/// Tabs of views, bar of filters and tools, content.
async fn framed(
    visit: &Visit,
    object: &Object,
    asked: &Asked,
    refused: Option<&Refusal>,
    content: Markup,
    status: StatusCode,
) -> Outcome<Response> {
    let mut bar = filter::bar(visit, object, asked, refused).await?;
    bar.right = Some(tools::links(visit, object, asked));
    let lost = asked.saved.as_ref().filter(|view| view.usable.is_some() && !view.problems.is_empty());
    let body = html! {
        (views::tabs(visit, asked))
        (filter_bar(visit.locale(), &bar))
        @if let Some(view) = lost {
            @let words: Vec<String> = view.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
            div.pad { (note(&Note::new(Tone::Warn, t(visit.locale()).view_parts_missing(), words.join(" · ")))) }
        }
        (content)
    };
    let title = name_of_many(visit, object);
    let actions = html! { (tools::displays(visit, object, asked)) (create_button(visit, object)) };
    let page = Page { title, actions: Some(actions), layout: Body::Flush, body, ..Page::default() };
    let mut response = show(visit, &urls::list(&object.key), page);
    *response.status_mut() = status;
    Ok(response)
}

async fn rows(visit: &Visit, object: &Object, asked: &Asked) -> Outcome<Markup> {
    let mut selection = columns::choose(&visit.ctx, object, &asked.look.columns);
    if asked.look.group_field.is_some() {
        return groups::content(visit, object, asked, selection).await;
    }
    let page = read(visit, object, asked, &selection, &asked.look.filter, ROWS).await?;
    selection.learn(visit, page.rows.iter().map(|(_, row)| row.as_slice())).await?;
    Ok(paged(visit, object, asked, &page, &selection))
}

/// A page of rows in the order of the list.
pub(super) async fn read(
    visit: &Visit,
    object: &Object,
    asked: &Asked,
    selection: &Selection<'_>,
    filter: &str,
    limit: u32,
) -> Outcome<ListPage> {
    let request = ListRequest {
        filter: filter.to_owned(),
        sort: asked.look.sort.clone(),
        fields: selection.paths.clone(),
        limit,
        cursor: asked.cursor.clone(),
        count: true,
        ..ListRequest::default()
    };
    visit.engine().list(&visit.ctx, &object.key, request).await
}

fn paged(visit: &Visit, object: &Object, asked: &Asked, page: &ListPage, selection: &Selection<'_>) -> Markup {
    let locale = visit.locale();
    if page.rows.is_empty() && asked.cursor.is_empty() {
        return nothing(visit, object, asked);
    }
    let shown = page.rows.len() as u64;
    let count = page.count.map_or((shown, true), |count| (count.value, count.exact));
    let so_far = (asked.before + shown).to_string();
    let foot = Pager {
        range: (asked.cursor.is_empty() || asked.before > 0).then_some((asked.before + 1, asked.before + shown)),
        count: count.0,
        exact: count.1,
        count_exactly: None,
        // Pages are found by where the last one ended; back is the browser's own way, or the start.
        previous: (!asked.cursor.is_empty()).then(|| asked.address(|_| {})),
        next: page.next.as_deref().map(|next| asked.page(&[("cursor", next), ("before", &so_far)])),
        total: columns::page_sum(&visit.ctx, page, selection).filter(|_| shown > 0),
    };
    let mut table = columns::table(visit, object, asked, selection);
    let rows = page.rows.iter().map(|(id, row)| columns::row(visit, object, asked, selection, *id, row));
    table.groups = vec![RecordGroup { open: true, rows: rows.collect(), ..RecordGroup::default() }];
    let bar = bulk::bar(visit, object, &asked.look.filter, &asked.look.sort, count).filter(|_| shown > 0);
    table.boxes = bar.is_some().then(|| bulk::FORM.to_owned());
    html! { @if let Some(bar) = bar { (bar) } (record_table(locale, &table)) (pager(locale, &foot)) }
}

/// No record, and why.
pub(super) fn nothing(visit: &Visit, object: &Object, asked: &Asked) -> Markup {
    let texts = t(visit.locale());
    let name = many_in_sentence(visit, object);
    let face = if !asked.look.filter.is_empty() {
        let mut face = State::new(StateKind::NoMatch, texts.no_match(&name), texts.no_match_hint());
        face.actions.push(Button::link(texts.clear_all(), asked.address(|look| look.filter.clear())));
        face
    } else if may(visit, object, Function::Create) {
        let mut face = State::new(StateKind::Empty, texts.none_yet(&name), texts.none_yet_hint_create());
        face.actions.push(Button::link(texts.new_record(&name_in_sentence(visit, object)), urls::create(&object.key)).icon(Icon::Plus));
        face
    } else {
        State::new(StateKind::Empty, texts.none_yet(&name), texts.none_yet_hint_read_only())
    };
    state(visit.locale(), &face)
}

fn create_button(visit: &Visit, object: &Object) -> Markup {
    let new = Button::link(t(visit.locale()).create(), urls::create(&object.key)).primary().icon(Icon::Plus).key("C");
    html! { @if may(visit, object, Function::Create) { (button(&new)) } }
}
