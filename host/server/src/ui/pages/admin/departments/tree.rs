//! The whole tree.

use std::collections::HashMap;

use axum::response::Response;
use maud::{Markup, html};
use uuid::Uuid;

use super::super::{Admin, Area, addresses, area_page};
use crate::engine::{DepartmentInfo, Outcome};
use crate::texts::t;
use crate::ui::components::avatar::person;
use crate::ui::components::button::{Button, ButtonKind, button};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::visit::{Visit, answer};

/// `GET /admin/departments`
pub(super) async fn handle(Admin(visit): Admin) -> Response {
    let page = page(&visit).await;
    answer(&visit, page)
}

async fn page(visit: &Visit) -> Outcome<Response> {
    let texts = t(visit.locale());
    let all = visit.engine().list_departments(&visit.ctx).await?;
    let managers: Vec<Uuid> = all.iter().flat_map(|department| department.managers.clone()).collect();
    let names = visit.engine().titles(&visit.ctx, "user", &managers).await?;
    let content = html! {
        @if all.is_empty() {
            div.page { (note(&Note::new(crate::ui::components::badge::Tone::Accent, texts.department_none(), texts.department_none_hint()))) }
        } @else { (level(visit, &all, &names, None, &mut Vec::new())) }
    };
    let create = Button::link(texts.new_department(), addresses::new_department(None)).primary().icon(Icon::Plus).key("C");
    Ok(area_page(visit, Area::Departments, Some(button(&create)), content))
}

/// The departments below one, each with those below it. One whose own parent is out of sight stands at the top.
fn level(visit: &Visit, all: &[DepartmentInfo], names: &HashMap<Uuid, String>, above: Option<Uuid>, shown: &mut Vec<Uuid>) -> Markup {
    let known = |id: Uuid| all.iter().any(|department| department.id == id);
    let below: Vec<&DepartmentInfo> = all.iter().filter(|one| one.parent.filter(|parent| known(*parent)) == above).collect();
    let fresh: Vec<&DepartmentInfo> = below.into_iter().filter(|one| !shown.contains(&one.id)).collect();
    if fresh.is_empty() {
        return html! {};
    }
    shown.extend(fresh.iter().map(|one| one.id));
    html! {
        ul.tree[above.is_none()] {
            @for one in fresh {
                li {
                    (row(visit, one, names))
                    (level(visit, all, names, Some(one.id), shown))
                }
            }
        }
    }
}

fn row(visit: &Visit, one: &DepartmentInfo, names: &HashMap<Uuid, String>) -> Markup {
    let texts = t(visit.locale());
    let add = Button::link(texts.new_department_below(), addresses::new_department(Some(one.id)))
        .kind(ButtonKind::Quiet)
        .icon(Icon::Plus)
        .wide_only();
    html! {
        div.row {
            a."link strong" href=(addresses::department(one.id)) { (one.name) }
            span.faint { (texts.members_count(one.members)) }
            @if one.managers.iter().any(|id| names.contains_key(id)) { span."small faint" { (texts.department_managers()) } }
            @for manager in one.managers.iter().filter_map(|id| names.get(id)) { (person(manager, Some(texts.department_managers()))) }
            span.end { (button(&add)) }
        }
    }
}
