//! Old and new values of several records, as people read them.

use std::collections::HashMap;

use guanxi_core::Value;
use guanxi_core::meta::{Field, FieldKind};
use uuid::Uuid;

use crate::engine::Outcome;
use crate::texts::t;
use crate::ui::format::MoneyStyle;
use crate::ui::value;
use crate::ui::visit::Visit;

/// A long text is cut here, in characters.
const LONGEST: usize = 120;

/// Titles of the records that values lead to, as far as the reader may see them.
#[derive(Default)]
pub(in crate::ui::pages) struct Known(HashMap<(String, Uuid), String>);

impl Known {
    /// Looks up what these values lead to, one query per object.
    pub(in crate::ui::pages) async fn of<'v>(visit: &Visit, values: impl Iterator<Item = (&'v Field, &'v Value)>) -> Outcome<Self> {
        let mut wanted: HashMap<String, Vec<Uuid>> = HashMap::new();
        for (object, id) in values.flat_map(|(field, value)| leads_to(&field.kind, value)) {
            wanted.entry(object).or_default().push(id);
        }
        let mut known = HashMap::new();
        for (object, mut ids) in wanted {
            ids.sort_unstable();
            ids.dedup();
            if visit.ctx.snapshot.schema.object(&object).is_some() {
                // Records out of the reader's sight have no title to show.
                let titles = visit.engine().titles(&visit.ctx, &object, &ids).await.unwrap_or_default();
                known.extend(titles.into_iter().map(|(id, title)| ((object.clone(), id), title)));
            }
        }
        Ok(Self(known))
    }

    /// A value in one line; `None` for no value.
    pub(in crate::ui::pages) fn text(&self, visit: &Visit, field: &Field, value: &Value) -> Option<String> {
        if value.is_null() {
            return None;
        }
        let titles: Vec<&str> = leads_to(&field.kind, value).into_iter().filter_map(|key| self.0.get(&key)).map(String::as_str).collect();
        let titles = titles.join(t(visit.locale()).list_separator());
        let title = (!titles.is_empty()).then_some(titles.as_str());
        let text = match (value, title) {
            (Value::Refs(_), Some(titles)) => titles.to_owned(),
            _ => value::text(&visit.ctx, &field.kind, value, title, MoneyStyle::Full),
        };
        let cut = text.chars().count() > LONGEST;
        Some(if cut { text.chars().take(LONGEST).chain(['…']).collect() } else { text })
    }
}

/// The records behind a value.
fn leads_to(kind: &FieldKind, value: &Value) -> Vec<(String, Uuid)> {
    match (kind, value) {
        (FieldKind::Reference { target }, Value::Ref(id)) => vec![(target.clone(), *id)],
        (FieldKind::ManyReference { target }, Value::Refs(ids)) => ids.iter().map(|id| (target.clone(), *id)).collect(),
        (FieldKind::AnyReference, Value::AnyRef { object, id }) => vec![(object.clone(), *id)],
        _ => Vec::new(),
    }
}
