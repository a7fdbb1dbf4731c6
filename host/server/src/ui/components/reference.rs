//! The picker of a record of another object: a `select` of the likeliest records, which `reference.js` turns into a search on the server.
//!
//! The search answers `GET {search}?q=text` with `{"results":[{"id","title","snippet"}]}`. Without script, a "find" button sends the
//! form with `find={name}` and the words in `{name}.find`: the page then shows the same form with the records that match as choices.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::control::{Choice, Control, ControlKind};
use super::control_input::invalid;
use super::{Sample, pick};
use crate::texts::t;

/// What a picker chooses from.
#[derive(Clone, Debug, Default)]
pub struct Reference {
    /// Records to choose from without searching; the chosen one among them.
    pub choices: Vec<Choice>,
    /// Address of the search; `None` when `choices` is everything.
    pub search: Option<String>,
    /// The object's name for people.
    pub object: String,
    /// There are more records than `choices`.
    pub truncated: bool,
}

/// The picker.
pub(super) fn reference(locale: Locale, control: &Control, target: &Reference) -> Markup {
    let texts = t(locale);
    let chosen = target.choices.iter().find(|choice| choice.value == control.value);
    let unknown = !control.value.is_empty() && chosen.is_none();
    let target = &Reference { search: target.search.clone().filter(|_| !control.read_only), ..target.clone() };
    let select = html! {
        select.in id=(control.name) name=(control.name) disabled[control.read_only] required[control.required]
            aria-invalid=[invalid(control)] aria-describedby=[control.described_by()] {
            @if !control.required || control.value.is_empty() { option value="" { (if control.required { texts.choose() } else { texts.not_set() }) } }
            @if unknown { option value=(control.value) selected { (control.value) } }
            @for choice in &target.choices { option value=(choice.value) selected[choice.value == control.value] { (choice.label) } }
        }
        (finder(locale, control, target))
    };
    picker(locale, target, &Manner::default(), &select)
}

/// How a picker differs from that of a plain reference.
#[derive(Default)]
pub(super) struct Manner<'a> {
    /// Looks through its own choices instead of asking the server.
    pub(super) local: bool,
    /// Each choice becomes one more entry of a list.
    pub(super) adds: bool,
    /// Stands before each id.
    pub(super) prefix: Option<&'a str>,
}

/// The box around a select that `reference.js` turns into a search.
pub(super) fn picker(locale: Locale, target: &Reference, manner: &Manner<'_>, select: &Markup) -> Markup {
    let texts = t(locale);
    let hint = if target.object.is_empty() { texts.type_to_find().to_owned() } else { texts.search_reference(&target.object) };
    html! {
        div.ref data-reference=[target.search.as_deref()] data-local[manner.local] data-adds[manner.adds] data-prefix=[manner.prefix]
            data-hint=(hint) data-searching=(texts.reference_searching()) data-none=(texts.reference_none())
            data-failed=(texts.reference_failed()) data-clear=(texts.reference_clear()) { (select) }
    }
}

/// Finding without script.
pub(super) fn finder(locale: Locale, control: &Control, target: &Reference) -> Markup {
    let texts = t(locale);
    html! {
        @if target.truncated && target.search.is_some() {
            noscript {
                p.help { (texts.reference_truncated()) }
                div.row {
                    input.in name={ (control.name) ".find" } aria-label=(texts.search_reference(&target.object)) placeholder=(texts.search_reference(&target.object));
                    button.btn.big name="find" value=(control.name) formnovalidate { (texts.find()) }
                }
            }
        }
    }
}

/// A picker with a search, and one that holds everything.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let choices = vec![Choice::new("1", pick(locale, "标准版", "Standard")), Choice::new("2", pick(locale, "专业版", "Professional"))];
    let object = pick(locale, "产品", "product");
    let all = Reference { choices: choices.clone(), object: object.clone(), ..Reference::default() };
    let part = Reference { choices, object, search: Some("/o/product/search".into()), truncated: true };
    let shown = |name: &str, target| {
        let control = Control::new(name, pick(locale, "产品", "Product"), ControlKind::Reference(target)).value("2");
        html! { div.form { (super::control::control(locale, &control)) } }
    };
    vec![Sample::new("a part, with search", shown("r_part", part)), Sample::new("everything", shown("r_all", all))]
}
