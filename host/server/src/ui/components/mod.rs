//! Building parts of pages: one file each, each with samples in both languages that one test renders.
//!
//! Components know nothing of metadata or the engine: a page maps what it has to these plain structs.

use guanxi_core::meta::Locale;
use maud::Markup;

pub mod any_reference;
pub mod avatar;
pub mod badge;
pub mod bar_chart;
pub mod breadcrumb;
pub mod button;
pub mod calendar;
pub mod card;
pub mod chart;
pub mod control;
pub mod control_input;
pub mod dialog;
pub mod fields;
pub mod files;
pub mod filter_bar;
pub mod form;
pub mod funnel;
pub mod icon;
pub mod items;
pub mod kanban;
pub mod lines;
pub mod many_reference;
pub mod marked;
pub mod matrix;
pub mod menu;
pub mod note;
pub mod pager;
pub mod record_table;
pub mod reference;
pub mod state;
pub mod stats;
pub mod table;
pub mod tabs;
pub mod timeline;

#[cfg(test)]
mod gallery;
#[cfg(test)]
mod gallery_pages;

/// A component in one of its states.
pub struct Sample {
    /// What is shown, for the reader of the gallery.
    pub name: &'static str,
    /// The component.
    pub markup: Markup,
}

impl Sample {
    /// A sample with its name.
    pub fn new(name: &'static str, markup: Markup) -> Self {
        Self { name, markup }
    }
}

/// Samples of every component, by file.
pub fn all_samples(locale: Locale) -> Vec<(&'static str, Vec<Sample>)> {
    vec![
        ("any_reference", any_reference::samples(locale)),
        ("avatar", avatar::samples(locale)),
        ("badge", badge::samples(locale)),
        ("bar_chart", bar_chart::samples(locale)),
        ("breadcrumb", breadcrumb::samples(locale)),
        ("button", button::samples(locale)),
        ("calendar", calendar::samples(locale)),
        ("card", card::samples(locale)),
        ("chart", chart::samples(locale)),
        ("control", control::samples(locale)),
        ("dialog", dialog::samples(locale)),
        ("fields", fields::samples(locale)),
        ("files", files::samples(locale)),
        ("filter_bar", filter_bar::samples(locale)),
        ("form", form::samples(locale)),
        ("funnel", funnel::samples(locale)),
        ("icon", icon::samples(locale)),
        ("items", items::samples(locale)),
        ("kanban", kanban::samples(locale)),
        ("lines", lines::samples(locale)),
        ("many_reference", many_reference::samples(locale)),
        ("marked", marked::samples(locale)),
        ("matrix", matrix::samples(locale)),
        ("menu", menu::samples(locale)),
        ("note", note::samples(locale)),
        ("pager", pager::samples(locale)),
        ("record_table", record_table::samples(locale)),
        ("reference", reference::samples(locale)),
        ("state", state::samples(locale)),
        ("stats", stats::samples(locale)),
        ("table", table::samples(locale)),
        ("tabs", tabs::samples(locale)),
        ("timeline", timeline::samples(locale)),
    ]
}

/// Sample words: the first for Chinese, the second for English readers.
fn pick(locale: Locale, zh: &str, en: &str) -> String {
    match locale {
        Locale::ZhCn => zh.to_owned(),
        Locale::En => en.to_owned(),
    }
}
