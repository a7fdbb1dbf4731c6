//! The recycle bin: deleted records that the actor could see when they were there.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use guanxi_core::meta::Object;
use guanxi_core::query::Position;
use guanxi_core::{Problem, Value};
use guanxi_store::DeletedRow;
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, cursor, protect, read};

/// The most records of one page.
const MAX_PAGE: u32 = 200;

/// A page of the recycle bin.
#[derive(Clone, Debug)]
pub struct DeletedPage {
    /// The object.
    pub object: Arc<Object>,
    /// Deleted last first.
    pub records: Vec<DeletedRecord>,
    /// Where the next page starts.
    pub next: Option<String>,
}

/// A deleted record.
#[derive(Clone, Debug)]
pub struct DeletedRecord {
    /// The record.
    pub id: Uuid,
    /// How people called it.
    pub title: String,
    /// When it was deleted.
    pub deleted_at: DateTime<Utc>,
    /// Who deleted it; `None` for the host itself.
    pub deleted_by: Option<Uuid>,
    /// That user's name.
    pub deleted_by_name: String,
}

impl Engine {
    /// Deleted records of an object, deleted last first.
    pub async fn recycle_bin(&self, ctx: &Ctx, key: &str, cursor: &str, limit: u32) -> Outcome<DeletedPage> {
        let object = read::object(ctx, key)?;
        let scope = read::viewable(ctx, &object)?;
        let limit = limit.clamp(1, MAX_PAGE);
        let bound_to = format!("recycle bin {} {:?} {key}", ctx.tenant.key, ctx.actor.user);
        let secret = ctx.tenant.cursor_key.as_bytes();
        let after = match cursor {
            "" => None,
            text => {
                let position = cursor::decode(secret, &bound_to, text)?;
                match position.keys.first() {
                    Some(Value::Instant(at)) => Some((*at, position.id)),
                    _ => return Err(Problem::error("request.malformed", "this is no cursor of a recycle bin").on("cursor").into()),
                }
            }
        };
        let mut rows = ctx.tenant.store.list_deleted(&ctx.snapshot.schema, key, &scope, after, limit + 1).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let position = |row: &DeletedRow| Position { keys: vec![Value::Instant(row.deleted_at)], id: row.id };
        let next = rows.last().filter(|_| more).map(|row| cursor::encode(secret, &bound_to, &position(row)));
        let users: Vec<Uuid> = rows.iter().filter_map(|row| row.deleted_by).collect();
        let names = self.titles(ctx, "user", &users).await.unwrap_or_default();
        let titles = self.titles_of_titles(ctx, &object, &rows).await;
        let record = |row: DeletedRow| DeletedRecord {
            id: row.id,
            title: match protect::protected(ctx, &object, &object.title, row.title.clone()) {
                Value::Ref(id) => titles.get(&id).cloned().unwrap_or_default(),
                value => value.as_text().unwrap_or_default().to_owned(),
            },
            deleted_at: row.deleted_at,
            deleted_by: row.deleted_by,
            deleted_by_name: row.deleted_by.and_then(|user| names.get(&user).cloned()).unwrap_or_default(),
        };
        let records = rows.into_iter().map(record).collect();
        Ok(DeletedPage { object, records, next })
    }

    /// Some objects are named by a record that they refer to.
    async fn titles_of_titles(&self, ctx: &Ctx, object: &Object, rows: &[DeletedRow]) -> HashMap<Uuid, String> {
        let Some(target) = object.field(&object.title).and_then(|field| field.target()) else { return HashMap::new() };
        let ids: Vec<Uuid> = rows.iter().filter_map(|row| row.title.as_ref_id()).collect();
        self.titles(ctx, target, &ids).await.unwrap_or_default()
    }
}
