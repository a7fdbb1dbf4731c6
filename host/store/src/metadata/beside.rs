//! What is done to large tables while others save: indexes beside the traffic, and patience with locks.

use std::time::Duration;

use guanxi_core::meta::{Field, Index, Object};
use sea_query::{Expr, ExprTrait};

use super::MetaError;
use crate::db::{Db, Dialect, present};
use crate::ddl::{index_together, unique_columns, unique_field_index};
use crate::{StoreError, TenantStore};

/// Tables with more rows get their indexes without a lock that would stop saves.
const LARGE: i64 = 5_000;
/// How often a change that others are in the way of is begun.
const MAX_ATTEMPTS: u32 = 6;

/// Waits longer and longer between attempts.
#[derive(Debug, Default)]
pub(crate) struct Patience {
    attempts: u32,
}

impl Patience {
    /// Waits; false when it is time to give up.
    pub(crate) async fn again(&mut self) -> bool {
        self.attempts += 1;
        if self.attempts >= MAX_ATTEMPTS {
            return false;
        }
        tokio::time::sleep(Duration::from_millis(50 << self.attempts)).await;
        true
    }
}

impl TenantStore {
    /// Builds the indexes that a field is about to have, beside saves; the change of metadata then finds them there. Only where the table is
    /// so large that building them at once would stop saves, and only on PostgreSQL: SQLite has one writer anyway.
    pub async fn prepare_indexes(&self, object: &Object, field: &Field) -> Result<(), MetaError> {
        if !crate::ddl::is_indexable(&field.kind) || field.is_system() {
            return Ok(());
        }
        self.index_beside(object.id, field).await.map_err(|error| match error {
            MetaError::DuplicateValues { fields, .. } => MetaError::DuplicateValues { object: object.key.clone(), fields },
            other => other,
        })
    }

    /// The same for the indexes over several fields that an object is about to have.
    pub async fn prepare_indexes_together(&self, object: &Object, indexes: &[Index]) -> Result<(), MetaError> {
        let new: Vec<&Index> = indexes.iter().filter(|index| !object.rules.indexes.contains(index)).collect();
        if new.is_empty() || self.db.dialect() == Dialect::Sqlite || self.rows_about(object.id).await? < LARGE {
            return Ok(());
        }
        let place = self.place();
        for index in new {
            let Some((name, _)) = index_together(object, &index.fields) else { continue };
            if self.is_broken(&name).await? {
                self.db.execute_alone(place.drop_index(&name)).await?;
            }
            let beside = place.create_index_together(object, &index.fields).replacen("INDEX", "INDEX CONCURRENTLY", 1);
            if let Err(error) = self.db.execute_alone(beside).await {
                if self.is_broken(&name).await? {
                    self.db.execute_alone(place.drop_index(&name)).await?;
                }
                return Err(error.into());
            }
        }
        Ok(())
    }

    pub(super) async fn index_beside(&self, object_id: i64, field: &Field) -> Result<(), MetaError> {
        if self.db.dialect() == Dialect::Sqlite || !(field.indexed || field.unique) || self.rows_about(object_id).await? < LARGE {
            return Ok(());
        }
        let place = self.place();
        let mut wanted = Vec::new();
        if field.indexed {
            wanted.extend(place.create_field_indexes(object_id, field).lines().map(str::to_owned));
        }
        if field.unique {
            wanted.push(place.create_unique(&unique_field_index(field), object_id, &unique_columns(&[field]), None));
        }
        for name in place.broken_indexes_of(field) {
            if self.is_broken(&name).await? {
                self.db.execute_alone(place.drop_index(&name)).await?;
            }
        }
        for statement in wanted {
            let beside = statement.replacen("INDEX", "INDEX CONCURRENTLY", 1);
            if let Err(error) = self.db.execute_alone(beside).await {
                for name in place.broken_indexes_of(field) {
                    if self.is_broken(&name).await? {
                        self.db.execute_alone(place.drop_index(&name)).await?;
                    }
                }
                let duplicates = || MetaError::DuplicateValues { object: String::new(), fields: vec![field.key.clone()] };
                return Err(if error.unique_violation().is_some() { duplicates() } else { error.into() });
            }
        }
        Ok(())
    }

    /// About how many rows the table has, as the database last counted; a table that was never counted is taken as large.
    async fn rows_about(&self, object_id: i64) -> Result<i64, StoreError> {
        let Db::Postgres { schema, .. } = &self.db else { return Ok(0) };
        let mut query = sea_query::Query::select();
        query.expr(Expr::cust("CAST(c.reltuples AS BIGINT)")).from_as(("pg_catalog", "pg_class"), "c");
        query.join_as(
            sea_query::JoinType::InnerJoin,
            ("pg_catalog", "pg_namespace"),
            "n",
            Expr::col(("n", "oid")).equals(("c", "relnamespace")),
        );
        query.and_where(Expr::col(("n", "nspname")).eq(schema.as_str()));
        query.and_where(Expr::col(("c", "relname")).eq(super::columns::table_of(object_id).as_str()));
        let rows = self.db.fetch(0, &query).await?;
        let about = present(rows.first().map(|row| row.int(0)).transpose()?.flatten(), "the size of a table")?;
        Ok(if about < 0 { i64::MAX } else { about })
    }

    /// An index that a stopped build left behind.
    async fn is_broken(&self, index: &crate::SqlName) -> Result<bool, StoreError> {
        let Db::Postgres { schema, .. } = &self.db else { return Ok(false) };
        let mut query = sea_query::Query::select();
        query.expr(Expr::cust("1::BIGINT")).from_as(("pg_catalog", "pg_index"), "i");
        let on = |left: (&'static str, &'static str), right: (&'static str, &'static str)| Expr::col(left).equals(right);
        query.join_as(sea_query::JoinType::InnerJoin, ("pg_catalog", "pg_class"), "c", on(("c", "oid"), ("i", "indexrelid")));
        query.join_as(sea_query::JoinType::InnerJoin, ("pg_catalog", "pg_namespace"), "n", on(("n", "oid"), ("c", "relnamespace")));
        query.and_where(Expr::col(("n", "nspname")).eq(schema.as_str())).and_where(Expr::col(("c", "relname")).eq(index.as_str()));
        query.and_where(Expr::cust("NOT i.indisvalid"));
        Ok(!self.db.fetch(0, &query).await?.is_empty())
    }
}
