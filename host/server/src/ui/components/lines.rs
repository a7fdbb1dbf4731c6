//! Lines of a record, edited in its form: a table of inputs, one row a line. Rows are sent as `{field}.{row}.{column}`; the order of the
//! rows counts, not their numbers. Without script there are empty rows to fill in, boxes that remove a line, and a number that says its
//! place; `lines.js` makes buttons of them. On narrow screens a row becomes a small form.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::control::{Choice, Control, ControlKind, FieldProblem, ProblemKind, problems};
use super::control_input::input;
use super::icon::{Icon, icon};
use super::{Sample, pick};
use crate::texts::t;

/// The row that `lines.js` copies has this for a number.
pub const FRESH: &str = "fresh";
/// `{field}.had`: which lines the person saw, so that those of others are not taken for removed ones.
pub const HAD: &str = "had";

/// One column.
#[derive(Clone, Debug, Default)]
pub struct LineColumn {
    /// The column's name in the posted rows.
    pub name: String,
    /// The head.
    pub label: String,
    /// At the right.
    pub number: bool,
    /// Each line needs a value.
    pub required: bool,
    /// The total, as shown.
    pub sum: Option<String>,
}

/// One row.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// `{field}.{row}`.
    pub name: String,
    /// The record behind it, if it is saved already.
    pub id: String,
    /// The version of that record.
    pub version: String,
    /// An input per column.
    pub cells: Vec<Control>,
    /// Empty, to be filled in.
    pub spare: bool,
}

/// The table.
#[derive(Clone, Debug, Default)]
pub struct Lines {
    /// Columns in order.
    pub columns: Vec<LineColumn>,
    /// Rows in order, the spare ones last.
    pub rows: Vec<Line>,
    /// The row that is copied.
    pub fresh: Line,
    /// People can say the order of the lines.
    pub ordered: bool,
    /// Ids of the lines that were there when the form was made, separated by commas.
    pub had: String,
}

/// The table of inputs.
pub(super) fn lines(locale: Locale, control: &Control, lines: &Lines) -> Markup {
    let texts = t(locale);
    let has_sums = lines.columns.iter().any(|column| column.sum.is_some());
    html! {
        div.lines id=(control.name) tabindex="-1" data-lines=(control.name) data-cell=(texts.line_cell("{column}", "{number}")) {
            // Says that the lines were on the form, even if none is left.
            @if !control.read_only {
                input type="hidden" name=(control.name) value="";
                input type="hidden" name={ (control.name) "." (HAD) } value=(lines.had);
            }
            div.tw {
                table aria-label=(control.label) {
                    thead { tr {
                        @for column in &lines.columns {
                            th scope="col" class=(if column.number { "num" } else { "" }) {
                                (column.label)
                                @if column.required { span.req aria-hidden="true" { "*" } span.sr { (texts.required()) } }
                            }
                        }
                        @if !control.read_only { th.tools scope="col" { span.sr { (texts.lines_remove()) } } }
                    } }
                    tbody data-rows { @for (at, row) in lines.rows.iter().enumerate() { (line(locale, control, lines, row, at + 1)) } }
                    @if has_sums {
                        tfoot { tr.total {
                            @for (at, column) in lines.columns.iter().enumerate() {
                                td class=(if column.number { "num" } else { "" }) data-sum=(column.name) data-label=[column.sum.is_some().then(|| texts.sum_of(&column.label))] {
                                    @if let Some(sum) = &column.sum { (sum) } @else if at == 0 { (texts.total()) }
                                }
                            }
                            @if !control.read_only { td.tools {} }
                        } }
                    }
                }
            }
            @if !control.read_only {
                template data-line { (line(locale, control, lines, &lines.fresh, 0)) }
                div.row.wrap.between.script {
                    button.btn type="button" data-add { (icon(Icon::Plus)) (texts.lines_add()) }
                    span.help.only-wide { (texts.lines_keys()) }
                }
            }
        }
    }
}

fn line(locale: Locale, control: &Control, lines: &Lines, row: &Line, number: usize) -> Markup {
    let texts = t(locale);
    html! {
        tr.spare[row.spare] data-line-row=(row.name) {
            @for (column, cell) in lines.columns.iter().zip(&row.cells) {
                td class=(if column.number { "num" } else { "" }) data-label=(column.label) data-column=(column.name) {
                    label.sr for=(cell.name) { (texts.line_cell(&column.label, &number.to_string())) }
                    div.warned[cell.is_doubtful()] { (input(locale, cell)) }
                    (problems(locale, cell))
                }
            }
            @if !control.read_only {
                td.tools {
                    @if !row.id.is_empty() {
                        input type="hidden" name={ (row.name) ".id" } value=(row.id);
                        input type="hidden" name={ (row.name) ".version" } value=(row.version);
                    }
                    div.no-script {
                        @if lines.ordered { label.row.small { (texts.lines_place()) input.in.num name={ (row.name) ".place" } value=(number) inputmode="numeric"; } }
                        label.check.small { input type="checkbox" name={ (row.name) ".remove" } value="true"; (texts.remove()) }
                    }
                    span.row.script {
                        @if lines.ordered {
                            button.btn.quiet.icon.xs type="button" data-up aria-label=(texts.lines_up()) title=(texts.lines_up()) { (icon(Icon::ArrowUp)) }
                            button.btn.quiet.icon.xs type="button" data-down aria-label=(texts.lines_down()) title=(texts.lines_down()) { (icon(Icon::ArrowDown)) }
                        }
                        button.btn.quiet.icon.xs type="button" data-remove-line aria-label=(texts.lines_remove()) title=(texts.lines_remove()) { (icon(Icon::Close)) }
                    }
                }
            }
        }
    }
}

/// Lines with a total and a problem, and the rows to fill in.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let control = sample(locale, "lines");
    vec![Sample::new("lines", html! { div.form { (super::control::control(locale, &control)) } })]
}

/// Three lines of things and one to fill in.
pub(super) fn sample(locale: Locale, name: &str) -> Control {
    let p = |zh: &str, en: &str| pick(locale, zh, en);
    let column =
        |key: &str, zh: &str, en: &str, number: bool| LineColumn { name: key.into(), label: p(zh, en), number, ..LineColumn::default() };
    let columns = vec![
        LineColumn { required: true, ..column("item", "内容", "What", false) },
        column("kind", "类别", "Kind", false),
        LineColumn { sum: Some("17".into()), ..column("count", "数量", "Count", true) },
        LineColumn { sum: Some("¥3,120.00".into()), ..column("amount", "金额", "Amount", true) },
    ];
    let row = |at: &str, what: &str, count: &str, amount: &str| {
        let kinds = vec![Choice::new("a", p("服务", "Service")), Choice::new("b", p("材料", "Material"))];
        let cell = |column: &str, kind: ControlKind, value: &str| Control::new(format!("{name}.{at}.{column}"), column, kind).value(value);
        let cells = vec![
            cell("item", ControlKind::Text { max: Some(255) }, what),
            cell("kind", ControlKind::Select { choices: kinds }, if what.is_empty() { "" } else { "a" }),
            cell("count", ControlKind::Number, count),
            cell("amount", ControlKind::Money { symbol: "¥".into() }, amount),
        ];
        Line { name: format!("{name}.{at}"), cells, spare: what.is_empty(), ..Line::default() }
    };
    let mut rows = vec![
        row("0", &p("上门安装", "Installation"), "1", "1200.00"),
        row("1", &p("培训", "Training"), "many", "720.00"),
        row("2", &p("备品", "Spare parts"), "14", "1200.00"),
        row("3", "", "", ""),
    ];
    rows[1].cells[2].problems = vec![FieldProblem::new(ProblemKind::Error, "field.type", t(locale).problem_type())];
    let lines = Lines { columns, rows, fresh: row(FRESH, "", "", ""), ordered: true, had: String::new() };
    Control::new(name, p("明细", "Lines"), ControlKind::Lines(Box::new(lines)))
}
