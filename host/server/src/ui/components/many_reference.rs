//! Several records of one object, or several choices of a long list: what is chosen as boxes that are ticked, and a picker that adds
//! one more. Everything is sent under one name, an empty text first, so that nothing chosen is sent too.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::control::{Choice, Control, ControlKind};
use super::control_input::invalid;
use super::icon::{Icon, icon_small};
use super::reference::{Manner, Reference, finder, picker};
use super::{Sample, pick};
use crate::texts::t;

/// What is chosen, and where to choose more.
#[derive(Clone, Debug, Default)]
pub struct ManyReference {
    /// In their order.
    pub chosen: Vec<Choice>,
    /// The picker of the next one.
    pub picker: Reference,
}

/// Chips and picker.
pub(super) fn many_reference(locale: Locale, control: &Control, many: &ManyReference) -> Markup {
    let texts = t(locale);
    let offered = many.picker.choices.iter().filter(|choice| many.chosen.iter().all(|chosen| chosen.value != choice.value));
    let select = html! {
        select.in id=(control.name) name=(control.name) aria-invalid=[invalid(control)] aria-describedby=[control.described_by()] {
            option value="" { @if many.chosen.is_empty() { (texts.choose()) } @else { (texts.add_another()) } }
            @for choice in offered { option value=(choice.value) { (choice.label) } }
        }
        (finder(locale, control, &many.picker))
        @if !many.picker.truncated { noscript { button.btn.big name="find" value=(control.name) formnovalidate { (texts.add_another()) } } }
    };
    html! {
        div.many data-many=(control.name) data-remove=(texts.remove_named("{title}")) {
            @if !control.read_only { input type="hidden" name=(control.name) value=""; }
            ul.picked aria-label=(texts.chosen_records(&control.label)) {
                @for choice in &many.chosen {
                    li { label.chip {
                        input type="checkbox" name=(control.name) value=(choice.value) checked disabled[control.read_only];
                        span { (choice.label) }
                        @if !control.read_only { span.x aria-hidden="true" title=(texts.remove_named(&choice.label)) { (icon_small(Icon::Close)) } }
                    } }
                }
            }
            @if !control.read_only {
                (picker(locale, &many.picker, &Manner { local: many.picker.search.is_none(), adds: true, prefix: None }, &select))
            } @else { input type="hidden" id=(control.name) disabled; }
        }
    }
}

/// Two chosen of many, and nothing chosen of a long list.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let names = [("王磊", "Lei Wang"), ("赵敏", "Min Zhao"), ("林晓", "Xiao Lin")];
    let all: Vec<Choice> = names.iter().enumerate().map(|(n, (zh, en))| Choice::new(n.to_string(), p(zh, en))).collect();
    let picker =
        Reference { choices: all.clone(), search: Some("/o/user/search".into()), object: p("用户", "user"), ..Reference::default() };
    let some = ManyReference { chosen: all[..2].to_vec(), picker };
    let local = ManyReference { chosen: Vec::new(), picker: Reference { choices: all, ..Reference::default() } };
    let shown = |name: &str, many| {
        let control = Control::new(name, p("参与人", "People involved"), ControlKind::ManyReference(many));
        html! { div.form { (super::control::control(locale, &control)) } }
    };
    vec![Sample::new("some chosen", shown("m_some", some)), Sample::new("a long list", shown("m_local", local))]
}
