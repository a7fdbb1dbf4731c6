//! Another type for a field: the form, the preview of what becomes of its values, and the change.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::{Field, Object, Origin};
use maud::{Markup, html};

use super::super::problems::{self, place};
use super::super::words::{field_detail, kind_words};
use super::super::{Admin, AdminPosted, addresses, below, status_of};
use super::field_form::{place_options, retype};
use super::field_remove::uses_table;
use super::field_type::{has_options, new_field, typed_of};
use super::typed::Typed;
use super::{aliases, field_of, object_of, options, way};
use crate::engine::{FieldUse, Outcome, Refusal, TypePreview};
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::form::{Form, form, token_field};
use crate::ui::components::note::{Flash, Note, note};
use crate::ui::components::table::{Column, Row, Table, plain_table};
use crate::ui::layout::{Body, Page};
use crate::ui::visit::{Visit, answer};
use crate::ui::{flash, urls};

/// The parameter by which the preview asks for the change itself: `change`, or `lossy` when values may be emptied.
const STEP: &str = "step";

/// `GET /admin/objects/{object}/fields/{field}/type`
pub(super) async fn show(Admin(visit): Admin, Path((key, field)): Path<(String, String)>) -> Response {
    let page: Outcome<Response> = async {
        let object = object_of(&visit, &key)?;
        let field = field_of(&object, &field)?;
        let uses = blocking(&visit, &object, field).await?;
        Ok(form_page(&visit, &object, field, &retype(&visit, &object, field, &typed_of(&visit, field)), &uses, None))
    }
    .await;
    answer(&visit, page)
}

/// `POST /admin/objects/{object}/fields/{field}/type` shows what would become of the values; with `step` it is done.
pub(super) async fn submit(Path((key, field)): Path<(String, String)>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let done: Outcome<Response> = async {
        let object = object_of(visit, &key)?;
        let field = field_of(&object, &field)?;
        let typed = Typed::posted(&posted);
        let kind = typed.get("field_type");
        let read = if has_options(kind) {
            options::read(t(visit.locale()), typed.raw("field_options"), &[], kind == "tree_select")
        } else {
            Ok(Vec::new())
        };
        let new = new_field(&typed, read.clone().unwrap_or_default());
        let step = typed.get(STEP);
        let refused = if step.is_empty() {
            match visit.engine().preview_type(&visit.ctx, &key, &field.key, new).await {
                Ok(preview) => return Ok(preview_page(visit, &object, field, &typed, &preview)),
                Err(refusal) => refusal,
            }
        } else {
            let (app, ctx, lossy) = (visit.app.clone(), visit.ctx.clone(), step == "lossy");
            let (object_key, field_key) = (key.clone(), field.key.clone());
            // A browser that goes away does not stop it half-way.
            let changing = tokio::spawn(async move { app.engine.change_type(&ctx, &object_key, &field_key, new, lossy).await });
            match changing.await.map_err(|error| Refusal::internal(&error))? {
                Ok(_) => {
                    let words = t(visit.locale()).type_changed(field.label.get(visit.locale()));
                    return Ok(flash::redirect(&visit.app, &addresses::field(&key, &field.key), &Flash::done(words)));
                }
                Err(refusal) => refusal,
            }
        };
        let mut form = retype(visit, &object, field, &typed);
        place(visit, &mut form, &refused, &aliases());
        if let Err(wrong) = read {
            place_options(&mut form, wrong);
        }
        let uses = blocking(visit, &object, field).await?;
        Ok(form_page(visit, &object, field, &form, &uses, Some(&refused)))
    }
    .await;
    answer(visit, done)
}

async fn blocking(visit: &Visit, object: &Object, field: &Field) -> Outcome<Vec<FieldUse>> {
    let uses = visit.engine().field_uses(&visit.ctx, &object.key, &field.key).await?;
    Ok(uses.into_iter().filter(|one| one.blocks).collect())
}

fn form_page(visit: &Visit, object: &Object, field: &Field, content: &Form, uses: &[FieldUse], refusal: Option<&Refusal>) -> Response {
    let texts = t(visit.locale());
    let leads = field.kind.target().is_some() || matches!(field.kind.name(), "any_reference" | "file");
    let possible = field.origin == Origin::Tenant && field.computed.is_none() && !leads;
    let body = html! {
        p.dim.space { (texts.type_now()) " " b { (field_detail(visit, field)) } }
        @if !possible { (note(&Note::new(Tone::Warn, texts.change_type_impossible(), ""))) }
        @else {
            @if !uses.is_empty() {
                div.part.space { (note(&Note::new(Tone::Warn, texts.uses_blocking_type(uses.len() as u64), ""))) (uses_table(visit, uses)) }
            }
            (form(visit.locale(), content))
        }
    };
    let mut response =
        below(visit, frame(visit, object, field, &texts.change_type_of(field.label.get(visit.locale())), Body::Padded, body));
    if let Some(refusal) = refusal {
        *response.status_mut() = status_of(refusal);
    }
    response
}

fn frame(visit: &Visit, object: &Object, field: &Field, title: &str, layout: Body, body: Markup) -> Page {
    let mut breadcrumb = way(visit, object);
    breadcrumb.push((field.label.get(visit.locale()).to_owned(), addresses::field(&object.key, &field.key)));
    Page { title: title.to_owned(), breadcrumb, layout, body, ..Page::default() }
}

fn preview_page(visit: &Visit, object: &Object, field: &Field, typed: &Typed, preview: &TypePreview) -> Response {
    let (locale, texts) = (visit.locale(), t(visit.locale()));
    let number = |count: u64| html! { (count) };
    let figures = [
        (texts.preview_with_value(), preview.with_value, true),
        (texts.preview_convertible(), preview.convertible, true),
        (texts.preview_unconvertible(), preview.unconvertible, true),
        (texts.preview_lost_scale(), preview.lost_scale, preview.lost_scale > 0),
        (texts.preview_lost_length(), preview.lost_length, preview.lost_length > 0),
    ];
    let counts = Table {
        label: texts.preview().to_owned(),
        columns: vec![Column::new(texts.preview_value()), Column::number(texts.preview_times())],
        rows: figures
            .iter()
            .filter(|(.., shown)| *shown)
            .map(|(words, count, _)| Row { href: None, cells: vec![html! { (words) }, number(*count)] })
            .collect(),
        total: None,
    };
    let groups = Table {
        label: texts.preview_groups().to_owned(),
        columns: vec![Column::new(texts.preview_value()), Column::number(texts.preview_times())],
        rows: preview
            .groups
            .iter()
            .map(|(value, count)| Row { href: None, cells: vec![html! { code.mono { (value) } }, number(*count)] })
            .collect(),
        total: None,
    };
    let examples = Table {
        label: texts.preview_examples().to_owned(),
        columns: vec![Column::new(texts.preview_record()), Column::new(texts.preview_value()), Column::new(texts.preview_reason())],
        rows: preview
            .examples
            .iter()
            .map(|one| Row {
                href: Some(urls::record(&object.key, one.id)),
                cells: vec![html! { (one.title) }, html! { code.mono { (one.value) } }, html! { (problems::words(visit, &one.problem)) }],
            })
            .collect(),
        total: None,
    };
    let lossy = preview.unconvertible > 0;
    let body = html! {
        @if lossy { (note(&Note::new(Tone::Warn, format!("{} {}", texts.preview_unconvertible(), preview.unconvertible), texts.change_type_kept()))) }
        @else { (note(&Note::new(Tone::Ok, texts.preview_all_convert(), texts.change_type_kept()))) }
        (card(&Card::flush(texts.preview(), plain_table(locale, &counts))))
        @if !preview.groups.is_empty() { (card(&Card { count: Some(preview.groups.len().to_string()), ..Card::flush(texts.preview_groups(), plain_table(locale, &groups)) })) }
        @if !preview.examples.is_empty() { (card(&Card { count: Some(preview.examples.len().to_string()), ..Card::flush(texts.preview_examples(), plain_table(locale, &examples)) })) }
        form.row.wrap method="post" action=(addresses::retype_field(&object.key, &field.key)) data-once {
            (token_field(&visit.session.csrf))
            @for (name, value) in typed.all().filter(|(name, _)| name != STEP) { input type="hidden" name=(name) value=(value); }
            input type="hidden" name=(STEP) value=(if lossy { "lossy" } else { "change" });
            @if lossy { (button(&Button::submit(texts.change_type_lossy(preview.unconvertible)).kind(ButtonKind::Danger).big())) }
            @else { (button(&Button::submit(texts.change_type_do()).primary().big())) }
            (button(&Button::link(texts.back_to_form(), addresses::retype_field(&object.key, &field.key)).kind(ButtonKind::Quiet).big()))
        }
    };
    let title = texts.preview_title(field.label.get(locale), kind_words(texts, typed.get("field_type")));
    let mut page = frame(visit, object, field, &title, Body::Cards, body);
    page.beside = Some(badge(Tone::Warn, texts.preview_not_yet()));
    below(visit, page)
}
