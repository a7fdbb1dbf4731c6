//! The bundled plugins: found in the source tree, built by cargo if they are not, in the order in which they can be enabled.

use std::path::{Path, PathBuf};

use guanxi_sandbox::build::{BuiltPlugin, build_plugins};
use guanxi_sandbox::{Manifest, Package};

use super::super::Failure;
use super::super::package::build_failure;

/// A bundled plugin, built.
pub(super) struct Bundled {
    pub manifest: Manifest,
    pub digest: String,
    pub bytes: Vec<u8>,
}

/// Builds all of them with one run of cargo, which knows what is new.
pub(super) async fn build() -> Result<Vec<Bundled>, Failure> {
    let Some(workspace) = find_workspace() else {
        tracing::warn!(
            "no sources of the bundled plugins are near; starting without them (run this in a copy of the sources to have them)"
        );
        return Ok(Vec::new());
    };
    let folders = plugin_folders(&workspace)?;
    let names: Vec<_> = folders.iter().filter_map(|folder| folder.file_name()).map(|name| name.to_string_lossy()).collect();
    tracing::info!(plugins = names.join(", "), "building the bundled plugins; the first time takes a minute");
    let built =
        tokio::task::spawn_blocking(move || build_plugins(&workspace, &folders)).await.map_err(|error| Failure::new(error.to_string()))?;
    let built = built.map_err(|error| build_failure(error).hint("correct the plugin, or start without the sources"))?;
    let read = |plugin: BuiltPlugin| {
        let package = Package::read(&plugin.package).map_err(|error| Failure::new(error.to_string()))?;
        Ok(Bundled { digest: package.digest().to_owned(), manifest: package.manifest().clone(), bytes: plugin.package })
    };
    in_order(built.into_iter().map(read).collect::<Result<_, Failure>>()?)
}

/// `plugins/` beside or above the current folder, else where this program was compiled.
fn find_workspace() -> Option<PathBuf> {
    let here = std::env::current_dir().ok();
    let near = here.iter().flat_map(|here| here.ancestors()).map(|folder| folder.join("plugins"));
    let compiled = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../plugins");
    near.chain([compiled]).find(|folder| folder.join("sdk/Cargo.toml").is_file())
}

fn plugin_folders(workspace: &Path) -> Result<Vec<PathBuf>, Failure> {
    let mut folders: Vec<PathBuf> = std::fs::read_dir(workspace)?
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|folder| folder.join("plugin.toml").is_file() && folder.join("Cargo.toml").is_file())
        .filter(|folder| folder.file_name().is_some_and(|name| name != "template"))
        .collect();
    folders.sort();
    Ok(folders)
}

/// What others require comes first.
fn in_order(mut waiting: Vec<Bundled>) -> Result<Vec<Bundled>, Failure> {
    let mut ordered: Vec<Bundled> = Vec::new();
    while !waiting.is_empty() {
        let Some(next) = waiting.iter().position(|plugin| is_served(&plugin.manifest, &ordered)) else {
            let names: Vec<&str> = waiting.iter().map(|plugin| plugin.manifest.id.as_str()).collect();
            return Err(Failure::new(format!("no bundled plugin provides what these require: {}", names.join(", "))));
        };
        ordered.push(waiting.remove(next));
    }
    Ok(ordered)
}

fn is_served(manifest: &Manifest, enabled: &[Bundled]) -> bool {
    let provides = |object: (&str, &str)| enabled.iter().any(|other| other.manifest.provided_objects().any(|provided| provided == object));
    manifest.required_objects().all(provides)
        && manifest.required_plugins().all(|(id, _)| enabled.iter().any(|other| other.manifest.id == id))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundled(id: &str, provides: &[&str], requires: &[&str]) -> Bundled {
        let list = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
        let manifest = Manifest { id: id.into(), provides: list(provides), requires: list(requires), ..Manifest::default() };
        Bundled { manifest, digest: String::new(), bytes: Vec::new() }
    }

    #[test]
    fn requirements_come_first() {
        let plugins = vec![bundled("a", &[], &["object:thing@1", "plugin:b@0.1"]), bundled("b", &["thing@1"], &[])];
        let ordered = in_order(plugins).map(|plugins| plugins.into_iter().map(|plugin| plugin.manifest.id).collect::<Vec<_>>());
        assert_eq!(ordered.ok(), Some(vec!["b".to_owned(), "a".to_owned()]));
        assert!(in_order(vec![bundled("a", &[], &["object:thing@1"])]).is_err());
    }
}
