//! Formulas of records that were there before the formula (or before its new expression): computed chunk by chunk, beside ordinary saves.
//!
//! Neither version nor history tells of it, because nobody changed a record. A save that computes the same formula at the same time writes
//! its own result, whether it differs from what it has read or not, so that the later one is right.

use std::collections::HashMap;
use std::ops::ControlFlow;

use guanxi_core::Value;
use guanxi_core::meta::{FieldKind, Object, Schema};
use sea_query::ExprTrait;
use uuid::Uuid;

use super::current_revisions;
use super::rows::set_values;
use super::stored::{ids_after, stored};
use crate::column::{column_name, field_of, table_name};
use crate::db::Tx;
use crate::name::SqlName;
use crate::planner::{column, object_of};
use crate::records::{Record, read_record, whole_records};
use crate::{StoreError, TenantStore};

/// A record with its live lines by children field, in their order.
pub type WithLines<'a> = (&'a Record, &'a HashMap<String, Vec<Record>>);

impl TenantStore {
    /// Gives every record of an object, deleted ones too, the values that `values_of` finds for it; only what differs is written. `lines` are
    /// the children fields that it looks at. Ends with [`StoreError::StaleSchema`] when the metadata changes meanwhile; what is done stays.
    pub async fn refill(
        &self,
        schema: &Schema,
        object: &str,
        lines: &[String],
        values_of: &(dyn Fn(WithLines<'_>) -> Vec<(String, Value)> + Sync),
    ) -> Result<(), StoreError> {
        let object = object_of(schema, object)?;
        let mut last: Option<Uuid> = None;
        loop {
            let ids = ids_after(&self.db, schema, &object, last, false).await?;
            let Some(end) = ids.last() else { return Ok(()) };
            last = Some(*end);
            let mut tx = self.db.begin().await?;
            let records = stored(&mut tx, schema, &object, &ids, true).await?;
            let mut lines_of = all_lines(&mut tx, schema, &object, &ids, lines).await?;
            for record in &records {
                let own = lines_of.remove(&record.id).unwrap_or_default();
                let found = values_of((record, &own));
                let changed: Vec<(String, Value)> = found.into_iter().filter(|(key, value)| record.value(key) != value).collect();
                if !changed.is_empty() {
                    let update = set_values(&tx, &object, record.id, &changed)?;
                    tx.execute(schema.revision, &update).await?;
                    crate::search::refresh(&mut tx, schema, &object, record.id, &changed).await?;
                }
            }
            if current_revisions(&mut tx).await?.meta != schema.revision {
                return Err(StoreError::StaleSchema);
            }
            tx.commit().await?;
        }
    }
}

impl TenantStore {
    /// Shows every live record of an object with its lines, until `look` has seen enough; nothing is written. Only what is not shown here
    /// may differ when the caller acts on it.
    pub async fn survey(
        &self,
        schema: &Schema,
        object: &str,
        lines: &[String],
        look: &mut (dyn FnMut(WithLines<'_>) -> ControlFlow<()> + Send),
    ) -> Result<(), StoreError> {
        let object = object_of(schema, object)?;
        let mut last: Option<Uuid> = None;
        loop {
            let ids = ids_after(&self.db, schema, &object, last, true).await?;
            let Some(end) = ids.last() else { return Ok(()) };
            last = Some(*end);
            let mut tx = self.db.begin_reading().await?;
            let records = stored(&mut tx, schema, &object, &ids, false).await?;
            let mut lines_of = all_lines(&mut tx, schema, &object, &ids, lines).await?;
            for record in &records {
                let own = lines_of.remove(&record.id).unwrap_or_default();
                if look((record, &own)).is_break() {
                    return Ok(());
                }
            }
        }
    }
}

/// The lines of some records by record and children field. A record that was changed with its lines is locked by now, so they stay as they are.
async fn all_lines(
    tx: &mut Tx,
    schema: &Schema,
    object: &Object,
    ids: &[Uuid],
    fields: &[String],
) -> Result<HashMap<Uuid, HashMap<String, Vec<Record>>>, StoreError> {
    let mut found: HashMap<Uuid, HashMap<String, Vec<Record>>> = HashMap::new();
    for key in fields {
        let FieldKind::Children { target } = &field_of(object, key)?.kind else { continue };
        let child = object_of(schema, target)?;
        let Some(reference) = child.parent.clone() else { continue };
        let of_parents = column("t0", &column_name(field_of(&child, &reference)?)).is_in(ids.iter().copied());
        let mut query = whole_records(tx.table(&table_name(&child)), &child);
        query.and_where(of_parents).and_where(column("t0", &SqlName::fixed("deleted_at")).is_null());
        let rows = tx.fetch(schema.revision, &query).await?;
        let mut lines = rows.iter().map(|row| read_record(row, &child)).collect::<Result<Vec<_>, StoreError>>()?;
        let place = |record: &Record| match record.value("position") {
            Value::Int(position) => *position,
            _ => 0,
        };
        lines.sort_by_key(|line| (place(line), line.id));
        for line in lines {
            if let Some(parent) = line.value(&reference).as_ref_id() {
                found.entry(parent).or_default().entry(key.clone()).or_default().push(line);
            }
        }
    }
    Ok(found)
}
