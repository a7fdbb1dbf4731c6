//! The undo of one change of a record: first what it would do, then the undo, which can be undone too.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use guanxi_core::meta::Object;
use maud::{Markup, html};
use uuid::Uuid;

use super::super::batches::report::{agreed, agreement_boxes, agreements, preview};
use super::{id_of, name_of_many, object_of};
use crate::engine::{BatchReport, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::form::token_field;
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Flash, Note, note};
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show as show_page;
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::words::problem_words;
use crate::ui::{flash, urls};

/// A change of a record.
struct Entry<'a> {
    object: &'a Object,
    id: Uuid,
    number: i64,
    title: String,
}

/// `GET /o/{object}/{id}/history/{entry}/undo`
pub(super) async fn show(visit: Visit, Path((key, id, entry)): Path<(String, String, String)>) -> Response {
    let shown: Outcome<Response> = async {
        let object = object_of(&visit, &key)?;
        let entry = entry_of(&visit, &object, &id, &entry).await?;
        previewed(&visit, &entry, Vec::new()).await
    }
    .await;
    answer(&visit, shown)
}

/// `POST /o/{object}/{id}/history/{entry}/undo`
pub(super) async fn submit(Path((key, id, entry)): Path<(String, String, String)>, posted: Posted) -> Response {
    let visit = &posted.visit;
    let done: Outcome<Response> = async {
        let object = object_of(visit, &key)?;
        let entry = entry_of(visit, &object, &id, &entry).await?;
        undo(visit, &entry, agreed(&posted)).await
    }
    .await;
    answer(visit, done)
}

async fn entry_of<'a>(visit: &Visit, object: &'a Object, id: &str, number: &str) -> Outcome<Entry<'a>> {
    let id = id_of(id)?;
    let number = number.parse().map_err(|_| Refusal::not_found("change"))?;
    let title = visit.engine().titles(&visit.ctx, &object.key, &[id]).await?.remove(&id).unwrap_or_default();
    Ok(Entry { object, id, number, title })
}

async fn undo(visit: &Visit, entry: &Entry<'_>, confirm: Vec<String>) -> Outcome<Response> {
    let key = entry.object.key.as_str();
    let report = match visit.engine().preview_undo_change(&visit.ctx, key, entry.id, entry.number, confirm.clone()).await {
        Err(refusal) if refusal.status == 422 => return Ok(refused(visit, entry, &refusal)),
        other => other?,
    };
    // A batch that would write nothing is not begun.
    if report.counts.changed == 0 {
        return previewed(visit, entry, confirm).await;
    }
    let started = visit.app.engine.undo_change(&visit.ctx, key, entry.id, entry.number, confirm).await?;
    let texts = t(visit.locale());
    let link = Some((texts.batch_number(&started.batch.id.to_string()), urls::batch(started.batch.id)));
    let said = Flash { link, ..Flash::done(texts.undo_change_done()) };
    // The undo of a creation leaves nothing to show.
    let there = !visit.engine().titles(&visit.ctx, key, &[entry.id]).await?.is_empty();
    let to = if there { urls::record(key, entry.id) } else { urls::list(key) };
    Ok(flash::redirect(&visit.app, &to, &said))
}

async fn previewed(visit: &Visit, entry: &Entry<'_>, confirm: Vec<String>) -> Outcome<Response> {
    visit.ctx.must_not_be_viewing()?;
    let key = entry.object.key.as_str();
    match visit.engine().preview_undo_change(&visit.ctx, key, entry.id, entry.number, confirm.clone()).await {
        Ok(report) => {
            let told = preview(visit, Some(entry.object), &report, true).await?;
            Ok(page(visit, entry, html! { (question(visit, entry, &report, &confirm)) (told) }))
        }
        Err(refusal) if refusal.status == 422 => Ok(refused(visit, entry, &refusal)),
        Err(refusal) => Err(refusal),
    }
}

fn question(visit: &Visit, entry: &Entry<'_>, report: &BatchReport, confirm: &[String]) -> Markup {
    let texts = t(visit.locale());
    let counts = report.counts;
    let open = counts.changed > 0 || !agreements(visit, report).is_empty();
    let cancel = Button::link(texts.cancel(), urls::record(&entry.object.key, entry.id)).kind(ButtonKind::Quiet).big();
    html! {
        form.stack method="post" action=(urls::undo_change(&entry.object.key, entry.id, entry.number)) data-once {
            (token_field(&visit.session.csrf))
            @if counts.refused > 0 { (note(&Note::new(Tone::Bad, texts.undo_change_refused(), ""))) }
            @else if counts.changed > 0 { (note(&Note::new(Tone::Accent, texts.bulk_nothing_written(), texts.undo_explained()))) }
            @else { (note(&Note::new(Tone::Warn, texts.undo_nothing(), ""))) }
            @if report.counts.changed > 0 && report.sample.is_empty() { p.dim { (texts.undo_whole_records()) } }
            (agreement_boxes(visit, report, confirm))
            div.row.wrap {
                @if open { (button(&Button::submit(texts.undo_change_now()).primary().big().icon(Icon::Undo))) }
                (button(&cancel))
            }
        }
    }
}

fn refused(visit: &Visit, entry: &Entry<'_>, refusal: &Refusal) -> Response {
    let texts = t(visit.locale());
    let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
    let back = Button::link(texts.back(), urls::record(&entry.object.key, entry.id));
    let told = Note { actions: vec![back], ..Note::new(Tone::Bad, texts.undo_change_refused(), words.join(" · ")) };
    let mut response = page(visit, entry, note(&told));
    *response.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    response
}

fn page(visit: &Visit, entry: &Entry<'_>, body: Markup) -> Response {
    let texts = t(visit.locale());
    let key = entry.object.key.as_str();
    let breadcrumb = vec![(name_of_many(visit, entry.object), urls::list(key)), (entry.title.clone(), urls::record(key, entry.id))];
    let title = texts.undo_change_of(&entry.title);
    show_page(visit, &urls::list(key), Page { title, breadcrumb, layout: Body::Cards, body, ..Page::default() })
}
