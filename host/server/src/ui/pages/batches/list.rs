//! All batches that the visitor may see, newest first.

use axum::response::{IntoResponse, Redirect, Response};
use guanxi_store::{Batch, BatchState};
use maud::{Markup, html};

use super::super::params::Params;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::avatar::person;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, button};
use crate::ui::components::icon::Icon;
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::table::{Align, Column, Row, Slot, Table, list_table};
use crate::ui::format::{self, EMPTY};
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// Rows of one page.
const ROWS: u32 = 50;

/// `GET /batches`
pub(super) async fn handle(visit: Visit, params: Params) -> Response {
    let page = page(&visit, params.get("cursor")).await;
    answer(&visit, page)
}

async fn page(visit: &Visit, cursor: &str) -> Outcome<Response> {
    let texts = t(visit.locale());
    let found = match visit.engine().batches(&visit.ctx, cursor, ROWS).await {
        // A cursor of another version: the first page instead of a riddle.
        Err(refusal) if !cursor.is_empty() && refusal.status == 422 => return Ok(Redirect::to(urls::BATCHES).into_response()),
        other => other?,
    };
    let body = if found.batches.is_empty() {
        state(visit.locale(), &State::new(StateKind::Empty, texts.batches_none(), texts.batches_none_hint()))
    } else {
        html! {
            (list_table(visit.locale(), &table(visit, &found.batches)))
            @if found.next.is_some() || !cursor.is_empty() {
                footer.foot {
                    @if !cursor.is_empty() { (button(&Button::link(texts.batches_newest(), urls::BATCHES))) }
                    @if let Some(next) = &found.next {
                        span.end { (button(&Button::link(texts.batches_older(), urls::with_query(urls::BATCHES, &[("cursor", next)])).icon(Icon::Right))) }
                    }
                }
            }
        }
    };
    Ok(show(visit, urls::BATCHES, Page { title: texts.batches().to_owned(), layout: Body::Flush, body, ..Page::default() }))
}

fn table(visit: &Visit, batches: &[Batch]) -> Table {
    let texts = t(visit.locale());
    let columns = vec![
        Column::new(texts.batch_what()).slot(Slot::Title),
        Column::new(texts.batch_kind_label()).slot(Slot::Second),
        Column { align: Align::Cut, ..Column::new(texts.batch_object()) },
        Column::number(texts.count_changed()).slot(Slot::Third),
        Column::number(texts.count_refused()),
        Column::new(texts.batch_state_label()).slot(Slot::Amount),
        Column::new(texts.batch_who()),
        Column::new(texts.batch_when()).slot(Slot::Date),
    ];
    Table { label: texts.batches().to_owned(), columns, rows: batches.iter().map(|batch| row(visit, batch)).collect(), total: None }
}

fn row(visit: &Visit, batch: &Batch) -> Row {
    let texts = t(visit.locale());
    let counts = batch.counts;
    let object = batch.object.as_ref().and_then(|key| visit.ctx.snapshot.schema.object(key));
    let at = format::datetime_relative(batch.at, visit.ctx.tenant.zone, visit.ctx.today(), visit.locale());
    let refused = if counts.refused > 0 {
        html! { span.t-bad { (format::integer(counts.refused)) } }
    } else {
        html! { span.faint { (EMPTY) } }
    };
    Row {
        href: Some(urls::batch(batch.id)),
        cells: vec![
            html! { (title(visit, batch)) },
            html! { (texts.batch_kind(batch.kind)) },
            html! { @if let Some(object) = object { (object.label.get(visit.locale())) } @else { span.faint { (EMPTY) } } },
            html! { (texts.batch_changed_of(&format::integer(counts.changed), &format::integer(counts.wanted))) },
            refused,
            state_badge(visit, batch.state),
            person(&who(visit, batch), None),
            html! { time datetime=(batch.at.to_rfc3339()) { (at) } },
        ],
    }
}

/// What people call a batch; an undo of a record without a name has none of its own.
pub(super) fn title(visit: &Visit, batch: &Batch) -> String {
    if batch.title.is_empty() { t(visit.locale()).batch_number(&batch.id.to_string()) } else { batch.title.clone() }
}

/// Who started it.
pub(super) fn who(visit: &Visit, batch: &Batch) -> String {
    if batch.actor.is_none() { t(visit.locale()).system_actor().to_owned() } else { batch.actor_name.clone() }
}

/// The state with its colour.
pub(super) fn state_badge(visit: &Visit, state: BatchState) -> Markup {
    let tone = match state {
        BatchState::Running => Tone::Accent,
        BatchState::Done => Tone::Ok,
        BatchState::Interrupted => Tone::Bad,
        BatchState::Undone => Tone::Neutral,
        BatchState::PartlyUndone => Tone::Warn,
    };
    badge(tone, t(visit.locale()).batch_state(state))
}
