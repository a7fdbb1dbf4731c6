//! Changing a record: only what somebody touched is sent on, and what others saved meanwhile is shown, not lost.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::Value;
use guanxi_core::policy::Function;

use super::conflict;
use super::controls::form_text;
use super::form::{self, Around, Draft};
use super::lines::{self, LinesDraft};
use super::record::Shown;
use super::{id_of, name_in_sentence, name_of_many, object_of};
use crate::engine::{Change, FormState, Outcome, Raw, Refusal, SaveOptions};
use crate::texts::t;
use crate::ui::components::note::Flash;
use crate::ui::format::MoneyStyle;
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::{flash, urls};

/// `GET /o/{object}/{id}/edit`
pub(super) async fn show(visit: Visit, Path((key, id)): Path<(String, String)>) -> Response {
    let outcome = current(&visit, &key, &id).await;
    answer(&visit, outcome)
}

async fn current(visit: &Visit, key: &str, id: &str) -> Outcome<Response> {
    let object = object_of(visit, key)?;
    let record = Shown::read(visit, &object, id_of(id)?).await?;
    allowed(visit, &record)?;
    let lines = lines::stored(visit, &record).await?;
    let mut draft = Draft { values: values(visit, &record), stored: lines.clone(), lines, ..Draft::default() };
    draft.shown = shown(visit, &record);
    draft.at = at(&record);
    draft.state = state(visit, &record, Vec::new()).await?;
    form::page(visit, &object, draft, around(visit, &record, record.version), None).await
}

/// `POST /o/{object}/{id}/edit`
pub(super) async fn submit(Path((key, id)): Path<(String, String)>, posted: Posted) -> Response {
    let outcome = save(&key, &id, &posted).await;
    answer(&posted.visit, outcome)
}

async fn save(key: &str, id: &str, posted: &Posted) -> Outcome<Response> {
    let visit = &posted.visit;
    let object = object_of(visit, key)?;
    let record = Shown::read(visit, &object, id_of(id)?).await?;
    allowed(visit, &record)?;
    let base: i64 = posted.get("version").parse().unwrap_or(record.version);
    let mut values = form::sent(&object, posted);
    let mut lines = form::sent_lines(visit, &object, posted);
    let find = form::looked_for(posted);
    let stored = lines::stored(visit, &record).await?;
    let fields = fields(visit, &record, &values, &lines, &stored);
    if find.is_some() {
        complete(visit, &record, &mut values);
        let state = state(visit, &record, fields).await?;
        let draft = Draft { values, lines, stored, find, state, shown: shown(visit, &record), at: at(&record), ..Draft::default() };
        return form::page(visit, &object, draft, around(visit, &record, base), None).await;
    }
    if !posted.problems.is_empty() {
        complete(visit, &record, &mut values);
        let draft = Draft { values, lines, stored, ..Draft::default() };
        return refused(visit, &record, base, draft, fields, Refusal::from(posted.problems.clone())).await;
    }
    let to = urls::record(key, record.id);
    if fields.is_empty() && base == record.version {
        return Ok(flash::redirect(&visit.app, &to, &Flash::done(t(visit.locale()).nothing_changed())));
    }
    let change = Change::Update { object: key.to_owned(), id: record.id, expect: Some(base), fields: fields.clone() };
    let options = SaveOptions { confirm: posted.confirmed(), ..SaveOptions::default() };
    let saved = visit.engine().save(&visit.ctx, vec![change], options).await;
    match saved.and_then(|outcomes| outcomes.into_iter().next().unwrap_or_else(|| Err(Refusal::internal(&"a save without an outcome")))) {
        Ok(saved) => {
            let title = visit.engine().titles(&visit.ctx, key, &[record.id]).await?.remove(&record.id);
            // Somebody may give a record away, out of the own sight.
            let (to, title) = title.map_or_else(|| (urls::list(key), record.title.clone()), |title| (to, title));
            Ok(flash::redirect(&visit.app, &to, &form::done(visit, t(visit.locale()).record_saved(&title), &saved)))
        }
        Err(refusal) => {
            complete(visit, &record, &mut values);
            for (key, draft) in &stored {
                lines.entry(key.clone()).or_insert_with(|| draft.clone());
            }
            let draft = Draft { values, lines, stored, ..Draft::default() };
            refused(visit, &record, base, draft, fields, refusal).await
        }
    }
}

/// The same form with its problems. After a conflict it goes on from the newest version.
async fn refused(
    visit: &Visit,
    record: &Shown<'_>,
    base: i64,
    mut draft: Draft,
    fields: Vec<(String, Raw)>,
    refusal: Refusal,
) -> Outcome<Response> {
    draft.problems.clone_from(&refusal.problems);
    draft.shown = shown(visit, record);
    draft.at = at(record);
    draft.state = state(visit, record, fields).await?;
    let mut version = base;
    if draft.problems.iter().any(|problem| problem.code == conflict::CODE) {
        draft.problems.retain(|problem| problem.code != conflict::CODE);
        // Read again: the save may have lost against somebody who came after the first read.
        let now = Shown::read(visit, record.object, record.id).await?;
        draft.remarks = conflict::merge(visit, &now, base, &mut draft.values).await?;
        draft.remarks.extend(conflict::merge_lines(visit, &now, &mut draft.lines).await?);
        version = now.version;
    }
    form::page(visit, record.object, draft, around(visit, record, version), Some(&refusal)).await
}

fn allowed(visit: &Visit, record: &Shown<'_>) -> Outcome<()> {
    visit.ctx.must_not_be_viewing()?;
    if record.may(Function::Edit) {
        return Ok(());
    }
    Err(Refusal::denied(&format!("{}: {}", record.object.key, Function::Edit.name())))
}

/// What the inputs hold when nobody has typed yet.
pub(super) fn values(visit: &Visit, record: &Shown<'_>) -> HashMap<String, String> {
    let selected = form::editable(record.object).filter_map(|field| record.selection.field(&field.key));
    selected.map(|s| (s.field.key.clone(), form_text(&s.field.kind, s.value(&record.row), visit.ctx.tenant.zone, visit.locale()))).collect()
}

/// Values of fields that nobody types, as they read.
fn shown(visit: &Visit, record: &Shown<'_>) -> HashMap<String, String> {
    let computed = record.selection.fields.iter().filter(|selected| selected.field.computed.is_some());
    computed.map(|s| (s.field.key.clone(), s.text(&visit.ctx, &record.row, MoneyStyle::Full))).collect()
}

/// The state that the record is in, if it moves by declared ways.
fn at(record: &Shown<'_>) -> Option<(String, Value)> {
    let machine = record.object.rules.machine.as_ref()?;
    let state = record.selection.field(&machine.field)?.value(&record.row);
    (!state.is_null()).then(|| (machine.field.clone(), state.clone()))
}

/// What the form does not send, because it is closed, is as it is stored.
fn complete(visit: &Visit, record: &Shown<'_>, values: &mut HashMap<String, String>) {
    for (key, text) in self::values(visit, record) {
        values.entry(key).or_insert(text);
    }
}

/// Which fields count when these are sent.
async fn state(visit: &Visit, record: &Shown<'_>, fields: Vec<(String, Raw)>) -> Outcome<FormState> {
    let change = Change::Update { object: record.object.key.clone(), id: record.id, expect: None, fields };
    visit.engine().form_state(&visit.ctx, change).await
}

/// What was touched, for the engine.
pub(super) fn fields(
    visit: &Visit,
    record: &Shown<'_>,
    values: &HashMap<String, String>,
    lines: &HashMap<String, LinesDraft>,
    stored: &HashMap<String, LinesDraft>,
) -> Vec<(String, Raw)> {
    let mut fields = form::raw(record.object, &touched(visit, record, values));
    for (key, draft) in lines {
        let before = stored.get(key);
        let untouched = before.is_some_and(|before| before.too_many || lines::same(draft, before));
        if !untouched {
            fields.push((key.clone(), lines::raw(draft, before)));
        }
    }
    fields
}

/// Fields whose text is not that of the stored value. An untouched field is not sent: its text may be coarser than its value.
fn touched(visit: &Visit, record: &Shown<'_>, values: &HashMap<String, String>) -> HashMap<String, String> {
    let stored = self::values(visit, record);
    values.iter().filter(|(key, text)| stored.get(*key) != Some(*text)).map(|(key, text)| (key.clone(), text.clone())).collect()
}

fn around(visit: &Visit, record: &Shown<'_>, version: i64) -> Around {
    let object = record.object;
    let page = urls::record(&object.key, record.id);
    Around {
        title: t(visit.locale()).edit_record(&name_in_sentence(visit, object)),
        breadcrumb: vec![(name_of_many(visit, object), urls::list(&object.key)), (record.title.clone(), page.clone())],
        address: urls::edit(&object.key, record.id),
        hidden: vec![("version".to_owned(), version.to_string())],
        cancel: page,
        save_and_new: false,
        record: Some(record.id),
    }
}
