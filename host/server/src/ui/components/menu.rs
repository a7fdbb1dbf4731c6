//! A button that opens a list of further actions. Works without script; `shortcuts.js` closes it by Esc and by a click outside.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// One entry.
#[derive(Clone, Debug)]
pub struct MenuEntry {
    /// Words.
    pub label: String,
    /// Drawing.
    pub icon: Option<Icon>,
    /// What it does.
    pub target: MenuTarget,
    /// Destroys something.
    pub danger: bool,
}

/// What an entry of a menu does.
#[derive(Clone, Debug)]
pub enum MenuTarget {
    /// Goes to an address.
    Link(String),
    /// Opens a [`super::dialog`] by its id.
    Dialog(String),
}

/// Three dots that open the entries; nothing where there are none.
pub fn menu(locale: Locale, entries: &[MenuEntry]) -> Markup {
    html! {
        @if !entries.is_empty() {
            details.drop-menu {
                summary.btn.icon aria-label=(t(locale).more_actions()) title=(t(locale).more_actions()) { (icon(Icon::Dots)) }
                div.pop { @for each in entries { (entry(each)) } }
            }
        }
    }
}

fn entry(entry: &MenuEntry) -> Markup {
    let class = if entry.danger { "opt t-bad" } else { "opt" };
    let inner = html! { @if let Some(drawing) = entry.icon { (icon(drawing)) } (entry.label) };
    match &entry.target {
        MenuTarget::Link(href) => html! { a class=(class) href=(href) { (inner) } },
        MenuTarget::Dialog(id) => html! { button class=(class) type="button" popovertarget=(id) { (inner) } },
    }
}

/// A closed menu.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let entries = [
        MenuEntry {
            label: pick(locale, "变更历史", "History"),
            icon: Some(Icon::Clock),
            target: MenuTarget::Link("#history".into()),
            danger: false,
        },
        MenuEntry {
            label: t(locale).delete().into(),
            icon: Some(Icon::Trash),
            target: MenuTarget::Dialog("sample-dialog".into()),
            danger: true,
        },
    ];
    vec![Sample::new("menu", menu(locale, &entries))]
}
