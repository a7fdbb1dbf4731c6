//! Buttons of a plugin's view.

use guanxi_sandbox::view::Action;
use maud::{Markup, html};

use super::Viewer;
use crate::ui::components::button::{Button, button};

/// The most buttons in a row.
const MAX_ACTIONS: usize = 12;

/// The buttons that the reader may use; only one of them is the main one.
pub(super) fn render(viewer: Viewer<'_>, actions: &[Action]) -> Markup {
    let mut main = actions.iter().position(|action| action.primary);
    let mut buttons = Vec::new();
    for (n, action) in actions.iter().enumerate().take(MAX_ACTIONS) {
        let Some(href) = viewer.href(&action.link) else { continue };
        let plain = Button::link(action.label.clone(), href);
        buttons.push(if main.take_if(|place| *place == n).is_some() { plain.primary() } else { plain });
    }
    html! { @if !buttons.is_empty() { div.row.wrap { @for each in &buttons { (button(each)) } } } }
}
