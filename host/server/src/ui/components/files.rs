//! Attached files of a record in its form: what is attached as boxes that are ticked, and an input for more. `files.js` uploads at once
//! with progress; without script the form itself carries the files.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::control::{Control, ControlKind};
use super::control_input::invalid;
use super::icon::{Icon, icon, icon_small};
use super::{Sample, pick};
use crate::texts::t;

/// The parameter of new files begins with the field's name and ends so.
pub const UPLOAD_SUFFIX: &str = ".new";

/// One file.
#[derive(Clone, Debug, Default)]
pub struct Attached {
    /// Id of the attachment.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Its size, as shown.
    pub size: String,
    /// Where it is downloaded.
    pub href: String,
    /// Address of a small picture, for images.
    pub picture: Option<String>,
}

/// What is attached, and where more is sent.
#[derive(Clone, Debug, Default)]
pub struct Files {
    /// In their order.
    pub attached: Vec<Attached>,
    /// Where `files.js` uploads.
    pub upload: String,
}

/// The list and the input.
pub(super) fn files(locale: Locale, control: &Control, files: &Files) -> Markup {
    let texts = t(locale);
    html! {
        div.files id=(control.name) tabindex="-1" data-files=(files.upload) data-name=(control.name)
            data-failed=(texts.files_failed("{name}")) data-remove=(texts.remove_named("{title}")) {
            @if !control.read_only { input type="hidden" name=(control.name) value=""; }
            ul.attached {
                @for file in &files.attached {
                    li {
                        @if !control.read_only {
                            input type="checkbox" name=(control.name) value=(file.id) checked aria-label=(texts.remove_named(&file.name)) title=(texts.untick_to_remove());
                        }
                        (face(file))
                    }
                }
            }
            @if !control.read_only {
                div.drop {
                    (icon(Icon::Upload))
                    input.in.file type="file" multiple name={ (control.name) (UPLOAD_SUFFIX) } aria-label={ (control.label) " · " (texts.files_choose()) }
                        aria-invalid=[invalid(control)];
                    span.faint.script { (texts.files_drop()) }
                }
            }
        }
    }
}

/// Files to look at.
pub fn file_list(attached: &[Attached]) -> Markup {
    html! { ul.attached { @for file in attached { li { (face(file)) } } } }
}

fn face(file: &Attached) -> Markup {
    html! {
        @if let Some(picture) = &file.picture { img src=(picture) alt="" width="32" height="32" loading="lazy"; } @else { (icon_small(Icon::File)) }
        a.clip href=(file.href) title=(file.name) { (file.name) }
        span.faint.small { (file.size) }
    }
}

/// Two files, and none.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let file = |id: &str, zh: &str, en: &str| Attached {
        id: id.into(),
        name: pick(locale, zh, en),
        size: "84 KB".into(),
        href: format!("#file-{id}"),
        picture: None,
    };
    let some = vec![file("1", "会议纪要.pdf", "minutes.pdf"), file("2", "现场照片.jpg", "photo.jpg")];
    let shown = |name: &str, attached: Vec<Attached>| {
        let kind = ControlKind::Files(Files { attached, upload: "/sample".into() });
        html! { div.form { (super::control::control(locale, &Control::new(name, pick(locale, "附件", "Files"), kind))) } }
    };
    vec![
        Sample::new("attached", shown("f_some", some.clone())),
        Sample::new("none", shown("f_none", Vec::new())),
        Sample::new("to read", file_list(&some)),
    ]
}
