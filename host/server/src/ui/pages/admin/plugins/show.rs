//! One plugin: what it may do and what it adds, before anybody enables it.

use axum::extract::Path;
use axum::response::Response;
use guanxi_sandbox::Manifest;
use guanxi_sandbox::manifest::{Category, Layer};
use maud::{Markup, html};

use super::super::super::params::Params;
use super::super::{Admin, Area, addresses, below};
use super::list::state_badge;
use super::{brings, consent, plugin_of};
use crate::engine::{InstalledPlugin, Outcome, PackageSummary};
use crate::texts::t;
use crate::ui::components::badge::Tone;
use crate::ui::components::button::{Button, ButtonKind, button, post_button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::dialog::{Dialog, dialog};
use crate::ui::components::fields::{FieldValue, facts};
use crate::ui::components::icon::Icon;
use crate::ui::components::note::{Note, note};
use crate::ui::layout::{Body, Page};
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// Names the dialog that asks before disabling.
const DISABLE: &str = "disable-plugin";
/// The parameter that shows the newer package instead of the enabled one.
const NEWER: &str = "newer";

/// What went wrong with the switch: a title, and every reason.
pub(super) struct Trouble {
    pub(super) title: &'static str,
    pub(super) reasons: Vec<String>,
}

/// `GET /admin/plugins/{id}`
pub(super) async fn handle(Admin(visit): Admin, Path(id): Path<String>, params: Params) -> Response {
    let page = page(&visit, &id, !params.get(NEWER).is_empty(), None).await;
    answer(&visit, page)
}

/// The page; with what went wrong after a refused switch.
pub(super) async fn page(visit: &Visit, id: &str, see_newer: bool, trouble: Option<&Trouble>) -> Outcome<Response> {
    let texts = t(visit.locale());
    let (plugin, newer) = plugin_of(visit, id).await?;
    // A plugin that is off is enabled in its newest version, so that is what the consent is about.
    let upgrade = newer.as_ref().filter(|_| plugin.enabled && see_newer);
    let shown = match &newer {
        Some(newest) if see_newer || !plugin.enabled => newest,
        _ => &plugin.package,
    };
    let manifest = &shown.manifest;
    let agreed = if plugin.enabled && upgrade.is_none() { Some(texts.consent_given().to_owned()) } else { None };
    let body = html! {
        @if let Some(trouble) = trouble { (trouble_note(trouble)) }
        @if let (Some(newest), None, true) = (&newer, upgrade, plugin.enabled) { (newer_note(visit, newest)) }
        @if plugin.known && !plugin.enabled { (note(&Note::new(Tone::Accent, texts.plugin_known_note(), ""))) }
        (head(visit, shown))
        (card(&Card { hint: Some(texts.consent_hint().into()), source: agreed, ..Card::flush(texts.consent_title(), consent::table(visit, manifest)) }))
        @if !manifest.requires.is_empty() { (card(&Card::flush(texts.requires(), brings::needs(visit, manifest)))) }
        (card(&Card::new(texts.plugin_adds(), brings::grid(visit, manifest))))
        @if plugin.enabled { (disable_dialog(visit, &plugin)) }
    };
    let page = Page {
        title: manifest.name.get(visit.locale()).to_owned(),
        breadcrumb: Area::Plugins.way(visit),
        beside: Some(state_badge(visit, &plugin)),
        actions: Some(actions(visit, &plugin, upgrade)),
        layout: Body::Cards,
        body,
        ..Page::default()
    };
    Ok(below(visit, page))
}

fn actions(visit: &Visit, plugin: &InstalledPlugin, upgrade: Option<&PackageSummary>) -> Markup {
    let texts = t(visit.locale());
    let enable = |label: String, icon: Icon| {
        let press = Button::submit(label).primary().icon(icon);
        post_button(&addresses::enable_plugin(&plugin.package.id), &visit.session.csrf, &[], &press)
    };
    match (plugin.enabled, upgrade) {
        (true, Some(newest)) => enable(texts.plugin_upgrade_to(&newest.version), Icon::ArrowUp),
        (true, None) => button(&Button::dialog(texts.disable(), DISABLE).kind(ButtonKind::Danger)),
        (false, _) => enable(texts.enable().to_owned(), Icon::Plug),
    }
}

fn head(visit: &Visit, package: &PackageSummary) -> Markup {
    let texts = t(visit.locale());
    let manifest = &package.manifest;
    let all = [
        FieldValue::markup(texts.plugin_version(), html! { span.num { (package.version) } }),
        FieldValue::text(texts.publisher(), manifest.publisher.clone()),
        FieldValue::text(texts.layer(), layer(visit, manifest)),
        FieldValue::markup(texts.key(), html! { code.mono { (package.id) } }),
        FieldValue::markup(
            texts.package_digest(),
            html! { code.mono title=(package.digest) { (package.digest.chars().take(12).collect::<String>()) "…" } },
        ),
    ];
    html! {
        section.card {
            div.body {
                div.stack {
                    @if !manifest.description.is_empty() { p { (manifest.description.get(visit.locale())) } }
                    (facts(&all))
                }
            }
        }
    }
}

fn layer(visit: &Visit, manifest: &Manifest) -> String {
    let texts = t(visit.locale());
    let layer = match manifest.layer {
        Layer::Interface => texts.layer_interface(),
        Layer::Function => texts.layer_function(),
        Layer::Analysis => texts.layer_analysis(),
    };
    let category = match manifest.category {
        Category::Operational => texts.category_operational(),
        Category::Analytical => texts.category_analytical(),
        Category::Collaborative => texts.category_collaborative(),
    };
    format!("{layer} · {category}")
}

fn newer_note(visit: &Visit, newest: &PackageSummary) -> Markup {
    let texts = t(visit.locale());
    let see = Button::link(texts.plugin_see_newer(), urls::with_query(&addresses::plugin(&newest.id), &[(NEWER, "1")]));
    note(&Note { actions: vec![see], ..Note::new(Tone::Accent, texts.plugin_newer(&newest.version), texts.plugin_newer_hint()) })
}

fn trouble_note(trouble: &Trouble) -> Markup {
    let body = html! { @for reason in &trouble.reasons { (reason) br; } };
    note(&Note { body: Some(body), ..Note::new(Tone::Bad, trouble.title, "") })
}

fn disable_dialog(visit: &Visit, plugin: &InstalledPlugin) -> Markup {
    let texts = t(visit.locale());
    let name = plugin.package.manifest.name.get(visit.locale());
    dialog(
        visit.locale(),
        &Dialog {
            id: DISABLE.into(),
            title: texts.plugin_disable_question(name),
            body: html! { p.dim { (texts.plugin_disable_hint()) } },
            address: addresses::disable_plugin(&plugin.package.id),
            token: visit.session.csrf.clone(),
            hidden: Vec::new(),
            confirm: texts.disable().into(),
            danger: true,
        },
    )
}
