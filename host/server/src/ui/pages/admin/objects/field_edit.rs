//! What may change of a field that is there; and the ways to remove it, to show it again and to give it another type.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::Problem;
use guanxi_core::meta::{Field, FieldKind, Label, Object, SelectOption};
use maud::{Markup, html};

use super::super::problems::place;
use super::super::{Admin, AdminPosted, addresses, below, status_of};
use super::field_form::{edit, place_options};
use super::field_type::typed_of;
use super::typed::Typed;
use super::{aliases, field_of, object_of, options, way};
use crate::engine::{FieldPatch, Outcome, Raw, Refusal};
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, ButtonKind, button, post_button};
use crate::ui::components::form::{Form, form};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Flash, Note, note};
use crate::ui::flash;
use crate::ui::layout::{Body, Page};
use crate::ui::visit::{Visit, answer};

/// `GET /admin/objects/{object}/fields/{field}`
pub(super) async fn show(Admin(visit): Admin, Path((key, field)): Path<(String, String)>) -> Response {
    let shown = object_of(&visit, &key).and_then(|object| {
        let field = field_of(&object, &field)?;
        Ok(page(&visit, &object, field, &edit(&visit, &object, field, &typed_of(&visit, field)), None))
    });
    answer(&visit, shown)
}

/// `POST /admin/objects/{object}/fields/{field}`
pub(super) async fn submit(Path((key, field)): Path<(String, String)>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let object = object_of(visit, &key)?;
        let field = field_of(&object, &field)?;
        let old = typed_of(visit, field);
        let typed = shown_again(&old, &Typed::posted(&posted));
        let has_list = matches!(field.kind, FieldKind::Select { .. } | FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. });
        let is_tree = matches!(field.kind, FieldKind::TreeSelect { .. });
        let read = has_list.then(|| options::read(t(visit.locale()), typed.raw("field_options"), field.options(), is_tree));
        // What cannot be read is refused by the engine, together with the rest.
        let list = read.as_ref().map(|options| options.clone().unwrap_or_default());
        let patch = patch(field, &old, &typed, list);
        match visit.engine().update_field(&visit.ctx, &key, &field.key, patch).await {
            Ok(_) => {
                let words = t(visit.locale()).record_saved(typed.label("label").get(visit.locale()));
                Ok(flash::redirect(&visit.app, &addresses::object(&key), &Flash::done(words)))
            }
            Err(refusal) => {
                let refusal = about_controls(field, refusal);
                let mut form = edit(visit, &object, field, &typed);
                place(visit, &mut form, &refusal, &aliases());
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

/// What was sent, and what the form only shows.
fn shown_again(old: &Typed, sent: &Typed) -> Typed {
    let mut typed = sent.clone();
    for name in ["key", "field_type", "format", "roll_source", "roll_function", "roll_field", "roll_condition"] {
        typed.set(name, old.raw(name));
    }
    typed
}

/// Only what differs, so that what others declared is not touched by looking at it.
fn patch(field: &Field, old: &Typed, typed: &Typed, list: Option<Vec<SelectOption>>) -> FieldPatch {
    let label = |name: &str| (old.label(name) != typed.label(name)).then(|| typed.label(name));
    let emptied = |label: Label| Some(label).filter(|label| !label.zh.is_empty());
    // A control that the form does not have holds nothing, and says nothing.
    let text = |name: &str, offered: bool| (offered && lines(old.raw(name)) != lines(typed.raw(name))).then(|| typed.given(name));
    let flag = |name: &str| (old.is_ticked("flags", name) != typed.is_ticked("flags", name)).then(|| typed.is_ticked("flags", name));
    let filled = field.computed.is_none() && field.is_stored();
    let is_text = filled && matches!(field.kind, FieldKind::Text { .. });
    FieldPatch {
        label: label("label"),
        help: label("help").map(emptied),
        group: label("group").map(emptied),
        mask: text("mask", filled && field.kind.has_normal_key()),
        default: text("default", filled).map(|given| given.map(Raw::Text)),
        show_if: text("show_if", true),
        require_if: text("require_if", filled),
        read_only_if: text("read_only_if", filled),
        required: flag("required").filter(|_| field.is_stored()),
        unique: flag("unique").filter(|_| field.is_stored()),
        indexed: flag("indexed").filter(|_| field.is_stored()),
        searchable: flag("unsearched").map(|off| !off).filter(|_| guanxi_core::search::family(&field.kind).is_some()),
        options: list.filter(|list| list.as_slice() != field.options()),
        max: text("field_max", is_text).map(|given| given.and_then(|text| text.parse().ok()).unwrap_or(0)),
        formula: text("formula", field.type_name() == "formula").map(Option::unwrap_or_default),
        ..FieldPatch::default()
    }
}

/// Browsers send line ends of their own.
fn lines(text: &str) -> String {
    text.trim().replace("\r\n", "\n")
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
    };
    let page = Page {
        title: field.label.get(visit.locale()).to_owned(),
        breadcrumb: way(visit, object),
        beside: field.hidden.then(|| badge(Tone::Warn, texts.property_hidden())),
        actions: Some(actions(visit, object, field)),
        layout: Body::Padded,
        body,
        ..Page::default()
    };
    let mut response = below(visit, page);
    if let Some(refusal) = refusal {
        *response.status_mut() = status_of(refusal);
    }
    response
}

fn actions(visit: &Visit, object: &Object, field: &Field) -> Markup {
    let texts = t(visit.locale());
    let retype = Button::link(texts.change_type(), addresses::retype_field(&object.key, &field.key)).icon(Icon::Refresh);
    html! {
        @if field.origin == guanxi_core::meta::Origin::Tenant && field.computed.is_none() && field.is_stored() { (button(&retype)) }
        @if field.hidden {
            (post_button(&addresses::hide_field(&object.key, &field.key), &visit.session.csrf, &[("hidden", "false")],
                &Button::submit(texts.show()).icon(Icon::Eye)))
        }
        (button(&Button::link(texts.uses_and_removal(), addresses::remove_field(&object.key, &field.key)).kind(ButtonKind::Plain).icon(Icon::EyeOff)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_differs_is_sent() {
        let mut field = Field::new("x_a", Label::new("甲", "A"), FieldKind::Text { max: 40 });
        field.conditions.show = Some("x_b\n  > 1".into());
        let mut old = Typed::default();
        for (name, text) in [("label_zh", "甲"), ("label_en", "A"), ("field_max", "40"), ("show_if", "x_b\n  > 1"), ("flags", "required")]
        {
            old.set(name, text);
        }
        let mut typed = old.clone();
        typed.set("show_if", "x_b\r\n  > 1");
        assert!(is_nothing(&patch(&field, &old, &typed, None)));
        typed.set("show_if", "");
        typed.set("flags", "unique");
        typed.set("field_max", "lots");
        typed.set("group_en", "Sizes");
        let found = patch(&field, &old, &typed, None);
        assert_eq!((found.show_if, found.required, found.unique, found.max), (Some(None), Some(false), Some(true), Some(0)));
        assert_eq!(found.group, Some(Some(Label::new("Sizes", "Sizes"))));
    }

    fn is_nothing(patch: &FieldPatch) -> bool {
        format!("{patch:?}") == format!("{:?}", FieldPatch::default())
    }
}
