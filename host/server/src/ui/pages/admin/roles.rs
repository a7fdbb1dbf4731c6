//! The roles of the tenant: what each may do, on which objects, how far, and how many people have it.

use axum::response::Response;
use guanxi_core::policy::{ANY_OBJECT, Function, Role};
use maud::{Markup, html};

use super::{Admin, Area, area_page, words};
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::card::{Card, card};
use crate::ui::components::icon::Icon;
use crate::ui::components::table::{Column, Row, Table, plain_table};
use crate::ui::format::EMPTY;
use crate::ui::visit::{Visit, answer};

/// `GET /admin/roles`
pub(super) async fn handle(Admin(visit): Admin) -> Response {
    let page = page(&visit).await;
    answer(&visit, page)
}

async fn page(visit: &Visit) -> Outcome<Response> {
    let people = visit.engine().roles_of_all(&visit.ctx).await?;
    let mut roles: Vec<&Role> = visit.ctx.snapshot.roles.values().map(AsRef::as_ref).collect();
    // Administrators first, then those of the host, then those of plugins.
    roles.sort_by_key(|role| (!role.administrator, role.origin != guanxi_core::meta::Origin::Host, role.key.clone()));
    let cards = roles.iter().map(|role| {
        let users = people.values().filter(|keys| keys.contains(&role.key)).count() as u64;
        role_card(visit, role, users)
    });
    let content = html! {
        div."page gray stack" {
            p.dim { (t(visit.locale()).roles_hint()) }
            @for each in cards { (each) }
        }
    };
    Ok(area_page(visit, Area::Roles, None, content))
}

fn role_card(visit: &Visit, role: &Role, users: u64) -> Markup {
    let texts = t(visit.locale());
    let title = role.label.get(visit.locale()).to_owned();
    let base = if role.administrator {
        Card::new(title.clone(), html! { p.dim { (texts.all_rights()) } })
    } else {
        Card::flush(title.clone(), grants(visit, role))
    };
    let icon = if role.administrator { Icon::Shield } else { Icon::Users };
    let count = Some(texts.users_with_role(users));
    card(&Card { icon: Some(icon), count, source: Some(format!("{} · {}", role.key, words::origin_words(visit, &role.origin))), ..base })
}

/// Objects down, functions across; the objects that the role does not name come last.
fn grants(visit: &Visit, role: &Role) -> Markup {
    let texts = t(visit.locale());
    let schema = &visit.ctx.snapshot.schema;
    let named = schema.objects().filter(|object| role.grants.contains_key(&object.key));
    let mut objects: Vec<(&str, String)> = named.map(|object| (object.key.as_str(), object.label.get(visit.locale()).to_owned())).collect();
    if role.grants.contains_key(ANY_OBJECT) {
        let words = if objects.is_empty() { texts.scope_all() } else { texts.any_object() };
        objects.push((ANY_OBJECT, words.to_owned()));
    }
    let cell = |key: &str, function: Function| {
        let reach = role.grants.get(key).and_then(|grants| grants.get(&function));
        html! { @if let Some(reach) = reach { (texts.scope(*reach)) } @else { span.faint { (EMPTY) } } }
    };
    let rows = objects.iter().map(|(key, label)| Row {
        href: None,
        cells: std::iter::once(html! { (label) }).chain(Function::ALL.map(|function| cell(key, function))).collect(),
    });
    let mut columns = vec![Column::new(texts.of_object())];
    columns.extend(Function::ALL.map(|function| Column::new(texts.function(function))));
    plain_table(visit.locale(), &Table { label: role.label.get(visit.locale()).to_owned(), columns, rows: rows.collect(), total: None })
}
