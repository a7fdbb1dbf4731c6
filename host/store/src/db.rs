//! One way to run a statement on two databases: pools, transactions and rows.
//!
//! Statements are sea-query trees; their text is built here for the dialect at hand. Nothing else in Guanxi sees a connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use chrono::{DateTime, NaiveDate, Utc};
use sea_query::{Alias, IntoTableRef, PostgresQueryBuilder, SqliteQueryBuilder, TableRef};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use sqlx::postgres::PgRow;
use sqlx::sqlite::SqliteRow;
use sqlx::{AssertSqlSafe, Executor, PgPool, Postgres, Row as _, Sqlite, SqliteConnection, SqlitePool, Transaction};
use uuid::Uuid;

use crate::StoreError;
use crate::deadline::{Deadlines, Work, milliseconds};
use crate::name::SqlName;

/// Steps of SQLite's virtual machine between two looks at the time: some microseconds.
const STEPS: i32 = 1_000;

/// Which database a statement is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dialect {
    /// SQLite 3.51, bundled.
    Sqlite,
    /// PostgreSQL 15 or newer.
    Postgres,
}

impl Dialect {
    /// An instant as this database keeps it: TIMESTAMPTZ, or INTEGER microseconds since 1970 UTC.
    pub(crate) fn instant(self, at: Option<DateTime<Utc>>) -> sea_query::Value {
        match self {
            Self::Sqlite => at.map(|at| at.timestamp_micros()).into(),
            Self::Postgres => at.into(),
        }
    }
}

/// The pools of one store (the directory or one tenant).
#[derive(Clone, Debug)]
pub(crate) enum Db {
    /// One writer connection and a few readers on one file in WAL mode.
    Sqlite { writer: SqlitePool, readers: SqlitePool, deadlines: Deadlines },
    /// One schema; names are always qualified.
    Postgres { pool: PgPool, schema: SqlName, deadlines: Deadlines },
}

/// A transaction that may write. Dropped without commit, it rolls back.
pub(crate) enum Tx {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>, SqlName),
}

/// One row of an answer; columns are read by position with the type that the reader expects.
pub(crate) enum Row {
    Sqlite(SqliteRow),
    Postgres(PgRow),
}

fn build(dialect: Dialect, statement: &impl SqlxBinder) -> (String, SqlxValues) {
    match dialect {
        Dialect::Sqlite => statement.build_sqlx(SqliteQueryBuilder),
        Dialect::Postgres => statement.build_sqlx(PostgresQueryBuilder),
    }
}

fn table_ref(schema: Option<&SqlName>, name: &SqlName) -> TableRef {
    let table = Alias::new(name.as_str());
    match schema {
        Some(schema) => (Alias::new(schema.as_str()), table).into_table_ref(),
        None => table.into_table_ref(),
    }
}

impl Db {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite { .. } => Dialect::Sqlite,
            Self::Postgres { .. } => Dialect::Postgres,
        }
    }

    fn deadlines(&self) -> &Deadlines {
        match self {
            Self::Sqlite { deadlines, .. } | Self::Postgres { deadlines, .. } => deadlines,
        }
    }

    /// The PostgreSQL schema of this store.
    pub(crate) fn schema(&self) -> Option<&SqlName> {
        match self {
            Self::Sqlite { .. } => None,
            Self::Postgres { schema, .. } => Some(schema),
        }
    }

    /// A table of this store, qualified where the database needs it.
    pub(crate) fn table(&self, name: &SqlName) -> TableRef {
        table_ref(self.schema(), name)
    }

    /// Reads outside a transaction. `tag` becomes a comment of the text (the metadata revision), so that cached plans never outlive a change.
    pub(crate) async fn fetch(&self, tag: i64, statement: &impl SqlxBinder) -> Result<Vec<Row>, StoreError> {
        self.fetch_within(None, tag, statement).await
    }

    /// The same for work of a sort, unless the present task is doing something else: see [`crate::within`].
    pub(crate) async fn fetch_for(&self, work: Work, tag: i64, statement: &impl SqlxBinder) -> Result<Vec<Row>, StoreError> {
        self.fetch_within(Some(work), tag, statement).await
    }

    /// How many rows PostgreSQL's planner expects of a statement; `None` on SQLite, whose planner does not say.
    pub(crate) async fn expected_rows(&self, tag: i64, statement: &impl SqlxBinder) -> Result<Option<u64>, StoreError> {
        let Self::Postgres { pool, .. } = self else { return Ok(None) };
        let (sql, values) = build(Dialect::Postgres, statement);
        let explain = format!("EXPLAIN {}", tagged(tag, sql));
        let rows = sqlx::query_with(AssertSqlSafe(explain), values).fetch_all(pool).await?;
        let plan: String = rows.first().map(|row| row.try_get(0)).transpose()?.unwrap_or_default();
        Ok(plan.split_once("rows=").and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok()))
    }

    async fn fetch_within(&self, work: Option<Work>, tag: i64, statement: &impl SqlxBinder) -> Result<Vec<Row>, StoreError> {
        let (sql, values) = build(self.dialect(), statement);
        let sql = tagged(tag, sql);
        match self {
            Self::Sqlite { readers, deadlines, .. } => {
                let query = sqlx::query_with(AssertSqlSafe(sql), values);
                let mut connection = readers.acquire().await?;
                let watch = Watch::start(&mut connection, deadlines.now(work)).await?;
                let rows = query.fetch_all(&mut *connection).await;
                watch.end();
                Ok(rows?.into_iter().map(Row::Sqlite).collect())
            }
            Self::Postgres { pool, deadlines, .. } => {
                // How many entries of the search hold a word differs by millions, so such a statement is planned for each word anew: a plan
                // for any word reads the whole index for a rare one.
                let any_plan_serves = !sql.contains(" AS tsquery)");
                let query = sqlx::query_with(AssertSqlSafe(sql), values).persistent(any_plan_serves);
                let limit = deadlines.now(work);
                // Connections come with the ordinary limit, so that a list costs one round trip.
                if limit == deadlines.ordinary() {
                    return Ok(query.fetch_all(pool).await?.into_iter().map(Row::Postgres).collect());
                }
                let mut tx = pool.begin_with(AssertSqlSafe(limited("BEGIN READ ONLY", limit))).await?;
                let rows = query.fetch_all(&mut *tx).await?;
                tx.commit().await?;
                Ok(rows.into_iter().map(Row::Postgres).collect())
            }
        }
    }

    /// Begins a transaction that writes: `BEGIN IMMEDIATE` on SQLite's one writer.
    pub(crate) async fn begin(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { writer, .. } => Tx::Sqlite(writer.begin_with("BEGIN IMMEDIATE").await?),
            Self::Postgres { pool, schema, deadlines } => {
                let begin = limited("BEGIN", deadlines.of_transaction());
                Tx::Postgres(pool.begin_with(AssertSqlSafe(begin)).await?, schema.clone())
            }
        })
    }

    /// Several reads that see one state; it never writes, so on SQLite it takes a reader and stops nobody.
    pub(crate) async fn begin_reading(&self) -> Result<Tx, StoreError> {
        Ok(match self {
            Self::Sqlite { readers, deadlines, .. } => {
                let mut connection = readers.acquire().await?;
                // Until the connection is used for something else: its next user sets a limit of its own.
                Watch::start(&mut connection, deadlines.of_transaction()).await?;
                Tx::Sqlite(Transaction::begin(connection, None).await?)
            }
            Self::Postgres { pool, schema, deadlines } => {
                let begin = limited("BEGIN READ ONLY", deadlines.of_transaction());
                Tx::Postgres(pool.begin_with(AssertSqlSafe(begin)).await?, schema.clone())
            }
        })
    }

    /// A transaction for a change of tables: on PostgreSQL it waits for locks only briefly, because every save behind it waits as long.
    pub(crate) async fn begin_change(&self) -> Result<Tx, StoreError> {
        let mut tx = self.begin().await?;
        if tx.dialect() == Dialect::Postgres {
            let limit = milliseconds(self.deadlines().of(Work::Job));
            tx.execute_ddl(format!("SET LOCAL lock_timeout = '2s'; SET LOCAL statement_timeout = {limit};")).await?;
        }
        Ok(tx)
    }

    /// Runs one statement that cannot be part of a transaction and may take long, on a connection of its own. Nothing on SQLite.
    pub(crate) async fn execute_alone(&self, sql: String) -> Result<(), StoreError> {
        let Self::Postgres { pool, .. } = self else { return Ok(()) };
        let mut connection = pool.acquire().await?.detach();
        connection.execute("SET statement_timeout = 0").await?;
        connection.execute("SET lock_timeout = '10s'").await?;
        let done = connection.execute(AssertSqlSafe(sql)).await;
        sqlx::Connection::close(connection).await?;
        done?;
        Ok(())
    }

    /// Makes sure that all commits so far are on the disk, also where a store does not wait for it at every commit.
    pub(crate) async fn flush(&self) -> Result<(), StoreError> {
        if let Self::Sqlite { writer, .. } = self {
            writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").await?;
        }
        Ok(())
    }

    /// One statement in a transaction of its own; the number of rows it touched.
    pub(crate) async fn execute(&self, statement: &impl SqlxBinder) -> Result<u64, StoreError> {
        let mut tx = self.begin().await?;
        let rows = tx.execute(0, statement).await?;
        tx.commit().await?;
        Ok(rows)
    }
}

/// A value that the schema says is never null.
pub(crate) fn present<T>(value: Option<T>, what: &str) -> Result<T, StoreError> {
    value.ok_or_else(|| StoreError::Inconsistent(format!("{what} is missing")))
}

/// One text, so that a limit costs no round trip of its own.
fn limited(begin: &str, limit: Duration) -> String {
    format!("{begin}; SET LOCAL statement_timeout = {}", milliseconds(limit))
}

/// Interrupts the statement of an SQLite connection that runs for too long.
struct Watch {
    over: Arc<AtomicBool>,
}

impl Watch {
    async fn start(connection: &mut SqliteConnection, limit: Duration) -> Result<Self, StoreError> {
        let over = Arc::new(AtomicBool::new(false));
        let (ended, until) = (over.clone(), Instant::now() + limit);
        // The handler stays until the next statement brings its own, which saves a second word with the connection's thread.
        connection.lock_handle().await?.set_progress_handler(STEPS, move || ended.load(Ordering::Relaxed) || Instant::now() < until);
        Ok(Self { over })
    }

    /// The statement came to its end in time, or at least does not run any more.
    fn end(self) {
        self.over.store(true, Ordering::Relaxed);
    }
}

fn tagged(tag: i64, sql: String) -> String {
    if tag == 0 { sql } else { format!("/* r{tag} */ {sql}") }
}

impl Tx {
    pub(crate) fn dialect(&self) -> Dialect {
        match self {
            Self::Sqlite(_) => Dialect::Sqlite,
            Self::Postgres(..) => Dialect::Postgres,
        }
    }

    pub(crate) fn table(&self, name: &SqlName) -> TableRef {
        match self {
            Self::Sqlite(_) => table_ref(None, name),
            Self::Postgres(_, schema) => table_ref(Some(schema), name),
        }
    }

    /// The PostgreSQL schema; empty on SQLite, where a store is a file of its own.
    pub(crate) fn store_name(&self) -> &str {
        match self {
            Self::Sqlite(_) => "",
            Self::Postgres(_, schema) => schema.as_str(),
        }
    }

    /// The number of rows that the statement touched.
    pub(crate) async fn execute(&mut self, tag: i64, statement: &impl SqlxBinder) -> Result<u64, StoreError> {
        let (sql, values) = build(self.dialect(), statement);
        let sql = tagged(tag, sql);
        Ok(match self {
            Self::Sqlite(tx) => sqlx::query_with(AssertSqlSafe(sql), values).execute(&mut **tx).await?.rows_affected(),
            Self::Postgres(tx, _) => sqlx::query_with(AssertSqlSafe(sql), values).execute(&mut **tx).await?.rows_affected(),
        })
    }

    pub(crate) async fn fetch(&mut self, tag: i64, statement: &impl SqlxBinder) -> Result<Vec<Row>, StoreError> {
        let (sql, values) = build(self.dialect(), statement);
        let sql = tagged(tag, sql);
        Ok(match self {
            Self::Sqlite(tx) => {
                sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(&mut **tx).await?.into_iter().map(Row::Sqlite).collect()
            }
            Self::Postgres(tx, _) => {
                sqlx::query_with(AssertSqlSafe(sql), values).fetch_all(&mut **tx).await?.into_iter().map(Row::Postgres).collect()
            }
        })
    }

    /// Runs DDL text, possibly several statements. Only for text built in this crate from [`SqlName`]s.
    pub(crate) async fn execute_ddl(&mut self, sql: String) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => (&mut **tx).execute(AssertSqlSafe(sql)).await.map(|_| ())?,
            Self::Postgres(tx, _) => (&mut **tx).execute(AssertSqlSafe(sql)).await.map(|_| ())?,
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<(), StoreError> {
        match self {
            Self::Sqlite(tx) => tx.commit().await?,
            Self::Postgres(tx, _) => tx.commit().await?,
        }
        Ok(())
    }
}

macro_rules! read_column {
    ($name:ident, $type:ty, $doc:literal) => {
        #[doc = $doc]
        pub(crate) fn $name(&self, column: usize) -> Result<Option<$type>, StoreError> {
            Ok(match self {
                Self::Sqlite(row) => row.try_get(column)?,
                Self::Postgres(row) => row.try_get(column)?,
            })
        }
    };
}

impl Row {
    read_column!(text, String, "TEXT.");
    read_column!(int, i64, "BIGINT.");
    read_column!(bool, bool, "BOOLEAN, or 0 and 1.");
    read_column!(uuid, Uuid, "uuid, or a BLOB of 16 bytes.");
    read_column!(date, NaiveDate, "DATE, or ISO text.");
    read_column!(bytes, Vec<u8>, "bytea or BLOB.");

    /// TIMESTAMPTZ, or INTEGER microseconds.
    pub(crate) fn instant(&self, column: usize) -> Result<Option<DateTime<Utc>>, StoreError> {
        Ok(match self {
            Self::Sqlite(row) => row.try_get::<Option<i64>, _>(column)?.and_then(DateTime::from_timestamp_micros),
            Self::Postgres(row) => row.try_get(column)?,
        })
    }

    /// A TEXT column that holds JSON and is never null; `what` names it in the error.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: usize, what: &str) -> Result<T, StoreError> {
        let text = present(self.text(column)?, what)?;
        serde_json::from_str(&text).map_err(|error| StoreError::Inconsistent(format!("{what} cannot be read: {error}")))
    }
}
