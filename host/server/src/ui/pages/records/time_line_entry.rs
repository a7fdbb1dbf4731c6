//! One entry of a time line: a change with old and new values, or a piece of work.

use std::collections::HashMap;

use chrono::TimeDelta;
use guanxi_core::Value;
use guanxi_core::meta::Field;
use guanxi_core::policy::Function;
use guanxi_store::HistoryOp;
use uuid::Uuid;

use super::super::batches::values::Known;
use super::record::Shown;
use super::time_line::Titles;
use super::{attachments, card_rows};
use crate::engine::{CardKind, CardRow, HistoryChange, Outcome};
use crate::texts::t;
use crate::ui::components::icon::Icon;
use crate::ui::components::timeline::{ChangedValue, Entry, Subject};
use crate::ui::format::MoneyStyle;
use crate::ui::visit::Visit;
use crate::ui::{urls, value};

/// How long changes can be taken back.
const KEPT: TimeDelta = TimeDelta::days(30);
/// A long text in the time line is cut here, in characters.
const LONGEST: usize = 160;
/// Field names in the first line of a change; the rest is counted.
const NAMED: usize = 3;

/// Titles of all records that the changes name, one query per object.
pub(super) async fn titles(visit: &Visit, record: &Shown<'_>, changes: &[HistoryChange]) -> Outcome<Titles> {
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

/// A change; one of the state says from where to where.
pub(super) fn change(visit: &Visit, record: &Shown<'_>, change: &HistoryChange, state: Option<&str>, titles: &Titles) -> Entry {
    let texts = t(visit.locale());
    let changes: Vec<ChangedValue> =
        change.fields.iter().filter_map(|(key, old, new)| changed(visit, record.object.field(key)?, old, new, titles)).collect();
    let local = change.at.with_timezone(&visit.ctx.tenant.zone);
    let (icon, what) = match change.op {
        HistoryOp::Create => (Icon::Plus, texts.did_create().to_owned()),
        HistoryOp::Delete | HistoryOp::Purge => (Icon::Trash, texts.did_delete().to_owned()),
        HistoryOp::Restore => (Icon::Undo, texts.did_restore().to_owned()),
        HistoryOp::Update => match moved(visit, record, change, state, titles) {
            Some(words) => (Icon::Right, words),
            None => (Icon::Pen, texts.did_change(&names(visit, &changes))),
        },
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
        subject: None,
    }
}

/// From where to where a change moved the state.
fn moved(visit: &Visit, record: &Shown<'_>, change: &HistoryChange, state: Option<&str>, titles: &Titles) -> Option<String> {
    let (key, old, new) = change.fields.iter().find(|(key, _, _)| Some(key.as_str()) == state)?;
    let ChangedValue { old: Some(from), new: Some(to), .. } = changed(visit, record.object.field(key)?, old, new, titles)? else {
        return None;
    };
    Some(t(visit.locale()).did_move(&from, &to))
}

/// An activity, task, note or file about the record.
pub(super) fn work(visit: &Visit, kinds: &[CardKind], row: &CardRow) -> Entry {
    let texts = t(visit.locale());
    let kind = kinds.get(row.kind);
    let object = kind.map_or("", |kind| kind.object.key.as_str());
    let local = row.at.with_timezone(&visit.ctx.tenant.zone);
    let state = row.status.as_ref().filter(|(_, found)| !found.is_null()).map(|part| card_rows::text(visit, part));
    let said = [state.unwrap_or_default(), card_rows::details(visit, row)];
    let said = said.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ");
    let href = if object == attachments::ATTACHMENT { urls::file(row.id) } else { urls::record(object, row.id) };
    Entry {
        icon: Icon::named(kind.map_or("", |kind| kind.icon.as_str())),
        who: row.person_name.clone().unwrap_or_else(|| texts.system_actor().to_owned()),
        what: kind.map_or("", |kind| kind.label.get(visit.locale())).to_owned(),
        via: None,
        at: local.to_rfc3339_opts(chrono::SecondsFormat::Secs, false),
        time: local.format("%H:%M").to_string(),
        changes: Vec::new(),
        quote: None,
        via_href: None,
        first: Vec::new(),
        actions: Vec::new(),
        subject: Some(Subject { title: card_rows::title(visit, row), href, detail: said }),
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
    let undo = (in_time && record.may(function)).then(|| (texts.undo_change().to_owned(), urls::undo_change(key, record.id, change.id)));
    let then = (change.version < record.version && matches!(change.op, HistoryOp::Update | HistoryOp::Create))
        .then(|| (texts.as_it_was().to_owned(), urls::version(key, record.id, change.version)));
    undo.into_iter().chain(then).collect()
}

/// The values that the record began with, where its creation is on this page.
pub(super) async fn first_values(visit: &Visit, record: &Shown<'_>, changes: &[HistoryChange]) -> Outcome<Vec<ChangedValue>> {
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

fn changed(visit: &Visit, field: &Field, old: &Value, new: &Value, titles: &Titles) -> Option<ChangedValue> {
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
