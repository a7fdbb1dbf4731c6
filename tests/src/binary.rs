//! Finds the program under test, building it when it is not there, so that `cargo test -p guanxi-tests` is enough.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

/// The root folder of the workspace.
pub fn root() -> &'static Path {
    static ROOT: OnceLock<PathBuf> = OnceLock::new();
    ROOT.get_or_init(|| {
        let here = std::env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
        Path::new(&here).parent().expect("the tests crate lies in a workspace").to_owned()
    })
}

/// The folder for what a failed run leaves behind, such as screenshots.
pub fn artefacts() -> PathBuf {
    let folder = root().join("target").join("screenshots");
    std::fs::create_dir_all(&folder).expect("the target folder is writable");
    folder
}

/// The `guanxi` executable: the one that `GUANXI_TEST_BINARY` names, else taken from cargo's own messages and never guessed.
pub fn guanxi() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| std::env::var_os("GUANXI_TEST_BINARY").map_or_else(build, PathBuf::from))
}

/// `--workspace` keeps the feature set, and with it the compiled dependencies, the same as those of `cargo test`.
fn build() -> PathBuf {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let output = Command::new(cargo)
        .args(["build", "--workspace", "--bin", "guanxi", "--locked", "--message-format=json-render-diagnostics"])
        .current_dir(root())
        .stderr(Stdio::inherit())
        .output()
        .expect("cargo starts");
    assert!(output.status.success(), "the server does not build");
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .filter(|message| message["reason"] == "compiler-artifact" && message["target"]["name"] == "guanxi")
        .find_map(|message| message["executable"].as_str().map(PathBuf::from))
        .expect("cargo names the executable it built")
}
