//! Lying bars: a funnel of steps, or a ranking. Words at the left, number in the bar, share and n at the right.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::chart::{Figure, figure, fit, number, text_width};
use super::table::{Column, Row, Table};
use super::{Sample, pick};
use crate::texts::t;

/// One bar.
#[derive(Clone, Debug, Default)]
pub struct FunnelStep {
    /// What it is.
    pub label: String,
    /// Its length.
    pub value: f64,
    /// The number as written in or beside the bar.
    pub shown: String,
    /// Second number at the right: a share, an amount.
    pub share: Option<String>,
    /// Third, small: share of the step before, `n = 21`.
    pub note: Option<String>,
    /// The last, good step: another colour.
    pub done: bool,
    /// Too few cases to judge: grey.
    pub weak: bool,
    /// The list behind it.
    pub href: Option<String>,
}

/// The chart.
#[derive(Clone, Debug, Default)]
pub struct Funnel {
    /// States the finding.
    pub title: String,
    /// Heads of the table: step, number, share, note.
    pub heads: [String; 4],
    /// Bars in order.
    pub steps: Vec<FunnelStep>,
}

const WIDTH: f64 = 560.0;
const ROW: f64 = 40.0;

/// The chart with its numbers behind.
pub fn funnel(locale: Locale, funnel: &Funnel) -> Markup {
    figure(locale, &Figure { title: funnel.title.clone(), drawing: drawing(funnel), table: numbers(locale, funnel), legend: vec![] })
}

fn drawing(funnel: &Funnel) -> Markup {
    let widest = |text: &dyn Fn(&FunnelStep) -> f64| funnel.steps.iter().map(text).fold(0.0, f64::max);
    let label = widest(&|s| text_width(&s.label)).min(132.0) + 10.0;
    let share = widest(&|s| s.share.as_deref().map_or(0.0, text_width));
    let note = widest(&|s| s.note.as_deref().map_or(0.0, text_width));
    let right = share + if note > 0.0 { note + 16.0 } else { 0.0 };
    let track = (WIDTH - label - right - 12.0).max(80.0);
    let max = widest(&|s| s.value);
    let height = ROW * funnel.steps.len() as f64;
    html! {
        svg viewBox={ "0 0 " (number(WIDTH)) " " (number(height.max(1.0))) } role="img" aria-label=(funnel.title) {
            title { (funnel.title) }
            @for (n, step) in funnel.steps.iter().enumerate() {
                @let y = ROW * n as f64;
                @let width = if max > 0.0 { (step.value.max(0.0) / max * track).max(if step.value > 0.0 { 2.0 } else { 0.0 }) } else { 0.0 };
                @let inside = text_width(&step.shown) * 1.15 + 18.0 < width;
                @let words = fit(&step.label, label - 10.0);
                @if let Some(href) = &step.href { a href=(href) { (name(&words, &step.label, y)) } } @else { (name(&words, &step.label, y)) }
                rect.ft x=(number(label)) y=(number(y + 7.0)) width=(number(track)) height="26" rx="3" {}
                rect class=(if step.weak { "f6" } else if step.done { "f2" } else { "f1" }) x=(number(label)) y=(number(y + 7.0)) width=(number(width)) height="26" rx="3" {}
                @if inside { text.inv x=(number(label + 8.0)) y=(number(y + 25.0)) { (step.shown) } }
                @else { text.v x=(number(label + width + 8.0)) y=(number(y + 25.0)) { (step.shown) } }
                @if let Some(words) = &step.share { text."v e" x=(number(label + track + 12.0 + share)) y=(number(y + 25.0)) { (words) } }
                @if let Some(note) = &step.note { text.e x=(number(WIDTH)) y=(number(y + 25.0)) { (note) } }
            }
        }
    }
}

fn name(words: &str, whole: &str, y: f64) -> Markup {
    html! { text.l x="0" y=(number(y + 25.0)) { title { (whole) } (words) } }
}

fn numbers(locale: Locale, funnel: &Funnel) -> Table {
    let [step, value, share, note] = &funnel.heads;
    let mut columns = vec![Column::new(step.clone()), Column::number(value.clone())];
    let (has_share, has_note) = (funnel.steps.iter().any(|s| s.share.is_some()), funnel.steps.iter().any(|s| s.note.is_some()));
    columns.extend(has_share.then(|| Column::number(share.clone())));
    columns.extend(has_note.then(|| Column::number(note.clone())));
    let rows = funnel.steps.iter().map(|s| {
        let mut cells = vec![html! { (s.label) }, html! { (s.shown) }];
        cells.extend(has_share.then(|| html! { (s.share.as_deref().unwrap_or_default()) }));
        cells.extend(has_note.then(|| html! { (s.note.as_deref().unwrap_or_default()) }));
        Row { href: s.href.clone(), cells }
    });
    Table { label: t(locale).chart_of(&funnel.title), rows: rows.collect(), columns, total: None }
}

/// A funnel, and a ranking with too few cases.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let names = [
        p("初步接触", "First contact"),
        p("导出需求", "Needs known"),
        p("提交解决方案", "Solution sent"),
        p("演示", "Shown"),
        p("签订", "Signed"),
    ];
    let counts = [184_u32, 141, 92, 58, 31];
    let steps = names.iter().zip(counts).enumerate().map(|(n, (label, count))| FunnelStep {
        label: label.clone(),
        value: f64::from(count),
        shown: count.to_string(),
        share: Some(format!("{:.2}%", f64::from(count) / 1.84)),
        note: (n > 0).then(|| t(locale).of_previous(&format!("{:.2}%", f64::from(count) / f64::from(counts[n - 1]) * 100.0))),
        done: n == 4,
        href: Some("#step".into()),
        ..FunnelStep::default()
    });
    let heads = [p("步骤", "Step"), t(locale).count().into(), p("占比", "Share"), p("比上一步", "Of previous")];
    let chart = Funnel {
        title: p("184 个进入，31 个完成，总转化 16.85%", "184 entered, 31 finished: 16.85% of all"),
        heads: heads.clone(),
        steps: steps.collect(),
    };
    let rank = |label: String, value: f64, n: u32| FunnelStep {
        label,
        value,
        shown: format!("{value:.2}%"),
        note: Some(if n < 5 { format!("n = {n} {}", t(locale).too_few()) } else { format!("n = {n}") }),
        weak: n < 5,
        ..FunnelStep::default()
    };
    let ranking = Funnel {
        title: p("按来源的完成率", "Completion by source"),
        heads,
        steps: vec![rank(p("转介绍", "Referral"), 66.67, 9), rank(p("网站", "Web"), 38.1, 21), rank(p("展会", "Fair"), 33.33, 3)],
    };
    vec![
        Sample::new("funnel", html! { div.card.half { (funnel(locale, &chart)) } }),
        Sample::new("ranking", html! { div.card.half { (funnel(locale, &ranking)) } }),
    ]
}
