//! Directory, tenants and system tables, on both databases.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on stops with the error")]

#[path = "../support/mod.rs"]
mod support;

mod errors;
mod people;
mod plugins;
mod tenants;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use guanxi_store::{NewTenant, Stores, TenantStore};
use uuid::Uuid;

/// A moment with microseconds, which is what both databases keep.
fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_790_000_000 + seconds, 123_456_000).unwrap()
}

fn new_tenant(key: &str) -> NewTenant {
    let name = "示例公司 Demo".to_owned();
    NewTenant { key: key.to_owned(), name, zone: chrono_tz::Asia::Shanghai, currency: "CNY".into(), currency_digits: 2 }
}

async fn make(stores: &Stores, key: &str) -> Arc<TenantStore> {
    stores.create_tenant(&new_tenant(key), at(0)).await.unwrap().finish().await.unwrap()
}

fn user(n: u128) -> Uuid {
    Uuid::from_u128(n)
}
