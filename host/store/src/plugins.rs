//! Which plugins a tenant runs. What is inside a manifest or a grant is the caller's; here both are JSON.

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query};
use serde_json::Value as Json;

use crate::StoreError;
use crate::db::{Row, Tx, present};
use crate::name::SqlName;
use crate::tenant::{TenantStore, raise_meta_rev};

/// Whether a plugin runs in a tenant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PluginState {
    /// Its objects, hooks and pages are there.
    Enabled,
    /// Nothing of it is seen; its data is kept.
    Disabled,
}

impl PluginState {
    fn name(self) -> &'static str {
        match self {
            Self::Enabled => "enabled",
            Self::Disabled => "disabled",
        }
    }
}

/// A plugin of a tenant.
#[derive(Clone, Debug, PartialEq)]
pub struct PluginRow {
    /// The plugin's id.
    pub id: String,
    /// The package it runs from.
    pub digest: String,
    /// That package's version.
    pub version: String,
    /// Whether it runs.
    pub state: PluginState,
    /// The manifest, as JSON.
    pub manifest: Json,
    /// What the administrator granted, as JSON.
    pub grants: Json,
    /// When it was last enabled or upgraded.
    pub enabled_at: DateTime<Utc>,
    /// The order of hooks and menus.
    pub position: i64,
}

impl TenantStore {
    /// All plugins of this tenant, also disabled ones, by position.
    pub async fn list_plugins(&self) -> Result<Vec<PluginRow>, StoreError> {
        let mut query = Query::select();
        query.columns(COLUMNS).from(self.db.table(&table())).order_by("position", Order::Asc).order_by("id", Order::Asc);
        self.db.fetch(0, &query).await?.iter().map(read).collect()
    }

    /// Adds a plugin, or replaces the row with the same id.
    pub async fn put_plugin(&self, plugin: &PluginRow) -> Result<(), StoreError> {
        let mut tx = self.db.begin().await?;
        put_plugin(&mut tx, plugin).await?;
        raise_meta_rev(&mut tx).await?;
        tx.commit().await
    }

    /// Switches a plugin on or off. `false`: this tenant has no such plugin.
    pub async fn set_plugin_state(&self, id: &str, state: PluginState) -> Result<bool, StoreError> {
        let mut tx = self.db.begin().await?;
        let found = set_plugin_state(&mut tx, id, state).await?;
        raise_meta_rev(&mut tx).await?;
        tx.commit().await?;
        Ok(found)
    }
}

/// Part of a larger change, which raises the revision itself.
pub(crate) async fn put_plugin(tx: &mut Tx, plugin: &PluginRow) -> Result<(), StoreError> {
    let mut insert = Query::insert();
    insert
        .into_table(tx.table(&table()))
        .columns(COLUMNS)
        .values_panic([
            plugin.id.as_str().into(),
            plugin.digest.as_str().into(),
            plugin.version.as_str().into(),
            plugin.state.name().into(),
            plugin.manifest.to_string().into(),
            plugin.grants.to_string().into(),
            tx.dialect().instant(Some(plugin.enabled_at)).into(),
            plugin.position.into(),
        ])
        .on_conflict(OnConflict::column("id").update_columns(COLUMNS.into_iter().skip(1)).to_owned());
    tx.execute(0, &insert).await.map(|_| ())
}

/// Part of a larger change, which raises the revision itself.
pub(crate) async fn set_plugin_state(tx: &mut Tx, id: &str, state: PluginState) -> Result<bool, StoreError> {
    let mut update = Query::update();
    update.table(tx.table(&table())).value("state", state.name()).and_where(Expr::col("id").eq(id));
    Ok(tx.execute(0, &update).await? > 0)
}

const COLUMNS: [&str; 8] = ["id", "digest", "version", "state", "manifest", "grants", "enabled_at", "position"];

fn table() -> SqlName {
    SqlName::fixed("gx_plugin")
}

fn read(row: &Row) -> Result<PluginRow, StoreError> {
    let id = present(row.text(0)?, "id")?;
    let what = format!("the row of plugin {id}");
    let (manifest, grants) = (row.json(4, &what)?, row.json(5, &what)?);
    Ok(PluginRow {
        id,
        digest: present(row.text(1)?, "digest")?,
        version: present(row.text(2)?, "version")?,
        state: if present(row.text(3)?, "state")? == PluginState::Enabled.name() { PluginState::Enabled } else { PluginState::Disabled },
        manifest,
        grants,
        enabled_at: present(row.instant(6)?, "enabled_at")?,
        position: present(row.int(7)?, "position")?,
    })
}
