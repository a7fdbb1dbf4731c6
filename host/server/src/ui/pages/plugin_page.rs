//! Pages that plugins render: `/p/{plugin}/{page}`. A plugin that fails takes its own page down, not the frame around it.

use axum::Router;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::get;
use guanxi_sandbox::Manifest;
use guanxi_sandbox::view::View;
use maud::{Markup, html};

use super::params::Params;
use crate::app::App;
use crate::engine::Refusal;
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::Button;
use crate::ui::components::icon::Icon;
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::failure::failure_page;
use crate::ui::layout::{Body, Page};
use crate::ui::plugin_view::{TAB, Viewer, render_page};
use crate::ui::shell::show;
use crate::ui::urls;
use crate::ui::visit::Visit;
use crate::ui::words::problem_words;

/// More parameters than this, or longer ones, do not reach a plugin.
const MAX_PARAMS: usize = 50;
const MAX_PARAM: usize = 2_000;

pub(super) fn router() -> Router<App> {
    Router::new().route("/p/{plugin}/{page}", get(handle))
}

/// `GET /p/{plugin}/{page}`
async fn handle(visit: Visit, Path((plugin, page)): Path<(String, String)>, params: Params) -> Response {
    let enabled = visit.ctx.snapshot.plugins.iter().find(|enabled| enabled.manifest.id == plugin);
    let Some(manifest) = enabled.map(|enabled| enabled.manifest.clone()) else { return off(&visit, &plugin).await };
    let Some(declared) = manifest.pages.iter().find(|declared| declared.key == page) else {
        return failure_page(&visit, &Refusal::not_found("page"));
    };
    let name = manifest.name.get(visit.locale());
    let given: Vec<(String, String)> =
        params.0.into_iter().filter(|(key, value)| key.len() + value.len() <= MAX_PARAM).take(MAX_PARAMS).collect();
    // The tab is the host's: the plugin made all of them.
    let own = given.iter().filter(|(key, _)| key != TAB).cloned().collect();
    let rendered = visit.engine().render_page(&visit.ctx, &plugin, &page, own).await;
    let section = urls::plugin_page(&plugin, &page);
    let base = Page { title: declared.label.get(visit.locale()).to_owned(), layout: Body::Flush, ..Page::default() };
    match rendered {
        Ok(view) => {
            let viewer = Viewer { visit: &visit, plugin: &plugin, name };
            let body = render_page(viewer, &page, &view, &given).await;
            show(&visit, &section, Page { beside: Some(beside(&visit, &manifest, Some(&view))), body, ..base })
        }
        Err(refusal) => {
            let body = failed(&visit, name, &refusal);
            let mut response = show(&visit, &section, Page { beside: Some(beside(&visit, &manifest, None)), body, ..base });
            *response.status_mut() = StatusCode::from_u16(refusal.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
            response
        }
    }
}

/// What the plugin says beside the page's name, and whose page it is.
fn beside(visit: &Visit, manifest: &Manifest, view: Option<&View>) -> Markup {
    let name = manifest.name.get(visit.locale());
    html! {
        @if let Some(words) = view.and_then(|view| view.title.as_deref()) { (badge(Tone::Neutral, words)) }
        span."small faint clip only-wide" title=(t(visit.locale()).by_plugin(name)) { (name) }
    }
}

/// The page in the place of one that the plugin could not make.
fn failed(visit: &Visit, name: &str, refusal: &Refusal) -> Markup {
    let texts = t(visit.locale());
    let words: Vec<String> = refusal.problems.iter().map(|problem| problem_words(&visit.ctx, problem)).collect();
    let words = words.join(" ");
    let retry = || Button::link(texts.retry(), visit.path.clone()).primary().icon(Icon::Refresh);
    let mut face = match refusal.code() {
        "permission.denied" | "field.forbidden" => {
            State::new(StateKind::Forbidden, texts.forbidden_title(texts.page_of_this_page()), words)
        }
        "not_found" => State::new(StateKind::NotFound, texts.not_found_title(), texts.not_found_hint()),
        "busy" | "tenant.busy" => State { actions: vec![retry()], ..State::new(StateKind::Stopped, texts.busy_title(), texts.busy_hint()) },
        "query.too_slow" => State::new(StateKind::Failed, texts.slow_title(), texts.slow_hint()),
        _ => State { actions: vec![retry()], ..State::new(StateKind::Failed, texts.plugin_failed_title(name), texts.plugin_failed_hint()) },
    };
    face.actions.push(Button::link(texts.back_to_start(), "/"));
    // Who may not see the page has nobody to give the number to.
    let ours = !matches!(refusal.status, 403 | 404);
    face.request = Some(visit.ctx.request.clone()).filter(|request| ours && !request.is_empty());
    state(visit.locale(), &face)
}

/// A plugin that this tenant does not use: paused where it was used before, else not there.
async fn off(visit: &Visit, id: &str) -> Response {
    let known = visit.engine().list_plugins(&visit.ctx).await;
    let Some(plugin) = known.into_iter().flatten().find(|plugin| plugin.package.id == id && plugin.known) else {
        return failure_page(visit, &Refusal::not_found("page"));
    };
    let texts = t(visit.locale());
    let title = plugin.package.manifest.name.get(visit.locale()).to_owned();
    let mut face = State::new(StateKind::Stopped, texts.plugin_paused(&title), texts.plugin_off_hint());
    face.actions.push(Button::link(texts.back_to_start(), "/"));
    let body = html! { (state(visit.locale(), &face)) };
    let mut response = show(visit, "", Page { title, layout: Body::Flush, body, ..Page::default() });
    *response.status_mut() = StatusCode::NOT_FOUND;
    response
}
