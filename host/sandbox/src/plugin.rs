//! A loaded plugin: compiled, linked, ready for calls.

use std::sync::Arc;

use wasmtime::Engine;
use wasmtime::component::{Component, HasSelf, InstancePre, Linker};

use crate::bindings::exports::guanxi::hooks::before_save::GuestIndices as BeforeSave;
use crate::bindings::exports::guanxi::ui::render_page::GuestIndices as RenderPage;
use crate::bindings::exports::guanxi::ui::render_panel::GuestIndices as RenderPanel;
use crate::bindings::guanxi;
use crate::manifest::Manifest;
use crate::package::{Package, PackageError, PackageProblem};
use crate::state::State;
use crate::wasi;

/// A plugin that can be called. Cheap to clone; all tenants share one per package.
#[derive(Clone)]
pub struct Plugin(pub(crate) Arc<Loaded>);

pub(crate) struct Loaded {
    pub(crate) manifest: Manifest,
    digest: String,
    pub(crate) pre: InstancePre<State>,
    pub(crate) before_save: Option<BeforeSave>,
    pub(crate) render_page: Option<RenderPage>,
    pub(crate) render_panel: Option<RenderPanel>,
}

impl Plugin {
    /// The plugin's id.
    pub fn id(&self) -> &str {
        &self.0.manifest.id
    }

    /// What it declares.
    pub fn manifest(&self) -> &Manifest {
        &self.0.manifest
    }

    /// The package that it was loaded from.
    pub fn digest(&self) -> &str {
        &self.0.digest
    }

    /// Links a compiled component. Everything in the package that does not fit this host is said at once.
    pub(crate) fn link(engine: &Engine, component: &Component, package: &Package) -> Result<Self, PackageError> {
        let link_error = |error: wasmtime::Error| -> PackageError {
            let detail = format!("it does not fit this server: {}", error.chain().map(ToString::to_string).collect::<Vec<_>>().join(": "));
            PackageProblem::new("package.link", detail, "build it with the SDK of this server's version").into()
        };
        let mut linker = Linker::new(engine);
        add_host_functions(&mut linker).map_err(link_error)?;
        wasi::link(&mut linker, engine, component).map_err(link_error)?;
        let pre = linker.instantiate_pre(component).map_err(link_error)?;
        let mut problems = Vec::new();
        // An interface with our name and other types would look absent; say so instead.
        let mut has = |interface: &str, fits: bool| {
            let exported = package.exports().iter().any(|export| export.split('@').next() == Some(interface));
            if exported && !fits {
                let detail = format!("it exports `{interface}` with other types than this server's");
                problems.push(PackageProblem::new("package.link", detail, "build it with the SDK of this server's version"));
            }
        };
        let before_save = BeforeSave::new(&pre).ok();
        let render_page = RenderPage::new(&pre).ok();
        let render_panel = RenderPanel::new(&pre).ok();
        has("guanxi:hooks/before-save", before_save.is_some());
        has("guanxi:ui/render-page", render_page.is_some());
        has("guanxi:ui/render-panel", render_panel.is_some());
        if !problems.is_empty() {
            return Err(PackageError { problems });
        }
        let (manifest, digest) = (package.manifest().clone(), package.digest().to_owned());
        Ok(Self(Arc::new(Loaded { manifest, digest, pre, before_save, render_page, render_panel })))
    }
}

/// Everything of ours that a guest may import. Whether this guest may was decided when its package was read.
fn add_host_functions(linker: &mut Linker<State>) -> wasmtime::Result<()> {
    guanxi::types::types::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    guanxi::log::log::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    guanxi::records::records::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    guanxi::query::query::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    guanxi::hooks::hook_types::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    guanxi::ui::view::add_to_linker::<_, HasSelf<_>>(linker, |state| state)?;
    Ok(())
}

impl std::fmt::Debug for Plugin {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Plugin").field("id", &self.id()).field("digest", &self.digest()).finish_non_exhaustive()
    }
}
