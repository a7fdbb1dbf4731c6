//! From places in the merged order to rows: titles, amounts, states and people, as the actor may see them.

use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use guanxi_core::Value;
use guanxi_core::expr::FieldPath;
use uuid::Uuid;

use super::kind::CardKind;
use super::rights::is_readable;
use super::streams::Found;
use crate::engine::{Ctx, Outcome, read};

/// One record on a card.
#[derive(Clone, Debug)]
pub struct CardRow {
    /// The place of its kind in the answer's `kinds`.
    pub kind: usize,
    /// Its id.
    pub id: Uuid,
    /// When; of a date the beginning of that day.
    pub at: DateTime<Utc>,
    /// The day, where only a day is known.
    pub day: Option<NaiveDate>,
    /// What names it, with its type.
    pub title: (FieldPath, Value),
    /// Its money.
    pub amount: Option<(FieldPath, Value)>,
    /// Its state.
    pub status: Option<(FieldPath, Value)>,
    /// Whose it is.
    pub person: Option<Uuid>,
    /// The name of that person, where the actor may see the user.
    pub person_name: Option<String>,
    /// What else it shows, empty values left out.
    pub details: Vec<(FieldPath, Value)>,
    /// Fields whose values the actor may not read.
    pub closed: Vec<String>,
}

/// The rows of a page in its order. A record that went away meanwhile is left out.
pub(super) async fn rows(ctx: &Ctx, kinds: &[CardKind], page: &[Found]) -> Outcome<Vec<CardRow>> {
    let mut read: HashMap<(usize, Uuid), CardRow> = HashMap::new();
    for (place, kind) in kinds.iter().enumerate() {
        let of_kind: Vec<&Found> = page.iter().filter(|found| found.kind == place).collect();
        if of_kind.is_empty() {
            continue;
        }
        let ids: Vec<Uuid> = of_kind.iter().map(|found| found.place.id).collect();
        let paths = paths(kind);
        let values: HashMap<Uuid, Vec<Value>> = read::find_by_ids(ctx, &kind.object, paths.clone(), &ids).await?.into_iter().collect();
        for found in of_kind {
            if let Some(values) = values.get(&found.place.id) {
                read.insert((place, found.place.id), row(ctx, kind, found, &paths, values));
            }
        }
    }
    Ok(page.iter().filter_map(|found| read.remove(&(found.kind, found.place.id))).collect())
}

/// What is read of each row of a kind.
fn paths(kind: &CardKind) -> Vec<FieldPath> {
    let mut paths = vec![kind.title.clone()];
    paths.extend(kind.amount.clone());
    paths.extend(kind.status.clone());
    if let Some((person, name)) = &kind.person {
        paths.extend([person.clone(), name.clone()]);
    }
    paths.extend(kind.details.iter().cloned());
    paths
}

fn row(ctx: &Ctx, kind: &CardKind, found: &Found, paths: &[FieldPath], values: &[Value]) -> CardRow {
    let mut closed = Vec::new();
    let mut value = |path: &FieldPath| {
        if !is_readable(ctx, path) {
            closed.push(path.text());
        }
        paths.iter().position(|known| known == path).and_then(|at| values.get(at)).cloned().unwrap_or(Value::Null)
    };
    let title = value(&kind.title);
    let amount = kind.amount.as_ref().map(|path| (path.clone(), value(path)));
    let status = kind.status.as_ref().map(|path| (path.clone(), value(path)));
    let (person, name) = kind.person.as_ref().map_or((Value::Null, Value::Null), |(person, name)| (value(person), value(name)));
    let details = kind.details.iter().map(|path| (path.clone(), value(path))).filter(|(_, value)| !value.is_null()).collect();
    CardRow {
        kind: found.kind,
        id: found.place.id,
        at: found.place.at,
        day: found.day,
        title: (kind.title.clone(), title),
        amount,
        status,
        person: person.as_ref_id(),
        person_name: name.as_text().map(str::to_owned),
        details,
        closed,
    }
}
