//! Readable views for reporting tools: `v_<object>` with the fields' keys as column names, scaled numbers, and labels beside codes.
//!
//! They show live records and know nothing of rights: whoever may connect to the database may read them all.

use guanxi_core::decimal::pow10;
use guanxi_core::meta::{Field, FieldKind, Object};

use crate::column::{Storage, column_name, stages_parent, storage, table_name};
use crate::db::Dialect;
use crate::ddl::{Place, text_literal};
use crate::name::SqlName;

/// The statements that make an object's view anew; nothing for an object whose key is no plain identifier. Views that somebody built on
/// top of it on PostgreSQL go with the old one.
pub(super) fn create_view(place: &Place<'_>, object: &Object) -> String {
    let Some(name) = SqlName::new(format!("v_{}", object.key)) else { return String::new() };
    let name = place.qualified(&name);
    let mut columns: Vec<String> = Vec::new();
    // What a stages object works out has no column.
    for field in object.stored_fields().filter(|f| !f.hidden && f.id > -7) {
        let Some(key) = SqlName::new(field.key.as_str()) else { continue };
        let column = format!("\"{}\"", column_name(field));
        columns.push(format!("{} AS \"{key}\"", readable(place.dialect, &column, &field.kind)));
        let label = SqlName::new(format!("{key}_label")).filter(|label| object.fields.iter().all(|f| f.key != label.as_str()));
        if let (Some(label), Some(text)) = (label, label_of(&column, field)) {
            columns.push(format!("{text} AS \"{label}\""));
        }
    }
    let (drop, live) = match place.dialect {
        Dialect::Sqlite => ("", "deleted_at IS NULL"),
        Dialect::Postgres => (" CASCADE", "deleted_at IS NULL"),
    };
    let live = if stages_parent(object).is_some() { "1 = 1" } else { live };
    let table = place.qualified(&table_name(object));
    format!(
        "DROP VIEW IF EXISTS {name}{drop};\nCREATE VIEW {name} AS SELECT\n    {}\nFROM {table} WHERE {live};\n",
        columns.join(",\n    ")
    )
}

/// A column as people and their tools read it. SQLite has no exact decimals, so there scaled numbers become floats.
fn readable(dialect: Dialect, column: &str, kind: &FieldKind) -> String {
    let divisor = kind.scale().filter(|scale| *scale > 0).map(|scale| (scale, pow10(scale)));
    match (dialect, storage(kind), divisor) {
        (Dialect::Sqlite, _, Some((_, divisor))) => format!("{column} / {divisor}.0"),
        (Dialect::Postgres, _, Some((scale, divisor))) => format!("({column}::NUMERIC / {divisor})::NUMERIC(20, {scale})"),
        (Dialect::Sqlite, Storage::Instant, _) => {
            format!("STRFTIME('%Y-%m-%dT%H:%M:%SZ', {column} / 1000000, 'unixepoch')")
        }
        (Dialect::Sqlite, Storage::Uuid, _) => {
            let part = |from: u8, length: u8| format!("SUBSTR(LOWER(HEX({column})), {from}, {length})");
            let parts = [part(1, 8), part(9, 4), part(13, 4), part(17, 4), part(21, 12)];
            format!("CASE WHEN {column} IS NOT NULL THEN {} END", parts.join(" || '-' || "))
        }
        _ => column.to_owned(),
    }
}

/// The label of a select's code in the product's first language.
fn label_of(column: &str, field: &Field) -> Option<String> {
    let FieldKind::Select { options } = &field.kind else { return None };
    let cases: Option<Vec<String>> =
        options.iter().map(|o| Some(format!("WHEN {} THEN {}", text_literal(&o.code)?, text_literal(&o.label.zh)?))).collect();
    cases.filter(|c| !c.is_empty()).map(|cases| format!("CASE {column} {} END", cases.join(" ")))
}
