//! A record of any object: first which kind of record, then which. The value is `object/id`; the kind alone is sent as `{name}.object`
//! and only decides what is offered.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::control::{Choice, Control, ControlKind};
use super::control_input::invalid;
use super::reference::{Manner, Reference, finder, picker};
use super::{Sample, pick};
use crate::texts::t;

/// Kinds of records, and the records of one.
#[derive(Clone, Debug, Default)]
pub struct AnyReference {
    /// Each object with the address of its search.
    pub objects: Vec<(Choice, String)>,
    /// The object whose records are offered; empty for none.
    pub object: String,
    /// Its records; the values are `object/id`.
    pub records: Reference,
}

/// The two pickers.
pub(super) fn any_reference(locale: Locale, control: &Control, any: &AnyReference) -> Markup {
    let texts = t(locale);
    let unknown = !control.value.is_empty() && any.records.choices.iter().all(|choice| choice.value != control.value);
    let prefix = if any.object.is_empty() { String::new() } else { format!("{}/", any.object) };
    let select = html! {
        select.in id=(control.name) name=(control.name) aria-label=(control.label) disabled[control.read_only] required[control.required]
            aria-invalid=[invalid(control)] aria-describedby=[control.described_by()] {
            option value="" { @if any.object.is_empty() { (texts.choose_object_first()) } @else { (texts.not_set()) } }
            @if unknown { option value=(control.value) selected { (control.value) } }
            @for choice in &any.records.choices { option value=(choice.value) selected[choice.value == control.value] { (choice.label) } }
        }
        (finder(locale, control, &any.records))
    };
    html! {
        div.any data-any {
            select.in name={ (control.name) ".object" } aria-label=(texts.which_object(&control.label)) disabled[control.read_only] {
                option value="" selected[any.object.is_empty()] { (texts.not_set()) }
                @for (choice, search) in &any.objects {
                    option value=(choice.value) data-search=(search) selected[choice.value == any.object] { (choice.label) }
                }
            }
            @if !control.read_only { noscript { button.btn.big name="find" value=(control.name) formnovalidate { (texts.list_records()) } } }
            (picker(locale, &any.records, &Manner { prefix: Some(&prefix), ..Manner::default() }, &select))
        }
    }
}

/// A chosen record, and nothing chosen.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let kinds = || {
        vec![
            (Choice::new("customer", p("客户", "Customer")), "/o/customer/search".to_owned()),
            (Choice::new("contact", p("联系人", "Contact")), "/o/contact/search".to_owned()),
        ]
    };
    let records = Reference {
        choices: vec![Choice::new("customer/1", p("北辰零售", "Beichen Retail"))],
        search: Some("/o/customer/search".into()),
        object: p("客户", "customer"),
        truncated: false,
    };
    let some = AnyReference { objects: kinds(), object: "customer".into(), records };
    let none = AnyReference {
        objects: kinds(),
        records: Reference { search: Some(String::new()), ..Reference::default() },
        ..AnyReference::default()
    };
    let shown = |name: &str, any, value: &str| {
        let control = Control::new(name, p("关联记录", "Related record"), ControlKind::AnyReference(any)).value(value);
        html! { div.form { (super::control::control(locale, &control)) } }
    };
    vec![Sample::new("chosen", shown("a_some", some, "customer/1")), Sample::new("nothing chosen", shown("a_none", none, ""))]
}
