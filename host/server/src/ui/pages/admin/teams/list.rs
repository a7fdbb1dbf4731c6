//! All teams.

use axum::response::Response;
use maud::html;
use uuid::Uuid;

use super::super::{Admin, Area, addresses, area_page};
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, button};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::components::table::{Align, Column, Row, Slot, Table, list_table};
use crate::ui::visit::{Visit, answer};

/// Members that are named in the list.
const NAMED: usize = 8;

/// `GET /admin/teams`
pub(super) async fn handle(Admin(visit): Admin) -> Response {
    let page = page(&visit).await;
    answer(&visit, page)
}

async fn page(visit: &Visit) -> Outcome<Response> {
    let texts = t(visit.locale());
    let teams = visit.engine().list_teams(&visit.ctx).await?;
    let ids: Vec<Uuid> = teams.iter().flat_map(|team| team.members.iter().take(NAMED).copied()).collect();
    let names = visit.engine().titles(&visit.ctx, "user", &ids).await?;
    let rows = teams.iter().map(|team| {
        let mut named: Vec<&str> = team.members.iter().take(NAMED).filter_map(|id| names.get(id)).map(String::as_str).collect();
        if team.members.len() > NAMED {
            named.push("…");
        }
        Row {
            href: Some(addresses::team(team.id)),
            cells: vec![
                html! { (team.name) },
                html! { span.dim { (named.join(" · ")) } },
                html! { (texts.members_count(team.members.len() as u64)) },
            ],
        }
    });
    let columns = vec![
        Column::new(texts.label_name()).slot(Slot::Title),
        Column { align: Align::Cut, ..Column::new(texts.team_members()).slot(Slot::Second) },
        Column::number(texts.role_people_tab()).slot(Slot::Amount),
    ];
    let table = Table { label: texts.admin_teams().into(), columns, rows: rows.collect(), total: None };
    let content = html! {
        @if teams.is_empty() { div.page { (note(&Note::new(Tone::Accent, texts.team_none(), texts.team_none_hint()))) } }
        @else { (list_table(visit.locale(), &table)) }
    };
    let create = Button::link(texts.new_team(), addresses::NEW_TEAM).primary().icon(Icon::Plus).key("C");
    Ok(area_page(visit, Area::Teams, Some(button(&create)), content))
}
