//! Live lists of records in a plugin's view, read with the rights of the person who looks.

use std::sync::Arc;

use guanxi_core::Value;
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::policy::Function;
use guanxi_sandbox::view::RecordList;
use maud::{Markup, html};

use super::columns::{Columns, Shown};
use super::{PanelContent, Viewer};
use crate::engine::{ListPage, ListRequest, Outcome, Refusal};
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::button::Button;
use crate::ui::components::card::{Card, card};
use crate::ui::components::icon::Icon;
use crate::ui::components::items::{Item, items};
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::table::{Align, Column, Row, Slot, Table, list_table};
use crate::ui::words::{in_sentence, several};
use crate::ui::{format, urls, value};

/// Rows where the plugin does not say, and the most of one list.
const ROWS: u32 = 20;
const MAX_ROWS: u32 = 100;
/// The most rows in a panel: it stands beside something more important.
const PANEL_ROWS: u32 = 20;

/// What was read for a list.
struct Found {
    object: Arc<Object>,
    columns: Columns,
    page: ListPage,
}

async fn find(viewer: Viewer<'_>, list: &RecordList, most: u32) -> Outcome<Found> {
    let ctx = viewer.ctx();
    let object = ctx.snapshot.schema.object(&list.object).cloned().ok_or_else(|| Refusal::not_found("object"))?;
    let named = if list.fields.is_empty() { vec![object.title.clone()] } else { list.fields.clone() };
    let columns = Columns::resolve(ctx, &object, &named)?;
    let limit = if list.limit == 0 { ROWS } else { list.limit }.clamp(1, most);
    let request = ListRequest {
        filter: list.filter.clone(),
        sort: list.sort.join(","),
        fields: columns.paths.clone(),
        limit,
        ..ListRequest::default()
    };
    let page = viewer.visit.engine().list(ctx, &list.object, request).await?;
    Ok(Found { object, columns, page })
}

/// The list in a card of its own.
pub(super) async fn card_of(viewer: Viewer<'_>, list: &RecordList) -> Markup {
    let title = list.title.clone().unwrap_or_else(|| viewer.object_name(&list.object));
    let found = match find(viewer, list, MAX_ROWS).await {
        Ok(found) => found,
        Err(refusal) => return card(&Card::flush(title, viewer.refused(&list.object, &refusal))),
    };
    let actions: Vec<Button> = create_button(viewer, list, &found.object).into_iter().collect();
    let body = if found.page.rows.is_empty() { nobody(viewer, list, &found.object) } else { rows(viewer, &title, &found) };
    card(&Card { count: count(viewer, &found), actions, more: more(viewer, list, &found), ..Card::flush(title, body) })
}

/// The list as the content of a panel: two lines a record.
pub(super) async fn panel(viewer: Viewer<'_>, list: &RecordList) -> PanelContent {
    let found = match find(viewer, list, PANEL_ROWS).await {
        Ok(found) => found,
        Err(refusal) => return PanelContent { body: viewer.refused(&list.object, &refusal), flush: true, ..PanelContent::default() },
    };
    let actions: Vec<Button> = create_button(viewer, list, &found.object).into_iter().collect();
    if found.page.rows.is_empty() {
        let words = list.empty.clone().unwrap_or_else(|| {
            viewer.texts().none_yet(&in_sentence(viewer.locale(), &several(viewer.locale(), &viewer.object_name(&list.object))))
        });
        return PanelContent { body: html! { p.dim { (words) } }, actions, ..PanelContent::default() };
    }
    let all: Vec<Item> = found.page.rows.iter().map(|(id, row)| item(viewer, &found, *id, row)).collect();
    PanelContent { body: items(&all), flush: true, count: count(viewer, &found), actions, more: more(viewer, list, &found) }
}

/// First field: the title. Choices become badges, the first number stands at the right, the rest on the second line.
fn item(viewer: Viewer<'_>, found: &Found, id: uuid::Uuid, row: &[Value]) -> Item {
    let ctx = viewer.ctx();
    let mut shown = found.columns.shown.iter();
    let title = shown.next().map_or_else(|| format::EMPTY.to_owned(), |first| first.text(ctx, row));
    let mut item = Item { title, href: record_link(found, id), ..Item::default() };
    let mut details = Vec::new();
    for field in shown {
        let Some(text) = field.text_if_any(ctx, row) else { continue };
        match &field.kind {
            FieldKind::Select { .. } => item.badges.push(badge(Tone::Neutral, &text)),
            kind if value::is_number(kind) && item.right.is_none() => {
                item.right = Some(html! { span."small faint" { (field.label) } " " (text) })
            }
            kind if value::is_number(kind) => details.push(format!("{} {text}", field.label)),
            _ => details.push(text),
        }
    }
    item.detail = (!details.is_empty()).then(|| details.join(" · "));
    item
}

fn rows(viewer: Viewer<'_>, label: &str, found: &Found) -> Markup {
    let ctx = viewer.ctx();
    let shown = &found.columns.shown;
    let slots = slots(shown);
    let columns = shown.iter().zip(&slots).map(|(field, slot)| {
        let align = match &field.kind {
            kind if value::is_number(kind) => Align::Number,
            FieldKind::LongText | FieldKind::Text { .. } | FieldKind::Reference { .. } => Align::Cut,
            _ => Align::Text,
        };
        Column { align, ..Column::new(field.label.clone()).slot(*slot) }
    });
    let cells = |row: &[Value]| {
        // The first cell is the link to the record, so it holds no link of its own.
        let first = shown.first().map(|field| html! { (field.text(ctx, row)) });
        first.into_iter().chain(shown.iter().skip(1).map(|field| field.markup(ctx, row))).collect()
    };
    let rows = found.page.rows.iter().map(|(id, row)| Row { href: record_link(found, *id), cells: cells(row) });
    list_table(viewer.locale(), &Table { label: label.to_owned(), columns: columns.collect(), rows: rows.collect(), total: None })
}

/// Places on narrow screens: the first field, the first number, the first reference, the first choice, the first date.
fn slots(shown: &[Shown]) -> Vec<Slot> {
    let mut taken = Vec::new();
    let mut slots = Vec::with_capacity(shown.len());
    for (n, field) in shown.iter().enumerate() {
        let wanted = match &field.kind {
            _ if n == 0 => Slot::Title,
            kind if value::is_number(kind) => Slot::Amount,
            FieldKind::Select { .. } | FieldKind::Bool => Slot::Third,
            FieldKind::Date | FieldKind::DateTime => Slot::Date,
            _ => Slot::Second,
        };
        let slot = if taken.contains(&wanted) { Slot::Hidden } else { wanted };
        taken.push(slot);
        slots.push(slot);
    }
    slots
}

fn record_link(found: &Found, id: uuid::Uuid) -> Option<String> {
    (!found.object.read_only).then(|| urls::record(&found.object.key, id))
}

fn count(viewer: Viewer<'_>, found: &Found) -> Option<String> {
    found.page.count.filter(|count| count.value > 0).map(|count| format::count(count.value, count.exact, viewer.locale()))
}

/// The whole list, where the block shows a part of it.
fn more(viewer: Viewer<'_>, list: &RecordList, found: &Found) -> Option<(String, String)> {
    let all = found.page.next.is_none();
    let href = urls::with_query(&urls::list(&list.object), &[("filter", list.filter.trim()), ("sort", &list.sort.join(","))]);
    (!all && !found.object.read_only).then(|| (viewer.texts().view_all().to_owned(), href))
}

fn create_button(viewer: Viewer<'_>, list: &RecordList, object: &Object) -> Option<Button> {
    let wished = list.create.as_ref()?;
    let ctx = viewer.ctx();
    if object.read_only || !ctx.may(&object.key, Function::Create) {
        return None;
    }
    let label =
        wished.label.clone().unwrap_or_else(|| viewer.texts().new_record(&in_sentence(viewer.locale(), object.label.get(viewer.locale()))));
    Some(Button::link(label, viewer.create_form(&object.key, &wished.preset)).icon(Icon::Plus))
}

fn nobody(viewer: Viewer<'_>, list: &RecordList, object: &Object) -> Markup {
    let texts = viewer.texts();
    let hint = list.empty.clone().unwrap_or_else(|| texts.none_yet_hint_read_only().to_owned());
    state(
        viewer.locale(),
        &State::new(
            StateKind::Empty,
            texts.none_yet(&in_sentence(viewer.locale(), &several(viewer.locale(), object.label.get(viewer.locale())))),
            hint,
        ),
    )
}
