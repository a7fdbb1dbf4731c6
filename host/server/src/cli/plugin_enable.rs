//! `guanxi plugin enable`: an installed plugin begins to work in a tenant.

use std::sync::Arc;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Failure, Output, operator};
use crate::engine::Engine;

/// The command's arguments.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Arguments {
    /// The tenant's key
    #[arg(long, value_name = "KEY")]
    tenant: String,
    /// The plugin's id
    plugin: String,
}

pub(super) async fn run(engine: &Arc<Engine>, arguments: Arguments, out: &mut Output) -> Result<(), Failure> {
    let ctx = operator(engine, &arguments.tenant).await?;
    engine.enable_plugin(&ctx, &arguments.plugin).await.map_err(|refusal| {
        let unknown = refusal.code() == "not_found";
        let failure = Failure::from(refusal);
        if unknown { failure.hint("see the installed plugins with: guanxi plugin list") } else { failure }
    })?;
    out.err(&format!("plugin {} works in tenant {}", arguments.plugin, arguments.tenant)).await;
    Ok(())
}
