//! Packages, plugins, settings, the security log.

use guanxi_store::{Package, PackageInfo, PluginRow, PluginState, Stores};
use serde_json::json;

use crate::support::on_both_databases;
use crate::{at, make, user};

#[tokio::test]
async fn packages_are_found_by_digest_and_plugin() {
    on_both_databases(async |stores: Stores| {
        let package = |digest: &str, plugin: &str, version: &str, seconds| Package {
            info: PackageInfo {
                digest: digest.into(),
                plugin: plugin.into(),
                version: version.into(),
                manifest: "id = 1".into(),
                installed_at: at(seconds),
            },
            bytes: vec![0, 1, 2, 255],
        };
        for (digest, plugin, version, seconds) in [("aa", "sales", "0.1.0", 1), ("bb", "sales", "0.2.0", 2), ("cc", "other", "1.0.0", 3)] {
            stores.put_package(&package(digest, plugin, version, seconds)).await.unwrap();
        }
        assert_eq!(stores.find_package("aa").await.unwrap(), Some(package("aa", "sales", "0.1.0", 1)));
        assert_eq!(stores.find_package("dd").await.unwrap(), None);
        let digests: Vec<_> = stores.list_packages().await.unwrap().into_iter().map(|info| info.digest).collect();
        assert_eq!(digests, ["cc", "bb", "aa"]);
        assert_eq!(stores.latest_package("sales").await.unwrap().unwrap().digest, "bb");
        stores.put_package(&package("aa", "sales", "0.1.0", 9)).await.unwrap();
        assert_eq!(stores.latest_package("sales").await.unwrap().unwrap().digest, "aa");
        assert_eq!(stores.latest_package("none").await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn plugins_settings_and_the_security_log() {
    on_both_databases(async |stores: Stores| {
        let store = make(&stores, "demo").await;
        let start = store.revisions().await.unwrap();
        let plugin = |id: &str, position| PluginRow {
            id: id.into(),
            digest: "aa".into(),
            version: "0.1.0".into(),
            state: PluginState::Enabled,
            manifest: json!({"id": id, "name": "销售"}),
            grants: json!({}),
            enabled_at: at(1),
            position,
        };
        store.put_plugin(&plugin("sales", 2)).await.unwrap();
        store.put_plugin(&plugin("other", 1)).await.unwrap();
        assert_eq!(store.list_plugins().await.unwrap(), [plugin("other", 1), plugin("sales", 2)]);
        assert!(store.set_plugin_state("sales", PluginState::Disabled).await.unwrap());
        assert!(!store.set_plugin_state("nobody", PluginState::Disabled).await.unwrap());
        assert_eq!(store.list_plugins().await.unwrap()[1].state, PluginState::Disabled);
        assert_eq!(store.revisions().await.unwrap().meta, start.meta + 4);

        store.add_security_event(None, "login.failed", &json!({"address": "::1"}), at(1)).await.unwrap();
        store.add_security_event(Some(user(1)), "login", &json!({}), at(2)).await.unwrap();
        let events = store.list_security_events(None, 10).await.unwrap();
        assert_eq!(
            events.iter().map(|e| (e.kind.as_str(), e.actor, e.at)).collect::<Vec<_>>(),
            [("login", Some(user(1)), at(2)), ("login.failed", None, at(1))]
        );
        assert_eq!(store.list_security_events(Some(events[0].id), 10).await.unwrap(), events[1..]);
    })
    .await;
}
