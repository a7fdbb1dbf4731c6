//! Tables that a plugin filled itself. References are shown by the titles that the reader may see.

use std::collections::HashMap;

use guanxi_core::Value;
use guanxi_sandbox::view::{Alignment, Cell, Content, Format, Table as Said};
use maud::{Markup, html};
use uuid::Uuid;

use super::Viewer;
use super::values::{has_minor_digits, shown, tone};
use crate::ui::components::badge::{Tone, badge};
use crate::ui::components::card::{Card, card};
use crate::ui::components::icon::icon;
use crate::ui::components::state::{State, StateKind, state};
use crate::ui::components::table::{Align, Column, Row, Table, plain_table};
use crate::ui::format::{self, EMPTY, MoneyStyle};

/// The most rows and columns of one table; the rest is counted, not shown.
const MAX_ROWS: usize = 500;
const MAX_COLUMNS: usize = 24;

/// The table in a card of its own.
pub(super) async fn render(viewer: Viewer<'_>, said: &Said) -> Markup {
    let body = plain(viewer, said).await;
    match &said.title {
        Some(title) => card(&Card::flush(title.clone(), body)),
        None => html! { section.card { (body) } },
    }
}

/// The table alone, or why there is none.
pub(super) async fn plain(viewer: Viewer<'_>, said: &Said) -> Markup {
    let texts = viewer.texts();
    if said.rows.is_empty() && said.totals.is_empty() {
        let hint = said.empty.clone().unwrap_or_else(|| texts.none_yet_hint_read_only().to_owned());
        return state(viewer.locale(), &State::new(StateKind::Empty, texts.no_data(), hint));
    }
    let titles = titles(viewer, said).await;
    let styles: Vec<MoneyStyle> = (0..said.columns.len()).map(|n| style(viewer, said, n)).collect();
    let cell = |n: usize, cell: &Cell, row_tone: Tone| {
        let written = said.columns.get(n).map_or(Format::Plain, |column| column.format);
        let money = styles.get(n).copied().unwrap_or(MoneyStyle::Short);
        content(viewer, cell, written, money, if n == 0 { row_tone } else { Tone::Neutral }, &titles)
    };
    let cells = |all: &[Cell], row_tone: Tone| -> Vec<Markup> {
        all.iter().take(MAX_COLUMNS).enumerate().map(|(n, each)| cell(n, each, row_tone)).collect()
    };
    let columns = said.columns.iter().take(MAX_COLUMNS).map(|column| {
        let align = match column.align {
            Alignment::Start => Align::Text,
            Alignment::Center => Align::Middle,
            Alignment::End => Align::Number,
        };
        Column { align, ..Column::new(column.label.clone()) }
    });
    let rows = said.rows.iter().take(MAX_ROWS).map(|row| Row { href: None, cells: cells(&row.cells, tone(row.tone)) });
    let table = Table {
        label: said
            .title
            .clone()
            .unwrap_or_else(|| said.columns.iter().map(|column| column.label.as_str()).collect::<Vec<_>>().join(" · ")),
        columns: columns.collect(),
        rows: rows.collect(),
        total: (!said.totals.is_empty()).then(|| cells(&said.totals, Tone::Neutral)),
    };
    let count = |number: usize| format::count(number as u64, true, viewer.locale());
    html! {
        (plain_table(viewer.locale(), &table))
        @if said.rows.len() > MAX_ROWS { p.help.pad { (texts.shown_of(&count(MAX_ROWS), &count(said.rows.len()))) } }
    }
}

/// Amounts of one column are written alike: with minor digits as soon as one of them has any.
fn style(viewer: Viewer<'_>, said: &Said, column: usize) -> MoneyStyle {
    let cells = said.rows.iter().filter_map(|row| row.cells.get(column)).chain(said.totals.get(column));
    let has_any = cells.map(|cell| &cell.content).any(|content| match content {
        Content::Data { value, .. } => has_minor_digits(viewer.ctx(), value),
        Content::Words(_) => false,
    });
    if has_any { MoneyStyle::Full } else { MoneyStyle::Short }
}

type Titles = HashMap<(String, Uuid), String>;

/// Titles of all references in the table: one query for each object.
async fn titles(viewer: Viewer<'_>, said: &Said) -> Titles {
    let mut ids: HashMap<&str, Vec<Uuid>> = HashMap::new();
    for cell in said.rows.iter().take(MAX_ROWS).flat_map(|row| &row.cells).chain(&said.totals) {
        if let Content::Data { value: Value::Ref(id), target: Some(target) } = &cell.content {
            let of_object = ids.entry(target).or_default();
            if !of_object.contains(id) {
                of_object.push(*id);
            }
        }
    }
    let mut titles = Titles::new();
    for (object, ids) in ids {
        // An object that is not there, or that the reader may not see, has no titles: its records are shown as a dash.
        if let Ok(found) = viewer.visit.engine().titles(viewer.ctx(), object, &ids).await {
            titles.extend(found.into_iter().map(|(id, title)| ((object.to_owned(), id), title)));
        }
    }
    titles
}

fn content(viewer: Viewer<'_>, cell: &Cell, written: Format, money: MoneyStyle, row_tone: Tone, titles: &Titles) -> Markup {
    let (text, own_link) = match &cell.content {
        Content::Words(words) => (format::or_empty(Some(words.clone())), None),
        Content::Data { value, target } => {
            let record = value.as_ref_id().zip(target.clone());
            let title = record.as_ref().and_then(|(id, object)| titles.get(&(object.clone(), *id)));
            let link = record.filter(|_| title.is_some()).map(|(id, object)| guanxi_sandbox::view::Link::Record { object, id });
            (shown(viewer.ctx(), value, written, title.map(String::as_str), money), link)
        }
    };
    let href = viewer.maybe_href(cell.link.as_ref()).or_else(|| viewer.maybe_href(own_link.as_ref()));
    let said = tone(cell.tone);
    let words = match said {
        Tone::Neutral if text == EMPTY => html! { span.faint { (text) } },
        Tone::Neutral => html! { (text) },
        judged => badge(judged, &text),
    };
    html! {
        @if let Some(drawing) = row_tone.icon() { span class={ "lead t-" (row_tone.class()) } { (icon(drawing)) } " " }
        @if let Some(href) = href { a.link href=(href) { (words) } } @else { (words) }
    }
}
