//! Panels of plugins on a record's page: one card each, rendered side by side. One that fails says so in its own card.

use std::sync::Arc;

use guanxi_core::meta::Object;
use guanxi_sandbox::view::View;
use maud::{Markup, html};
use tokio::task::JoinSet;
use uuid::Uuid;

use super::components::badge::Tone;
use super::components::card::{Card, card};
use super::components::note::{Note, note};
use super::plugin_view::{PanelContent, Viewer, render_panel};
use super::visit::Visit;
use super::words::problem_words;
use crate::engine::{EnabledPlugin, Outcome, Refusal};
use crate::texts::t;

/// The most panels of one page.
const MAX_PANELS: usize = 12;

/// A panel that was declared for an object.
struct Declared {
    plugin: Arc<EnabledPlugin>,
    key: String,
    label: String,
}

/// The cards of all panels that enabled plugins declare for this object, in the order of the plugins.
pub async fn plugin_panels(visit: &Visit, object: &Object, id: Uuid) -> Vec<Markup> {
    let declared = declared(visit, object);
    let mut views: Vec<Option<Outcome<View>>> = declared.iter().map(|_| None).collect();
    // Guests run at the same time: a slow one does not make the others wait.
    let mut calls = JoinSet::new();
    for (place, panel) in declared.iter().enumerate() {
        let (engine, ctx) = (visit.app.engine.clone(), visit.ctx.clone());
        let (plugin, key, object) = (panel.plugin.manifest.id.clone(), panel.key.clone(), object.key.clone());
        calls.spawn(async move { (place, engine.render_panel(&ctx, &plugin, &key, &object, id).await) });
    }
    while let Some(done) = calls.join_next().await {
        match done {
            Ok((place, outcome)) => views[place] = Some(outcome),
            Err(error) => tracing::error!(%error, "a panel's task ended"),
        }
    }
    let mut cards = Vec::with_capacity(declared.len());
    for (panel, view) in declared.iter().zip(views) {
        cards.push(panel_card(visit, panel, view).await);
    }
    cards
}

fn declared(visit: &Visit, object: &Object) -> Vec<Declared> {
    let locale = visit.locale();
    let plugins = visit.ctx.snapshot.plugins.iter();
    let panels = plugins.flat_map(|plugin| {
        plugin.manifest.panels.iter().filter(|panel| panel.object == object.key).map(|panel| Declared {
            plugin: plugin.clone(),
            key: panel.key.clone(),
            label: panel.label.get(locale).to_owned(),
        })
    });
    panels.take(MAX_PANELS).collect()
}

async fn panel_card(visit: &Visit, panel: &Declared, view: Option<Outcome<View>>) -> Markup {
    let manifest = &panel.plugin.manifest;
    let name = manifest.name.get(visit.locale());
    let viewer = Viewer { visit, plugin: &manifest.id, name };
    let (title, content) = match view {
        Some(Ok(view)) => (view.title.clone(), render_panel(viewer, &view).await),
        Some(Err(refusal)) => (None, failed(visit, name, &refusal)),
        None => (None, failed(visit, name, &Refusal::one("internal", "the call ended without an answer"))),
    };
    let PanelContent { body, flush, count, actions, more } = content;
    card(&Card { count, hint: title, source: Some(name.to_owned()), actions, more, flush, ..Card::new(panel.label.clone(), body) })
}

/// What stands in the card of a panel that gave no view.
fn failed(visit: &Visit, name: &str, refusal: &Refusal) -> PanelContent {
    let texts = t(visit.locale());
    let failed_itself = matches!(refusal.code(), "plugin.failed" | "internal");
    let (tone, title, words) = if failed_itself {
        (Tone::Bad, texts.plugin_failed_title(name), texts.plugin_failed_hint().to_owned())
    } else {
        let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
        (Tone::Neutral, texts.block_failed(name), words.join(" "))
    };
    let body = html! {
        (note(&Note::new(tone, title, words)))
        @if failed_itself && !visit.ctx.request.is_empty() { p."small faint mono" { (texts.request_number(&visit.ctx.request)) } }
    };
    PanelContent { body: html! { div."stack tight" { (body) } }, ..PanelContent::default() }
}
