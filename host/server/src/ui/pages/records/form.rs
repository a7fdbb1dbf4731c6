//! The form of a record, new or not: sections by who brought the fields and by group, every problem at its field, the rest in the summary.

use std::collections::HashMap;

use axum::http::StatusCode;
use axum::response::Response;
use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::policy::FieldRight;
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::controls::{self, Typed};
use super::facts::by_origin;
use super::lines::{self, LinesDraft};
use crate::engine::{FormState, Outcome, Raw, Refusal, Saved, open_transitions};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::control::{Control, ControlKind, FieldProblem};
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
    /// Texts of the inputs by field key; for a reference to any object also the chosen kind, as `{key}.object`.
    pub(super) values: HashMap<String, String>,
    /// Lines by children field.
    pub(super) lines: HashMap<String, LinesDraft>,
    /// The same as they are stored.
    pub(super) stored: HashMap<String, LinesDraft>,
    /// Formatted values that nobody types.
    pub(super) shown: HashMap<String, String>,
    /// Which fields count, with what is typed.
    pub(super) state: FormState,
    /// The state that the stored record is in, by the field that holds it: it moves by declared ways only.
    pub(super) at: Option<(String, Value)>,
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
    /// The record that is changed.
    pub(super) record: Option<Uuid>,
}

/// Fields that people fill in, as far as they are on the form.
pub(super) fn editable(object: &Object) -> impl Iterator<Item = &Field> {
    object.writable_fields().filter(|field| field.key != "id")
}

/// What a form sent for a field under a name; line ends as we store them, lists separated by commas.
pub(super) fn text_of(field: &Field, name: &str, posted: &Posted) -> Option<String> {
    let mut all = posted.all(name).peekable();
    all.peek()?;
    if !field.kind.is_list() || matches!(field.kind, FieldKind::TreeSelect { .. }) {
        return all.last().map(|text| text.replace("\r\n", "\n"));
    }
    let mut chosen: Vec<&str> = Vec::new();
    for part in all.map(str::trim).filter(|part| !part.is_empty()) {
        if !chosen.contains(&part) {
            chosen.push(part);
        }
    }
    // Boxes come in the order of the list, which is also how the value is kept.
    if let FieldKind::MultiSelect { options } = &field.kind {
        chosen.sort_by_key(|code| options.iter().position(|option| option.code == *code));
    }
    Some(chosen.join(","))
}

/// What a form sent, by field.
pub(super) fn sent(object: &Object, posted: &Posted) -> HashMap<String, String> {
    let mut values = HashMap::new();
    for field in editable(object).filter(|field| field.is_stored()) {
        if let Some(text) = text_of(field, &field.key, posted) {
            values.insert(field.key.clone(), text);
        }
        let kind = format!("{}.object", field.key);
        if field.kind == FieldKind::AnyReference && posted.all(&kind).next().is_some() {
            let object = posted.get(&kind).to_owned();
            // Another kind of record was chosen: the record of the former kind is not meant any more.
            let former = values.get(&field.key).and_then(|text| text.split_once('/')).is_some_and(|(former, _)| former != object);
            if former {
                values.insert(field.key.clone(), String::new());
            }
            values.insert(kind, object);
        }
    }
    values
}

/// The lines that a form sent, by children field.
pub(super) fn sent_lines(visit: &Visit, object: &Object, posted: &Posted) -> HashMap<String, LinesDraft> {
    let fields = lines::fields(visit, object);
    fields.into_iter().filter_map(|(field, child)| Some((field.key.clone(), lines::posted(visit, field, &child, posted)?))).collect()
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
pub(super) async fn page(visit: &Visit, object: &Object, mut draft: Draft, around: Around, refused: Option<&Refusal>) -> Outcome<Response> {
    for (field, child) in lines::fields(visit, object) {
        let worked_out = draft.state.lines.get(&field.key);
        if let Some(lines) = draft.lines.get_mut(&field.key) {
            lines::complete(visit, &child, lines, worked_out, draft.stored.get(&field.key));
        }
    }
    let mut sections = sections(visit, object, &draft).await?;
    let problems = place_problems(visit, object, &mut sections, &draft);
    let with_files = object.fields.iter().any(|field| !field.hidden && field.kind == FieldKind::File);
    let content = Form {
        state: if draft.state.depends { state_address(object, &around) } else { String::new() },
        draft: format!(
            "{} {}/{}",
            visit.ctx.actor.user.unwrap_or_default(),
            object.key,
            around.record.map_or_else(|| "new".to_owned(), |id| id.to_string())
        ),
        address: around.address,
        token: visit.session.csrf.clone(),
        hidden: around.hidden,
        sections,
        problems,
        request: refused.map(|_| visit.ctx.request.clone()),
        save: String::new(),
        save_and_new: around.save_and_new,
        cancel: Some(around.cancel),
        with_files,
    };
    let body = form(visit.locale(), &content);
    let section = urls::list(&object.key);
    let mut response = show(visit, &section, Page { title: around.title, breadcrumb: around.breadcrumb, body, ..Page::default() });
    if let Some(refusal) = refused {
        *response.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(response)
}

fn state_address(object: &Object, around: &Around) -> String {
    let id = around.record.map(|id| id.to_string()).unwrap_or_default();
    urls::with_query(&urls::form_state(&object.key), &[("id", &id)])
}

async fn sections(visit: &Visit, object: &Object, draft: &Draft) -> Outcome<Vec<FormSection>> {
    let texts = t(visit.locale());
    let mut sections = Vec::new();
    let on_form = object.own_fields().filter(|field| !field.is_closed() || field.computed.is_some());
    for group in by_origin(visit, object, on_form) {
        let mut controls = Vec::new();
        for field in group.keys.iter().filter_map(|key| object.field(key)) {
            controls.extend(of_draft(visit, object, field, draft).await?);
        }
        let title = group.title.unwrap_or_else(|| texts.basics().to_owned());
        sections.push(FormSection { title, source: group.source, controls });
    }
    let mut assignment = Vec::new();
    for field in editable(object).filter(|field| field.is_system()) {
        // Codes of other systems are for imports; people see them only where there is one.
        let rare = field.key == "external_id" && draft.values.get(&field.key).is_none_or(String::is_empty);
        if !rare {
            assignment.extend(of_draft(visit, object, field, draft).await?);
        }
    }
    if !assignment.is_empty() {
        sections.push(FormSection::new(texts.assignment(), assignment));
    }
    Ok(sections)
}

async fn of_draft(visit: &Visit, object: &Object, field: &Field, draft: &Draft) -> Outcome<Option<Control>> {
    let locale = visit.locale();
    let right = visit.ctx.field_right(&object.key, &field.key);
    if right == FieldRight::None {
        return Ok(None);
    }
    let text = |key: &str| draft.values.get(key).map(String::as_str).unwrap_or_default();
    let mut control = match &field.kind {
        _ if field.computed.is_some() => {
            let value = draft.state.computed.iter().find(|(key, _)| *key == field.key);
            let now = value.map(|(_, value)| shown(visit, field, value));
            controls::computed(visit, object, field, now.or_else(|| draft.shown.get(&field.key).cloned()))
        }
        FieldKind::Children { target } => {
            let Some(child) = visit.ctx.snapshot.schema.object(target) else { return Ok(None) };
            let empty = LinesDraft::default();
            lines::control(visit, field, child, draft.lines.get(&field.key).unwrap_or(&empty), draft.find.as_ref()).await?
        }
        _ => {
            let words = draft.find.as_ref().filter(|(key, _)| *key == field.key).map(|(_, words)| words.as_str()).unwrap_or_default();
            let kind = format!("{}.object", field.key);
            controls::control(visit, field, Typed { text: text(&field.key), words, object: text(&kind) }).await?
        }
    };
    if let (ControlKind::Select { choices }, Some((_, at))) = (&mut control.kind, draft.at.as_ref().filter(|(key, _)| *key == field.key)) {
        let open = open_transitions(&visit.ctx, object, at);
        choices.retain(|choice| at.as_text() == Some(&choice.value) || open.iter().any(|one| one.to == choice.value));
    }
    control.away = draft.state.away.contains(&field.key);
    control.needed = draft.state.required.contains(&field.key);
    if draft.state.closed.contains(&field.key) {
        control.read_only = true;
        control.help = Some(t(locale).closed_now().to_owned());
    }
    if right < FieldRight::Edit && field.computed.is_none() {
        // What is shown may be a part of the value only, so it never comes back as one.
        control.read_only = true;
        control.help = Some(t(locale).closed_for_you().to_owned());
    }
    Ok(Some(control))
}

/// A computed value in one line.
pub(super) fn shown(visit: &Visit, field: &Field, value: &Value) -> String {
    crate::ui::value::text(&visit.ctx, &field.kind, value, None, crate::ui::format::MoneyStyle::Full)
}

/// Puts each problem at its field; those of no field on the form are returned.
fn place_problems(visit: &Visit, object: &Object, sections: &mut [FormSection], draft: &Draft) -> Vec<FieldProblem> {
    let own = draft.problems.iter().map(|problem| {
        let mut shown = field_problem(&visit.ctx, problem);
        let other = problem.params.iter().find(|(name, _)| name == "other").and_then(|(_, id)| id.as_text());
        let of_record = problem.field.as_ref().is_none_or(|field| !field.contains('.'));
        if let Some(other) = other.and_then(|id| Uuid::parse_str(id).ok()).filter(|_| of_record) {
            shown.link = Some((t(visit.locale()).open_other().to_owned(), urls::record(&object.key, other)));
        }
        (lines::place_of(problem, object).map_or_else(|| problem.field.clone(), |row| Some(first_cell(sections, &row))), shown)
    });
    let own: Vec<(Option<String>, FieldProblem)> = own.collect();
    let mut rest = Vec::new();
    for (key, problem) in draft.remarks.iter().cloned().chain(own) {
        let control = key.and_then(|key| sections.iter_mut().flat_map(|s| &mut s.controls).find_map(|c| c.find_mut(&key)));
        match control {
            Some(control) => control.problems.push(problem),
            None => rest.push(problem),
        }
    }
    rest
}

/// The first input of a line, by the line's name.
fn first_cell(sections: &[FormSection], row: &str) -> String {
    let start = format!("{row}.");
    sections
        .iter()
        .flat_map(FormSection::all)
        .find(|control| control.name.starts_with(&start))
        .map_or_else(|| row.to_owned(), |c| c.name.clone())
}

/// What to say after a save: the sentence, and whatever should be known about it.
pub(super) fn done(visit: &Visit, sentence: String, saved: &Saved) -> Flash {
    if saved.infos.is_empty() {
        return Flash::done(sentence);
    }
    let notes: Vec<String> = saved.infos.iter().map(|info| problem_words(&visit.ctx, info)).collect();
    Flash { tone: Tone::Warn, ..Flash::done(format!("{sentence} · {}", notes.join(" · "))) }
}
