//! Changing a record: only what somebody touched is sent on, and what others saved meanwhile is shown, not lost.

use std::collections::HashMap;

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::policy::Function;

use super::conflict;
use super::controls::form_text;
use super::form::{self, Around, Draft};
use super::record::Shown;
use super::{id_of, name_in_sentence, object_of};
use crate::engine::{Change, Outcome, Refusal, SaveOptions};
use crate::texts::t;
use crate::ui::components::note::Flash;
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
    let draft = Draft { values: values(visit, &record), ..Draft::default() };
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
    let find = form::looked_for(posted);
    if find.is_some() {
        let draft = Draft { values, find, ..Draft::default() };
        return form::page(visit, &object, draft, around(visit, &record, base), None).await;
    }
    let touched = touched(visit, &record, &values);
    let to = urls::record(key, record.id);
    if touched.is_empty() && base == record.version {
        return Ok(flash::redirect(&visit.app, &to, &Flash::done(t(visit.locale()).nothing_changed())));
    }
    let change = Change::Update { object: key.to_owned(), id: record.id, expect: Some(base), fields: form::raw(&object, &touched) };
    let options = SaveOptions { confirm: posted.confirmed(), ..SaveOptions::default() };
    let saved = visit.engine().save(&visit.ctx, vec![change], options).await;
    match saved.and_then(|outcomes| outcomes.into_iter().next().unwrap_or_else(|| Err(Refusal::internal(&"a save without an outcome")))) {
        Ok(saved) => {
            let title = visit.engine().titles(&visit.ctx, key, &[record.id]).await?.remove(&record.id);
            // Somebody may give a record away, out of the own sight.
            let (to, title) = title.map_or_else(|| (urls::list(key), record.title.clone()), |title| (to, title));
            Ok(flash::redirect(&visit.app, &to, &form::done(visit, t(visit.locale()).record_saved(&title), &saved)))
        }
        Err(refusal) => refused(visit, &record, base, &mut values, refusal).await,
    }
}

/// The same form with its problems. After a conflict it goes on from the newest version.
async fn refused(
    visit: &Visit,
    record: &Shown<'_>,
    base: i64,
    values: &mut HashMap<String, String>,
    refusal: Refusal,
) -> Outcome<Response> {
    let mut draft = Draft { problems: refusal.problems.clone(), ..Draft::default() };
    let mut version = base;
    if draft.problems.iter().any(|problem| problem.code == conflict::CODE) {
        draft.problems.retain(|problem| problem.code != conflict::CODE);
        // Read again: the save may have lost against somebody who came after the first read.
        let now = Shown::read(visit, record.object, record.id).await?;
        draft.remarks = conflict::merge(visit, &now, base, values).await?;
        version = now.version;
    }
    draft.values = std::mem::take(values);
    form::page(visit, record.object, draft, around(visit, record, version), Some(&refusal)).await
}

fn allowed(visit: &Visit, record: &Shown<'_>) -> Outcome<()> {
    if record.may(visit, Function::Edit) {
        return Ok(());
    }
    Err(Refusal::denied(&format!("{}: {}", record.object.key, Function::Edit.name())))
}

/// What the inputs hold when nobody has typed yet.
pub(super) fn values(visit: &Visit, record: &Shown<'_>) -> HashMap<String, String> {
    let selected = form::editable(record.object).filter_map(|field| record.selection.field(&field.key));
    selected.map(|s| (s.field.key.clone(), form_text(s.value(&record.row), visit.ctx.tenant.zone))).collect()
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
        breadcrumb: vec![(object.label.get(visit.locale()).to_owned(), urls::list(&object.key)), (record.title.clone(), page.clone())],
        address: urls::edit(&object.key, record.id),
        hidden: vec![("version".to_owned(), version.to_string())],
        cancel: page,
        save_and_new: false,
    }
}
