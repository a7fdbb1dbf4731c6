//! The statements that write records: values with their shadow columns, and the system columns that every save sets.

use guanxi_core::Value;
use guanxi_core::meta::{Field, Object};
use sea_query::{Alias, Expr, ExprTrait, InsertStatement, Query, UpdateStatement, Value as Bound};
use uuid::Uuid;

use super::{RowChange, WriteUnit};
use crate::StoreError;
use crate::column::{bind, bind_normal, bind_sort, column_name, field_of, normal_name, object_table, sort_name};
use crate::db::{Dialect, Tx};
use crate::error::inconsistent;
use crate::name::SqlName;

/// System fields that a save may name; all others are the store's own business.
const WRITABLE_SYSTEM: [&str; 3] = ["external_id", "owner", "department"];
/// Columns that every insert sets.
const OWN_COLUMNS: [&str; 6] = ["id", "version", "created_at", "created_by", "updated_at", "updated_by"];
/// Rows of one insert: more is no faster.
const MAX_ROWS: usize = 500;

/// How many rows fit one insert: the databases allow 32,766 and 65,535 variables.
pub(super) fn rows_at_once(dialect: Dialect, object: &Object, changes: &[&RowChange]) -> usize {
    let variables = match dialect {
        Dialect::Sqlite => 32_766,
        Dialect::Postgres => 65_535,
    };
    let columns = OWN_COLUMNS.len() + 3 * written_fields(object, changes).count();
    (variables / columns).clamp(1, MAX_ROWS)
}

/// The fields that at least one change sets, in the object's order.
fn written_fields<'o>(object: &'o Object, changes: &[&RowChange]) -> impl Iterator<Item = &'o Field> {
    object.stored_fields().filter(move |f| changes.iter().any(|c| c.values.iter().any(|(key, _)| *key == f.key)))
}

fn check_keys(object: &Object, change: &RowChange) -> Result<(), StoreError> {
    for (key, _) in &change.values {
        let field = field_of(object, key)?;
        if field.is_system() && !WRITABLE_SYSTEM.contains(&key.as_str()) {
            return Err(inconsistent(format!("`{key}` is not written by a save")));
        }
    }
    Ok(())
}

fn alias(name: &SqlName) -> Alias {
    Alias::new(name.as_str())
}

/// The columns of a field, in the order of [`field_values`].
fn field_columns(field: &Field) -> impl Iterator<Item = Alias> {
    let column = column_name(field);
    [Some(column), normal_name(field), sort_name(field)].into_iter().flatten().map(|name| alias(&name))
}

fn field_values(dialect: Dialect, field: &Field, value: &Value) -> Result<impl Iterator<Item = Bound>, StoreError> {
    let stored = bind(dialect, &field.kind, value)?;
    let normal = field.kind.has_normal_key().then(|| bind_normal(&field.kind, value));
    let sort = field.kind.has_sort_key().then(|| bind_sort(value));
    Ok([Some(stored), normal, sort].into_iter().flatten())
}

/// New records of one object, in one statement.
pub(super) fn insert_rows(tx: &Tx, unit: &WriteUnit, object: &Object, changes: &[&RowChange]) -> Result<InsertStatement, StoreError> {
    let dialect = tx.dialect();
    let fields: Vec<&Field> = written_fields(object, changes).collect();
    let mut insert = Query::insert();
    insert.into_table(tx.table(&object_table(object.id)));
    insert.columns(OWN_COLUMNS.into_iter().map(Alias::new).chain(fields.iter().flat_map(|f| field_columns(f))));
    let now = dialect.instant(Some(unit.now));
    for change in changes {
        check_keys(object, change)?;
        let actor = Bound::Uuid(unit.actor);
        let mut row: Vec<Expr> = vec![
            Expr::val(change.id),
            Expr::val(1i64),
            Expr::val(now.clone()),
            Expr::val(actor.clone()),
            Expr::val(now.clone()),
            Expr::val(actor),
        ];
        for field in &fields {
            let value = change.values.iter().find(|(key, _)| *key == field.key).map_or(&Value::Null, |(_, value)| value);
            row.extend(field_values(dialect, field, value)?.map(Expr::val));
        }
        insert.values(row).map_err(|e| inconsistent(e.to_string()))?;
    }
    Ok(insert)
}

/// A change of a record that still has this version; it touches one row or none.
pub(super) fn update_row(
    tx: &Tx,
    unit: &WriteUnit,
    object: &Object,
    change: &RowChange,
    version: i64,
) -> Result<UpdateStatement, StoreError> {
    check_keys(object, change)?;
    let mut update = touch(tx, unit, object, change, version);
    set_fields(tx, &mut update, object, change)?;
    Ok(update)
}

/// Values that the store itself keeps: the record's version and who changed it last stay as they are.
pub(super) fn set_values(tx: &Tx, object: &Object, id: Uuid, values: &[(String, Value)]) -> Result<UpdateStatement, StoreError> {
    let mut update = Query::update();
    update.table(tx.table(&object_table(object.id))).and_where(Expr::col(Alias::new("id")).eq(id));
    for (key, value) in values {
        let field = field_of(object, key)?;
        for (column, bound) in field_columns(field).zip(field_values(tx.dialect(), field, value)?) {
            update.value(column, Expr::val(bound));
        }
    }
    Ok(update)
}

/// A soft delete of a record that still has this version.
pub(super) fn delete_row(tx: &Tx, unit: &WriteUnit, object: &Object, change: &RowChange, version: i64) -> UpdateStatement {
    let mut update = touch(tx, unit, object, change, version);
    update.value(Alias::new("deleted_at"), Expr::val(tx.dialect().instant(Some(unit.now))));
    update
}

/// The way back for a deleted record that still has this version, with what hooks and formulas make of it today.
pub(super) fn restore_row(
    tx: &Tx,
    unit: &WriteUnit,
    object: &Object,
    change: &RowChange,
    version: i64,
) -> Result<UpdateStatement, StoreError> {
    check_keys(object, change)?;
    let mut update = versioned(tx, unit, object, change, version);
    update.value(Alias::new("deleted_at"), Expr::val(tx.dialect().instant(None)));
    update.and_where(Expr::col(Alias::new("deleted_at")).is_not_null());
    set_fields(tx, &mut update, object, change)?;
    Ok(update)
}

fn set_fields(tx: &Tx, update: &mut UpdateStatement, object: &Object, change: &RowChange) -> Result<(), StoreError> {
    for field in written_fields(object, &[change]) {
        let value = change.values.iter().find(|(key, _)| *key == field.key).map_or(&Value::Null, |(_, value)| value);
        for (column, bound) in field_columns(field).zip(field_values(tx.dialect(), field, value)?) {
            update.value(column, Expr::val(bound));
        }
    }
    Ok(())
}

/// A change of a live record.
fn touch(tx: &Tx, unit: &WriteUnit, object: &Object, change: &RowChange, version: i64) -> UpdateStatement {
    let mut update = versioned(tx, unit, object, change, version);
    update.and_where(Expr::col(Alias::new("deleted_at")).is_null());
    update
}

fn versioned(tx: &Tx, unit: &WriteUnit, object: &Object, change: &RowChange, version: i64) -> UpdateStatement {
    let mut update = Query::update();
    update
        .table(tx.table(&object_table(object.id)))
        .value(Alias::new("version"), Expr::val(version + 1))
        .value(Alias::new("updated_at"), Expr::val(tx.dialect().instant(Some(unit.now))))
        .value(Alias::new("updated_by"), Expr::val(Bound::Uuid(unit.actor)))
        .and_where(Expr::col(Alias::new("id")).eq(change.id))
        .and_where(Expr::col(Alias::new("version")).eq(version));
    update
}
