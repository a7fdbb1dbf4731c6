//! Step 4, file fields: attachments that are there and that the actor may have, and not too many of them.

use std::collections::{HashMap, HashSet};

use guanxi_core::meta::FieldKind;
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::{Interrupted, Item};
use crate::engine::files::FIELD_MAX;
use crate::engine::{Ctx, Engine};

impl Engine {
    /// Files that a record held before stay as they are: whoever edits it need not see each of them.
    pub(super) async fn check_files(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        let added: HashMap<usize, Vec<(String, Vec<Uuid>)>> =
            items.iter().enumerate().map(|(place, item)| (place, added(item))).filter(|(_, fields)| !fields.is_empty()).collect();
        if added.is_empty() {
            return Ok(());
        }
        let ids: HashSet<Uuid> = added.values().flatten().flat_map(|(_, ids)| ids.iter().copied()).collect();
        let visible = self.visible_files(ctx, &ids.into_iter().collect::<Vec<_>>()).await?;
        for (place, fields) in added {
            let item = &mut items[place];
            for (key, ids) in fields {
                if let Value::Refs(all) = item.value(&key)
                    && all.len() > FIELD_MAX
                {
                    let problem = Problem::error("field.range", format!("`{key}` holds at most {FIELD_MAX} files"));
                    item.problems.push(problem.on(&key).with("max", i64::try_from(FIELD_MAX).unwrap_or(i64::MAX)));
                }
                if ids.iter().any(|id| !visible.contains(id)) {
                    item.problems.push(Problem::error("reference.not_found", format!("`{key}` names a file that is not there")).on(&key));
                }
            }
        }
        Ok(())
    }
}

/// Fields with the files that they did not hold before.
fn added(item: &Item) -> Vec<(String, Vec<Uuid>)> {
    if item.is_delete() {
        return Vec::new();
    }
    let fields = item.object.fields.iter().filter(|f| f.kind == FieldKind::File && !f.hidden);
    let of = |value: &Value| match value {
        Value::Refs(ids) => ids.clone(),
        _ => Vec::new(),
    };
    fields
        .filter_map(|field| {
            let old = of(item.old_value(&field.key));
            let ids: Vec<Uuid> = of(item.value(&field.key)).into_iter().filter(|id| !old.contains(id)).collect();
            (!ids.is_empty()).then(|| (field.key.clone(), ids))
        })
        .collect()
}
