//! Standing bars over categories, one or more series, with an optional line (a target).

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::chart::{Figure, axis_number, figure, fit, number, ticks};
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

/// The chart.
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
    /// Takes the whole width of the page instead of half of it.
    pub full_width: bool,
}

const HEIGHT: f64 = 232.0;
const BASE: f64 = 204.0;
const TOP: f64 = 20.0;

/// The chart with its numbers behind.
pub fn bar_chart(locale: Locale, chart: &BarChart) -> Markup {
    let mut legend: Vec<(String, &'static str)> =
        chart.series.iter().zip(["k1", "k2", "k4", "k5", "k6"]).map(|(s, class)| (s.name.clone(), class)).collect();
    legend.extend(chart.line.iter().map(|line| (line.name.clone(), "k3")));
    figure(locale, &Figure { title: chart.title.clone(), drawing: drawing(chart), table: numbers(locale, chart), legend })
}

fn drawing(chart: &BarChart) -> Markup {
    let width = if chart.full_width { 1_100.0 } else { 650.0 };
    let all = || chart.series.iter().chain(&chart.line).flat_map(|s| &s.points).filter_map(|p| p.value);
    let steps = ticks(all().fold(0.0, f64::max));
    let top = steps.last().copied().unwrap_or(1.0);
    let y = |value: f64| BASE - value.max(0.0) / top * (BASE - TOP);
    let left = 12.0 + steps.iter().map(|s| super::chart::text_width(&axis_number(*s))).fold(18.0, f64::max);
    let slot = (width - left - 4.0) / chart.categories.len().max(1) as f64;
    let bar = (slot * 0.62 / chart.series.len().max(1) as f64).min(48.0);
    let middle = |n: usize| left + slot * (n as f64 + 0.5);
    let single = chart.series.len() == 1 && slot >= 36.0;
    html! {
        svg viewBox={ "0 0 " (number(width)) " " (number(HEIGHT)) } role="img" aria-label=(chart.title) {
            title { (chart.title) }
            @for (n, step) in steps.iter().enumerate() {
                line class=(if n == 0 { "ax" } else { "g" }) x1=(number(left)) x2=(number(width - 4.0)) y1=(number(y(*step))) y2=(number(y(*step))) {}
                text.e x=(number(left - 8.0)) y=(number(y(*step) + 4.0)) { (axis_number(*step)) }
            }
            @for (n, category) in chart.categories.iter().enumerate() {
                @for (k, series) in chart.series.iter().enumerate() {
                    @if let Some(point) = series.points.get(n) {
                        @if let Some(value) = point.value {
                            @let x = middle(n) + bar * (k as f64 - chart.series.len() as f64 / 2.0);
                            rect class=(["f1", "f2", "f4", "f5", "f6"][k % 5]) x=(number(x)) y=(number(y(value))) width=(number((bar - 1.0).max(1.0)))
                                height=(number((BASE - y(value)).max(0.0))) rx="2" { title { (category) ": " (point.shown) } }
                            @if single && chart.line.is_none() { text."v m" x=(number(middle(n))) y=(number(y(value) - 6.0)) { (fit(&point.shown, slot)) } }
                        }
                    }
                }
                text.m x=(number(middle(n))) y="223" { (fit(category, slot - 4.0)) }
            }
            @if let Some(line) = &chart.line { (line_over(line, &middle, &y)) }
        }
    }
}

fn line_over(line: &Series, x: &dyn Fn(usize) -> f64, y: &dyn Fn(f64) -> f64) -> Markup {
    let points: Vec<(f64, f64, &str)> =
        line.points.iter().enumerate().filter_map(|(n, p)| Some((x(n), y(p.value?), p.shown.as_str()))).collect();
    let path: Vec<String> = points.iter().map(|(x, y, _)| format!("{},{}", number(*x), number(*y))).collect();
    html! {
        polyline."p p3" points=(path.join(" ")) {}
        @for (x, y, shown) in &points { circle.dot cx=(number(*x)) cy=(number(*y)) r="2.5" { title { (line.name) ": " (shown) } } }
    }
}

fn numbers(locale: Locale, chart: &BarChart) -> Table {
    let all: Vec<&Series> = chart.series.iter().chain(&chart.line).collect();
    let mut columns = vec![Column::new(chart.category.clone())];
    columns.extend(all.iter().map(|series| Column::number(series.name.clone())));
    let rows = chart.categories.iter().enumerate().map(|(n, category)| {
        let mut cells = vec![html! { (category) }];
        cells.extend(all.iter().map(|series| html! { (series.points.get(n).map_or(EMPTY, |p| p.shown.as_str())) }));
        Row { href: None, cells }
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
        full_width: false,
    };
    let two = BarChart {
        series: vec![series(p("合计", "Sum"), &done), series(p("加权", "Weighted"), &done.map(|v| v * 0.6))],
        line: Some(series(p("目标", "Target"), &target)),
        full_width: true,
        ..one.clone()
    };
    vec![
        Sample::new("one series", html! { div.card.half { (bar_chart(locale, &one)) } }),
        Sample::new("two series and a line", html! { div.card { (bar_chart(locale, &two)) } }),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_values_and_no_categories_still_draw() {
        let empty = BarChart {
            title: "Nothing".into(),
            category: "Month".into(),
            categories: vec![],
            series: vec![Series { name: "Sum".into(), points: vec![Point::none()] }],
            line: None,
            full_width: false,
        };
        let html = bar_chart(Locale::En, &empty).into_string();
        assert!(html.contains("<svg") && !html.contains("NaN") && !html.contains("inf"), "{html}");
    }
}
