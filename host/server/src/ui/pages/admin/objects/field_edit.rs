//! A field's names, hints, value list and flags; and the way to hide it or show it again.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::Problem;
use guanxi_core::meta::{Field, FieldKind, Object};
use maud::{Markup, html};

use super::super::problems::place;
use super::super::words::label;
use super::super::{Admin, AdminPosted, addresses, below};
use super::field_form::{ALIASES, Typed, edit, place_options};
use super::{object_of, options, way};
use crate::engine::{FieldPatch, Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, ButtonKind, button, post_button};
use crate::ui::components::dialog::{Dialog, dialog};
use crate::ui::components::form::{Form, form};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Flash, Note, note};
use crate::ui::flash;
use crate::ui::layout::{Body, Page};
use crate::ui::visit::{Visit, answer};

/// Names the dialog that asks before hiding.
const HIDE: &str = "hide-field";

/// `GET /admin/objects/{object}/fields/{field}`
pub(super) async fn show(Admin(visit): Admin, Path((key, field)): Path<(String, String)>) -> Response {
    let shown = object_of(&visit, &key).and_then(|object| {
        let field = field_of(&object, &field)?;
        Ok(page(&visit, &object, field, &edit(&visit, &object, field, &Typed::of(field)), None))
    });
    answer(&visit, shown)
}

/// `POST /admin/objects/{object}/fields/{field}`
pub(super) async fn submit(Path((key, field)): Path<(String, String)>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let object = object_of(visit, &key)?;
        let field = field_of(&object, &field)?;
        let typed = Typed { key: field.key.clone(), ..Typed::posted(&posted) };
        let is_select = matches!(field.kind, FieldKind::Select { .. });
        let read = is_select.then(|| options::read(t(visit.locale()), &typed.options, field.options()));
        let help = label(&typed.help_zh, &typed.help_en);
        let patch = FieldPatch {
            label: Some(label(&typed.label_zh, &typed.label_en)),
            help: Some((!help.zh.is_empty()).then_some(help)),
            required: Some(typed.required),
            unique: changed(field.unique, typed.unique),
            indexed: changed(field.indexed, typed.indexed),
            // What cannot be read is refused by the engine, together with the rest.
            options: read.as_ref().map(|options| options.clone().unwrap_or_default()),
            hidden: None,
            ..FieldPatch::default()
        };
        match visit.engine().update_field(&visit.ctx, &key, &field.key, patch).await {
            Ok(_) => {
                let name = label(&typed.label_zh, &typed.label_en);
                let words = t(visit.locale()).record_saved(name.get(visit.locale()));
                Ok(flash::redirect(&visit.app, &addresses::object(&key), &Flash::done(words)))
            }
            Err(refusal) => {
                let refusal = about_controls(field, refusal);
                let mut form = edit(visit, &object, field, &typed);
                place(visit, &mut form, &refusal, &ALIASES);
                if let Some(Err(wrong)) = read {
                    place_options(&mut form, wrong);
                }
                Ok(page(visit, &object, field, &form, Some(&refusal)))
            }
        }
    }
    .await;
    answer(visit, saved)
}

fn field_of<'o>(object: &'o Object, key: &str) -> Outcome<&'o Field> {
    object.fields.iter().find(|field| field.key == key && !field.is_system()).ok_or_else(|| Refusal::not_found(&format!("field `{key}`")))
}

fn changed(old: bool, new: bool) -> Option<bool> {
    (old != new).then_some(new)
}

/// Values that are there twice are a problem of the box that was ticked.
fn about_controls(field: &Field, mut refusal: Refusal) -> Refusal {
    for problem in &mut refusal.problems {
        if problem.code == "field.not_unique" && problem.field.as_deref() == Some(field.key.as_str()) {
            *problem = Problem { field: Some("unique".into()), ..problem.clone() };
        }
    }
    refusal
}

fn page(visit: &Visit, object: &Object, field: &Field, content: &Form, refusal: Option<&Refusal>) -> Response {
    let texts = t(visit.locale());
    let body = html! {
        @if field.hidden { div.part.space { (note(&Note::new(Tone::Warn, texts.field_hidden_note(), ""))) } }
        (form(visit.locale(), content))
        @if !field.hidden { (hide_dialog(visit, object, field)) }
    };
    let page = Page {
        title: field.label.get(visit.locale()).to_owned(),
        breadcrumb: way(visit, object),
        beside: field.hidden.then(|| badge(Tone::Warn, texts.property_hidden())),
        actions: Some(hide_button(visit, object, field)),
        layout: Body::Padded,
        body,
        ..Page::default()
    };
    let mut response = below(visit, page);
    if let Some(refusal) = refusal {
        *response.status_mut() = axum::http::StatusCode::from_u16(refusal.status).unwrap_or_default();
    }
    response
}

fn hide_button(visit: &Visit, object: &Object, field: &Field) -> Markup {
    let texts = t(visit.locale());
    if field.hidden {
        let show = Button::submit(texts.show()).icon(Icon::Eye);
        return post_button(&addresses::hide_field(&object.key, &field.key), &visit.session.csrf, &[("hidden", "false")], &show);
    }
    // A field that names or tracks the records stays.
    let needed = field.key == object.title || object.tracked.as_ref() == Some(&field.key);
    html! { @if !needed { (button(&Button::dialog(texts.hide(), HIDE).kind(ButtonKind::Danger).icon(Icon::EyeOff))) } }
}

fn hide_dialog(visit: &Visit, object: &Object, field: &Field) -> Markup {
    let texts = t(visit.locale());
    dialog(
        visit.locale(),
        &Dialog {
            id: HIDE.into(),
            title: texts.hide_field_question(field.label.get(visit.locale())),
            body: html! { p.dim { (texts.hide_field_hint()) } },
            address: addresses::hide_field(&object.key, &field.key),
            token: visit.session.csrf.clone(),
            hidden: vec![("hidden".into(), "true".into())],
            confirm: texts.hide().into(),
            danger: true,
        },
    )
}
