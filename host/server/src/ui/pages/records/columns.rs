//! The columns of a list: those that were chosen, or the title, the first fields, who is responsible and when it last changed.

use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::policy::{FieldRight, Function};
use guanxi_core::{Decimal, Value};
use maud::{Markup, html};
use uuid::Uuid;

use super::asked::Asked;
use super::selection::{Selected, Selection};
use super::{may, name_of_many, sums};
use crate::engine::{Ctx, ListPage};
use crate::texts::t;
use crate::ui::components::record_table::{RecordColumn, RecordRow, RecordTable, Sort};
use crate::ui::components::table::{Align, Direction, Slot};
use crate::ui::filters::field_label;
use crate::ui::format::{self, EMPTY, MoneyStyle};
use crate::ui::visit::Visit;
use crate::ui::{urls, value};

/// Own fields beside the title that a list shows at first.
const OWN_FIELDS: usize = 6;
/// Keys of an order.
const MAX_KEYS: usize = 3;

/// Whether the visitor reads a field as it is: what is masked cannot be sorted, filtered or grouped by.
pub(super) fn is_plain(ctx: &Ctx, object: &Object, field: &Field) -> bool {
    ctx.field_right(&object.key, &field.key).is_plain()
}

/// Whether the visitor sees anything of a field.
pub(super) fn is_seen(ctx: &Ctx, object: &Object, field: &Field) -> bool {
    !field.hidden && ctx.field_right(&object.key, &field.key) != FieldRight::None
}

/// The paths of the columns that a list shows where none were chosen.
pub(super) fn usual(ctx: &Ctx, object: &Object) -> Vec<String> {
    let own = object.own_fields().filter(|f| f.key != object.title && f.kind != FieldKind::LongText && f.is_stored());
    let own = own.filter(|field| is_seen(ctx, object, field)).take(OWN_FIELDS);
    let system = ["owner", "updated_at"].into_iter().filter_map(|key| object.field(key));
    object.field(&object.title).into_iter().chain(own).chain(system).map(|field| field.key.clone()).collect()
}

/// The columns to show.
pub(super) fn choose<'a>(ctx: &'a Ctx, object: &'a Object, chosen: &[String]) -> Selection<'a> {
    let usual = usual(ctx, object);
    Selection::of_paths(&ctx.snapshot.schema, object, if chosen.is_empty() { &usual } else { chosen })
}

/// The table without its rows.
pub(super) fn table(visit: &Visit, object: &Object, asked: &Asked, selection: &Selection<'_>) -> RecordTable {
    let slots = slots(object, selection);
    let columns = selection.fields.iter().zip(&slots).map(|(selected, slot)| column(visit, object, selected, *slot, asked)).collect();
    RecordTable { label: name_of_many(visit, object), columns, ..RecordTable::default() }
}

/// One row of it.
pub(super) fn row(visit: &Visit, object: &Object, asked: &Asked, selection: &Selection<'_>, id: Uuid, values: &[Value]) -> RecordRow {
    let ctx = &visit.ctx;
    let title = selection.field(&object.title).map(|title| title.text(ctx, values, MoneyStyle::Short)).unwrap_or_default();
    RecordRow {
        id: id.to_string(),
        href: urls::record_in(&object.key, id, &asked.look.filter, &asked.look.sort),
        title,
        cells: selection.fields.iter().map(|selected| cell(ctx, object, selected, values)).collect(),
        edit: may(visit, object, Function::Edit)
            .then(|| super::asked::with_pairs(&urls::cell(&object.key, id), &[("columns".to_owned(), asked.look.columns.join(","))])),
    }
}

/// The sum of the first amount over the rows shown, if there is one.
pub(super) fn page_sum(ctx: &Ctx, page: &ListPage, selection: &Selection<'_>) -> Option<String> {
    let money = |s: &&Selected<'_>| matches!(s.field.kind, FieldKind::Money { .. }) && s.is_own() && sums::is_summed(&page.object, s.field);
    let selected = selection.fields.iter().find(money)?;
    let scale = selected.field.kind.scale()?;
    let units = page.rows.iter().filter_map(|(_, row)| match selected.value(row) {
        Value::Decimal(amount) => Some(i128::from(amount.units)),
        _ => None,
    });
    let sum = Decimal::from_units(units.sum(), scale).ok()?;
    let amount = format::money(sum, &ctx.tenant.currency, MoneyStyle::Short);
    Some(format!("{} {amount}", selected.field.label.get(ctx.locale)))
}

/// A column's head: over references the way is said too.
pub(super) fn label(ctx: &Ctx, object: &Object, path: &str) -> String {
    match guanxi_core::expr::resolve_path(path, &ctx.snapshot.schema, object) {
        Ok(resolved) => field_label(&resolved, &ctx.snapshot.schema, ctx.locale),
        Err(_) => path.to_owned(),
    }
}

fn column(visit: &Visit, object: &Object, selected: &Selected<'_>, slot: Slot, asked: &Asked) -> RecordColumn {
    let ctx = &visit.ctx;
    let align = if slot == Slot::Title {
        // The title takes what the others leave, to a limit of its own.
        Align::Text
    } else if value::is_number(&selected.field.kind) {
        Align::Number
    } else if matches!(selected.field.kind, FieldKind::Reference { .. } | FieldKind::Text { .. } | FieldKind::Url | FieldKind::LongText) {
        Align::Cut
    } else {
        Align::Text
    };
    let editable = selected.is_own()
        && object.writable_fields().any(|field| field.key == selected.field.key)
        && ctx.field_right(&object.key, &selected.field.key) == FieldRight::Edit;
    RecordColumn {
        label: label(ctx, object, &selected.path),
        align,
        slot,
        sort: sortable(ctx, object, selected).then(|| sorting(selected, asked)),
        field: editable.then(|| selected.field.key.clone()),
    }
}

fn sortable(ctx: &Ctx, object: &Object, selected: &Selected<'_>) -> bool {
    let plain = !selected.is_own() || is_plain(ctx, object, selected.field);
    plain && is_ordered(&selected.field.kind)
}

/// Whether records can be sorted and grouped by values of this type.
pub(super) fn is_ordered(kind: &FieldKind) -> bool {
    let tree = matches!(kind, FieldKind::TreeSelect { .. });
    !matches!(kind, FieldKind::LongText | FieldKind::Json | FieldKind::Children { .. }) && (!kind.is_list() || tree)
}

/// The keys of an order: path, and whether the largest come first.
pub(super) fn keys(sort: &str) -> Vec<(String, bool)> {
    let parts = sort.split(',').map(str::trim).filter(|key| !key.is_empty());
    parts.map(|key| key.strip_prefix('-').map_or((key.to_owned(), false), |path| (path.to_owned(), true))).collect()
}

/// An order from its keys.
pub(super) fn order(keys: &[(String, bool)]) -> String {
    keys.iter().map(|(path, down)| if *down { format!("-{path}") } else { path.clone() }).collect::<Vec<_>>().join(",")
}

/// A click sorts by the column, a second one the other way round; with Shift within the order in force. Numbers and dates begin with the
/// largest.
fn sorting(selected: &Selected<'_>, asked: &Asked) -> Sort {
    let keys = keys(&asked.look.sort);
    let rank = keys.iter().position(|(path, _)| *path == selected.shown);
    let large_first = selected.field.kind.scale().is_some() || matches!(selected.field.kind, FieldKind::Date | FieldKind::DateTime);
    let down = rank.map_or(large_first, |at| !keys[at].1);
    let mut added = keys.clone();
    match rank {
        Some(at) => added[at].1 = down,
        None => {
            added.truncate(MAX_KEYS - 1);
            added.push((selected.shown.clone(), down));
        }
    }
    let alone = [(selected.shown.clone(), down)];
    Sort {
        href: asked.address(|look| look.sort = order(&alone)),
        add: asked.address(|look| look.sort = order(&added)),
        current: rank.map(|at| (if keys[at].1 { Direction::Descending } else { Direction::Ascending }, at + 1)),
        several: keys.len() > 1,
    }
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
    // Without the title something else has to lead to the record.
    let titled = selection.field(&object.title).is_some();
    let mut take = |(at, selected): (usize, &Selected<'_>)| {
        if (titled && selected.path == object.title) || (!titled && at == 0) {
            return Slot::Title;
        }
        let slot = wanted(selected.field);
        match free.iter().position(|each| *each == slot) {
            Some(at) => free.remove(at),
            None => Slot::Hidden,
        }
    };
    selection.fields.iter().enumerate().map(&mut take).collect()
}

fn cell(ctx: &Ctx, object: &Object, selected: &Selected<'_>, row: &[Value]) -> Markup {
    if selected.path == object.title {
        // The table makes this cell the link to the record.
        let text = selected.text(ctx, row, MoneyStyle::Short);
        return html! { (if text == EMPTY { t(ctx.locale).open().to_owned() } else { text }) };
    }
    selected.markup(ctx, row, MoneyStyle::Short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_read_and_written() {
        assert_eq!(keys("-amount, customer.name,"), [("amount".to_owned(), true), ("customer.name".to_owned(), false)]);
        assert_eq!(order(&keys("-amount, customer.name,")), "-amount,customer.name");
        assert_eq!(order(&[]), "");
    }
}
