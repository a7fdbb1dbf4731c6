//! Opens files and schemas: the one place that knows how a connection must be set up.

use std::fs::DirBuilder;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::time::Duration;

use sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, PgPool};

use crate::StoreError;
use crate::db::Db;
use crate::deadline::{Deadlines, milliseconds};
use crate::migrate::{StoreKind, migrate_postgres, migrate_sqlite};
use crate::name::SqlName;

/// Readers of one SQLite file. Two, so that one slow report does not stop a list.
const SQLITE_READERS: u32 = 2;
/// How long a writer waits for another one before it is told that the database is busy.
const LOCK_WAIT: Duration = Duration::from_secs(5);
/// Statements kept prepared on a connection.
const PREPARED_STATEMENTS: usize = 200;
/// An idle connection is closed after this time, which gives back its thread or backend.
const IDLE: Duration = Duration::from_secs(300);
/// A PostgreSQL connection that lay idle for longer is tried before use; younger ones are trusted, which saves a round trip.
const TRUSTED: Duration = Duration::from_secs(30);
/// The oldest PostgreSQL that we test with.
const OLDEST_POSTGRES: u32 = 150_000;

/// Where the data of this server lives.
#[derive(Clone, Debug)]
pub enum Location {
    /// `directory.db` and `tenants/<key>.db` in a folder that only this process uses.
    Sqlite {
        /// Made if missing.
        folder: PathBuf,
        /// Wait for the disk at every commit. Without it a power failure may lose the last commits, but never half of one.
        durable: bool,
    },
    /// One database with the schema `guanxi` for the directory and `t_<key>` for each tenant.
    Postgres {
        /// `postgres://user:password@host:port/database`.
        url: String,
        /// Connections of this process, shared by all tenants.
        max_connections: u32,
    },
}

/// An opened location: makes the pools of the stores in it.
#[derive(Clone, Debug)]
pub(crate) enum Connector {
    Sqlite { folder: PathBuf, durable: bool, deadlines: Deadlines },
    Postgres { pool: PgPool, direct: Box<PgConnectOptions>, deadlines: Deadlines },
}

impl Connector {
    pub(crate) async fn open(location: Location, deadlines: Deadlines) -> Result<Self, StoreError> {
        match location {
            Location::Sqlite { folder, durable } => {
                make_private_folder(&folder.join("tenants"))?;
                Ok(Self::Sqlite { folder, durable, deadlines })
            }
            Location::Postgres { url, max_connections } => {
                let direct = PgConnectOptions::from_str(&url)?.application_name("guanxi");
                check_postgres(&direct).await?;
                let pool = postgres_pool(&direct, max_connections, deadlines);
                Ok(Self::Postgres { pool, direct: Box::new(direct), deadlines })
            }
        }
    }

    /// Opens the directory, making it if it is not there yet. It is always durable: it is small, and says which tenants exist.
    pub(crate) async fn directory(&self) -> Result<Db, StoreError> {
        match self {
            Self::Sqlite { folder, deadlines, .. } => {
                open_file(&folder.join("directory.db"), true, true, StoreKind::Directory, *deadlines).await
            }
            Self::Postgres { .. } => self.open_schema(SqlName::fixed("guanxi"), true, StoreKind::Directory).await,
        }
    }

    /// Opens a tenant's store and brings it up to date. Without `create` a missing file or schema is an error.
    pub(crate) async fn tenant(&self, key: &str, create: bool) -> Result<Db, StoreError> {
        match self {
            Self::Sqlite { folder, durable, deadlines } => {
                open_file(&tenant_file(folder, key), create, *durable, StoreKind::Tenant, *deadlines).await
            }
            Self::Postgres { .. } => self.open_schema(tenant_schema(key)?, create, StoreKind::Tenant).await,
        }
    }

    /// Removes what an unfinished creation of this tenant left behind.
    pub(crate) async fn remove_tenant(&self, key: &str) -> Result<(), StoreError> {
        match self {
            Self::Sqlite { folder, .. } => {
                let file = tenant_file(folder, key);
                for suffix in ["", "-wal", "-shm"] {
                    let path = PathBuf::from(format!("{}{suffix}", file.display()));
                    match std::fs::remove_file(&path) {
                        Err(source) if source.kind() != std::io::ErrorKind::NotFound => return Err(file_error(&path, source)),
                        _ => {}
                    }
                }
                Ok(())
            }
            Self::Postgres { pool, .. } => {
                let schema = tenant_schema(key)?;
                pool.execute(AssertSqlSafe(format!("DROP SCHEMA IF EXISTS {schema} CASCADE"))).await?;
                Ok(())
            }
        }
    }

    async fn open_schema(&self, schema: SqlName, create: bool, kind: StoreKind) -> Result<Db, StoreError> {
        let Self::Postgres { pool, direct, deadlines } = self else {
            return Err(StoreError::Inconsistent("a schema was asked of a folder".into()));
        };
        migrate_postgres(kind, direct, &schema, create).await?;
        Ok(Db::Postgres { pool: pool.clone(), schema, deadlines: *deadlines })
    }
}

fn tenant_file(folder: &Path, key: &str) -> PathBuf {
    folder.join("tenants").join(format!("{key}.db"))
}

fn tenant_schema(key: &str) -> Result<SqlName, StoreError> {
    SqlName::new(format!("t_{key}")).ok_or_else(|| StoreError::TenantKey(key.to_owned()))
}

fn file_error(path: &Path, source: std::io::Error) -> StoreError {
    StoreError::File { path: path.display().to_string(), source }
}

/// Only the server's own account may look into the data folder.
fn make_private_folder(folder: &Path) -> Result<(), StoreError> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder).map_err(|source| file_error(folder, source))
}

async fn open_file(file: &Path, create: bool, durable: bool, kind: StoreKind, deadlines: Deadlines) -> Result<Db, StoreError> {
    let common = SqliteConnectOptions::new()
        .filename(file)
        .foreign_keys(true)
        .busy_timeout(LOCK_WAIT)
        .collation(crate::planner::WIDE, crate::planner::compare_wide)
        .synchronous(if durable { SqliteSynchronous::Full } else { SqliteSynchronous::Normal })
        .statement_cache_capacity(PREPARED_STATEMENTS);
    let writer = common.clone().create_if_missing(create).journal_mode(SqliteJournalMode::Wal).pragma("journal_size_limit", "67108864");
    // A reader that tries to write is a bug of ours, and is told so by SQLite. The journal mode is the file's and needs no second word.
    let reader = common.create_if_missing(false).pragma("query_only", "ON");
    let pool = || SqlitePoolOptions::new().min_connections(0).idle_timeout(IDLE).max_lifetime(None).test_before_acquire(false);
    // The writer opens first: it makes the file and turns WAL on.
    let writer = pool().max_connections(1).acquire_timeout(LOCK_WAIT).connect_with(writer).await?;
    migrate_sqlite(kind, &writer).await?;
    let readers = pool().max_connections(SQLITE_READERS).acquire_timeout(LOCK_WAIT * 2).connect_lazy_with(reader);
    Ok(Db::Sqlite { writer, readers, deadlines })
}

fn postgres_pool(direct: &PgConnectOptions, max_connections: u32, deadlines: Deadlines) -> PgPool {
    let ordinary = milliseconds(deadlines.ordinary()).to_string();
    let options = direct.clone().statement_cache_capacity(PREPARED_STATEMENTS).options([
        ("statement_timeout", ordinary.as_str()),
        // A DROP … IF EXISTS of what is not there is no news.
        ("client_min_messages", "warning"),
        ("lock_timeout", "5s"),
        ("idle_in_transaction_session_timeout", "30s"),
    ]);
    PgPoolOptions::new()
        .max_connections(max_connections)
        .min_connections(0)
        .acquire_timeout(LOCK_WAIT)
        .idle_timeout(IDLE)
        .test_before_acquire(false)
        .before_acquire(|connection, meta| {
            Box::pin(async move {
                if meta.idle_for > TRUSTED {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .connect_lazy_with(options)
}

/// Refuses a server on which names, order or JSON would behave differently, at start rather than at the first strange answer. Over a
/// connection of its own, because a pool would try an unreachable server for seconds and then only say that it gave up.
async fn check_postgres(direct: &PgConnectOptions) -> Result<(), StoreError> {
    let mut connection = PgConnection::connect_with(direct).await?;
    let version: String = sqlx::query_scalar("SHOW server_version_num").fetch_one(&mut connection).await?;
    let encoding: String = sqlx::query_scalar("SHOW server_encoding").fetch_one(&mut connection).await?;
    connection.close().await?;
    if version.parse::<u32>().unwrap_or(0) < OLDEST_POSTGRES {
        return Err(StoreError::Inconsistent(format!("PostgreSQL 15 or newer is needed; this server says {version}")));
    }
    if encoding != "UTF8" {
        return Err(StoreError::Inconsistent(format!("the database must be encoded in UTF8, not {encoding}")));
    }
    Ok(())
}

/// Held while a tenant is made, so that two hosts never make the same one. Ends with the connection, also when the process dies.
pub(crate) async fn lock_creation(direct: &PgConnectOptions, key: &str) -> Result<PgConnection, StoreError> {
    let mut connection = PgConnection::connect_with(direct).await?;
    let free: bool = sqlx::query_scalar("SELECT pg_try_advisory_lock(hashtextextended($1, 0))")
        .bind(format!("guanxi tenant {key}"))
        .fetch_one(&mut connection)
        .await?;
    if free { Ok(connection) } else { Err(StoreError::Busy) }
}
