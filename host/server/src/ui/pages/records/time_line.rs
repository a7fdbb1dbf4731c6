//! A record's time line: its changes and the work about it, newest first, by day.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use guanxi_store::HistoryOp;
use maud::{Markup, html};

use super::record::Shown;
use super::time_line_entry as entry;
use crate::engine::{HistoryChange, Outcome, TimeLine, TimeLineEntry, TimeLineRequest};
use crate::texts::t;
use crate::ui::components::tabs::{Tab, switch};
use crate::ui::components::timeline::{Day, timeline};
use crate::ui::format;
use crate::ui::visit::Visit;

/// Entries of one page.
const ENTRIES: u32 = 20;
/// The parameter that says where an older page begins.
pub(super) const EARLIER: &str = "history";
/// The parameter that names one kind of entries.
pub(super) const KIND: &str = "line";

/// What is asked of the line by the page's address.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Asked<'a> {
    /// Where an older page begins.
    pub(super) earlier: &'a str,
    /// One kind of entries.
    pub(super) kind: &'a str,
}

/// The time line with its filter.
pub(super) async fn line(visit: &Visit, record: &Shown<'_>, asked: Asked<'_>) -> Outcome<Option<Markup>> {
    // Histories of stages and the like have no history of their own.
    if record.object.read_only {
        return Ok(None);
    }
    let request = TimeLineRequest { kind: asked.kind.to_owned(), limit: ENTRIES, cursor: asked.earlier.to_owned() };
    let line = visit.engine().time_line(&visit.ctx, &record.object.key, record.id, request).await?;
    let changes: Vec<HistoryChange> = line
        .entries
        .iter()
        .filter_map(|entry| if let TimeLineEntry::Change(change) = entry { Some(change.clone()) } else { None })
        .collect();
    let titles = entry::titles(visit, record, &changes).await?;
    let first = entry::first_values(visit, record, &changes).await?;
    let mut days: Vec<Day> = Vec::new();
    for one in &line.entries {
        let (at, mut shown) = match one {
            TimeLineEntry::Change(change) => (change.at, entry::change(visit, record, change, line.state.as_deref(), &titles)),
            TimeLineEntry::Work(row) => (row.at, entry::work(visit, &line.kinds, row)),
        };
        if matches!(one, TimeLineEntry::Change(change) if change.op == HistoryOp::Create) {
            shown.first.clone_from(&first);
        }
        let label = day(visit, at);
        match days.last_mut().filter(|last| last.label == label) {
            Some(last) => last.entries.push(shown),
            None => days.push(Day { label, entries: vec![shown] }),
        }
    }
    let texts = t(visit.locale());
    let address = |earlier: &str| format!("{}#history", address(record, asked.kind, earlier));
    Ok(Some(html! {
        div id="history" {
            (filter(visit, record, &line, asked.kind))
            @if days.is_empty() { p.dim { (texts.line_nothing()) } } @else { (timeline(visit.locale(), &days)) }
        }
        @if let Some(next) = &line.next { p { a.link href=(address(next)) { (texts.earlier()) } } }
        @if !asked.earlier.is_empty() { p { a.link href=(address("")) { (texts.first_page()) } } }
    }))
}

fn address(record: &Shown<'_>, kind: &str, earlier: &str) -> String {
    record.page(&[(KIND, kind), (EARLIER, earlier)])
}

/// One kind at a time: changes, moves of the state, and each kind of work.
fn filter(visit: &Visit, record: &Shown<'_>, line: &TimeLine, chosen: &str) -> Markup {
    let texts = t(visit.locale());
    let mut named: Vec<(&str, &str)> = vec![("", texts.line_all())];
    named.extend(line.kinds.iter().map(|kind| (kind.key.as_str(), kind.label.get(visit.locale()))));
    named.push(("changes", texts.line_changes()));
    if line.state.is_some() {
        named.push(("transitions", texts.line_transitions()));
    }
    let tabs: Vec<Tab> =
        named.into_iter().map(|(key, label)| Tab::new(label, format!("{}#history", address(record, key, "")), key == chosen)).collect();
    html! { div.linebar { (switch(texts.line_kinds(), &tabs)) } }
}

fn day(visit: &Visit, at: DateTime<Utc>) -> String {
    let day = at.with_timezone(&visit.ctx.tenant.zone).date_naive();
    let today = visit.ctx.today();
    let near = (today - day).num_days().abs() <= 1;
    if near { format::date_relative(day, today, visit.locale()) } else { format::date(day) }
}

/// Titles by id.
pub(super) type Titles = HashMap<uuid::Uuid, String>;
