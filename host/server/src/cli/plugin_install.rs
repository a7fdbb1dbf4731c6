//! `guanxi plugin install`: puts a package on this server, from where tenants can enable it.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde::{Deserialize, Serialize};

use super::{Failure, Output};
use crate::engine::Engine;

/// The command's arguments.
#[derive(Debug, Args, Serialize, Deserialize)]
pub struct Arguments {
    /// The package
    file: PathBuf,
}

impl Arguments {
    pub(super) fn prepare(mut self) -> Result<Self, Failure> {
        self.file = std::path::absolute(&self.file)
            .map_err(|error| Failure::usage(format!("{} is not a usable path: {error}", self.file.display())))?;
        Ok(self)
    }
}

pub(super) async fn run(engine: &Arc<Engine>, arguments: Arguments, out: &mut Output) -> Result<(), Failure> {
    let bytes = tokio::fs::read(&arguments.file)
        .await
        .map_err(|error| Failure::new(format!("{} cannot be read: {error}", arguments.file.display())))?;
    let package = engine.install_package(bytes).await?;
    out.err(&format!("plugin {} {} is installed", package.id, package.version)).await;
    out.out(&package.digest).await;
    Ok(())
}
