//! Formulas and roll-ups that come to records which are already there: a new field, or another expression.
//!
//! What was filled is noted per object when it is done. A server that ended in between finds the note missing, and fills again.

use std::sync::Arc;

use guanxi_core::Value;
use guanxi_core::meta::{Computed, FieldKind, Object};
use guanxi_store::{StoreError, WriteError};
use serde_json::Value as Json;

use super::Formula;
use crate::engine::save::{Derived, Misfit, Misfits, stored_source};
use crate::engine::{Ctx, Engine, Outcome, Refusal, Tenant};

/// How often a recomputation starts again after other changes of metadata.
const MAX_ATTEMPTS: usize = 20;

impl Engine {
    /// Brings the formulas of all records of an object up to date, and the roll-ups that count with them. Records can be used meanwhile. What
    /// does not fit its field stays empty, and is told at the record's next save; the first such value is answered.
    pub(in crate::engine) async fn fill_formulas(&self, ctx: &Ctx, object: &str) -> Outcome<Option<Misfit>> {
        for _ in 0..MAX_ATTEMPTS {
            ctx.tenant.invalidate();
            let snapshot = self.snapshot(&ctx.tenant).await?;
            let Some(found) = snapshot.schema.all().find(|one| one.key == object) else { return Ok(None) };
            let rules = snapshot.rules.of(&snapshot.schema, found, ctx.tenant.zone);
            let lines = lines_read(found, &rules.formulas);
            let misfits = Misfits::default();
            let found_object = found;
            let values_of = |(record, lines): guanxi_store::WithLines<'_>| {
                let mut values = record.values.clone();
                let mut found = Vec::with_capacity(rules.formulas.len());
                for formula in &rules.formulas {
                    let key = &formula.field.key;
                    let value = formula.value(&stored_source(record.id, &values, lines)).unwrap_or_else(|problem| {
                        // A record in the bin is told of when it is brought back.
                        if !record.deleted {
                            misfits.note(found_object, record.id, problem);
                        }
                        Value::Null
                    });
                    values.insert(key.clone(), value.clone());
                    found.push((key.clone(), value));
                }
                found
            };
            match ctx.tenant.store.refill(&snapshot.schema, object, &lines, &values_of).await {
                Ok(()) => {
                    let above = self.fill_roll_ups_over(ctx, object).await?;
                    ctx.tenant.store.put_setting(&formulas_note(object), &formulas_of(found)).await?;
                    return Ok(misfits.into_first().or(above));
                }
                Err(StoreError::StaleSchema | StoreError::Conflict) => {}
                Err(error) => return Err(unfilled(error)),
            }
        }
        Err(Refusal::one("busy", "others keep changing the objects; try again"))
    }

    /// Roll-ups that count with a formula of this object.
    async fn fill_roll_ups_over(&self, ctx: &Ctx, object: &str) -> Outcome<Option<Misfit>> {
        let mut first = None;
        let snapshot = self.snapshot(&ctx.tenant).await?;
        let Some(child) = snapshot.schema.all().find(|one| one.key == object) else { return Ok(None) };
        let formulas = child.fields.iter().filter(|field| matches!(field.computed, Some(Computed::Formula { .. })));
        let formulas: Vec<&str> = formulas.map(|field| field.key.as_str()).collect();
        for parent in snapshot.schema.all() {
            for field in &parent.fields {
                let Some(Computed::RollUp(roll_up)) = &field.computed else { continue };
                let condition = roll_up.condition.as_deref().unwrap_or_default();
                let counts = |key: &&str| roll_up.field.as_deref() == Some(*key) || condition.contains(*key);
                if roll_up.object == object && formulas.iter().any(counts) {
                    first = first.or(self.fill_roll_up(ctx, &parent.key, &field.key).await?);
                }
            }
        }
        Ok(first)
    }

    /// Brings a roll-up of all records of an object up to date, with what stands on it. What does not fit is treated as in formulas.
    pub(in crate::engine) async fn fill_roll_up(&self, ctx: &Ctx, object: &str, field: &str) -> Outcome<Option<Misfit>> {
        for _ in 0..MAX_ATTEMPTS {
            ctx.tenant.invalidate();
            let snapshot = self.snapshot(&ctx.tenant).await?;
            let ctx = Ctx { snapshot: snapshot.clone(), ..ctx.clone() };
            let misfits = Misfits::default();
            let derived = Derived { ctx: &ctx, items: &[], misfits: Some(&misfits) };
            match ctx.tenant.store.recompute_roll_up(&snapshot.schema, object, field, &derived).await {
                Ok(_) => {
                    let kept = snapshot.schema.all().find(|one| one.key == object).map_or(Json::Null, |one| roll_up_of(one, field));
                    ctx.tenant.store.put_setting(&roll_up_note(object, field), &kept).await?;
                    return Ok(misfits.into_first());
                }
                Err(WriteError::Store(StoreError::StaleSchema | StoreError::Conflict)) => {}
                Err(WriteError::Store(error)) => return Err(unfilled(error)),
                Err(error) => return Err(Refusal::internal(&error)),
            }
        }
        Err(Refusal::one("busy", "others keep changing the objects; try again"))
    }

    /// Fills what a server that ended early, or a plugin that came, has left to be filled in one tenant.
    pub(in crate::engine) async fn fill_due(&self, tenant: &Arc<Tenant>) -> Outcome<()> {
        let ctx = self.system_ctx(tenant.clone()).await?;
        let notes = tenant.store.list_settings().await?;
        let is_noted = |note: &str, what: &Json| notes.get(note) == Some(what);
        for object in ctx.snapshot.schema.all() {
            let has_formulas = object.fields.iter().any(|field| matches!(field.computed, Some(Computed::Formula { .. })));
            if has_formulas && !is_noted(&formulas_note(&object.key), &formulas_of(object)) {
                self.fill_formulas(&ctx, &object.key).await?;
            }
            for field in object.fields.iter().filter(|field| matches!(field.computed, Some(Computed::RollUp(_)))) {
                if !is_noted(&roll_up_note(&object.key, &field.key), &roll_up_of(object, &field.key)) {
                    self.fill_roll_up(&ctx, &object.key, &field.key).await?;
                }
            }
        }
        Ok(())
    }

    /// The same in every tenant that is open here. What fails is logged and tried again the next time.
    pub async fn fill_due_open(&self) {
        for tenant in self.open_tenants() {
            if let Err(refusal) = self.fill_due(&tenant).await {
                tracing::warn!(tenant = %tenant.key, problem = %refusal.code(), "formulas could not be filled in; it is tried again");
            }
        }
    }
}

/// The children fields that these formulas look at.
pub(in crate::engine) fn lines_read(object: &Object, formulas: &[Formula]) -> Vec<String> {
    let is_lines = |key: &&String| matches!(object.field(key).map(|field| &field.kind), Some(FieldKind::Children { .. }));
    let mut lines: Vec<String> = formulas.iter().flat_map(|formula| &formula.reads).filter(is_lines).cloned().collect();
    lines.sort_unstable();
    lines.dedup();
    lines
}

/// Two records come to the same value of a field that must be unique; anything else is a failure of the store.
fn unfilled(error: StoreError) -> Refusal {
    if error.unique_violation().is_some() {
        return Refusal::one("field.not_unique", "two records come to the same value");
    }
    error.into()
}

/// The setting that notes which formulas of an object were filled in.
fn formulas_note(object: &str) -> String {
    format!("filled/{object}")
}

/// The setting that notes as what a roll-up was filled in.
fn roll_up_note(object: &str, field: &str) -> String {
    format!("filled/{object}/{field}")
}

/// What makes the values of an object's formulas: each with its type.
fn formulas_of(object: &Object) -> Json {
    let formulas = object.fields.iter().filter_map(|field| match &field.computed {
        Some(Computed::Formula { expression }) => Some(Json::from(vec![
            Json::from(field.id),
            Json::from(expression.as_str()),
            Json::from(field.kind.name()),
            Json::from(field.kind.scale()),
        ])),
        _ => None,
    });
    formulas.collect()
}

/// What makes the values of a roll-up.
fn roll_up_of(object: &Object, field: &str) -> Json {
    let field = object.fields.iter().find(|one| one.key == field);
    field.map_or(Json::Null, |field| Json::from(format!("{} {:?} {}", field.id, field.computed, field.kind.name())))
}
