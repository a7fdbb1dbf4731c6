//! A list in groups: every value of a field with its count and sums, the first groups open.

use std::collections::HashMap;

use chrono::{Datelike, NaiveDate};
use guanxi_core::Value;
use guanxi_core::expr::{FieldPath, resolve_path};
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::query::{Grain, Group};
use maud::{Markup, html};
use uuid::Uuid;

use super::asked::Asked;
use super::selection::Selection;
use super::{columns, list, sums};
use crate::engine::{AggregateRequest, GroupRequest, ListRequest, MeasureRequest, Outcome};
use crate::texts::t;
use crate::ui::components::record_table::{RecordGroup, RecordRow, record_table};
use crate::ui::filters::{self, quoted};
use crate::ui::format::{self, MoneyStyle};
use crate::ui::visit::Visit;
use crate::ui::{urls, value};

/// Rows of one group; the rest is a list away.
const ROWS: u32 = 20;
/// Rows that the groups open at first show together.
const OPEN_ROWS: u64 = 40;
/// Groups of one page.
const MAX_GROUPS: usize = 100;
/// What `open` says where no group is open.
const NONE: &str = "-";

/// How the records are divided.
pub(super) struct Division {
    /// By what.
    pub(super) path: FieldPath,
    /// The stretch of time, for dates.
    pub(super) grain: Option<Grain>,
}

/// One part.
pub(super) struct Part {
    /// What names it in an address.
    pub(super) code: String,
    pub(super) label: String,
    /// The condition of its records.
    pub(super) filter: String,
    pub(super) group: Group,
}

impl Division {
    /// Reads what the address says. Dates without a grain are grouped by month.
    pub(super) fn of(visit: &Visit, object: &Object, path: &str, grain: Option<Grain>) -> Outcome<Self> {
        let path = resolve_path(path, &visit.ctx.snapshot.schema, object)?;
        let moment = matches!(path.kind, FieldKind::Date | FieldKind::DateTime);
        Ok(Self { grain: moment.then(|| grain.unwrap_or(Grain::Month)), path })
    }

    /// The parts with their counts and the sums of these fields, in the order in which people expect them.
    pub(super) async fn parts(&self, visit: &Visit, object: &Object, filter: &str, summed: &[&str]) -> Outcome<Vec<Part>> {
        let count = MeasureRequest { function: "count".into(), ..MeasureRequest::default() };
        let sum = |field: &&str| MeasureRequest { function: "sum".into(), field: Some((*field).to_owned()), ..MeasureRequest::default() };
        let key =
            GroupRequest { field: self.path.text(), grain: self.grain.map(|grain| grain.name().to_owned()), ..GroupRequest::default() };
        let request = AggregateRequest {
            object: object.key.clone(),
            filter: filter.to_owned(),
            group_by: vec![key],
            measures: std::iter::once(count).chain(summed.iter().map(sum)).collect(),
            ..AggregateRequest::default()
        };
        let mut groups = visit.engine().aggregate(&visit.ctx, request).await?.groups;
        let key = |group: &Group| group.key.first().cloned().unwrap_or(Value::Null);
        let titles: HashMap<Uuid, String> = match self.path.kind.target() {
            Some(target) => {
                let ids: Vec<Uuid> = groups.iter().filter_map(|group| key(group).as_ref_id()).collect();
                visit.engine().titles(&visit.ctx, target, &ids).await?
            }
            None => HashMap::new(),
        };
        let rank = |group: &Group| match (&self.path.kind, key(group)) {
            (_, Value::Null) => usize::MAX,
            (FieldKind::Select { options }, Value::Text(code)) => {
                options.iter().position(|option| option.code == code).unwrap_or(usize::MAX - 1)
            }
            _ => 0,
        };
        let name = |group: &Group| key(group).as_ref_id().and_then(|id| titles.get(&id)).map(|title| guanxi_core::text::sort_key(title));
        groups.sort_by_key(|group| (rank(group), name(group)));
        let part = |group: Group| {
            let value = key(&group);
            let title = value.as_ref_id().and_then(|id| titles.get(&id)).map(String::as_str);
            Part { code: code(&value), label: self.label(visit, &value, title), filter: self.condition(&value), group }
        };
        Ok(groups.into_iter().map(part).collect())
    }

    fn label(&self, visit: &Visit, value: &Value, title: Option<&str>) -> String {
        let texts = t(visit.locale());
        match (value, self.grain) {
            (Value::Null, _) => texts.not_set().to_owned(),
            (Value::Date(day), Some(grain)) => {
                let year = day.year().to_string();
                match grain {
                    Grain::Day => format::date(*day),
                    Grain::Week => texts.week_of(&format::date(*day)),
                    Grain::Month => format::month(*day, visit.locale()),
                    Grain::Quarter => texts.quarter_of(&year, &(day.month0() / 3 + 1).to_string()),
                    Grain::Year => texts.year_of(&year),
                }
            }
            _ => value::text(&visit.ctx, &self.path.kind, value, title, MoneyStyle::Short),
        }
    }

    fn condition(&self, value: &Value) -> String {
        let path = self.path.text();
        match (value, self.grain) {
            (Value::Null, _) => format!("{path} == null"),
            (Value::Date(day), Some(Grain::Day)) => format!("{path} == {}", quoted(&day.to_string())),
            (Value::Date(day), Some(grain)) => {
                let last = after(*day, grain).pred_opt().unwrap_or(*day);
                format!("{path} >= {} && {path} <= {}", quoted(&day.to_string()), quoted(&last.to_string()))
            }
            (Value::Bool(truth), _) => format!("{path} == {truth}"),
            (Value::Int(number), _) => format!("{path} == {number}"),
            (Value::Decimal(number), _) => format!("{path} == {number}"),
            (value, _) => format!("{path} == {}", quoted(&code(value))),
        }
    }
}

/// The first day of the next stretch.
fn after(day: NaiveDate, grain: Grain) -> NaiveDate {
    let next = match grain {
        Grain::Day => day.succ_opt(),
        Grain::Week => day.checked_add_days(chrono::Days::new(7)),
        Grain::Month => day.checked_add_months(chrono::Months::new(1)),
        Grain::Quarter => day.checked_add_months(chrono::Months::new(3)),
        Grain::Year => day.checked_add_months(chrono::Months::new(12)),
    };
    next.unwrap_or(day)
}

/// A key as an address holds it.
fn code(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(truth) => truth.to_string(),
        Value::Date(day) => day.to_string(),
        Value::Instant(instant) => instant.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, true),
        Value::Ref(id) => id.to_string(),
        Value::Texts(codes) => codes.join("/"),
        Value::Refs(_) | Value::AnyRef { .. } | Value::Json(_) => String::new(),
    }
}

/// The list in groups.
pub(super) async fn content(visit: &Visit, object: &Object, asked: &Asked, mut selection: Selection<'_>) -> Outcome<Markup> {
    let texts = t(visit.locale());
    let (path, grain) = asked.group().unwrap_or_default();
    let division = Division::of(visit, object, path, grain)?;
    let is_summed = |s: &super::selection::Selected<'_>| s.is_own() && sums::is_summed(object, s.field);
    let summed: Vec<&str> = selection.fields.iter().filter(|s| is_summed(s)).map(|s| s.field.key.as_str()).collect();
    let parts = division.parts(visit, object, &asked.look.filter, &summed).await?;
    if parts.is_empty() {
        return Ok(list::nothing(visit, object, asked));
    }
    let (all, open) = (parts.len(), open_groups(asked, &parts));
    let mut table = columns::table(visit, object, asked, &selection);
    let mut read = Vec::new();
    for part in parts.iter().take(MAX_GROUPS) {
        let request = ListRequest {
            filter: filters::all_of([asked.look.filter.as_str(), &part.filter]),
            sort: asked.look.sort.clone(),
            fields: selection.paths.clone(),
            limit: ROWS,
            count: false,
            ..ListRequest::default()
        };
        let rows = match open.contains(&part.code) {
            true => visit.engine().list(&visit.ctx, &object.key, request).await?.rows,
            false => Vec::new(),
        };
        read.push(rows);
    }
    selection.learn(visit, read.iter().flatten().map(|(_, row)| row.as_slice())).await?;
    for (part, rows) in parts.iter().zip(&read) {
        let is_open = open.contains(&part.code);
        let count = sums::count(part.group.values.first());
        let mut cells = part.group.values.iter().skip(1);
        let sums = selection.fields.iter().map(|selected| {
            let cell = is_summed(selected).then(|| cells.next()).flatten()?;
            sums::text(&visit.ctx, selected.field, cell, MoneyStyle::Short)
        });
        let shown = format::count(count, true, visit.locale());
        // Before and after a row stand those of its group.
        let within = filters::all_of([asked.look.filter.as_str(), &part.filter]);
        let row = |(id, row): &(Uuid, Vec<Value>)| RecordRow {
            href: urls::record_in(&object.key, *id, &within, &asked.look.sort),
            ..columns::row(visit, object, asked, &selection, *id, row)
        };
        let all_of_it = asked.address(|look| {
            look.filter.clone_from(&within);
            look.group_field = None;
        });
        table.groups.push(RecordGroup {
            label: part.label.clone(),
            sums: sums.collect(),
            toggle: toggled(asked, &open, &part.code),
            open: is_open,
            rows: rows.iter().map(row).collect(),
            more: (count > rows.len() as u64).then(|| (texts.group_all(&shown), all_of_it)),
            count: shown,
        });
    }
    let total: u64 = parts.iter().map(|part| sums::count(part.group.values.first())).sum();
    Ok(html! {
        (record_table(visit.locale(), &table))
        footer.foot {
            span.num { (texts.records_total(&format::count(total, true, visit.locale()))) }
            @if all > MAX_GROUPS { span.faint { (texts.group_rest(&MAX_GROUPS.to_string(), &all.to_string())) } }
        }
    })
}

/// The groups that are open: those that the address names, else the first ones.
fn open_groups(asked: &Asked, parts: &[Part]) -> Vec<String> {
    if !asked.open.is_empty() {
        return asked.open.clone();
    }
    let mut rows = 0;
    let mut open = Vec::new();
    for part in parts {
        if rows >= OPEN_ROWS {
            break;
        }
        rows += sums::count(part.group.values.first()).min(u64::from(ROWS));
        open.push(part.code.clone());
    }
    open
}

fn toggled(asked: &Asked, open: &[String], code: &str) -> String {
    let mut after: Vec<&str> = open.iter().map(String::as_str).filter(|each| *each != code && *each != NONE).collect();
    if !open.iter().any(|each| each == code) {
        after.push(code);
    }
    let mut pairs = asked.pairs(|_| {});
    // An empty code is a group too: that of records without a value.
    let none = after.is_empty().then_some(NONE);
    pairs.extend(after.into_iter().chain(none).map(|code| ("open".to_owned(), code.to_owned())));
    super::asked::with_pairs(&urls::list(&asked.object), &pairs)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_group_of_dates_is_a_stretch_of_days() {
        let path = |kind| FieldPath { hops: Vec::new(), object: "thing".into(), field: "due".into(), kind };
        let day = |text: &str| Value::Date(text.parse().expect("a date"));
        let by = |grain| Division { path: path(FieldKind::Date), grain: Some(grain) };
        assert_eq!(by(Grain::Month).condition(&day("2026-02-01")), r#"due >= "2026-02-01" && due <= "2026-02-28""#);
        assert_eq!(by(Grain::Quarter).condition(&day("2026-10-01")), r#"due >= "2026-10-01" && due <= "2026-12-31""#);
        assert_eq!(by(Grain::Day).condition(&day("2026-02-01")), r#"due == "2026-02-01""#);
        assert_eq!(by(Grain::Year).condition(&Value::Null), "due == null");
        let select = Division { path: path(FieldKind::Select { options: Vec::new() }), grain: None };
        assert_eq!(select.condition(&Value::from("a\"b")), r#"due == "a\"b""#);
    }
}
