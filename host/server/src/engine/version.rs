//! A record as it was: today's values, taken back change by change through its history.

use guanxi_core::Value;
use guanxi_core::meta::Computed;
use guanxi_store::HistoryRow;
use uuid::Uuid;

use super::history::former_value;
use super::{Ctx, Engine, Outcome, RecordView, Refusal, protect};

/// Changes read at once.
const CHUNK: u32 = 500;

impl Engine {
    /// A record that the actor may see, as it was at one of its versions. Lines are left out, because they have versions of their own, and so
    /// are roll-ups, whose former figures nobody kept.
    pub async fn record_at(&self, ctx: &Ctx, key: &str, id: Uuid, version: i64) -> Outcome<RecordView> {
        let mut record = self.get(ctx, key, id, &[]).await?;
        if version < 1 || version > record.version {
            return Err(Refusal::not_found("version"));
        }
        let mut before = None;
        'pages: loop {
            let rows = ctx.tenant.store.history(&ctx.snapshot.schema, key, id, before, CHUNK).await?;
            // Its history does not go back so far: it came into the store without one.
            let Some(oldest) = rows.last() else { return Err(Refusal::not_found("version")) };
            before = Some(oldest.id);
            for row in &rows {
                if row.version <= version {
                    as_of(&mut record, row, version);
                    break 'pages;
                }
                for (path, value) in record.paths.iter().zip(record.values.iter_mut()) {
                    let old = row.old.get(&path.field).cloned().or_else(|| former_value(ctx, row, &path.field));
                    if let Some(old) = old {
                        *value = protect::protected(ctx, &record.object, &path.field, old);
                    }
                }
            }
        }
        record.version = version;
        let rolled_up = |key: &str| record.object.field(key).is_some_and(|f| matches!(f.computed, Some(Computed::RollUp(_))));
        let shown: Vec<bool> = record.paths.iter().map(|path| !rolled_up(&path.field)).collect();
        let mut keep = shown.iter();
        record.paths.retain(|_| keep.next().copied().unwrap_or(true));
        let mut keep = shown.iter();
        record.values.retain(|_| keep.next().copied().unwrap_or(true));
        record.lines.clear();
        Ok(record)
    }
}

/// What the server itself writes with every change.
fn as_of(record: &mut RecordView, row: &HistoryRow, version: i64) {
    for (path, value) in record.paths.iter().zip(record.values.iter_mut()) {
        match path.field.as_str() {
            "version" => *value = Value::Int(version),
            "updated_at" => *value = Value::Instant(row.at),
            "updated_by" => *value = row.actor.map_or(Value::Null, Value::Ref),
            _ => {}
        }
    }
}
