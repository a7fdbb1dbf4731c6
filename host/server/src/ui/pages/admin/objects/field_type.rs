//! The part of a field's form that depends on its type: which controls there are, what is read from them.

use guanxi_core::meta::{Computed, Field, FieldKind, Object, SelectOption};
use guanxi_core::sequence::SequenceFormat;

use super::super::words::{KINDS, kind_words};
use super::options;
use super::typed::Typed;
use crate::engine::{NewField, NewRollUp, Raw};
use crate::texts::{Texts, t};
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::pages::records::form_text;
use crate::ui::visit::Visit;

/// Types that are computed; nobody fills them.
const COMPUTED: [&str; 3] = ["formula", "roll_up", "sequence"];
/// Types that a formula's result may be asked to be.
const RESULTS: [&str; 10] = ["text", "long_text", "integer", "decimal", "money", "percent", "duration", "bool", "date", "datetime"];
/// Types whose values can become those of another type.
const CHANGEABLE: [&str; 17] = [
    "text",
    "long_text",
    "integer",
    "decimal",
    "money",
    "percent",
    "date",
    "datetime",
    "duration",
    "bool",
    "select",
    "multi_select",
    "tree_select",
    "email",
    "phone",
    "url",
    "json",
];

pub(super) fn has_options(kind: &str) -> bool {
    matches!(kind, "select" | "multi_select" | "tree_select")
}

fn has_mask(kind: &str) -> bool {
    matches!(kind, "text" | "email" | "phone" | "url")
}

/// An input for an expression.
pub(super) fn expression(name: &str, words: &str, typed: &Typed, help: &str) -> Control {
    Control::new(name, words, ControlKind::Json).value(typed.raw(name)).help(help)
}

/// All that a type may need. What the chosen one does not need is hidden by the style sheet; the server ignores it.
pub(super) fn controls(visit: &Visit, object: &Object, typed: &Typed, changing: bool) -> Vec<Control> {
    let texts = t(visit.locale());
    let offered: &[&str] = if changing { &CHANGEABLE } else { &KINDS };
    let kinds = offered.iter().map(|kind| Choice::new(*kind, kind_words(texts, kind))).collect();
    let number = |name: &str, label: &str, help: &str| Control::new(name, label, ControlKind::Number).value(typed.get(name)).help(help);
    let mut controls = vec![
        Control::new("field_type", texts.field_type(), ControlKind::Select { choices: kinds }).value(typed.get("field_type")).required(),
        options_control(texts, typed),
        number("field_scale", texts.scale(), texts.scale_help()),
        number("field_max", texts.longest(), texts.longest_help()),
    ];
    if changing {
        return controls;
    }
    let choose =
        |name: &str, words: &str, choices: Vec<Choice>| Control::new(name, words, ControlKind::Select { choices }).value(typed.get(name));
    let results = RESULTS.iter().map(|kind| Choice::new(*kind, kind_words(texts, kind))).collect();
    let functions = ["count", "sum", "avg", "min", "max"].map(|name| Choice::new(name, function_words(texts, name))).to_vec();
    controls.insert(2, choose("field_target", texts.target(), targets(visit)));
    controls.insert(2, expression("formula", texts.formula(), typed, texts.formula_help()));
    controls.insert(3, choose("result", texts.formula_result(), results).help(texts.formula_result_help()));
    controls.extend([
        choose("roll_source", texts.roll_up_source(), sources(visit, object)).help(texts.roll_up_source_help()),
        choose("roll_function", texts.roll_up_function(), functions),
        choose("roll_field", texts.roll_up_field(), figures(visit, object)).help(texts.roll_up_field_help()),
        expression("roll_condition", texts.roll_up_condition(), typed, texts.roll_up_condition_help()),
        format_control(visit, typed),
    ]);
    controls
}

/// The value list, one option a line.
pub(super) fn options_control(texts: Texts, typed: &Typed) -> Control {
    let control = Control::new("field_options", texts.options(), ControlKind::LongText { max: None }).value(typed.raw("field_options"));
    Control { placeholder: Some("high = 高 | High\nhigh / top = 最高 | Top".into()), ..control.help(texts.tree_options_help()) }
}

/// The format of a number series, with what the first number of today would be.
pub(super) fn format_control(visit: &Visit, typed: &Typed) -> Control {
    let texts = t(visit.locale());
    let today = visit.ctx.now.with_timezone(&visit.ctx.tenant.zone).date_naive();
    let next = SequenceFormat::parse(typed.get("format")).ok().map(|format| texts.sequence_next(&format.number(today, 1)));
    let help = next.unwrap_or_else(|| texts.sequence_help().to_owned());
    let control = Control::new("format", texts.sequence_format(), ControlKind::Text { max: Some(60) }).value(typed.get("format"));
    Control { placeholder: Some("RO{yyyy}{MM}-{0000}".into()), ..control.help(help) }
}

fn targets(visit: &Visit) -> Vec<Choice> {
    let objects = visit.ctx.snapshot.schema.objects().filter(|object| !object.read_only);
    objects.map(|object| Choice::new(&object.key, object.label.get(visit.locale()))).collect()
}

/// Every reference that leads here, as `object.reference`.
fn sources(visit: &Visit, object: &Object) -> Vec<Choice> {
    let locale = visit.locale();
    let mut found = Vec::new();
    for source in visit.ctx.snapshot.schema.objects().filter(|source| !source.read_only) {
        for field in source.own_fields().filter(|field| field.target() == Some(object.key.as_str())) {
            let words = format!("{} · {}", source.label.get(locale), field.label.get(locale));
            found.push(Choice::new(format!("{}.{}", source.key, field.key), words));
        }
    }
    found
}

/// What can be added up in the objects whose records lead here, as `object.field`.
fn figures(visit: &Visit, object: &Object) -> Vec<Choice> {
    let locale = visit.locale();
    let leads = |source: &Object| source.own_fields().any(|field| field.target() == Some(object.key.as_str()));
    let mut found = Vec::new();
    for source in visit.ctx.snapshot.schema.objects().filter(|source| !source.read_only && leads(source)) {
        let figure = |field: &&Field| field.kind.scale().is_some() || matches!(field.kind, FieldKind::Date | FieldKind::DateTime);
        for field in source.own_fields().filter(figure) {
            let words = format!("{} · {}", source.label.get(locale), field.label.get(locale));
            found.push(Choice::new(format!("{}.{}", source.key, field.key), words));
        }
    }
    found
}

fn function_words(texts: Texts, name: &str) -> &'static str {
    match name {
        "sum" => texts.function_sum(),
        "avg" => texts.function_avg(),
        "min" => texts.function_min(),
        "max" => texts.function_max(),
        _ => texts.function_count(),
    }
}

/// The field as it was typed. What cannot be read is sent on as something that the engine refuses, so that all problems come together.
pub(super) fn new_field(typed: &Typed, options: Vec<SelectOption>) -> NewField {
    let kind = typed.get("field_type");
    let computed = COMPUTED.contains(&kind);
    let result = typed.get("result");
    let when = |needed: bool, name: &str| if needed { typed.given(name) } else { None };
    let flag = |name: &str| typed.is_ticked("flags", name);
    let (help, group) = (typed.label("help"), typed.label("group"));
    let mut new = NewField {
        key: typed.get("key").to_owned(),
        kind: kind.to_owned(),
        label: typed.label("label"),
        required: flag("required"),
        unique: flag("unique"),
        indexed: flag("indexed"),
        sourced: flag("sourced"),
        unsearched: flag("unsearched"),
        options,
        target: when(matches!(kind, "reference" | "many_reference"), "field_target"),
        scale: when(kind == "decimal" || result == "decimal", "field_scale").map(|text| text.parse().unwrap_or(u8::MAX)),
        max: when(kind == "text" || result == "text", "field_max").map(|text| text.parse().unwrap_or(0)),
        help: Some(help).filter(|help| !help.zh.is_empty()),
        group: Some(group).filter(|group| !group.zh.is_empty()),
        default: when(!computed, "default").map(Raw::Text),
        mask: when(has_mask(kind), "mask"),
        formula: when(kind == "formula", "formula"),
        result: when(kind == "formula", "result"),
        format: when(kind == "sequence", "format"),
        roll_up: (kind == "roll_up").then(|| roll_up(typed)).flatten(),
        ..NewField::default()
    };
    new.conditions.show = typed.given("show_if");
    new.conditions.require = when(!computed, "require_if");
    new.conditions.read_only = when(!computed, "read_only_if");
    new
}

/// Nothing as long as no source is chosen. A field of another object keeps that object's name, so that it is refused as unknown.
fn roll_up(typed: &Typed) -> Option<NewRollUp> {
    let (object, reference) = typed.get("roll_source").split_once('.')?;
    let field = typed.given("roll_field").map(|field| match field.split_once('.') {
        Some((of, key)) if of == object => key.to_owned(),
        _ => field,
    });
    let (function, condition) = (typed.get("roll_function").to_owned(), typed.given("roll_condition"));
    Some(NewRollUp { object: object.to_owned(), reference: reference.to_owned(), function, field, condition })
}

/// What a field that is there would have in the form.
pub(super) fn typed_of(visit: &Visit, field: &Field) -> Typed {
    let mut typed = Typed::default();
    typed.set("key", field.key.as_str());
    typed.set_label("label", &field.label);
    typed.set("field_type", field.type_name());
    typed.set("field_options", options::write(field.options()));
    match &field.kind {
        FieldKind::Text { max } => typed.set("field_max", max.to_string()),
        FieldKind::Decimal { scale } => typed.set("field_scale", scale.to_string()),
        _ => {}
    }
    let flags = [
        ("required", field.required),
        ("unique", field.unique),
        ("indexed", field.indexed),
        ("sourced", field.sourced),
        ("unsearched", !field.searchable),
    ];
    let on: Vec<&str> = flags.iter().filter(|(_, on)| *on).map(|(name, _)| *name).collect();
    typed.set("flags", on.join(","));
    if let Some(default) = &field.default {
        typed.set("default", form_text(&field.kind, default, visit.ctx.tenant.zone, visit.locale()));
    }
    for (name, label) in [("help", &field.help), ("group", &field.group)] {
        if let Some(label) = label {
            typed.set_label(name, label);
        }
    }
    let conditions = &field.conditions;
    for (name, text) in
        [("mask", &field.mask), ("show_if", &conditions.show), ("require_if", &conditions.require), ("read_only_if", &conditions.read_only)]
    {
        typed.set(name, text.as_deref().unwrap_or_default());
    }
    match &field.computed {
        Some(Computed::Formula { expression }) => typed.set("formula", expression.as_str()),
        Some(Computed::Sequence { format }) => typed.set("format", format.as_str()),
        Some(Computed::RollUp(roll_up)) => {
            typed.set("roll_source", format!("{}.{}", roll_up.object, roll_up.reference));
            typed.set("roll_function", roll_up.function.name());
            typed.set("roll_field", roll_up.field.as_ref().map_or_else(String::new, |key| format!("{}.{key}", roll_up.object)));
            typed.set("roll_condition", roll_up.condition.as_deref().unwrap_or_default());
        }
        None => {}
    }
    typed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_type_needs_is_not_read() {
        let mut typed = Typed::default();
        for (name, text) in [
            ("field_type", "roll_up"),
            ("field_target", "user"),
            ("formula", "1"),
            ("mask", "00"),
            ("default", "5"),
            ("require_if", "x_a"),
            ("roll_source", "x_line.parent"),
            ("roll_function", "sum"),
            ("roll_field", "x_line.x_amount"),
        ] {
            typed.set(name, text);
        }
        let new = new_field(&typed, Vec::new());
        assert!(new.target.is_none() && new.formula.is_none() && new.mask.is_none() && new.default.is_none());
        assert!(new.conditions.require.is_none());
        let roll_up = new.roll_up.expect("a roll-up");
        assert_eq!((roll_up.object.as_str(), roll_up.reference.as_str(), roll_up.field.as_deref()), ("x_line", "parent", Some("x_amount")));
        typed.set("roll_field", "x_other.x_amount");
        let other = new_field(&typed, Vec::new()).roll_up.expect("a roll-up");
        assert_eq!(other.field.as_deref(), Some("x_other.x_amount"), "a field of another object is not taken for one of this");
        typed.set("roll_source", "");
        assert!(new_field(&typed, Vec::new()).roll_up.is_none());
    }
}
