//! Key figures as tiles: the number first, what it means under it.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::badge::Tone;
use super::chart::number;
use super::icon::{Icon, icon, icon_small};
use super::{Sample, pick};

/// How a figure moved.
#[derive(Clone, Debug)]
pub struct Delta {
    /// By how much, as shown.
    pub text: String,
    /// Up or down: the arrow.
    pub up: bool,
    /// Whether that is good: the colour.
    pub tone: Tone,
}

/// One tile.
#[derive(Clone, Debug, Default)]
pub struct Stat {
    /// What it counts.
    pub label: String,
    /// The number, formatted.
    pub value: String,
    /// Its unit, small beside it.
    pub unit: Option<String>,
    /// The change since the last period.
    pub delta: Option<Delta>,
    /// Small words under it; a rate says its n here.
    pub note: Option<String>,
    /// Reached and target, with words.
    pub progress: Option<(f64, f64, String)>,
    /// The last values, oldest first, as a line.
    pub spark: Vec<f64>,
    /// The list behind the number.
    pub href: Option<String>,
    /// Whether the number is good or bad news: its colour, and a drawing beside its name.
    pub tone: Tone,
    /// It leads to the page that is shown now.
    pub current: bool,
}

impl Stat {
    /// A number with its name.
    pub fn new(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: value.into(), ..Self::default() }
    }

    /// The same with small words under it.
    #[must_use]
    pub fn note(self, note: impl Into<String>) -> Self {
        Self { note: Some(note.into()), ..self }
    }
}

/// The tiles, as many a row as fit.
pub fn stats(stats: &[Stat]) -> Markup {
    html! { div.kpis { @for each in stats { (tile(each)) } } }
}

fn tile(stat: &Stat) -> Markup {
    html! {
        section.card.kpi {
            h2.k {
                @if let Some(href) = &stat.href { a href=(href) aria-current=[stat.current.then_some("page")] { (stat.label) } } @else { (stat.label) }
                @if let Some(drawing) = stat.tone.icon() { " " span class={ "t-" (stat.tone.class()) } { (icon_small(drawing)) } }
            }
            p.v { (stat.value) @if let Some(unit) = &stat.unit { " " small { (unit) } } }
            @if stat.delta.is_some() || stat.note.is_some() {
                p.n {
                    @if let Some(delta) = &stat.delta {
                        span class={ "delta t-" (delta.tone.class()) } {
                            (icon(if delta.up { Icon::ArrowUp } else { Icon::ArrowDown })) (delta.text)
                        }
                    }
                    @if let Some(note) = &stat.note { span.clip title=(note) { (note) } }
                }
            }
            @if let Some((value, max, words)) = &stat.progress { progress value=(number(*value)) max=(number(*max)) aria-label=(words) { (words) } }
            @if stat.spark.len() > 1 { (spark(&stat.spark)) }
        }
    }
}

fn spark(values: &[f64]) -> Markup {
    let (low, high) = values.iter().fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(*v), high.max(*v)));
    let span = if high > low { high - low } else { 1.0 };
    let step = 200.0 / (values.len() - 1) as f64;
    let points: Vec<String> =
        values.iter().enumerate().map(|(n, v)| format!("{:.1},{:.1}", step * n as f64, 25.0 - (v - low) / span * 22.0)).collect();
    html! {
        svg.spark viewBox="0 0 200 28" preserveAspectRatio="none" aria-hidden="true" {
            polyline."p p1" points=(points.join(" ")) vector-effect="non-scaling-stroke" {}
        }
    }
}

/// Tiles with everything a tile can have.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let delta = |text: &str, up, tone| Some(Delta { text: text.into(), up, tone });
    let tiles = [
        Stat {
            unit: Some(p("万元", "¥10k")),
            delta: delta("12.40%", true, Tone::Ok),
            progress: Some((410.0, 600.0, p("目标完成 68.33%", "68.33% of target"))),
            ..Stat::new(p("本季合计", "This quarter"), "410.00").note(p("完成目标 68.33%", "68.33% of target"))
        },
        Stat {
            delta: delta("4.10%", true, Tone::Ok),
            spark: vec![3.0, 4.0, 3.7, 5.0, 6.0, 5.8, 7.6, 8.6, 9.2],
            ..Stat::new(p("加权", "Weighted"), "¥4,997,220").note(p("20 条未结", "20 open"))
        },
        Stat {
            unit: Some("%".into()),
            delta: delta("2.30%", false, Tone::Bad),
            spark: vec![9.0, 7.0, 8.0, 4.0, 6.0, 3.0, 5.0, 4.0, 2.0],
            ..Stat::new(p("完成率", "Completion"), "59.02").note("n = 61")
        },
        Stat {
            href: Some("#idle".into()), ..Stat::new(p("停滞", "Idle"), "6").note(p("超过 14 天未跟进", "Untouched for 14 days"))
        },
    ];
    vec![Sample::new("tiles", stats(&tiles))]
}
