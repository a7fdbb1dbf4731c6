//! A record's own values: key facts in its head, then its fields, grouped by who brought them.

use std::collections::HashSet;

use guanxi_core::Value;
use guanxi_core::meta::{Field, FieldKind, Label, Object, Origin};
use guanxi_core::policy::Function;
use maud::{Markup, html};

use super::controls::origin;
use super::moves::{self, Refused};
use super::quick;
use super::record::Shown;
use super::selection::Selected;
use crate::texts::t;
use crate::ui::components::avatar::avatar_large;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::card::{Card, card, folded_card};
use crate::ui::components::fields::{FieldValue, facts, field_grid};
use crate::ui::components::files::file_list;
use crate::ui::components::icon::{Icon, icon_small};
use crate::ui::format::MoneyStyle;
use crate::ui::visit::Visit;

/// The field of the host that says when a person was born.
const BIRTH: &str = "birth_date";
/// Facts in the head beside the owner.
const FACTS: usize = 4;

/// Title, the first select as a badge, the first references, and the facts that people come for.
///
/// `absent` fields do not belong to the record as it is; `faces` are the tabs below.
pub(super) fn head(visit: &Visit, record: &Shown<'_>, absent: &HashSet<String>, refused: Option<&Refused>, faces: &Markup) -> Markup {
    let is_own = |s: &&Selected<'_>| !s.field.is_system() && s.field.key != record.object.title && !absent.contains(&s.field.key);
    let own: Vec<&Selected<'_>> = record.selection.fields.iter().filter(is_own).collect();
    let has_value = |selected: &&&Selected<'_>| !selected.value(&record.row).is_null();
    let badges = own.iter().filter(|s| matches!(s.field.kind, FieldKind::Select { .. })).filter(has_value).take(2);
    let links = own.iter().filter(|s| s.field.target().is_some_and(|target| target != "user")).filter(has_value).take(2);
    let kinds = |s: &&&Selected<'_>| {
        s.field.kind.scale().is_some() || matches!(s.field.kind, FieldKind::Date | FieldKind::DateTime | FieldKind::Phone)
    };
    let mut shown: Vec<FieldValue> = own.iter().filter(kinds).filter(has_value).take(FACTS).map(|s| field(visit, record, s)).collect();
    shown.extend(record.selection.field("owner").filter(|owner| has_value(&owner)).map(|owner| field(visit, record, owner)));
    html! {
        section.card {
            div.body.stack {
                div.row.wrap.gap3.top {
                    (avatar_large(&record.title))
                    div.grow {
                        div.row.wrap {
                            h2 { (record.title) }
                            @for each in badges { (badge(Tone::Neutral, &each.text(&visit.ctx, &record.row, MoneyStyle::Full))) }
                        }
                        div.row.wrap.small.dim {
                            (record.object.label.get(visit.locale()))
                            @for each in links { span aria-hidden="true" { "·" } (each.markup(&visit.ctx, &record.row, MoneyStyle::Full)) }
                        }
                    }
                }
                @if !shown.is_empty() { (facts(&shown)) }
                @if record.may(Function::Edit) { (moves::buttons(visit, record, refused)) }
                (quick::buttons(visit, record))
            }
            (faces)
        }
    }
}

/// The fields of the object itself, then those of each plugin, then the tenant's own: a card each.
pub(super) fn groups(visit: &Visit, record: &Shown<'_>, absent: &HashSet<String>) -> Vec<Markup> {
    let texts = t(visit.locale());
    let fields = record.selection.fields.iter().map(|s| s.field).filter(|field| !absent.contains(&field.key));
    let mut cards = Vec::new();
    for group in by_origin(visit, record.object, fields) {
        let shown = group.keys.iter().filter(|key| !is_companion(record.object, key)).filter_map(|key| record.selection.field(key));
        let values: Vec<FieldValue> = shown.map(|s| field(visit, record, s)).collect();
        if values.is_empty() {
            continue;
        }
        let title = group.title.clone().unwrap_or_else(|| texts.basics().to_owned());
        let icon = group.source.is_some().then_some(Icon::Plug);
        let shown = Card { source: group.source.clone(), icon, ..Card::new(title, field_grid(visit.locale(), &values)) };
        // A group in which nothing is filled in takes one line, unless it is what the record begins with.
        let is_empty = !cards.is_empty() && values.iter().all(|value| value.value.is_none());
        let hint = texts.fields_empty(values.len() as u64);
        cards.push(if is_empty { folded_card(&Card { hint: Some(hint), ..shown }) } else { card(&shown) });
    }
    cards
}

/// Who made and changed the record, and what else the host keeps of it.
pub(super) fn system(visit: &Visit, record: &Shown<'_>) -> Markup {
    let order = ["department", "external_id", "created_by", "created_at", "updated_by", "updated_at", "version"];
    let found = order.into_iter().filter_map(|key| record.selection.field(key)).filter(|selected| selected.field.is_system());
    // Empty ones say nothing here: records of an import lack a code, for instance.
    let values: Vec<FieldValue> = found.filter(|s| !s.value(&record.row).is_null()).map(|s| field(visit, record, s).wide()).collect();
    html! {
        @if !values.is_empty() { (card(&Card::new(t(visit.locale()).system_fields(), field_grid(visit.locale(), &values)))) }
    }
}

fn field(visit: &Visit, record: &Shown<'_>, selected: &Selected<'_>) -> FieldValue {
    let label = selected.field.label.get(visit.locale());
    let shown = match selected.value(&record.row) {
        Value::Null => FieldValue::text(label, ""),
        _ => FieldValue::markup(label, selected.markup(&visit.ctx, &record.row, MoneyStyle::Full)),
    };
    let shown = match (&selected.field.kind, record.files.get(&selected.field.key)) {
        (FieldKind::File, Some(files)) => FieldValue::markup(label, file_list(files)),
        _ => with_age(visit, record.object, selected, selected.value(&record.row), shown),
    };
    // A part of the value, or a word for it: the reader is told that it is not the value.
    let is_hidden = !visit.ctx.field_right(&record.object.key, &selected.field.key).is_plain();
    let shown = match shown.value {
        Some(value) if is_hidden => FieldValue {
            value: Some(html! { (icon_small(Icon::EyeOff)) (value) " " span.small.faint { (t(visit.locale()).no_access()) } }),
            ..shown
        },
        value => FieldValue { value, ..shown },
    };
    let shown = FieldValue { hint: origin(visit, record.object, selected.field), ..with_source(visit, record, selected, shown) };
    if matches!(selected.field.kind, FieldKind::LongText | FieldKind::Json | FieldKind::File) { shown.wide() } else { shown }
}

/// Behind a person's date of birth stands how old that makes them today.
fn with_age(visit: &Visit, object: &Object, selected: &Selected<'_>, value: &Value, shown: FieldValue) -> FieldValue {
    let is_birth = object.origin == Origin::Host && selected.field.origin == Origin::Host && selected.field.key == BIRTH;
    let (true, Value::Date(born), Some(text)) = (is_birth, value, &shown.value) else { return shown };
    let Some(years) = visit.ctx.today().years_since(*born) else { return shown };
    let age = t(visit.locale()).years_old(u64::from(years));
    FieldValue { value: Some(html! { (text) " " span.small.faint { (age) } }), ..shown }
}

/// Whether a field only tells where another one's value comes from.
fn is_companion(object: &Object, key: &str) -> bool {
    key.strip_suffix("_source").and_then(|field| object.field(field)).is_some_and(|field| field.sourced)
}

/// Where a value comes from stands behind it.
fn with_source(visit: &Visit, record: &Shown<'_>, selected: &Selected<'_>, shown: FieldValue) -> FieldValue {
    let source = record.selection.field(&source_key(&selected.field.key)).filter(|_| selected.field.sourced);
    match (source.filter(|source| !source.value(&record.row).is_null()), shown.value) {
        (Some(source), Some(value)) => FieldValue {
            value: Some(
                html! { (value) " " span.small.faint title=(source.field.label.get(visit.locale())) { (source.text(&visit.ctx, &record.row, MoneyStyle::Full)) } },
            ),
            ..shown
        },
        (_, value) => FieldValue { value, ..shown },
    }
}

/// The companion that tells where a value comes from.
fn source_key(key: &str) -> String {
    format!("{key}_source")
}

/// Own fields of one origin.
pub(super) struct Group {
    /// `None` for the object's own group.
    pub(super) title: Option<String>,
    /// Name of the plugin that brings them.
    pub(super) source: Option<String>,
    /// Field keys in order.
    pub(super) keys: Vec<String>,
}

/// Groups declared fields: the object's own first, then by plugin, then those that an administrator added; inside these by the group
/// that each field names. A companion that tells where a value comes from follows its field.
pub(super) fn by_origin<'f>(visit: &Visit, object: &Object, fields: impl Iterator<Item = &'f Field>) -> Vec<Group> {
    let texts = t(visit.locale());
    let mut groups: Vec<(&Origin, Option<&Label>, Group)> = Vec::new();
    for field in fields.filter(|field| !field.is_system()) {
        let named = field.group.as_ref().filter(|group| !group.get(visit.locale()).is_empty());
        if let Some((.., group)) = groups.iter_mut().find(|(origin, label, _)| **origin == field.origin && *label == named) {
            group.keys.push(field.key.clone());
            continue;
        }
        let (title, source) = match &field.origin {
            origin if *origin == object.origin => (None, None),
            Origin::Plugin(id) => {
                let plugin = visit.ctx.snapshot.plugins.iter().find(|plugin| plugin.manifest.id == *id);
                let name = plugin.map_or_else(|| id.clone(), |plugin| plugin.manifest.name.get(visit.locale()).to_owned());
                (Some(name.clone()), Some(name))
            }
            Origin::Tenant => (Some(texts.custom_fields().to_owned()), None),
            Origin::Host => (Some(texts.other_fields().to_owned()), None),
        };
        let title = named.map(|group| group.get(visit.locale()).to_owned()).or(title);
        groups.push((&field.origin, named, Group { title, source, keys: vec![field.key.clone()] }));
    }
    // Fields without a group come before the groups of the same origin.
    groups.sort_by_key(|(origin, named, _)| {
        let rank = match origin {
            origin if **origin == object.origin => 0,
            Origin::Tenant => 2,
            _ => 1,
        };
        (rank, named.is_some())
    });
    let mut groups: Vec<Group> = groups.into_iter().map(|(.., group)| group).collect();
    for group in &mut groups {
        let sourced: Vec<String> = group.keys.iter().filter(|key| object.field(key).is_some_and(|field| field.sourced)).cloned().collect();
        for key in sourced {
            let companion = source_key(&key);
            if let Some(from) = group.keys.iter().position(|each| *each == companion) {
                let companion = group.keys.remove(from);
                let to = group.keys.iter().position(|each| *each == key).map_or(from, |at| at + 1);
                group.keys.insert(to, companion);
            }
        }
    }
    groups
}
