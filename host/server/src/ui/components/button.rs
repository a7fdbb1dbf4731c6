//! Buttons and links that look like buttons. A page has at most one primary button.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::{Sample, form};
use crate::texts::t;

/// How much a button asks for attention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ButtonKind {
    /// Bordered.
    #[default]
    Plain,
    /// The one main action of the page.
    Primary,
    /// Without border until hovered.
    Quiet,
    /// Destroys something.
    Danger,
}

/// What a button does.
#[derive(Clone, Debug, Default)]
pub enum Action {
    /// Sends the form around it.
    #[default]
    Submit,
    /// Sends the form around it with a name and value of its own.
    SubmitValue {
        /// Parameter name.
        name: String,
        /// Parameter value.
        value: String,
    },
    /// Sends a form elsewhere on the page, by its id.
    SubmitForm(String),
    /// Goes to an address.
    Link(String),
    /// Opens or closes a [`super::dialog`] by its id.
    Dialog(String),
}

/// A button.
#[derive(Clone, Debug, Default)]
pub struct Button {
    /// Words; the accessible name where only the icon is shown.
    pub label: String,
    /// Weight.
    pub kind: ButtonKind,
    /// Effect.
    pub action: Action,
    /// Drawing before the words.
    pub icon: Option<Icon>,
    /// Show the icon only.
    pub icon_only: bool,
    /// Key that presses it, shown beside the words (see `shortcuts.js`): `C`, `E`, `/`, `Ctrl S`.
    pub key: Option<&'static str>,
    /// Form height (32 px) instead of bar height (28 px).
    pub big: bool,
    /// Cannot be pressed now.
    pub disabled: bool,
    /// Left out on narrow screens.
    pub wide_only: bool,
}

impl Button {
    /// A plain button that sends the form around it.
    pub fn submit(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// A link.
    pub fn link(label: impl Into<String>, href: impl Into<String>) -> Self {
        Self { label: label.into(), action: Action::Link(href.into()), ..Self::default() }
    }

    /// Opens a dialog.
    pub fn dialog(label: impl Into<String>, id: impl Into<String>) -> Self {
        Self { label: label.into(), action: Action::Dialog(id.into()), ..Self::default() }
    }

    /// The same with another weight.
    #[must_use]
    pub fn kind(self, kind: ButtonKind) -> Self {
        Self { kind, ..self }
    }

    /// The same as the page's main action.
    #[must_use]
    pub fn primary(self) -> Self {
        self.kind(ButtonKind::Primary)
    }

    /// The same with an icon.
    #[must_use]
    pub fn icon(self, icon: Icon) -> Self {
        Self { icon: Some(icon), ..self }
    }

    /// The same, showing the icon only.
    #[must_use]
    pub fn icon_only(self, icon: Icon) -> Self {
        Self { icon: Some(icon), icon_only: true, ..self }
    }

    /// The same, pressed by a key.
    #[must_use]
    pub fn key(self, key: &'static str) -> Self {
        Self { key: Some(key), ..self }
    }

    /// The same at form height.
    #[must_use]
    pub fn big(self) -> Self {
        Self { big: true, ..self }
    }

    /// The same, left out on narrow screens.
    #[must_use]
    pub fn wide_only(self) -> Self {
        Self { wide_only: true, ..self }
    }
}

/// The button.
pub fn button(button: &Button) -> Markup {
    let class = classes(button);
    let label = button.icon_only.then_some(button.label.as_str());
    let shortcut = button.key;
    let inner = html! {
        @if let Some(drawing) = button.icon { (icon(drawing)) }
        @if !button.icon_only { span { (button.label) } }
        @if let (Some(key), false) = (button.key, button.icon_only) { kbd.only-wide aria-hidden="true" { (key) } }
    };
    match &button.action {
        Action::Link(_) if button.disabled => html! { span class=(class) aria-disabled="true" aria-label=[label] role="link" { (inner) } },
        Action::Link(href) => html! { a class=(class) href=(href) aria-label=[label] title=[label] data-key=[shortcut] { (inner) } },
        Action::Submit => {
            html! { button class=(class) aria-label=[label] title=[label] disabled[button.disabled] data-key=[shortcut] { (inner) } }
        }
        Action::SubmitValue { name, value } => html! {
            button class=(class) name=(name) value=(value) aria-label=[label] title=[label] disabled[button.disabled] data-key=[shortcut] { (inner) }
        },
        Action::SubmitForm(id) => html! {
            button class=(class) form=(id) aria-label=[label] title=[label] disabled[button.disabled] data-key=[shortcut] { (inner) }
        },
        Action::Dialog(id) => html! {
            button class=(class) type="button" popovertarget=(id) aria-label=[label] title=[label] disabled[button.disabled] data-key=[shortcut] { (inner) }
        },
    }
}

fn classes(button: &Button) -> String {
    let mut class = String::from("btn");
    let kind = match button.kind {
        ButtonKind::Plain => "",
        ButtonKind::Primary => " primary",
        ButtonKind::Quiet => " quiet",
        ButtonKind::Danger => " danger",
    };
    class.push_str(kind);
    for (on, name) in [(button.icon_only, " icon"), (button.big, " big"), (button.wide_only, " only-wide")] {
        if on {
            class.push_str(name);
        }
    }
    class
}

/// A button in a form of its own, for one change that needs no input (a transition, enabling, signing out); nothing without a token.
pub fn post_button(address: &str, token: &str, hidden: &[(&str, &str)], press: &Button) -> Markup {
    if token.is_empty() {
        return html! {};
    }
    html! {
        form.inline method="post" action=(address) {
            (form::token_field(token))
            @for (name, value) in hidden { input type="hidden" name=(name) value=(value); }
            (button(press))
        }
    }
}

/// Every weight and kind.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let texts = t(locale);
    let row = |buttons: &[Button]| html! { div.row.wrap { @for each in buttons { (button(each)) } } };
    vec![
        Sample::new(
            "weights",
            row(&[
                Button::link(texts.create(), "#new").primary().icon(Icon::Plus).key("C"),
                Button::link(texts.import(), "#import").icon(Icon::Upload),
                Button::link(texts.cancel(), "#cancel").kind(ButtonKind::Quiet),
                Button::link(texts.delete(), "#delete").kind(ButtonKind::Danger).icon(Icon::Trash),
                Button::link(texts.more_actions(), "#more").kind(ButtonKind::Quiet).icon_only(Icon::Dots),
            ]),
        ),
        Sample::new(
            "big and disabled",
            row(&[
                Button { big: true, ..Button::link(texts.save(), "#save") }.key("Ctrl S"),
                Button { disabled: true, ..Button::submit(texts.save()) },
                Button { disabled: true, ..Button::link(texts.next_page(), "#next").icon_only(Icon::Right) },
            ]),
        ),
        Sample::new(
            "one change, its own form",
            post_button("/sample", "token", &[("to", "x")], &Button::submit(texts.enable()).icon(Icon::Plug)),
        ),
    ]
}
