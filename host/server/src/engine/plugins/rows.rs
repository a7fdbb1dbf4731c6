//! Seed rows (made when a plugin is enabled for the first time) and sample rows (loaded by `dev`).

use std::collections::{HashMap, HashSet};

use chrono::{NaiveTime, TimeDelta, TimeZone};
use guanxi_core::meta::{Field, FieldKind, Object};
use guanxi_core::policy::RowScope;
use guanxi_core::text::normal_key;
use guanxi_core::{Problem, Value};
use guanxi_sandbox::Manifest;
use guanxi_sandbox::manifest::{LOCAL_KEY, Row, RowSet, RowValue};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::engine::{Change, Ctx, Engine, Outcome, Raw, SaveOptions, read};

/// Rows per save.
const CHUNK: usize = 200;

impl Engine {
    /// Makes the seed rows, once in a tenant's life: what people deleted afterwards stays deleted.
    pub(super) async fn load_seed_rows(&self, ctx: &Ctx, manifest: &Manifest) -> Outcome<()> {
        self.load_rows_once(ctx, &format!("seeded.{}", manifest.id), &manifest.seed).await
    }

    /// Makes the sample rows, once.
    pub(crate) async fn load_sample_rows(&self, ctx: &Ctx, manifest: &Manifest) -> Outcome<()> {
        self.load_rows_once(ctx, &format!("sampled.{}", manifest.id), &manifest.sample).await
    }

    async fn load_rows_once(&self, ctx: &Ctx, done: &str, sets: &[RowSet]) -> Outcome<()> {
        if ctx.tenant.store.find_setting(done).await?.is_some() {
            return Ok(());
        }
        // Rows are made by the host, whoever enabled the plugin; the metadata is new since the request began.
        let system = self.system_ctx(ctx.tenant.clone()).await?;
        let mut named: HashMap<String, Uuid> = HashMap::new();
        for set in sets {
            self.load_set(&system, set, &mut named).await?;
        }
        ctx.tenant.store.put_setting(done, &Json::Bool(true)).await?;
        // A setting raises the metadata's revision: without this the next saves would find their snapshot stale and start again.
        ctx.tenant.invalidate();
        Ok(())
    }

    async fn load_set(&self, ctx: &Ctx, set: &RowSet, named: &mut HashMap<String, Uuid>) -> Outcome<()> {
        let object = read::object(ctx, &set.object)?;
        let present = self.present_keys(ctx, &object, set).await?;
        let mut rest: Vec<&Row> = set.rows.iter().filter(|row| !is_present(&object, set, row, &present)).collect();
        while !rest.is_empty() {
            // A row may refer to one before it, whose id is known only after a save.
            let mut here: HashSet<&str> = HashSet::new();
            let mut take = 0;
            for row in rest.iter().take(CHUNK) {
                if row.values().any(|value| matches!(value, RowValue::Ref { local } if here.contains(local.as_str()))) {
                    break;
                }
                here.extend(local_name(row));
                take += 1;
            }
            let chunk: Vec<&Row> = rest.drain(..take.max(1)).collect();
            let mut changes = Vec::new();
            for row in &chunk {
                changes.push(Change::Create { object: object.key.clone(), fields: self.row_fields(ctx, &object, row, named).await? });
            }
            let saved = self.save(ctx, changes, SaveOptions::default()).await?;
            for (row, saved) in chunk.into_iter().zip(saved) {
                if let Some(name) = local_name(row) {
                    named.insert(name.to_owned(), saved?.id);
                }
            }
        }
        Ok(())
    }

    /// Normal keys of the set's rows that are there already.
    async fn present_keys(&self, ctx: &Ctx, object: &Object, set: &RowSet) -> Outcome<HashSet<String>> {
        let Some(field) = set.key.as_deref().and_then(|key| object.field(key)) else { return Ok(HashSet::new()) };
        let keys: Vec<String> =
            set.rows.iter().filter_map(|row| text_of(row, &field.key)).map(|text| normal_key(&field.kind, text)).collect();
        let mut present = HashSet::new();
        for chunk in keys.chunks(CHUNK) {
            let found = ctx.tenant.store.lookup(&ctx.snapshot.schema, &object.key, &field.key, chunk, &RowScope::All).await?;
            present.extend(found.into_iter().map(|(key, _)| key));
        }
        Ok(present)
    }

    async fn row_fields(&self, ctx: &Ctx, object: &Object, row: &Row, named: &HashMap<String, Uuid>) -> Outcome<Vec<(String, Raw)>> {
        let mut fields = Vec::new();
        for (key, value) in row.iter().filter(|(key, _)| key.as_str() != LOCAL_KEY) {
            let Some(field) = object.field(key) else {
                return Err(Problem::error("field.unknown", format!("`{}` has no field `{key}`", object.key)).on(key).into());
            };
            fields.push((key.clone(), self.row_value(ctx, field, value, named).await?));
        }
        Ok(fields)
    }

    async fn row_value(&self, ctx: &Ctx, field: &Field, value: &RowValue, named: &HashMap<String, Uuid>) -> Outcome<Raw> {
        Ok(match value {
            RowValue::Bool(flag) => Raw::Value(Value::Bool(*flag)),
            RowValue::Int(number) => Raw::Json(Json::from(*number)),
            RowValue::Text(text) => Raw::Json(Json::from(text.as_str())),
            RowValue::Ref { local } => Raw::Value(named.get(local).copied().map_or(Value::Null, Value::Ref)),
            RowValue::Named { named: title } => Raw::Value(self.by_title(ctx, field, title).await?.map_or(Value::Null, Value::Ref)),
            RowValue::User { user } => Raw::Value(self.system_lookup(ctx, "user", "email", user).await?.map_or(Value::Null, Value::Ref)),
            RowValue::Days { days, time } => Raw::Value(moment(ctx, field, *days, time.as_deref())),
        })
    }

    /// The record of a reference's object that people call so.
    async fn by_title(&self, ctx: &Ctx, field: &Field, title: &str) -> Outcome<Option<Uuid>> {
        let Some(target) = field.target().and_then(|key| ctx.snapshot.schema.object(key)) else { return Ok(None) };
        self.system_lookup(ctx, &target.key, &target.title, title).await
    }
}

/// A date so many days from today; an instant where the field is one.
fn moment(ctx: &Ctx, field: &Field, days: i64, time: Option<&str>) -> Value {
    let date = ctx.today() + TimeDelta::days(days);
    if field.kind != FieldKind::DateTime {
        return Value::Date(date);
    }
    let time = time.and_then(|text| NaiveTime::parse_from_str(text, "%H:%M").ok()).unwrap_or_default();
    // An hour that the zone skips or repeats on that day: the earlier reading, or none.
    ctx.tenant.zone.from_local_datetime(&date.and_time(time)).earliest().map_or(Value::Null, |at| Value::Instant(at.to_utc()))
}

fn local_name(row: &Row) -> Option<&str> {
    text_of(row, LOCAL_KEY)
}

fn text_of<'a>(row: &'a Row, key: &str) -> Option<&'a str> {
    match row.get(key) {
        Some(RowValue::Text(text)) => Some(text),
        _ => None,
    }
}

fn is_present(object: &Object, set: &RowSet, row: &Row, present: &HashSet<String>) -> bool {
    let field = set.key.as_deref().and_then(|key| object.field(key));
    field.is_some_and(|field| text_of(row, &field.key).is_some_and(|text| present.contains(&normal_key(&field.kind, text))))
}
