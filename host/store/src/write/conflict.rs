//! A refused unit explained: which record is not unique, in which fields, and who has the values.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_core::Value;
use guanxi_core::meta::{Object, Schema};
use uuid::Uuid;

use super::{Planned, RowOp, WriteError};
use crate::column::{equality_name, object_table};
use crate::ddl::{unique_constraint_index, unique_field_index};
use crate::error::{Violation, ViolationKind};
use crate::records::Candidate;
use crate::{StoreError, TenantStore};

impl TenantStore {
    /// What a violated constraint means for the unit. SQLite names columns only, so the other record is looked up afterwards.
    pub(super) async fn explain(&self, schema: &Schema, planned: &[Planned<'_>], violation: Violation) -> Result<WriteError, StoreError> {
        if violation.kind != ViolationKind::Unique {
            return Err(StoreError::Violation(violation));
        }
        for group in planned.chunk_by(|a, b| a.object.id == b.object.id) {
            let object = &group[0].object;
            let candidates = self.candidates(schema, object, group).await?;
            if let Some(taken) = self.probe_unique(schema, &object.key, &candidates).await?.into_iter().next() {
                let id = candidates[taken.candidate].id;
                let (fields, code) = (taken.fields, taken.code);
                return Ok(WriteError::NotUnique { object: object.key.clone(), id, fields, code, other: Some(taken.other) });
            }
        }
        Ok(by_name(planned, &violation).unwrap_or(StoreError::Violation(violation).into()))
    }

    /// The rows as the unit would leave them.
    async fn candidates(&self, schema: &Schema, object: &Arc<Object>, group: &[Planned<'_>]) -> Result<Vec<Candidate>, StoreError> {
        let updated = group.iter().filter(|p| matches!(p.change.op, RowOp::Update { .. } | RowOp::Restore { .. })).map(|p| p.change.id);
        let updated: Vec<Uuid> = updated.collect();
        let stored = self.load_records(schema, &object.key, &updated).await?;
        let mut stored: HashMap<Uuid, HashMap<String, Value>> = stored.into_iter().map(|r| (r.id, r.values)).collect();
        let written = group.iter().filter(|p| !matches!(p.change.op, RowOp::Delete { .. }));
        Ok(written
            .map(|p| {
                let mut values = stored.remove(&p.change.id).unwrap_or_default();
                values.extend(p.change.values.iter().cloned());
                Candidate { id: p.change.id, values }
            })
            .collect())
    }
}

/// What can be told when the conflicting row is gone again, or when records of the unit exchange their values.
fn by_name(planned: &[Planned<'_>], violation: &Violation) -> Option<WriteError> {
    let table = violation.table.as_deref()?;
    let first = planned.iter().find(|p| object_table(p.object.id).as_str() == table)?;
    let object = &first.object;
    let constraint = violation.constraint.as_deref();
    let in_columns = |key: &str| violation.columns.iter().any(|c| c == key);
    let declared = object.uniques.iter().find(|u| constraint == Some(unique_constraint_index(u.id).as_str()));
    let fields = if let Some(unique) = declared {
        unique.fields.clone()
    } else if constraint.is_some_and(|c| c.ends_with("_pkey")) || in_columns("id") {
        vec!["id".to_owned()]
    } else if constraint.is_some_and(|c| c.ends_with("_external_id")) {
        vec!["external_id".to_owned()]
    } else {
        let named =
            |f: &&guanxi_core::meta::Field| constraint == Some(unique_field_index(f).as_str()) || in_columns(equality_name(f).as_str());
        object.fields.iter().filter(named).map(|f| f.key.clone()).collect()
    };
    let by_fields = || object.uniques.iter().find(|u| u.fields == fields && fields.len() > 1);
    let code = declared.or_else(by_fields).map_or("field.not_unique", |u| u.code.as_str()).to_owned();
    Some(WriteError::NotUnique { object: object.key.clone(), id: first.change.id, fields, code, other: None })
}
