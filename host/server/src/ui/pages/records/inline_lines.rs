//! The lines of a record on its page: one table per children field, with totals.

use std::collections::HashSet;

use maud::{Markup, html};

use super::lines;
use super::record::Shown;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::card::{Card, card};
use crate::ui::components::icon::Icon;
use crate::ui::components::table::{Align, Column, Row, Table, plain_table};
use crate::ui::format::{self, MoneyStyle};
use crate::ui::value;
use crate::ui::visit::Visit;

/// A card per children field that the record has.
pub(super) async fn cards(visit: &Visit, record: &Shown<'_>, absent: &HashSet<String>) -> Outcome<Vec<Markup>> {
    let (locale, texts) = (visit.locale(), t(visit.locale()));
    let mut cards = Vec::new();
    for (field, child) in lines::fields(visit, record.object).into_iter().filter(|(field, _)| !absent.contains(&field.key)) {
        let (rows, selection) = lines::rows(visit, &child, record.id).await?;
        let shown: Vec<_> = selection.fields.iter().filter(|selected| !selected.field.is_system()).collect();
        let columns = shown.iter().map(|selected| Column {
            align: if value::is_number(&selected.field.kind) { Align::Number } else { Align::Text },
            ..Column::new(selected.field.label.get(locale))
        });
        let sums = lines::sums(visit, &child, &selection, &rows);
        let total = (!sums.is_empty() && !rows.is_empty()).then(|| {
            let cell = |(at, key): (usize, &String)| match sums.get(key) {
                Some(sum) => html! { (sum) },
                None if at == 0 => html! { (texts.total()) },
                None => html! {},
            };
            shown.iter().map(|selected| &selected.field.key).enumerate().map(cell).collect()
        });
        let row = |(_, row): &(uuid::Uuid, Vec<guanxi_core::Value>)| Row {
            href: None,
            cells: shown.iter().map(|selected| selected.markup(&visit.ctx, row, MoneyStyle::Full)).collect(),
        };
        let table =
            Table { label: field.label.get(locale).to_owned(), columns: columns.collect(), rows: rows.iter().map(row).collect(), total };
        let body = html! {
            @if rows.is_empty() { div.body { p.dim { (texts.lines_none()) } } } @else { (plain_table(locale, &table)) }
        };
        let too_many = rows.len() > lines::MOST;
        cards.push(card(&Card {
            icon: Some(Icon::List),
            count: (!rows.is_empty())
                .then(|| if too_many { format!("{}+", format::integer(lines::MOST as i64)) } else { rows.len().to_string() }),
            ..Card::flush(field.label.get(locale), body)
        }));
    }
    Ok(cards)
}
