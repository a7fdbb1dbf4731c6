//! One batch: how far it is, what it did, what it could not do and why, and the way back.

use axum::extract::Path;
use axum::http::HeaderValue;
use axum::http::header::REFRESH;
use axum::response::Response;
use chrono::TimeDelta;
use chrono_tz::Tz;
use guanxi_core::Value;
use guanxi_core::input::from_text;
use guanxi_core::meta::{Field, Object};
use guanxi_store::{Batch, BatchKind, BatchState};
use maud::{Markup, html};
use serde_json::Value as Json;

use super::list::{state_badge, title, who};
use super::report::{Line, Told, counts, records};
use super::values::Known;
use super::{count, number_of};
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::avatar::person;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::fields::{FieldValue, field_grid};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::format;
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// Seconds until the page of a running batch asks again.
const AGAIN: &str = "2";
/// How long changes can be taken back.
const KEPT: TimeDelta = TimeDelta::days(30);

/// `GET /batches/{id}`
pub(super) async fn handle(visit: Visit, Path(id): Path<String>) -> Response {
    let page = page(&visit, &id).await;
    answer(&visit, page)
}

async fn page(visit: &Visit, id: &str) -> Outcome<Response> {
    let view = visit.engine().batch(&visit.ctx, number_of(id)?).await?;
    let batch = &view.batch;
    let texts = t(visit.locale());
    let told = Told { ahead: false, undo: batch.kind == BatchKind::Undo };
    let lines: Vec<Line<'_>> = view.records.iter().map(line).collect();
    let named = batch.counts.refused + batch.counts.changed_since;
    let body = html! {
        (progress(visit, batch))
        (notes(visit, batch))
        (counts(visit, batch.counts, told))
        (details(visit, batch).await?)
        (records(visit, texts.refused_records(), &lines, named, told))
    };
    let page = Page {
        title: title(visit, batch),
        breadcrumb: vec![(texts.batches().to_owned(), urls::BATCHES.to_owned())],
        beside: Some(state_badge(visit, batch.state)),
        actions: undo_button(visit, batch),
        layout: Body::Cards,
        body,
        ..Page::default()
    };
    let mut response = show(visit, urls::BATCHES, page);
    if batch.state == BatchState::Running {
        // Without scripts too: the browser asks again by itself.
        response.headers_mut().insert(REFRESH, HeaderValue::from_static(AGAIN));
    }
    Ok(response)
}

fn line(record: &crate::engine::BatchRecord) -> Line<'_> {
    Line {
        object: &record.item.object,
        id: record.item.record,
        title: &record.title,
        result: &record.item.result,
        fields: &record.item.fields,
        problems: &record.problems,
    }
}

/// How far a running batch is.
fn progress(visit: &Visit, batch: &Batch) -> Markup {
    let texts = t(visit.locale());
    let done = batch.counts.changed + batch.counts.unchanged + batch.counts.refused;
    let wanted = batch.counts.wanted;
    html! {
        @if batch.state == BatchState::Running {
            section.card role="status" {
                div.body.stack.tight {
                    b { (texts.progress_of(&format::integer(done), &format::integer(wanted))) }
                    progress max=(wanted.max(1)) value=(done) aria-label=(texts.batch_running()) {}
                    p.small.dim { (texts.progress_goes_on()) }
                }
            }
        }
    }
}

/// What a state means, and what to do next.
fn notes(visit: &Visit, batch: &Batch) -> Markup {
    let texts = t(visit.locale());
    let by = batch.undone_by.map(|id| Button::link(texts.batch_number(&id.to_string()), urls::batch(id)));
    let told = match batch.state {
        BatchState::Running | BatchState::Done => return html! {},
        BatchState::Interrupted => Note::new(Tone::Warn, texts.interrupted_title(), texts.interrupted_hint()),
        BatchState::Undone => {
            Note { actions: by.into_iter().collect(), ..Note::new(Tone::Accent, texts.undone_title(), texts.undone_hint()) }
        }
        BatchState::PartlyUndone => {
            Note { actions: by.into_iter().collect(), ..Note::new(Tone::Warn, texts.partly_undone_title(), texts.partly_undone_hint()) }
        }
    };
    note(&told)
}

/// The undo, where there is something to take back.
fn undo_button(visit: &Visit, batch: &Batch) -> Option<Markup> {
    let texts = t(visit.locale());
    let open = matches!(batch.state, BatchState::Done | BatchState::Interrupted | BatchState::PartlyUndone);
    if !open || batch.counts.changed == 0 || visit.ctx.is_viewing() {
        return None;
    }
    if visit.ctx.now - batch.at > KEPT {
        return Some(html! { span.small.faint { (texts.undo_expired()) } });
    }
    let words = if batch.kind == BatchKind::Undo { texts.redo_this() } else { texts.undo_this() };
    Some(button(&Button::link(words, urls::undo_batch(batch.id)).icon(Icon::Undo)))
}

async fn details(visit: &Visit, batch: &Batch) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let zone = visit.ctx.tenant.zone;
    let object = batch.object.as_ref().and_then(|key| visit.ctx.snapshot.schema.object(key));
    let at = html! { time datetime=(batch.at.to_rfc3339()) { (format::datetime(batch.at, zone)) } };
    let mut fields = vec![
        FieldValue::text(texts.batch_kind_label(), texts.batch_kind(batch.kind)),
        FieldValue::markup(texts.batch_who(), person(&who(visit, batch), None)),
        FieldValue::markup(texts.batch_when(), at),
    ];
    if let Some(ended) = batch.ended_at {
        let seconds = (ended - batch.at).num_seconds().max(1);
        fields.push(FieldValue::text(texts.batch_took(), format::duration(seconds, visit.locale())));
    }
    if let Some(object) = object {
        let link = html! { a.link href=(urls::list(&object.key)) { (object.label.get(visit.locale())) } };
        fields.push(FieldValue::markup(texts.batch_object(), link));
    }
    fields.extend(chosen(visit, batch, object.map(AsRef::as_ref)));
    if let Some(undone) = batch.undoes {
        let link = html! { a.link href=(urls::batch(undone)) { (texts.batch_number(&undone.to_string())) } };
        fields.push(FieldValue::markup(texts.detail_undoes(), link));
    }
    if let Some(undo) = batch.undone_by {
        let link = html! { a.link href=(urls::batch(undo)) { (texts.batch_number(&undo.to_string())) } };
        fields.push(FieldValue::markup(texts.detail_undone_by(), link));
    }
    if let Some(object) = object {
        fields.extend(new_values(visit, batch, object).await?);
    }
    Ok(card(&Card::new(texts.batch_details(), field_grid(visit.locale(), &fields))))
}

/// Which records it is about: a filter, chosen ones, or one record.
fn chosen(visit: &Visit, batch: &Batch, object: Option<&Object>) -> Option<FieldValue> {
    let texts = t(visit.locale());
    let detail = &batch.detail;
    if let (Some(id), Some(object)) = (detail.get("record").and_then(Json::as_str).and_then(|id| id.parse().ok()), object) {
        let link = html! { a.link href=(urls::record(&object.key, id)) { (title(visit, batch)) } };
        return Some(FieldValue::markup(texts.record_column(), link));
    }
    if let Some(ids) = detail.get("ids").and_then(Json::as_i64) {
        return Some(FieldValue::text(texts.detail_chosen(), texts.records_number(count(ids))));
    }
    let filter = detail.get("filter")?.as_str().unwrap_or_default();
    if filter.is_empty() {
        return Some(FieldValue::text(texts.detail_filter(), texts.detail_all_records()));
    }
    let code = html! { code.mono { (filter) } };
    Some(FieldValue::markup(texts.detail_filter(), code).wide())
}

/// The new values of a bulk edit, as they were sent.
async fn new_values(visit: &Visit, batch: &Batch, object: &Object) -> Outcome<Vec<FieldValue>> {
    let Some(set) = batch.detail.get("set").and_then(Json::as_object) else { return Ok(Vec::new()) };
    let read = |(key, json): (&String, &Json)| {
        let field = object.field(key)?;
        Some((field, read(field, json, visit.ctx.tenant.zone)))
    };
    let sent: Vec<(&Field, Value)> = set.iter().filter_map(read).collect();
    let known = Known::of(visit, sent.iter().map(|(field, value)| (*field, value))).await?;
    let empty = || html! { span.faint { (t(visit.locale()).empty_value()) } };
    let shown = |(field, value): &(&Field, Value)| {
        let text = known.text(visit, field, value);
        FieldValue::markup(field.label.get(visit.locale()), html! { "→ " @if let Some(text) = text { (text) } @else { (empty()) } })
    };
    Ok(sent.iter().map(shown).collect())
}

/// A value from the account of a batch, which keeps what was sent; what cannot be read again is shown as it was written.
fn read(field: &Field, json: &Json, zone: Tz) -> Value {
    let text = match json {
        Json::Null => return Value::Null,
        Json::String(text) if text.trim().is_empty() => return Value::Null,
        Json::String(text) => text.clone(),
        Json::Array(all) => all.iter().map(|one| one.as_str().map_or_else(|| one.to_string(), str::to_owned)).collect::<Vec<_>>().join(","),
        other => other.to_string(),
    };
    from_text(field, &text, zone).unwrap_or(Value::Text(text))
}
