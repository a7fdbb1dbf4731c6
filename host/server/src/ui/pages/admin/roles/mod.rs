//! Roles: what each may do with which objects and fields, as matrices; new ones, copies, and who has them.

mod create;
mod fields;
mod general;
mod list;
mod matrix;
mod people;
mod remove;
mod rules;
mod save;
mod show;

pub(super) use fields::words as field_right_words;
use std::sync::Arc;

use axum::Router;
use axum::response::Response;
use axum::routing::{get, post};
use guanxi_core::meta::{Object, Origin, STAGES_SUFFIX};
use guanxi_core::policy::{Role, Template};
use maud::{Markup, html};

use super::{Area, addresses, below, problems};
use crate::app::App;
use crate::engine::Refusal;
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, ButtonKind, button, post_button};
use crate::ui::components::dialog::{Dialog, dialog};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::components::tabs::{Tab as Link, tabs};
use crate::ui::layout::{Body, Page};
use crate::ui::visit::Visit;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin/roles", get(list::handle))
        .route("/admin/roles/new", get(create::show).post(create::submit))
        .route("/admin/roles/{key}", get(show::handle).post(save::handle))
        .route("/admin/roles/{key}/fields", get(fields::choose))
        .route("/admin/roles/{key}/fields/{object}", get(fields::show).post(fields::submit))
        .route("/admin/roles/{key}/general", get(general::show).post(general::submit))
        .route("/admin/roles/{key}/people", get(people::handle))
        .route("/admin/roles/{key}/delete", post(remove::handle))
}

/// Names the dialog that asks before deleting.
const DELETE: &str = "delete-role";

/// The faces of a role.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Tab {
    Objects,
    Fields,
    General,
    People,
}

/// A role's page: head with its buttons, tabs, then the content.
fn role_page(visit: &Visit, role: &Role, tab: Tab, refusal: Option<&Refusal>, content: Markup) -> Response {
    let (texts, key) = (t(visit.locale()), role.key.as_str());
    let name = role.label.get(visit.locale());
    let links = [
        Link::new(texts.role_objects_tab(), addresses::role(key), tab == Tab::Objects),
        Link::new(texts.role_fields_tab(), addresses::role_fields(key), tab == Tab::Fields),
        Link::new(texts.role_general_tab(), addresses::role_general(key), tab == Tab::General),
        Link::new(texts.role_people_tab(), addresses::role_people(key), tab == Tab::People),
    ];
    let body = html! {
        (tabs(name, &links))
        div."page gray stack" {
            @if let Some(refusal) = refusal { (refused(visit, refusal)) }
            (content)
        }
        (delete_dialog(visit, role))
    };
    let beside = html! { code."mono faint only-wide" { (key) } span.only-wide { (kind_badge(visit, role)) } };
    let page = Page {
        title: name.to_owned(),
        breadcrumb: Area::Roles.way(visit),
        beside: Some(beside),
        actions: Some(actions(visit, role)),
        layout: Body::Flush,
        body,
        ..Page::default()
    };
    let mut response = below(visit, page);
    if let Some(refusal) = refusal {
        *response.status_mut() = super::status_of(refusal);
    }
    response
}

fn actions(visit: &Visit, role: &Role) -> Markup {
    let texts = t(visit.locale());
    let see = Button::submit(texts.see_as_role()).icon(Icon::Eye).wide_only();
    html! {
        (post_button(addresses::VIEW_AS, &visit.session.csrf, &[("role", &role.key)], &see))
        (button(&Button::link(texts.copy_role(), addresses::copy_role(&role.key)).icon(Icon::Plus)))
        @if role.origin == Origin::Tenant { (button(&Button::dialog(texts.delete_role(), DELETE).kind(ButtonKind::Danger).icon(Icon::Trash).wide_only())) }
    }
}

fn delete_dialog(visit: &Visit, role: &Role) -> Markup {
    let texts = t(visit.locale());
    if role.origin != Origin::Tenant {
        return html! {};
    }
    dialog(
        visit.locale(),
        &Dialog {
            id: DELETE.into(),
            title: texts.delete_role_question(role.label.get(visit.locale())),
            body: html! { p.dim { (texts.delete_role_hint()) } },
            address: addresses::delete_role(&role.key),
            token: visit.session.csrf.clone(),
            hidden: Vec::new(),
            confirm: texts.delete_role().into(),
            danger: true,
        },
    )
}

/// All problems of a refusal in one note.
fn refused(visit: &Visit, refusal: &Refusal) -> Markup {
    let words: Vec<String> = refusal.problems.iter().map(|problem| problems::words(visit, problem)).collect();
    note(&Note::new(Tone::Bad, t(visit.locale()).not_saved(words.len() as u64), words.join(" · ")))
}

/// A template, a plugin's, or the tenant's own.
fn kind_badge(visit: &Visit, role: &Role) -> Markup {
    let texts = t(visit.locale());
    match (role.template, &role.origin) {
        _ if role.administrator => badge(Tone::Accent, texts.administration()),
        (Some(Template::Internal), _) => badge(Tone::Neutral, texts.role_template_internal()),
        (Some(Template::External), _) => badge(Tone::Neutral, texts.role_template_external()),
        (None, origin) => badge(Tone::Neutral, &super::words::origin_words(visit, origin)),
    }
}

/// The objects of the matrices: lines follow their record, and histories of stages their object.
fn objects(visit: &Visit) -> impl Iterator<Item = &Arc<Object>> {
    visit.ctx.snapshot.schema.objects().filter(|object| object.parent.is_none() && !object.key.ends_with(STAGES_SUFFIX))
}
