//! Tables: lists of records with sortable heads, and small plain ones. On narrow screens a list row becomes three short lines.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// How a column is set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    /// Words.
    #[default]
    Text,
    /// Words that may be cut off.
    Cut,
    /// Numbers: at the right, digits of one width.
    Number,
    /// In the middle: short words of one width.
    Middle,
}

/// Where a cell stands in the three lines of a narrow screen. Use each but `Hidden` at most once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Slot {
    /// First line: what the row is called.
    Title,
    /// First line, right: its number.
    Amount,
    /// Second line.
    Second,
    /// Third line, left.
    Third,
    /// Third line, right.
    Date,
    /// Not on narrow screens.
    #[default]
    Hidden,
}

/// The order that a click on a head asks for, and the one in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

/// A head that sorts.
#[derive(Clone, Debug)]
pub struct Sort {
    /// The list in the order that a click asks for.
    pub href: String,
    /// The order in force, if this column decides it.
    pub current: Option<Direction>,
}

/// One column.
#[derive(Clone, Debug, Default)]
pub struct Column {
    /// The head; a unit is said here, once.
    pub label: String,
    /// How its cells are set.
    pub align: Align,
    /// Place on narrow screens.
    pub slot: Slot,
    /// Sorting, where the column can.
    pub sort: Option<Sort>,
}

impl Column {
    /// A column of words that does not sort.
    pub fn new(label: impl Into<String>) -> Self {
        Self { label: label.into(), ..Self::default() }
    }

    /// A column of numbers that does not sort.
    pub fn number(label: impl Into<String>) -> Self {
        Self { align: Align::Number, ..Self::new(label) }
    }

    /// The same at another place on narrow screens.
    #[must_use]
    pub fn slot(self, slot: Slot) -> Self {
        Self { slot, ..self }
    }
}

/// One row: a cell per column.
#[derive(Default)]
pub struct Row {
    /// Where the row leads; its title cell becomes the link, `list.js` opens it from anywhere in the row.
    pub href: Option<String>,
    /// Formatted values.
    pub cells: Vec<Markup>,
}

/// A table.
#[derive(Default)]
pub struct Table {
    /// Name for screen readers.
    pub label: String,
    /// Columns in order.
    pub columns: Vec<Column>,
    /// Rows in order.
    pub rows: Vec<Row>,
    /// Totals, a cell per column.
    pub total: Option<Vec<Markup>>,
}

/// A list: full width, sortable, three lines a row on narrow screens.
pub fn list_table(locale: Locale, table: &Table) -> Markup {
    html! {
        div.tw {
            // The roles are written out, because `display: grid` on narrow screens drops table semantics.
            table.list role="table" aria-label=(table.label) data-list {
                thead role="rowgroup" {
                    tr role="row" {
                        @for column in &table.columns { (head(locale, column)) }
                    }
                }
                tbody role="rowgroup" {
                    @for row in &table.rows {
                        tr role="row" data-href=[row.href.as_deref()] {
                            @for (column, cell) in table.columns.iter().zip(&row.cells) { (list_cell(row, column, cell)) }
                        }
                    }
                    (total(table))
                }
            }
        }
    }
}

/// A small table inside a panel or under a chart; scrolls sideways in its box.
pub fn plain_table(locale: Locale, table: &Table) -> Markup {
    html! {
        div.tw {
            table aria-label=(table.label) {
                thead { tr { @for column in &table.columns { (head(locale, column)) } } }
                tbody {
                    @for row in &table.rows {
                        tr {
                            @for (index, (column, cell)) in table.columns.iter().zip(&row.cells).enumerate() {
                                td class=(align_class(column.align)) {
                                    @if let (0, Some(href)) = (index, &row.href) { a.strong href=(href) { (cell) } } @else { (cell) }
                                }
                            }
                        }
                    }
                    (total(table))
                }
            }
        }
    }
}

fn head(locale: Locale, column: &Column) -> Markup {
    let class = if column.align == Align::Cut { "" } else { align_class(column.align) };
    let Some(sort) = &column.sort else {
        return html! { th scope="col" class=(class) { (column.label) } };
    };
    let (order, drawing) = match sort.current {
        Some(Direction::Ascending) => (Some("ascending"), Some(Icon::ArrowUp)),
        Some(Direction::Descending) => (Some("descending"), Some(Icon::ArrowDown)),
        None => (None, None),
    };
    html! {
        th scope="col" class=(class) aria-sort=[order] {
            a.row href=(sort.href) title=(t(locale).sort_by(&column.label)) {
                @if column.align != Align::Number { (column.label) }
                @if let Some(drawing) = drawing { (icon(drawing)) }
                @if column.align == Align::Number { (column.label) }
            }
        }
    }
}

fn list_cell(row: &Row, column: &Column, cell: &Markup) -> Markup {
    let align = align_class(column.align);
    let slot = match column.slot {
        Slot::Title => " name",
        Slot::Amount => " amt",
        Slot::Second => " cust",
        Slot::Third => " stg",
        Slot::Date => " due",
        Slot::Hidden => " opt2",
    };
    html! {
        td role="cell" class={ (align) (slot) } {
            @if let (Slot::Title, Some(href)) = (column.slot, &row.href) { a href=(href) { (cell) } } @else { (cell) }
        }
    }
}

fn align_class(align: Align) -> &'static str {
    match align {
        Align::Text => "",
        Align::Cut => "cut",
        Align::Number => "num",
        Align::Middle => "mid",
    }
}

fn total(table: &Table) -> Markup {
    html! {
        @if let Some(cells) = &table.total {
            tr.total role="row" { @for (column, cell) in table.columns.iter().zip(cells) { td role="cell" class=(align_class(column.align)) { (cell) } } }
        }
    }
}

/// A list, and a small table with totals.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let small = Table {
        label: p("各月合计", "By month"),
        columns: vec![Column::new(p("月份", "Month")), Column::number(p("数量", "Count")), Column::number(p("金额（元）", "Amount (¥)"))],
        rows: [("2026-09", "24", "262.00"), ("2026-10", "19", "221.00")]
            .map(|(month, count, sum)| Row { href: Some("#month".into()), cells: [month, count, sum].map(|c| html! { (c) }).to_vec() })
            .into(),
        total: Some(vec![html! { (t(locale).total()) }, html! { "43" }, html! { "483.00" }]),
    };
    vec![
        Sample::new("list", list_table(locale, &sample_list(locale, 6))),
        Sample::new("small, with totals", html! { div.card { (plain_table(locale, &small)) } }),
    ]
}

/// A list of some rows, as a page would fill it.
pub(super) fn sample_list(locale: Locale, rows: usize) -> Table {
    use super::avatar::person;
    use super::badge::{Ring, Tone, badge, step};
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let names = [
        (p("集团费控平台二期", "Expense platform, phase 2"), p("江南速运集团", "Jiangnan Express Group"), "¥1,860,000", 60),
        (p("门店会员系统", "Store membership system"), p("北辰零售", "Beichen Retail"), "¥1,280,000", 80),
        (p("财务共享中心建设", "Finance shared centre"), p("远景重工股份", "Vista Heavy Industry"), "¥986,000", 40),
        (p("供应商协同门户", "Supplier portal"), p("华泽新材料", "Huaze Materials"), "¥742,500", 60),
        (p("移动审批与电子签", "Mobile approval and e-signing"), p("青禾医药集团", "Qinghe Pharma Group"), "¥680,000", 5),
        (p("数据中台一期", "Data platform, phase 1"), p("临港港务局", "Lingang Port Authority"), "—", 0),
    ];
    let people = [p("王磊", "Lei Wang"), p("赵敏", "Min Zhao"), p("林晓", "Xiao Lin")];
    let sort = |column: &str, current| Some(Sort { href: format!("?sort={column}"), current });
    let columns = vec![
        Column { sort: sort("name", None), ..Column::new(p("名称", "Name")).slot(Slot::Title) },
        Column { align: Align::Cut, ..Column::new(p("客户", "Customer")).slot(Slot::Second) },
        Column::new(p("进展", "Progress")).slot(Slot::Third),
        Column { sort: sort("amount", Some(Direction::Descending)), ..Column::number(p("金额", "Amount")).slot(Slot::Amount) },
        Column { sort: sort("-expected_on", None), ..Column::new(p("预计日期", "Expected on")).slot(Slot::Date) },
        Column::new(p("负责人", "Owner")),
        Column::new(p("状态", "State")),
    ];
    let rows = (0..rows).map(|n| {
        let (name, customer, amount, rate) = &names[n % names.len()];
        let state = if n % 4 == 2 {
            badge(Tone::Warn, &p("停滞 17 天", "Idle 17 days"))
        } else {
            html! { span.faint { "—" } }
        };
        Row {
            href: Some(format!("/o/sample/019{n:05x}-7c21-7e31-8a51-5f1e2d{n:06x}")),
            cells: vec![
                html! { (name) },
                html! { a href="#customer" title=(customer) { (customer) } },
                step(Ring::Part(*rate), &format!("{rate}%")),
                html! { (amount) },
                html! { time datetime="2026-11-28" { "2026-11-" (28 - n % 20) } },
                person(&people[n % people.len()], None),
                state,
            ],
        }
    });
    Table { label: p("团队的记录", "The team's records"), rows: rows.collect(), columns, total: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sorted_column_says_so() {
        let html = list_table(Locale::En, &sample_list(Locale::En, 1)).into_string();
        assert!(html.contains(r#"aria-sort="descending""#));
        assert_eq!(html.matches("aria-sort").count(), 1);
    }
}
