//! Formula fields in the save: computed before hooks look, after each of their rounds, and so before anything is checked.

use guanxi_core::Problem;

use super::facts::Facts;
use super::{Item, ItemOp};
use crate::engine::input::same;
use crate::engine::rules::ObjectRules;

/// Computes the item's formulas. A stored one is computed again only when a field that it reads changes.
pub(super) fn compute(item: &mut Item, rules: &ObjectRules) {
    if item.is_delete() || rules.formulas.is_empty() {
        return;
    }
    // A formula reads its own record and its lines, so nothing else has to be known.
    let nothing = Facts::default();
    item.recomputed.clear();
    for formula in &rules.formulas {
        let key = &formula.field.key;
        let due = item.op == ItemOp::Create || formula.reads.iter().any(|read| item.differs(read));
        let value = if due { formula.value(&nothing.after(item)) } else { Ok(item.old_value(key).clone()) };
        // An earlier round may have found that it does not fit, and a hook may have mended that.
        item.problems.retain(|p| p.field.as_ref() != Some(key) || p.code == "field.read_only");
        match value {
            Ok(value) => {
                item.new.insert(key.clone(), value);
                if due {
                    item.recomputed.push(key.clone());
                }
            }
            Err(problem) => item.tell(problem),
        }
    }
}

/// What a caller sent for formulas: what they were, or what they come to, is no news; another value is refused.
pub(super) fn check_sent(item: &mut Item) {
    for (key, value) in std::mem::take(&mut item.claimed) {
        if !same(&value, item.old_value(&key)) && !same(&value, item.value(&key)) {
            item.tell(Problem::error("field.read_only", format!("`{key}` is computed by the server")).on(key));
        }
    }
}
