//! Messages: a note inside the page, and the toast after a change.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::badge::Tone;
use super::button::{Button, button};
use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// A message in the flow of the page.
pub struct Note {
    /// What it means; [`Tone::Accent`] is information.
    pub tone: Tone,
    /// What happened, in a few words.
    pub title: String,
    /// What to do next.
    pub body: Option<Markup>,
    /// At most two ways out.
    pub actions: Vec<Button>,
}

impl Note {
    /// A note without actions.
    pub fn new(tone: Tone, title: impl Into<String>, body: impl Into<String>) -> Self {
        let body: String = body.into();
        let body = (!body.is_empty()).then(|| html! { (body) });
        Self { tone, title: title.into(), body, actions: Vec::new() }
    }
}

/// The drawing of a message.
pub(super) fn tone_icon(tone: Tone) -> Icon {
    match tone {
        Tone::Neutral | Tone::Accent => Icon::Info,
        Tone::Ok => Icon::Ok,
        Tone::Warn => Icon::Warn,
        Tone::Bad => Icon::Bad,
    }
}

/// The class of a message.
pub(super) fn tone_class(tone: Tone) -> &'static str {
    if tone == Tone::Accent { "info" } else { tone.class() }
}

/// The note. A bad one is announced at once, others when there is time.
pub fn note(note: &Note) -> Markup {
    let role = if note.tone == Tone::Bad { "alert" } else { "status" };
    html! {
        div class={ "note " (tone_class(note.tone)) } role=(role) {
            (icon(tone_icon(note.tone)))
            div { b { (note.title) } @if let Some(body) = &note.body { p.dim { (body) } } }
            @if !note.actions.is_empty() { span.row.wrap { @for each in &note.actions { (button(each)) } } }
        }
    }
}

/// What was just done, shown over the next page.
#[derive(Clone, Debug)]
pub struct Flash {
    /// How it went.
    pub tone: Tone,
    /// One sentence.
    pub text: String,
    /// A link to what was made or changed: words and address.
    pub link: Option<(String, String)>,
}

impl Flash {
    /// Something was done.
    pub fn done(text: impl Into<String>) -> Self {
        Self { tone: Tone::Ok, text: text.into(), link: None }
    }
}

/// The toast. It fades by itself, unless it tells of a failure or is being read (hover, focus).
pub fn toast(flash: &Flash) -> Markup {
    html! {
        div class={ "toast " @if flash.tone != Tone::Bad { "fades" } } {
            span class=(tone_text(flash.tone)) { (icon(tone_icon(flash.tone))) }
            span { (flash.text) }
            @if let Some((label, href)) = &flash.link { a.link href=(href) { (label) } }
        }
    }
}

fn tone_text(tone: Tone) -> &'static str {
    match tone {
        Tone::Neutral => "row faint",
        Tone::Accent => "row t-accent",
        Tone::Ok => "row t-ok",
        Tone::Warn => "row t-warn",
        Tone::Bad => "row t-bad",
    }
}

/// All tones, and toasts.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let notes = [
        Note::new(Tone::Accent, p("提示", "For your information"), p("新版本可用，刷新后生效。", "A new version is there after a reload.")),
        Note::new(Tone::Ok, p("导入完成", "Import done"), p("新建 7,382 条，更新 641 条。", "7,382 created, 641 updated.")),
        Note {
            actions: vec![Button::link(t(locale).reload_latest(), "#latest")],
            ..Note::new(Tone::Warn, t(locale).conflict_title(), t(locale).conflict_hint())
        },
        Note::new(Tone::Bad, t(locale).wrong_credentials(), t(locale).wrong_credentials_hint()),
        Note::new(Tone::Neutral, t(locale).no_right_to_edit(), ""),
    ];
    let stack = html! { div.stack { @for each in &notes { (note(each)) } } };
    let saved = Flash {
        link: Some((t(locale).open().into(), "#open".into())),
        ..Flash::done(t(locale).record_saved(&p("门店会员系统", "Store membership")))
    };
    let failed = Flash { tone: Tone::Bad, ..Flash::done(t(locale).no_connection()) };
    vec![Sample::new("notes", stack), Sample::new("toasts", html! { div.row.wrap.gap3 { (toast(&saved)) (toast(&failed)) } })]
}
