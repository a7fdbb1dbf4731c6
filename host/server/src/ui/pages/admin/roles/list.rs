//! All roles: the administrator's, the templates, the tenant's own, those of plugins; and how many people have each.

use axum::response::Response;
use guanxi_core::meta::Origin;
use guanxi_core::policy::Role;
use maud::html;

use super::super::{Admin, Area, addresses, area_page};
use super::kind_badge;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::button::{Button, button};
use crate::ui::components::icon::Icon;
use crate::ui::components::table::{Column, Row, Slot, Table, list_table};
use crate::ui::visit::{Visit, answer};

/// `GET /admin/roles`
pub(super) async fn handle(Admin(visit): Admin) -> Response {
    let page = page(&visit).await;
    answer(&visit, page)
}

async fn page(visit: &Visit) -> Outcome<Response> {
    let texts = t(visit.locale());
    let people = visit.engine().roles_of_all(&visit.ctx).await?;
    let mut roles = visit.engine().list_roles(&visit.ctx).await?;
    // Administrators, templates for people inside and outside, then the tenant's own and those of plugins.
    let place = |role: &Role| match (&role.origin, role.template) {
        _ if role.administrator => (0, None),
        (_, Some(template)) => (1, Some(template)),
        (Origin::Tenant, None) => (2, None),
        (_, None) => (3, None),
    };
    roles.sort_by_key(|role| (place(role), role.label.get(visit.locale()).to_owned()));
    let rows = roles.iter().map(|role| {
        let users = people.values().filter(|keys| keys.contains(&role.key)).count() as u64;
        Row {
            href: Some(addresses::role(&role.key)),
            cells: vec![
                html! { (role.label.get(visit.locale())) },
                html! { code.mono { (role.key) } },
                kind_badge(visit, role),
                html! { span.dim { (role.description.get(visit.locale())) } },
                html! { (texts.users_with_role(users)) },
            ],
        }
    });
    let columns = vec![
        Column::new(texts.role()).slot(Slot::Title),
        Column::new(texts.key()),
        Column::new(texts.role_kind()).slot(Slot::Date),
        Column::new(texts.role_description()).slot(Slot::Second),
        Column::number(texts.role_people_tab()).slot(Slot::Amount),
    ];
    let table = Table { label: texts.admin_roles().to_owned(), columns, rows: rows.collect(), total: None };
    let create = Button::link(texts.new_role(), addresses::NEW_ROLE).primary().icon(Icon::Plus).key("C");
    let content = html! { p."bar dim" { (texts.roles_hint()) } (list_table(visit.locale(), &table)) };
    Ok(area_page(visit, Area::Roles, Some(button(&create)), content))
}
