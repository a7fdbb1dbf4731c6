//! The declared rules of a tenant's objects, read once per snapshot and asked at every save.
//!
//! What they are is stored with the object ([`guanxi_core::meta::Rules`]); when they are asked is the business of `engine/save`.

mod circle;
mod expression;
mod fill;
mod formula;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_core::meta::{Object, Schema};

pub(super) use circle::circle;
pub(super) use expression::{Condition, changing, leaving, timeless};
pub(super) use fill::lines_read;
pub(super) use formula::{Formula, cycle, formulas_in_order, mixed, read_formula};

/// The rules of all objects of one snapshot, each read when the first save needs it.
#[derive(Default)]
pub(super) struct CompiledRules(Mutex<HashMap<String, Arc<ObjectRules>>>);

/// The rules of one object, in the order of [`guanxi_core::meta::Rules`].
pub(super) struct ObjectRules {
    /// One for each validation.
    pub validations: Vec<Condition>,
    /// One for each transition of the machine; `None` without a guard.
    pub guards: Vec<Option<Condition>>,
    /// One for each adjustment; `None` without a guard.
    pub adjustments: Vec<Option<Condition>>,
    /// One for each `no_overlap`; `None` where it holds for all records.
    pub no_overlaps: Vec<Option<Condition>>,
    /// Fields that change how they behave.
    pub fields: Vec<FieldConditions>,
    /// Formulas, each after those that it reads.
    pub formulas: Vec<Formula>,
}

/// The conditions of one field.
pub(super) struct FieldConditions {
    /// The field.
    pub key: String,
    /// Where it is shown.
    pub show: Option<Condition>,
    /// Where it is required.
    pub require: Option<Condition>,
    /// Where it is closed.
    pub read_only: Option<Condition>,
}

impl CompiledRules {
    /// The rules of an object.
    pub(in crate::engine) fn of(&self, schema: &Schema, object: &Object, zone: chrono_tz::Tz) -> Arc<ObjectRules> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = known.get(&object.key) {
            return rules.clone();
        }
        let rules = Arc::new(ObjectRules::compile(schema, object, zone));
        known.insert(object.key.clone(), rules.clone());
        rules
    }
}

impl ObjectRules {
    fn compile(schema: &Schema, object: &Object, zone: chrono_tz::Tz) -> Self {
        let condition = |text: &String| Condition::compile(text, schema, object, zone);
        let fields = object.fields.iter().filter(|field| !field.hidden).map(|field| FieldConditions {
            key: field.key.clone(),
            show: field.conditions.show.as_ref().map(condition),
            require: field.conditions.require.as_ref().map(condition),
            read_only: field.conditions.read_only.as_ref().map(condition),
        });
        let transitions = object.rules.machine.iter().flat_map(|machine| &machine.transitions);
        Self {
            validations: object.rules.validations.iter().map(|rule| condition(&rule.condition)).collect(),
            guards: transitions.map(|one| one.guard.as_ref().map(|guard| condition(&guard.condition))).collect(),
            adjustments: object.rules.adjustments.iter().map(|one| one.guard.as_ref().map(|guard| condition(&guard.condition))).collect(),
            no_overlaps: object.rules.no_overlaps.iter().map(|rule| rule.condition.as_ref().map(condition)).collect(),
            fields: fields.filter(|one| one.show.is_some() || one.require.is_some() || one.read_only.is_some()).collect(),
            formulas: formulas_in_order(schema, object, zone),
        }
    }

    /// The conditions of a field, if it has any.
    pub(in crate::engine) fn field(&self, key: &str) -> Option<&FieldConditions> {
        self.fields.iter().find(|one| one.key == key)
    }
}
