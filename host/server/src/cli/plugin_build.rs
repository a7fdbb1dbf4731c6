//! `guanxi plugin build`: the plugin in the current folder as a package, in cargo's target folder.

use clap::Args;

use super::Failure;
use super::package::Source;

/// The command's arguments.
#[derive(Debug, Args)]
pub(super) struct Arguments {}

pub(super) async fn run(_arguments: Arguments) -> Result<(), Failure> {
    let source = Source::here().await?;
    let built = source.build().await?;
    eprintln!("built {} {}", built.manifest.id, built.manifest.version);
    println!("{}", source.package.display());
    Ok(())
}
