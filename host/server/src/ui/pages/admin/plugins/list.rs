//! Every plugin of this server, with its state in this tenant.

use axum::response::Response;
use guanxi_core::meta::Locale;
use guanxi_sandbox::Manifest;
use maud::{Markup, html};

use super::super::{Admin, Area, addresses, area_page};
use crate::engine::{InstalledPlugin, Outcome};
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::table::{Align, Column, Row, Slot, Table, list_table};
use crate::ui::visit::{Visit, answer};

/// `GET /admin/plugins`
pub(super) async fn handle(Admin(visit): Admin) -> Response {
    let page = page(&visit).await;
    answer(&visit, page)
}

async fn page(visit: &Visit) -> Outcome<Response> {
    let texts = t(visit.locale());
    let plugins = visit.engine().list_plugins(&visit.ctx).await?;
    if plugins.is_empty() {
        let face = State::new(StateKind::Empty, texts.plugin_none(), texts.plugin_none_hint());
        return Ok(area_page(visit, Area::Plugins, None, state(visit.locale(), &face)));
    }
    let columns = vec![
        Column::new(texts.plugin()).slot(Slot::Title),
        Column::new(texts.plugin_version()).slot(Slot::Date),
        Column::new(texts.publisher()).slot(Slot::Third),
        Column { align: Align::Cut, ..Column::new(texts.brings()).slot(Slot::Second) },
        Column::new(texts.plugin_state()).slot(Slot::Amount),
    ];
    let rows = plugins.iter().map(|plugin| Row {
        href: Some(addresses::plugin(&plugin.package.id)),
        cells: vec![
            html! { (plugin.package.manifest.name.get(visit.locale())) },
            html! { span.num { (plugin.package.version) } },
            html! { (plugin.package.manifest.publisher) },
            html! { (brings(visit, &plugin.package.manifest)) },
            state_badge(visit, plugin),
        ],
    });
    let table = Table { label: texts.admin_plugins().to_owned(), columns, rows: rows.collect(), total: None };
    Ok(area_page(visit, Area::Plugins, None, list_table(visit.locale(), &table)))
}

/// Whether the plugin works here.
pub(super) fn state_badge(visit: &Visit, plugin: &InstalledPlugin) -> Markup {
    let texts = t(visit.locale());
    if plugin.enabled { badge(Tone::Ok, texts.plugin_enabled()) } else { badge(Tone::Neutral, texts.plugin_disabled()) }
}

/// `3 个对象、2 个页面、1 个保存检查`
fn brings(visit: &Visit, manifest: &Manifest) -> String {
    let texts = t(visit.locale());
    let parts = [
        (manifest.objects.len(), texts.brings_objects(manifest.objects.len() as u64)),
        (manifest.fields.len(), texts.brings_fields(manifest.fields.len() as u64)),
        (manifest.pages.len(), texts.brings_pages(manifest.pages.len() as u64)),
        (manifest.panels.len(), texts.brings_panels(manifest.panels.len() as u64)),
        (manifest.hooks.len(), texts.brings_hooks(manifest.hooks.len() as u64)),
    ];
    let separator = if visit.locale() == Locale::En { ", " } else { "、" };
    parts.into_iter().filter(|(count, _)| *count > 0).map(|(_, words)| words).collect::<Vec<_>>().join(separator)
}
