//! The recycle bin: deleted records by object, brought back by whoever may delete them, removed for good by administrators.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use guanxi_core::meta::Object;
use guanxi_core::policy::Function;
use guanxi_core::{Problem, Severity};
use maud::{Markup, html};
use uuid::Uuid;

use super::params::Params;
use crate::app::App;
use crate::engine::{Change, DeletedPage, DeletedRecord, Outcome, Refusal, SaveOptions};
use crate::texts::t;
use crate::ui::components::avatar::person;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, ButtonKind, button, post_button};
use crate::ui::components::dialog::{Dialog, dialog};
use crate::ui::components::form::{CONFIRM_FIELD, token_field};
use crate::ui::components::icon::{Icon, icon};
use crate::ui::components::note::Flash;
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::table::{Column, Row, Slot, Table, list_table};
use crate::ui::components::tabs::{Tab, tabs};
use crate::ui::format;
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::words::{in_sentence, problem_words, several};
use crate::ui::{flash, urls};

/// Rows of one page.
const ROWS: u32 = 50;
/// Objects that are looked through for one with deleted records, when none was asked for.
const LOOKED_THROUGH: usize = 30;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/recycle-bin", get(handle))
        .route("/recycle-bin/{object}/{id}/restore", post(restore))
        .route("/recycle-bin/{object}/{id}/purge", post(purge))
}

/// A restore that was refused.
struct Refused {
    id: Uuid,
    title: String,
    refusal: Refusal,
}

/// `GET /recycle-bin?object=…`
async fn handle(visit: Visit, params: Params) -> Response {
    let shown = bin(&visit, params.get("object"), params.get("cursor"), None).await;
    answer(&visit, shown)
}

async fn bin(visit: &Visit, asked: &str, cursor: &str, refused: Option<&Refused>) -> Outcome<Response> {
    let objects = offered(visit);
    let key = if asked.is_empty() { first(visit, &objects).await? } else { Some(asked.to_owned()) };
    let texts = t(visit.locale());
    let page = |body| Page { title: texts.recycle_bin().to_owned(), layout: Body::Flush, body, ..Page::default() };
    let Some(key) = key else {
        let face = State::new(StateKind::Empty, texts.nothing_visible(), texts.nothing_visible_hint());
        return Ok(show(visit, urls::RECYCLE_BIN, page(state(visit.locale(), &face))));
    };
    let found = match visit.engine().recycle_bin(&visit.ctx, &key, cursor, ROWS).await {
        // A cursor of another version: the first page instead of a riddle.
        Err(refusal) if !cursor.is_empty() && refusal.status == 422 => return Ok(Redirect::to(&urls::recycle_bin(&key)).into_response()),
        other => other?,
    };
    let links: Vec<Tab> = objects
        .iter()
        .map(|o| Tab::new(several(visit.locale(), o.label.get(visit.locale())), urls::recycle_bin(&o.key), o.key == key))
        .collect();
    let body = html! {
        (tabs(texts.recycle_bin(), &links))
        @if let Some(refused) = refused { div."page part" { (why_not(visit, &key, refused)) } }
        (content(visit, &found, cursor))
    };
    let mut response = show(visit, urls::RECYCLE_BIN, page(body));
    if let Some(refused) = refused {
        *response.status_mut() = StatusCode::from_u16(refused.refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(response)
}

/// Objects whose records people work with, as far as the visitor may see them.
fn offered(visit: &Visit) -> Vec<&Object> {
    let schema = &visit.ctx.snapshot.schema;
    let shown = schema.objects().map(AsRef::as_ref).filter(|o: &&Object| !o.read_only && o.parent.is_none());
    shown.filter(|o| visit.ctx.may(&o.key, Function::View)).collect()
}

/// The first object that has deleted records, so that the page does not open on an empty tab.
async fn first(visit: &Visit, objects: &[&Object]) -> Outcome<Option<String>> {
    for object in objects.iter().take(LOOKED_THROUGH) {
        if !visit.engine().recycle_bin(&visit.ctx, &object.key, "", 1).await?.records.is_empty() {
            return Ok(Some(object.key.clone()));
        }
    }
    Ok(objects.first().map(|object| object.key.clone()))
}

fn content(visit: &Visit, page: &DeletedPage, cursor: &str) -> Markup {
    let texts = t(visit.locale());
    let key = page.object.key.as_str();
    if page.records.is_empty() {
        let name = in_sentence(visit.locale(), &several(visit.locale(), page.object.label.get(visit.locale())));
        return state(visit.locale(), &State::new(StateKind::Empty, texts.recycle_bin_none(&name), texts.recycle_bin_none_hint()));
    }
    let may_purge = visit.ctx.actor.is_administrator() && !visit.ctx.is_viewing();
    let columns = vec![
        Column::new(texts.record_column()).slot(Slot::Title),
        Column::new(texts.deleted_by()).slot(Slot::Second),
        Column::new(texts.deleted_at()).slot(Slot::Date),
        Column::new("").slot(Slot::Amount),
    ];
    let rows = page.records.iter().map(|record| row(visit, key, record, may_purge)).collect();
    let table = Table { label: texts.recycle_bin().to_owned(), columns, rows, total: None };
    html! {
        (list_table(visit.locale(), &table))
        @if page.next.is_some() || !cursor.is_empty() {
            footer.foot {
                @if !cursor.is_empty() { (button(&Button::link(texts.batches_newest(), urls::recycle_bin(key)))) }
                @if let Some(next) = &page.next {
                    @let older = urls::with_query(urls::RECYCLE_BIN, &[("object", key), ("cursor", next)]);
                    span.end { (button(&Button::link(texts.batches_older(), older).icon(Icon::Right))) }
                }
            }
        }
        @if may_purge { @for record in &page.records { (purge_dialog(visit, key, record)) } }
    }
}

fn row(visit: &Visit, key: &str, record: &DeletedRecord, may_purge: bool) -> Row {
    let texts = t(visit.locale());
    let by = if record.deleted_by.is_none() { texts.system_actor() } else { record.deleted_by_name.as_str() };
    let at = format::datetime_relative(record.deleted_at, visit.ctx.tenant.zone, visit.ctx.today(), visit.locale());
    let restore = Button::submit(texts.restore()).icon(Icon::Undo);
    let token = &visit.session.csrf;
    let actions = html! {
        span.row.gap1 {
            @if visit.ctx.may(key, Function::Delete) { (post_button(&urls::restore(key, record.id), token, &[("title", &record.title)], &restore)) }
            @if may_purge { (button(&Button::dialog(texts.purge(), purge_id(record)).icon_only(Icon::Trash).kind(ButtonKind::Danger))) }
        }
    };
    Row {
        href: None,
        cells: vec![
            html! { (named(visit, &record.title)) },
            person(by, None),
            html! { time datetime=(record.deleted_at.to_rfc3339()) { (at) } },
            actions,
        ],
    }
}

fn named<'t>(visit: &Visit, title: &'t str) -> &'t str {
    if title.is_empty() { t(visit.locale()).untitled_record() } else { title }
}

fn purge_id(record: &DeletedRecord) -> String {
    format!("purge-{}", record.id)
}

fn purge_dialog(visit: &Visit, key: &str, record: &DeletedRecord) -> Markup {
    let texts = t(visit.locale());
    let title = named(visit, &record.title);
    dialog(
        visit.locale(),
        &Dialog {
            id: purge_id(record),
            title: texts.purge_question(title),
            body: html! { p.dim { (texts.purge_consequence()) } },
            address: urls::purge(key, record.id),
            token: visit.session.csrf.clone(),
            hidden: vec![("title".into(), record.title.clone())],
            confirm: texts.purge().into(),
            danger: true,
        },
    )
}

/// Why a record did not come back: the conflict, the record that stands in the way, and the agreement where one is enough.
fn why_not(visit: &Visit, key: &str, refused: &Refused) -> Markup {
    let texts = t(visit.locale());
    let problems = &refused.refusal.problems;
    let label = |problem: &Problem| {
        let field = problem.field.as_ref()?;
        Some(visit.ctx.snapshot.schema.object(key)?.field(field)?.label.get(visit.locale()).to_owned())
    };
    let other = |problem: &Problem| {
        let id = problem.params.iter().find(|(name, _)| name == "other").and_then(|(_, id)| id.as_text())?;
        Uuid::parse_str(id).ok()
    };
    let codes: Vec<String> = problems.iter().filter(|p| p.severity == Severity::Confirm).map(Problem::agreement).collect();
    let only_confirms = !codes.is_empty() && problems.iter().all(|problem| problem.severity != Severity::Error);
    html! {
        div class=(if only_confirms { "note warn" } else { "note bad" }) role="alert" {
            (icon(if only_confirms { Icon::Warn } else { Icon::Bad }))
            div {
                b { (texts.not_restored(named(visit, &refused.title))) }
                ul {
                    @for problem in problems {
                        li {
                            @if let Some(label) = label(problem) { span.faint { (label) } " " }
                            (problem_words(&visit.ctx, problem))
                            @if let Some(other) = other(problem) { " " a.link href=(urls::record(key, other)) { (texts.open_other()) } }
                        }
                    }
                }
            }
            @if only_confirms {
                form.inline method="post" action=(urls::restore(key, refused.id)) {
                    (token_field(&visit.session.csrf))
                    input type="hidden" name="title" value=(refused.title);
                    input type="hidden" name=(CONFIRM_FIELD) value=(codes.join(","));
                    (button(&Button::submit(texts.restore_anyway())))
                }
            }
        }
    }
}

/// `POST /recycle-bin/{object}/{id}/restore`
async fn restore(Path((key, id)): Path<(String, String)>, posted: Posted) -> Response {
    let visit = &posted.visit;
    let done: Outcome<Response> = async {
        let id = id_of(&id)?;
        let change = Change::Restore { object: key.clone(), id, expect: None };
        let options = SaveOptions { confirm: posted.confirmed(), ..SaveOptions::default() };
        let saved = visit.engine().save(&visit.ctx, vec![change], options).await;
        match saved.and_then(|outcomes| outcomes.into_iter().next().unwrap_or_else(|| Err(Refusal::internal(&"a save without an outcome"))))
        {
            Ok(_) => {
                let title = visit.engine().titles(&visit.ctx, &key, &[id]).await?.remove(&id).unwrap_or_default();
                let link = Some((t(visit.locale()).open().to_owned(), urls::record(&key, id)));
                let said = Flash { link, ..Flash::done(t(visit.locale()).restored(named(visit, &title))) };
                Ok(flash::redirect(&visit.app, &urls::recycle_bin(&key), &said))
            }
            Err(refusal) if matches!(refusal.status, 403 | 404) || refusal.status >= 500 => Err(refusal),
            Err(refusal) => {
                let refused = Refused { id, title: posted.get("title").to_owned(), refusal };
                bin(visit, &key, "", Some(&refused)).await
            }
        }
    }
    .await;
    answer(visit, done)
}

/// `POST /recycle-bin/{object}/{id}/purge`, after the question.
async fn purge(Path((key, id)): Path<(String, String)>, posted: Posted) -> Response {
    let visit = &posted.visit;
    let done: Outcome<Response> = async {
        visit.engine().purge(&visit.ctx, &key, id_of(&id)?).await?;
        let said = Flash { tone: Tone::Ok, ..Flash::done(t(visit.locale()).purged(named(visit, posted.get("title")))) };
        Ok(flash::redirect(&visit.app, &urls::recycle_bin(&key), &said))
    }
    .await;
    answer(visit, done)
}

fn id_of(text: &str) -> Outcome<Uuid> {
    Uuid::parse_str(text).map_err(|_| Refusal::not_found("record"))
}
