//! Somebody saved first: what the caller wants and what stands there now, field by field.

use guanxi_core::Problem;

use super::Item;

/// The code of a conflict.
const CODE: &str = "record.version_conflict";

/// Adds a problem for every field that the caller sent and that differs from the record as it is now; its parts are `mine` and `theirs`.
pub(super) fn tell_sides(item: &mut Item) {
    if !item.problems.iter().any(|problem| problem.code == CODE) {
        return;
    }
    let mut keys = item.sent.clone();
    keys.sort_unstable();
    keys.dedup();
    for key in keys.into_iter().filter(|key| item.changed(key)).collect::<Vec<_>>() {
        let (mine, theirs) = (item.value(&key).clone(), item.old_value(&key).clone());
        let problem = Problem::error(CODE, format!("`{key}` has another value now"));
        item.problems.push(problem.on(key).with("mine", mine).with("theirs", theirs));
    }
}
