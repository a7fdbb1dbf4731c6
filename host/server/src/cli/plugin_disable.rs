//! `guanxi plugin disable`: a plugin stops working in a tenant; its data stay.

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
    engine.disable_plugin(&ctx, &arguments.plugin).await?;
    out.err(&format!("plugin {} no longer works in tenant {}; its data are kept", arguments.plugin, arguments.tenant)).await;
    Ok(())
}
