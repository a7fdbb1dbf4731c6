//! The form of a field. What a type does not need is hidden by the style sheet as soon as the type is chosen; the server ignores it.

use guanxi_core::meta::{Field, FieldKind, Object};

use super::super::addresses;
use super::super::words::{KINDS, kind_words, label_controls};
use super::options;
use crate::texts::t;
use crate::ui::components::control::{Choice, Control, ControlKind, FieldProblem, ProblemKind};
use crate::ui::components::form::{Form, FormSection};
use crate::ui::visit::{Posted, Visit};

/// The longest key and hint.
const LONGEST_KEY: u32 = 40;
const LONGEST_HELP: u32 = 80;
/// From the engine's fields to names of controls.
pub(super) const ALIASES: [(&str, &str); 9] = [
    ("required", "flags"),
    ("unique", "flags"),
    ("indexed", "flags"),
    ("label", "label_zh"),
    ("type", "field_type"),
    ("options", "field_options"),
    ("target", "field_target"),
    ("scale", "field_scale"),
    ("max", "field_max"),
];

/// What the form holds, as typed.
#[derive(Default)]
pub(super) struct Typed {
    pub(super) key: String,
    pub(super) label_zh: String,
    pub(super) label_en: String,
    pub(super) kind: String,
    pub(super) options: String,
    pub(super) target: String,
    pub(super) scale: String,
    pub(super) max: String,
    pub(super) required: bool,
    pub(super) unique: bool,
    pub(super) indexed: bool,
    pub(super) default: String,
    pub(super) help_zh: String,
    pub(super) help_en: String,
}

impl Typed {
    /// Before anybody typed.
    pub(super) fn fresh() -> Self {
        Self { key: "x_".into(), kind: "text".into(), ..Self::default() }
    }

    pub(super) fn posted(posted: &Posted) -> Self {
        let text = |name: &str| posted.get(name).trim().to_owned();
        let on = |name: &str| posted.all("flags").any(|flag| flag == name);
        Self {
            key: text("key"),
            label_zh: text("label_zh"),
            label_en: text("label_en"),
            kind: text("field_type"),
            // Line by line, as it was typed.
            options: posted.get("field_options").to_owned(),
            target: text("field_target"),
            scale: text("field_scale"),
            max: text("field_max"),
            required: on("required"),
            unique: on("unique"),
            indexed: on("indexed"),
            default: text("default"),
            help_zh: text("help_zh"),
            help_en: text("help_en"),
        }
    }

    pub(super) fn of(field: &Field) -> Self {
        let help = field.help.clone().unwrap_or_default();
        Self {
            key: field.key.clone(),
            label_zh: field.label.zh.clone(),
            label_en: field.label.en.clone(),
            kind: field.kind.name().to_owned(),
            options: options::write(field.options()),
            required: field.required,
            unique: field.unique,
            indexed: field.indexed,
            help_zh: help.zh,
            help_en: help.en,
            ..Self::default()
        }
    }
}

/// The form for a new field.
pub(super) fn create(visit: &Visit, object: &Object, typed: &Typed) -> Form {
    let texts = t(visit.locale());
    let kinds = KINDS.iter().map(|kind| Choice::new(*kind, kind_words(texts, kind))).collect();
    let key = Control::new("key", texts.key(), ControlKind::Text { max: Some(LONGEST_KEY) }).value(&typed.key).required();
    let number = |name: &str, label: &str, value: &str, help: &str| Control::new(name, label, ControlKind::Number).value(value).help(help);
    let [zh, en] = label_controls(visit, &typed.label_zh, &typed.label_en);
    let controls = vec![
        zh,
        en,
        key.help(texts.key_rule()),
        Control::new("field_type", texts.field_type(), ControlKind::Select { choices: kinds }).value(&typed.kind).required(),
        options_control(visit, typed),
        Control::new("field_target", texts.target(), ControlKind::Select { choices: targets(visit) }).value(&typed.target),
        number("field_scale", texts.scale(), &typed.scale, texts.scale_help()),
        number("field_max", texts.longest(), &typed.max, texts.longest_help()),
    ];
    let default =
        Control::new("default", texts.default_value(), ControlKind::Text { max: None }).value(&typed.default).help(texts.default_help());
    let mut properties = vec![flags(visit, typed, true)];
    properties.extend(help(visit, typed));
    properties.push(default);
    Form {
        address: addresses::new_field(&object.key),
        token: visit.session.csrf.clone(),
        sections: vec![FormSection::new("", controls), FormSection::new("", properties)],
        save_and_new: true,
        cancel: Some(addresses::object(&object.key)),
        ..Form::default()
    }
}

/// The form of a field that is there; its key and type stay.
pub(super) fn edit(visit: &Visit, object: &Object, field: &Field, typed: &Typed) -> Form {
    let texts = t(visit.locale());
    let [zh, en] = label_controls(visit, &typed.label_zh, &typed.label_en);
    let fixed = |name: &str, label: &str, value: String| Control {
        read_only: true,
        ..Control::new(name, label, ControlKind::Text { max: None }).value(value).help(texts.kind_fixed())
    };
    let mut controls = vec![
        zh,
        en,
        fixed("fixed_key", texts.key(), field.key.clone()),
        fixed("fixed_type", texts.field_type(), super::super::words::kind_detail(visit, &field.kind)),
    ];
    if matches!(field.kind, FieldKind::Select { .. }) {
        controls.push(options_control(visit, typed));
    }
    controls.push(flags(visit, typed, field.kind != FieldKind::LongText));
    controls.extend(help(visit, typed));
    Form {
        address: addresses::field(&object.key, &field.key),
        token: visit.session.csrf.clone(),
        sections: vec![FormSection::new("", controls)],
        cancel: Some(addresses::object(&object.key)),
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

fn options_control(visit: &Visit, typed: &Typed) -> Control {
    let texts = t(visit.locale());
    let control = Control::new("field_options", texts.options(), ControlKind::LongText { max: None }).value(&typed.options);
    Control { placeholder: Some("high = 高 | High\nlow = 低 | Low".into()), ..control.help(texts.options_help()) }
}

fn targets(visit: &Visit) -> Vec<Choice> {
    let objects = visit.ctx.snapshot.schema.objects().filter(|object| !object.read_only);
    objects.map(|object| Choice::new(&object.key, object.label.get(visit.locale()))).collect()
}

fn flags(visit: &Visit, typed: &Typed, indexable: bool) -> Control {
    let texts = t(visit.locale());
    let all = [
        ("required", texts.property_required(), typed.required, true),
        ("unique", texts.property_unique(), typed.unique, indexable),
        ("indexed", texts.property_indexed(), typed.indexed, indexable),
    ];
    let choices = all.iter().filter(|(.., offered)| *offered).map(|(name, words, ..)| Choice::new(*name, *words)).collect();
    let on: Vec<&str> = all.iter().filter(|(_, _, on, _)| *on).map(|(name, ..)| *name).collect();
    Control::new("flags", texts.properties(), ControlKind::Several { choices }).value(on.join(","))
}

fn help(visit: &Visit, typed: &Typed) -> [Control; 2] {
    let texts = t(visit.locale());
    let line = |name: &str, words: &str, value: &str| Control::new(name, words, ControlKind::Text { max: Some(LONGEST_HELP) }).value(value);
    [line("help_zh", texts.help_zh(), &typed.help_zh).help(texts.help_of_field()), line("help_en", texts.help_en(), &typed.help_en)]
}
