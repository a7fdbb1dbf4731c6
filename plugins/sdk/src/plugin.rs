//! The one trait a plugin implements, and the macro that exports what it implements.

use crate::bindings::{before_save, render_page, render_panel};
use crate::draft::{Draft, Verdict};
use crate::view::{Param, View};
use crate::{Context, Error, RecordRef};

/// What hooks and pages answer. The error is one that the host gave, or your own with [`Error::new`].
pub type Result<T> = std::result::Result<T, Error>;

/// A plugin. Every function has a default; name those that you write in [`register!`](crate::register).
pub trait Plugin {
    /// Agrees to one record that is about to be written, completes it, or refuses it.
    ///
    /// An `Err` is a failure, not a refusal: the save then ends with `plugin.failed` and the message goes to the log.
    fn before_save(_context: &Context, _draft: &Draft) -> Result<Verdict> {
        Ok(Verdict::accept())
    }

    /// The same for all records that come together (at most 200), one verdict per draft in the same order.
    /// Write this one where a single query can serve all of them.
    fn before_save_all(context: &Context, drafts: &[Draft]) -> Result<Vec<Verdict>> {
        drafts.iter().map(|draft| Self::before_save(context, draft)).collect()
    }

    /// A page from `[[pages]]` of the manifest. `params` are what links to it gave.
    fn render_page(_context: &Context, page: &str, _params: &[Param]) -> Result<View> {
        Err(Error::not_found(page))
    }

    /// A panel from `[[panels]]` of the manifest on the page of `subject`.
    fn render_panel(_context: &Context, panel: &str, _subject: &RecordRef) -> Result<View> {
        Err(Error::not_found(panel))
    }
}

impl Error {
    /// An error of the plugin's own.
    pub fn new(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self { code: code.into(), message: message.into(), retryable: false }
    }

    /// The page or panel does not exist.
    pub fn not_found(name: &str) -> Self {
        Self::new("not_found", format!("this plugin renders nothing called `{name}`"))
    }
}

impl<T: Plugin> before_save::exports::guanxi::hooks::before_save::Guest for T {
    fn before_save(context: Context, drafts: Vec<Draft>) -> Vec<Verdict> {
        match T::before_save_all(&context, &drafts) {
            Ok(verdicts) => verdicts,
            // A hook that cannot decide must not let the save pass: the trap refuses it, the message reaches the log.
            Err(error) => panic!("{}: {}", error.code, error.message),
        }
    }
}

impl<T: Plugin> render_page::exports::guanxi::ui::render_page::Guest for T {
    fn render_page(context: Context, page: String, params: Vec<Param>) -> Result<View> {
        T::render_page(&context, &page, &params)
    }
}

impl<T: Plugin> render_panel::exports::guanxi::ui::render_panel::Guest for T {
    fn render_panel(context: Context, panel: String, subject: RecordRef) -> Result<View> {
        T::render_panel(&context, &panel, &subject)
    }
}

/// Exports a plugin: `register!(MyPlugin: before_save, render_page, render_panel);`, naming only what it implements.
///
/// The manifest must list the same: a hook under `[[hooks]]`, pages under `[[pages]]`, panels under `[[panels]]`.
#[macro_export]
macro_rules! register {
    ($plugin:ident : $($export:ident),+ $(,)?) => {
        const _: fn() = $crate::__is_plugin::<$plugin>;
        $($crate::__export!($export, $plugin);)+
    };
}

/// Names the type also where nothing is exported, so that a native build does not call it unused.
#[doc(hidden)]
pub fn __is_plugin<T: Plugin>() {}

#[doc(hidden)]
#[macro_export]
macro_rules! __export {
    (before_save, $plugin:ident) => {
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::before_save::export_before_save!($plugin with_types_in $crate::bindings::before_save);
    };
    (render_page, $plugin:ident) => {
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::render_page::export_render_page!($plugin with_types_in $crate::bindings::render_page);
    };
    (render_panel, $plugin:ident) => {
        #[cfg(target_arch = "wasm32")]
        $crate::bindings::render_panel::export_render_panel!($plugin with_types_in $crate::bindings::render_panel);
    };
}
