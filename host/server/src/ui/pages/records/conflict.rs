//! Somebody else saved first: what they changed, beside what was typed. Fields that the person did not touch take the new value.

use std::collections::HashMap;

use guanxi_core::Value;
use guanxi_core::meta::FieldKind;

use super::controls::form_text;
use super::lines::{self, LinesDraft};
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
    let text = |kind: &FieldKind, value: &Value| form_text(kind, value, visit.ctx.tenant.zone, visit.locale());
    let mut theirs: Vec<(String, Theirs)> = changed_since(visit, now, base).await?.into_iter().collect();
    theirs.sort_by(|(a, _), (b, _)| a.cmp(b));
    for (key, their) in theirs {
        let (Some(selected), Some(typed)) = (now.selection.field(&key), values.get(&key)) else { continue };
        let kind = &selected.field.kind;
        let current = text(kind, selected.value(&now.row));
        if *typed == current {
            continue;
        }
        let shown = selected.text(&visit.ctx, &now.row, MoneyStyle::Full);
        if *typed == text(kind, &their.before) {
            remarks.push((Some(key.clone()), FieldProblem::new(ProblemKind::Info, CODE, texts.conflict_taken(&their.who, &shown))));
            values.insert(key, current);
            continue;
        }
        let words = if current.is_empty() { texts.conflict_theirs_empty(&their.who) } else { texts.conflict_theirs(&their.who, &shown) };
        let mut problem = FieldProblem::new(ProblemKind::Conflict, CODE, words);
        // One click takes their value where an input holds it as a plain text.
        let plain = !kind.is_list() && !matches!(kind, FieldKind::Reference { .. } | FieldKind::AnyReference | FieldKind::Bool);
        problem.offer = plain.then(|| (texts.take_theirs().to_owned(), current.clone()));
        remarks.push((Some(key), problem));
    }
    Ok(remarks)
}

/// Lines go on from the stored ones: what the person typed stays, and what others added stays too.
pub(super) async fn merge_lines(
    visit: &Visit,
    now: &Shown<'_>,
    drafts: &mut HashMap<String, LinesDraft>,
) -> Outcome<Vec<(Option<String>, FieldProblem)>> {
    let mut remarks = Vec::new();
    for (key, stored) in lines::stored(visit, now).await? {
        let Some(draft) = drafts.get_mut(&key) else { continue };
        let added = lines::merge(draft, &stored);
        if added > 0 {
            let words = t(visit.locale()).lines_added(added as u64);
            remarks.push((Some(key), FieldProblem::new(ProblemKind::Info, CODE, words)));
        }
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
