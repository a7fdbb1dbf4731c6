//! A look at a whole file before anything else touches it: is it a component, how large are its parts, what does it import.

use std::collections::BTreeMap;

use wasmparser::component_types::ComponentEntityType;
use wasmparser::{Parser, Payload, Validator};

use crate::package::PackageProblem;

/// Threat: a package that fills the disk, or a compiler that runs for minutes.
pub(crate) const COMPONENT_BYTES: usize = 4 * 1024 * 1024;
/// Threat: memory of whoever reads the section.
pub(crate) const SECTION_BYTES: usize = 256 * 1024;
/// Threat: the same, for what is parsed on every start.
pub(crate) const MANIFEST_BYTES: usize = 64 * 1024;
/// Threat: a compiler that runs for minutes.
const FUNCTIONS: u32 = 20_000;
/// Threat: our own recursion over nested components.
const DEPTH: usize = 16;

/// Begins the name of every section of ours.
const OWN_SECTION: &str = "guanxi:";

/// An interface that a component imports: a fact, unlike the claims of a manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// `guanxi:query/query`.
    pub interface: String,
    /// `0.1.0`; empty if it has none.
    pub version: String,
    /// The functions that the component can call; none if it only needs the types.
    pub functions: Vec<String>,
}

/// What was seen.
#[derive(Debug, Default)]
pub(crate) struct Scan {
    /// What it really imports.
    pub(crate) imports: Vec<Import>,
    /// Exported interfaces with version.
    pub(crate) exports: Vec<String>,
    /// Our own sections.
    pub(crate) sections: BTreeMap<String, Vec<u8>>,
}

fn not_component(detail: impl Into<String>) -> PackageProblem {
    PackageProblem::new("package.not_component", detail, "build the package with `guanxi plugin build`")
}

/// Reads the whole file. The first problem ends it: nothing behind it can be trusted.
pub(crate) fn scan(bytes: &[u8]) -> Result<Scan, PackageProblem> {
    if bytes.len() > COMPONENT_BYTES + 3 * SECTION_BYTES {
        let allowed = COMPONENT_BYTES / 1024;
        return Err(not_component(format!("the file has {} KiB, {allowed} KiB of component are allowed", bytes.len() / 1024)));
    }
    if wasmtime::Engine::detect_precompiled(bytes).is_some() {
        return Err(not_component("the file is compiled machine code, which is never accepted"));
    }
    if !Parser::is_component(bytes) {
        let what = if Parser::is_core_wasm(bytes) { "a core module" } else { "no WebAssembly" };
        return Err(not_component(format!("the file is {what}, not a component")));
    }
    let mut scan = Scan::default();
    let mut imports = Vec::new();
    let mut depth = 0_usize;
    for payload in Parser::new(0).parse_all(bytes) {
        match payload.map_err(|error| not_component(format!("the file is damaged: {error}")))? {
            Payload::ModuleSection { .. } | Payload::ComponentSection { .. } => {
                depth += 1;
                if depth > DEPTH {
                    return Err(not_component(format!("components are nested deeper than {DEPTH} levels")));
                }
            }
            Payload::End(_) => depth = depth.saturating_sub(1),
            Payload::FunctionSection(functions) if functions.count() > FUNCTIONS => {
                return Err(not_component(format!("a module has {} functions, {FUNCTIONS} are allowed", functions.count())));
            }
            // Only at the top: an inner module must not be able to smuggle in a second manifest.
            Payload::CustomSection(section) if depth == 0 && section.name().starts_with(OWN_SECTION) => {
                scan.keep(section.name(), section.data())?
            }
            Payload::ComponentImportSection(reader) if depth == 0 => {
                for import in reader {
                    let import = import.map_err(|error| not_component(format!("the file is damaged: {error}")))?;
                    imports.push(import.name.name.to_owned());
                }
            }
            Payload::ComponentExportSection(reader) if depth == 0 => {
                for export in reader {
                    let export = export.map_err(|error| not_component(format!("the file is damaged: {error}")))?;
                    scan.exports.push(export.name.name.to_owned());
                }
            }
            _ => {}
        }
    }
    let types =
        Validator::new().validate_all(bytes).map_err(|error| not_component(format!("the file is not valid WebAssembly: {error}")))?;
    for name in imports {
        let (interface, version) = name.split_once('@').unwrap_or((&name, ""));
        let functions = match types.component_item_for_import(&name).map(|item| item.ty) {
            Some(ComponentEntityType::Instance(id)) => {
                let members = types[id].exports.iter().filter(|(_, member)| matches!(member.ty, ComponentEntityType::Func(_)));
                members.map(|(member, _)| member.clone()).collect()
            }
            // Something else than an interface: it counts as a function of its own name.
            _ => vec![name.clone()],
        };
        scan.imports.push(Import { interface: interface.to_owned(), version: version.to_owned(), functions });
    }
    Ok(scan)
}

impl Scan {
    fn keep(&mut self, name: &str, data: &[u8]) -> Result<(), PackageProblem> {
        let allowed = if name == "guanxi:manifest" { MANIFEST_BYTES } else { SECTION_BYTES };
        if data.len() > allowed {
            let detail = format!("the section `{name}` has {} bytes, {allowed} are allowed", data.len());
            return Err(PackageProblem::new("package.manifest_invalid", detail, "shorten texts or sample rows"));
        }
        if self.sections.insert(name.to_owned(), data.to_vec()).is_some() {
            let detail = format!("the section `{name}` is there twice");
            return Err(PackageProblem::new("package.manifest_invalid", detail, "build the package again with `guanxi plugin build`"));
        }
        Ok(())
    }
}
