//! The text of `CREATE` and `ALTER` statements for objects and fields. Every name is a [`SqlName`], every literal is escaped here.

use guanxi_core::meta::{Field, FieldKind, Object};

use crate::column::{
    Storage, column_name, equality_name, links_table, normal_name, object_table, order_name, sort_name, stages_table, storage,
};
use crate::db::Dialect;
use crate::name::SqlName;

/// Where the tables are: the dialect and, on PostgreSQL, the schema.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) dialect: Dialect,
    pub(crate) schema: Option<&'a SqlName>,
}

impl Place<'_> {
    pub(crate) fn qualified(&self, table: &SqlName) -> String {
        match self.schema {
            Some(schema) => format!("\"{schema}\".\"{table}\""),
            None => format!("\"{table}\""),
        }
    }

    fn column_type(&self, storage: Storage) -> &'static str {
        match (self.dialect, storage) {
            (Dialect::Sqlite, Storage::Text | Storage::Date) => "TEXT",
            (Dialect::Sqlite, Storage::Integer | Storage::Bool | Storage::Instant) => "INTEGER",
            (Dialect::Sqlite, Storage::Uuid) => "BLOB",
            (Dialect::Postgres, Storage::Text) => "TEXT COLLATE \"C\"",
            (Dialect::Postgres, Storage::Integer) => "BIGINT",
            (Dialect::Postgres, Storage::Bool) => "BOOLEAN",
            (Dialect::Postgres, Storage::Date) => "DATE",
            (Dialect::Postgres, Storage::Instant) => "TIMESTAMPTZ",
            (Dialect::Postgres, Storage::Uuid) => "UUID",
        }
    }

    fn end_of_table(&self) -> &'static str {
        match self.dialect {
            Dialect::Sqlite => ") STRICT;\n",
            Dialect::Postgres => ");\n",
        }
    }

    /// A field's columns with their types: value, normal key, sort key.
    fn field_columns(&self, field: &Field) -> Vec<String> {
        if !field.is_stored() {
            return Vec::new();
        }
        let text = self.column_type(Storage::Text);
        let mut columns = vec![format!("\"{}\" {}", column_name(field), self.column_type(storage(&field.kind)))];
        columns.extend(normal_name(field).map(|name| format!("\"{name}\" {text}")));
        columns.extend(sort_name(field).map(|name| format!("\"{name}\" {text}")));
        columns
    }

    /// The table of an object with its system columns, own fields and the indexes that every object has.
    pub(crate) fn create_object(&self, object: &Object) -> String {
        let (uuid, text) = (self.column_type(Storage::Uuid), self.column_type(Storage::Text));
        let (integer, instant) = (self.column_type(Storage::Integer), self.column_type(Storage::Instant));
        let mut columns = vec![
            format!("id {uuid} NOT NULL PRIMARY KEY"),
            format!("external_id {text}"),
            format!("external_id__n {text}"),
            format!("external_id__s {text}"),
            format!("owner {uuid}"),
            format!("department {uuid}"),
            format!("version {integer} NOT NULL"),
            format!("created_at {instant} NOT NULL"),
            format!("created_by {uuid}"),
            format!("updated_at {instant} NOT NULL"),
            format!("updated_by {uuid}"),
            format!("deleted_at {instant}"),
        ];
        for field in object.fields.iter().filter(|f| !f.is_system()) {
            columns.extend(self.field_columns(field));
        }
        let name = object_table(object.id);
        let table = self.qualified(&name);
        let mut sql = format!("CREATE TABLE {table} (\n    {}\n{}", columns.join(",\n    "), self.end_of_table());
        sql.push_str(&format!(
            "CREATE UNIQUE INDEX {name}_external_id ON {table} (external_id__n) WHERE deleted_at IS NULL;\n\
             CREATE INDEX {name}_owner ON {table} (owner, created_at, id) WHERE deleted_at IS NULL;\n\
             CREATE INDEX {name}_department ON {table} (department, created_at, id) WHERE deleted_at IS NULL;\n\
             CREATE INDEX {name}_created_at ON {table} (created_at, id) WHERE deleted_at IS NULL;\n\
             CREATE INDEX {name}_updated_at ON {table} (updated_at, id) WHERE deleted_at IS NULL;\n"
        ));
        sql
    }

    /// The table of a tracked field's changes.
    pub(crate) fn create_stages(&self, object_id: i64) -> String {
        let (uuid, text) = (self.column_type(Storage::Uuid), self.column_type(Storage::Text));
        let (integer, instant) = (self.column_type(Storage::Integer), self.column_type(Storage::Instant));
        let name = stages_table(object_id);
        let table = self.qualified(&name);
        format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n    id {uuid} NOT NULL PRIMARY KEY,\n    record {uuid} NOT NULL,\n    from_code {text},\n    \
             to_code {text},\n    at {instant} NOT NULL,\n    by_user {uuid},\n    amount {integer}\n{}\
             CREATE INDEX IF NOT EXISTS {name}_record ON {table} (record, at);\n\
             CREATE INDEX IF NOT EXISTS {name}_at ON {table} (at, id);\n",
            self.end_of_table()
        )
    }

    /// The link table of a many-reference; nothing for other fields.
    pub(crate) fn create_links(&self, field: &Field) -> String {
        if !matches!(field.kind, FieldKind::ManyReference { .. }) {
            return String::new();
        }
        let (uuid, integer) = (self.column_type(Storage::Uuid), self.column_type(Storage::Integer));
        let name = links_table(field.id);
        let table = self.qualified(&name);
        format!(
            "CREATE TABLE IF NOT EXISTS {table} (\n    record {uuid} NOT NULL,\n    target {uuid} NOT NULL,\n    position {integer} NOT NULL,\n    \
             PRIMARY KEY (record, target)\n{}CREATE INDEX IF NOT EXISTS {name}_target ON {table} (target, record);\n",
            self.end_of_table()
        )
    }

    /// Takes the link table away; for when a many-reference's column is given up for good.
    pub(crate) fn drop_links(&self, field_id: i64) -> String {
        format!("DROP TABLE IF EXISTS {};\n", self.qualified(&links_table(field_id)))
    }

    pub(crate) fn add_column(&self, object_id: i64, column: &SqlName, storage: Storage) -> String {
        format!("ALTER TABLE {} ADD COLUMN \"{column}\" {};\n", self.qualified(&object_table(object_id)), self.column_type(storage))
    }

    pub(crate) fn rename_column(&self, object_id: i64, old: &SqlName, new: &SqlName) -> String {
        format!("ALTER TABLE {} RENAME COLUMN \"{old}\" TO \"{new}\";\n", self.qualified(&object_table(object_id)))
    }

    /// Writes down in `gx_changed` whose column is set from now on, for the conversion `id`.
    pub(crate) fn watch_column(&self, object_id: i64, column: &SqlName, id: i64) -> String {
        let table = self.qualified(&object_table(object_id));
        let changed = self.qualified(&SqlName::fixed("gx_changed"));
        let note = format!("INSERT INTO {changed} (conversion, record) VALUES ({id}, NEW.id);");
        match self.dialect {
            Dialect::Sqlite => format!(
                "CREATE TRIGGER c{id}_i AFTER INSERT ON {table} BEGIN {note} END;\n\
                 CREATE TRIGGER c{id}_u AFTER UPDATE OF \"{column}\" ON {table} BEGIN {note} END;\n"
            ),
            Dialect::Postgres => {
                let function = self.qualified(&SqlName::new(format!("c{id}")).expect("a letter and digits"));
                format!(
                    "CREATE FUNCTION {function}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN {note} RETURN NULL; END $$;\n\
                     CREATE TRIGGER c{id} AFTER INSERT OR UPDATE OF \"{column}\" ON {table} FOR EACH ROW EXECUTE FUNCTION {function}();\n"
                )
            }
        }
    }

    /// Ends [`Place::watch_column`].
    pub(crate) fn unwatch_column(&self, object_id: i64, id: i64) -> String {
        let table = self.qualified(&object_table(object_id));
        match self.dialect {
            Dialect::Sqlite => format!("DROP TRIGGER IF EXISTS c{id}_i;\nDROP TRIGGER IF EXISTS c{id}_u;\n"),
            Dialect::Postgres => {
                let function = self.qualified(&SqlName::new(format!("c{id}")).expect("a letter and digits"));
                format!("DROP TRIGGER IF EXISTS c{id} ON {table};\nDROP FUNCTION IF EXISTS {function}();\n")
            }
        }
    }

    /// Lets nobody else write to an object until the transaction ends; SQLite has one writer anyway.
    pub(crate) fn lock_for_change(&self, object_id: i64) -> String {
        match self.dialect {
            Dialect::Sqlite => "SELECT 1;\n".into(),
            // The strongest lock at once: dropping the trigger needs it, and growing into it would meet readers half-way.
            Dialect::Postgres => format!("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE;\n", self.qualified(&object_table(object_id))),
        }
    }

    /// The indexes of a field that a stopped build may have left unusable.
    pub(crate) fn broken_indexes_of(&self, field: &Field) -> Vec<SqlName> {
        let column = column_name(field);
        [format!("{column}_i"), format!("{column}_n"), format!("{column}_u")].into_iter().filter_map(SqlName::new).collect()
    }

    /// The indexes for filters and sorting.
    pub(crate) fn create_field_indexes(&self, object_id: i64, field: &Field) -> String {
        let table = self.qualified(&object_table(object_id));
        let column = column_name(field);
        let (order, _) = order_name(field);
        let mut sql = format!("CREATE INDEX IF NOT EXISTS {column}_i ON {table} (\"{order}\", id) WHERE deleted_at IS NULL;\n");
        if let Some(normal) = normal_name(field).filter(|name| *name != order) {
            sql.push_str(&format!("CREATE INDEX IF NOT EXISTS {column}_n ON {table} (\"{normal}\") WHERE deleted_at IS NULL;\n"));
        }
        sql
    }

    pub(crate) fn drop_field_indexes(&self, field: &Field) -> String {
        let column = column_name(field);
        [format!("{column}_i"), format!("{column}_n")].into_iter().filter_map(SqlName::new).map(|name| self.drop_index(&name)).collect()
    }

    /// An index over several fields: equality in the first ones, the order of the last. Empty where a field is not there (any more).
    pub(crate) fn create_index_together(&self, object: &Object, fields: &[String]) -> String {
        let Some((name, fields)) = index_together(object, fields) else { return String::new() };
        let table = self.qualified(&object_table(object.id));
        let last = fields.len().saturating_sub(1);
        let column = |(at, field): (usize, &&Field)| if at == last { order_name(field).0 } else { equality_name(field) };
        let columns: Vec<String> = fields.iter().enumerate().map(|each| format!("\"{}\"", column(each))).collect();
        format!("CREATE INDEX IF NOT EXISTS {name} ON {table} ({}, id) WHERE deleted_at IS NULL;\n", columns.join(", "))
    }

    /// No duplicates among live records. It serves equality filters as well.
    pub(crate) fn create_unique(&self, index: &SqlName, object_id: i64, columns: &[SqlName], condition: Option<&str>) -> String {
        let table = self.qualified(&object_table(object_id));
        let columns: Vec<String> = columns.iter().map(|c| format!("\"{c}\"")).collect();
        let condition = condition.map(|c| format!(" AND ({c})")).unwrap_or_default();
        format!("CREATE UNIQUE INDEX IF NOT EXISTS {index} ON {table} ({}) WHERE deleted_at IS NULL{condition};\n", columns.join(", "))
    }

    pub(crate) fn drop_index(&self, index: &SqlName) -> String {
        format!("DROP INDEX IF EXISTS {};\n", self.qualified(index))
    }
}

/// The name of an index over several fields, with the fields; it names their columns, so that it is never taken for another one.
pub(crate) fn index_together<'o>(object: &'o Object, keys: &[String]) -> Option<(SqlName, Vec<&'o Field>)> {
    let fields: Option<Vec<&Field>> =
        keys.iter().map(|key| object.fields.iter().find(|f| f.key == *key && is_indexable(&f.kind))).collect();
    let fields = fields?;
    let columns: Vec<String> = fields.iter().map(|field| column_name(field).to_string()).collect();
    SqlName::new(format!("m{}_{}", object.id, columns.join("_"))).map(|name| (name, fields))
}

/// The index of a unique field.
pub(crate) fn unique_field_index(field: &Field) -> SqlName {
    SqlName::new(format!("{}_u", column_name(field))).expect("a column's name is short")
}

/// The index of a declared constraint.
pub(crate) fn unique_constraint_index(id: i64) -> SqlName {
    SqlName::new(format!("u{id}")).expect("a letter and digits")
}

/// The columns of a unique index over these fields.
pub(crate) fn unique_columns(fields: &[&Field]) -> Vec<SqlName> {
    fields.iter().map(|f| equality_name(f)).collect()
}

/// Longest one-line text that may be indexed, in characters: a PostgreSQL index row holds 2,700 bytes.
const MAX_INDEXED_TEXT: u32 = 600;

/// Types that can be unique, indexed and sorted by. Longer texts would outgrow an index row.
pub(crate) fn is_indexable(kind: &FieldKind) -> bool {
    match kind {
        FieldKind::Text { max } => *max <= MAX_INDEXED_TEXT,
        FieldKind::LongText | FieldKind::Json | FieldKind::Children { .. } => false,
        kind => !kind.is_list() || matches!(kind, FieldKind::TreeSelect { .. }),
    }
}

/// A text as an SQL literal: quotes doubled, which is all that standard strings need. `None` for a NUL, which PostgreSQL cannot hold.
pub(crate) fn text_literal(text: &str) -> Option<String> {
    (!text.contains('\0')).then(|| format!("'{}'", text.replace('\'', "''")))
}
