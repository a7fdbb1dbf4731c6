//! The rights of a role on the fields of one object, as a second matrix.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Redirect, Response};
use guanxi_core::meta::{Field, Object};
use guanxi_core::policy::{FieldRight, Role, is_maskable};
use maud::{Markup, html};

use super::super::{Admin, AdminPosted, addresses};
use super::{Tab, objects, role_page};
use crate::engine::{Outcome, Refusal};
use crate::texts::{Texts, t};
use crate::ui::components::button::{Button, button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::form::token_field;
use crate::ui::components::matrix::{Cell, Matrix, MatrixRow, matrix};
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::visit::{Posted, Visit, answer};

/// The object whose fields are shown where none is named.
const FIRST: &str = "customer";

/// `GET /admin/roles/{key}/fields?object=…` of the picker without script.
pub(super) async fn choose(_: Admin, Path(key): Path<String>, params: super::super::super::params::Params) -> Redirect {
    let object = Some(params.get("object")).filter(|object| !object.is_empty()).unwrap_or(FIRST);
    Redirect::to(&addresses::role_fields_of(&key, object))
}

/// `GET /admin/roles/{key}/fields/{object}`
pub(super) async fn show(Admin(visit): Admin, Path((key, object)): Path<(String, String)>) -> Response {
    let shown: Outcome<Response> = async {
        let role = visit.engine().get_role(&visit.ctx, &key).await?;
        let object = find(&visit, &object)?;
        Ok(page(&visit, &role, &object, None))
    }
    .await;
    answer(&visit, shown)
}

/// `POST /admin/roles/{key}/fields/{object}`
pub(super) async fn submit(Path((key, object)): Path<(String, String)>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let object = find(visit, &object)?;
        let before = visit.engine().get_role(&visit.ctx, &key).await?;
        let seen = posted.get("revision").parse().unwrap_or(before.revision);
        let mut role = Role::clone(&before);
        read(&posted, &object, &mut role);
        match visit.engine().put_role(&visit.ctx, role.clone(), Some(seen)).await {
            Ok(saved) => {
                let words = t(visit.locale()).role_saved(saved.label.get(visit.locale()));
                Ok(flash::redirect(&visit.app, &addresses::role_fields_of(&key, &object.key), &Flash::done(words)))
            }
            Err(refusal) => {
                role.revision = before.revision;
                Ok(page(visit, &role, &object, Some(&refusal)))
            }
        }
    }
    .await;
    answer(visit, saved.map(IntoResponse::into_response))
}

fn find(visit: &Visit, key: &str) -> Outcome<Arc<Object>> {
    let found = objects(visit).find(|object| object.key == key).cloned();
    found.ok_or_else(|| Refusal::not_found(&format!("object `{key}`")))
}

/// The fields that a role may limit.
fn limitable(object: &Object) -> impl Iterator<Item = &Field> {
    object.own_fields()
}

fn name(field: &Field) -> String {
    format!("f.{}", field.key)
}

/// What is not on the form (hidden fields) stays as it is.
fn read(posted: &Posted, object: &Object, role: &mut Role) {
    let rights = role.fields.entry(object.key.clone()).or_default();
    for field in limitable(object) {
        match FieldRight::parse(posted.get(&name(field))) {
            Some(FieldRight::Edit) | None => rights.remove(&field.key),
            Some(right) => rights.insert(field.key.clone(), right),
        };
    }
    if rights.is_empty() {
        role.fields.remove(&object.key);
    }
}

fn page(visit: &Visit, role: &Role, object: &Object, refusal: Option<&Refusal>) -> Response {
    let texts = t(visit.locale());
    let limited = role.fields.get(&object.key).map_or(0, |fields| fields.len() as u64);
    let shown = rights(visit, role, object);
    let hint = (limited > 0).then(|| texts.limited_fields(limited));
    let rights = html! {
        p.dim { (texts.role_fields_hint()) }
        (card(&Card { hint, ..Card::flush(object.label.get(visit.locale()), matrix(&shown)) }))
    };
    let content = html! {
        (picker(visit, role, object))
        @if shown.read_only { div.stack { (rights) } } @else {
            form.stack method="post" action=(addresses::role_fields_of(&role.key, &object.key)) {
                (token_field(&visit.session.csrf))
                input type="hidden" name="revision" value=(role.revision);
                (rights)
                div.actions { (button(&Button::submit(texts.save()).primary().big().key("Ctrl S"))) }
            }
        }
    };
    role_page(visit, role, Tab::Fields, refusal, content)
}

/// Which object's fields; those with limits say how many.
fn picker(visit: &Visit, role: &Role, shown: &Object) -> Markup {
    let texts = t(visit.locale());
    let words = |object: &Object| {
        let name = object.label.get(visit.locale());
        match role.fields.get(&object.key).map_or(0, |fields| fields.len() as u64) {
            0 => name.to_owned(),
            count => format!("{name} · {}", texts.limited_fields(count)),
        }
    };
    html! {
        form."row wrap" method="get" action=(addresses::role_fields(&role.key)) {
            label for="object" { (texts.of_object()) }
            select."in picker" id="object" name="object" {
                @for object in objects(visit) { option value=(object.key) selected[object.key == shown.key] { (words(object)) } }
            }
            (button(&Button::submit(texts.show())))
        }
    }
}

fn rights(visit: &Visit, role: &Role, object: &Object) -> Matrix {
    let texts = t(visit.locale());
    let row = |field: &Field| {
        let right = role.field(&object.key, &field.key);
        let cell = |each: FieldRight| {
            let veils = matches!(each, FieldRight::Mask | FieldRight::Pseudonym);
            if veils && !is_maskable(&field.kind) && each != right {
                return Cell::Fixed(String::new());
            }
            Cell::Radio { name: name(field), value: each.name().into(), checked: each == right }
        };
        let label = field.label.get(visit.locale()).to_owned();
        MatrixRow { label, hint: field.key.clone(), own: None, cells: FieldRight::ALL.map(cell).to_vec() }
    };
    Matrix {
        label: texts.role_fields_tab().into(),
        rows_label: texts.field().into(),
        columns: FieldRight::ALL.map(|right| words(texts, right).to_owned()).to_vec(),
        groups: vec![(String::new(), limitable(object).map(row).collect())],
        read_only: role.administrator || visit.ctx.is_viewing(),
    }
}

/// A right on a field, in words.
pub(in super::super) fn words(texts: Texts, right: FieldRight) -> &'static str {
    match right {
        FieldRight::None => texts.field_right_none(),
        FieldRight::Mask => texts.field_right_mask(),
        FieldRight::Pseudonym => texts.field_right_pseudonym(),
        FieldRight::Read => texts.field_right_read(),
        FieldRight::Edit => texts.field_right_edit(),
    }
}
