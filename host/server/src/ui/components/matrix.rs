//! A matrix of rights: a choice in each cell, rows down, columns across. Scrolls sideways in its box, with the rows' names standing still.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::control::Choice;
use super::{Sample, pick};

/// One cell.
#[derive(Clone, Debug)]
pub enum Cell {
    /// One of several choices.
    Choice {
        /// Parameter name.
        name: String,
        /// The choices, from least to most.
        choices: Vec<Choice>,
        /// The one that holds.
        value: String,
        /// What else counts here, as a word behind the choice.
        mark: Option<String>,
    },
    /// One of the row's choices, as a round box; all cells of a row share the name.
    Radio {
        /// Parameter name.
        name: String,
        /// What this cell sends.
        value: String,
        /// It holds.
        checked: bool,
    },
    /// Nothing can be chosen here; why not, in a word.
    Fixed(String),
}

/// One row.
#[derive(Clone, Debug)]
pub struct MatrixRow {
    /// Its name.
    pub label: String,
    /// What stands small below its name.
    pub hint: String,
    /// A box before the name, which says that the row has choices of its own: parameter name, value, ticked.
    pub own: Option<(String, String, bool)>,
    /// A cell per column.
    pub cells: Vec<Cell>,
}

/// The matrix.
#[derive(Clone, Debug, Default)]
pub struct Matrix {
    /// Name for screen readers.
    pub label: String,
    /// Head of the first column.
    pub rows_label: String,
    /// The other heads.
    pub columns: Vec<String>,
    /// Groups of rows, each with a heading that may be empty.
    pub groups: Vec<(String, Vec<MatrixRow>)>,
    /// Nothing can be changed.
    pub read_only: bool,
}

/// The matrix, to stand inside a form.
pub fn matrix(matrix: &Matrix) -> Markup {
    html! {
        div.tw {
            table.matrix aria-label=(matrix.label) {
                thead { tr {
                    th scope="col" { (matrix.rows_label) }
                    @for column in &matrix.columns { th scope="col" { (column) } }
                } }
                @for (heading, rows) in &matrix.groups {
                    tbody {
                        @if !heading.is_empty() { tr.cat { th scope="rowgroup" colspan=(matrix.columns.len() + 1) { (heading) } } }
                        @for row in rows { (row_markup(matrix, row)) }
                    }
                }
            }
        }
    }
}

fn row_markup(matrix: &Matrix, row: &MatrixRow) -> Markup {
    html! {
        tr {
            th scope="row" {
                @if let Some((name, value, on)) = &row.own {
                    label { input type="checkbox" name=(name) value=(value) checked[*on] disabled[matrix.read_only]; span { (row.label) } }
                } @else { span { (row.label) } }
                @if !row.hint.is_empty() { span.hint { (row.hint) } }
            }
            @for (column, cell) in matrix.columns.iter().zip(&row.cells) { td { (cell_markup(matrix, row, column, cell)) } }
        }
    }
}

fn cell_markup(matrix: &Matrix, row: &MatrixRow, column: &str, cell: &Cell) -> Markup {
    let label = format!("{} · {column}", row.label);
    html! {
        @match cell {
            Cell::Choice { name, choices, value, mark } => {
                select name=(name) aria-label=(label) disabled[matrix.read_only] {
                    @for choice in choices { option value=(choice.value) selected[choice.value == *value] { (choice.label) } }
                }
                @if let Some(mark) = mark { span.tag.accent { (mark) } }
            }
            Cell::Radio { name, value, checked } => {
                input type="radio" name=(name) value=(value) checked[*checked] aria-label=(label) disabled[matrix.read_only];
            }
            Cell::Fixed(words) => { span.faint { (words) } }
        }
    }
}

/// Objects with functions, and fields with rights.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let choices = vec![Choice::new("", "—"), Choice::new("own", p("本人", "Own")), Choice::new("all", p("全部", "All"))];
    let cell = |name: &str, value: &str, mark: Option<&str>| Cell::Choice {
        name: name.into(),
        choices: choices.clone(),
        value: value.into(),
        mark: mark.map(str::to_owned),
    };
    let row = |key: &str, label: String, own: bool, cells: Vec<Cell>| MatrixRow {
        label,
        hint: key.into(),
        own: Some(("named".into(), key.into(), own)),
        cells,
    };
    let functions = Matrix {
        label: p("权限", "Rights"),
        rows_label: p("对象", "Object"),
        columns: vec![p("查看", "View"), p("修改", "Edit")],
        groups: vec![(
            p("客户", "Customers"),
            vec![
                row("customer", p("客户", "Customer"), true, vec![cell("a", "all", None), cell("b", "own", Some("ƒ"))]),
                row("unit", p("单位", "Unit"), false, vec![cell("c", "all", None), Cell::Fixed(p("特殊权限", "Special right"))]),
            ],
        )],
        read_only: false,
    };
    let radio = |value: &str, checked: bool| Cell::Radio { name: "f.phone".into(), value: value.into(), checked };
    let phone =
        MatrixRow { label: p("电话", "Phone"), hint: String::new(), own: None, cells: vec![radio("none", false), radio("mask", true)] };
    let fields = Matrix {
        columns: vec![p("看不到", "Hidden"), p("遮盖", "Masked")],
        groups: vec![(String::new(), vec![phone])],
        read_only: true,
        ..functions.clone()
    };
    vec![Sample::new("functions", matrix(&functions)), Sample::new("fields", matrix(&fields))]
}
