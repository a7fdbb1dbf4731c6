//! The rows of a card as a table: what, which kind, when, whose, and for dealings how much.

use guanxi_core::Value;
use guanxi_core::expr::FieldPath;
use maud::{Markup, html};

use crate::engine::{Card, CardKind, CardRow};
use crate::texts::t;
use crate::ui::components::avatar::person;
use crate::ui::components::icon::{Icon, icon_small};
use crate::ui::components::table::{Column, Row, Slot, Table, list_table};
use crate::ui::format::{self, MoneyStyle};
use crate::ui::visit::Visit;
use crate::ui::{urls, value};

/// A title is cut here, in characters: notes may be long.
const LONGEST: usize = 120;

/// The table; a column of money where a kind has any.
pub(super) fn table(visit: &Visit, label: &str, card: &Card) -> Markup {
    let texts = t(visit.locale());
    let has_money = card.rows.iter().any(|row| row.amount.is_some());
    let mut columns = vec![
        Column::new(texts.card_what()).slot(Slot::Title),
        Column::new(texts.card_kind()).slot(Slot::Second),
        Column::new(texts.card_when()).slot(Slot::Date),
    ];
    if has_money {
        columns.push(Column::number(texts.card_amount()).slot(Slot::Amount));
    }
    columns.extend([Column::new(texts.card_state()).slot(Slot::Third), Column::new(texts.card_person())]);
    let rows = card.rows.iter().filter_map(|row| Some((card.kinds.get(row.kind)?, row))).map(|(kind, row)| {
        let mut cells = vec![what(visit, row), kind_of(visit, kind), when(visit, row)];
        if has_money {
            cells.push(part(visit, row, row.amount.as_ref()));
        }
        cells.push(part(visit, row, row.status.as_ref()));
        cells.push(html! { @if let Some(name) = &row.person_name { (person(name, None)) } @else { span.faint { (format::EMPTY) } } });
        let is_file = kind.object.key == super::attachments::ATTACHMENT;
        let href = if is_file { urls::file(row.id) } else { urls::record(&kind.object.key, row.id) };
        Row { href: Some(href), cells }
    });
    let table = Table { label: label.to_owned(), columns, rows: rows.collect(), total: None };
    html! { div.cardrows { (list_table(visit.locale(), &table)) } }
}

/// What names a row, with what else it says.
fn what(visit: &Visit, row: &CardRow) -> Markup {
    let said = details(visit, row);
    html! { (title(visit, row)) @if !said.is_empty() { span.said { (said) } } }
}

/// What names a row, in one line.
pub(super) fn title(visit: &Visit, row: &CardRow) -> String {
    if row.closed.contains(&row.title.0.text()) && row.title.1.is_null() {
        return t(visit.locale()).no_access().to_owned();
    }
    let words = text(visit, &row.title);
    let words = words.lines().next().unwrap_or_default();
    if words.chars().count() <= LONGEST { words.to_owned() } else { words.chars().take(LONGEST).chain(['…']).collect() }
}

/// What else a row says, in one line.
pub(super) fn details(visit: &Visit, row: &CardRow) -> String {
    let size = |path: &FieldPath, found: &Value| match found {
        Value::Int(bytes) if path.object == super::attachments::ATTACHMENT => Some(format::bytes(u64::try_from(*bytes).unwrap_or(0))),
        _ => None,
    };
    let parts = row.details.iter().map(|part| size(&part.0, &part.1).unwrap_or_else(|| text(visit, part)));
    parts.collect::<Vec<_>>().join(" · ")
}

fn kind_of(visit: &Visit, kind: &CardKind) -> Markup {
    let source = kind.plugin.as_ref().map(|(_, name)| name.get(visit.locale()));
    html! { span.row.nowrap title=[source] { (icon_small(Icon::named(&kind.icon))) (kind.label.get(visit.locale())) } }
}

fn when(visit: &Visit, row: &CardRow) -> Markup {
    match row.day {
        Some(day) => html! { time.nowrap datetime=(day.to_string()) { (format::date(day)) } },
        None => {
            let shown = format::datetime_relative(row.at, visit.ctx.tenant.zone, visit.ctx.today(), visit.locale());
            html! { time.nowrap datetime=(row.at.to_rfc3339()) { (shown) } }
        }
    }
}

fn part(visit: &Visit, row: &CardRow, part: Option<&(FieldPath, Value)>) -> Markup {
    match part {
        Some((path, found)) if found.is_null() && row.closed.contains(&path.text()) => no_access(visit),
        Some(part) if !part.1.is_null() => html! { (text(visit, part)) },
        _ => html! { span.faint { (format::EMPTY) } },
    }
}

/// What stands in the place of a value that the reader may not see.
fn no_access(visit: &Visit) -> Markup {
    html! { span.row.nowrap.faint.small { (icon_small(Icon::EyeOff)) (t(visit.locale()).no_access()) } }
}

/// A value in the reader's language.
pub(super) fn text(visit: &Visit, (path, found): &(FieldPath, Value)) -> String {
    value::text(&visit.ctx, &path.kind, found, None, MoneyStyle::Full)
}
