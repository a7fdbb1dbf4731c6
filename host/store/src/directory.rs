//! The directory: which tenants exist.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};

use crate::StoreError;
use crate::db::{Db, Row, present};
use crate::name::SqlName;
use crate::stores::Stores;

/// A tenant as the directory knows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tenant {
    /// `[a-z][a-z0-9]{1,30}`, never used twice.
    pub key: String,
    /// The company's name.
    pub name: String,
    /// Where its days begin.
    pub zone: Tz,
    /// ISO 4217, for example `CNY`.
    pub currency: String,
    /// Minor digits of the currency: 2 for CNY, 0 for JPY.
    pub currency_digits: u8,
    /// When it was made.
    pub created_at: DateTime<Utc>,
}

/// What a new tenant is made from.
#[derive(Clone, Debug)]
pub struct NewTenant {
    /// `[a-z][a-z0-9]{1,30}`.
    pub key: String,
    /// The company's name.
    pub name: String,
    /// Where its days begin.
    pub zone: Tz,
    /// ISO 4217.
    pub currency: String,
    /// Minor digits of the currency.
    pub currency_digits: u8,
}

/// Whether the text may be a tenant's key.
pub fn is_tenant_key(key: &str) -> bool {
    let plain = key.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    plain && (2..=31).contains(&key.len()) && key.as_bytes()[0].is_ascii_lowercase()
}

impl Stores {
    /// All tenants that are ready, by key.
    pub async fn list_tenants(&self) -> Result<Vec<Tenant>, StoreError> {
        let mut query = select_tenants(&self.directory);
        query.and_where(Expr::col("state").eq("active")).order_by("key", Order::Asc);
        self.directory.fetch(0, &query).await?.iter().map(read_tenant).collect()
    }

    /// A tenant that is ready.
    pub async fn find_tenant(&self, key: &str) -> Result<Option<Tenant>, StoreError> {
        let mut query = select_tenants(&self.directory);
        query.and_where(Expr::col("key").eq(key)).and_where(Expr::col("state").eq("active"));
        self.directory.fetch(0, &query).await?.first().map(read_tenant).transpose()
    }
}

/// Writes the row of a tenant that is being made, over the row of an earlier attempt that never ended.
pub(crate) async fn begin_tenant(directory: &Db, new: &NewTenant, now: DateTime<Utc>) -> Result<Tenant, StoreError> {
    let mut insert = Query::insert();
    insert
        .into_table(directory.table(&table()))
        .columns(["key", "name", "zone", "currency", "currency_digits", "created_at", "state"])
        .values_panic([
            new.key.as_str().into(),
            new.name.as_str().into(),
            new.zone.name().into(),
            new.currency.as_str().into(),
            i64::from(new.currency_digits).into(),
            directory.dialect().instant(Some(now)).into(),
            "creating".into(),
        ])
        .on_conflict(
            OnConflict::column("key")
                .update_columns(["name", "zone", "currency", "currency_digits", "created_at"])
                .action_and_where(Expr::col(("tenant", "state")).eq("creating"))
                .to_owned(),
        );
    if directory.execute(&insert).await? == 0 {
        return Err(StoreError::TenantExists(new.key.clone()));
    }
    let mut query = select_tenants(directory);
    query.and_where(Expr::col("key").eq(new.key.as_str()));
    read_tenant(present(directory.fetch(0, &query).await?.first(), "the new tenant")?)
}

/// Makes the tenant visible.
pub(crate) async fn finish_tenant(directory: &Db, key: &str) -> Result<(), StoreError> {
    let mut update = Query::update();
    update
        .table(directory.table(&table()))
        .value("state", "active")
        .and_where(Expr::col("key").eq(key))
        .and_where(Expr::col("state").eq("creating"));
    match directory.execute(&update).await? {
        1 => Ok(()),
        _ => Err(StoreError::TenantExists(key.to_owned())),
    }
}

fn table() -> SqlName {
    SqlName::fixed("tenant")
}

fn select_tenants(directory: &Db) -> SelectStatement {
    let mut query = Query::select();
    query.columns(["key", "name", "zone", "currency", "currency_digits", "created_at"]).from(directory.table(&table()));
    query
}

fn read_tenant(row: &Row) -> Result<Tenant, StoreError> {
    let zone = present(row.text(2)?, "zone")?;
    let digits = present(row.int(4)?, "currency_digits")?;
    Ok(Tenant {
        key: present(row.text(0)?, "key")?,
        name: present(row.text(1)?, "name")?,
        zone: zone.parse().map_err(|_| StoreError::Inconsistent(format!("unknown time zone {zone}")))?,
        currency: present(row.text(3)?, "currency")?,
        currency_digits: u8::try_from(digits).map_err(|_| StoreError::Inconsistent(format!("{digits} minor digits")))?,
        created_at: present(row.instant(5)?, "created_at")?,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tenant_keys() {
        let longest = "a".repeat(31);
        for (key, wanted) in [("demo", true), ("a4", true), (&*longest, true), ("a", false), ("", false), ("4s", false), ("Demo", false)] {
            assert_eq!(is_tenant_key(key), wanted, "{key:?}");
        }
        for key in ["a_b", "a-b", "a/b", "..", "a b", "ä1", &"a".repeat(32)] {
            assert!(!is_tenant_key(key), "{key:?}");
        }
    }
}
