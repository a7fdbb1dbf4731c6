//! Brings a store to the tables of this build. Both folders are embedded; a released file never changes.
//!
//! Only system tables are made here; the tables of a tenant's objects follow from its metadata.

use sqlx::migrate::Migrator;
use sqlx::postgres::PgConnectOptions;
use sqlx::{Connection, PgConnection, SqlitePool};

use crate::StoreError;
use crate::name::SqlName;

/// Where the migrator writes down what it did; one table per store.
const TABLE: &str = "gx_migration";

static SQLITE_DIRECTORY: Migrator = sqlx::migrate!("../../migrations/sqlite/directory");
static SQLITE_TENANT: Migrator = sqlx::migrate!("../../migrations/sqlite/tenant");
static POSTGRES_DIRECTORY: Migrator = sqlx::migrate!("../../migrations/postgres/directory");
static POSTGRES_TENANT: Migrator = sqlx::migrate!("../../migrations/postgres/tenant");

/// Which of the two kinds of store.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StoreKind {
    Directory,
    Tenant,
}

/// Migrates one SQLite file through its only writer.
pub(crate) async fn migrate_sqlite(kind: StoreKind, writer: &SqlitePool) -> Result<(), StoreError> {
    let embedded = match kind {
        StoreKind::Directory => &SQLITE_DIRECTORY,
        StoreKind::Tenant => &SQLITE_TENANT,
    };
    let mut migrator = Migrator::with_migrations(embedded.iter().cloned().collect());
    migrator.dangerous_set_table_name(TABLE);
    let mut connection = writer.acquire().await?;
    migrator.run_direct(None, &mut *connection, false).await?;
    Ok(())
}

/// Migrates one PostgreSQL schema over a connection of its own, because the files use plain names and therefore need its `search_path`.
/// `create` makes the schema first; without it a missing schema is an error, since an active tenant must not come back empty.
pub(crate) async fn migrate_postgres(
    kind: StoreKind,
    options: &PgConnectOptions,
    schema: &SqlName,
    create: bool,
) -> Result<(), StoreError> {
    let embedded = match kind {
        StoreKind::Directory => &POSTGRES_DIRECTORY,
        StoreKind::Tenant => &POSTGRES_TENANT,
    };
    let mut migrator = Migrator::with_migrations(embedded.iter().cloned().collect());
    migrator.dangerous_set_table_name(format!("{schema}.{TABLE}"));
    if create {
        migrator.create_schema(schema.as_str().to_owned());
    }
    let options = options.clone().options([("search_path", schema.as_str())]);
    let mut connection = PgConnection::connect_with(&options).await?;
    let result = migrator.run_direct(None, &mut connection, false).await;
    // Closing also gives back the migrator's lock where the run stopped half-way.
    connection.close().await?;
    Ok(result?)
}
