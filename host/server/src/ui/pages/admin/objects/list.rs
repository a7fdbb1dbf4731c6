//! All objects of the tenant: whose they are and how much is in them.

use axum::response::Response;
use guanxi_core::meta::Object;
use maud::{Markup, html};

use super::super::{Admin, Area, addresses, area_page, words};
use crate::engine::ListRequest;
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, button};
use crate::ui::components::icon::{Icon, icon};
use crate::ui::components::table::{Align, Column, Row, Slot, Table, list_table};
use crate::ui::format;
use crate::ui::visit::Visit;

/// `GET /admin/objects`
pub(super) async fn handle(Admin(visit): Admin) -> Response {
    let texts = t(visit.locale());
    let objects: Vec<_> = visit.ctx.snapshot.schema.all().filter(|object| !object.read_only).cloned().collect();
    let mut rows = Vec::with_capacity(objects.len());
    for object in &objects {
        rows.push(row(&visit, object, &count(&visit, object).await));
    }
    let columns = vec![
        Column::new(texts.object()).slot(Slot::Title),
        Column { align: Align::Cut, ..Column::new(texts.key()).slot(Slot::Second) },
        Column::new(texts.origin()).slot(Slot::Third),
        Column::number(texts.fields_count()),
        Column::number(texts.records_count()).slot(Slot::Amount),
    ];
    let table = Table { label: texts.admin_objects().to_owned(), columns, rows, total: None };
    let create = Button::link(texts.new_object(), addresses::NEW_OBJECT).primary().icon(Icon::Plus).key("C");
    area_page(&visit, Area::Objects, Some(button(&create)), list_table(visit.locale(), &table))
}

/// How many records there are; a dash where they cannot be counted (a hidden object shows none).
async fn count(visit: &Visit, object: &Object) -> String {
    let request = ListRequest { fields: vec!["id".into()], limit: 1, ..ListRequest::default() };
    let page = visit.engine().list(&visit.ctx, &object.key, request).await;
    let count = page.ok().and_then(|page| page.count);
    count.map_or_else(|| format::EMPTY.to_owned(), |count| format::count(count.value, count.exact, visit.locale()))
}

fn row(visit: &Visit, object: &Object, count: &str) -> Row {
    let name = html! {
        span.row { (icon(Icon::named(&object.icon))) (object.label.get(visit.locale())) @if object.hidden { (badge(Tone::Warn, t(visit.locale()).property_hidden())) } }
    };
    let cells: Vec<Markup> = vec![
        name,
        html! { code.mono { (object.key) } },
        html! { (words::origin_words(visit, &object.origin)) },
        html! { (object.own_fields().count()) },
        html! { (count) },
    ];
    Row { href: Some(addresses::object(&object.key)), cells }
}
