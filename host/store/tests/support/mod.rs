//! A fresh, empty place for each test, on both databases.
//!
//! PostgreSQL comes from `GUANXI_TEST_POSTGRES_URL`, else from a throw-away cluster that ends with this process. Without either, the
//! PostgreSQL half is skipped loudly, or fails if `GUANXI_REQUIRE_ALL=1`.

use guanxi_store::{Deadlines, Location, Stores};

pub(crate) mod postgres;

/// Runs a test on SQLite and on PostgreSQL, each time with stores of its own.
pub(crate) async fn on_both_databases(test: impl AsyncFn(Stores)) {
    on_both_within(Deadlines::patient(), test).await;
}

/// The same with other deadlines of statements.
pub(crate) async fn on_both_within(deadlines: Deadlines, test: impl AsyncFn(Stores)) {
    let folder = tempfile::tempdir().unwrap();
    eprintln!("-- sqlite");
    let location = Location::Sqlite { folder: folder.path().to_owned(), durable: false };
    test(Stores::open_with_deadlines(location, deadlines).await.unwrap()).await;
    let Some(database) = postgres::TestDatabase::create().await else { return };
    eprintln!("-- postgres");
    let location = Location::Postgres { url: database.url.clone(), max_connections: 5 };
    test(Stores::open_with_deadlines(location, deadlines).await.unwrap()).await;
    database.remove().await;
}
