//! A record read, not edited: its key facts in a row, and its fields as a grid.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::badge::{Ring, step};
use super::icon::{Icon, icon_small};
use super::{Sample, pick};
use crate::texts::t;
use crate::ui::format::EMPTY;

/// One field with its value.
pub struct FieldValue {
    /// The field's name.
    pub label: String,
    /// The formatted value; `None` is written as [`EMPTY`].
    pub value: Option<Markup>,
    /// Takes the whole width (long text).
    pub wide: bool,
    /// The reader may not see the value.
    pub masked: bool,
    /// How the value comes about, told when somebody points at it.
    pub hint: Option<String>,
}

impl FieldValue {
    /// A value as text; an empty text is no value.
    pub fn text(label: impl Into<String>, value: impl Into<String>) -> Self {
        let value: String = value.into();
        Self { label: label.into(), value: (!value.is_empty()).then(|| html! { (value) }), wide: false, masked: false, hint: None }
    }

    /// A value with markup of its own: a link, a badge, a person.
    pub fn markup(label: impl Into<String>, value: Markup) -> Self {
        Self { label: label.into(), value: Some(value), wide: false, masked: false, hint: None }
    }

    /// The same over the whole width.
    #[must_use]
    pub fn wide(self) -> Self {
        Self { wide: true, ..self }
    }
}

/// Names and values in two columns, one on narrow screens.
pub fn field_grid(locale: Locale, fields: &[FieldValue]) -> Markup {
    html! {
        dl.fields {
            @for field in fields {
                div.wide[field.wide] {
                    dt { (field.label) @if let Some(hint) = &field.hint { span.hint title=(hint) { (icon_small(Icon::Sum)) span.sr { (hint) } } } }
                    dd.long[field.wide] {
                        @if field.masked { (icon_small(Icon::EyeOff)) span.faint.small { (t(locale).field_masked()) } }
                        @else if let Some(value) = &field.value { (value) }
                        @else { span.faint { (EMPTY) } }
                    }
                }
            }
        }
    }
}

/// The few facts that a reader came for, under the record's title.
pub fn facts(facts: &[FieldValue]) -> Markup {
    html! {
        dl.facts {
            @for fact in facts {
                div { dt { (fact.label) } dd { @if let Some(value) = &fact.value { (value) } @else { span.faint { (EMPTY) } } } }
            }
        }
    }
}

/// Facts and a grid.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let header = [
        FieldValue::text(p("金额", "Amount"), "¥60,000.00"),
        FieldValue::markup(p("进展", "Progress"), step(Ring::Part(60), "60.00%")),
        FieldValue::text(p("预计日期", "Expected on"), ""),
    ];
    let grid = [
        FieldValue::text(p("名称", "Name"), p("江南速运集团有限公司", "Jiangnan Express Group")),
        FieldValue::markup(p("电话", "Phone"), html! { a.link href="tel:02584000021" { "025-8400 0021" } }),
        FieldValue::text(p("行业", "Industry"), ""),
        FieldValue { masked: true, ..FieldValue::text(p("证件", "Identity card"), "") },
        FieldValue::text(
            p("备注", "Notes"),
            p(
                "来访统一在周三上午，每次不超过 3 人。\n费用由总部结算。",
                "Visits on Wednesday mornings, three people at most.\nHeadquarters pays.",
            ),
        )
        .wide(),
    ];
    vec![Sample::new("facts", facts(&header)), Sample::new("grid", field_grid(locale, &grid))]
}
