//! Settings of a tenant: one JSON value a key.

use std::collections::BTreeMap;

use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use serde_json::Value as Json;

use crate::StoreError;
use crate::db::{Row, present};
use crate::name::SqlName;
use crate::tenant::{TenantStore, raise_meta_rev};

impl TenantStore {
    /// One setting.
    pub async fn find_setting(&self, key: &str) -> Result<Option<Json>, StoreError> {
        let mut query = Query::select();
        query.columns(["key", "value"]).from(self.db.table(&settings())).and_where(Expr::col("key").eq(key));
        let found = self.db.fetch(0, &query).await?.first().map(read_setting).transpose()?;
        Ok(found.map(|(_, value)| value))
    }

    /// All settings.
    pub async fn list_settings(&self) -> Result<BTreeMap<String, Json>, StoreError> {
        let mut query = Query::select();
        query.columns(["key", "value"]).from(self.db.table(&settings())).order_by("key", Order::Asc);
        self.db.fetch(0, &query).await?.iter().map(read_setting).collect()
    }

    /// The value of a setting, which becomes this one where it has none yet; a secret that every host must know alike.
    pub async fn keep_setting(&self, key: &str, value: &Json) -> Result<Json, StoreError> {
        let mut insert = Query::insert();
        insert
            .into_table(self.db.table(&settings()))
            .columns(["key", "value"])
            .values_panic([key.into(), value.to_string().into()])
            .on_conflict(OnConflict::column("key").do_nothing().to_owned());
        self.db.execute(&insert).await?;
        let kept = self.find_setting(key).await?;
        kept.ok_or_else(|| StoreError::Inconsistent(format!("the setting {key} was not kept")))
    }

    /// Sets one setting; hosts keep settings with the metadata, so its revision rises.
    pub async fn put_setting(&self, key: &str, value: &Json) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        let mut insert = Query::insert();
        insert
            .into_table(tx.table(&settings()))
            .columns(["key", "value"])
            .values_panic([key.into(), value.to_string().into()])
            .on_conflict(OnConflict::column("key").update_column("value").to_owned());
        tx.execute(0, &insert).await?;
        raise_meta_rev(&mut tx).await?;
        tx.commit().await
    }
}

fn settings() -> SqlName {
    SqlName::fixed("gx_setting")
}

fn read_setting(row: &Row) -> Result<(String, Json), StoreError> {
    let key = present(row.text(0)?, "key")?;
    let value = row.json(1, &format!("setting {key}"))?;
    Ok((key, value))
}
