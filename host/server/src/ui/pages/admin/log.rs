//! The security log, for whoever has the right to see it; newest first.

use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::super::params::Params;
use super::addresses;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::note::{Note, note};
use crate::ui::components::table::{Align, Column, Row, Slot, Table, list_table};
use crate::ui::format;
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// Lines of one page.
const LINES: u32 = 100;

/// `GET /admin/log?before=…`
pub(super) async fn handle(visit: Visit, params: Params) -> Response {
    let page = page(&visit, params.get("before").parse().ok()).await;
    answer(&visit, page)
}

async fn page(visit: &Visit, before: Option<i64>) -> Outcome<Response> {
    let texts = t(visit.locale());
    let (lines, more) = visit.engine().security_log(&visit.ctx, before, LINES).await?;
    let ids: Vec<Uuid> = lines.iter().filter_map(|line| line.actor).collect();
    let names = visit.engine().titles(&visit.ctx, "user", &ids).await?;
    let who = |actor: Option<Uuid>| match actor {
        Some(id) => html! { (names.get(&id).map_or_else(|| id.to_string(), Clone::clone)) },
        None => html! { span.faint { (texts.log_nobody()) } },
    };
    let rows: Vec<Row> = lines
        .iter()
        .map(|line| Row {
            href: None,
            cells: vec![
                html! { time datetime=(line.at.to_rfc3339()) { (format::datetime(line.at, visit.ctx.tenant.zone)) } },
                html! { code.mono { (line.kind) } },
                who(line.actor),
                detail(&line.detail),
            ],
        })
        .collect();
    let columns = vec![
        Column::new(texts.log_when()).slot(Slot::Date),
        Column::new(texts.log_what()).slot(Slot::Title),
        Column::new(texts.log_who()).slot(Slot::Third),
        Column { align: Align::Cut, ..Column::new(texts.log_detail()).slot(Slot::Second) },
    ];
    let older = lines.last().filter(|_| more).map(|line| line.id.to_string());
    let table = Table { label: texts.admin_log().into(), columns, rows, total: None };
    let body = html! {
        p."bar dim" { (texts.log_hint()) }
        @if lines.is_empty() { div.page { (note(&Note::new(Tone::Accent, texts.log_empty(), ""))) } }
        @else { (list_table(visit.locale(), &table)) }
        @if let Some(older) = older { p.bar { (button(&Button::link(texts.log_older(), urls::with_query(addresses::LOG, &[("before", &older)])))) } }
    };
    Ok(show(visit, addresses::LOG, Page { title: texts.admin_log().to_owned(), layout: Body::Flush, body, ..Page::default() }))
}

/// Details as `key: value`, the values as they were written.
fn detail(detail: &serde_json::Value) -> Markup {
    let value = |json: &serde_json::Value| json.as_str().map_or_else(|| json.to_string(), str::to_owned);
    let pairs = detail.as_object().into_iter().flatten().map(|(key, json)| format!("{key}: {}", value(json)));
    html! { span."mono faint" { (pairs.collect::<Vec<_>>().join("  ")) } }
}
