//! One team, or a new one.

use axum::extract::Path;
use axum::response::Response;
use guanxi_store::Team;
use maud::{Markup, html};

use super::super::problems::place;
use super::super::{Admin, AdminPosted, Area, addresses, below, status_of};
use super::form::{Typed, form};
use super::id_of;
use crate::engine::{Outcome, Refusal};
use crate::texts::t;
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::dialog::{Dialog, dialog};
use crate::ui::components::form::form as form_markup;
use crate::ui::components::icon::Icon;
use crate::ui::components::note::Flash;
use crate::ui::flash;
use crate::ui::layout::Page;
use crate::ui::visit::{Posted, Visit, answer};

/// Names the dialog that asks before deleting.
const DELETE: &str = "delete-team";

/// `GET /admin/teams/new`
pub(super) async fn show_new(Admin(visit): Admin) -> Response {
    let shown = page(&visit, None, &Typed::default(), None).await;
    answer(&visit, shown)
}

/// `POST /admin/teams/new`
pub(super) async fn submit_new(AdminPosted(posted): AdminPosted) -> Response {
    let saved = save(&posted, None).await;
    answer(&posted.visit, saved)
}

/// `GET /admin/teams/{id}`
pub(super) async fn show(Admin(visit): Admin, Path(id): Path<String>) -> Response {
    let shown: Outcome<Response> = async {
        let team = visit.engine().get_team(&visit.ctx, id_of(&id)?).await?;
        page(&visit, Some(&team), &Typed::of(&team), None).await
    }
    .await;
    answer(&visit, shown)
}

/// `POST /admin/teams/{id}`
pub(super) async fn submit(Path(id): Path<String>, AdminPosted(posted): AdminPosted) -> Response {
    let saved: Outcome<Response> = async {
        let team = posted.visit.engine().get_team(&posted.visit.ctx, id_of(&id)?).await?;
        save(&posted, Some(&team)).await
    }
    .await;
    answer(&posted.visit, saved)
}

async fn save(posted: &Posted, team: Option<&Team>) -> Outcome<Response> {
    let visit = &posted.visit;
    let typed = Typed::posted(posted);
    if typed.find.is_some() {
        return page(visit, team, &typed, None).await;
    }
    let seen = posted.get("revision").parse().ok();
    match visit.engine().put_team(&visit.ctx, team.map(|team| team.id), &typed.name, typed.members(), seen).await {
        Ok(saved) => Ok(flash::redirect(&visit.app, addresses::TEAMS, &Flash::done(t(visit.locale()).record_saved(&saved.name)))),
        Err(refusal) => page(visit, team, &typed, Some(&refusal)).await,
    }
}

async fn page(visit: &Visit, team: Option<&Team>, typed: &Typed, refusal: Option<&Refusal>) -> Outcome<Response> {
    let texts = t(visit.locale());
    let mut content = form(visit, typed, team).await?;
    if let Some(refusal) = refusal {
        place(visit, &mut content, refusal, &[]);
    }
    let delete = button(&Button::dialog(texts.delete_team(), DELETE).kind(ButtonKind::Danger).icon(Icon::Trash));
    let body = html! {
        (form_markup(visit.locale(), &content))
        @if let Some(team) = team { (delete_dialog(visit, team)) }
    };
    let page = Page {
        title: team.map_or_else(|| texts.new_team().to_owned(), |team| team.name.clone()),
        breadcrumb: Area::Teams.way(visit),
        actions: team.map(|_| delete),
        body,
        ..Page::default()
    };
    let mut response = below(visit, page);
    if let Some(refusal) = refusal {
        *response.status_mut() = status_of(refusal);
    }
    Ok(response)
}

fn delete_dialog(visit: &Visit, team: &Team) -> Markup {
    let texts = t(visit.locale());
    dialog(
        visit.locale(),
        &Dialog {
            id: DELETE.into(),
            title: texts.delete_team_question(&team.name),
            body: html! { p.dim { (texts.delete_team_hint()) } },
            address: addresses::delete_team(team.id),
            token: visit.session.csrf.clone(),
            hidden: Vec::new(),
            confirm: texts.delete_team().into(),
            danger: true,
        },
    )
}
