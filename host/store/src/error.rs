//! What can go wrong between us and the database, sorted by what the caller will do about it.

use sqlx::error::{DatabaseError, ErrorKind};
use sqlx::postgres::PgDatabaseError;

/// What can go wrong between us and the database.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The driver's error, of none of the kinds below.
    #[error("database: {0}")]
    Sql(sqlx::Error),
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
    /// Another transaction was in the way for too long, or no connection became free; try later.
    #[error("the database is busy")]
    Busy,
    /// The transaction lost against another one (serialisation failure or deadlock); the whole save may be tried again at once.
    #[error("the transaction lost against another one")]
    Conflict,
    /// The statement ran into the statement time-out.
    #[error("the statement took too long")]
    TooSlow,
    /// A constraint of the database refused the row.
    #[error("{0}")]
    Violation(Violation),
    /// A query asks for something that cannot be done in SQL (`filter.not_pushable`).
    #[error("not possible in a query: {0}")]
    Unsupported(String),
    /// A measure that joins would count several times, or that lies on two of their branches.
    #[error("a measure would be counted several times")]
    FanOut,
    /// An aggregate has more groups than its limit; nothing is cut silently.
    #[error("more than {limit} groups")]
    TooManyGroups {
        /// The limit.
        limit: u32,
    },
    /// The row has no room for all its values, or a value none in its index.
    #[error("the row is too wide")]
    TooWide,
    /// A number left the range in which results are exact.
    #[error("a number is too large")]
    TooLarge,
    /// Not `[a-z][a-z0-9]{1,30}`.
    #[error("tenant key {0:?} is not 2 to 31 lower-case letters and digits beginning with a letter")]
    TenantKey(String),
    /// The key is in use, or was once: keys are never used again.
    #[error("tenant {0} exists")]
    TenantExists(String),
}

/// Which constraint was violated, as far as the database says. SQLite names columns of a plain index and nothing for a foreign key;
/// PostgreSQL names the constraint or index. Values of rows are never in here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The sort of constraint.
    pub kind: ViolationKind,
    /// Its name: always on PostgreSQL but for not-null; on SQLite for check constraints and indexes over expressions.
    pub constraint: Option<String>,
    /// The table, where known.
    pub table: Option<String>,
    /// The columns, where known.
    pub columns: Vec<String>,
}

/// The sort of constraint that was violated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ViolationKind {
    /// Two rows with the same key.
    Unique,
    /// A row that is referred to is missing, or a row that goes is still referred to.
    ForeignKey,
    /// A column that may not be null.
    NotNull,
    /// A check.
    Check,
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} constraint {} of {}", self.kind, self.constraint.as_deref().unwrap_or("?"), self.table.as_deref().unwrap_or("?"))?;
        if self.columns.is_empty() { Ok(()) } else { write!(f, " ({})", self.columns.join(", ")) }
    }
}

impl StoreError {
    /// The violated unique constraint, if that is what happened.
    pub fn unique_violation(&self) -> Option<&Violation> {
        match self {
            Self::Violation(violation) if violation.kind == ViolationKind::Unique => Some(violation),
            _ => None,
        }
    }
}

/// A broken promise of the store or of its caller.
pub(crate) fn inconsistent(text: impl Into<String>) -> StoreError {
    StoreError::Inconsistent(text.into())
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Database(database) => classify(database.as_ref()).unwrap_or(Self::Sql(error)),
            _ => Self::Sql(error),
        }
    }
}

fn classify(error: &dyn DatabaseError) -> Option<StoreError> {
    let postgres = error.try_downcast_ref::<PgDatabaseError>();
    if let Some(postgres) = postgres {
        match postgres.code() {
            "55P03" | "53300" | "25P03" => return Some(StoreError::Busy),
            "40001" | "40P01" => return Some(StoreError::Conflict),
            "57014" => return Some(StoreError::TooSlow),
            "22003" => return Some(StoreError::TooLarge),
            // A row or an index row beyond the page; other limits of statements cannot be met by what this crate writes.
            "54000" => return Some(StoreError::TooWide),
            _ => {}
        }
    } else if let Some(code) = error.code().and_then(|code| code.parse::<u32>().ok()) {
        // The low byte is the primary code: 5 is SQLITE_BUSY, 6 SQLITE_LOCKED.
        if matches!(code & 0xff, 5 | 6) {
            return Some(StoreError::Busy);
        }
        // SQLITE_INTERRUPT: the progress handler found that the time is up.
        if code & 0xff == 9 {
            return Some(StoreError::TooSlow);
        }
        if error.message() == "integer overflow" {
            return Some(StoreError::TooLarge);
        }
    }
    let kind = match error.kind() {
        ErrorKind::UniqueViolation => ViolationKind::Unique,
        ErrorKind::ForeignKeyViolation => ViolationKind::ForeignKey,
        ErrorKind::NotNullViolation => ViolationKind::NotNull,
        ErrorKind::CheckViolation => ViolationKind::Check,
        _ => return None,
    };
    Some(StoreError::Violation(match postgres {
        Some(postgres) => Violation {
            kind,
            constraint: postgres.constraint().map(str::to_owned),
            table: postgres.table().map(str::to_owned),
            columns: postgres.column().map(str::to_owned).into_iter().collect(),
        },
        None => sqlite_violation(kind, error.message()),
    }))
}

/// Reads SQLite's sentences: `UNIQUE constraint failed: table.a, table.b`, `… failed: index 'name'`, `CHECK constraint failed: name`.
fn sqlite_violation(kind: ViolationKind, message: &str) -> Violation {
    let mut violation = Violation { kind, constraint: None, table: None, columns: Vec::new() };
    let Some((_, what)) = message.split_once("constraint failed: ") else { return violation };
    if let Some(index) = what.strip_prefix("index ") {
        violation.constraint = Some(index.trim_matches('\'').to_owned());
    } else if kind == ViolationKind::Check {
        violation.constraint = Some(what.to_owned());
    } else {
        for column in what.split(", ") {
            let Some((table, column)) = column.split_once('.') else { continue };
            violation.table = Some(table.to_owned());
            violation.columns.push(column.to_owned());
        }
    }
    violation
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sqlite_sentences_are_read() {
        let check = |kind, message: &str, constraint: Option<&str>, table: Option<&str>, columns: &[&str]| {
            let found = sqlite_violation(kind, message);
            assert_eq!(found.constraint.as_deref(), constraint, "{message}");
            assert_eq!(found.table.as_deref(), table, "{message}");
            assert_eq!(found.columns, columns, "{message}");
        };
        check(ViolationKind::Unique, "UNIQUE constraint failed: o7.f8, o7.f9", None, Some("o7"), &["f8", "f9"]);
        check(ViolationKind::Unique, "UNIQUE constraint failed: index 'u7'", Some("u7"), None, &[]);
        check(ViolationKind::Check, "CHECK constraint failed: state_ck", Some("state_ck"), None, &[]);
        check(ViolationKind::NotNull, "NOT NULL constraint failed: o7.f8", None, Some("o7"), &["f8"]);
        check(ViolationKind::ForeignKey, "FOREIGN KEY constraint failed", None, None, &[]);
    }
}
