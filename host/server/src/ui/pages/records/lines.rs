//! Lines in a form: what was posted or stored, as the component shows it and as the engine takes it.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_core::decimal::Decimal;
use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::controls::{self, Typed, form_text};
use super::record::Shown;
use super::selection::Selection;
use super::sums::is_summed;
use crate::engine::{Line as RawLine, ListRequest, Outcome, Raw};
use crate::texts::t;
use crate::ui::components::control::{Choice, Control, ControlKind};
use crate::ui::components::lines::{FRESH, HAD, Line, LineColumn, Lines};
use crate::ui::format::{self, MoneyStyle};
use crate::ui::value;
use crate::ui::visit::{Posted, Visit};

/// Empty rows for people without scripts; with scripts there is a button.
const SPARE: usize = 3;
/// The field of a child object that keeps the order of the lines.
const POSITION: &str = "position";
/// More lines than this are not edited in a form.
pub(super) const MOST: usize = 1_000;
/// Rows of one query.
const PAGE: u32 = 200;

/// One line as the form has it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LineDraft {
    pub(super) id: Option<Uuid>,
    pub(super) version: Option<i64>,
    /// Texts of its inputs by field key.
    pub(super) values: HashMap<String, String>,
    /// Formatted values of fields that nobody types.
    pub(super) shown: HashMap<String, String>,
}

/// The lines of one field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct LinesDraft {
    pub(super) lines: Vec<LineDraft>,
    /// Which lines were stored when the person began.
    pub(super) had: Vec<Uuid>,
    /// There are too many to be edited in a form.
    pub(super) too_many: bool,
    /// Totals of number columns, formatted.
    pub(super) sums: HashMap<String, String>,
}

/// Children fields of an object with their child objects, as far as the visitor may know them.
pub(super) fn fields<'o>(visit: &Visit, object: &'o Object) -> Vec<(&'o Field, Arc<Object>)> {
    let schema = &visit.ctx.snapshot.schema;
    let known = |field: &&Field| !field.hidden && visit.ctx.field_right(&object.key, &field.key).is_plain();
    let found = object.fields.iter().filter(known).filter_map(|field| match &field.kind {
        FieldKind::Children { target } => Some((field, schema.object(target)?.clone())),
        _ => None,
    });
    found.collect()
}

/// Columns of the lines: the child's own fields, without its parent and its place.
pub(super) fn columns(child: &Object) -> Vec<&Field> {
    let fits = |field: &&Field| {
        let inline = !matches!(field.kind, FieldKind::Children { .. } | FieldKind::File | FieldKind::Json);
        inline && Some(&field.key) != child.parent.as_ref() && field.key != POSITION && (!field.read_only || field.computed.is_some())
    };
    child.own_fields().filter(fits).collect()
}

/// The stored lines of a record, in their order.
pub(super) async fn stored(visit: &Visit, record: &Shown<'_>) -> Outcome<HashMap<String, LinesDraft>> {
    let mut all = HashMap::new();
    for (field, child) in fields(visit, record.object) {
        let (rows, selection) = rows(visit, &child, record.id).await?;
        let (zone, locale) = (visit.ctx.tenant.zone, visit.locale());
        let line = |(id, row): &(Uuid, Vec<Value>)| {
            let texts = selection.fields.iter().filter(|s| s.field.computed.is_none() && s.field.key != "version");
            let shown = selection.fields.iter().filter(|s| s.field.computed.is_some());
            LineDraft {
                id: Some(*id),
                version: selection.field("version").and_then(|s| if let Value::Int(n) = s.value(row) { Some(*n) } else { None }),
                values: texts.map(|s| (s.field.key.clone(), form_text(&s.field.kind, s.value(row), zone, locale))).collect(),
                shown: shown.map(|s| (s.field.key.clone(), s.text(&visit.ctx, row, MoneyStyle::Full))).collect(),
            }
        };
        let draft = LinesDraft {
            lines: rows.iter().map(line).collect(),
            had: rows.iter().map(|(id, _)| *id).collect(),
            too_many: rows.len() > MOST,
            sums: sums(visit, &child, &selection, &rows),
        };
        all.insert(field.key.clone(), draft);
    }
    Ok(all)
}

/// All lines of a record with their columns, in their order; one more than [`MOST`] at most.
pub(super) async fn rows<'c>(visit: &Visit, child: &'c Object, parent: Uuid) -> Outcome<(Rows, Selection<'c>)> {
    let version = child.fields.iter().find(|field| field.key == "version");
    let mut selection = Selection::new(&visit.ctx.snapshot.schema, child, columns(child).into_iter().chain(version));
    let reference = child.parent.clone().unwrap_or_default();
    let mut rows: Vec<(Uuid, Vec<Value>)> = Vec::new();
    let mut cursor = String::new();
    loop {
        let request = ListRequest {
            filter: format!("{reference} == \"{parent}\""),
            sort: POSITION.to_owned(),
            fields: selection.paths.clone(),
            limit: PAGE,
            cursor,
            count: false,
            ..ListRequest::default()
        };
        let page = visit.engine().list(&visit.ctx, &child.key, request).await?;
        rows.extend(page.rows);
        match page.next {
            Some(next) if rows.len() <= MOST => cursor = next,
            _ => break,
        }
    }
    selection.learn(visit, rows.iter().map(|(_, row)| row.as_slice())).await?;
    Ok((rows, selection))
}

/// Totals of the number columns; percentages have none.
pub(super) fn sums(visit: &Visit, child: &Object, selection: &Selection<'_>, rows: &[(Uuid, Vec<Value>)]) -> HashMap<String, String> {
    let numbers = selection.fields.iter().filter(|s| is_summed(child, s.field));
    let sum = numbers.filter_map(|s| Some((s.field.key.clone(), total(visit, s.field, rows.iter().map(|(_, row)| s.value(row)))?)));
    sum.collect()
}

/// The formatted total of a column; nothing where it is too large.
pub(super) fn total<'v>(visit: &Visit, field: &Field, values: impl Iterator<Item = &'v Value>) -> Option<String> {
    let scale = field.kind.scale()?;
    let units = values.filter_map(|value| match value {
        Value::Int(number) => Some(i128::from(*number)),
        Value::Decimal(number) => Some(i128::from(number.units)),
        _ => None,
    });
    // Nothing at all is not zero.
    let sum = units.fold(None, |sum: Option<i128>, units| Some(sum.unwrap_or(0) + units))?;
    let sum = Decimal::from_units(sum, scale).ok()?;
    let value = if field.kind.is_decimal() { Value::Decimal(sum) } else { Value::Int(sum.units) };
    Some(value::text(&visit.ctx, &field.kind, &value, None, MoneyStyle::Full))
}

/// Stored lines: id, and a value per selected path.
pub(super) type Rows = Vec<(Uuid, Vec<Value>)>;

/// The texts of a new line.
fn fresh(visit: &Visit, child: &Object) -> HashMap<String, String> {
    let (zone, locale) = (visit.ctx.tenant.zone, visit.locale());
    let text = |field: &Field| field.default.as_ref().map_or_else(String::new, |value| form_text(&field.kind, value, zone, locale));
    columns(child).into_iter().filter(|field| field.computed.is_none()).map(|field| (field.key.clone(), text(field))).collect()
}

/// The lines that a form sent, without those that were removed or left empty; `None` where the field was not on the form.
pub(super) fn posted(visit: &Visit, field: &Field, child: &Object, posted: &Posted) -> Option<LinesDraft> {
    posted.all(&field.key).next()?;
    let start = format!("{}.", field.key);
    let parts =
        |name: &str| name.strip_prefix(&start).and_then(|rest| rest.split_once('.')).map(|(row, part)| (row.to_owned(), part.to_owned()));
    let mut order: Vec<String> = Vec::new();
    for (name, _) in &posted.fields {
        if let Some((row, _)) = parts(name)
            && !order.contains(&row)
            && order.len() <= MOST + SPARE
        {
            order.push(row);
        }
    }
    let empty = fresh(visit, child);
    let mut placed: Vec<(u64, LineDraft)> = Vec::new();
    for row in order {
        let name = |part: &str| format!("{start}{row}.{part}");
        if posted.get(&name("remove")) == "true" {
            continue;
        }
        let mut line = LineDraft {
            id: Uuid::parse_str(posted.get(&name("id"))).ok(),
            version: posted.get(&name("version")).parse().ok(),
            ..LineDraft::default()
        };
        for column in columns(child).into_iter().filter(|column| column.computed.is_none()) {
            if let Some(text) = super::form::text_of(column, &name(&column.key), posted) {
                line.values.insert(column.key.clone(), text);
            }
        }
        let untouched = line.values.iter().all(|(key, text)| text.trim().is_empty() || empty.get(key) == Some(text));
        if line.id.is_none() && untouched {
            continue;
        }
        // A place that somebody typed goes before the one that the row has.
        let place = posted.get(&name("place")).trim().parse().unwrap_or(placed.len() as u64 + 1);
        placed.push((place, line));
    }
    placed.sort_by_key(|(place, _)| *place);
    let had = controls::split(posted.get(&format!("{start}{HAD}"))).filter_map(|id| Uuid::parse_str(id).ok()).collect();
    Some(LinesDraft { lines: placed.into_iter().map(|(_, line)| line).collect(), had, ..LinesDraft::default() })
}

/// The lines for the engine. Fields whose text is that of the stored line are not sent: a text may be coarser than its value.
pub(super) fn raw(draft: &LinesDraft, stored: Option<&LinesDraft>) -> Raw {
    let before = |id: Option<Uuid>| stored.and_then(|stored| stored.lines.iter().find(|line| line.id.is_some() && line.id == id));
    let lines = draft.lines.iter().map(|line| {
        let old = before(line.id);
        let mut fields: Vec<(String, Raw)> = Vec::new();
        for (key, text) in &line.values {
            if old.is_none_or(|old| old.values.get(key) != Some(text)) {
                fields.push((key.clone(), Raw::Text(text.clone())));
            }
        }
        fields.sort_by(|(a, _), (b, _)| a.cmp(b));
        RawLine { id: line.id, version: line.version, fields }
    });
    Raw::Lines(lines.collect())
}

/// Whether nothing about the lines was touched.
pub(super) fn same(draft: &LinesDraft, stored: &LinesDraft) -> bool {
    let plain = |draft: &LinesDraft| draft.lines.iter().map(|line| (line.id, line.values.clone())).collect::<Vec<_>>();
    plain(draft) == plain(stored)
}

/// What is worked out from posted lines, or still stands where they were not touched.
pub(super) fn complete(
    visit: &Visit,
    child: &Object,
    draft: &mut LinesDraft,
    worked_out: Option<&Vec<HashMap<String, Value>>>,
    stored: Option<&LinesDraft>,
) {
    let Some(rows) = worked_out else {
        if let Some(stored) = stored {
            for line in &mut draft.lines {
                let before = stored.lines.iter().find(|before| before.id.is_some() && before.id == line.id);
                line.shown = before.map(|before| before.shown.clone()).unwrap_or_default();
            }
            draft.sums.clone_from(&stored.sums);
        }
        return;
    };
    for column in columns(child) {
        if column.computed.is_some() {
            for (line, row) in draft.lines.iter_mut().zip(rows) {
                let shown = row.get(&column.key).map(|value| super::form::shown(visit, column, value));
                line.shown.extend(shown.map(|shown| (column.key.clone(), shown)));
            }
        }
        if is_summed(child, column) {
            let sum = total(visit, column, rows.iter().filter_map(|row| row.get(&column.key)));
            draft.sums.extend(sum.map(|sum| (column.key.clone(), sum)));
        }
    }
}

/// After somebody else saved: their versions count from now on, lines that they removed become new ones, lines that they added stay.
pub(super) fn merge(draft: &mut LinesDraft, now: &LinesDraft) -> usize {
    let stored: HashMap<Uuid, Option<i64>> = now.lines.iter().filter_map(|line| Some((line.id?, line.version))).collect();
    for line in &mut draft.lines {
        match line.id.and_then(|id| stored.get(&id)) {
            Some(version) => line.version = *version,
            None => (line.id, line.version) = (None, None),
        }
    }
    let known: HashSet<Uuid> = draft.had.iter().copied().chain(draft.lines.iter().filter_map(|line| line.id)).collect();
    let added: Vec<LineDraft> = now.lines.iter().filter(|line| line.id.is_some_and(|id| !known.contains(&id))).cloned().collect();
    let number = added.len();
    draft.lines.extend(added);
    draft.had.clone_from(&now.had);
    number
}

/// The control of a children field. `words` narrow the choices of the reference named by `find`.
pub(super) async fn control(
    visit: &Visit,
    field: &Field,
    child: &Object,
    draft: &LinesDraft,
    find: Option<&(String, String)>,
) -> Outcome<Control> {
    let locale = visit.locale();
    let columns = self::columns(child);
    let mut cells: Vec<Control> = Vec::new();
    for column in &columns {
        cells.push(match column.computed {
            Some(_) => Control { help: None, ..controls::computed(visit, child, column, None) },
            None => Control { help: None, ..controls::control(visit, column, Typed::default()).await? },
        });
    }
    let titles = titles(visit, &columns, draft).await?;
    let empty = LineDraft { values: fresh(visit, child), ..LineDraft::default() };
    let row = |name: &str, number: usize, line: &LineDraft, spare: bool| {
        let cell = |(column, prepared): (&&Field, &Control)| {
            let label = t(locale).line_cell(column.label.get(locale), &number.to_string());
            let mut cell = Control { name: format!("{}.{name}.{}", field.key, column.key), label, ..prepared.clone() };
            fill(&mut cell, column, line, &titles);
            cell
        };
        Line {
            name: format!("{}.{name}", field.key),
            id: line.id.map(|id| id.to_string()).unwrap_or_default(),
            version: line.version.map(|version| version.to_string()).unwrap_or_default(),
            cells: columns.iter().zip(&cells).map(cell).collect(),
            spare,
        }
    };
    let mut rows: Vec<Line> = draft.lines.iter().enumerate().map(|(at, line)| row(&at.to_string(), at + 1, line, false)).collect();
    let used = rows.len();
    rows.extend((used..used + SPARE).map(|at| row(&at.to_string(), at + 1, &empty, true)));
    if let Some((name, words)) = find {
        narrow(visit, &columns, &mut rows, name, words).await?;
    }
    let heads = columns.iter().map(|column| LineColumn {
        name: column.key.clone(),
        label: column.label.get(locale).to_owned(),
        number: value::is_number(&column.kind),
        required: column.required,
        sum: is_summed(child, column).then(|| draft.sums.get(&column.key).cloned().unwrap_or_else(|| format::EMPTY.to_owned())),
    });
    let lines = Lines {
        columns: heads.collect(),
        rows,
        fresh: row(FRESH, 0, &empty, false),
        ordered: true,
        had: draft.had.iter().map(Uuid::to_string).collect::<Vec<_>>().join(","),
    };
    let mut control = Control::new(&field.key, field.label.get(locale), ControlKind::Lines(Box::new(lines)));
    control.required = field.required;
    control.help = field.help.as_ref().map(|help| help.get(locale).to_owned());
    if draft.too_many {
        control.read_only = true;
        control.help = Some(t(locale).lines_too_many(&format::integer(MOST as i64)));
    }
    Ok(control)
}

/// What a line holds, in a prepared cell.
fn fill(cell: &mut Control, column: &Field, line: &LineDraft, titles: &HashMap<Uuid, String>) {
    if column.computed.is_some() {
        let shown = line.shown.get(&column.key).cloned().unwrap_or_else(|| format::EMPTY.to_owned());
        cell.kind = ControlKind::Shown { text: maud::html! { (shown) } };
        return;
    }
    cell.value = line.values.get(&column.key).cloned().unwrap_or_default();
    let chosen = || controls::split(&cell.value).filter_map(|id| Some(Choice::new(id, titles.get(&Uuid::parse_str(id).ok()?)?)));
    match &mut cell.kind {
        ControlKind::Reference(reference) => {
            let missing: Vec<Choice> = chosen().filter(|choice| reference.choices.iter().all(|c| c.value != choice.value)).collect();
            reference.choices.splice(0..0, missing);
        }
        ControlKind::ManyReference(many) if matches!(column.kind, FieldKind::MultiSelect { .. }) => {
            let codes = controls::split(&cell.value).filter_map(|code| many.picker.choices.iter().find(|c| c.value == code).cloned());
            many.chosen = codes.collect();
        }
        ControlKind::ManyReference(many) => many.chosen = chosen().collect(),
        _ => {}
    }
}

/// Titles of the records that the lines refer to, one query per column.
async fn titles(visit: &Visit, columns: &[&Field], draft: &LinesDraft) -> Outcome<HashMap<Uuid, String>> {
    let mut titles = HashMap::new();
    for column in columns {
        let (FieldKind::Reference { target } | FieldKind::ManyReference { target }) = &column.kind else { continue };
        let texts = draft.lines.iter().filter_map(|line| line.values.get(&column.key));
        let mut ids: Vec<Uuid> = texts.flat_map(|text| controls::split(text)).filter_map(|id| Uuid::parse_str(id).ok()).collect();
        ids.sort_unstable();
        ids.dedup();
        titles.extend(visit.engine().titles(&visit.ctx, target, &ids).await?);
    }
    Ok(titles)
}

/// The choices of one cell, looked for without script.
async fn narrow(visit: &Visit, columns: &[&Field], rows: &mut [Line], name: &str, words: &str) -> Outcome<()> {
    let cells = rows.iter_mut().flat_map(|row| row.cells.iter_mut().zip(columns));
    for (cell, column) in cells.filter(|(cell, _)| cell.name == name) {
        let typed = cell.value.clone();
        cell.kind = controls::control(visit, column, Typed { text: &typed, words, object: "" }).await?.kind;
    }
    Ok(())
}

/// Problems of a line as a whole stand at its first cell.
pub(super) fn place_of(problem: &Problem, object: &Object) -> Option<String> {
    let path = problem.field.as_ref()?;
    let (field, rest) = path.split_once('.')?;
    let is_lines = object.field(field).is_some_and(|field| matches!(field.kind, FieldKind::Children { .. }));
    (is_lines && !rest.trim_end_matches('.').contains('.')).then(|| path.trim_end_matches('.').to_owned())
}
