//! Indexes that declarations need to stay cheap: whoever declares a roll-up or a rule over many records need not think of them.

use std::collections::BTreeSet;

use guanxi_core::meta::{Field, Object, RollUp, Rules};
use guanxi_store::{FieldChange, MetaChange};

use super::kinds::may_be_indexed;

/// The rows below a record are found by their reference.
pub(super) fn for_roll_up(source: &Object, roll_up: &RollUp) -> Option<MetaChange> {
    missing(source, std::slice::from_ref(&roll_up.reference)).map(|key| index(source, key))
}

/// The rows with the same key are found by one of its fields; for a rule without a key, by where an interval begins.
pub(super) fn for_rules(object: &Object, rules: &Rules) -> Vec<MetaChange> {
    let intervals = rules.no_overlaps.iter().filter_map(|rule| {
        let fields = if rule.fields.is_empty() { std::slice::from_ref(&rule.from) } else { &rule.fields };
        missing(object, fields)
    });
    let keys: BTreeSet<&str> = intervals.chain(rules.limits.iter().filter_map(|rule| missing(object, &rule.fields))).collect();
    keys.into_iter().map(|key| index(object, key)).collect()
}

/// The first of these fields that can have an index, unless one of them has it already.
fn missing<'o>(object: &'o Object, keys: &[String]) -> Option<&'o str> {
    let fields: Vec<&Field> = keys.iter().filter_map(|key| object.field(key)).filter(|field| !field.is_system()).collect();
    if fields.iter().any(|field| field.indexed || field.unique) {
        return None;
    }
    fields.into_iter().find(|field| may_be_indexed(&field.kind)).map(|field| field.key.as_str())
}

fn index(object: &Object, key: &str) -> MetaChange {
    let change = FieldChange { indexed: Some(true), ..FieldChange::default() };
    MetaChange::UpdateField { object: object.key.clone(), key: key.to_owned(), change: Box::new(change) }
}
