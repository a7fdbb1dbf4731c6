//! `guanxi plugin list`: the installed packages, or the plugins of a tenant.

use std::sync::Arc;

use clap::Args;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::{Failure, Output, operator};
use crate::engine::Engine;

/// Digits of a digest that are enough to tell packages apart.
const SHORT_DIGEST: usize = 12;

/// The command's arguments.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Arguments {
    /// Only the plugins of this tenant, with their state
    #[arg(long, value_name = "KEY")]
    tenant: Option<String>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(engine: &Arc<Engine>, arguments: Arguments, out: &mut Output) -> Result<(), Failure> {
    let rows: Vec<(String, String, String, Option<bool>)> = match &arguments.tenant {
        Some(tenant) => {
            let ctx = operator(engine, tenant).await?;
            engine
                .list_plugins(&ctx)
                .await?
                .into_iter()
                .map(|plugin| (plugin.package.id, plugin.package.version, plugin.package.digest, Some(plugin.enabled)))
                .collect()
        }
        None => engine.list_packages().await?.into_iter().map(|package| (package.id, package.version, package.digest, None)).collect(),
    };
    if arguments.json {
        let list: Vec<_> = rows
            .iter()
            .map(|(id, version, digest, enabled)| match enabled {
                Some(enabled) => json!({ "id": id, "version": version, "digest": digest, "enabled": enabled }),
                None => json!({ "id": id, "version": version, "digest": digest }),
            })
            .collect();
        out.out(&json!(list).to_string()).await;
        return Ok(());
    }
    for (id, version, digest, enabled) in rows {
        let digest = digest.get(..SHORT_DIGEST).unwrap_or(&digest);
        let state = match enabled {
            Some(true) => "  enabled",
            Some(false) => "  disabled",
            None => "",
        };
        out.out(&format!("{id:<20} {version:<10} {digest}{state}")).await;
    }
    Ok(())
}
