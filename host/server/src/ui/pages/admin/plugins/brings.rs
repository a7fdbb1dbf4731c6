//! What a plugin adds to a tenant: objects, fields, uniqueness, pages, panels, menu, first rows.

use guanxi_sandbox::Manifest;
use maud::{Markup, html};

use super::consent::Names;
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::fields::{FieldValue, field_grid};
use crate::ui::visit::Visit;

/// The list, names and what stands behind them.
pub(super) fn grid(visit: &Visit, manifest: &Manifest) -> Markup {
    let (locale, texts) = (visit.locale(), t(visit.locale()));
    let names = Names { visit, manifest };
    let mut rows: Vec<FieldValue> = Vec::new();
    let mut add = |label: &str, words: Vec<String>| {
        if !words.is_empty() {
            rows.push(FieldValue::text(label, names.joined(&words)).wide());
        }
    };
    let objects = manifest.objects.iter().map(|object| {
        let fields: Vec<String> = object.fields.iter().map(|field| field.label.get(locale).to_owned()).collect();
        texts.object_with_fields(object.label.get(locale), &names.joined(&fields))
    });
    for object in objects.collect::<Vec<_>>() {
        add(texts.object(), vec![object]);
    }
    let mut targets: Vec<&str> = manifest.fields.iter().map(|field| field.object.as_str()).collect();
    targets.dedup();
    for target in targets {
        let fields = manifest.fields.iter().filter(|field| field.object == target);
        add(&texts.fields_on(&names.object(target)), fields.map(|field| field.field.label.get(locale).to_owned()).collect());
    }
    let uniques = manifest.uniques.iter().map(|unique| {
        let fields = names.fields(&unique.object, &unique.fields);
        let what = match &unique.condition {
            Some(condition) => format!("{fields} · {} {condition}", texts.unique_where()),
            None => fields,
        };
        texts.object_with_fields(&names.object(&unique.object), &what)
    });
    add(texts.unique_rules_of_plugin(), uniques.collect());
    add(texts.pages_of_plugin(), manifest.pages.iter().map(|page| page.label.get(locale).to_owned()).collect());
    let panels = manifest.panels.iter().map(|panel| texts.object_with_fields(panel.label.get(locale), &names.object(&panel.object)));
    add(texts.panels_of_plugin(), panels.collect());
    let cards = manifest.cards.iter().map(|card| texts.object_with_fields(card.label.get(locale), &names.object(&card.object)));
    add(texts.cards_of_plugin(), cards.collect());
    add(texts.menu_entries(), manifest.menu.iter().map(|entry| entry.label.get(locale).to_owned()).collect());
    let seeds = manifest.seed.iter().map(|set| texts.seed_rows_of(&set.rows.len().to_string(), &names.object(&set.object)));
    add(texts.seed_rows(), seeds.collect());
    field_grid(locale, &rows)
}

/// What must be there before it can be enabled, and whether it is.
pub(super) fn needs(visit: &Visit, manifest: &Manifest) -> Markup {
    let texts = t(visit.locale());
    let names = Names { visit, manifest };
    let enabled = || visit.ctx.snapshot.plugins.iter().map(|plugin| &plugin.manifest);
    let objects = manifest.required_objects().map(|(object, major)| {
        let provider = enabled().find(|other| other.provided_objects().any(|provided| provided == (object, major)));
        (format!("{} ({object}@{major})", names.object(object)), provider.map(|other| other.name.get(visit.locale()).to_owned()))
    });
    let plugins = manifest.required_plugins().map(|(id, version)| {
        let found = enabled().find(|other| other.id == id);
        (format!("{id} {version}"), found.map(|other| other.name.get(visit.locale()).to_owned()))
    });
    html! {
        ul.items {
            @for (what, provider) in objects.chain(plugins) {
                li {
                    span.grow { (what) }
                    @match provider {
                        Some(name) => { span."small faint" { (name) } (badge(Tone::Ok, texts.requires_met())) }
                        None => { (badge(Tone::Warn, texts.requires_missing())) }
                    }
                }
            }
        }
    }
}
