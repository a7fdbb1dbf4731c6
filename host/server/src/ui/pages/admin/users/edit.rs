//! A user's name, place, roles, and whether the user is active.

use axum::extract::Path;
use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::super::problems::place;
use super::super::{Admin, AdminPosted, Area, addresses, below};
use super::form::{Typed, form};
use super::{places, text, user_of};
use crate::engine::{Change, Outcome, Refusal, SaveOptions};
use crate::texts::t;
use crate::ui::components::button::{Button, button, post_button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::form::form as form_markup;
use crate::ui::components::icon::Icon;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::layout::{Body, Page};
use crate::ui::urls;
use crate::ui::visit::{Posted, Visit, answer};

/// `GET /admin/users/{id}`
pub(super) async fn show(Admin(visit): Admin, Path(id): Path<String>) -> Response {
    let shown: Outcome<Response> = async {
        let user = user_of(&visit, &id).await?;
        let roles = visit.engine().roles_of(&visit.ctx, user.id).await?;
        page(&visit, &Typed::of(&user, roles), user.id, user.version, &text(&user, "name"), None).await
    }
    .await;
    answer(&visit, shown)
}

/// `POST /admin/users/{id}`
pub(super) async fn submit(Path(id): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let visit = &posted.visit;
    let saved: Outcome<Response> = async {
        let user = user_of(visit, &id).await?;
        let typed = Typed::posted(&posted);
        let version = posted.get("version").parse().unwrap_or(user.version);
        let name = text(&user, "name");
        if typed.is_search() {
            return page(visit, &typed, user.id, version, &name, None).await;
        }
        match save(visit, &posted, &typed, user.id, version).await {
            Ok(()) => {
                let words = t(visit.locale()).record_saved(&typed.name);
                Ok(flash::redirect(&visit.app, addresses::USERS, &Flash::done(words)))
            }
            // Whoever saves again after a conflict has seen that there was one.
            Err(refusal) => page(visit, &typed, user.id, user.version, &name, Some(&refusal)).await,
        }
    }
    .await;
    answer(visit, saved)
}

/// The fields are tried first, so that nobody gets roles by a form that was refused.
async fn save(visit: &Visit, posted: &Posted, typed: &Typed, id: Uuid, version: i64) -> Outcome<()> {
    let (engine, ctx) = (visit.engine(), &visit.ctx);
    let options = |dry_run| SaveOptions { dry_run, confirm: posted.confirmed(), ..SaveOptions::default() };
    let change = || Change::Update { object: "user".into(), id, expect: Some(version), fields: typed.fields() };
    let first = |outcomes: Vec<crate::engine::ItemOutcome>| outcomes.into_iter().next().map_or(Ok(()), |item| item.map(|_| ()));
    first(engine.save(ctx, vec![change()], options(true)).await?)?;
    let mut roles = engine.roles_of(ctx, id).await?;
    roles.sort_by_key(|key| typed.roles.iter().position(|wished| wished == key));
    if roles != typed.roles {
        engine.set_roles(ctx, id, &typed.roles).await?;
    }
    first(engine.save(ctx, vec![change()], options(false)).await?)
}

async fn page(visit: &Visit, typed: &Typed, id: Uuid, version: i64, name: &str, refusal: Option<&Refusal>) -> Outcome<Response> {
    let mut content = form(visit, typed, Some(id), version).await?;
    if let Some(refusal) = refusal {
        place(visit, &mut content, refusal, &[]);
    }
    let page = Page {
        title: name.to_owned(),
        breadcrumb: Area::Users.way(visit),
        actions: Some(actions(visit, id)),
        layout: Body::Cards,
        body: html! { (card(&Card::new(t(visit.locale()).user(), form_markup(visit.locale(), &content)))) (places::card(visit, id).await?) },
        ..Page::default()
    };
    let mut response = below(visit, page);
    if let Some(refusal) = refusal {
        *response.status_mut() = axum::http::StatusCode::from_u16(refusal.status).unwrap_or_default();
    }
    Ok(response)
}

fn actions(visit: &Visit, id: Uuid) -> Markup {
    let texts = t(visit.locale());
    html! {
        (button(&Button::link(texts.in_list_of_users(), urls::record("user", id)).icon(Icon::User).wide_only()))
        @if visit.ctx.actor.user != Some(id) {
            (post_button(addresses::VIEW_AS, &visit.session.csrf, &[("user", &id.to_string()), ("return", &addresses::user(id))], &Button::submit(texts.see_as_user()).icon(Icon::Eye).wide_only()))
        }
        (button(&Button::link(texts.admin_explain(), addresses::explain(id)).icon(Icon::Shield).wide_only()))
        (button(&Button::link(texts.transfer_records(), addresses::transfer(id)).icon(Icon::Users)))
        (button(&Button::link(texts.set_password(), addresses::password(id)).icon(Icon::Key)))
    }
}
