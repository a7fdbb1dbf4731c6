//! Somebody else saved first: what they changed, beside what was typed. Fields that the person did not touch take the new value.

use std::collections::HashMap;

use guanxi_core::Value;

use super::controls::form_text;
use super::record::Shown;
use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::components::control::{FieldProblem, ProblemKind};
use crate::ui::format::MoneyStyle;
use crate::ui::visit::Visit;

/// The code of a conflict.
pub(super) const CODE: &str = "record.version_conflict";
/// Saves that are looked through; somebody who is further behind sees the newest of them.
const CHANGES: u32 = 100;

/// What others did to one field since a version.
struct Theirs {
    who: String,
    /// The value that the person saw.
    before: Value,
}

/// Compares what was typed, starting from version `base`, with the record as it is now, and says what differs.
pub(super) async fn merge(
    visit: &Visit,
    now: &Shown<'_>,
    base: i64,
    values: &mut HashMap<String, String>,
) -> Outcome<Vec<(Option<String>, FieldProblem)>> {
    let texts = t(visit.locale());
    let summary = format!("{} · {}", texts.conflict_title(), texts.conflict_save_again());
    let mut remarks = vec![(None, FieldProblem::new(ProblemKind::Conflict, CODE, summary))];
    let zone = visit.ctx.tenant.zone;
    let mut theirs: Vec<(String, Theirs)> = changed_since(visit, now, base).await?.into_iter().collect();
    theirs.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (key, their) in theirs {
        let (Some(selected), Some(typed)) = (now.selection.field(&key), values.get(&key)) else { continue };
        let current = form_text(selected.value(&now.row), zone);
        if *typed == current {
            continue;
        }
        let shown = selected.text(&visit.ctx, &now.row, MoneyStyle::Full);
        if *typed == form_text(&their.before, zone) {
            remarks.push((Some(key.clone()), FieldProblem::new(ProblemKind::Info, CODE, texts.conflict_taken(&their.who, &shown))));
            values.insert(key, current);
            continue;
        }
        let words = if current.is_empty() { texts.conflict_theirs_empty(&their.who) } else { texts.conflict_theirs(&their.who, &shown) };
        remarks.push((Some(key), FieldProblem::new(ProblemKind::Conflict, CODE, words)));
    }
    Ok(remarks)
}

/// Who changed which field last, and its value before all of that.
async fn changed_since(visit: &Visit, now: &Shown<'_>, base: i64) -> Outcome<HashMap<String, Theirs>> {
    let page = visit.engine().history(&visit.ctx, &now.object.key, now.id, "", CHANGES).await?;
    let mut theirs: HashMap<String, Theirs> = HashMap::new();
    for change in page.changes.into_iter().filter(|change| change.version > base) {
        for (key, old, _) in change.fields {
            // Newest first: the name stays, the old value moves back in time.
            theirs.entry(key).or_insert_with(|| Theirs { who: change.actor_name.clone(), before: Value::Null }).before = old;
        }
    }
    Ok(theirs)
}
