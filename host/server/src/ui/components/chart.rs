//! What all charts share: the frame with the numbers as a table behind, round axis steps, and the width of words in SVG.
//!
//! Geometry is in SVG attributes and colours are classes, so a strict content policy and both themes hold.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::table::{Column, Row, Table, plain_table};
use super::{Sample, pick};
use crate::texts::t;

/// A drawing with its numbers one click away.
pub struct Figure {
    /// States the finding, not only the subject: it is what a screen reader says.
    pub title: String,
    /// The `svg`.
    pub drawing: Markup,
    /// The same numbers.
    pub table: Table,
    /// Names and classes of the series, where there are several.
    pub legend: Vec<(String, &'static str)>,
}

/// The figure, for the body of a flush card.
pub fn figure(locale: Locale, figure: &Figure) -> Markup {
    if figure.table.rows.is_empty() {
        // Axes without anything on them would look like a value.
        return html! { div.body { p.dim { (t(locale).no_data()) } } };
    }
    html! {
        figure.figure {
            @if figure.legend.len() > 1 {
                figcaption.row.gap3.small.wrap { @for (name, class) in &figure.legend { span.key { i class=(class) {} (name) } } }
            }
            div.chart { (figure.drawing) }
            details.numbers { summary { (t(locale).chart_table()) } (plain_table(locale, &figure.table)) }
        }
    }
}

/// A number for an attribute: at most two digits after the point, none that say nothing.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".into() } else { text.into() }
}

/// Width of words at 12 px: 12 for a Chinese character, about 6.6 for others.
pub(super) fn text_width(text: &str) -> f64 {
    text.chars().map(|c| if (c as u32) >= 0x2e80 { 12.0 } else { 6.6 }).sum()
}

/// Cuts words to a width at 12 px, with an ellipsis.
pub(super) fn fit(text: &str, width: f64) -> String {
    if text_width(text) <= width {
        return text.to_owned();
    }
    let mut out = String::new();
    for c in text.chars() {
        if text_width(&out) + text_width(c.encode_utf8(&mut [0; 4])) > width - 9.0 {
            break;
        }
        out.push(c);
    }
    format!("{}…", out.trim_end())
}

/// Words in at most two lines of a width at 12 px, broken at a space where there is one; the second line is cut.
pub(super) fn two_lines(text: &str, width: f64) -> Vec<String> {
    if text_width(text) <= width {
        return vec![text.to_owned()];
    }
    let mut end = 0;
    let mut used = 0.0;
    for (at, c) in text.char_indices() {
        used += text_width(c.encode_utf8(&mut [0; 4]));
        if used > width {
            break;
        }
        end = at + c.len_utf8();
    }
    if end == 0 {
        return vec![fit(text, width)];
    }
    // Chinese may break anywhere: two lines of about the same length look better than one sign alone.
    if !text.is_ascii() && !text.contains(' ') && text_width(text) <= width * 2.0 && text.chars().all(|c| !c.is_ascii_alphanumeric()) {
        let half = text.chars().count().div_ceil(2);
        return vec![text.chars().take(half).collect(), fit(&text.chars().skip(half).collect::<String>(), width)];
    }
    // A Latin word stays whole: the line ends at the sign before it, or the word is cut.
    let latin = |c: char| c.is_ascii_alphanumeric();
    let inside_word = text[end..].starts_with(latin) && text[..end].ends_with(latin);
    let end = match text[..end].rfind(|c| !latin(c)) {
        Some(sign) if inside_word => sign + text[sign..].chars().next().map_or(1, char::len_utf8),
        None if inside_word => return vec![fit(text, width)],
        _ => end,
    };
    vec![text[..end].trim_end().to_owned(), fit(text[end..].trim_start(), width)]
}

/// Steps of an axis from 0 to at least `max`: round numbers, at most six.
pub(super) fn ticks(max: f64) -> Vec<f64> {
    if !max.is_finite() || max <= 0.0 {
        return vec![0.0, 1.0];
    }
    let rough = max / 4.0;
    let power = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].into_iter().map(|m| m * power).find(|step| *step >= rough * 0.999).unwrap_or(10.0 * power);
    let count = (max / step * 0.999).ceil() as usize;
    (0..=count).map(|n| step * n as f64).collect()
}

/// An axis number: `1,500`, `0.25`.
pub(super) fn axis_number(value: f64) -> String {
    let plain = number(value);
    match plain.split_once('.') {
        Some(_) => plain,
        None => crate::ui::format::integer(value as i64),
    }
}

/// The frame with a drawing of two rectangles.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let label = pick(locale, "两段", "Two parts");
    let sample = Figure {
        title: label.clone(),
        drawing: html! {
            svg viewBox="0 0 450 40" role="img" { title { (label) } rect.f1 x="0" y="4" width="270" height="26" rx="3" {} rect.f2 x="272" y="4" width="178" height="26" rx="3" {} }
        },
        table: Table {
            label: t(locale).chart_of(&label),
            columns: vec![Column::new(pick(locale, "段", "Part")), Column::number("%")],
            rows: [("A", "60.00"), ("B", "40.00")].map(|(a, b)| Row { href: None, cells: vec![html! { (a) }, html! { (b) }] }).into(),
            total: None,
        },
        legend: vec![("A".into(), "k1"), ("B".into(), "k2")],
    };
    vec![Sample::new("frame", html! { div.card { (figure(locale, &sample)) } })]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_have_round_steps() {
        for (max, wanted) in [
            (262.0, vec![0.0, 100.0, 200.0, 300.0]),
            (7.0, vec![0.0, 2.0, 4.0, 6.0, 8.0]),
            (0.0, vec![0.0, 1.0]),
            (1.0, vec![0.0, 0.25, 0.5, 0.75, 1.0]),
        ] {
            assert_eq!(ticks(max), wanted, "{max}");
        }
    }

    #[test]
    fn words_are_cut_by_their_width() {
        assert_eq!(fit("初步接触", 60.0), "初步接触");
        assert_eq!(fit("提交解决方案", 60.0), "提交解决…");
        assert_eq!(number(-0.001), "0");
        assert_eq!(two_lines("会见项目决策者", 60.0), ["会见项目", "决策者"]);
        assert_eq!(two_lines("Meets decision maker", 60.0), ["Meets", "decisio…"]);
        assert_eq!(two_lines("2026-04", 44.0), ["2026-", "04"]);
        assert_eq!(two_lines("Negotiation", 60.0), ["Negotia…"]);
        assert_eq!(two_lines("短", 60.0), ["短"]);
    }
}
