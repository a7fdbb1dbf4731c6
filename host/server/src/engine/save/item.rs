//! One change on its way through the save.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_core::meta::Object;
use guanxi_core::problem::{Severity, status_of};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::super::Refusal;
use super::super::input::same;
use super::{ItemOutcome, Saved};

/// What happens to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum ItemOp {
    Create,
    Update { version: i64 },
    Delete { version: i64 },
}

/// A change with the record as it was and as it will be.
#[derive(Debug)]
pub(in crate::engine) struct Item {
    /// Place in the unit.
    pub index: usize,
    pub object: Arc<Object>,
    pub id: Uuid,
    pub op: ItemOp,
    /// The caller named a version.
    pub expected: bool,
    /// As loaded; empty for a create.
    pub old: HashMap<String, Value>,
    /// As it will be: every visible field.
    pub new: HashMap<String, Value>,
    /// Keys that the caller sent.
    pub sent: Vec<String>,
    pub problems: Vec<Problem>,
    /// A conflict whose code has no status of its own.
    pub conflict: bool,
    /// Version after writing.
    pub version: i64,
}

impl Item {
    pub(in crate::engine) fn value(&self, key: &str) -> &Value {
        self.new.get(key).unwrap_or(&Value::Null)
    }

    pub(in crate::engine) fn old_value(&self, key: &str) -> &Value {
        self.old.get(key).unwrap_or(&Value::Null)
    }

    /// The field differs from what is stored (for a create: it has a value).
    pub(in crate::engine) fn changed(&self, key: &str) -> bool {
        !same(self.value(key), self.old_value(key))
    }

    pub(in crate::engine) fn changed_fields(&self) -> Vec<String> {
        let fields = self.object.fields.iter().filter(|f| !f.hidden && self.changed(&f.key));
        fields.map(|f| f.key.clone()).collect()
    }

    pub(in crate::engine) fn is_delete(&self) -> bool {
        matches!(self.op, ItemOp::Delete { .. })
    }

    /// There is a problem that blocks (an unanswered question blocks too).
    pub(in crate::engine) fn refused(&self) -> bool {
        self.problems.iter().any(|p| p.severity != Severity::Info)
    }

    pub(super) fn settle_confirmations(&mut self, confirmed: &[String]) {
        self.problems.retain(|p| p.severity != Severity::Confirm || !confirmed.contains(&p.code));
    }

    pub(super) fn status(&self) -> u16 {
        let of = |p: &Problem| match p.severity {
            Severity::Confirm => 409,
            _ => status_of(&p.code),
        };
        let blocking = self.problems.iter().filter(|p| p.severity != Severity::Info);
        if self.conflict && blocking.clone().count() == 1 { 409 } else { blocking.map(of).max().unwrap_or(422) }
    }

    pub(super) fn outcome(self) -> ItemOutcome {
        if self.refused() {
            return Err(Refusal { status: self.status(), problems: self.problems });
        }
        let unchanged = matches!(self.op, ItemOp::Update { .. }) && self.changed_fields().is_empty();
        Ok(Saved { object: self.object.key.clone(), id: self.id, version: self.version, unchanged, infos: self.problems })
    }
}
