//! Lying bars: a funnel of steps, or a ranking. Words at the left, number in the bar, share and n at the right.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::chart::{Figure, figure, number, text_width};
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

/// The narrowest a track gets; numbers stand inside a bar only where they fit even then.
const NARROWEST: f64 = 160.0;

/// The chart with its numbers behind. It takes the width it is given; words keep their size.
pub fn funnel(locale: Locale, funnel: &Funnel) -> Markup {
    figure(locale, &Figure { title: funnel.title.clone(), drawing: drawing(funnel), table: numbers(locale, funnel), legend: vec![] })
}

fn drawing(funnel: &Funnel) -> Markup {
    let max = funnel.steps.iter().map(|step| step.value).fold(0.0, f64::max);
    html! {
        ul.bars aria-label=(funnel.title) {
            @for step in &funnel.steps {
                li {
                    @if let Some(href) = &step.href { a.l href=(href) title=(step.label) { (step.label) } } @else { span.l title=(step.label) { (step.label) } }
                    (bar(step, if max > 0.0 { step.value.max(0.0) / max * 100.0 } else { 0.0 }))
                    span.num { (step.share.as_deref().unwrap_or_default()) }
                    span.num.n { (step.note.as_deref().unwrap_or_default()) }
                }
            }
        }
    }
}

/// One bar, `percent` of its track long; its number stands inside where there is room for sure.
fn bar(step: &FunnelStep, percent: f64) -> Markup {
    let colour = match (step.weak, step.done) {
        (true, _) => "f6",
        (_, true) => "f2",
        _ => "f1",
    };
    let inside = percent / 100.0 * NARROWEST > text_width(&step.shown) * 1.15 + 16.0;
    let end = format!("{}%", number(percent));
    html! {
        svg role="img" aria-label=(step.shown) {
            title { (step.label) ": " (step.shown) }
            rect.ft width="100%" height="26" rx="3" {}
            rect class=(colour) width=(end) height="26" rx="3" {}
            @if inside { text class=(if step.weak { "v" } else { "inv" }) x="8" y="18" { (step.shown) } }
            @else { text.v x=(end) dx="8" y="18" { (step.shown) } }
        }
    }
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
        Sample::new("funnel", html! { div.card { (funnel(locale, &chart)) } }),
        Sample::new("ranking", html! { div.card { (funnel(locale, &ranking)) } }),
    ]
}
