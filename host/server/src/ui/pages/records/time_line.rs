//! A record's history as a time line: who changed what, when, through what.

use std::collections::HashMap;

use chrono::TimeDelta;
use guanxi_core::Value;
use guanxi_core::meta::Field;
use guanxi_core::policy::Function;
use guanxi_store::HistoryOp;
use maud::{Markup, html};
use uuid::Uuid;

use super::super::batches::values::Known;
use super::record::Shown;
use crate::engine::{HistoryChange, Outcome};
use crate::texts::t;
use crate::ui::components::icon::Icon;
use crate::ui::components::timeline::{ChangedValue, Day, Entry, timeline};
use crate::ui::format::{self, MoneyStyle};
use crate::ui::visit::Visit;
use crate::ui::{urls, value};

/// Changes of one page.
const CHANGES: u32 = 20;
/// How long changes can be taken back.
const KEPT: TimeDelta = TimeDelta::days(30);
/// A long text in the time line is cut here, in characters.
const LONGEST: usize = 160;
/// Field names in the first line of a change; the rest is counted.
const NAMED: usize = 3;

/// The time line; `earlier` is where an older page begins.
pub(super) async fn line(visit: &Visit, record: &Shown<'_>, earlier: &str) -> Outcome<Option<Markup>> {
    // Histories of stages and the like have no history of their own.
    if record.object.read_only {
        return Ok(None);
    }
    let page = visit.engine().history(&visit.ctx, &record.object.key, record.id, earlier, CHANGES).await?;
    let titles = titles(visit, record, &page.changes).await?;
    let first = first_values(visit, record, &page.changes).await?;
    let mut days: Vec<Day> = Vec::new();
    for change in &page.changes {
        let label = day(visit, change);
        let mut entry = entry(visit, record, change, &titles);
        if change.op == HistoryOp::Create {
            entry.first.clone_from(&first);
        }
        match days.last_mut().filter(|last| last.label == label) {
            Some(last) => last.entries.push(entry),
            None => days.push(Day { label, entries: vec![entry] }),
        }
    }
    let address = urls::record(&record.object.key, record.id);
    let texts = t(visit.locale());
    Ok(Some(html! {
        div id="history" { (timeline(visit.locale(), &days)) }
        @if let Some(next) = &page.next { p { a.link href={ (urls::with_query(&address, &[("history", next)])) "#history" } { (texts.earlier()) } } }
        @if !earlier.is_empty() { p { a.link href={ (address) "#history" } { (texts.first_page()) } } }
    }))
}

/// Titles of all records that the changes name, one query per object.
async fn titles(visit: &Visit, record: &Shown<'_>, changes: &[HistoryChange]) -> Outcome<HashMap<Uuid, String>> {
    let mut wanted: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for (key, old, new) in changes.iter().flat_map(|change| &change.fields) {
        let Some(target) = record.object.field(key).and_then(Field::target) else { continue };
        wanted.entry(target).or_default().extend([old, new].into_iter().filter_map(Value::as_ref_id));
    }
    let mut titles = HashMap::new();
    for (target, mut ids) in wanted {
        ids.sort_unstable();
        ids.dedup();
        titles.extend(visit.engine().titles(&visit.ctx, target, &ids).await?);
    }
    Ok(titles)
}

fn day(visit: &Visit, change: &HistoryChange) -> String {
    let day = change.at.with_timezone(&visit.ctx.tenant.zone).date_naive();
    let today = visit.ctx.today();
    let near = (today - day).num_days() <= 1;
    if near { format::date_relative(day, today, visit.locale()) } else { format::date(day) }
}

fn entry(visit: &Visit, record: &Shown<'_>, change: &HistoryChange, titles: &HashMap<Uuid, String>) -> Entry {
    let texts = t(visit.locale());
    let changes: Vec<ChangedValue> =
        change.fields.iter().filter_map(|(key, old, new)| changed(visit, record.object.field(key)?, old, new, titles)).collect();
    let local = change.at.with_timezone(&visit.ctx.tenant.zone);
    let (icon, what) = match change.op {
        HistoryOp::Create => (Icon::Plus, texts.did_create().to_owned()),
        HistoryOp::Delete | HistoryOp::Purge => (Icon::Trash, texts.did_delete().to_owned()),
        HistoryOp::Restore => (Icon::Undo, texts.did_restore().to_owned()),
        HistoryOp::Update => (Icon::Pen, texts.did_change(&names(visit, &changes))),
    };
    Entry {
        icon,
        who: if change.actor.is_none() { texts.system_actor().to_owned() } else { change.actor_name.clone() },
        what,
        via: via(visit, &change.via),
        at: local.to_rfc3339_opts(chrono::SecondsFormat::Secs, false),
        time: local.format("%H:%M").to_string(),
        changes: if change.op == HistoryOp::Update { changes } else { Vec::new() },
        quote: None,
        via_href: change.batch.filter(|_| may_see_batch(visit, change)).map(urls::batch),
        first: Vec::new(),
        actions: actions(visit, record, change),
    }
}

/// Batches are shown to those who began them, and to administrators.
fn may_see_batch(visit: &Visit, change: &HistoryChange) -> bool {
    visit.ctx.actor.is_administrator() || (change.actor.is_some() && change.actor == visit.ctx.actor.user)
}

/// The record as it was then, and the way back.
fn actions(visit: &Visit, record: &Shown<'_>, change: &HistoryChange) -> Vec<(String, String)> {
    let texts = t(visit.locale());
    let key = &record.object.key;
    let function = if change.op == HistoryOp::Update { Function::Edit } else { Function::Delete };
    let in_time = visit.ctx.now - change.at <= KEPT && matches!(change.op, HistoryOp::Update | HistoryOp::Create | HistoryOp::Restore);
    let undo =
        (in_time && record.may(visit, function)).then(|| (texts.undo_change().to_owned(), urls::undo_change(key, record.id, change.id)));
    let then = (change.version < record.version && matches!(change.op, HistoryOp::Update | HistoryOp::Create))
        .then(|| (texts.as_it_was().to_owned(), urls::version(key, record.id, change.version)));
    undo.into_iter().chain(then).collect()
}

/// The values that the record began with, where its creation is on this page.
async fn first_values(visit: &Visit, record: &Shown<'_>, changes: &[HistoryChange]) -> Outcome<Vec<ChangedValue>> {
    let Some(created) = changes.iter().find(|change| change.op == HistoryOp::Create) else { return Ok(Vec::new()) };
    let then = match visit.engine().record_at(&visit.ctx, &record.object.key, record.id, created.version).await {
        Ok(then) => then,
        // Records that came into the store without a history have no first values.
        Err(refusal) if refusal.status == 404 => return Ok(Vec::new()),
        Err(refusal) => return Err(refusal),
    };
    let own = || record.object.own_fields().filter_map(|field| Some((field, then.get(&field.key).filter(|value| !value.is_null())?)));
    let known = Known::of(visit, own()).await?;
    let value = |(field, value): (&Field, &Value)| {
        let label = field.label.get(visit.locale()).to_owned();
        ChangedValue { field: label, old: None, new: known.text(visit, field, value) }
    };
    Ok(own().map(value).collect())
}

fn names(visit: &Visit, changes: &[ChangedValue]) -> String {
    let texts = t(visit.locale());
    if changes.is_empty() || changes.len() > NAMED {
        return texts.changed_count(changes.len() as u64);
    }
    changes.iter().map(|change| change.field.as_str()).collect::<Vec<_>>().join(texts.list_separator())
}

fn changed(visit: &Visit, field: &Field, old: &Value, new: &Value, titles: &HashMap<Uuid, String>) -> Option<ChangedValue> {
    let shown = |value: &Value| {
        let title = value.as_ref_id().and_then(|id| titles.get(&id)).map(String::as_str);
        let text = value::text(&visit.ctx, &field.kind, value, title, MoneyStyle::Full);
        (!value.is_null()).then(|| shortened(&text))
    };
    Some(ChangedValue { field: field.label.get(visit.locale()).to_owned(), old: shown(old), new: shown(new) })
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LONGEST { text.to_owned() } else { text.chars().take(LONGEST).chain(['…']).collect() }
}

/// Through what, unless it was a page like this one.
fn via(visit: &Visit, via: &str) -> Option<String> {
    let texts = t(visit.locale());
    let (kind, rest) = via.split_once(' ').unwrap_or((via, ""));
    let words = match kind {
        "ui" | "system" => return None,
        "api" => texts.via_api().to_owned(),
        "import" => format!("{} {rest}", texts.via_import()),
        "plugin" => format!("{} {rest}", texts.via_plugin()),
        "bulk" => texts.via_bulk(rest),
        "undo" => texts.via_undo(rest),
        "transfer" => texts.via_transfer(rest),
        _ => via.to_owned(),
    };
    Some(words.trim().to_owned())
}
