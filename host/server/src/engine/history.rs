//! What happened to a record, newest first, with old and new values.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use guanxi_core::meta::{Field, Label};
use guanxi_core::policy::FieldRight;
use guanxi_core::{Problem, Value};
use guanxi_store::{HistoryOp, HistoryRow};
use uuid::Uuid;

use super::{Ctx, Engine, Outcome, Refusal, protect};

/// Rows read at once while old values are followed upwards.
const CHUNK: u32 = 200;
/// The most changes of one page.
const MAX_PAGE: u32 = 200;

/// One save of the record.
#[derive(Clone, Debug)]
pub struct HistoryChange {
    /// Names the change, for its undo.
    pub id: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who, if it was a user.
    pub actor: Option<Uuid>,
    /// The name at that time.
    pub actor_name: String,
    /// Through what: `ui`, `api`, `import pipeline.csv`.
    pub via: String,
    /// The batch to which it belongs.
    pub batch: Option<i64>,
    /// Created, changed or deleted.
    pub op: HistoryOp,
    /// The version that it made.
    pub version: i64,
    /// Field key, old value, new value; in the order of the object's fields.
    pub fields: Vec<(String, Value, Value)>,
}

/// One page of a record's history.
#[derive(Clone, Debug)]
pub struct HistoryPage {
    /// Newest first.
    pub changes: Vec<HistoryChange>,
    /// Where older changes begin.
    pub next: Option<String>,
}

/// What a field held before a change when it had another type: the text that people saw then.
pub(super) fn former_value(ctx: &Ctx, row: &HistoryRow, key: &str) -> Option<Value> {
    let (_, kind, value) = row.former.iter().find(|(known, ..)| known == key)?;
    let field = Field::new(key, Label::default(), kind.clone());
    let text = super::metadata::shown(&field, value, ctx.locale);
    Some(if text.is_empty() { Value::Null } else { Value::Text(text) })
}

impl Engine {
    /// The history of a record that the actor may see.
    pub async fn history(&self, ctx: &Ctx, key: &str, id: Uuid, cursor: &str, limit: u32) -> Outcome<HistoryPage> {
        self.history_of(ctx, key, id, None, cursor, limit).await
    }

    /// The same, of one field only if one is named: then the creation of the record tells the field's first value.
    pub async fn history_of(&self, ctx: &Ctx, key: &str, id: Uuid, field: Option<&str>, cursor: &str, limit: u32) -> Outcome<HistoryPage> {
        let record = self.get(ctx, key, id, &[]).await?;
        if let Some(field) = field.filter(|field| record.object.field(field).is_none()) {
            return Err(Problem::error("field.unknown", format!("`{key}` has no field `{field}`")).on("field").into());
        }
        let told = |name: &str| ctx.field_right(key, name) != FieldRight::None;
        if let Some(field) = field.filter(|field| !told(field)) {
            return Err(Refusal { status: 403, problems: vec![protect::forbidden(field, FieldRight::None)] });
        }
        let wanted = |name: &str| field.is_none_or(|field| field == name) && told(name);
        let shown = |name: &str, value: Value| protect::protected(ctx, &record.object, name, value);
        let before = match cursor {
            "" => None,
            text => {
                Some(text.parse::<i64>().map_err(|_| Problem::error("request.malformed", "this is no cursor of a history").on("cursor"))?)
            }
        };
        let limit = usize::try_from(limit.clamp(1, MAX_PAGE)).unwrap_or(1);
        // Only old values are stored: the new value of a change is the old one of the next change of that field, or today's.
        let mut newer: HashMap<String, Value> = record.paths.iter().map(|p| p.field.clone()).zip(record.values).collect();
        for lines in &record.lines {
            let ids: Vec<Uuid> = lines.of(id).iter().map(|(line, _)| *line).collect();
            newer.insert(lines.field.clone(), if ids.is_empty() { Value::Null } else { Value::Refs(ids) });
        }
        let (mut changes, mut from, mut next) = (Vec::new(), None, None);
        'pages: loop {
            let rows = ctx.tenant.store.history(&ctx.snapshot.schema, key, id, from, CHUNK).await?;
            let exhausted = rows.len() < usize::try_from(CHUNK).unwrap_or(usize::MAX);
            for row in rows {
                from = Some(row.id);
                if changes.len() == limit {
                    break 'pages;
                }
                let mut fields = Vec::new();
                for field in record.object.fields.iter().filter(|f| !f.hidden && wanted(&f.key)) {
                    let known = row.old.get(&field.key).cloned().or_else(|| former_value(ctx, &row, &field.key));
                    if let Some(old) = known.map(|old| shown(&field.key, old)) {
                        let new = newer.insert(field.key.clone(), old.clone()).unwrap_or(Value::Null);
                        fields.push((field.key.clone(), old, new));
                    }
                }
                if let (HistoryOp::Create, Some(field)) = (row.op, field) {
                    let first = newer.get(field).cloned().unwrap_or(Value::Null);
                    fields.push((field.to_owned(), Value::Null, first));
                }
                let is_about_others = field.is_some() && fields.is_empty();
                if before.is_some_and(|before| row.id >= before) || is_about_others {
                    continue;
                }
                next = Some(row.id);
                changes.push(HistoryChange {
                    id: row.id,
                    at: row.at,
                    actor: row.actor,
                    actor_name: row.actor_name,
                    via: row.via,
                    batch: row.batch,
                    op: row.op,
                    version: row.version,
                    fields,
                });
            }
            if exhausted {
                return Ok(HistoryPage { changes, next: None });
            }
        }
        Ok(HistoryPage { changes, next: next.map(|id| id.to_string()) })
    }
}
