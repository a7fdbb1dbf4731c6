//! What the engine knows about a record that is written: asked inside the transaction, when values come to be only there.

use std::collections::HashMap;

use guanxi_core::meta::{Adjustment, Object};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

/// Answers from the values of one record alone; nothing is read and nobody waits.
pub trait Derive: Sync {
    /// The object's formulas that read one of the changed fields, with their values for this record, in an order in which each can read
    /// those before it.
    fn formulas(&self, object: &Object, values: &HashMap<String, Value>, changed: &[String]) -> Result<Vec<(String, Value)>, Problem>;

    /// Whether the adjustment's guard holds for the record as it would be.
    fn guard_holds(&self, object: &Object, adjustment: &Adjustment, values: &HashMap<String, Value>) -> Result<bool, Problem>;

    /// A computed value of the record does not fit its field. It is refused with the problem, unless the value may stay empty.
    fn misfit(&self, object: &Object, record: Uuid, problem: Problem) -> Result<(), Problem> {
        let _ = (object, record);
        Err(problem)
    }

    /// What else forbids the record as it would be, now that these fields are to change.
    fn problems(&self, object: &Object, values: &HashMap<String, Value>, changed: &[String]) -> Vec<Problem>;
}

/// For objects without formulas and guards.
pub(super) struct NothingDerived;

impl Derive for NothingDerived {
    fn formulas(&self, _: &Object, _: &HashMap<String, Value>, _: &[String]) -> Result<Vec<(String, Value)>, Problem> {
        Ok(Vec::new())
    }

    fn guard_holds(&self, object: &Object, adjustment: &Adjustment, _: &HashMap<String, Value>) -> Result<bool, Problem> {
        let unguarded = adjustment.guard.is_none();
        if unguarded {
            Ok(true)
        } else {
            Err(Problem::error("rule.failed", format!("the guards of `{}` cannot be asked here", object.key)))
        }
    }

    fn problems(&self, _: &Object, _: &HashMap<String, Value>, _: &[String]) -> Vec<Problem> {
        Vec::new()
    }
}
