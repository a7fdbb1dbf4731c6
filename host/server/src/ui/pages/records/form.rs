//! The form of a record, new or not: sections by who brought the fields, every problem at its field, the rest in the summary.

use std::collections::HashMap;

use axum::http::StatusCode;
use axum::response::Response;
use guanxi_core::Problem;
use guanxi_core::meta::{Field, Object};

use super::controls::control;
use super::facts::by_origin;
use crate::engine::{Outcome, Raw, Refusal, Saved};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::control::{Control, FieldProblem};
use crate::ui::components::form::{Form, FormSection, form};
use crate::ui::components::note::Flash;
use crate::ui::layout::Page;
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::{Posted, Visit};
use crate::ui::words::{field_problem, problem_words};

/// The button that looks for records of a reference sends the field's name as this (see the reference component).
const FIND: &str = "find";

/// What a form holds at one moment.
#[derive(Default)]
pub(super) struct Draft {
    /// Texts of the inputs by field key.
    pub(super) values: HashMap<String, String>,
    /// Why it was refused.
    pub(super) problems: Vec<Problem>,
    /// What is said at a field beside that; without a key, in the summary.
    pub(super) remarks: Vec<(Option<String>, FieldProblem)>,
    /// A reference whose records are looked for, and the words.
    pub(super) find: Option<(String, String)>,
}

/// The frame of a form.
pub(super) struct Around {
    /// Title of the page.
    pub(super) title: String,
    /// The way here.
    pub(super) breadcrumb: Vec<(String, String)>,
    /// Where the form is posted.
    pub(super) address: String,
    /// Parameters that people do not see.
    pub(super) hidden: Vec<(String, String)>,
    /// Where cancelling leads.
    pub(super) cancel: String,
    /// Offer to go on with another new record.
    pub(super) save_and_new: bool,
}

/// Fields that people fill in, as far as they are on the form.
pub(super) fn editable(object: &Object) -> impl Iterator<Item = &Field> {
    object.writable_fields().filter(|field| field.key != "id")
}

/// What a form sent, by field; line ends as we store them.
pub(super) fn sent(object: &Object, posted: &Posted) -> HashMap<String, String> {
    let keys = editable(object).filter(|field| posted.all(&field.key).next().is_some());
    keys.map(|field| (field.key.clone(), posted.get(&field.key).replace("\r\n", "\n"))).collect()
}

/// The reference that "find" was pressed for.
pub(super) fn looked_for(posted: &Posted) -> Option<(String, String)> {
    let field = posted.get(FIND);
    (!field.is_empty()).then(|| (field.to_owned(), posted.get(&format!("{field}.find")).to_owned()))
}

/// Values for the engine, in the order of the object's fields.
pub(super) fn raw(object: &Object, values: &HashMap<String, String>) -> Vec<(String, Raw)> {
    editable(object).filter_map(|field| Some((field.key.clone(), Raw::Text(values.get(&field.key)?.clone())))).collect()
}

/// The page; after a refusal with its status.
pub(super) async fn page(visit: &Visit, object: &Object, draft: Draft, around: Around, refused: Option<&Refusal>) -> Outcome<Response> {
    let mut sections = sections(visit, object, &draft).await?;
    let problems = place_problems(visit, &mut sections, &draft);
    let content = Form {
        address: around.address,
        token: visit.session.csrf.clone(),
        hidden: around.hidden,
        sections,
        problems,
        request: refused.map(|_| visit.ctx.request.clone()),
        save: String::new(),
        save_and_new: around.save_and_new,
        cancel: Some(around.cancel),
        with_files: false,
    };
    let body = form(visit.locale(), &content);
    let section = urls::list(&object.key);
    let mut response = show(visit, &section, Page { title: around.title, breadcrumb: around.breadcrumb, body, ..Page::default() });
    if let Some(refusal) = refused {
        *response.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(response)
}

async fn sections(visit: &Visit, object: &Object, draft: &Draft) -> Outcome<Vec<FormSection>> {
    let texts = t(visit.locale());
    let mut sections = Vec::new();
    for group in by_origin(visit, object, editable(object)) {
        let mut controls = Vec::new();
        for field in group.keys.iter().filter_map(|key| object.field(key)) {
            controls.push(of_draft(visit, field, draft).await?);
        }
        let title = group.title.unwrap_or_else(|| texts.basics().to_owned());
        sections.push(FormSection { title, source: group.source, controls });
    }
    let mut assignment = Vec::new();
    for field in editable(object).filter(|field| field.is_system()) {
        // Codes of other systems are for imports; people see them only where there is one.
        let rare = field.key == "external_id" && draft.values.get(&field.key).is_none_or(String::is_empty);
        if !rare {
            assignment.push(of_draft(visit, field, draft).await?);
        }
    }
    if !assignment.is_empty() {
        sections.push(FormSection::new(texts.assignment(), assignment));
    }
    Ok(sections)
}

async fn of_draft(visit: &Visit, field: &Field, draft: &Draft) -> Outcome<Control> {
    let typed = draft.values.get(&field.key).map(String::as_str).unwrap_or_default();
    let words = draft.find.as_ref().filter(|(key, _)| *key == field.key).map(|(_, words)| words.as_str()).unwrap_or_default();
    control(visit, field, typed, words).await
}

/// Puts each problem at its field; those of no field on the form are returned.
fn place_problems(visit: &Visit, sections: &mut [FormSection], draft: &Draft) -> Vec<FieldProblem> {
    let own = draft.problems.iter().map(|problem| (problem.field.clone(), field_problem(&visit.ctx, problem)));
    let mut rest = Vec::new();
    for (key, problem) in draft.remarks.iter().cloned().chain(own) {
        let control = sections.iter_mut().flat_map(|s| &mut s.controls).find(|c| Some(&c.name) == key.as_ref());
        match control {
            Some(control) => control.problems.push(problem),
            None => rest.push(problem),
        }
    }
    rest
}

/// What to say after a save: the sentence, and whatever should be known about it.
pub(super) fn done(visit: &Visit, sentence: String, saved: &Saved) -> Flash {
    if saved.infos.is_empty() {
        return Flash::done(sentence);
    }
    let notes: Vec<String> = saved.infos.iter().map(|info| problem_words(&visit.ctx, info)).collect();
    Flash { tone: Tone::Warn, ..Flash::done(format!("{sentence} · {}", notes.join(" · "))) }
}
