//! Pages and panels of plugins, as data for the UI to render.

use std::sync::Arc;

use guanxi_sandbox::view::View;
use guanxi_sandbox::{CallError, CallErrorKind};
use uuid::Uuid;

use super::hooks::{call_context, not_loaded};
use super::host_data::PluginHost;
use super::{Ctx, EnabledPlugin, Engine, Outcome, Refusal};
use guanxi_core::Problem;

impl Engine {
    /// A plugin's page, with the rights of the user who looks.
    pub async fn render_page(&self, ctx: &Ctx, plugin: &str, page: &str, params: Vec<(String, String)>) -> Outcome<View> {
        let plugin = enabled(ctx, plugin)?;
        if !plugin.manifest.pages.iter().any(|declared| declared.key == page) {
            return Err(Refusal::not_found("page"));
        }
        let data = Arc::new(PluginHost::as_user(ctx, plugin.manifest.clone()));
        let rendered = match &plugin.component {
            Some(component) => self.sandbox.render_page(component, call_context(ctx), page.to_owned(), params, data).await,
            None => Err(not_loaded(&plugin)),
        };
        rendered.map_err(|error| failure(ctx, &plugin, &error))
    }

    /// A plugin's panel on the page of a record that the user may see.
    pub async fn render_panel(&self, ctx: &Ctx, plugin: &str, panel: &str, object: &str, id: Uuid) -> Outcome<View> {
        let plugin = enabled(ctx, plugin)?;
        if !plugin.manifest.panels.iter().any(|declared| declared.key == panel && declared.object == object) {
            return Err(Refusal::not_found("panel"));
        }
        let data = Arc::new(PluginHost::as_user(ctx, plugin.manifest.clone()));
        let rendered = match &plugin.component {
            Some(component) => self.sandbox.render_panel(component, call_context(ctx), panel.to_owned(), object.to_owned(), id, data).await,
            None => Err(not_loaded(&plugin)),
        };
        rendered.map_err(|error| failure(ctx, &plugin, &error))
    }
}

fn enabled(ctx: &Ctx, id: &str) -> Outcome<Arc<EnabledPlugin>> {
    ctx.snapshot.plugins.iter().find(|plugin| plugin.manifest.id == id).cloned().ok_or_else(|| Refusal::not_found("page"))
}

/// What a reader learns: that this plugin failed. What happened stands in the log.
fn failure(ctx: &Ctx, plugin: &EnabledPlugin, error: &CallError) -> Refusal {
    tracing::warn!(plugin.name = %error.plugin, kind = %error.kind, detail = %error.detail, "view failed");
    if error.kind == CallErrorKind::Busy {
        return Refusal::one("tenant.busy", "too many plugin calls run at once; try again");
    }
    // The plugin handed on what the host refused it: the reader lacks a right, or the thing is not there.
    if error.kind == CallErrorKind::Refused {
        for code in ["permission.denied", "field.forbidden", "not_found", "query.too_slow", "busy"] {
            if error.detail.starts_with(code) {
                return Refusal::one(code, error.detail.clone());
            }
        }
    }
    Problem::error("plugin.failed", format!("the plugin `{}` failed ({})", error.plugin, error.kind))
        .with("plugin", plugin.manifest.name.get(ctx.locale).to_owned())
        .into()
}
