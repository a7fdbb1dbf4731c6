//! Physical columns of an object: how many there may be, and how those of purged fields are used again.
//!
//! PostgreSQL counts every column that a table ever had, so none is dropped: a field that is gone for good leaves its columns in
//! `gx_column`, where the next field of the same storage finds them.

use guanxi_core::meta::{Field, Object};
use sea_query::{Expr, ExprTrait, Order, Query};

use super::MetaError;
use super::editor::Editor;
use crate::StoreError;
use crate::column::{Storage, column_name, normal_name, object_table, sort_name, storage};
use crate::db::{Tx, present};
use crate::name::SqlName;

/// Columns of an object's table, those of dropped fields and shadows included; PostgreSQL has room for 1,600 in a table's life.
pub(super) const MAX_COLUMNS: usize = 1_400;
/// Columns that every object has.
const OWN_COLUMNS: usize = 12;

pub(super) fn free_table() -> SqlName {
    SqlName::fixed("gx_column")
}

/// The columns of a field with their storage: value, normal key, sort key.
pub(super) fn columns_of(field: &Field) -> Vec<(SqlName, Storage)> {
    if !field.is_stored() {
        return Vec::new();
    }
    let shadows = [normal_name(field), sort_name(field)].into_iter().flatten().map(|name| (name, Storage::Text));
    std::iter::once((column_name(field), storage(&field.kind))).chain(shadows).collect()
}

impl Storage {
    fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Bool => "bool",
            Self::Date => "date",
            Self::Instant => "instant",
            Self::Uuid => "uuid",
        }
    }
}

impl Editor {
    /// Makes a field's columns, from free ones as far as there are some.
    pub(super) async fn add_columns(&mut self, object: usize, field: &Field) -> Result<(), MetaError> {
        let wanted = columns_of(field);
        let owner = &self.stored.objects[object];
        let (object_id, key) = (owner.id, owner.key.clone());
        let mut free = self.free_columns(object_id).await?;
        let used = self.used_columns(object) + free.len();
        let mut ddl = String::new();
        let mut added = 0;
        for (name, storage) in wanted {
            let at = free.iter().position(|(_, kept, dirty)| *kept == storage.name() && !dirty);
            match at.map(|at| free.remove(at)) {
                Some((old, ..)) => {
                    ddl.push_str(&self.place().rename_column(object_id, &old, &name));
                    let mut taken = Query::delete();
                    taken.from_table(self.tx.table(&free_table())).and_where(Expr::col("object_id").eq(object_id));
                    taken.and_where(Expr::col("name").eq(old.as_str()));
                    self.tx.execute(0, &taken).await?;
                }
                None => {
                    added += 1;
                    ddl.push_str(&self.place().add_column(object_id, &name, storage));
                }
            }
        }
        if used + added > MAX_COLUMNS {
            return Err(MetaError::TooManyColumns { object: key });
        }
        Ok(self.run(ddl).await?)
    }

    /// Columns of live and dropped fields and of conversions under way.
    fn used_columns(&self, object: usize) -> usize {
        let owner: &Object = &self.stored.objects[object];
        let live = owner.fields.iter().filter(|f| !f.is_system());
        let dropped = self.stored.dropped.iter().filter(|(id, _)| *id == owner.id).map(|(_, field)| field);
        OWN_COLUMNS + live.chain(dropped).map(|field| columns_of(field).len()).sum::<usize>()
    }

    /// Name, storage, and whether the column still holds values.
    async fn free_columns(&mut self, object_id: i64) -> Result<Vec<(SqlName, String, bool)>, StoreError> {
        let mut query = Query::select();
        query.columns(["name", "storage", "dirty"]).from(self.tx.table(&free_table())).and_where(Expr::col("object_id").eq(object_id));
        query.order_by("name", Order::Asc);
        let mut free = Vec::new();
        for row in self.tx.fetch(0, &query).await? {
            free.push((
                present(row.text(0)?.and_then(SqlName::new), "gx_column.name")?,
                present(row.text(1)?, "gx_column.storage")?,
                present(row.bool(2)?, "gx_column.dirty")?,
            ));
        }
        Ok(free)
    }
}

/// Leaves a field's columns for others, once their values are gone. Its indexes go now.
pub(super) async fn give_up(tx: &mut Tx, place: crate::ddl::Place<'_>, object_id: i64, field: &Field) -> Result<(), StoreError> {
    let columns = columns_of(field);
    if columns.is_empty() {
        return Ok(());
    }
    let mut ddl = place.drop_field_indexes(field);
    ddl.push_str(&place.drop_index(&crate::ddl::unique_field_index(field)));
    ddl.push_str(&place.drop_links(field.id));
    tx.execute_ddl(ddl).await?;
    let mut insert = Query::insert();
    insert.into_table(tx.table(&free_table())).columns(["object_id", "name", "storage", "dirty"]);
    for (name, storage) in columns {
        insert
            .values([Expr::val(object_id), Expr::val(name.as_str()), Expr::val(storage.name()), Expr::val(true)])
            .map_err(|e| crate::error::inconsistent(e.to_string()))?;
    }
    tx.execute(0, &insert).await.map(|_| ())
}

/// The table that an object's id names.
pub(super) fn table_of(object_id: i64) -> SqlName {
    object_table(object_id)
}
