//! The undo of a batch: first what it would do, then the undo, which is a batch itself.

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use guanxi_store::{Batch, BatchKind};
use maud::{Markup, html};

use super::list::title;
use super::report::{agreed, agreement_boxes, preview};
use super::{begun, count, number_of};
use crate::engine::{BatchReport, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::form::token_field;
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show as show_page;
use crate::ui::urls;
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::words::problem_words;

/// `GET /batches/{id}/undo`
pub(super) async fn show(visit: Visit, Path(id): Path<String>) -> Response {
    let page = page(&visit, &id).await;
    answer(&visit, page)
}

async fn page(visit: &Visit, id: &str) -> Outcome<Response> {
    visit.ctx.must_not_be_viewing()?;
    let id = number_of(id)?;
    let batch = visit.engine().batch(&visit.ctx, id).await?.batch;
    match visit.engine().preview_undo(&visit.ctx, id).await {
        Ok(report) => {
            let object = batch.object.as_ref().and_then(|key| visit.ctx.snapshot.schema.object(key));
            let told = preview(visit, object.map(AsRef::as_ref), &report, true).await?;
            Ok(shown(visit, &batch, html! { (question(visit, &batch, &report)) (told) }))
        }
        Err(refusal) if refusal.status == 422 => Ok(refused(visit, &batch, &refusal)),
        Err(refusal) => Err(refusal),
    }
}

/// `POST /batches/{id}/undo`
pub(super) async fn submit(Path(id): Path<String>, posted: Posted) -> Response {
    let visit = &posted.visit;
    let undone: Outcome<Response> = async {
        let id = number_of(&id)?;
        match visit.app.engine.undo(&visit.ctx, id, agreed(&posted)).await {
            Ok(started) => Ok(begun(visit, &started)),
            // Somebody was faster, for instance: the page says so.
            Err(refusal) if refusal.status == 422 => {
                let batch = visit.engine().batch(&visit.ctx, id).await?.batch;
                Ok(refused(visit, &batch, &refusal))
            }
            Err(refusal) => Err(refusal),
        }
    }
    .await;
    answer(visit, undone)
}

/// What would happen, and the button.
fn question(visit: &Visit, batch: &Batch, report: &BatchReport) -> Markup {
    let texts = t(visit.locale());
    let changed = report.counts.changed;
    let back = Button::link(texts.cancel(), urls::batch(batch.id)).kind(ButtonKind::Quiet).big();
    html! {
        form.stack method="post" action=(urls::undo_batch(batch.id)) data-once {
            (token_field(&visit.session.csrf))
            @if changed > 0 { (note(&Note::new(Tone::Accent, texts.bulk_nothing_written(), texts.undo_explained()))) }
            @else { (note(&Note::new(Tone::Warn, texts.undo_nothing(), ""))) }
            @if report.counts.changed > 0 && report.sample.is_empty() { p.dim { (texts.undo_whole_records()) } }
            (agreement_boxes(visit, report, &[]))
            div.row.wrap {
                @if changed > 0 || !super::report::agreements(visit, report).is_empty() {
                    (button(&Button::submit(texts.undo_now(count(changed))).primary().big().icon(Icon::Undo)))
                }
                (button(&back))
            }
        }
    }
}

/// Why it cannot be undone now.
fn refused(visit: &Visit, batch: &Batch, refusal: &Refusal) -> Response {
    let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
    let back = Button::link(t(visit.locale()).back(), urls::batch(batch.id));
    let told = Note { actions: vec![back], ..Note::new(Tone::Bad, words.join(" · "), "") };
    let mut response = shown(visit, batch, note(&told));
    *response.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    response
}

fn shown(visit: &Visit, batch: &Batch, body: Markup) -> Response {
    let texts = t(visit.locale());
    let name = title(visit, batch);
    let breadcrumb = vec![(texts.batches().to_owned(), urls::BATCHES.to_owned()), (name.clone(), urls::batch(batch.id))];
    let title = if batch.kind == BatchKind::Undo { texts.redo_this().to_owned() } else { texts.undo_question(&name) };
    show_page(visit, urls::BATCHES, Page { title, breadcrumb, layout: Body::Cards, body, ..Page::default() })
}
