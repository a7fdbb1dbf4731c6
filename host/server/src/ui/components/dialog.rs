//! A question before something that cannot be taken back easily. A popover: it opens without script, Esc and a click outside close it.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::button::{Button, ButtonKind, button};
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
    let heading = format!("{}-title", dialog.id);
    let kind = if dialog.danger { ButtonKind::Danger } else { ButtonKind::Primary };
    let close = t(locale).close();
    html! {
        div.dialog id=(dialog.id) popover role="dialog" aria-labelledby=(heading) {
            header {
                h2 id=(heading) { (dialog.title) }
                button.btn.quiet.icon.end type="button" popovertarget=(dialog.id) popovertargetaction="hide" aria-label=(close) { (icon(Icon::Close)) }
            }
            div.body { (dialog.body) }
            form.row method="post" action=(dialog.address) {
                (form::token_field(&dialog.token))
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
    vec![Sample::new("delete a record", markup)]
}
