//! Standing bars over categories, one or more series, with an optional line (a target).

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::chart::{Figure, axis_number, figure, number, text_width, ticks, two_lines};
use super::table::{Column, Row, Table};
use super::{Sample, pick};
use crate::texts::t;
use crate::ui::format::EMPTY;

/// A value and how it is written. `None` is written as a dash and drawn as nothing.
#[derive(Clone, Debug)]
pub struct Point {
    /// For the drawing.
    pub value: Option<f64>,
    /// For people, exact.
    pub shown: String,
}

impl Point {
    /// A value with its exact text.
    pub fn new(value: f64, shown: impl Into<String>) -> Self {
        Self { value: Some(value), shown: shown.into() }
    }

    /// No value.
    pub fn none() -> Self {
        Self { value: None, shown: EMPTY.into() }
    }
}

/// Values of one name, one per category.
#[derive(Clone, Debug)]
pub struct Series {
    /// What they are; a unit is said here.
    pub name: String,
    /// One per category.
    pub points: Vec<Point>,
}

/// The chart. It takes the width it is given; words keep their size.
#[derive(Clone, Debug)]
pub struct BarChart {
    /// States the finding.
    pub title: String,
    /// Head of the first column of the table.
    pub category: String,
    /// Names along the axis.
    pub categories: Vec<String>,
    /// Bars, at most five series.
    pub series: Vec<Series>,
    /// A line over the bars.
    pub line: Option<Series>,
    /// The list behind each category, parallel to `categories`; may be shorter.
    pub links: Vec<Option<String>>,
}

/// The narrowest a chart gets before it scrolls in its box; words are cut for this width.
const NARROWEST: f64 = 600.0;
const HEIGHT: f64 = 246.0;
const BASE: f64 = 204.0;
const TOP: f64 = 24.0;
const COLOURS: [(&str, &str); 5] = [("f1", "k1"), ("f2", "k2"), ("f4", "k4"), ("f5", "k5"), ("f6", "k6")];

/// The chart with its numbers behind.
pub fn bar_chart(locale: Locale, chart: &BarChart) -> Markup {
    let mut legend: Vec<(String, &'static str)> = chart.series.iter().zip(COLOURS).map(|(s, (_, key))| (s.name.clone(), key)).collect();
    legend.extend(chart.line.iter().map(|line| (line.name.clone(), "k3")));
    figure(locale, &Figure { title: chart.title.clone(), drawing: drawing(chart), table: numbers(locale, chart), legend })
}

fn drawing(chart: &BarChart) -> Markup {
    let values = chart.series.iter().chain(&chart.line).flat_map(|s| &s.points).filter_map(|p| p.value);
    let steps = ticks(values.fold(0.0, f64::max));
    let top = steps.last().copied().unwrap_or(1.0);
    let y = |value: f64| BASE - value.max(0.0) / top * (BASE - TOP);
    let axis = steps.iter().map(|step| text_width(&axis_number(*step))).fold(24.0, f64::max) + 8.0;
    let slot = 100.0 / chart.categories.len().max(1) as f64;
    // Two drawings side by side: the axis has a fixed width, the bars share the rest in percent, so words never scale.
    html! {
        div.plot {
            svg width=(number(axis)) height=(number(HEIGHT)) aria-hidden="true" {
                @for step in &steps { text.e x=(number(axis - 8.0)) y=(number(y(*step) + 4.0)) { (axis_number(*step)) } }
            }
            svg width="100%" height=(number(HEIGHT)) role="img" aria-label=(chart.title) {
                title { (chart.title) }
                @for (n, step) in steps.iter().enumerate() { line class=(if n == 0 { "ax" } else { "g" }) x2="100%" y1=(number(y(*step))) y2=(number(y(*step))) {} }
                @for n in 0..chart.categories.len() {
                    svg x={ (number(slot * n as f64)) "%" } width={ (number(slot)) "%" } height=(number(HEIGHT)) { (category(chart, n, &y)) }
                }
                @if let Some(line) = &chart.line { (line_over(line, slot, &y)) }
            }
        }
    }
}

/// The bars of one category with its name; places are in percent of the category's slot.
fn category(chart: &BarChart, n: usize, y: &dyn Fn(f64) -> f64) -> Markup {
    let room = (NARROWEST / chart.categories.len() as f64) - 4.0;
    let bar = 64.0 / chart.series.len().max(1) as f64;
    let alone = chart.series.len() == 1 && chart.line.is_none();
    html! {
        @for (k, (series, (colour, _))) in chart.series.iter().zip(COLOURS).enumerate() {
            @if let Some(Point { value: Some(value), shown }) = series.points.get(n) {
                rect class=(colour) x={ (number(18.0 + bar * k as f64)) "%" } width={ (number(bar * 0.96)) "%" } y=(number(y(*value)))
                    height=(number(BASE - y(*value))) rx="2" { title { (chart.categories[n]) " · " (series.name) ": " (shown) } }
                @if alone && text_width(shown) <= room { text."v m" x="50%" y=(number(y(*value) - 6.0)) { (shown) } }
            }
        }
        @if let Some(Some(href)) = chart.links.get(n) { a href=(href) { (name(chart, n, room)) } } @else { (name(chart, n, room)) }
    }
}

fn name(chart: &BarChart, n: usize, room: f64) -> Markup {
    let lines = two_lines(&chart.categories[n], room);
    html! {
        text.m x="50%" y="223" {
            title { (chart.categories[n]) }
            @for (k, line) in lines.iter().enumerate() { tspan x="50%" dy=[(k > 0).then_some("15")] { (line) } }
        }
    }
}

fn line_over(line: &Series, slot: f64, y: &dyn Fn(f64) -> f64) -> Markup {
    let x = |n: usize| format!("{}%", number(slot * (n as f64 + 0.5)));
    let points: Vec<(usize, f64, &str)> =
        line.points.iter().enumerate().filter_map(|(n, p)| Some((n, p.value?, p.shown.as_str()))).collect();
    html! {
        @for pair in points.windows(2) { line."p p3" x1=(x(pair[0].0)) y1=(number(y(pair[0].1))) x2=(x(pair[1].0)) y2=(number(y(pair[1].1))) {} }
        @for (n, value, shown) in &points { circle.dot cx=(x(*n)) cy=(number(y(*value))) r="2.5" { title { (line.name) ": " (shown) } } }
    }
}

fn numbers(locale: Locale, chart: &BarChart) -> Table {
    let all: Vec<&Series> = chart.series.iter().chain(&chart.line).collect();
    let mut columns = vec![Column::new(chart.category.clone())];
    columns.extend(all.iter().map(|series| Column::number(series.name.clone())));
    let rows = chart.categories.iter().enumerate().map(|(n, category)| {
        let mut cells = vec![html! { (category) }];
        cells.extend(all.iter().map(|series| html! { (series.points.get(n).map_or(EMPTY, |p| p.shown.as_str())) }));
        Row { href: chart.links.get(n).cloned().flatten(), cells }
    });
    Table { label: t(locale).chart_of(&chart.title), rows: rows.collect(), columns, total: None }
}

/// One series, and two with a line.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let months: Vec<String> = (1..=11).map(|m| if locale == Locale::En { format!("2026-{m:02}") } else { format!("{m} 月") }).collect();
    let series = |name: String, values: &[f64]| Series { name, points: values.iter().map(|v| Point::new(*v, format!("{v:.2}"))).collect() };
    let done = [128.0, 64.0, 182.0, 196.0, 150.0, 238.0, 204.0, 176.0, 262.0, 221.0, 189.0];
    let target = [150.0, 80.0, 180.0, 190.0, 190.0, 220.0, 210.0, 200.0, 230.0, 230.0, 240.0];
    let one = BarChart {
        title: p("2026 年各月合计（万元）；9 月最高 262", "Monthly sums of 2026 in ¥10k; highest in September, 262"),
        category: p("月份", "Month"),
        categories: months.clone(),
        series: vec![series(p("合计（万元）", "Sum (¥10k)"), &done)],
        line: None,
        links: vec![Some("#month".into())],
    };
    let two = BarChart {
        series: vec![series(p("合计", "Sum"), &done), series(p("加权", "Weighted"), &done.map(|v| v * 0.6))],
        line: Some(series(p("目标", "Target"), &target)),
        ..one.clone()
    };
    vec![
        Sample::new("one series", html! { div.card { (bar_chart(locale, &one)) } }),
        Sample::new("two series and a line", html! { div.card { (bar_chart(locale, &two)) } }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_to_draw_is_said_and_no_values_still_draw() {
        let chart = |categories: Vec<String>| BarChart {
            title: "Nothing".into(),
            category: "Month".into(),
            categories,
            series: vec![Series { name: "Sum".into(), points: vec![Point::none()] }],
            line: None,
            links: vec![],
        };
        let html = bar_chart(Locale::En, &chart(vec![])).into_string();
        assert!(html.contains("No data yet") && !html.contains("<svg"), "{html}");
        let html = bar_chart(Locale::En, &chart(vec!["May".into()])).into_string();
        assert!(html.contains("<svg") && !html.contains("NaN") && !html.contains("inf"), "{html}");
    }
}
