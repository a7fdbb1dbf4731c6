//! The table of a list of records: heads that sort by several columns, boxes to choose rows, cells that can be changed in place, and
//! groups with counts and sums. On narrow screens a row becomes three short lines.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::table::{Align, Direction, Slot};
use super::{Sample, pick};
use crate::texts::t;

/// A head that sorts.
#[derive(Clone, Debug)]
pub struct Sort {
    /// The list in the order that a click asks for.
    pub href: String,
    /// The list in that order within the one in force, for a click with Shift.
    pub add: String,
    /// The order in force, if this column is part of it, and its rank from 1.
    pub current: Option<(Direction, usize)>,
    /// Several columns are part of the order.
    pub several: bool,
}

/// One column.
#[derive(Clone, Debug, Default)]
pub struct RecordColumn {
    /// The head.
    pub label: String,
    /// How its cells are set.
    pub align: Align,
    /// Place on narrow screens.
    pub slot: Slot,
    /// Sorting, where the column can.
    pub sort: Option<Sort>,
    /// The field that a cell changes, where one can be changed in place.
    pub field: Option<String>,
}

/// One row.
#[derive(Default)]
pub struct RecordRow {
    /// The record's id.
    pub id: String,
    /// Where the row leads.
    pub href: String,
    /// What it is called, for boxes and cells.
    pub title: String,
    /// Formatted values, a cell per column.
    pub cells: Vec<Markup>,
    /// Where its cells are changed; `None`: nothing of it can be.
    pub edit: Option<String>,
}

/// Rows under a heading.
#[derive(Default)]
pub struct RecordGroup {
    /// What the rows have in common; empty for the one group of a list without groups.
    pub label: String,
    /// How many, as shown.
    pub count: String,
    /// Sums, a cell per column.
    pub sums: Vec<Option<String>>,
    /// The page on which this group is open, or closed.
    pub toggle: String,
    /// The rows are in sight.
    pub open: bool,
    /// The rows.
    pub rows: Vec<RecordRow>,
    /// The list of all of its records: words and address.
    pub more: Option<(String, String)>,
}

/// The table.
#[derive(Default)]
pub struct RecordTable {
    /// Name for screen readers.
    pub label: String,
    /// Columns in order.
    pub columns: Vec<RecordColumn>,
    /// Groups in order; one without a label is a plain list.
    pub groups: Vec<RecordGroup>,
    /// The form that boxes before the rows belong to; `None` for no boxes.
    pub boxes: Option<String>,
}

/// The table.
pub fn record_table(locale: Locale, table: &RecordTable) -> Markup {
    let texts = t(locale);
    html! {
        div.tw {
            // The roles are written out, because `display: grid` on narrow screens drops table semantics.
            table.list role="table" aria-label=(table.label) data-list data-cell-hint=(texts.cell_keys()) {
                thead role="rowgroup" {
                    tr role="row" {
                        @if table.boxes.is_some() {
                            th.box scope="col" { input.script type="checkbox" aria-label=(texts.choose_page()) data-choose-all; span.sr { (texts.choose_rows()) } }
                        }
                        @for column in &table.columns { (head(locale, column)) }
                    }
                }
                @for (at, group) in table.groups.iter().enumerate() {
                    tbody role="rowgroup" data-group[!group.label.is_empty()] data-open[group.open] id=[(!group.label.is_empty()).then(|| format!("group-{at}"))] {
                        @if !group.label.is_empty() { (group_head(locale, table, group)) }
                        @if group.open { @for each in &group.rows { (row(locale, table, each)) } }
                        @if let Some((words, href)) = group.more.as_ref().filter(|_| group.open) {
                            tr.more role="row" { td role="cell" colspan=(table.columns.len() + usize::from(table.boxes.is_some())) { a.link href=(href) { (words) } } }
                        }
                    }
                }
            }
        }
    }
}

fn head(locale: Locale, column: &RecordColumn) -> Markup {
    let class = if column.align == Align::Number { "num" } else { "" };
    let Some(sort) = &column.sort else {
        return html! { th scope="col" class=(class) { (column.label) } };
    };
    let (order, drawing) = match sort.current {
        Some((Direction::Ascending, _)) => (Some("ascending"), Some(Icon::ArrowUp)),
        Some((Direction::Descending, _)) => (Some("descending"), Some(Icon::ArrowDown)),
        None => (None, None),
    };
    let rank = sort.current.filter(|_| sort.several).map(|(_, rank)| rank);
    html! {
        th scope="col" class=(class) aria-sort=[order] {
            a.row href=(sort.href) data-also=(sort.add) title=(t(locale).sort_by(&column.label)) {
                // The arrow stands on the side where the words may end: they stay in line with the cells.
                @if column.align != Align::Number { (column.label) }
                @if let Some(drawing) = drawing { (icon(drawing)) }
                @if let Some(rank) = rank { span.rank { (rank) } }
                @if column.align == Align::Number { (column.label) }
            }
        }
    }
}

/// One row; also what a changed cell brings back.
pub fn row(locale: Locale, table: &RecordTable, row: &RecordRow) -> Markup {
    html! {
        tr role="row" data-id=(row.id) data-href=(row.href) data-edit=[row.edit.as_deref()] {
            @if let Some(form) = &table.boxes {
                td.box role="cell" { label { input type="checkbox" name="id" value=(row.id) form=(form) aria-label=(t(locale).choose_row(&row.title)); } }
            }
            @for (column, cell) in table.columns.iter().zip(&row.cells) { (cell_of(row, column, cell)) }
        }
    }
}

fn cell_of(row: &RecordRow, column: &RecordColumn, cell: &Markup) -> Markup {
    let align = match column.align {
        Align::Text => "",
        Align::Cut => "cut",
        Align::Number => "num",
        Align::Middle => "mid",
    };
    let slot = match column.slot {
        Slot::Title => " name",
        Slot::Amount => " amt",
        Slot::Second => " cust",
        Slot::Third => " stg",
        Slot::Date => " due",
        Slot::Hidden => " opt2",
    };
    let field = column.field.as_deref().filter(|_| row.edit.is_some());
    html! {
        td role="cell" class={ (align) (slot) } data-cell=[field] {
            @if column.slot == Slot::Title { a href=(row.href) title=(row.title) { (cell) } } @else { (cell) }
        }
    }
}

/// The label takes the columns up to the first sum.
fn group_head(locale: Locale, table: &RecordTable, group: &RecordGroup) -> Markup {
    let first = group.sums.iter().position(Option::is_some).unwrap_or(table.columns.len()).max(1);
    let span = first + usize::from(table.boxes.is_some());
    let words = t(locale).group_toggle(&group.label);
    html! {
        tr.group role="row" {
            th role="rowheader" scope="rowgroup" colspan=(span) {
                a.row href=(group.toggle) aria-expanded=(group.open.to_string()) aria-label=(words) data-toggle {
                    (icon(if group.open { Icon::Down } else { Icon::Right }))
                    span { (group.label) } span.count { (group.count) }
                }
            }
            @for sum in group.sums.iter().skip(first) { td.num role="cell" { @if let Some(sum) = sum { (sum) } } }
        }
    }
}

/// A list, and the same in groups.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let grouped = RecordTable {
        groups: sample_table(locale, 2)
            .groups
            .into_iter()
            .enumerate()
            .map(|(at, group)| RecordGroup {
                label: pick(locale, "华东", "East"),
                count: "12".into(),
                sums: vec![None, None, None, Some("¥1,860,000".into()), None, None],
                toggle: "?open".into(),
                open: at == 0,
                more: Some((t(locale).group_all("12"), "?all".into())),
                ..group
            })
            .collect(),
        ..sample_table(locale, 2)
    };
    vec![
        Sample::new("list", record_table(locale, &sample_table(locale, 4))),
        Sample::new("in groups", record_table(locale, &grouped)),
        Sample::new(
            "to choose from",
            html! { form id="choose" method="get" {} (record_table(locale, &RecordTable { boxes: Some("choose".into()), ..sample_table(locale, 2) })) },
        ),
    ]
}

/// A table as a page would fill it.
pub(super) fn sample_table(locale: Locale, rows: usize) -> RecordTable {
    let plain = super::table::sample_list(locale, rows);
    let columns: Vec<RecordColumn> = plain
        .columns
        .into_iter()
        .enumerate()
        .map(|(at, column)| RecordColumn {
            sort: (at != 1).then(|| Sort {
                href: format!("?sort={at}"),
                add: format!("?sort=a,{at}"),
                current: (at == 3).then_some((Direction::Descending, 1)),
                several: false,
            }),
            field: (at == 2).then(|| "step".into()),
            label: column.label,
            align: column.align,
            slot: column.slot,
        })
        .collect();
    let rows = plain.rows.into_iter().enumerate().map(|(at, row)| RecordRow {
        id: format!("row-{at}"),
        href: row.href.unwrap_or_default(),
        title: pick(locale, "记录", "Record"),
        cells: row.cells,
        edit: Some("/o/sample/cell".into()),
    });
    let group = RecordGroup { open: true, rows: rows.collect(), ..RecordGroup::default() };
    RecordTable { label: plain.label, columns, groups: vec![group], boxes: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sorted_column_says_so_and_groups_close() {
        let html = record_table(Locale::En, &sample_table(Locale::En, 1)).into_string();
        assert!(html.contains(r#"aria-sort="descending""#) && html.contains(r#"data-cell="step""#));
        assert_eq!(html.matches("aria-sort").count(), 1);
        let mut table = sample_table(Locale::En, 1);
        table.groups[0].label = "East".into();
        table.groups[0].open = false;
        let html = record_table(Locale::En, &table).into_string();
        assert!(html.contains(r#"aria-expanded="false""#) && !html.contains("data-id"));
    }
}
