//! What the store asks inside the transaction of a save, where some values are settled at last.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_core::meta::{Adjustment, Object};
use guanxi_core::problem::Severity;
use guanxi_core::{Problem, Value};
use guanxi_store::Derive;
use uuid::Uuid;

use super::facts::Facts;
use super::validations::{broken, failed};
use super::{Item, ItemOp};
use crate::engine::Ctx;
use crate::engine::rules::ObjectRules;

/// The rules of one save, with the items of its unit.
pub(in crate::engine) struct Derived<'a> {
    pub ctx: &'a Ctx,
    pub items: &'a [Item],
    /// Where values are filled in that nobody is saving: what does not fit stays empty and is noted here.
    pub misfits: Option<&'a Misfits>,
}

/// A computed value that does not fit its field, and whose it is.
#[derive(Clone, Debug)]
pub(in crate::engine) struct Misfit {
    /// The object's key.
    pub object: String,
    /// The record.
    pub record: Uuid,
    /// Why, on the field.
    pub problem: Problem,
}

/// The first computed value that did not fit while many were filled in.
#[derive(Default)]
pub(in crate::engine) struct Misfits(Mutex<Option<Misfit>>);

impl Misfits {
    /// Notes one; later ones are only logged.
    pub(in crate::engine) fn note(&self, object: &Object, record: Uuid, problem: Problem) {
        tracing::warn!(object = %object.key, record.id = %record, problem = %problem.detail, "a computed value does not fit");
        let mut first = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        first.get_or_insert_with(|| Misfit { object: object.key.clone(), record, problem });
    }

    /// The first one.
    pub(in crate::engine) fn into_first(self) -> Option<Misfit> {
        self.0.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Derived<'_> {
    fn rules(&self, object: &Object) -> Arc<ObjectRules> {
        self.ctx.snapshot.rules.of(&self.ctx.snapshot.schema, object, self.ctx.tenant.zone)
    }

    fn item(&self, object: &Object, values: &HashMap<String, Value>) -> Option<&Item> {
        let id = values.get("id").and_then(Value::as_ref_id)?;
        self.items.iter().find(|item| item.id == id && item.object.id == object.id && !matches!(item.op, ItemOp::Delete { .. }))
    }
}

impl Derive for Derived<'_> {
    fn formulas(&self, object: &Object, values: &HashMap<String, Value>, changed: &[String]) -> Result<Vec<(String, Value)>, Problem> {
        let (rules, nothing) = (self.rules(object), Facts::default());
        let (mut values, mut changed) = (values.clone(), changed.to_vec());
        let mut found = Vec::new();
        for formula in rules.formulas.iter().filter(|_| !changed.is_empty()).collect::<Vec<_>>() {
            if formula.depends_on(&changed) {
                let key = &formula.field.key;
                let value = match formula.value(&nothing.settled(&values, self.item(object, &values))) {
                    Ok(value) => value,
                    Err(problem) => {
                        let record = values.get("id").and_then(Value::as_ref_id).unwrap_or_default();
                        self.misfit(object, record, problem).map(|()| Value::Null)?
                    }
                };
                values.insert(key.clone(), value.clone());
                changed.push(key.clone());
                found.push((key.clone(), value));
            }
        }
        Ok(found)
    }

    fn misfit(&self, object: &Object, record: Uuid, problem: Problem) -> Result<(), Problem> {
        let misfits = self.misfits.ok_or_else(|| problem.clone())?;
        misfits.note(object, record, problem);
        Ok(())
    }

    fn guard_holds(&self, object: &Object, adjustment: &Adjustment, values: &HashMap<String, Value>) -> Result<bool, Problem> {
        let (rules, nothing) = (self.rules(object), Facts::default());
        let place = object.rules.adjustments.iter().position(|one| one.key == adjustment.key);
        let Some(guard) = place.and_then(|place| rules.adjustments.get(place)?.as_ref()) else { return Ok(true) };
        let asked = guard.holds(self.ctx, object, &nothing.settled(values, self.item(object, values)));
        asked.map_err(|why| broken(&adjustment.key, &why))
    }

    fn problems(&self, object: &Object, values: &HashMap<String, Value>, changed: &[String]) -> Vec<Problem> {
        let (rules, nothing) = (self.rules(object), Facts::default());
        let mut found = Vec::new();
        for (rule, condition) in object.rules.validations.iter().zip(&rules.validations) {
            // Questions and notes have nobody to answer them here, and other records are out of reach.
            let asked =
                rule.severity == Severity::Error && condition.hops.is_empty() && condition.reads.iter().any(|key| changed.contains(key));
            if !asked {
                continue;
            }
            match condition.holds(self.ctx, object, &nothing.settled(values, self.item(object, values))) {
                Ok(true) => {}
                Ok(false) => found.push(failed(rule)),
                Err(why) => found.push(broken(&rule.key, &why)),
            }
        }
        found
    }
}
