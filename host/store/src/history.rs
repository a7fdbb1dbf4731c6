//! What happened to a record: who, when, through what, and the old values.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use guanxi_core::Value;
use uuid::Uuid;

/// One save of one record.
#[derive(Clone, Debug, PartialEq)]
pub struct HistoryRow {
    /// Its place: larger is later. `before` of the next page.
    pub id: i64,
    /// What was done.
    pub op: HistoryOp,
    /// The record's version after it.
    pub version: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub actor: Option<Uuid>,
    /// The name at that time.
    pub actor_name: String,
    /// Through what: `ui`, `api`, `import 12`, `plugin sales 0.1`.
    pub via: String,
    /// The values before, of the fields that changed and that the schema still has.
    pub old: HashMap<String, Value>,
}

/// What was done to a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HistoryOp {
    /// It was made.
    Create,
    /// It was changed.
    Update,
    /// It was deleted.
    Delete,
}

impl HistoryOp {
    /// The stored name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Create => "create",
            Self::Update => "update",
            Self::Delete => "delete",
        }
    }
}
