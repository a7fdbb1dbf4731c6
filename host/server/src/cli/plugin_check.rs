//! `guanxi plugin check`: examines a package as a server does before it installs one.

use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Failure;
use super::package::{Source, examine};

/// The command's arguments.
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The package [default: what `plugin build` wrote for the plugin in the current folder]
    file: Option<PathBuf>,
    /// Print JSON
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(arguments: Arguments) -> Result<(), Failure> {
    let file = match arguments.file {
        Some(file) => file,
        None => {
            let source = Source::here().await?;
            if !source.package.is_file() {
                return Err(Failure::new("the plugin in this folder is not built").hint("run: guanxi plugin build"));
            }
            source.package
        }
    };
    let package = examine(&file).await?;
    let manifest = package.manifest();
    let capabilities: Vec<&str> = package.used_capabilities().into_iter().map(|capability| capability.name()).collect();
    // An interface without functions only brings types along; it lets the plugin do nothing.
    let called = package.imports().iter().filter(|import| !import.functions.is_empty());
    let imports: Vec<String> = called.map(|import| format!("{}@{}", import.interface, import.version)).collect();
    if arguments.json {
        let found = json!({
            "id": manifest.id,
            "version": manifest.version,
            "digest": package.digest(),
            "capabilities": capabilities,
            "imports": imports,
            "exports": package.exports(),
        });
        println!("{found}");
        return Ok(());
    }
    println!("{} {} is in order", manifest.id, manifest.version);
    println!("digest        {}", package.digest());
    println!("capabilities  {}", if capabilities.is_empty() { "none".to_owned() } else { capabilities.join(", ") });
    let (ours, theirs): (Vec<&String>, Vec<&String>) = imports.iter().partition(|import| import.starts_with("guanxi:"));
    let ours: Vec<&str> = ours.into_iter().map(String::as_str).collect();
    println!(
        "imports       {} (and {} of WASI, which give it nothing)",
        if ours.is_empty() { "none".to_owned() } else { ours.join(", ") },
        theirs.len()
    );
    println!("exports       {}", package.exports().join(", "));
    Ok(())
}
