//! The reads of a list and of a report without everything that the host adds: what benchmarks compare them with. The statements are
//! written out as somebody would by hand for exactly this question.

use guanxi_core::meta::{Field, FieldKind, Schema};
use sqlx::AssertSqlSafe;
use uuid::Uuid;

use super::object_of;
use crate::column::{column_name, field_of, order_name, read, table_name, to_json};
use crate::db::{Db, Row, present};
use crate::{StoreError, TenantStore};

/// What is asked for; only for benchmarks.
#[doc(hidden)]
#[derive(Clone, Debug, Default)]
pub struct BareList<'a> {
    /// The object.
    pub object: &'a str,
    /// A field of text kind and the value it has.
    pub equal: Option<(&'a str, &'a str)>,
    /// Only rows of this owner or of these departments.
    pub scope: Option<(Uuid, Vec<Uuid>)>,
    /// The field to sort by; newest first without one.
    pub sort: Option<&'a str>,
    /// Rows.
    pub limit: u32,
}

impl TenantStore {
    /// The first page with all fields, as JSON text.
    #[doc(hidden)]
    pub async fn bare_list(&self, schema: &Schema, list: &BareList<'_>) -> Result<String, StoreError> {
        let object = object_of(schema, list.object)?;
        let fields: Vec<&Field> = object.stored_fields().filter(|field| !field.hidden).collect();
        let columns: Vec<String> = fields.iter().map(|field| format!("\"{}\"", column_name(field).as_str())).collect();
        let mut sql =
            format!("SELECT id, {} FROM {} WHERE deleted_at IS NULL", columns.join(", "), self.bare_table(table_name(&object).as_str()));
        if let Some((field, value)) = list.equal {
            let column = crate::column::equality_name(field_of(&object, field)?);
            sql.push_str(&format!(" AND \"{}\" = '{}'", column.as_str(), value.replace('\'', "''")));
        }
        if let Some((owner, departments)) = &list.scope {
            let departments: Vec<String> = departments.iter().map(|id| self.literal(*id)).collect();
            sql.push_str(&format!(" AND (owner = {} OR department IN ({}))", self.literal(*owner), departments.join(", ")));
        }
        match list.sort {
            Some(field) => sql.push_str(&format!(" ORDER BY \"{}\", id", order_name(field_of(&object, field)?).0.as_str())),
            None => sql.push_str(" ORDER BY created_at DESC, id DESC"),
        }
        sql.push_str(&format!(" LIMIT {}", list.limit));
        let mut records = Vec::new();
        for row in self.bare_rows(sql).await? {
            let mut record = serde_json::Map::new();
            record.insert("id".into(), present(row.uuid(0)?, "id")?.to_string().into());
            for (at, field) in fields.iter().enumerate() {
                record.insert(field.key.clone(), to_json(&read(&row, at + 1, &field.kind)?));
            }
            records.push(serde_json::Value::Object(record));
        }
        Ok(serde_json::Value::Array(records).to_string())
    }

    /// One record with all fields, as JSON text.
    #[doc(hidden)]
    pub async fn bare_one(&self, schema: &Schema, object: &str, id: Uuid) -> Result<String, StoreError> {
        let object = object_of(schema, object)?;
        let fields: Vec<&Field> = object.stored_fields().filter(|field| !field.hidden).collect();
        let columns: Vec<String> = fields.iter().map(|field| format!("\"{}\"", column_name(field).as_str())).collect();
        let table = self.bare_table(table_name(&object).as_str());
        let sql = format!("SELECT {} FROM {table} WHERE id = {} AND deleted_at IS NULL", columns.join(", "), self.literal(id));
        let mut record = serde_json::Map::new();
        for row in self.bare_rows(sql).await? {
            for (at, field) in fields.iter().enumerate() {
                record.insert(field.key.clone(), to_json(&read(&row, at, &field.kind)?));
            }
        }
        Ok(serde_json::Value::Object(record).to_string())
    }

    /// Count and sum by two fields, as JSON text.
    #[doc(hidden)]
    pub async fn bare_groups(&self, schema: &Schema, object: &str, by: [&str; 2], sum: &str) -> Result<String, StoreError> {
        let object = object_of(schema, object)?;
        let [first, second] = [field_of(&object, by[0])?, field_of(&object, by[1])?];
        let sum = column_name(field_of(&object, sum)?);
        let [a, b] = [column_name(first), column_name(second)];
        let (a, b, sum) = (a.as_str(), b.as_str(), sum.as_str());
        let total = match self.db {
            Db::Sqlite { .. } => format!("SUM(\"{sum}\")"),
            Db::Postgres { .. } => format!("SUM(\"{sum}\")::BIGINT"),
        };
        let table = self.bare_table(table_name(&object).as_str());
        let sql = format!(
            "SELECT \"{a}\", \"{b}\", COUNT(*), {total} FROM {table} WHERE deleted_at IS NULL GROUP BY \"{a}\", \"{b}\" ORDER BY \"{a}\", \"{b}\""
        );
        let mut groups = Vec::new();
        for row in self.bare_rows(sql).await? {
            let key = [to_json(&read(&row, 0, &first.kind)?), to_json(&read(&row, 1, &second.kind)?)];
            let values = [to_json(&read(&row, 2, &FieldKind::Integer)?), to_json(&read(&row, 3, &FieldKind::Integer)?)];
            groups.push(serde_json::json!({ "key": key, "values": values }));
        }
        Ok(serde_json::Value::Array(groups).to_string())
    }

    /// Brings the databases' own statistics up to date, as they would be in an installation that runs for a day.
    #[doc(hidden)]
    pub async fn bare_analyze(&self) -> Result<(), StoreError> {
        match &self.db {
            Db::Sqlite { writer, .. } => sqlx::query("ANALYZE").execute(writer).await.map(|_| ())?,
            // As long as it takes: the connections of the pool stop what takes longer than a list may.
            Db::Postgres { .. } => self.db.execute_alone("VACUUM ANALYZE".to_owned()).await?,
        }
        Ok(())
    }

    fn bare_table(&self, table: &str) -> String {
        self.db.schema().map_or_else(|| format!("\"{table}\""), |schema| format!("\"{}\".\"{table}\"", schema.as_str()))
    }

    fn literal(&self, id: Uuid) -> String {
        match self.db {
            Db::Sqlite { .. } => format!("x'{}'", id.simple()),
            Db::Postgres { .. } => format!("'{id}'::uuid"),
        }
    }

    async fn bare_rows(&self, sql: String) -> Result<Vec<Row>, StoreError> {
        Ok(match &self.db {
            Db::Sqlite { readers, .. } => sqlx::query(AssertSqlSafe(sql)).fetch_all(readers).await?.into_iter().map(Row::Sqlite).collect(),
            Db::Postgres { pool, .. } => sqlx::query(AssertSqlSafe(sql)).fetch_all(pool).await?.into_iter().map(Row::Postgres).collect(),
        })
    }
}
