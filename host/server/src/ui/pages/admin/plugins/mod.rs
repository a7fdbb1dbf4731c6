//! Plugins that this server has: what they bring, what they ask for, and the switch of this tenant.

mod brings;
mod consent;
mod list;
mod show;
mod switch;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::engine::{InstalledPlugin, Outcome, PackageSummary, Refusal};
use crate::ui::visit::Visit;

pub(super) fn router() -> Router<App> {
    Router::new()
        .route("/admin/plugins", get(list::handle))
        .route("/admin/plugins/{id}", get(show::handle))
        .route("/admin/plugins/{id}/enable", post(switch::enable))
        .route("/admin/plugins/{id}/disable", post(switch::disable))
}

/// The plugin of an address, and the newer package that this server has, if there is one.
async fn plugin_of(visit: &Visit, id: &str) -> Outcome<(InstalledPlugin, Option<PackageSummary>)> {
    let plugins = visit.engine().list_plugins(&visit.ctx).await?;
    let plugin = plugins.into_iter().find(|plugin| plugin.package.id == id).ok_or_else(|| Refusal::not_found("plugin"))?;
    let newest = visit.engine().list_packages().await?.into_iter().find(|package| package.id == id);
    let newer = newest.filter(|package| package.digest != plugin.package.digest);
    Ok((plugin, newer))
}
