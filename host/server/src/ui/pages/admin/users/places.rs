//! Where a user stands beside the department: which departments the user manages, and the teams.

use maud::{Markup, html};
use uuid::Uuid;

use super::super::addresses;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::card::{Card, card as card_markup};
use crate::ui::format::EMPTY;
use crate::ui::visit::Visit;

/// Managed departments and teams, each leading to its page.
pub(super) async fn card(visit: &Visit, user: Uuid) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let departments = visit.engine().list_departments(&visit.ctx).await?;
    let managed =
        departments.iter().filter(|one| one.managers.contains(&user)).map(|one| (one.name.clone(), addresses::department(one.id)));
    let teams = visit.engine().list_teams(&visit.ctx).await?;
    let teams = teams.iter().filter(|team| team.members.contains(&user)).map(|team| (team.name.clone(), addresses::team(team.id)));
    let body = html! {
        dl.facts {
            div { dt { (texts.manager_of()) } dd { (links(managed.collect())) } }
            div { dt { (texts.teams_of_user()) } dd { (links(teams.collect())) } }
        }
    };
    Ok(card_markup(&Card::new(texts.user_places(), body)))
}

fn links(all: Vec<(String, String)>) -> Markup {
    html! {
        @if all.is_empty() { span.faint { (EMPTY) } }
        @for (index, (name, address)) in all.iter().enumerate() {
            @if index > 0 { " · " }
            a.link href=(address) { (name) }
        }
    }
}
