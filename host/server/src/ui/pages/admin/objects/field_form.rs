//! The form of a field: for a new one, for one that is there, and for another type.

use guanxi_core::meta::{Computed, Field, FieldKind, Object};

use super::super::addresses;
use super::super::words::{field_detail, label_controls};
use super::field_type::{controls, expression, format_control, options_control};
use super::typed::Typed;
use crate::texts::t;
use crate::ui::components::control::{Choice, Control, ControlKind, FieldProblem, ProblemKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::visit::Visit;

/// The longest key, hint, mask and name of a group.
const LONGEST_KEY: u32 = 40;
const LONGEST_HELP: u32 = 500;
const LONGEST_MASK: u32 = 100;
const LONGEST_GROUP: u32 = 80;

/// From the engine's fields to names of controls.
pub(super) const ALIASES: [(&str, &str); 17] = [
    ("required", "flags"),
    ("unique", "flags"),
    ("indexed", "flags"),
    ("sourced", "flags"),
    ("label", "label_zh"),
    ("help", "help_zh"),
    ("group", "group_zh"),
    ("type", "field_type"),
    ("options", "field_options"),
    ("target", "field_target"),
    ("scale", "field_scale"),
    ("max", "field_max"),
    ("roll_up", "roll_source"),
    ("roll_up.object", "roll_source"),
    ("roll_up.reference", "roll_source"),
    ("roll_up.function", "roll_function"),
    ("roll_up.field", "roll_field"),
];
/// The condition of a roll-up has a name of its own.
pub(super) const CONDITION: (&str, &str) = ("roll_up.condition", "roll_condition");

/// Before anybody typed.
pub(super) fn fresh() -> Typed {
    let mut typed = Typed::default();
    typed.set("key", "x_");
    typed.set("field_type", "text");
    typed.set("roll_function", "count");
    typed
}

/// The form for a new field.
pub(super) fn create(visit: &Visit, object: &Object, typed: &Typed) -> Form {
    let texts = t(visit.locale());
    let key = Control::new("key", texts.key(), ControlKind::Text { max: Some(LONGEST_KEY) }).value(typed.get("key")).required();
    let [zh, en] = label_controls(visit, typed.get("label_zh"), typed.get("label_en"));
    let mut properties = vec![flags(visit, typed, true, true)];
    properties.extend(properties_of(visit, typed, true));
    Form {
        address: addresses::new_field(&object.key),
        token: visit.session.csrf.clone(),
        sections: vec![
            FormSection::new("", vec![zh, en, key.help(texts.key_rule())]),
            FormSection::new(texts.section_type(), controls(visit, object, typed, false)),
            FormSection::new(texts.section_properties(), properties),
            FormSection::new(texts.section_conditions(), conditions(visit, typed, true)),
        ],
        save_and_new: true,
        cancel: Some(addresses::object(&object.key)),
        ..Form::default()
    }
}

/// The form of a field that is there; its key and type stay.
pub(super) fn edit(visit: &Visit, object: &Object, field: &Field, typed: &Typed) -> Form {
    let texts = t(visit.locale());
    let [zh, en] = label_controls(visit, typed.get("label_zh"), typed.get("label_en"));
    let fixed = |name: &str, label: &str, value: &str| Control {
        read_only: true,
        ..Control::new(name, label, ControlKind::Text { max: None }).value(value).help(texts.fixed_now())
    };
    let filled = field.computed.is_none() && field.is_stored();
    let mut kind = vec![fixed("fixed_key", texts.key(), &field.key), fixed("fixed_type", texts.field_type(), &field_detail(visit, field))];
    match (&field.computed, &field.kind) {
        (Some(Computed::Formula { .. }), _) => kind.push(expression("formula", texts.formula(), typed, texts.formula_help())),
        (Some(Computed::Sequence { .. }), _) => kind.push(Control { read_only: true, ..format_control(visit, typed) }),
        (Some(Computed::RollUp(_)), _) => {
            let over = format!("{} {} {}", typed.get("roll_function"), typed.get("roll_source"), typed.get("roll_field"));
            kind.push(fixed("fixed_roll_up", texts.type_roll_up(), over.trim()));
            if !typed.get("roll_condition").is_empty() {
                kind.push(fixed("fixed_roll_condition", texts.roll_up_condition(), typed.get("roll_condition")));
            }
        }
        (None, FieldKind::Select { .. } | FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. }) => {
            kind.push(options_control(texts, typed));
        }
        (None, FieldKind::Text { .. }) => {
            kind.push(Control::new("field_max", texts.longest(), ControlKind::Number).value(typed.get("field_max")));
        }
        (None, _) => {}
    }
    let indexable = matches!(field.kind, FieldKind::TreeSelect { .. })
        || !(field.kind.is_list() || matches!(field.kind, FieldKind::LongText | FieldKind::Json | FieldKind::Children { .. }));
    let mut properties = Vec::new();
    if field.is_stored() {
        properties.push(flags(visit, typed, indexable, false));
    }
    let with_mask = filled && field.kind.has_normal_key();
    properties.extend(properties_of(visit, typed, filled).into_iter().filter(|control| control.name != "mask" || with_mask));
    Form {
        address: addresses::field(&object.key, &field.key),
        token: visit.session.csrf.clone(),
        sections: vec![
            FormSection::new("", vec![zh, en]),
            FormSection::new(texts.section_type(), kind),
            FormSection::new(texts.section_properties(), properties),
            FormSection::new(texts.section_conditions(), conditions(visit, typed, filled)),
        ],
        cancel: Some(addresses::object(&object.key)),
        ..Form::default()
    }
}

/// The form for another type. Names, hints and group stay.
pub(super) fn retype(visit: &Visit, object: &Object, field: &Field, typed: &Typed) -> Form {
    let texts = t(visit.locale());
    let mut properties = vec![flags(visit, typed, true, false)];
    properties.extend(properties_of(visit, typed, true).into_iter().filter(|control| matches!(control.name.as_str(), "default" | "mask")));
    Form {
        address: addresses::retype_field(&object.key, &field.key),
        token: visit.session.csrf.clone(),
        sections: vec![
            FormSection::new("", controls(visit, object, typed, true)),
            FormSection::new(texts.properties(), properties),
            FormSection::new(texts.section_conditions(), conditions(visit, typed, true)),
        ],
        save: texts.preview().into(),
        cancel: Some(addresses::field(&object.key, &field.key)),
        ..Form::default()
    }
}

/// Puts what is wrong with the lines of the value list at its control, in the place of what the engine says about it.
pub(super) fn place_options(form: &mut Form, problems: Vec<String>) {
    let controls = form.sections.iter_mut().flat_map(|section| &mut section.controls);
    if let Some(control) = controls.into_iter().find(|control| control.name == "field_options") {
        control.problems = problems.into_iter().map(|text| FieldProblem::new(ProblemKind::Error, "field.option", text)).collect();
    }
}

/// Types whose values the search finds, unless that is switched off.
const SEARCHED: [&str; 7] = ["text", "long_text", "email", "phone", "url", "formula", "sequence"];

fn flags(visit: &Visit, typed: &Typed, indexable: bool, fresh: bool) -> Control {
    let texts = t(visit.locale());
    let all = [
        ("required", texts.property_required(), true),
        ("unique", texts.property_unique(), indexable),
        ("indexed", texts.property_indexed(), indexable),
        ("sourced", texts.property_sourced(), fresh),
        ("unsearched", texts.property_unsearched(), SEARCHED.contains(&typed.get("field_type"))),
    ];
    let choices = all.iter().filter(|(.., offered)| *offered).map(|(name, words, _)| Choice::new(*name, *words)).collect();
    Control::new("flags", texts.properties(), ControlKind::Several { choices }).value(typed.get("flags"))
}

/// Hint, group, default and mask; without the last two where nobody fills the field.
fn properties_of(visit: &Visit, typed: &Typed, filled: bool) -> Vec<Control> {
    let texts = t(visit.locale());
    let line = |name: &str, words: &str, max: Option<u32>| Control::new(name, words, ControlKind::Text { max }).value(typed.get(name));
    // Names in two languages stand side by side.
    let mut controls = vec![
        line("help_zh", texts.help_zh(), Some(LONGEST_HELP)).help(texts.help_of_field()),
        line("help_en", texts.help_en(), Some(LONGEST_HELP)),
        line("group_zh", texts.group_zh(), Some(LONGEST_GROUP)).help(texts.group_of_field()),
        line("group_en", texts.group_en(), Some(LONGEST_GROUP)),
    ];
    if filled {
        controls.push(line("default", texts.default_value(), None).help(texts.default_help()));
        let mask = line("mask", texts.mask(), Some(LONGEST_MASK)).help(texts.mask_explained());
        controls.push(Control { placeholder: Some("AA-0000".into()), ..mask });
    }
    controls
}

fn conditions(visit: &Visit, typed: &Typed, filled: bool) -> Vec<Control> {
    let texts = t(visit.locale());
    let mut controls = vec![expression("show_if", texts.show_if(), typed, texts.show_if_help())];
    if filled {
        controls.push(expression("require_if", texts.require_if(), typed, texts.require_if_help()));
        controls.push(expression("read_only_if", texts.read_only_if(), typed, texts.read_only_if_help()));
    }
    controls
}
