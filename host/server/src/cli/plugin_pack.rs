//! `guanxi plugin pack`: the plugin in the current folder as NAME-VERSION.gxm, ready to be handed on.

use clap::Args;

use super::Failure;
use super::package::{Source, write};

/// The command's arguments.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn run(_arguments: Arguments) -> Result<(), Failure> {
    let source = Source::here().await?;
    let built = source.build().await?;
    let file = source.folder.join(format!("{}-{}.gxm", built.manifest.id, built.manifest.version));
    write(&file, &built.package)?;
    println!("{}", file.display());
    Ok(())
}
