//! What the plugin commands share: the plugin in the current folder, its package, and what is said about one.

use std::path::{Path, PathBuf};
use std::process::Stdio;

use guanxi_sandbox::build::{BuildError, BuiltPlugin, build_plugin, read_manifest};
use guanxi_sandbox::{Package, PackageError, Sandbox, SandboxSettings};

use super::Failure;

/// A plugin's folder, seen from the command line.
pub(super) struct Source {
    /// The folder with `plugin.toml`.
    pub folder: PathBuf,
    /// Where `plugin build` puts the package: in cargo's target folder, wherever that is.
    pub package: PathBuf,
}

impl Source {
    /// The plugin in the current folder.
    pub(super) async fn here() -> Result<Self, Failure> {
        let folder = std::env::current_dir()?;
        if !folder.join("plugin.toml").is_file() {
            return Err(
                Failure::new(format!("there is no plugin.toml in {}", folder.display())).hint("run this command in a plugin's folder")
            );
        }
        let manifest = read_manifest(&folder).map_err(build_failure)?;
        let package = target_folder(&folder).await?.join("guanxi").join(format!("{}.gxm", manifest.id));
        Ok(Self { folder, package })
    }

    /// Builds the package and writes it to its place.
    pub(super) async fn build(&self) -> Result<BuiltPlugin, Failure> {
        let folder = self.folder.clone();
        let built = tokio::task::spawn_blocking(move || build_plugin(&folder)).await.map_err(|error| Failure::new(error.to_string()))?;
        let built = built.map_err(build_failure)?;
        write(&self.package, &built.package)?;
        Ok(built)
    }
}

/// Writes a package, making its folder.
pub(super) fn write(path: &Path, package: &[u8]) -> Result<(), Failure> {
    let parent = path.parent().map_or(Ok(()), std::fs::create_dir_all);
    parent
        .and_then(|()| std::fs::write(path, package))
        .map_err(|error| Failure::new(format!("{} cannot be written: {error}", path.display())))
}

/// Examines a package as a server does before it installs one: form, manifest, imports, and a link test.
pub(super) async fn examine(path: &Path) -> Result<Package, Failure> {
    let bytes = tokio::fs::read(path).await.map_err(|error| Failure::new(format!("{} cannot be read: {error}", path.display())))?;
    let examined = tokio::task::spawn_blocking(move || {
        let package = Package::read(&bytes).map_err(package_failure)?;
        let sandbox = Sandbox::new(&SandboxSettings::default()).map_err(|error| Failure::new(error.to_string()))?;
        sandbox.load(&package).map_err(package_failure)?;
        Ok(package)
    });
    examined.await.map_err(|error| Failure::new(error.to_string()))?
}

/// A mistake in a plugin's sources.
pub(super) fn build_failure(error: BuildError) -> Failure {
    match error {
        BuildError::Package { error, .. } => package_failure(error),
        other => Failure::new(other.to_string()),
    }
}

fn package_failure(error: PackageError) -> Failure {
    let lines = error.problems.iter().map(|problem| format!("{}: {}", problem.code, problem.detail)).collect();
    let hints =
        error.problems.iter().map(|problem| problem.remedy.as_str()).filter(|remedy| !remedy.is_empty()).collect::<Vec<_>>().join("; ");
    Failure::lines_of(lines).hint(hints)
}

/// Asks cargo, because `CARGO_TARGET_DIR`, a workspace or a configuration file may have moved it.
async fn target_folder(folder: &Path) -> Result<PathBuf, Failure> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = tokio::process::Command::new(cargo);
    command.args(["metadata", "--no-deps", "--format-version", "1"]).current_dir(folder).stdin(Stdio::null());
    let output = command
        .output()
        .await
        .map_err(|error| Failure::new(format!("cargo cannot be run: {error}")).hint("install Rust from rustup.rs"))?;
    let metadata: Option<serde_json::Value> = serde_json::from_slice(&output.stdout).ok();
    let folder = metadata.as_ref().and_then(|metadata| metadata["target_directory"].as_str());
    folder
        .map(PathBuf::from)
        .ok_or_else(|| Failure::new(String::from_utf8_lossy(&output.stderr).trim().to_owned()).hint("correct Cargo.toml"))
}
