//! What to do with each column: the map checked against the object and the file's header.

use std::sync::Arc;

use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::policy::{FieldRight, Function, RowScope};
use guanxi_core::text::normal_key;
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::super::{Ctx, Outcome, Raw, protect, read};
use super::map::{ImportMap, MapColumn};

/// How the rows of one file become records.
pub(super) struct Plan {
    pub object: Arc<Object>,
    pub columns: Vec<Column>,
    /// The column whose field finds the record that a row changes.
    pub key: Option<usize>,
    /// Fields to fill where they are null when a record is made.
    pub defaults: Vec<(String, Raw)>,
    /// Nothing in the map says what a new record is called: then it is called by its key.
    pub title_from_key: bool,
    /// Headers that go nowhere.
    pub ignored: Vec<String>,
}

/// One column of the file and its field.
pub(super) struct Column {
    /// Its place in a row.
    pub index: usize,
    pub map: MapColumn,
    pub kind: FieldKind,
    pub lookup: Option<Lookup>,
    /// `[defaults]` has a value for the field.
    pub has_default: bool,
    /// No two records may have the same text in it.
    pub unique: bool,
}

/// Where a look-up column looks.
pub(super) struct Lookup {
    pub object: String,
    pub field: String,
    pub kind: FieldKind,
    /// The records that the actor may see.
    pub scope: RowScope,
}

/// What a cell says before any look-up.
#[derive(Debug, PartialEq)]
pub(super) enum Cell {
    Null,
    /// Blank where a blank is not allowed.
    Refused,
    Text(String),
}

impl Plan {
    /// All problems of a map at once; they concern the whole file, so nothing is read.
    pub(super) fn new(ctx: &Ctx, object: Arc<Object>, header: &[String], map: Option<ImportMap>) -> Outcome<Self> {
        let map = match map {
            Some(map) => map,
            None => implied(&object, header)?,
        };
        let mut problems = Vec::new();
        let mut columns = Vec::new();
        for column in map.columns {
            let Some(index) = header.iter().position(|name| *name == column.header) else {
                problems
                    .push(Problem::error("csv.header", format!("the file has no column {:?}", column.header)).with("value", column.header));
                continue;
            };
            let looked_up = column.lookup.clone();
            let Some(field) = writable(ctx, &object, &column.field, &mut problems) else { continue };
            let lookup = match looked_up.map(|name| lookup(ctx, field, &name)) {
                Some(Err(found)) => {
                    problems.extend(found);
                    continue;
                }
                Some(Ok(lookup)) => Some(lookup),
                None => None,
            };
            let has_default = map.defaults.iter().any(|(key, _)| *key == column.field);
            let unique = (field.unique || field.key == "external_id") && is_text(&field.kind);
            columns.push(Column { index, kind: field.kind.clone(), lookup, has_default, unique, map: column });
        }
        for (key, _) in &map.defaults {
            writable(ctx, &object, key, &mut problems);
        }
        let key = map.key.and_then(|key| columns.iter().position(|column| column.map.field == key));
        if let Some(column) = key.map(|key| &columns[key])
            && (column.lookup.is_some() || !is_text(&column.kind))
        {
            problems.push(Problem::error("import.map", format!("{:?} cannot be the key: a key is a text", column.map.field)));
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let ignored = header.iter().enumerate().filter(|(index, _)| columns.iter().all(|column| column.index != *index));
        let ignored = ignored.map(|(_, name)| name.clone()).collect();
        let title = object.field(&object.title).filter(|field| is_text(&field.kind) && !field.read_only).map(|field| field.key.as_str());
        let unnamed = title.is_some_and(|title| {
            columns.iter().all(|column| column.map.field != title) && map.defaults.iter().all(|(key, _)| key != title)
        });
        let title_from_key = key.is_some() && unnamed;
        let defaults = map.defaults.into_iter().map(|(key, text)| (key, Raw::Text(text))).collect();
        Ok(Self { object, columns, key, defaults, title_from_key, ignored })
    }
}

impl Column {
    /// A cell after `values`, `default` and `blank`.
    pub(super) fn read(&self, cells: &[String]) -> Cell {
        let written = cells.get(self.index).map_or("", |cell| cell.trim());
        let value = self.map.values.get(written).map_or(written, String::as_str).trim();
        let value = if value.is_empty() { self.map.default.as_deref().unwrap_or_default().trim() } else { value };
        match (value.is_empty(), &self.lookup) {
            (true, Some(_)) if !self.map.blank_is_null => Cell::Refused,
            (true, _) => Cell::Null,
            (false, _) => Cell::Text(value.to_owned()),
        }
    }

    /// A cell of the key column as the store compares it.
    pub(super) fn normal(&self, text: &str) -> String {
        normal_key(&self.kind, text)
    }
}

impl Lookup {
    /// A cell as the store compares it.
    pub(super) fn normal(&self, text: &str) -> String {
        normal_key(&self.kind, text)
    }
}

/// A resolved reference, or null.
pub(super) fn reference(id: Option<Uuid>) -> Raw {
    Raw::Value(id.map_or(Value::Null, Value::Ref))
}

/// Without a map, headers that are keys of fields go to those fields.
fn implied(object: &Object, header: &[String]) -> Outcome<ImportMap> {
    let fits = |name: &&String| object.field(name).is_some_and(|field| !field.is_closed() && field.is_stored());
    let columns: Vec<MapColumn> =
        header.iter().filter(fits).map(|name| MapColumn { header: name.clone(), field: name.clone(), ..MapColumn::default() }).collect();
    if columns.is_empty() {
        let fields: Vec<&str> = object.writable_fields().map(|field| field.key.as_str()).collect();
        let detail = format!("no column is called like a field of {}; its fields are {}", object.key, fields.join(", "));
        return Err(Problem::error("csv.header", detail).into());
    }
    Ok(ImportMap { columns, ..ImportMap::default() })
}

fn writable<'o>(ctx: &Ctx, object: &'o Object, key: &str, problems: &mut Vec<Problem>) -> Option<&'o Field> {
    let detail = match object.field(key) {
        Some(Field { kind: FieldKind::Children { target }, .. }) => {
            format!("{key:?} holds the records of {target}, which do not fit one cell: import {target} itself")
        }
        Some(field) if !field.is_closed() && ctx.field_right(&object.key, key) < FieldRight::Edit => {
            problems.push(protect::forbidden(key, ctx.field_right(&object.key, key)));
            return None;
        }
        Some(field) if !field.is_closed() => return Some(field),
        Some(_) => format!("field {key:?} of {} cannot be imported: the server fills it", object.key),
        None => format!("{} has no field {key:?}", object.key),
    };
    problems.push(Problem::error("field.unknown", detail).on(key).with("name", key));
    None
}

fn lookup(ctx: &Ctx, field: &Field, name: &str) -> Result<Lookup, Vec<Problem>> {
    let Some(target) = field.target() else {
        return Err(vec![
            Problem::error("import.map", format!("field {:?} is no reference, so nothing can be looked up for it", field.key))
                .on(&field.key),
        ]);
    };
    let object = read::object(ctx, target).map_err(|refusal| refusal.problems)?;
    let scope = read::right(ctx, target, Function::View).map_err(|refusal| refusal.problems)?;
    let right = ctx.field_right(target, name);
    if !right.is_plain() {
        return Err(vec![protect::forbidden(name, right)]);
    }
    let detail = match object.field(name) {
        Some(found) if is_text(&found.kind) => {
            return Ok(Lookup { object: target.to_owned(), field: name.to_owned(), kind: found.kind.clone(), scope });
        }
        Some(_) => format!("field {name:?} of {target} is no text, so it cannot be looked up"),
        None => format!("{target} has no field {name:?}"),
    };
    Err(vec![Problem::error("field.unknown", detail).on(&field.key).with("name", name)])
}

/// Types with a normal key, by which texts are compared.
fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text { .. } | FieldKind::Email | FieldKind::Phone | FieldKind::Url | FieldKind::Select { .. })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(map: MapColumn, lookup: bool) -> Column {
        let kind = FieldKind::Text { max: 255 };
        let lookup = lookup.then(|| Lookup { object: "customer".into(), field: "name".into(), kind: kind.clone(), scope: RowScope::All });
        Column { index: 1, map, kind, lookup, has_default: false, unique: false }
    }

    #[test]
    fn cells_become_values() {
        let values = [("GTXPro".to_owned(), "GTX Pro".to_owned()), ("-".to_owned(), String::new())].into();
        let mapped = MapColumn { values, ..MapColumn::default() };
        let with_default = MapColumn { default: Some("0".into()), ..MapColumn::default() };
        let blank = MapColumn { blank_is_null: true, ..MapColumn::default() };
        for (map, lookup, cell, wanted) in [
            (mapped.clone(), false, " GTXPro ", Cell::Text("GTX Pro".into())),
            (mapped.clone(), false, "MG", Cell::Text("MG".into())),
            (mapped.clone(), false, "-", Cell::Null),
            (mapped, true, "-", Cell::Refused),
            (MapColumn::default(), true, " ", Cell::Refused),
            (MapColumn::default(), false, " ", Cell::Null),
            (blank, true, "", Cell::Null),
            (with_default, true, "", Cell::Text("0".into())),
        ] {
            assert_eq!(column(map, lookup).read(&["x".into(), cell.into()]), wanted, "{cell:?}");
        }
    }
}
