//! Installed plugin packages, in the directory: one row for each digest, shared by all tenants.

use chrono::{DateTime, Utc};
use sea_query::{Expr, ExprTrait, OnConflict, Order, Query, SelectStatement};

use crate::StoreError;
use crate::db::{Db, Row, present};
use crate::name::SqlName;
use crate::stores::Stores;

/// An installed package, without its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackageInfo {
    /// SHA-256 of the bytes, in hexadecimal.
    pub digest: String,
    /// The plugin's id.
    pub plugin: String,
    /// The plugin's version.
    pub version: String,
    /// The manifest's text, as the package holds it.
    pub manifest: String,
    /// When it was installed.
    pub installed_at: DateTime<Utc>,
}

/// An installed package with its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Everything but the bytes.
    pub info: PackageInfo,
    /// The component, with its manifest inside.
    pub bytes: Vec<u8>,
}

impl Stores {
    /// Installs a package. The same bytes a second time change nothing but make it the latest of its plugin.
    pub async fn put_package(&self, package: &Package) -> Result<(), StoreError> {
        let info = &package.info;
        let mut insert = Query::insert();
        insert
            .into_table(self.directory.table(&table()))
            .columns(["digest", "plugin", "version", "manifest", "installed_at", "bytes"])
            .values_panic([
                info.digest.as_str().into(),
                info.plugin.as_str().into(),
                info.version.as_str().into(),
                info.manifest.as_str().into(),
                self.directory.dialect().instant(Some(info.installed_at)).into(),
                package.bytes.as_slice().into(),
            ])
            .on_conflict(OnConflict::column("digest").update_column("installed_at").to_owned());
        self.directory.execute(&insert).await.map(|_| ())
    }

    /// A package with its bytes.
    pub async fn find_package(&self, digest: &str) -> Result<Option<Package>, StoreError> {
        let mut query = select(&self.directory);
        query.column("bytes").and_where(Expr::col("digest").eq(digest));
        let rows = self.directory.fetch(0, &query).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        Ok(Some(Package { info: read(row)?, bytes: present(row.bytes(5)?, "bytes")? }))
    }

    /// All packages, by plugin, the latest first.
    pub async fn list_packages(&self) -> Result<Vec<PackageInfo>, StoreError> {
        let mut query = select(&self.directory);
        query.order_by("plugin", Order::Asc).order_by("installed_at", Order::Desc).order_by("digest", Order::Asc);
        self.directory.fetch(0, &query).await?.iter().map(read).collect()
    }

    /// The package of a plugin that was installed last.
    pub async fn latest_package(&self, plugin: &str) -> Result<Option<PackageInfo>, StoreError> {
        let mut query = select(&self.directory);
        query.and_where(Expr::col("plugin").eq(plugin)).order_by("installed_at", Order::Desc).order_by("digest", Order::Asc).limit(1);
        self.directory.fetch(0, &query).await?.first().map(read).transpose()
    }
}

fn table() -> SqlName {
    SqlName::fixed("package")
}

fn select(directory: &Db) -> SelectStatement {
    let mut query = Query::select();
    query.columns(["digest", "plugin", "version", "manifest", "installed_at"]).from(directory.table(&table()));
    query
}

fn read(row: &Row) -> Result<PackageInfo, StoreError> {
    Ok(PackageInfo {
        digest: present(row.text(0)?, "digest")?,
        plugin: present(row.text(1)?, "plugin")?,
        version: present(row.text(2)?, "version")?,
        manifest: present(row.text(3)?, "manifest")?,
        installed_at: present(row.instant(4)?, "installed_at")?,
    })
}
