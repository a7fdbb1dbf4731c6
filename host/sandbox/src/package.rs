//! A package: one file, a component with our sections behind it. Reading one trusts nothing in it.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use wasm_encoder::{CustomSection, Encode, Section};

use crate::capability::{Capability, FREE_INTERFACES, WASI_INTERFACES};
use crate::manifest::{HookKind, Manifest, ManifestProblem, RowSet, Words};
use crate::scan::{Import, Scan, scan};

const MANIFEST: &str = "guanxi:manifest";
const WORDS: &str = "guanxi:i18n";
const ROWS: &str = "guanxi:rows";
/// The track of every interface of ours in this version.
const CONTRACT_TRACK: &str = "0.1.";
/// What each exported interface is declared by.
const BEFORE_SAVE: &str = "guanxi:hooks/before-save";
const RENDER_PAGE: &str = "guanxi:ui/render-page";
const RENDER_PANEL: &str = "guanxi:ui/render-panel";

/// A package whose form, manifest and imports are in order. Whether it links is known after [`crate::Sandbox::load`].
#[derive(Clone, Debug)]
pub struct Package {
    bytes: Vec<u8>,
    digest: String,
    manifest: Manifest,
    imports: Vec<Import>,
    exports: Vec<String>,
}

/// One reason why a package is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageProblem {
    /// `package.not_component`, `package.manifest_missing`, `package.manifest_invalid`, `package.import_undeclared`, `package.link`.
    pub code: &'static str,
    /// What is wrong.
    pub detail: String,
    /// What to do.
    pub remedy: String,
}

/// All reasons why a package is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{}", shown(.problems))]
pub struct PackageError {
    /// At least one.
    pub problems: Vec<PackageProblem>,
}

fn shown(problems: &[PackageProblem]) -> String {
    problems.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

impl PackageProblem {
    pub(crate) fn new(code: &'static str, detail: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self { code, detail: detail.into(), remedy: remedy.into() }
    }
}

impl fmt::Display for PackageProblem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}; {}", self.code, self.detail, self.remedy)
    }
}

impl From<ManifestProblem> for PackageProblem {
    fn from(problem: ManifestProblem) -> Self {
        let place = if problem.path.is_empty() { String::new() } else { format!("{}: ", problem.path) };
        Self::new("package.manifest_invalid", format!("{place}{}", problem.detail), problem.remedy)
    }
}

impl From<PackageProblem> for PackageError {
    fn from(problem: PackageProblem) -> Self {
        Self { problems: vec![problem] }
    }
}

impl Package {
    /// Reads a file. All problems that can be known without compiling it come back at once.
    pub fn read(bytes: &[u8]) -> Result<Self, PackageError> {
        let scan = scan(bytes)?;
        let manifest = read_manifest(&scan)?;
        let mut problems: Vec<PackageProblem> = manifest.validate().into_iter().map(PackageProblem::from).collect();
        problems.extend(check_imports(&manifest, &scan.imports));
        problems.extend(check_exports(&manifest, &scan.exports));
        if !problems.is_empty() {
            return Err(PackageError { problems });
        }
        let digest = hex(&Sha256::digest(bytes));
        Ok(Self { bytes: bytes.to_vec(), digest, manifest, imports: scan.imports, exports: scan.exports })
    }

    /// The file.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// SHA-256 of the file, in hex: packages are installed by it.
    pub fn digest(&self) -> &str {
        &self.digest
    }

    /// What the plugin declares.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// What the component really imports: the base of the consent form.
    pub fn imports(&self) -> &[Import] {
        &self.imports
    }

    /// Interfaces that the component exports, with version.
    pub fn exports(&self) -> &[String] {
        &self.exports
    }

    /// Capabilities that the component really uses; those only claimed are in the manifest.
    pub fn used_capabilities(&self) -> Vec<Capability> {
        Capability::ALL
            .into_iter()
            .filter(|capability| {
                self.imports.iter().any(|import| import.interface == capability.interface() && !import.functions.is_empty())
            })
            .collect()
    }
}

/// Joins a component and its manifest to a package. The result has been read back, so it is known to be good.
pub fn build_package(component: &[u8], manifest: &Manifest) -> Result<Vec<u8>, PackageError> {
    Package::read(&join_package(component, manifest)?).map(|package| package.bytes)
}

/// Joins a component and its manifest without looking at either: for tests of what the host does with bad packages.
pub fn join_package(component: &[u8], manifest: &Manifest) -> Result<Vec<u8>, PackageError> {
    let mut plain = manifest.clone();
    let words = I18n::from_messages(std::mem::take(&mut plain.messages));
    let rows = Rows { seed: std::mem::take(&mut plain.seed), sample: std::mem::take(&mut plain.sample) };
    let mut bytes = component.to_vec();
    for (name, json) in [(MANIFEST, serde_json::to_vec(&plain)), (WORDS, serde_json::to_vec(&words)), (ROWS, serde_json::to_vec(&rows))] {
        let data = json.map_err(|error| PackageProblem::new("package.manifest_invalid", error.to_string(), "report this as a bug"))?;
        let section = CustomSection { name: Cow::Borrowed(name), data: Cow::Owned(data) };
        bytes.push(section.id());
        section.encode(&mut bytes);
    }
    Ok(bytes)
}

/// Messages by language, so that a translator's tool finds one language in one place.
#[derive(Default, Serialize, Deserialize)]
struct I18n {
    #[serde(rename = "zh-CN")]
    zh: BTreeMap<String, String>,
    en: BTreeMap<String, String>,
}

impl I18n {
    fn from_messages(messages: BTreeMap<String, Words>) -> Self {
        let mut words = Self::default();
        for (key, text) in messages {
            words.zh.insert(key.clone(), text.zh);
            words.en.insert(key, text.en);
        }
        words
    }

    fn into_messages(mut self) -> BTreeMap<String, Words> {
        let mut messages: BTreeMap<String, Words> =
            self.zh.into_iter().map(|(key, zh)| (key.clone(), Words { zh, en: self.en.remove(&key).unwrap_or_default() })).collect();
        messages.extend(self.en.into_iter().map(|(key, en)| (key, Words { zh: String::new(), en })));
        messages
    }
}

#[derive(Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Rows {
    #[serde(default)]
    seed: Vec<RowSet>,
    #[serde(default)]
    sample: Vec<RowSet>,
}

fn read_manifest(scan: &Scan) -> Result<Manifest, PackageError> {
    let Some(bytes) = scan.sections.get(MANIFEST) else {
        let problem = PackageProblem::new(
            "package.manifest_missing",
            "the component carries no manifest",
            "write a plugin.toml and build the package with `guanxi plugin build`",
        );
        return Err(problem.into());
    };
    let problems = |list: Vec<ManifestProblem>| PackageError { problems: list.into_iter().map(PackageProblem::from).collect() };
    let mut manifest = Manifest::from_json(bytes).map_err(problems)?;
    if let Some(bytes) = scan.sections.get(WORDS) {
        manifest.messages = section::<I18n>(WORDS, bytes)?.into_messages();
    }
    if let Some(bytes) = scan.sections.get(ROWS) {
        let rows: Rows = section(ROWS, bytes)?;
        (manifest.seed, manifest.sample) = (rows.seed, rows.sample);
    }
    Ok(manifest)
}

fn section<T: for<'a> Deserialize<'a>>(name: &str, bytes: &[u8]) -> Result<T, PackageError> {
    serde_json::from_slice(bytes).map_err(|error| {
        let detail = format!("the section `{name}` cannot be read: {error}");
        PackageProblem::new("package.manifest_invalid", detail, "build the package again with `guanxi plugin build`").into()
    })
}

fn without_version(name: &str) -> &str {
    name.split('@').next().unwrap_or(name)
}

fn check_imports(manifest: &Manifest, imports: &[Import]) -> Vec<PackageProblem> {
    let mut problems = Vec::new();
    for Import { interface: name, version, functions } in imports {
        let name = name.as_str();
        if WASI_INTERFACES.contains(&name) && version.starts_with("0.2.") {
            continue;
        }
        let capability = Capability::ALL.into_iter().find(|capability| capability.interface() == name);
        if capability.is_none() && !FREE_INTERFACES.contains(&name) {
            let remedy = if name.starts_with("wasi:") {
                "plugins have no files, sockets or HTTP; remove the code or the dependency that uses them"
            } else {
                "use the interfaces of wit/, or a newer server"
            };
            problems.push(PackageProblem::new("package.link", format!("it imports `{name}`, which this server does not offer"), remedy));
        } else if !version.starts_with(CONTRACT_TRACK) {
            let detail = format!("it needs `{name}` {version}, this server has {CONTRACT_TRACK}x");
            problems.push(PackageProblem::new("package.link", detail, "build it with the SDK of this server's version"));
        } else if let Some(capability) = capability
            && !functions.is_empty()
            && !manifest.capabilities.uses.iter().any(|used| used == capability.name())
        {
            let detail = format!("it imports `{name}`, but its manifest does not ask for `{}`", capability.name());
            let remedy = format!("add \"{}\" to `uses` under [capabilities] in plugin.toml", capability.name());
            problems.push(PackageProblem::new("package.import_undeclared", detail, remedy));
        }
    }
    problems
}

fn check_exports(manifest: &Manifest, exports: &[String]) -> Vec<PackageProblem> {
    let exported = |name: &str| exports.iter().any(|export| without_version(export) == name);
    let hooked = manifest.hooks.iter().any(|hook| hook.on == HookKind::BeforeSave);
    [
        (hooked, BEFORE_SAVE, "[[hooks]]", "before_save"),
        (!manifest.pages.is_empty(), RENDER_PAGE, "[[pages]]", "render_page"),
        (!manifest.panels.is_empty(), RENDER_PANEL, "[[panels]]", "render_panel"),
    ]
    .into_iter()
    .filter(|(declared, interface, ..)| *declared && !exported(interface))
    .map(|(_, interface, key, function)| {
        let detail = format!("the manifest has {key}, but the component does not export `{interface}`");
        PackageProblem::new("package.manifest_invalid", detail, format!("name `{function}` in register!, or remove {key}"))
    })
    .collect()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
