//! Who has a role.

use axum::extract::Path;
use axum::response::Response;
use maud::html;

use super::super::{Admin, addresses};
use super::{Tab, role_page};
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::avatar::person;
use crate::ui::components::card::{Card, card};
use crate::ui::components::table::{Column, Row, Slot, Table, list_table};
use crate::ui::visit::{Visit, answer};

/// `GET /admin/roles/{key}/people`
pub(super) async fn handle(Admin(visit): Admin, Path(key): Path<String>) -> Response {
    let shown = page(&visit, &key).await;
    answer(&visit, shown)
}

async fn page(visit: &Visit, key: &str) -> Outcome<Response> {
    let texts = t(visit.locale());
    let role = visit.engine().get_role(&visit.ctx, key).await?;
    let all = visit.engine().roles_of_all(&visit.ctx).await?;
    let ids: Vec<uuid::Uuid> = all.iter().filter(|(_, keys)| keys.iter().any(|each| each == key)).map(|(id, _)| *id).collect();
    let mut people: Vec<(uuid::Uuid, String)> = visit.engine().titles(&visit.ctx, "user", &ids).await?.into_iter().collect();
    people.sort_by_cached_key(|(_, name)| guanxi_core::text::sort_key(name));
    let content = if people.is_empty() {
        html! { p.strong { (texts.role_nobody()) } p.dim { (texts.role_nobody_hint()) } }
    } else {
        let rows = people.iter().map(|(id, name)| Row { href: Some(addresses::user(*id)), cells: vec![person(name, None)] });
        let columns = vec![Column::new(texts.name()).slot(Slot::Title)];
        list_table(visit.locale(), &Table { label: texts.role_people_tab().into(), columns, rows: rows.collect(), total: None })
    };
    let count = Some(people.len().to_string());
    let panel = if people.is_empty() { Card::new(texts.role_people_tab(), content) } else { Card::flush(texts.role_people_tab(), content) };
    let more = (!people.is_empty()).then(|| (texts.role_nobody_hint().to_owned(), addresses::USERS.to_owned()));
    Ok(role_page(visit, &role, Tab::People, None, card(&Card { count, more, ..panel })))
}
