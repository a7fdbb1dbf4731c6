//! All users, page by page.

use axum::response::Response;
use guanxi_core::Value;
use maud::html;

use super::super::super::params::Params;
use super::super::{Admin, Area, addresses, area_page};
use super::role_names;
use crate::engine::{ListRequest, Outcome};
use crate::texts::t;
use crate::ui::components::avatar::person;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, button};
use crate::ui::components::icon::Icon;
use crate::ui::components::pager::{Pager, pager};
use crate::ui::components::table::{Align, Column, Row, Slot, Table, list_table};
use crate::ui::format::EMPTY;
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// Rows of one page.
const ROWS: u32 = 100;

/// `GET /admin/users`
pub(super) async fn handle(Admin(visit): Admin, params: Params) -> Response {
    let page = page(&visit, &params).await;
    answer(&visit, page)
}

async fn page(visit: &Visit, params: &Params) -> Outcome<Response> {
    let texts = t(visit.locale());
    let before: u64 = params.get("before").parse().unwrap_or(0);
    let request = ListRequest {
        sort: "-active,name".into(),
        fields: ["name", "email", "department.name", "active", "manager.name"].map(str::to_owned).to_vec(),
        limit: ROWS,
        cursor: params.get("cursor").to_owned(),
        ..ListRequest::default()
    };
    let found = visit.engine().list(&visit.ctx, "user", request).await?;
    let roles = visit.engine().roles_of_all(&visit.ctx).await?;
    let rows = found.rows.iter().map(|(id, values)| {
        let text = |at: usize| values.get(at).and_then(Value::as_text).unwrap_or_default();
        let or_dash = |words: &str| {
            if words.is_empty() {
                html! { span.faint { (EMPTY) } }
            } else {
                html! { (words) }
            }
        };
        let state = match values.get(3) {
            Some(Value::Bool(false)) => badge(Tone::Neutral, texts.inactive()),
            _ => badge(Tone::Ok, texts.active_user()),
        };
        let own = roles.get(id).map(Vec::as_slice).unwrap_or_default();
        let own = if own.is_empty() {
            html! { span.faint { (texts.no_role()) } }
        } else {
            html! { (role_names(visit, own)) }
        };
        Row {
            href: Some(addresses::user(*id)),
            cells: vec![person(text(0), None), html! { (text(1)) }, or_dash(text(2)), own, or_dash(text(4)), state],
        }
    });
    let columns = vec![
        Column::new(texts.name()).slot(Slot::Title),
        Column { align: Align::Cut, ..Column::new(texts.email()).slot(Slot::Second) },
        Column::new(texts.department()).slot(Slot::Date),
        Column { align: Align::Cut, ..Column::new(texts.roles_of_user()).slot(Slot::Third) },
        Column::new(texts.manager()),
        Column::new(texts.plugin_state()).slot(Slot::Amount),
    ];
    let table = Table { label: texts.admin_users().to_owned(), columns, rows: rows.collect(), total: None };
    let shown = found.rows.len() as u64;
    let next =
        found.next.map(|cursor| urls::with_query(addresses::USERS, &[("cursor", &cursor), ("before", &(before + shown).to_string())]));
    let foot = Pager {
        range: Some((before + 1, before + shown)).filter(|_| shown > 0),
        count: found.count.map_or(shown, |count| count.value),
        exact: found.count.is_none_or(|count| count.exact),
        previous: (before > 0).then(|| addresses::USERS.to_owned()),
        next,
        ..Pager::default()
    };
    let create = Button::link(texts.new_user(), addresses::NEW_USER).primary().icon(Icon::Plus).key("C");
    let content = html! { (list_table(visit.locale(), &table)) (pager(visit.locale(), &foot)) };
    Ok(area_page(visit, Area::Users, Some(button(&create)), content))
}
