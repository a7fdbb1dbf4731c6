//! Tenants: made whole or not at all, opened when needed, apart from each other.

use std::sync::Arc;

use guanxi_store::{Location, StoreError, Stores};
use serde_json::json;

use crate::support::on_both_databases;
use crate::{at, make, new_tenant};

#[tokio::test]
async fn a_tenant_is_seen_only_when_it_is_whole() {
    on_both_databases(async |stores: Stores| {
        let creation = stores.create_tenant(&new_tenant("demo"), at(0)).await.unwrap();
        creation.store().put_setting("half", &json!(true)).await.unwrap();
        assert_eq!(stores.find_tenant("demo").await.unwrap(), None);
        assert!(stores.tenant("demo").await.unwrap().is_none());
        assert!(stores.list_tenants().await.unwrap().is_empty());
        drop(creation);

        // The next attempt starts from nothing.
        let creation = loop {
            match stores.create_tenant(&new_tenant("demo"), at(5)).await {
                // The lock of the dropped attempt ends with its connection, which the server notices in its own time.
                Err(StoreError::Busy) => tokio::task::yield_now().await,
                other => break other.unwrap(),
            }
        };
        assert_eq!(creation.store().find_setting("half").await.unwrap(), None);
        let store = creation.finish().await.unwrap();
        store.put_setting("kept", &json!({"a": 1})).await.unwrap();
        let again = stores.tenant("demo").await.unwrap().unwrap();
        assert!(Arc::ptr_eq(&store, &again));
        assert_eq!(again.tenant.created_at, at(5));
        assert_eq!(again.tenant.zone, chrono_tz::Asia::Shanghai);
        assert_eq!(stores.list_tenants().await.unwrap(), vec![again.tenant.clone()]);

        assert!(matches!(stores.create_tenant(&new_tenant("demo"), at(6)).await, Err(StoreError::TenantExists(key)) if key == "demo"));
        assert!(matches!(stores.create_tenant(&new_tenant("a_b"), at(6)).await, Err(StoreError::TenantKey(_))));
        assert_eq!(again.find_setting("kept").await.unwrap(), Some(json!({"a": 1})));
        assert!(stores.tenant("../directory").await.unwrap().is_none());
        assert!(stores.tenant("nobody").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn two_attempts_at_one_tenant_make_one() {
    on_both_databases(async |stores: Stores| {
        let attempt = || async {
            loop {
                match stores.create_tenant(&new_tenant("race"), at(0)).await {
                    Ok(creation) => return creation.finish().await,
                    Err(StoreError::Busy) => tokio::task::yield_now().await,
                    Err(error) => return Err(error),
                }
            }
        };
        let (one, two) = tokio::join!(attempt(), attempt());
        assert_eq!([&one, &two].iter().filter(|made| made.is_ok()).count(), 1);
        assert!(matches!(one.err().or(two.err()), Some(StoreError::TenantExists(_))));
    })
    .await;
}

#[tokio::test]
async fn tenants_never_see_each_other_and_survive_being_closed() {
    on_both_databases(async |stores: Stores| {
        for key in ["one", "two"] {
            make(&stores, key).await.put_setting("name", &json!(key)).await.unwrap();
        }
        for key in ["one", "two"] {
            let store = stores.tenant(key).await.unwrap().unwrap();
            assert_eq!(store.find_setting("name").await.unwrap(), Some(json!(key)));
            assert_eq!(store.list_settings().await.unwrap().len(), 1);
        }
    })
    .await;
    let folder = tempfile::tempdir().unwrap();
    let location = Location::Sqlite { folder: folder.path().to_owned(), durable: true };
    let stores = Stores::open_with_limit(location.clone(), 2).await.unwrap();
    let held = make(&stores, "held").await;
    for key in ["t1", "t2", "t3", "t4"] {
        make(&stores, key).await.put_setting("name", &json!(key)).await.unwrap();
    }
    // What somebody holds stays the same store; what nobody holds was closed and comes back with its data.
    assert!(Arc::ptr_eq(&held, &stores.tenant("held").await.unwrap().unwrap()));
    for key in ["t1", "t2", "t3", "t4"] {
        let store = stores.tenant(key).await.unwrap().unwrap();
        assert_eq!(store.find_setting("name").await.unwrap(), Some(json!(key)));
    }
    drop(stores);
    let stores = Stores::open(location).await.unwrap();
    assert_eq!(stores.list_tenants().await.unwrap().len(), 5);
    // A tenant whose file is gone is an error, not an empty tenant.
    std::fs::remove_file(folder.path().join("tenants/t4.db")).unwrap();
    assert!(stores.tenant("t4").await.is_err());
    assert!(stores.tenant("t3").await.unwrap().is_some());
}

#[tokio::test]
async fn the_first_users_of_a_tenant_share_one_opening() {
    on_both_databases(async |stores: Stores| {
        make(&stores, "demo").await;
        let (one, two) = tokio::join!(stores.tenant("demo"), stores.tenant("demo"));
        assert!(Arc::ptr_eq(&one.unwrap().unwrap(), &two.unwrap().unwrap()));
    })
    .await;
}
