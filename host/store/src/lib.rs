//! The only place that knows SQL: one query, two databases.

mod db;
mod name;

pub use db::Dialect;
pub use name::SqlName;

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The driver's error.
    #[error("database: {0}")]
    Sql(#[from] sqlx::Error),
    /// A migration failed.
    #[error("migration: {0}")]
    Migrate(#[from] sqlx::migrate::MigrateError),
    /// A file or folder could not be used.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A fact that the store keeps does not hold.
    #[error("store is inconsistent: {0}")]
    Inconsistent(String),
    /// The metadata changed under the caller's feet; load it again.
    #[error("metadata changed")]
    StaleSchema,
    /// Another transaction was in the way for too long.
    #[error("the database is busy")]
    Busy,
}
