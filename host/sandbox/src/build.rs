//! Building plugins from source, for `guanxi plugin build`, `guanxi dev` and tests. The only place that runs cargo.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::manifest::{Manifest, ManifestProblem};
use crate::package::{PackageError, build_package};

/// The compilation target of plugins.
pub const TARGET: &str = "wasm32-wasip2";

/// A plugin built from source.
#[derive(Clone, Debug)]
pub struct BuiltPlugin {
    /// The folder with its `plugin.toml`.
    pub folder: PathBuf,
    /// What it declares.
    pub manifest: Manifest,
    /// The whole package: component with manifest.
    pub package: Vec<u8>,
}

/// Why a plugin was not built. The text says what to do.
#[derive(Debug, thiserror::Error)]
pub enum BuildError {
    /// The target is missing and rustup could not add it.
    #[error("the WebAssembly target is missing and could not be added ({reason}); run: rustup target add {TARGET}")]
    Target {
        /// What rustup said.
        reason: String,
    },
    /// cargo could not be started.
    #[error("cannot run cargo ({0}); install Rust from rustup.rs")]
    NoCargo(std::io::Error),
    /// The plugin does not compile; cargo has said why on stderr.
    #[error("{} does not compile:\n{output}", folder.display())]
    Compile {
        /// Where cargo ran.
        folder: PathBuf,
        /// The end of what cargo said.
        output: String,
    },
    /// The crate is not a plugin.
    #[error("{} builds no component; its Cargo.toml needs [lib] crate-type = [\"cdylib\"]", folder.display())]
    NoComponent {
        /// The plugin's folder.
        folder: PathBuf,
    },
    /// A file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The manifest is wrong.
    #[error("{} is not valid:\n{}", path.display(), shown(problems))]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// All that is wrong with it.
        problems: Vec<ManifestProblem>,
    },
    /// Component and manifest do not fit each other.
    #[error("{}:\n{error}", folder.display())]
    Package {
        /// The plugin's folder.
        folder: PathBuf,
        /// All that is wrong.
        error: PackageError,
    },
}

fn shown(problems: &[ManifestProblem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

/// Reads and validates the `plugin.toml` of a folder, row files embedded.
pub fn read_manifest(folder: &Path) -> Result<Manifest, BuildError> {
    let path = folder.join("plugin.toml");
    let text = fs::read_to_string(&path).map_err(|error| BuildError::Read { path: path.clone(), error })?;
    let read = |name: &str| fs::read_to_string(folder.join(name)).map_err(|error| error.to_string());
    Manifest::from_toml(&text, &read).map_err(|problems| BuildError::Manifest { path, problems })
}

/// Builds one plugin to a whole package.
pub fn build_plugin(folder: &Path) -> Result<BuiltPlugin, BuildError> {
    let mut built = build_plugins(folder, &[folder.to_owned()])?;
    built.pop().ok_or_else(|| BuildError::NoComponent { folder: folder.to_owned() })
}

/// Builds several plugins of one cargo workspace with one run of cargo.
pub fn build_plugins(workspace: &Path, folders: &[PathBuf]) -> Result<Vec<BuiltPlugin>, BuildError> {
    // Manifests first: their mistakes are found in an instant.
    let manifests = folders.iter().map(|folder| read_manifest(folder)).collect::<Result<Vec<_>, _>>()?;
    let components = build_components(workspace, folders)?;
    let mut built = Vec::new();
    for ((folder, manifest), path) in folders.iter().zip(manifests).zip(components) {
        let component = fs::read(&path).map_err(|error| BuildError::Read { path: path.clone(), error })?;
        let package = build_package(&component, &manifest).map_err(|error| BuildError::Package { folder: folder.clone(), error })?;
        built.push(BuiltPlugin { folder: folder.clone(), manifest, package });
    }
    Ok(built)
}

/// Runs cargo for the crates in `folders` and gives the component of each, in the same order.
pub fn build_components(workspace: &Path, folders: &[PathBuf]) -> Result<Vec<PathBuf>, BuildError> {
    ensure_target(workspace)?;
    let mut command = cargo(workspace);
    command.args(["build", "--release", "--lib", "--target", TARGET, "--message-format", "json-render-diagnostics"]);
    for folder in folders {
        command.arg("--package").arg(package_name(folder)?);
    }
    let output = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).output().map_err(BuildError::NoCargo)?;
    if !output.status.success() {
        let text = String::from_utf8_lossy(&output.stderr);
        let tail: Vec<&str> = text.lines().rev().take(60).collect();
        let output = tail.into_iter().rev().collect::<Vec<_>>().join("\n");
        return Err(BuildError::Compile { folder: workspace.to_owned(), output });
    }
    let artefacts = artefacts(&output.stdout);
    let of_folder = |folder: &PathBuf| {
        let wanted = fs::canonicalize(folder.join("Cargo.toml")).ok();
        let found = artefacts.iter().find(|(manifest, _)| wanted.is_some() && fs::canonicalize(manifest).ok() == wanted);
        found.map(|(_, component)| component.clone()).ok_or_else(|| BuildError::NoComponent { folder: folder.clone() })
    };
    folders.iter().map(of_folder).collect()
}

/// Makes sure that the target is there; asks rustup if it is not.
pub fn ensure_target(folder: &Path) -> Result<(), BuildError> {
    if target_is_installed(folder) {
        return Ok(());
    }
    tracing::info!("adding the Rust target {TARGET} with rustup");
    let added = Command::new("rustup").args(["target", "add", TARGET]).current_dir(folder).stdin(Stdio::null()).output();
    match added {
        Ok(output) if output.status.success() && target_is_installed(folder) => Ok(()),
        Ok(output) => {
            let text = String::from_utf8_lossy(&output.stderr);
            let reason = text.lines().last().unwrap_or("rustup failed").trim().to_owned();
            Err(BuildError::Target { reason })
        }
        Err(error) => Err(BuildError::Target { reason: format!("cannot run rustup: {error}") }),
    }
}

fn target_is_installed(folder: &Path) -> bool {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let output =
        Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET]).current_dir(folder).stdin(Stdio::null()).output();
    let Ok(output) = output else { return false };
    let path = PathBuf::from(String::from_utf8_lossy(&output.stdout).trim());
    output.status.success() && fs::read_dir(path).is_ok_and(|mut entries| entries.next().is_some())
}

fn cargo(workspace: &Path) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(workspace);
    // Flags that a surrounding cargo or a coverage tool set are meant for the host.
    for name in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "CARGO_BUILD_TARGET"] {
        command.env_remove(name);
    }
    command
}

/// The name in a crate's Cargo.toml.
fn package_name(folder: &Path) -> Result<String, BuildError> {
    let path = folder.join("Cargo.toml");
    let text = fs::read_to_string(&path).map_err(|error| BuildError::Read { path, error })?;
    let table: toml::Table = toml::from_str(&text).map_err(|_| BuildError::NoComponent { folder: folder.to_owned() })?;
    let name = table.get("package").and_then(|package| package.get("name")).and_then(toml::Value::as_str);
    name.map(str::to_owned).ok_or_else(|| BuildError::NoComponent { folder: folder.to_owned() })
}

/// `(Cargo.toml, component)` of every library that cargo reports, wherever its target folder is.
fn artefacts(messages: &[u8]) -> Vec<(PathBuf, PathBuf)> {
    let text = String::from_utf8_lossy(messages);
    let mut found = Vec::new();
    for line in text.lines() {
        let Ok(message) = serde_json::from_str::<serde_json::Value>(line) else { continue };
        if message["reason"] != "compiler-artifact" {
            continue;
        }
        let files = message["filenames"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
        let component = files.filter(|file| file.ends_with(".wasm")).map(PathBuf::from).next();
        if let (Some(manifest), Some(component)) = (message["manifest_path"].as_str(), component) {
            found.push((PathBuf::from(manifest), component));
        }
    }
    found
}
