//! Small words about a record's condition, and the ring that shows how far something is. Colour never speaks alone.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::{Sample, pick};

/// The condition that a colour stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Tone {
    /// No judgement.
    #[default]
    Neutral,
    /// Good.
    Ok,
    /// Needs a look.
    Warn,
    /// Wrong or late.
    Bad,
    /// Chosen, current.
    Accent,
}

impl Tone {
    /// The class that colours a badge or note.
    pub fn class(self) -> &'static str {
        match self {
            Self::Neutral => "",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Bad => "bad",
            Self::Accent => "accent",
        }
    }

    /// The drawing that says the same as the colour.
    pub fn icon(self) -> Option<Icon> {
        match self {
            Self::Neutral | Self::Accent => None,
            Self::Ok => Some(Icon::Check),
            Self::Warn => Some(Icon::Warn),
            Self::Bad => Some(Icon::Bad),
        }
    }
}

/// Words on a tint, with the tone's drawing.
pub fn badge(tone: Tone, text: &str) -> Markup {
    html! { span class={ "tag " (tone.class()) } { @if let Some(drawing) = tone.icon() { (icon(drawing)) } (text) } }
}

/// The same with a drawing of its own.
pub fn badge_icon(tone: Tone, drawing: Icon, text: &str) -> Markup {
    html! { span class={ "tag " (tone.class()) } { (icon(drawing)) (text) } }
}

/// What a ring shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ring {
    /// Under way, 0–100.
    Part(u8),
    /// Ended well.
    Done,
    /// Ended otherwise.
    Stopped,
}

/// A ring filled as far as the work is; words must stand beside it.
pub fn ring(state: Ring) -> Markup {
    const ROUND: f64 = 11.31;
    match state {
        Ring::Part(percent) => {
            let filled = format!("{:.2} {ROUND}", ROUND * f64::from(percent.min(100)) / 100.0);
            html! {
                svg.ring viewBox="0 0 14 14" aria-hidden="true" {
                    circle cx="7" cy="7" r="6" stroke="currentColor" stroke-width="1.4" {}
                    @if percent > 0 {
                        circle cx="7" cy="7" r="1.8" stroke="currentColor" stroke-width="3.6" stroke-dasharray=(filled) transform="rotate(-90 7 7)" {}
                    }
                }
            }
        }
        Ring::Done => html! {
            svg."ring done" viewBox="0 0 14 14" aria-hidden="true" {
                circle cx="7" cy="7" r="6.7" fill="currentColor" {}
                path.tick d="m4.3 7.2 1.9 1.9 3.5-4" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" {}
            }
        },
        Ring::Stopped => html! {
            svg."ring stopped" viewBox="0 0 14 14" aria-hidden="true" {
                circle cx="7" cy="7" r="6" stroke="currentColor" stroke-width="1.4" {}
                path d="m5 5 4 4M9 5 5 9" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" {}
            }
        },
    }
}

/// Ring and words: one step of a sequence.
pub fn step(state: Ring, text: &str) -> Markup {
    html! { span.stage { (ring(state)) (text) } }
}

/// Tones and rings.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let tones = html! {
        div.row.wrap {
            (badge(Tone::Neutral, &p("中性", "Neutral")))
            (badge(Tone::Accent, &p("选中", "Chosen")))
            (badge(Tone::Ok, &p("正常", "Fine")))
            (badge_icon(Tone::Warn, Icon::Clock, &p("停滞 17 天", "Idle 17 days")))
            (badge(Tone::Bad, &p("超期 13 天", "13 days late")))
        }
    };
    let rings = html! {
        div.row.wrap.gap3 {
            @for percent in [0, 5, 30, 60, 90] { (step(Ring::Part(percent), &format!("{percent}%"))) }
            (step(Ring::Done, &p("完成", "Done")))
            (step(Ring::Stopped, &p("停止", "Stopped")))
        }
    };
    vec![Sample::new("tones", tones), Sample::new("rings", rings)]
}
