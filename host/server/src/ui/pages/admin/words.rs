//! Words and small parts that several administration pages share.

use guanxi_core::meta::{Computed, Field, FieldKind, Label, Object, Origin};

use crate::texts::{Texts, t};
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::visit::Visit;
use maud::{Markup, html};

/// The longest name of an object, field or role.
const LONGEST_LABEL: u32 = 80;

/// The field types in the order of the form.
pub(super) const KINDS: [&str; 24] = [
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
    "reference",
    "many_reference",
    "any_reference",
    "file",
    "email",
    "phone",
    "url",
    "json",
    "formula",
    "roll_up",
    "sequence",
];

/// Words for a field type's name.
pub(super) fn kind_words(texts: Texts, name: &str) -> &'static str {
    match name {
        "text" => texts.type_text(),
        "long_text" => texts.type_long_text(),
        "integer" => texts.type_integer(),
        "decimal" => texts.type_decimal(),
        "money" => texts.type_money(),
        "percent" => texts.type_percent(),
        "date" => texts.type_date(),
        "datetime" => texts.type_datetime(),
        "bool" => texts.type_bool(),
        "select" => texts.type_select(),
        "reference" => texts.type_reference(),
        "email" => texts.type_email(),
        "phone" => texts.type_phone(),
        "multi_select" => texts.type_multi_select(),
        "tree_select" => texts.type_tree_select(),
        "duration" => texts.type_duration(),
        "any_reference" => texts.type_any_reference(),
        "many_reference" => texts.type_many_reference(),
        "children" => texts.type_children(),
        "file" => texts.type_file(),
        "json" => texts.type_json(),
        "formula" => texts.type_formula(),
        "roll_up" => texts.type_roll_up(),
        "sequence" => texts.type_sequence(),
        _ => texts.type_url(),
    }
}

/// A type with what it needs to know: `引用 · 客户`, `单选 · 5`, `小数 · 2`.
pub(super) fn kind_detail(visit: &Visit, kind: &FieldKind) -> String {
    let words = kind_words(t(visit.locale()), kind.name());
    match kind {
        FieldKind::Reference { target } | FieldKind::ManyReference { target } | FieldKind::Children { target } => {
            let name = visit.ctx.snapshot.schema.object(target).map_or(target.as_str(), |o| o.label.get(visit.locale()));
            format!("{words} · {name}")
        }
        FieldKind::Select { options } | FieldKind::MultiSelect { options } | FieldKind::TreeSelect { options } => {
            format!("{words} · {}", options.len())
        }
        FieldKind::Decimal { scale } => format!("{words} · {scale}"),
        FieldKind::Text { max } if *max != guanxi_core::host_objects::DEFAULT_TEXT_MAX => format!("{words} · {max}"),
        _ => words.to_owned(),
    }
}

/// The type of a field as declared, with its result where it is computed: `公式 · 金额`.
pub(super) fn field_detail(visit: &Visit, field: &Field) -> String {
    match &field.computed {
        None => kind_detail(visit, &field.kind),
        Some(Computed::Sequence { format }) => format!("{} · {format}", kind_words(t(visit.locale()), field.type_name())),
        Some(_) => format!("{} · {}", kind_words(t(visit.locale()), field.type_name()), kind_words(t(visit.locale()), field.kind.name())),
    }
}

/// Who declared something.
pub(super) fn origin_words(visit: &Visit, origin: &Origin) -> String {
    let texts = t(visit.locale());
    match origin {
        Origin::Host => texts.origin_host().to_owned(),
        Origin::Tenant => texts.origin_tenant().to_owned(),
        Origin::Plugin(id) => texts.origin_plugin(&plugin_name(visit, id)),
    }
}

/// The name of an enabled plugin; its id where it is not enabled.
pub(super) fn plugin_name(visit: &Visit, id: &str) -> String {
    let enabled = visit.ctx.snapshot.plugins.iter().find(|plugin| plugin.manifest.id == id);
    enabled.map_or_else(|| id.to_owned(), |plugin| plugin.manifest.name.get(visit.locale()).to_owned())
}

/// What is special about a field, as small words.
pub(super) fn flags(visit: &Visit, field: &Field) -> Markup {
    let texts = t(visit.locale());
    let flags = [
        (field.required, texts.property_required()),
        (field.unique, texts.property_unique()),
        (field.indexed && !field.unique, texts.property_indexed()),
        (field.read_only && !field.is_system(), texts.property_read_only()),
        (field.computed.is_some(), kind_words(texts, field.type_name())),
        (field.sourced, texts.property_sourced()),
        (!field.searchable && guanxi_core::search::family(&field.kind).is_some(), texts.property_unsearched()),
        (field.conditions.show.is_some(), texts.show_if()),
        (field.conditions.require.is_some(), texts.require_if()),
        (field.conditions.read_only.is_some(), texts.read_only_if()),
    ];
    html! {
        span.row.wrap.gap1 {
            @for (_, words) in flags.iter().filter(|(on, _)| *on) { (badge(Tone::Neutral, words)) }
            @if field.hidden { (badge(Tone::Warn, texts.property_hidden())) }
        }
    }
}

/// An object of the schema, hidden ones included, but none that only the server writes.
pub(super) fn find_object<'v>(visit: &'v Visit, key: &str) -> Option<&'v std::sync::Arc<Object>> {
    visit.ctx.snapshot.schema.all().find(|object| object.key == key && !object.read_only)
}

/// Two inputs for a name, one per language: `label_zh` and `label_en`.
pub(super) fn label_controls(visit: &Visit, zh: &str, en: &str) -> [Control; 2] {
    let texts = t(visit.locale());
    let kind = || ControlKind::Text { max: Some(LONGEST_LABEL) };
    let control = |name: &str, words: &str, value: &str| Control::new(name, words, kind()).value(value);
    [control("label_zh", texts.label_zh(), zh).help(texts.labels_hint()), control("label_en", texts.label_en(), en)]
}

/// A name from its two inputs: where one language is missing, the other stands for it.
pub(super) fn label(zh: &str, en: &str) -> Label {
    let (zh, en) = (zh.trim(), en.trim());
    Label::new(if zh.is_empty() { en } else { zh }, if en.is_empty() { zh } else { en })
}

/// Icons to choose from, for objects.
pub(super) fn icon_control(visit: &Visit, value: &str) -> Control {
    let texts = t(visit.locale());
    let choices = texts.icons().map(|(name, words)| Choice::new(name, words)).collect();
    Control::new("icon", texts.icon(), ControlKind::Select { choices }).value(value).required()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_language_stands_for_the_other() {
        assert_eq!(label(" 项目 ", ""), Label::new("项目", "项目"));
        assert_eq!(label("", "Project"), Label::new("Project", "Project"));
        assert_eq!(label("项目", "Project"), Label::new("项目", "Project"));
    }
}
