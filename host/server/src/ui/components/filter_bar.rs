//! The filters of a list: a chip for each condition in force, the way to add one, and the filter as an expression. Chips and tools lead to
//! pages that `panel.js` opens in place.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::button::{Button, ButtonKind, button};
use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// One condition in words.
#[derive(Clone, Debug, Default)]
pub struct ChipPart {
    /// The field, or the whole condition where it has no simple form.
    pub field: String,
    /// The relation in words; empty where the field says all.
    pub operator: String,
    /// The value as shown.
    pub value: String,
    /// Where it is changed; `None` for what can only be removed.
    pub edit: Option<String>,
}

/// What has to hold: one condition, or one of several.
#[derive(Clone, Debug, Default)]
pub struct Chip {
    /// The alternatives.
    pub parts: Vec<ChipPart>,
    /// The list without it.
    pub remove: String,
}

/// The filter as an expression.
#[derive(Clone, Debug, Default)]
pub struct Expression {
    /// The list's address.
    pub address: String,
    /// Parameters to keep.
    pub hidden: Vec<(String, String)>,
    /// As typed.
    pub text: String,
    /// Why it was refused, and at which character, from 1.
    pub problem: Option<(String, Option<usize>)>,
}

/// The bar.
#[derive(Clone, Debug, Default)]
pub struct FilterBar {
    /// Conditions in force.
    pub chips: Vec<Chip>,
    /// Where a condition is added.
    pub add: String,
    /// The list without any condition.
    pub clear: String,
    /// The expression, where it was refused.
    pub refused: Option<Expression>,
    /// What stands at the right: sorting, columns.
    pub right: Option<Markup>,
}

/// The operators that the builder can send.
pub const OPERATORS: [&str; 21] = [
    "eq",
    "ne",
    "has",
    "has_not",
    "one_of",
    "contains",
    "starts_with",
    "between",
    "lt",
    "le",
    "gt",
    "ge",
    "within",
    "past",
    "next",
    "before",
    "after",
    "older",
    "later",
    "empty",
    "not_empty",
];

/// The words of an operator; an unknown one stays as it is.
pub fn operator_words(locale: Locale, operator: &str) -> String {
    let texts = t(locale);
    match operator {
        "eq" => texts.operator_equals(),
        "ne" => texts.operator_not_equals(),
        "has" => texts.operator_has(),
        "has_not" => texts.operator_has_not(),
        "one_of" => texts.operator_one_of(),
        "contains" => texts.operator_contains(),
        "starts_with" => texts.operator_starts_with(),
        "between" => texts.operator_between(),
        "lt" => texts.operator_less(),
        "le" => texts.operator_at_most(),
        "gt" => texts.operator_greater(),
        "ge" => texts.operator_at_least(),
        "within" => texts.operator_within(),
        "past" => texts.operator_past(),
        "next" => texts.operator_next(),
        "before" => texts.operator_before(),
        "after" => texts.operator_after(),
        "older" => texts.operator_older(),
        "later" => texts.operator_later(),
        "empty" => texts.operator_empty(),
        "not_empty" => texts.operator_not_empty(),
        other => other,
    }
    .to_owned()
}

/// The bar.
pub fn filter_bar(locale: Locale, bar: &FilterBar) -> Markup {
    let texts = t(locale);
    html! {
        div.bar role="group" aria-label=(texts.filters()) {
            @for each in &bar.chips { (chip(locale, each)) }
            a.chip.new href=(bar.add) data-panel data-key="/" { span { (icon(Icon::Plus)) (texts.filter()) } }
            @if bar.chips.len() > 1 { a.btn.quiet href=(bar.clear) { (texts.clear_all()) } }
            @if let Some(right) = &bar.right { span.row.end.tools { (right) } }
        }
        @if let Some(refused) = &bar.refused { div.pad.refused { (expression(locale, refused)) } }
    }
}

fn chip(locale: Locale, chip: &Chip) -> Markup {
    let texts = t(locale);
    let words = |part: &ChipPart| [part.field.as_str(), &part.operator, &part.value].join(" ").trim().to_owned();
    let whole = chip.parts.iter().map(words).collect::<Vec<_>>().join(texts.or_between());
    let remove = texts.remove_filter(&whole);
    html! {
        span.chip {
            @for (at, part) in chip.parts.iter().enumerate() {
                @if at > 0 { span.or { (texts.or_word()) } }
                @if part.operator.is_empty() { code.mono title=(part.field) { (part.field) } }
                @else {
                    a.said href=[part.edit.as_deref()] data-panel[part.edit.is_some()] title=(texts.change_filter(&words(part))) {
                        span { (part.field) } span { (part.operator) } @if !part.value.is_empty() { b.num { (part.value) } }
                    }
                }
            }
            a.x href=(chip.remove) aria-label=(remove) title=(remove) { (icon(Icon::Close)) }
        }
    }
}

/// The filter as an expression, with what is wrong at its place.
pub fn expression(locale: Locale, expression: &Expression) -> Markup {
    let texts = t(locale);
    let described = if expression.problem.is_some() { "filter-problem" } else { "filter-help" };
    html! {
        form.stack.tight method="get" action=(expression.address) {
            @for (name, value) in &expression.hidden { input type="hidden" name=(name) value=(value); }
            div.f {
                label for="filter" { (texts.filter_expression()) }
                textarea.in.mono.grows id="filter" name="filter" rows="2" autocomplete="off" spellcheck="false"
                    aria-invalid=[expression.problem.is_some().then_some("true")] aria-describedby=(described) { "\n" (expression.text) }
                @if let Some((words, position)) = &expression.problem {
                    @if let Some(position) = position { (marked(&expression.text, *position)) }
                    p.err id="filter-problem" role="alert" { (icon(Icon::Bad)) span { (words) } }
                } @else { p.help id="filter-help" { (texts.filter_expression_help()) } }
            }
            div.row { (button(&Button::submit(texts.apply()).kind(ButtonKind::Plain).big())) }
        }
    }
}

/// The expression with a mark at a character; the end is a place too.
fn marked(text: &str, position: usize) -> Markup {
    let at = position.saturating_sub(1);
    let before: String = text.chars().take(at).collect();
    let here: String = text.chars().skip(at).take(1).collect();
    let after: String = text.chars().skip(at + 1).collect();
    html! { code.mono.at-fault aria-hidden="true" { (before) mark { @if here.trim().is_empty() { "␣" } @else { (here) } } (after) } }
}

/// With conditions, and with a refused expression.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let refused = FilterBar {
        add: "?add".into(),
        refused: Some(Expression {
            address: "/o/sample".into(),
            text: "amount >> 5".into(),
            problem: Some((t(locale).problem_filter_at("9"), Some(9))),
            ..Expression::default()
        }),
        ..FilterBar::default()
    };
    vec![
        Sample::new("with conditions", filter_bar(locale, &sample_bar(locale))),
        Sample::new("refused expression", filter_bar(locale, &refused)),
    ]
}

/// A bar as a page would fill it.
pub(super) fn sample_bar(locale: Locale) -> FilterBar {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let part = |field: String, operator: &str, value: &str| ChipPart {
        field,
        operator: operator_words(locale, operator),
        value: value.into(),
        edit: Some("?edit".into()),
    };
    let chip = |parts: Vec<ChipPart>| Chip { parts, remove: "?".into() };
    FilterBar {
        chips: vec![
            chip(vec![part(p("级别", "Level"), "eq", &p("重要", "High")), part(p("负责人", "Owner"), "eq", t(locale).myself())]),
            chip(vec![part(p("预计日期", "Expected on"), "before", "2027-02-01")]),
            chip(vec![part(p("金额", "Amount"), "ge", "¥100,000")]),
            chip(vec![ChipPart { field: "amount > 2 * price".into(), ..ChipPart::default() }]),
        ],
        add: "?add".into(),
        clear: "?".into(),
        refused: None,
        right: Some(html! { a.btn.quiet href="#sort" { (icon(Icon::Sort)) (p("金额 ↓", "Amount ↓")) } }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_operator_has_words() {
        for operator in OPERATORS {
            assert_ne!(operator_words(Locale::ZhCn, operator), operator);
        }
    }

    #[test]
    fn the_fault_is_marked_where_it_is() {
        assert!(marked("名 >> 5", 3).into_string().contains("名 <mark>&gt;</mark>&gt; 5"));
        assert!(marked("a ==", 5).into_string().contains("a ==<mark>␣</mark>"));
    }
}
