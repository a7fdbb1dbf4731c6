//! Chosen records changed or deleted together: which fields and values, a preview, and the batch.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::policy::Function;
use maud::{Markup, html};
use uuid::Uuid;

use super::super::batches::{begun, count, report};
use super::super::params::Params;
use super::controls::{self, Typed};
use super::{form, may, name_in_sentence, name_of_many, object_of};
use crate::engine::{BulkOp, BulkRequest, ListRequest, Outcome, Raw, Refusal};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Action, Button, ButtonKind, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::control::{Choice, Control, ControlKind, control};
use crate::ui::components::form::token_field;
use crate::ui::components::icon::{Icon, icon};
use crate::ui::components::note::{Note, note};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::layout::{Body, Page};
use crate::ui::shell::show as show_page;
use crate::ui::urls;
use crate::ui::visit::{Posted, Visit, answer};
use crate::ui::words::{field_problem, problem_words};

/// Records that the preview of a delete names.
const EXAMPLES: usize = 10;

/// What was chosen, and what is to be done with it.
struct Asked {
    op: BulkOp,
    /// All that match `filter`, instead of `ids`.
    all: bool,
    filter: String,
    /// The order of the list, to come back to.
    sort: String,
    ids: Vec<Uuid>,
    /// Keys of the fields to change, in the order in which they were added.
    fields: Vec<String>,
    values: HashMap<String, String>,
    title: String,
    agreed: Vec<String>,
    /// A reference whose records are looked for, and the words.
    find: Option<(String, String)>,
}

impl Asked {
    fn new(object: &Object, pairs: &[(String, String)]) -> Self {
        let last = |name: &str| pairs.iter().rev().find(|(key, _)| key == name).map_or("", |(_, value)| value.trim());
        let all = |name: &'static str| pairs.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_str());
        let mut fields: Vec<String> = Vec::new();
        for key in all("field") {
            if changeable(object).any(|field| field.key == key) && !fields.iter().any(|known| known == key) {
                fields.push(key.to_owned());
            }
        }
        Self {
            op: if last("op") == "delete" { BulkOp::Delete } else { BulkOp::Update },
            all: !last("all").is_empty(),
            filter: last("filter").to_owned(),
            sort: last("sort").to_owned(),
            ids: all("id").filter_map(|id| Uuid::parse_str(id).ok()).collect(),
            fields,
            values: HashMap::new(),
            title: last("title").to_owned(),
            agreed: Vec::new(),
            find: None,
        }
    }

    fn posted(object: &Object, posted: &Posted) -> Self {
        let values = form::sent(object, posted);
        Self { values, agreed: report::agreed(posted), find: form::looked_for(posted), ..Self::new(object, &posted.fields) }
    }

    fn is_nothing(&self) -> bool {
        !self.all && self.ids.is_empty()
    }

    fn list(&self, object: &Object) -> String {
        urls::with_query(&urls::list(&object.key), &[("filter", &self.filter), ("sort", &self.sort)])
    }

    fn request(&self, object: &Object) -> BulkRequest {
        let text = |key: &String| self.values.get(key).cloned().unwrap_or_default();
        let set = match self.op {
            BulkOp::Update => self.fields.iter().map(|key| (key.clone(), Raw::Text(text(key)))).collect(),
            BulkOp::Delete => Vec::new(),
        };
        BulkRequest {
            object: object.key.clone(),
            op: self.op,
            filter: self.all.then(|| self.filter.clone()),
            ids: (!self.all).then(|| self.ids.clone()),
            set,
            title: Some(self.title.clone()).filter(|title| !title.is_empty()),
            confirm: self.agreed.clone(),
        }
    }

    /// Everything that was chosen, for the next step. Values are parameters of their own.
    fn hidden(&self) -> Vec<(&str, String)> {
        let op = if self.op == BulkOp::Delete { "delete" } else { "update" };
        let mut hidden = vec![("op", op.to_owned()), ("filter", self.filter.clone()), ("sort", self.sort.clone())];
        if self.all {
            hidden.push(("all", "1".to_owned()));
        } else {
            hidden.extend(self.ids.iter().map(|id| ("id", id.to_string())));
        }
        hidden
    }
}

/// Fields that can be changed for many records at once. Files and lines belong to one record each.
fn changeable(object: &Object) -> impl Iterator<Item = &Field> {
    form::editable(object).filter(|field| field.is_stored() && !matches!(field.kind, FieldKind::File | FieldKind::Children { .. }))
}

/// `GET /o/{object}/bulk?op=…&id=…` or `…&all=1&filter=…`
pub(super) async fn show(visit: Visit, Path(key): Path<String>, params: Params) -> Response {
    let shown: Outcome<Response> = async {
        let object = object_of(&visit, &key)?;
        let asked = Asked::new(&object, &params.0);
        allowed(&visit, &object, asked.op)?;
        match asked.op {
            _ if asked.is_nothing() => Ok(nothing_chosen(&visit, &object, &asked)),
            BulkOp::Update => values_page(&visit, &object, &asked, None).await,
            BulkOp::Delete => preview_page(&visit, &object, &asked).await,
        }
    }
    .await;
    answer(&visit, shown)
}

/// `POST /o/{object}/bulk` with `then`: `add` and `remove` a field, `edit`, `preview`, `run`.
pub(super) async fn submit(Path(key): Path<String>, posted: Posted) -> Response {
    let outcome = next(&key, &posted).await;
    answer(&posted.visit, outcome)
}

async fn next(key: &str, posted: &Posted) -> Outcome<Response> {
    let visit = &posted.visit;
    let object: Arc<Object> = object_of(visit, key)?;
    let mut asked = Asked::posted(&object, posted);
    allowed(visit, &object, asked.op)?;
    if asked.is_nothing() {
        return Ok(nothing_chosen(visit, &object, &asked));
    }
    let then = posted.get("then");
    let (step, field) = then.split_once(' ').unwrap_or((then, ""));
    if step == "remove" {
        asked.fields.retain(|known| known != field);
    }
    let new = posted.get("new_field");
    let added = !new.is_empty() && changeable(&object).any(|field| field.key == new) && !asked.fields.iter().any(|known| known == new);
    if added {
        asked.fields.push(new.to_owned());
    }
    match step {
        // A field that was only just chosen has no value yet: its control comes first.
        _ if added || asked.find.is_some() || ["add", "remove", "edit"].contains(&step) => values_page(visit, &object, &asked, None).await,
        _ if asked.op == BulkOp::Update && asked.fields.is_empty() => {
            let refusal = Refusal::from(guanxi_core::Problem::error("field.required", "choose a field").on("new_field"));
            values_page(visit, &object, &asked, Some(&refusal)).await
        }
        "run" => match visit.app.engine.bulk(&visit.ctx, asked.request(&object)).await {
            Ok(started) => Ok(begun(visit, &started)),
            Err(refusal) => again(visit, &object, &asked, refusal).await,
        },
        _ => preview_page(visit, &object, &asked).await,
    }
}

fn allowed(visit: &Visit, object: &Object, op: BulkOp) -> Outcome<()> {
    visit.ctx.must_not_be_viewing()?;
    let function = if op == BulkOp::Delete { Function::Delete } else { Function::Edit };
    if may(visit, object, function) { Ok(()) } else { Err(Refusal::denied(&format!("{}: {}", object.key, function.name()))) }
}

/// What is wrong with the values is said at them; everything else is a page of its own.
async fn again(visit: &Visit, object: &Object, asked: &Asked, refusal: Refusal) -> Outcome<Response> {
    if asked.op == BulkOp::Update && refusal.status == 422 { values_page(visit, object, asked, Some(&refusal)).await } else { Err(refusal) }
}

fn nothing_chosen(visit: &Visit, object: &Object, asked: &Asked) -> Response {
    let texts = t(visit.locale());
    let mut face = State::new(StateKind::Empty, texts.bulk_nothing_chosen(), texts.bulk_nothing_chosen_hint());
    face.actions.push(Button::link(texts.back(), asked.list(object)).primary());
    let mut response = page(visit, object, asked, Body::Padded, state(visit.locale(), &face));
    *response.status_mut() = StatusCode::UNPROCESSABLE_ENTITY;
    response
}

fn page(visit: &Visit, object: &Object, asked: &Asked, layout: Body, body: Markup) -> Response {
    let texts = t(visit.locale());
    let name = name_in_sentence(visit, object);
    let title = if asked.op == BulkOp::Delete { texts.bulk_delete_of(&name) } else { texts.bulk_edit_of(&name) };
    let breadcrumb = vec![(name_of_many(visit, object), asked.list(object))];
    show_page(visit, &urls::list(&object.key), Page { title, breadcrumb, layout, body, ..Page::default() })
}

/// How many records it is about; with a filter they are counted.
async fn about(visit: &Visit, object: &Object, asked: &Asked) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let number = match asked.all {
        false => asked.ids.len() as u64,
        true => {
            let request = ListRequest { filter: asked.filter.clone(), limit: 1, count: true, ..ListRequest::default() };
            visit.engine().list(&visit.ctx, &object.key, request).await?.count.map_or(0, |count| count.value)
        }
    };
    Ok(html! {
        p.row.wrap {
            b.strong { (texts.bulk_about(number)) }
            @if asked.all && !asked.filter.is_empty() { span.chip { code.mono { (asked.filter) } } }
            @if asked.all && asked.filter.is_empty() { span.tag.warn { (icon(Icon::Warn)) (texts.detail_all_records()) } }
        }
    })
}

/// The fields to change with their controls, and those that can be added.
async fn values_page(visit: &Visit, object: &Object, asked: &Asked, refusal: Option<&Refusal>) -> Outcome<Response> {
    let texts = t(visit.locale());
    let mut chosen: Vec<Control> = Vec::new();
    for field in asked.fields.iter().filter_map(|key| object.field(key)) {
        chosen.push(value_control(visit, field, asked).await?);
    }
    let mut rest = Vec::new();
    let mut picker = picker(visit, object, asked);
    for problem in refusal.iter().flat_map(|refusal| &refusal.problems) {
        let shown = field_problem(&visit.ctx, problem);
        match (problem.field.as_deref(), chosen.iter_mut().find(|control| Some(control.name.as_str()) == problem.field.as_deref())) {
            (_, Some(control)) => control.problems.push(shown),
            (Some("new_field"), None) => picker
                .problems
                .push(crate::ui::components::control::FieldProblem { text: texts.bulk_choose_field_first().to_owned(), ..shown }),
            _ => rest.push(problem_words(&visit.ctx, problem)),
        }
    }
    let title = Control::new("title", texts.bulk_title(), ControlKind::Text { max: Some(200) }).value(asked.title.as_str());
    let locale = visit.locale();
    let then = |value: String| Action::SubmitValue { name: "then".into(), value };
    let add = Button { action: then("add".into()), ..Button::submit(texts.bulk_add()).big().icon(Icon::Plus) };
    let look = Button { action: then("preview".into()), ..Button::submit(texts.bulk_preview()).primary().big() };
    let body = html! {
        form.edit method="post" action=(urls::bulk(&object.key)) novalidate data-form {
            // Enter in an input previews; it must not remove or look for something.
            div.sr aria-hidden="true" { button tabindex="-1" name="then" value="preview" { (texts.bulk_preview()) } }
            (token_field(&visit.session.csrf))
            (carried(asked))
            (about(visit, object, asked).await?)
            @for words in &rest { (note(&Note::new(Tone::Bad, words.clone(), ""))) }
            div.form {
                @for each in &chosen {
                    input type="hidden" name="field" value=(each.name);
                    div.wide.removable {
                        (control(locale, each))
                        @let remove = Button { action: then(format!("remove {}", each.name)), ..Button::submit(texts.bulk_remove_field(&each.label)).icon_only(Icon::Close).kind(ButtonKind::Quiet) };
                        (button(&remove))
                    }
                }
                div.wide.removable { (control(locale, &picker)) (button(&add)) }
                @if !chosen.is_empty() { (control(locale, &Control { wide: true, ..title.help(texts.bulk_title_help()) })) }
            }
            div.actions { (button(&look)) (button(&Button::link(texts.cancel(), asked.list(object)).kind(ButtonKind::Quiet).big().key("Esc"))) }
        }
    };
    let mut response = page(visit, object, asked, Body::Padded, body);
    if let Some(refusal) = refusal {
        *response.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY);
    }
    Ok(response)
}

async fn value_control(visit: &Visit, field: &Field, asked: &Asked) -> Outcome<Control> {
    let text = |key: &str| asked.values.get(key).map(String::as_str).unwrap_or_default();
    let words = asked.find.as_ref().filter(|(key, _)| *key == field.key).map(|(_, words)| words.as_str()).unwrap_or_default();
    let kind = format!("{}.object", field.key);
    let mut control = controls::control(visit, field, Typed { text: text(&field.key), words, object: text(&kind) }).await?;
    if !field.required && control.help.is_none() && !matches!(control.kind, ControlKind::Bool) {
        control.help = Some(t(visit.locale()).bulk_blank_clears().to_owned());
    }
    // Its box is wide already, with the button that takes it away.
    control.wide = false;
    Ok(control)
}

/// The fields that are not chosen yet.
fn picker(visit: &Visit, object: &Object, asked: &Asked) -> Control {
    let open = changeable(object).filter(|field| !asked.fields.contains(&field.key));
    let choices = open.map(|field| Choice::new(&field.key, field.label.get(visit.locale()))).collect();
    Control::new("new_field", t(visit.locale()).bulk_add_field(), ControlKind::Select { choices })
}

/// What was chosen before this step.
fn carried(asked: &Asked) -> Markup {
    html! { @for (name, value) in asked.hidden() { input type="hidden" name=(name) value=(value); } }
}

/// What would happen, and the button that makes it so.
async fn preview_page(visit: &Visit, object: &Object, asked: &Asked) -> Outcome<Response> {
    let found = match visit.engine().preview_bulk(&visit.ctx, asked.request(object)).await {
        Ok(found) => found,
        Err(refusal) => return again(visit, object, asked, refusal).await,
    };
    let texts = t(visit.locale());
    let then = |value: &str| Action::SubmitValue { name: "then".into(), value: value.into() };
    let changed = found.counts.changed;
    let delete = asked.op == BulkOp::Delete;
    let words = if delete { texts.bulk_delete_now(count(changed)) } else { texts.bulk_edit_now(count(changed)) };
    let run = Button { action: then("run"), ..Button::submit(words).big() };
    let run = if delete { run.kind(ButtonKind::Danger).icon(Icon::Trash) } else { run.primary() };
    let agree = !report::agreements(visit, &found).is_empty();
    let hint = if delete { texts.bulk_delete_hint() } else { texts.bulk_nothing_written_hint() };
    let told = report::preview(visit, Some(object), &found, false).await?;
    let gone = if delete && changed > 0 {
        examples(visit, object, asked).await?
    } else {
        html! {}
    };
    let body = html! {
        form.stack method="post" action=(urls::bulk(&object.key)) data-once {
            (token_field(&visit.session.csrf))
            (carried(asked))
            (typed(object, asked))
            (about(visit, object, asked).await?)
            @if changed > 0 { (note(&Note::new(Tone::Accent, texts.bulk_nothing_written(), hint))) }
            @else { (note(&Note::new(Tone::Warn, texts.bulk_nothing_to_do(), ""))) }
            (report::agreement_boxes(visit, &found, &asked.agreed))
            div.row.wrap {
                @if changed > 0 { (button(&run)) }
                @if agree { (button(&Button { action: then("preview"), ..Button::submit(texts.bulk_preview_again()).big() })) }
                @if !delete { (button(&Button { action: then("edit"), ..Button::submit(texts.bulk_back()).big() })) }
                (button(&Button::link(texts.cancel(), asked.list(object)).kind(ButtonKind::Quiet).big().key("Esc")))
            }
        }
        (told)
        (gone)
    };
    Ok(page(visit, object, asked, Body::Cards, body))
}

/// The first records that a delete is about, so that people see whether they mean these.
async fn examples(visit: &Visit, object: &Object, asked: &Asked) -> Outcome<Markup> {
    let ids: Vec<Uuid> = match asked.all {
        false => asked.ids.iter().take(EXAMPLES).copied().collect(),
        true => {
            let limit = u32::try_from(EXAMPLES).unwrap_or(u32::MAX);
            let request = ListRequest { filter: asked.filter.clone(), limit, ..ListRequest::default() };
            visit.engine().list(&visit.ctx, &object.key, request).await?.rows.into_iter().map(|(id, _)| id).collect()
        }
    };
    let titles = visit.engine().titles(&visit.ctx, &object.key, &ids).await?;
    let entry = |id: &Uuid| titles.get(id).map(|title| html! { li { a.link href=(urls::record(&object.key, *id)) { (title) } } });
    let list = html! { ul.items { @for entry in ids.iter().filter_map(entry) { (entry) } } };
    Ok(card(&Card::flush(t(visit.locale()).bulk_examples(), list)))
}

/// The values as they were typed, for the step after the preview.
fn typed(object: &Object, asked: &Asked) -> Markup {
    html! {
        @for field in asked.fields.iter().filter_map(|key| object.field(key)) {
            @let kind = format!("{}.object", field.key);
            input type="hidden" name="field" value=(field.key);
            @if let Some(object) = asked.values.get(&kind) { input type="hidden" name=(kind) value=(object); }
            input type="hidden" name=(field.key) value=(asked.values.get(&field.key).map(String::as_str).unwrap_or_default());
        }
        @if !asked.title.is_empty() { input type="hidden" name="title" value=(asked.title); }
    }
}

/// The form behind the boxes of a list, with what can be done with chosen rows; nothing where the visitor may do none of it.
pub(super) fn bar(visit: &Visit, object: &Object, filter: &str, sort: &str, matching: (u64, bool)) -> Option<Markup> {
    let texts = t(visit.locale());
    let (edit, delete) = (may(visit, object, Function::Edit), may(visit, object, Function::Delete));
    if !edit && !delete {
        return None;
    }
    let op = |value: &str| Action::SubmitValue { name: "op".into(), value: value.into() };
    let (number, exact) = matching;
    let number = crate::ui::format::count(number, exact, visit.locale());
    let all = if exact { texts.choose_all_matching(&number) } else { texts.choose_all_matching_about(&number) };
    Some(html! {
        form.bulk id=(FORM) method="get" action=(urls::bulk(&object.key)) role="toolbar" aria-label=(texts.bulk_actions()) {
            @for (name, value) in [("filter", filter), ("sort", sort)] { @if !value.is_empty() { input type="hidden" name=(name) value=(value); } }
            span.strong.num data-chosen=(texts.chosen_rows("{count}")) aria-live="polite" { (texts.chosen_rows_form()) }
            label.check { input type="checkbox" name="all" value="1"; span { (all) } }
            span.row {
                @if edit { (button(&Button { action: op("update"), ..Button::submit(texts.bulk_edit()).icon(Icon::Pen) })) }
                @if delete { (button(&Button { action: op("delete"), ..Button::submit(texts.bulk_delete()).icon(Icon::Trash).kind(ButtonKind::Danger) })) }
            }
        }
    })
}

/// The id of the list's form.
pub(super) const FORM: &str = "bulk";
