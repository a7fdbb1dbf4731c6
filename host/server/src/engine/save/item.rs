//! One change on its way through the save.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_core::meta::Object;
use guanxi_core::problem::{Severity, status_of};
use guanxi_core::{Decimal, Problem, Value};
use guanxi_store::Record;
use uuid::Uuid;

use super::super::Refusal;
use super::super::input::same;
use super::children::Link;
use super::{ItemOutcome, Saved};

/// What happens to the record.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::engine) enum ItemOp {
    Create,
    Update {
        version: i64,
    },
    Delete {
        version: i64,
    },
    Restore {
        version: i64,
    },
    /// The adjustment at this place of the object's rules.
    Adjust {
        rule: usize,
        amount: Decimal,
    },
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
    /// Values that the caller sent for formulas, to be compared with what they come to.
    pub claimed: Vec<(String, Value)>,
    /// Formulas that were computed anew: they are written even where they come to what was loaded, because somebody who fills formulas in
    /// may have written another value since, without raising the version.
    pub recomputed: Vec<String>,
    pub problems: Vec<Problem>,
    /// A conflict whose code has no status of its own.
    pub conflict: bool,
    /// It was fine by itself, and does not go together with other records: all its problems are conflicts.
    pub outranked: bool,
    /// Version after writing.
    pub version: i64,
    /// How it belongs to the other items of its unit.
    pub link: Link,
    /// Changed references, by field, that were found to lead to records which the actor may see.
    pub seen_references: HashSet<(String, Uuid)>,
    /// Its lines as they are stored, by children field; only where this save looks at them.
    pub stored_lines: HashMap<String, Vec<Record>>,
    /// Its lines as they will be, by children field and in their order; only where this save looks at them. Lines come after their record
    /// in a unit, and [`super::children::refresh`] brings this up to date after their values changed.
    pub children: HashMap<String, Vec<HashMap<String, Value>>>,
    /// One of its lines is written, so that its version rises even where it does not change itself.
    pub touched: bool,
    /// Kept back because something that it belongs with is refused.
    pub withheld: bool,
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

    /// Declared rules of its object compare records with each other, which only the database can do.
    pub(super) fn is_compared(&self) -> bool {
        let rules = &self.object.rules;
        !rules.no_overlaps.is_empty() || !rules.limits.is_empty() || matches!(self.op, ItemOp::Adjust { .. })
    }

    /// It is not written: there is a problem that blocks (an unanswered question blocks too), or it is kept back with others.
    pub(in crate::engine) fn refused(&self) -> bool {
        self.withheld || self.blocked()
    }

    /// There is a problem of its own that blocks.
    pub(super) fn blocked(&self) -> bool {
        self.problems.iter().any(|p| p.severity != Severity::Info)
    }

    /// Its problems with their place in the caller's record: `x_lines.2.x_qty`.
    pub(super) fn located_problems(&self) -> Vec<Problem> {
        let path = &self.link.path;
        let located = |problem: &Problem| match (&problem.field, path.is_empty()) {
            (_, true) => problem.clone(),
            (Some(field), false) => problem.clone().on(format!("{path}{field}")),
            (None, false) => problem.clone().on(path.trim_end_matches('.')),
        };
        self.problems.iter().map(located).collect()
    }

    pub(super) fn settle_confirmations(&mut self, confirmed: &[String]) {
        self.problems.retain(|p| p.severity != Severity::Confirm || !confirmed.contains(&p.agreement()));
    }

    pub(super) fn status(&self) -> u16 {
        let of = |p: &Problem| match p.severity {
            Severity::Confirm => 409,
            _ => status_of(&p.code),
        };
        let blocking = self.problems.iter().filter(|p| p.severity != Severity::Info);
        if self.outranked {
            return 409;
        }
        if self.conflict && blocking.clone().count() == 1 { 409 } else { blocking.map(of).max().unwrap_or(422) }
    }

    /// The version once the unit is written, and whether the record already was as wished.
    pub(super) fn version_after(&self) -> (i64, bool) {
        let update = matches!(self.op, ItemOp::Update { .. });
        let unchanged = update && !self.touched && self.changed_fields().is_empty();
        let raised = (update && !unchanged) || matches!(self.op, ItemOp::Restore { .. } | ItemOp::Adjust { .. });
        (if raised { self.version + 1 } else { self.version }, unchanged)
    }

    pub(super) fn outcome(self) -> ItemOutcome {
        if self.refused() {
            return Err(Refusal { status: self.status(), problems: self.problems });
        }
        let unchanged = matches!(self.op, ItemOp::Update { .. }) && !self.touched && self.changed_fields().is_empty();
        Ok(Saved { object: self.object.key.clone(), id: self.id, version: self.version, unchanged, infos: self.problems, would_be: None })
    }
}
