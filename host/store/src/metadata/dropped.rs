//! Dropped fields: kept for thirty days with their values, then gone, and their columns free for others.

use chrono::{DateTime, TimeDelta, Utc};
use guanxi_core::meta::Field;
use sea_query::{Alias, Expr, ExprTrait, Order, Query, SelectStatement};

use super::columns::{free_table, give_up, table_of};
use super::load::field_of_row;
use crate::db::{Row, present};
use crate::ddl::Place;
use crate::name::SqlName;
use crate::tenant::take_ids;
use crate::{StoreError, TenantStore};

/// How long the values of a dropped field can come back.
pub const DROPPED_DAYS: i64 = 30;
/// A conversion that has not ended after this long was left by a host that died.
const ABANDONED_HOURS: i64 = 1;
/// Rows that lose a value in one transaction.
const CHUNK: u64 = 1_000;

/// A field that was dropped and can still come back.
#[derive(Clone, Debug)]
pub struct DroppedField {
    /// As it was.
    pub field: Field,
    /// When it was dropped.
    pub at: DateTime<Utc>,
}

impl TenantStore {
    /// The dropped fields of an object, the last dropped one last.
    pub async fn dropped_fields(&self, object: &str) -> Result<Vec<DroppedField>, StoreError> {
        let mut query = self.fields_query();
        let mut ids = Query::select();
        ids.column("id").from(self.db.table(&SqlName::fixed("gx_object"))).and_where(Expr::col("key").eq(object));
        query.and_where(Expr::col("object_id").in_subquery(ids)).and_where(Expr::col("dropped_at").is_not_null());
        query.order_by("dropped_at", Order::Asc).order_by("id", Order::Asc);
        let read = |row: &Row| {
            let field = field_of_row(row, self.tenant.currency_digits)?;
            Ok(DroppedField { field, at: present(row.instant(6)?, "gx_field.dropped_at")? })
        };
        self.db.fetch(0, &query).await?.iter().map(read).collect()
    }

    /// Takes the values of fields that were dropped thirty days ago, and of conversions that nobody will end; their columns become free.
    /// May be stopped at any point and goes on at the next call. Returns how many columns became free.
    pub async fn purge_dropped(&self, now: DateTime<Utc>) -> Result<usize, StoreError> {
        self.give_up_fields(now).await?;
        self.give_up_conversions(now).await?;
        let mut query = Query::select();
        query.columns(["object_id", "name"]).from(self.db.table(&free_table())).and_where(Expr::col("dirty").eq(true));
        let mut freed = 0;
        for row in self.db.fetch(0, &query).await? {
            let object_id = present(row.int(0)?, "gx_column.object_id")?;
            let name = present(row.text(1)?.and_then(SqlName::new), "gx_column.name")?;
            self.clear_column(object_id, &name).await?;
            freed += 1;
        }
        Ok(freed)
    }

    /// Marks conversions as left behind: this process, the only one of its store, has just begun.
    pub async fn forget_conversions(&self) -> Result<(), StoreError> {
        let mut query = Query::select();
        query.column("id").from(self.db.table(&SqlName::fixed("gx_conversion")));
        if self.db.fetch(0, &query).await?.is_empty() {
            return Ok(());
        }
        let mut update = Query::update();
        let long_ago = self.db.dialect().instant(Some(DateTime::UNIX_EPOCH));
        update.table(self.db.table(&SqlName::fixed("gx_conversion"))).value("started_at", Expr::val(long_ago));
        self.db.execute(&update).await.map(|_| ())
    }

    async fn give_up_fields(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let old = self.db.dialect().instant(Some(now - TimeDelta::days(DROPPED_DAYS)));
        let mut query = self.fields_query();
        query.and_where(Expr::col("dropped_at").lte(Expr::val(old.clone())));
        for row in self.db.fetch(0, &query).await? {
            let object_id = present(row.int(1)?, "gx_field.object_id")?;
            let field = field_of_row(&row, self.tenant.currency_digits)?;
            let mut tx = self.db.begin_change().await?;
            // Waits for a change of metadata that may bring the field back.
            take_ids(&mut tx, 0).await?;
            let mut delete = Query::delete();
            delete.from_table(tx.table(&SqlName::fixed("gx_field"))).and_where(Expr::col("id").eq(field.id));
            delete.and_where(Expr::col("dropped_at").lte(Expr::val(old.clone())));
            if tx.execute(0, &delete).await? == 1 {
                give_up(&mut tx, Place { dialect: self.db.dialect(), schema: self.db.schema() }, object_id, &field).await?;
                tx.commit().await?;
            }
        }
        Ok(())
    }

    async fn give_up_conversions(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        let old = self.db.dialect().instant(Some(now - TimeDelta::hours(ABANDONED_HOURS)));
        let mut query = Query::select();
        query.column("id").from(self.db.table(&SqlName::fixed("gx_conversion"))).and_where(Expr::col("started_at").lte(Expr::val(old)));
        for row in self.db.fetch(0, &query).await? {
            self.abandon_conversion(present(row.int(0)?, "gx_conversion.id")?).await?;
        }
        Ok(())
    }

    /// Empties a column in steps that saves beside it hardly notice.
    async fn clear_column(&self, object_id: i64, name: &SqlName) -> Result<(), StoreError> {
        let column = || Alias::new(name.as_str());
        let table = self.db.table(&table_of(object_id));
        loop {
            let mut some = Query::select();
            some.column("id").from(table.clone()).and_where(Expr::col(column()).is_not_null()).limit(CHUNK);
            let mut update = Query::update();
            update.table(table.clone()).value(column(), Expr::cust("NULL")).and_where(Expr::col("id").in_subquery(some));
            if self.db.execute(&update).await? == 0 {
                break;
            }
        }
        let mut clean = Query::update();
        clean.table(self.db.table(&free_table())).value("dirty", Expr::val(false)).and_where(Expr::col("object_id").eq(object_id));
        clean.and_where(Expr::col("name").eq(name.as_str()));
        self.db.execute(&clean).await.map(|_| ())
    }

    fn fields_query(&self) -> SelectStatement {
        let mut query = Query::select();
        query.columns(["id", "object_id", "key", "spec", "hidden", "origin", "dropped_at"]);
        query.from(self.db.table(&SqlName::fixed("gx_field")));
        query
    }
}
