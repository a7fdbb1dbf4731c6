//! The one transaction of a save: rows, shadow columns, history and tracked changes, all or nothing.

use chrono::{DateTime, Utc};
use guanxi_core::Value;
use uuid::Uuid;

use crate::StoreError;

/// A unit of changes that is written wholly or not at all. Values are already checked and in their stored form.
#[derive(Clone, Debug)]
pub struct WriteUnit {
    /// At most one change per record.
    pub changes: Vec<RowChange>,
    /// The acting user.
    pub actor: Option<Uuid>,
    /// The name for the history.
    pub actor_name: String,
    /// Through what: `ui`, `api`, `import 12`, `plugin sales 0.1`.
    pub via: String,
    /// The time of the save.
    pub now: DateTime<Utc>,
    /// The rights' revision under which the save was decided; `None` does not compare.
    pub access_rev: Option<i64>,
}

/// A change of one record.
#[derive(Clone, Debug)]
pub struct RowChange {
    /// The object's key.
    pub object: String,
    /// The record.
    pub id: Uuid,
    /// What happens to it.
    pub op: RowOp,
    /// The new values by field key, owner, department and external_id included when they change; nothing for a delete.
    pub values: Vec<(String, Value)>,
    /// For updates: the old values of the changed fields, kept by the history; nothing for an insert.
    pub old: Vec<(String, Value)>,
}

/// What happens to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RowOp {
    /// It is new; version 1.
    Insert,
    /// It changes, if it still has this version.
    Update {
        /// The version that was loaded.
        version: i64,
    },
    /// It is deleted softly, if it still has this version.
    Delete {
        /// The version that was loaded.
        version: i64,
    },
}

/// Why a unit was not written; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// The database, or [`StoreError::StaleSchema`] when the metadata changed since the schema was loaded.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The actor's rights may have changed since they were decided; load them again.
    #[error("rights changed")]
    StaleAccess,
    /// Somebody saved or deleted the record in between.
    #[error("{object} {id} has another version")]
    VersionConflict {
        /// The object's key.
        object: String,
        /// The record.
        id: Uuid,
    },
    /// A live record has the same values in fields that must be unique.
    #[error("{object} {id} is not unique in {fields:?}")]
    NotUnique {
        /// The object's key.
        object: String,
        /// The record that was to be written.
        id: Uuid,
        /// The fields' keys.
        fields: Vec<String>,
        /// `field.not_unique`, or the constraint's own code.
        code: String,
        /// The record that has the values, if it could be found.
        other: Option<Uuid>,
    },
}
