//! What an object declares about its records beside its fields; the host enforces it on every path.

use super::Label;
use crate::decimal::Decimal;
use crate::problem::Severity;

/// The declared rules of an object.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules {
    /// What must hold for every saved record.
    pub validations: Vec<Validation>,
    /// How its state field may move.
    pub machine: Option<StateMachine>,
    /// Intervals that must not meet.
    pub no_overlaps: Vec<NoOverlap>,
    /// Counts and sums that must not grow beyond a bound.
    pub limits: Vec<Limit>,
    /// Guarded changes of numbers that many make at once.
    pub adjustments: Vec<Adjustment>,
    /// Indexes over several fields: for lists that filter by the first ones and sort by the last.
    pub indexes: Vec<Index>,
}

/// An index over several fields of an object; one field alone is `indexed` itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Index {
    /// Their keys, system fields allowed: those that a filter compares by `==` first, then the one to sort by.
    pub fields: Vec<String>,
}

/// A condition that a record must satisfy when it is saved and one of the condition's fields changed (or the record is new).
#[derive(Clone, Debug, PartialEq)]
pub struct Validation {
    /// Unique in the object.
    pub key: String,
    /// CEL; a record where it is false is refused.
    pub condition: String,
    /// What people are told.
    pub message: Label,
    /// The field beside which it is told.
    pub field: Option<String>,
    /// `Error` refuses, `Confirm` asks, `Info` tells.
    pub severity: Severity,
    /// `rule.failed`, or a code of the plugin that declared it.
    pub code: String,
}

/// The transitions of a select field. Whatever is not listed is refused with `state.illegal_transition`, on every path.
#[derive(Clone, Debug, PartialEq)]
pub struct StateMachine {
    /// The select that holds the state.
    pub field: String,
    /// What people (and programs) can do.
    pub transitions: Vec<Transition>,
}

/// One way from some states to another.
#[derive(Clone, Debug, PartialEq)]
pub struct Transition {
    /// Names it in the API; several transitions may share an action when their `from` differ.
    pub action: String,
    /// The button.
    pub label: Label,
    /// States it leads from; empty means any other state.
    pub from: Vec<String>,
    /// The state it leads to.
    pub to: String,
    /// What must hold for the record as it will be.
    pub guard: Option<Guard>,
    /// Roles that may do it; empty means everyone who may edit the record.
    pub roles: Vec<String>,
}

/// A condition with the code and the words of its refusal.
#[derive(Clone, Debug, PartialEq)]
pub struct Guard {
    /// CEL over the record as it will be.
    pub condition: String,
    /// `rule.failed`, or a code of the plugin that declared it.
    pub code: String,
    /// What people are told.
    pub message: Label,
}

/// No two records with equal `fields` may have intervals that meet. Intervals are half open: one may begin when another ends. A null end is
/// open, a null begin or key takes the record out of the rule. An interval without length meets those that it lies inside of.
#[derive(Clone, Debug, PartialEq)]
pub struct NoOverlap {
    /// Unique in the object.
    pub key: String,
    /// Fields that must agree for two records to be compared; none means all records.
    pub fields: Vec<String>,
    /// The date or instant where the interval begins.
    pub from: String,
    /// Where it ends.
    pub to: String,
    /// Records outside this condition are free.
    pub condition: Option<String>,
    /// `rule.failed`, or a code of the plugin that declared it; answered as 409.
    pub code: String,
    /// What people are told.
    pub message: Label,
}

/// Among the records with equal `fields` a count, or the sum of a number, is bounded. A null key takes a record out of the rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Limit {
    /// Unique in the object.
    pub key: String,
    /// Fields that make the groups; none means all records together.
    pub fields: Vec<String>,
    /// The number that is summed; `None` counts records.
    pub sum: Option<String>,
    /// The bound, itself allowed.
    pub at_most: Decimal,
    /// Records outside this condition do not count.
    pub condition: Option<String>,
    /// `rule.failed`, or a code of the plugin that declared it; answered as 409.
    pub code: String,
    /// What people are told.
    pub message: Label,
}

/// A change of numbers by an amount that names no version: the row is locked before it is read, so that many can do it at once, none is lost,
/// and the guard decides about what is there.
#[derive(Clone, Debug, PartialEq)]
pub struct Adjustment {
    /// The action in the API.
    pub key: String,
    /// The button.
    pub label: Label,
    /// Which fields move, and in which direction.
    pub fields: Vec<AdjustedField>,
    /// CEL over the same record without hops; must hold afterwards.
    pub guard: Option<Guard>,
}

/// A number that an adjustment moves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AdjustedField {
    /// The field; integer, decimal, percent, money or duration. Null counts as 0.
    pub field: String,
    /// The amount is taken away instead of added.
    pub subtract: bool,
}
