//! Nothing to show, and why: empty, no match, not allowed, not found, failed, stopped, too many, loading. Designed, not discovered.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::button::{Button, ButtonKind, button};
use super::icon::{Icon, icon_small};
use super::{Sample, pick};
use crate::texts::t;

/// Which of the faces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StateKind {
    /// There are none yet.
    Empty,
    /// The filter matches none.
    NoMatch,
    /// A right is missing.
    Forbidden,
    /// Not there, or out of scope.
    NotFound,
    /// Our failure.
    Failed,
    /// A plugin is stopped or did not answer.
    Stopped,
}

impl StateKind {
    /// What the drawing shows inside its frame.
    fn drawing(self) -> Markup {
        match self {
            Self::Empty => html! { path.a d="M48 30v14M41 37h14" {} },
            Self::NoMatch => html! { circle.a cx="46" cy="36" r="7" {} path.a d="m51 41 6 6" {} },
            Self::Forbidden => html! { rect.a x="40" y="33" width="16" height="12" rx="2" {} path.a d="M43 33v-3a5 5 0 0 1 10 0v3" {} },
            Self::NotFound => html! { path.a d="M44 33a4 4 0 1 1 5.5 3.7c-1 .4-1.5 1-1.5 2v.6M48 43.5v.5" {} },
            Self::Failed => html! { path.a d="M48 29v9M48 43v.5" {} },
            Self::Stopped => html! { path.a d="M44 31v12M52 31v12" {} },
        }
    }
}

/// A face with words and a way out.
pub struct State {
    /// Which face.
    pub kind: StateKind,
    /// What happened.
    pub title: String,
    /// What to do next.
    pub hint: String,
    /// The ways out, the main one first.
    pub actions: Vec<Button>,
    /// The request's number, for failures.
    pub request: Option<String>,
}

impl State {
    /// A face with words.
    pub fn new(kind: StateKind, title: impl Into<String>, hint: impl Into<String>) -> Self {
        Self { kind, title: title.into(), hint: hint.into(), actions: Vec::new(), request: None }
    }
}

/// The face, as the content of a page or panel.
pub fn state(locale: Locale, state: &State) -> Markup {
    let role = matches!(state.kind, StateKind::Failed | StateKind::Stopped).then_some("alert");
    html! {
        section.empty role=[role] {
            svg.art viewBox="0 0 96 64" aria-hidden="true" { rect x="14" y="10" width="68" height="44" rx="4" {} path d="M14 22h68" {} (state.kind.drawing()) }
            h2 { (state.title) }
            p { (state.hint) }
            @if let Some(request) = &state.request { p.small.faint.mono { (t(locale).request_number(request)) } }
            @if !state.actions.is_empty() { div.row { @for each in &state.actions { (button(each)) } } }
        }
    }
}

/// Told above a list that was cut: how many are shown, and that a filter helps.
pub fn too_many(locale: Locale, shown: &str, count: &str) -> Markup {
    let note = super::note::Note::new(super::badge::Tone::Warn, t(locale).too_many(), t(locale).too_many_hint(shown, count));
    super::note::note(&note)
}

/// Grey bars in the shape of content that is still being fetched; the words appear after 3 seconds.
pub fn loading(locale: Locale) -> Markup {
    html! {
        div.stack.loading aria-busy="true" {
            span.sr { (t(locale).loading()) }
            @for width in ["w4", "w3", "w4", "w2", "w3"] { span class={ "sk " (width) } {} }
            p.row.small.dim.late { (icon_small(Icon::Spin)) (t(locale).still_working()) }
        }
    }
}

/// Every face.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let texts = t(locale);
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let customers = p("客户", "customers");
    let with = |actions: Vec<Button>, request: Option<&str>, state: State| State { actions, request: request.map(str::to_owned), ..state };
    let faces = [
        with(
            vec![Button::link(texts.import(), "#i").primary().icon(Icon::Upload), Button::link(texts.create(), "#n").icon(Icon::Plus)],
            None,
            State::new(StateKind::Empty, texts.none_yet(&customers), texts.none_yet_hint()),
        ),
        with(
            vec![Button::link(texts.clear_all(), "#c")],
            None,
            State::new(StateKind::NoMatch, texts.no_match(&customers), texts.no_match_hint()),
        ),
        State::new(
            StateKind::Forbidden,
            texts.forbidden_title(&p("这个报表", "this report")),
            texts.forbidden_hint(&p("报表：查看", "Reports: view")),
        ),
        with(
            vec![Button::link(texts.back(), "#b").kind(ButtonKind::Quiet)],
            None,
            State::new(StateKind::NotFound, texts.not_found_title(), texts.not_found_hint()),
        ),
        with(
            vec![Button::link(texts.retry(), "#r").primary().icon(Icon::Refresh)],
            Some("7F3A-91"),
            State::new(StateKind::Failed, texts.failed_title(&customers), texts.failed_hint()),
        ),
        State::new(StateKind::Stopped, texts.plugin_paused(&p("合规检查", "Compliance")), texts.others_unaffected()),
    ];
    let all = html! { div.three { @for each in &faces { div.card { (state(locale, each)) } } } };
    vec![
        Sample::new("six faces", all),
        Sample::new("too many", too_many(locale, "200", "8,800")),
        Sample::new("loading", html! { div.card { div.body { (loading(locale)) } } }),
    ]
}
