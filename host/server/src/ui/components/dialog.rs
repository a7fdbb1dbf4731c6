//! A question before something that cannot be taken back easily. A popover: it opens without script, Esc and a click outside close it.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::button::{Button, ButtonKind, button};
use super::control::{Control, ControlKind, control};
use super::icon::{Icon, icon};
use super::{Sample, form, pick};
use crate::texts::t;

/// A question with one dangerous or main answer.
pub struct Dialog {
    /// Unique on the page; a [`super::button::Action::Dialog`] opens it.
    pub id: String,
    /// The question.
    pub title: String,
    /// What follows from yes.
    pub body: Markup,
    /// Where yes is posted.
    pub address: String,
    /// The session's form token.
    pub token: String,
    /// Further parameters of yes.
    pub hidden: Vec<(String, String)>,
    /// The word for yes.
    pub confirm: String,
    /// Yes destroys something.
    pub danger: bool,
}

/// The dialog; place it at the end of the page.
pub fn dialog(locale: Locale, dialog: &Dialog) -> Markup {
    asking(locale, dialog, &html! {})
}

/// The same with controls of its own in the form of yes.
pub fn asking(locale: Locale, dialog: &Dialog, controls: &Markup) -> Markup {
    let heading = format!("{}-title", dialog.id);
    let kind = if dialog.danger { ButtonKind::Danger } else { ButtonKind::Primary };
    let close = t(locale).close();
    // Without a token nothing could be said yes to.
    if dialog.token.is_empty() {
        return html! {};
    }
    html! {
        div.dialog id=(dialog.id) popover role="dialog" aria-labelledby=(heading) {
            header {
                h2 id=(heading) { (dialog.title) }
                button.btn.quiet.icon.end type="button" popovertarget=(dialog.id) popovertargetaction="hide" aria-label=(close) { (icon(Icon::Close)) }
            }
            div.body { (dialog.body) }
            form.row.wrap method="post" action=(dialog.address) data-once {
                (form::token_field(&dialog.token))
                (controls)
                @for (name, value) in &dialog.hidden { input type="hidden" name=(name) value=(value); }
                (button(&Button::submit(dialog.confirm.clone()).kind(kind).big()))
                button.btn.quiet.big type="button" popovertarget=(dialog.id) popovertargetaction="hide" { (t(locale).cancel()) }
            }
        }
    }
}

/// The question before deleting a record.
pub fn delete_dialog(locale: Locale, id: &str, title: &str, address: &str, token: &str, version: i64) -> Markup {
    dialog(
        locale,
        &Dialog {
            id: id.into(),
            title: t(locale).delete_question(title),
            body: html! { p.dim { (t(locale).delete_consequence()) } },
            address: address.into(),
            token: token.into(),
            hidden: vec![("version".into(), version.to_string())],
            confirm: t(locale).delete().into(),
            danger: true,
        },
    )
}

/// A button that opens the question.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let open = Button::dialog(t(locale).delete(), "sample-dialog").kind(ButtonKind::Danger).icon(Icon::Trash);
    let title = pick(locale, "门店会员系统", "Store membership");
    let markup = html! { (button(&open)) (delete_dialog(locale, "sample-dialog", &title, "/sample", "token", 3)) };
    let amount = Control::new("sample-amount", t(locale).amount(), ControlKind::Number).required();
    let take = Dialog {
        id: "sample-take".into(),
        title: t(locale).adjust_question(&pick(locale, "领用", "Take out")),
        body: html! { p.dim { "− " (pick(locale, "数量", "Count")) } },
        address: "/sample".into(),
        token: "token".into(),
        hidden: Vec::new(),
        confirm: pick(locale, "领用", "Take out"),
        danger: false,
    };
    let asked = html! { (button(&Button::dialog(take.confirm.clone(), "sample-take"))) (asking(locale, &take, &control(locale, &amount))) };
    vec![Sample::new("delete a record", markup), Sample::new("ask for an amount", asked)]
}
