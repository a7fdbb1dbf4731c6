//! Errors of real databases are sorted by what a caller can do about them.

use std::time::Duration;

use guanxi_store::{Location, StoreError, Stores, ViolationKind};
use sqlx::sqlite::{SqliteConnectOptions, SqliteConnection};
use sqlx::{ConnectOptions, Connection, Executor, PgConnection};

use crate::support::postgres::TestDatabase;

fn store_error<T>(result: Result<T, sqlx::Error>) -> StoreError {
    match result {
        Ok(_) => panic!("the statement should have failed"),
        Err(error) => StoreError::from(error),
    }
}

#[track_caller]
fn check(error: &StoreError, kind: ViolationKind, constraint: Option<&str>, columns: &[&str]) {
    let StoreError::Violation(violation) = error else { panic!("not a violation: {error}") };
    assert_eq!((violation.kind, violation.constraint.as_deref()), (kind, constraint));
    assert_eq!(violation.columns, columns);
}

const TABLES: &str = "CREATE TABLE a (id BIGINT PRIMARY KEY, x TEXT NOT NULL, y TEXT, CONSTRAINT a_short CHECK (length(y) < 5));
    CREATE UNIQUE INDEX a_xy ON a (x, y); CREATE UNIQUE INDEX a_lower ON a (lower(x)) WHERE id > 5;
    CREATE TABLE b (a BIGINT CONSTRAINT b_a REFERENCES a (id));
    INSERT INTO a VALUES (1, 'k', 'l'), (6, 'm', 'm')";

#[tokio::test]
async fn sqlite_errors() {
    let folder = tempfile::tempdir().unwrap();
    let open = |file: &str| {
        let options = SqliteConnectOptions::new().filename(folder.path().join(file)).create_if_missing(true).foreign_keys(true);
        let options = options.busy_timeout(Duration::ZERO);
        async move { options.connect().await.unwrap() }
    };
    let mut one: SqliteConnection = open("test.db").await;
    one.execute(TABLES).await.unwrap();
    let same = store_error(one.execute("INSERT INTO a VALUES (2, 'k', 'l')").await);
    check(&same, ViolationKind::Unique, None, &["x", "y"]);
    assert!(same.unique_violation().is_some());
    check(&store_error(one.execute("INSERT INTO a VALUES (7, 'M', 'n')").await), ViolationKind::Unique, Some("a_lower"), &[]);
    check(&store_error(one.execute("INSERT INTO a VALUES (8, NULL, 'n')").await), ViolationKind::NotNull, None, &["x"]);
    check(&store_error(one.execute("INSERT INTO a VALUES (8, 'n', '12345')").await), ViolationKind::Check, Some("a_short"), &[]);
    check(&store_error(one.execute("INSERT INTO b VALUES (9)").await), ViolationKind::ForeignKey, None, &[]);

    let mut two: SqliteConnection = open("test.db").await;
    one.execute("BEGIN IMMEDIATE").await.unwrap();
    assert!(matches!(store_error(two.execute("BEGIN IMMEDIATE").await), StoreError::Busy));
    assert!(matches!(store_error(one.execute("SELECT nothing FROM a").await), StoreError::Sql(_)));
}

#[tokio::test]
async fn postgres_errors() {
    let Some(database) = TestDatabase::create().await else { return };
    let mut one = PgConnection::connect(&database.url).await.unwrap();
    one.execute(TABLES).await.unwrap();
    check(&store_error(one.execute("INSERT INTO a VALUES (2, 'k', 'l')").await), ViolationKind::Unique, Some("a_xy"), &[]);
    check(&store_error(one.execute("INSERT INTO a VALUES (7, 'M', 'n')").await), ViolationKind::Unique, Some("a_lower"), &[]);
    check(&store_error(one.execute("INSERT INTO a VALUES (8, NULL, 'n')").await), ViolationKind::NotNull, None, &["x"]);
    check(&store_error(one.execute("INSERT INTO a VALUES (8, 'n', '12345')").await), ViolationKind::Check, Some("a_short"), &[]);
    check(&store_error(one.execute("INSERT INTO b VALUES (9)").await), ViolationKind::ForeignKey, Some("b_a"), &[]);

    let mut two = PgConnection::connect(&database.url).await.unwrap();
    one.execute("BEGIN; UPDATE a SET y = 'z' WHERE id = 1").await.unwrap();
    two.execute("SET lock_timeout = '20ms'").await.unwrap();
    assert!(matches!(store_error(two.execute("UPDATE a SET y = 'w' WHERE id = 1").await), StoreError::Busy));
    two.execute("SET statement_timeout = '20ms'").await.unwrap();
    assert!(matches!(store_error(two.execute("SELECT pg_sleep(10)").await), StoreError::TooSlow));
    two.execute("SET statement_timeout = 0; BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT * FROM b").await.unwrap();
    one.execute("COMMIT").await.unwrap();
    assert!(matches!(store_error(two.execute("UPDATE a SET y = 'w' WHERE id = 1").await), StoreError::Conflict));
    drop((one, two));
    database.remove().await;
}

#[tokio::test]
async fn a_database_that_cannot_be_reached_is_an_error_at_once() {
    let url = "postgres://nobody@127.0.0.1:1/none".to_owned();
    assert!(Stores::open(Location::Postgres { url, max_connections: 1 }).await.is_err());
    assert!(Stores::open(Location::Postgres { url: "mysql://x".into(), max_connections: 1 }).await.is_err());
    let file = tempfile::NamedTempFile::new().unwrap();
    let refused = Stores::open(Location::Sqlite { folder: file.path().to_owned(), durable: false }).await;
    assert!(matches!(refused, Err(StoreError::File { .. })));
}
