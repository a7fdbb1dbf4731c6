//! One object: its fields, what is unique in it, and the fields that every record has.

use axum::extract::Path;
use axum::response::Response;
use guanxi_core::meta::{Field, Object, Origin};
use guanxi_store::DroppedField;
use maud::{Markup, html};

use super::super::{Admin, Area, addresses, below, words};
use super::object_of;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::{Button, button, post_button};
use crate::ui::components::card::{Card, card};
use crate::ui::components::dialog::{Dialog, dialog};
use crate::ui::components::icon::Icon;
use crate::ui::components::menu::{MenuEntry, MenuTarget, menu};
use crate::ui::components::note::{Note, note};
use crate::ui::components::table::{Align, Column, Row, Slot, Table, list_table, plain_table};
use crate::ui::layout::{Body, Page};
use crate::ui::urls;
use crate::ui::visit::{Visit, answer};

/// Names the dialog that asks before hiding.
const HIDE: &str = "hide-object";

/// `GET /admin/objects/{object}`
pub(super) async fn handle(Admin(visit): Admin, Path(key): Path<String>) -> Response {
    let page: Outcome<Response> = async {
        let object = object_of(&visit, &key)?;
        let dropped = visit.ctx.tenant.store.dropped_fields(&object.key).await?;
        Ok(page(&visit, &object, &dropped))
    }
    .await;
    answer(&visit, page)
}

fn page(visit: &Visit, object: &Object, dropped: &[DroppedField]) -> Response {
    let (locale, texts) = (visit.locale(), t(visit.locale()));
    let name = object.label.get(locale);
    let own: Vec<&Field> = object.fields.iter().filter(|field| !field.is_system() && !field.hidden).collect();
    let system: Vec<&Field> = object.fields.iter().filter(|field| field.is_system()).collect();
    let fields = Card { count: Some(own.len().to_string()), ..Card::flush(texts.fields(), field_table(visit, object, &own, true)) };
    let kept = Card {
        hint: Some(texts.system_fields_hint().into()),
        ..Card::flush(texts.system_fields(), field_table(visit, object, &system, false))
    };
    let body = html! {
        @if object.hidden { (hidden_note(visit, object)) }
        @if let Origin::Plugin(id) = &object.origin { p.dim { (texts.kept_by_plugin(&words::plugin_name(visit, id))) } }
        @if let Some(parent) = object.parent_object() { (belongs(visit, parent)) }
        (card(&fields))
        (gone(visit, object, dropped))
        @if !object.uniques.is_empty() { (card(&Card::flush(texts.unique_rules(), uniques(visit, object)))) }
        (card(&kept))
        @if !object.hidden { (hide_dialog(visit, object)) }
    };
    let beside = html! {
        code."mono faint only-wide" { (object.key) } span.only-wide { (badge(Tone::Neutral, &words::origin_words(visit, &object.origin))) }
        @if object.hidden { (badge(Tone::Warn, texts.property_hidden())) }
    };
    let page = Page {
        title: name.to_owned(),
        breadcrumb: Area::Objects.way(visit),
        beside: Some(beside),
        actions: Some(actions(visit, object)),
        layout: Body::Cards,
        body,
        ..Page::default()
    };
    below(visit, page)
}

fn actions(visit: &Visit, object: &Object) -> Markup {
    let texts = t(visit.locale());
    let link = |label: String, icon: Icon, address: String| MenuEntry {
        label,
        icon: Some(icon),
        target: MenuTarget::Link(address),
        danger: false,
    };
    let mut entries = vec![
        link(texts.edit_object().into(), Icon::Pen, addresses::edit_object(&object.key)),
        link(texts.has_rules().into(), Icon::Shield, addresses::rules(&object.key)),
    ];
    if object.parent.is_none() && !object.hidden {
        entries.push(link(texts.lines_of(object.label.get(visit.locale())), Icon::Plus, addresses::new_lines(&object.key)));
    }
    if !object.hidden {
        entries.push(link(texts.open_list().into(), Icon::List, urls::list(&object.key)));
        entries.push(MenuEntry {
            label: texts.hide_object().into(),
            icon: Some(Icon::EyeOff),
            target: MenuTarget::Dialog(HIDE.into()),
            danger: true,
        });
    }
    html! {
        (menu(visit.locale(), &entries))
        (button(&Button::link(texts.has_rules(), addresses::rules(&object.key)).icon(Icon::Shield).wide_only()))
        (button(&Button::link(texts.new_field(), addresses::new_field(&object.key)).primary().icon(Icon::Plus).key("C")))
    }
}

fn field_table(visit: &Visit, object: &Object, fields: &[&Field], linked: bool) -> Markup {
    let texts = t(visit.locale());
    let columns = vec![
        Column::new(texts.field()).slot(Slot::Title),
        Column { align: Align::Cut, ..Column::new(texts.key()).slot(Slot::Second) },
        Column::new(texts.field_type()).slot(Slot::Third),
        Column::new(texts.group()),
        Column::new(texts.properties()).slot(Slot::Date),
        Column::new(texts.origin()),
    ];
    let rows = fields.iter().map(|field| Row {
        href: linked.then(|| addresses::field(&object.key, &field.key)),
        cells: vec![
            html! { span.faint[field.hidden] { (field.label.get(visit.locale())) } },
            html! { code.mono { (field.key) } },
            html! { (words::field_detail(visit, field)) },
            html! { @if let Some(group) = &field.group { (group.get(visit.locale())) } @else { span.faint { "—" } } },
            words::flags(visit, field),
            html! { span.faint { (words::origin_words(visit, &field.origin)) } },
        ],
    });
    list_table(visit.locale(), &Table { label: texts.fields().to_owned(), columns, rows: rows.collect(), total: None })
}

/// What the records of a child object belong to.
fn belongs(visit: &Visit, parent: &str) -> Markup {
    let name = words::find_object(visit, parent).map_or(parent, |object| object.label.get(visit.locale()));
    html! { p.dim { a.link href=(addresses::object(parent)) { (t(visit.locale()).lines_of(name)) } } }
}

/// Hidden and removed fields, each with the way back.
fn gone(visit: &Visit, object: &Object, dropped: &[DroppedField]) -> Markup {
    let texts = t(visit.locale());
    let hidden = object.fields.iter().filter(|field| !field.is_system() && field.hidden).map(|field| (field, None));
    // The newest of a key is the one that comes back, and only while no other field has taken the key.
    let free = |one: &&DroppedField| !object.fields.iter().any(|field| field.key == one.field.key);
    let mut newest: Vec<&DroppedField> = Vec::new();
    for one in dropped.iter().rev().filter(free) {
        if newest.iter().all(|known| known.field.key != one.field.key) {
            newest.push(one);
        }
    }
    let removed = newest.into_iter().map(|one| (&one.field, Some(one.at)));
    let rows: Vec<Row> = hidden
        .chain(removed)
        .map(|(field, at)| {
            let name = field.label.get(visit.locale());
            let state = match at {
                Some(at) => texts.dropped_on(&at.with_timezone(&visit.ctx.tenant.zone).date_naive().to_string()),
                None => texts.property_hidden().to_owned(),
            };
            let back = Button::submit(texts.bring_back()).icon(Icon::Undo);
            Row {
                href: at.is_none().then(|| addresses::field(&object.key, &field.key)),
                cells: vec![
                    html! { (name) },
                    html! { code.mono { (field.key) } },
                    html! { (words::field_detail(visit, field)) },
                    badge(Tone::Warn, &state),
                    post_button(&addresses::hide_field(&object.key, &field.key), &visit.session.csrf, &[("hidden", "false")], &back),
                ],
            }
        })
        .collect();
    if rows.is_empty() {
        return html! {};
    }
    let columns = vec![
        Column::new(texts.field()),
        Column::new(texts.key()),
        Column::new(texts.field_type()),
        Column::new(texts.properties()),
        Column::new(texts.bring_back()),
    ];
    let count = Some(rows.len().to_string());
    let table = Table { label: texts.dropped_fields().to_owned(), columns, rows, total: None };
    let hint = Some(texts.dropped_hint().to_owned());
    card(&Card { count, hint, ..Card::flush(texts.dropped_fields(), plain_table(visit.locale(), &table)) })
}

fn uniques(visit: &Visit, object: &Object) -> Markup {
    let texts = t(visit.locale());
    let name = |key: &String| {
        let field = object.fields.iter().find(|field| field.key == *key);
        field.map_or_else(|| key.clone(), |field| field.label.get(visit.locale()).to_owned())
    };
    let rows = object.uniques.iter().map(|unique| Row {
        href: None,
        cells: vec![
            html! { (unique.fields.iter().map(name).collect::<Vec<_>>().join(" + ")) },
            html! { @if let Some(condition) = &unique.condition { code.mono { (condition) } } @else { span.faint { "—" } } },
            html! { code.mono { (unique.code) } },
        ],
    });
    let columns = vec![Column::new(texts.fields()), Column::new(texts.unique_where()), Column::new(texts.code())];
    plain_table(visit.locale(), &Table { label: texts.unique_rules().to_owned(), columns, rows: rows.collect(), total: None })
}

fn hidden_note(visit: &Visit, object: &Object) -> Markup {
    let texts = t(visit.locale());
    let show = post_button(
        &addresses::hide_object(&object.key),
        &visit.session.csrf,
        &[("hidden", "false")],
        &Button::submit(texts.show()).icon(Icon::Eye),
    );
    html! { div.row.wrap.between { (note(&Note::new(Tone::Warn, texts.object_hidden_note(), ""))) (show) } }
}

fn hide_dialog(visit: &Visit, object: &Object) -> Markup {
    let texts = t(visit.locale());
    dialog(
        visit.locale(),
        &Dialog {
            id: HIDE.into(),
            title: texts.hide_object_question(object.label.get(visit.locale())),
            body: html! { p.dim { (texts.hide_object_hint()) } },
            address: addresses::hide_object(&object.key),
            token: visit.session.csrf.clone(),
            hidden: vec![("hidden".into(), "true".into())],
            confirm: texts.hide().into(),
            danger: true,
        },
    )
}
