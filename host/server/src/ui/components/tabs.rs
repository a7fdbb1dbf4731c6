//! Tabs between faces of one thing, and the small switch between displays.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::icon::{Icon, icon_small};
use super::{Sample, pick};
use crate::texts::t;

/// One tab: a link.
#[derive(Clone, Debug, Default)]
pub struct Tab {
    /// Words.
    pub label: String,
    /// Address.
    pub href: String,
    /// How many are behind it, as shown.
    pub count: Option<String>,
    /// Drawing before the words (switch only).
    pub icon: Option<Icon>,
    /// The one that is shown now.
    pub current: bool,
}

impl Tab {
    /// A tab without count or icon.
    pub fn new(label: impl Into<String>, href: impl Into<String>, current: bool) -> Self {
        Self { label: label.into(), href: href.into(), current, ..Self::default() }
    }
}

/// A row of tabs with a name for screen readers.
pub fn tabs(label: &str, tabs: &[Tab]) -> Markup {
    html! {
        nav.tabs aria-label=(label) {
            @for tab in tabs {
                a href=(tab.href) aria-current=[tab.current.then_some("page")] {
                    (tab.label)
                    @if let Some(count) = &tab.count { span.count { (count) } }
                }
            }
        }
    }
}

/// A switch between displays of the same records (list, board).
pub fn switch(label: &str, tabs: &[Tab]) -> Markup {
    html! {
        span.seg role="group" aria-label=(label) {
            @for tab in tabs {
                a href=(tab.href) aria-current=[tab.current.then_some("true")] {
                    @if let Some(drawing) = tab.icon { (icon_small(drawing)) }
                    (tab.label)
                }
            }
        }
    }
}

/// Tabs and the switch.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let views = [
        Tab { count: Some("1,284".into()), ..Tab::new(p("全部", "All"), "#all", true) },
        Tab { count: Some("41".into()), ..Tab::new(p("我的", "Mine"), "#mine", false) },
        Tab::new(p("近 90 天", "Last 90 days"), "#new", false),
    ];
    let displays = [
        Tab { icon: Some(Icon::List), ..Tab::new(t(locale).display_list(), "#list", true) },
        Tab { icon: Some(Icon::Kanban), ..Tab::new(t(locale).display_board(), "#board", false) },
    ];
    vec![Sample::new("views", tabs(t(locale).views(), &views)), Sample::new("displays", switch(t(locale).display_as(), &displays))]
}
