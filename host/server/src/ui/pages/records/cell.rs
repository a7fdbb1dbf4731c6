//! One cell of a list changed in place: `cell.js` asks for the control, sends it, and gets the row as it is then, or the control again with
//! what is wrong. The save is the one of forms: version, rules, questions, rights.

use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use guanxi_core::meta::{Field, Object};
use guanxi_core::policy::{FieldRight, Function};
use maud::{Markup, html};

use super::super::params::Params;
use super::asked::{Asked, with_pairs};
use super::controls::{self, Typed, form_text};
use super::record::Shown;
use super::{bulk, columns, conflict, form, id_of, may, object_of};
use crate::engine::{Change, ListRequest, Outcome, Raw, Refusal, SaveOptions, Saved, open_transitions};
use crate::texts::t;
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::control::{Control, ControlKind, FieldProblem, ProblemKind, control};
use crate::ui::components::form::{CONFIRM_FIELD, token_field};
use crate::ui::components::record_table::{RecordTable, row};
use crate::ui::filters::quoted;
use crate::ui::format::MoneyStyle;
use crate::ui::urls;
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::words::{field_problem, problem_words};

/// `GET /o/{object}/{id}/cell?field=`
pub(super) async fn show(visit: Visit, Path((key, id)): Path<(String, String)>, params: Params) -> Response {
    let outcome: Outcome<Response> = async {
        let object = object_of(&visit, &key)?;
        let record = Shown::read(&visit, &object, id_of(&id)?).await?;
        let cell = Cell::of(&visit, &record, params.get("field"), params.get("columns")).await?;
        let text = cell.stored(&visit);
        Ok(fragment(StatusCode::OK, cell.editor(&visit, &text, &text, Vec::new()).await?))
    }
    .await;
    outcome.unwrap_or_else(|refusal| closed(&visit, &refusal))
}

/// `POST /o/{object}/{id}/cell` with `field`, its value, `version`, and `was`: the value that the person saw.
pub(super) async fn submit(Path((key, id)): Path<(String, String)>, params: Params, posted: Posted) -> Response {
    let outcome = save(&key, &id, &params, &posted).await;
    outcome.unwrap_or_else(|refusal| match refusal.status {
        404 => answer(&posted.visit, Err(refusal)),
        _ => closed(&posted.visit, &refusal),
    })
}

/// Why there is no control, in a sentence.
fn closed(visit: &Visit, refusal: &Refusal) -> Response {
    let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
    fragment(status, html! { p role="alert" data-closed { (words.join(" ")) } })
}

fn fragment(status: StatusCode, markup: Markup) -> Response {
    (status, [(header::CONTENT_TYPE, "text/html; charset=utf-8")], markup.into_string()).into_response()
}

/// One field of one record.
struct Cell<'r> {
    record: &'r Shown<'r>,
    field: &'r Field,
    columns: String,
}

impl<'r> Cell<'r> {
    /// Refuses what cannot be changed in place now.
    async fn of(visit: &Visit, record: &'r Shown<'r>, key: &str, columns: &str) -> Outcome<Self> {
        let object = record.object;
        let field = object.writable_fields().find(|field| field.key == key && field.is_stored());
        let Some(field) = field else { return Err(Refusal::not_found(&format!("field `{key}`"))) };
        let right = visit.ctx.field_right(&object.key, key);
        if !may(visit, object, Function::Edit) || !record.may(Function::Edit) || right != FieldRight::Edit {
            return Err(Refusal::denied(&format!("{}.{key}: {}", object.key, Function::Edit.name())));
        }
        let change = Change::Update { object: object.key.clone(), id: record.id, expect: None, fields: Vec::new() };
        let state = visit.engine().form_state(&visit.ctx, change).await?;
        if state.closed.iter().chain(&state.away).any(|closed| closed == key) {
            return Err(Refusal::one("field.read_only", format!("`{key}` cannot be changed now")));
        }
        Ok(Self { record, field, columns: columns.to_owned() })
    }

    /// The value as its input holds it.
    fn stored(&self, visit: &Visit) -> String {
        let selected = self.record.selection.field(&self.field.key);
        let value = selected.map(|selected| selected.value(&self.record.row)).cloned().unwrap_or(guanxi_core::Value::Null);
        form_text(&self.field.kind, &value, visit.ctx.tenant.zone, visit.locale())
    }

    async fn editor(&self, visit: &Visit, text: &str, was: &str, problems: Vec<FieldProblem>) -> Outcome<Markup> {
        let (texts, record) = (t(visit.locale()), self.record);
        let mut input: Control = controls::control(visit, self.field, Typed { text, ..Typed::default() }).await?;
        input.help = None;
        input.wide = false;
        input.name = self.field.key.clone();
        if let Some(machine) = record.object.rules.machine.as_ref().filter(|machine| machine.field == self.field.key)
            && let ControlKind::Select { choices } = &mut input.kind
            && let Some(state) =
                record.selection.field(&machine.field).map(|state| state.value(&record.row)).filter(|state| !state.is_null())
        {
            let open: Vec<&str> =
                open_transitions(&visit.ctx, record.object, state).iter().map(|transition| transition.to.as_str()).collect();
            choices.retain(|choice| state.as_text() == Some(choice.value.as_str()) || open.contains(&choice.value.as_str()));
            input.required = true;
        }
        let agreed: Vec<&str> = problems.iter().filter(|p| p.kind == ProblemKind::Confirm).map(|p| p.agree.as_str()).collect();
        let only_asked = !agreed.is_empty() && problems.iter().all(|p| matches!(p.kind, ProblemKind::Confirm | ProblemKind::Info));
        let codes = only_asked.then(|| agreed.join(","));
        input.problems = problems;
        let address = with_pairs(&urls::cell(&record.object.key, record.id), &[("columns".to_owned(), self.columns.clone())]);
        let words = texts.cell_edit(self.field.label.get(visit.locale()));
        let save = Button::submit(if only_asked { texts.cell_again() } else { texts.cell_save() }).kind(ButtonKind::Primary);
        Ok(html! {
            form.cell-form method="post" action=(address) aria-label=(words) novalidate data-cell-form {
                (token_field(&visit.session.csrf))
                input type="hidden" name="field" value=(self.field.key);
                input type="hidden" name="version" value=(record.version);
                input type="hidden" name="was" value=(was);
                @if let Some(codes) = &codes { input type="hidden" name=(CONFIRM_FIELD) value=(codes); }
                (control(visit.locale(), &input))
                div.row.cell-acts { (button(&save)) button.btn.quiet type="button" data-cell-cancel { (texts.cancel()) } }
            }
        })
    }
}

async fn save(key: &str, id: &str, params: &Params, posted: &Posted) -> Outcome<Response> {
    let visit = &posted.visit;
    let object = object_of(visit, key)?;
    let id = id_of(id)?;
    let record = Shown::read(visit, &object, id).await?;
    let cell = Cell::of(visit, &record, posted.get("field"), params.get("columns")).await?;
    let sent = form::sent(&object, posted);
    let text = sent.get(&cell.field.key).cloned().unwrap_or_default();
    let (mut was, mut version) = (posted.get("was").to_owned(), posted.get("version").parse().unwrap_or(record.version));
    if version != record.version && cell.stored(visit) == was {
        // Somebody changed something else: that is kept, and no question.
        version = record.version;
    }
    let fields: Vec<(String, Raw)> = form::raw(&object, &sent).into_iter().filter(|(name, _)| *name == cell.field.key).collect();
    let change = Change::Update { object: key.to_owned(), id, expect: Some(version), fields };
    let options = SaveOptions { confirm: posted.confirmed(), ..SaveOptions::default() };
    let saved = visit.engine().save(&visit.ctx, vec![change], options).await;
    let saved =
        saved.and_then(|outcomes| outcomes.into_iter().next().unwrap_or_else(|| Err(Refusal::internal(&"a save without an outcome"))));
    match saved {
        Ok(saved) => Ok(fragment(StatusCode::OK, changed(visit, &object, &record, &cell, params, &saved).await?)),
        Err(refusal) if matches!(refusal.status, 403 | 404) || refusal.status >= 500 => Err(refusal),
        Err(refusal) => {
            let mut problems: Vec<FieldProblem> = Vec::new();
            let now;
            let mut shown = &cell;
            let again;
            if refusal.problems.iter().any(|problem| problem.code == conflict::CODE) {
                now = Shown::read(visit, &object, id).await?;
                again = Cell::of(visit, &now, &cell.field.key, params.get("columns")).await?;
                was = again.stored(visit);
                let theirs = now.selection.field(&cell.field.key).map(|theirs| theirs.text(&visit.ctx, &now.row, MoneyStyle::Full));
                let words = t(visit.locale()).cell_conflict(&theirs.unwrap_or_default());
                problems.push(FieldProblem::new(ProblemKind::Conflict, conflict::CODE, words));
                shown = &again;
            }
            let others = refusal.problems.iter().filter(|problem| problem.code != conflict::CODE);
            problems.extend(others.map(|problem| field_problem(&visit.ctx, problem)));
            let status = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
            Ok(fragment(status, shown.editor(visit, &text, &was, problems).await?))
        }
    }
}

/// The row as it is now, with what to say; no row where the record is out of sight.
async fn changed(visit: &Visit, object: &Object, record: &Shown<'_>, cell: &Cell<'_>, params: &Params, saved: &Saved) -> Outcome<Markup> {
    let asked = Asked::new(visit, object, params).await?;
    let mut selection = columns::choose(&visit.ctx, object, &asked.look.columns);
    let request = ListRequest {
        filter: format!("id == {}", quoted(&record.id.to_string())),
        fields: selection.paths.clone(),
        limit: 1,
        count: false,
        ..ListRequest::default()
    };
    let page = visit.engine().list(&visit.ctx, &object.key, request).await?;
    selection.learn(visit, page.rows.iter().map(|(_, row)| row.as_slice())).await?;
    let boxes = may(visit, object, Function::Edit) || may(visit, object, Function::Delete);
    let table = RecordTable { boxes: boxes.then(|| bulk::FORM.to_owned()), ..columns::table(visit, object, &asked, &selection) };
    let label = cell.field.label.get(visit.locale());
    let said = form::done(visit, t(visit.locale()).cell_saved(&record.title, label), saved);
    Ok(html! {
        table data-said=(said.text) {
            tbody { @for (id, values) in &page.rows { (row(visit.locale(), &table, &columns::row(visit, object, &asked, &selection, *id, values))) } }
        }
    })
}
