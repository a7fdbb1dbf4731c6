//! A fresh, empty place for each test, on both databases.
//!
//! PostgreSQL comes from `GUANXI_TEST_POSTGRES_URL`, else from a throw-away cluster that ends with this process. Without either, the
//! PostgreSQL half is skipped loudly, or fails if `GUANXI_REQUIRE_ALL=1`.

use guanxi_store::{Location, Stores};

pub(crate) mod postgres;

/// Runs a test on SQLite and on PostgreSQL, each time with stores of its own.
pub(crate) async fn on_both_databases(test: impl AsyncFn(Stores)) {
    let folder = tempfile::tempdir().unwrap();
    eprintln!("-- sqlite");
    test(Stores::open(Location::Sqlite { folder: folder.path().to_owned(), durable: false }).await.unwrap()).await;
    let Some(database) = postgres::TestDatabase::create().await else { return };
    eprintln!("-- postgres");
    test(Stores::open(Location::Postgres { url: database.url.clone(), max_connections: 5 }).await.unwrap()).await;
    database.remove().await;
}
