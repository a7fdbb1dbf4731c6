//! The columns of a list: the title, the first fields, who is responsible, and when it last changed.

use guanxi_core::meta::{Field, FieldKind, Object, Schema};
use guanxi_core::{Decimal, Value};

use super::selection::{Selected, Selection};
use crate::engine::{Ctx, ListPage};
use crate::texts::t;
use crate::ui::components::table::{Align, Column, Direction, Row, Slot, Sort, Table};
use crate::ui::format::{self, EMPTY, MoneyStyle};
use crate::ui::{urls, value};
use maud::html;

/// Own fields beside the title.
const OWN_FIELDS: usize = 6;

/// Chooses the columns of an object, its title first.
pub(super) fn choose<'a>(schema: &Schema, object: &'a Object) -> Selection<'a> {
    let title = object.field(&object.title);
    let own = object.own_fields().filter(|f| f.key != object.title && f.kind != FieldKind::LongText).take(OWN_FIELDS);
    let system = ["owner", "updated_at"].into_iter().filter_map(|key| object.field(key));
    Selection::new(schema, object, title.into_iter().chain(own).chain(system))
}

/// The table of a page. `sort` is the order in force; `address` makes the list's address in another one.
pub(super) fn table(ctx: &Ctx, page: &ListPage, selection: &Selection<'_>, sort: &str, address: &dyn Fn(&str) -> String) -> Table {
    let slots = slots(&page.object, selection);
    let columns = selection.fields.iter().zip(&slots).map(|(selected, slot)| column(ctx, selected, *slot, sort, address)).collect();
    let rows = page.rows.iter().map(|(id, row)| Row {
        href: Some(urls::record(&page.object.key, *id)),
        cells: selection.fields.iter().map(|selected| cell(ctx, &page.object, selected, row)).collect(),
    });
    Table { label: page.object.label.get(ctx.locale).to_owned(), columns, rows: rows.collect(), total: None }
}

/// The sum of the first money column over the rows shown, if there is one.
pub(super) fn page_sum(ctx: &Ctx, page: &ListPage, selection: &Selection<'_>) -> Option<String> {
    let selected = selection.fields.iter().find(|s| matches!(s.field.kind, FieldKind::Money { .. }))?;
    let scale = selected.field.kind.scale()?;
    let units = page.rows.iter().filter_map(|(_, row)| match selected.value(row) {
        Value::Decimal(amount) => Some(i128::from(amount.units)),
        _ => None,
    });
    let sum = Decimal::from_units(units.sum(), scale).ok()?;
    Some(format::money(sum, &ctx.tenant.currency, MoneyStyle::Short))
}

fn column(ctx: &Ctx, selected: &Selected<'_>, slot: Slot, sort: &str, address: &dyn Fn(&str) -> String) -> Column {
    let align = if slot == Slot::Title {
        // The title takes what the others leave, to a limit of its own.
        Align::Text
    } else if value::is_number(&selected.field.kind) {
        Align::Number
    } else if matches!(selected.field.kind, FieldKind::Reference { .. } | FieldKind::Text { .. } | FieldKind::Url) {
        Align::Cut
    } else {
        Align::Text
    };
    let label = selected.field.label.get(ctx.locale);
    Column { label: label.to_owned(), align, slot, sort: Some(sorting(selected, sort, address)) }
}

/// A click sorts by the column, a second one the other way round. Numbers and dates begin with the largest.
fn sorting(selected: &Selected<'_>, sort: &str, address: &dyn Fn(&str) -> String) -> Sort {
    let up = selected.shown.clone();
    let down = format!("-{up}");
    let current = match sort.split(',').next().map(str::trim) {
        Some(key) if key == up => Some(Direction::Ascending),
        Some(key) if key == down => Some(Direction::Descending),
        _ => None,
    };
    let large_first = selected.field.kind.scale().is_some() || matches!(selected.field.kind, FieldKind::Date | FieldKind::DateTime);
    let next = match current {
        Some(Direction::Ascending) => &down,
        Some(Direction::Descending) => &up,
        None if large_first => &down,
        None => &up,
    };
    Sort { href: address(next), current }
}

/// Places on narrow screens: the first number, reference, select and date of the row.
fn slots(object: &Object, selection: &Selection<'_>) -> Vec<Slot> {
    let mut free = vec![Slot::Amount, Slot::Second, Slot::Third, Slot::Date];
    let wanted = |field: &Field| match &field.kind {
        FieldKind::Money { .. } | FieldKind::Decimal { .. } | FieldKind::Integer => Slot::Amount,
        FieldKind::Reference { target } if target != "user" => Slot::Second,
        FieldKind::Phone | FieldKind::Email => Slot::Second,
        FieldKind::Select { .. } => Slot::Third,
        FieldKind::Date | FieldKind::DateTime => Slot::Date,
        _ => Slot::Hidden,
    };
    let mut take = |field: &Field| {
        if field.key == object.title {
            return Slot::Title;
        }
        let slot = wanted(field);
        match free.iter().position(|each| *each == slot) {
            Some(at) => free.remove(at),
            None => Slot::Hidden,
        }
    };
    selection.fields.iter().map(|selected| take(selected.field)).collect()
}

fn cell(ctx: &Ctx, object: &Object, selected: &Selected<'_>, row: &[Value]) -> maud::Markup {
    if selected.field.key == object.title {
        // The table makes this cell the link to the record.
        let text = selected.text(ctx, row, MoneyStyle::Short);
        return html! { (if text == EMPTY { t(ctx.locale).open().to_owned() } else { text }) };
    }
    selected.markup(ctx, row, MoneyStyle::Short)
}
