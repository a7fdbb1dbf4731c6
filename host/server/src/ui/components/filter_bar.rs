//! The filters of a list: a chip for each condition in force, and a small form that adds one. Plain GET, so every view has an address.
//!
//! The form sends `filter_field`, `filter_operator` and `filter_value` beside the hidden parameters; the page joins them to its filter.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::control::Choice;
use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// One condition in force.
#[derive(Clone, Debug, Default)]
pub struct Chip {
    /// The field, or the whole condition where it has no simple form.
    pub field: String,
    /// The relation in words; empty where the field says all.
    pub operator: String,
    /// The value as shown.
    pub value: String,
    /// The list without this condition.
    pub remove: String,
}

/// A field that can be filtered by.
#[derive(Clone, Debug, Default)]
pub struct FilterField {
    /// Its key.
    pub key: String,
    /// Its name.
    pub label: String,
    /// HTML input type for its value: `text`, `date`, `datetime-local`; numbers are `text`.
    pub input: &'static str,
    /// Its operators (see [`operator_words`]), in order.
    pub operators: Vec<&'static str>,
    /// Its choices, for a select, yes/no or a reference with few records.
    pub choices: Vec<Choice>,
}

/// The bar.
#[derive(Clone, Debug, Default)]
pub struct FilterBar {
    /// Address of the list.
    pub address: String,
    /// Conditions in force.
    pub chips: Vec<Chip>,
    /// Parameters to keep (filter, sort), without the cursor.
    pub hidden: Vec<(String, String)>,
    /// Fields to choose from.
    pub fields: Vec<FilterField>,
    /// The list without any condition.
    pub clear: String,
    /// The filter as an expression, for who writes one; `None` hides the input. Sent as `filter`.
    pub expression: Option<String>,
    /// Why the expression was refused.
    pub problem: Option<String>,
    /// What stands at the right: sorting, export.
    pub right: Option<Markup>,
}

/// The operators that the form can send, with their words. `contains` and `starts_with` are for texts.
pub const OPERATORS: [&str; 12] = ["eq", "ne", "contains", "starts_with", "lt", "le", "gt", "ge", "before", "after", "empty", "not_empty"];

/// The words of an operator; an unknown one stays as it is.
pub fn operator_words(locale: Locale, operator: &str) -> String {
    let texts = t(locale);
    match operator {
        "eq" => texts.operator_equals(),
        "ne" => texts.operator_not_equals(),
        "contains" => texts.operator_contains(),
        "starts_with" => texts.operator_starts_with(),
        "lt" => texts.operator_less(),
        "le" => texts.operator_at_most(),
        "gt" => texts.operator_greater(),
        "ge" => texts.operator_at_least(),
        "before" => texts.operator_before(),
        "after" => texts.operator_after(),
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
            @if !bar.fields.is_empty() || bar.expression.is_some() { (adding(locale, bar)) }
            @if bar.chips.len() > 1 { a.btn.quiet href=(bar.clear) { (texts.clear_all()) } }
            @if let Some(right) = &bar.right { span.row.end.only-wide { (right) } }
        }
    }
}

fn chip(locale: Locale, chip: &Chip) -> Markup {
    let whole = [chip.field.as_str(), &chip.operator, &chip.value].join(" ");
    let remove = t(locale).remove_filter(whole.trim());
    html! {
        span.chip {
            @if chip.operator.is_empty() { code.mono { (chip.field) } }
            @else { span { (chip.field) } span { (chip.operator) } @if !chip.value.is_empty() { b.num { (chip.value) } } }
            a href=(chip.remove) aria-label=(remove) title=(remove) { (icon(Icon::Close)) }
        }
    }
}

fn adding(locale: Locale, bar: &FilterBar) -> Markup {
    let texts = t(locale);
    html! {
        details.drop-menu.filter open[bar.problem.is_some()] data-filter {
            summary.chip.new data-key="/" { span { (icon(Icon::Plus)) (texts.filter()) } }
            div.pop {
                @if !bar.fields.is_empty() { (simple(locale, bar)) }
                @if let Some(expression) = &bar.expression { (by_expression(locale, bar, expression)) }
            }
        }
    }
}

fn simple(locale: Locale, bar: &FilterBar) -> Markup {
    let texts = t(locale);
    html! {
        form.stack.tight method="get" action=(bar.address) {
            @for (name, value) in &bar.hidden { input type="hidden" name=(name) value=(value); }
            div.f {
                label for="filter_field" { (texts.filter_field()) }
                select.in id="filter_field" name="filter_field" {
                    @for field in &bar.fields {
                        option value=(field.key) data-input=(field.input) data-operators=(field.operators.join(" ")) data-choices=[choices(field)] { (field.label) }
                    }
                }
            }
            div.f {
                label for="filter_operator" { (texts.filter_operator()) }
                select.in id="filter_operator" name="filter_operator" {
                    @for operator in OPERATORS.iter().filter(|each| bar.fields.iter().any(|field| field.operators.contains(each))) { option value=(operator) { (operator_words(locale, operator)) } }
                }
            }
            div.f { label for="filter_value" { (texts.filter_value()) } input.in id="filter_value" name="filter_value" autocomplete="off"; }
            div.row { button.btn.big { (texts.apply()) } }
        }
    }
}

/// The choices of a field as one attribute: value and label, tab and newline between.
fn choices(field: &FilterField) -> Option<String> {
    (!field.choices.is_empty()).then(|| {
        let clean = |text: &str| text.replace(['\t', '\n'], " ");
        field.choices.iter().map(|c| format!("{}\t{}", clean(&c.value), clean(&c.label))).collect::<Vec<_>>().join("\n")
    })
}

fn by_expression(locale: Locale, bar: &FilterBar, expression: &str) -> Markup {
    let texts = t(locale);
    let described = if bar.problem.is_some() { "filter-problem" } else { "filter-help" };
    html! {
        form.stack.tight method="get" action=(bar.address) {
            @for (name, value) in bar.hidden.iter().filter(|(name, _)| name != "filter") { input type="hidden" name=(name) value=(value); }
            div.f {
                label for="filter" { (texts.filter_expression()) }
                input.in.mono id="filter" name="filter" value=(expression) autocomplete="off" spellcheck="false"
                    aria-invalid=[bar.problem.is_some().then_some("true")] aria-describedby=(described);
                @if let Some(problem) = &bar.problem { p.err id="filter-problem" role="alert" { (icon(Icon::Bad)) span { (problem) } } }
                @else { p.help id="filter-help" { (texts.filter_expression_help()) } }
            }
            div.row { button.btn.big { (texts.apply()) } }
        }
    }
}

/// With conditions, and with a refused expression.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let mut refused = sample_bar(locale);
    refused.fields.clear();
    refused.chips.clear();
    refused.right = None;
    refused.expression = Some("amount >> 5".into());
    refused.problem = Some(t(locale).problem_filter_at("9"));
    vec![
        Sample::new("with conditions", filter_bar(locale, &sample_bar(locale))),
        Sample::new("refused expression", html! { div.sample-tall { (filter_bar(locale, &refused)) } }),
    ]
}

/// A bar as a page would fill it.
pub(super) fn sample_bar(locale: Locale) -> FilterBar {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let chip = |field: String, operator: &str, value: &str| Chip {
        field,
        operator: operator_words(locale, operator),
        value: value.into(),
        remove: "?".into(),
    };
    FilterBar {
        address: "/o/sample".into(),
        chips: vec![
            chip(p("级别", "Level"), "eq", &p("重要", "High")),
            chip(p("预计日期", "Expected on"), "before", "2027-02-01"),
            chip(p("金额", "Amount"), "ge", "¥100,000"),
        ],
        hidden: vec![("filter".into(), "level == 'a'".into()), ("sort".into(), "-amount".into())],
        fields: vec![
            FilterField {
                key: "name".into(), label: p("名称", "Name"), input: "text", operators: vec!["contains", "eq"], choices: vec![]
            },
            FilterField {
                key: "level".into(),
                label: p("级别", "Level"),
                input: "text",
                operators: vec!["eq", "ne", "empty"],
                choices: vec![Choice::new("a", p("重要", "High")), Choice::new("b", p("一般", "Normal"))],
            },
            FilterField {
                key: "expected_on".into(),
                label: p("预计日期", "Expected on"),
                input: "date",
                operators: vec!["before", "after"],
                choices: vec![],
            },
        ],
        clear: "?".into(),
        expression: None,
        problem: None,
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
}
