//! Formulas that come to records which are already there: a new formula field, or another expression.

use guanxi_core::Value;
use guanxi_core::meta::{Computed, FieldKind};
use guanxi_store::{StoreError, WriteError};

use crate::engine::save::{Derived, stored_source};
use crate::engine::{Ctx, Engine, Outcome, Refusal};

/// How often a recomputation starts again after other changes of metadata.
const MAX_ATTEMPTS: usize = 5;

impl Engine {
    /// Brings the formulas of all records of an object up to date, and the roll-ups that count with them. Records can be used meanwhile.
    pub(in crate::engine) async fn fill_formulas(&self, ctx: &Ctx, object: &str) -> Outcome<()> {
        for _ in 0..MAX_ATTEMPTS {
            ctx.tenant.invalidate();
            let snapshot = self.snapshot(&ctx.tenant).await?;
            let Some(found) = snapshot.schema.all().find(|one| one.key == object) else { return Ok(()) };
            let rules = snapshot.rules.of(&snapshot.schema, found, ctx.tenant.zone);
            let is_lines = |key: &&String| matches!(found.field(key).map(|field| &field.kind), Some(FieldKind::Children { .. }));
            let mut lines: Vec<String> = rules.formulas.iter().flat_map(|formula| &formula.reads).filter(is_lines).cloned().collect();
            lines.sort_unstable();
            lines.dedup();
            let values_of = |(record, lines): guanxi_store::WithLines<'_>| {
                let mut values = record.values.clone();
                let mut found = Vec::with_capacity(rules.formulas.len());
                for formula in &rules.formulas {
                    let key = &formula.field.key;
                    // What does not fit its field is left empty here and told at the record's next save.
                    let value = formula.value(&stored_source(record.id, &values, lines)).unwrap_or_else(|problem| {
                        tracing::warn!(record.id = %record.id, field = %key, problem = %problem.detail, "a formula has no value");
                        Value::Null
                    });
                    values.insert(key.clone(), value.clone());
                    found.push((key.clone(), value));
                }
                found
            };
            match ctx.tenant.store.refill(&snapshot.schema, object, &lines, &values_of).await {
                Ok(()) => return self.fill_roll_ups_over(ctx, object).await,
                Err(StoreError::StaleSchema | StoreError::Conflict) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Refusal::one("busy", "others keep changing the objects; try again"))
    }

    /// Roll-ups that count with a formula of this object.
    async fn fill_roll_ups_over(&self, ctx: &Ctx, object: &str) -> Outcome<()> {
        let snapshot = self.snapshot(&ctx.tenant).await?;
        let Some(child) = snapshot.schema.all().find(|one| one.key == object) else { return Ok(()) };
        let formulas = child.fields.iter().filter(|field| matches!(field.computed, Some(Computed::Formula { .. })));
        let formulas: Vec<&str> = formulas.map(|field| field.key.as_str()).collect();
        for parent in snapshot.schema.all() {
            for field in &parent.fields {
                let Some(Computed::RollUp(roll_up)) = &field.computed else { continue };
                let condition = roll_up.condition.as_deref().unwrap_or_default();
                let counts = |key: &&str| roll_up.field.as_deref() == Some(*key) || condition.contains(*key);
                if roll_up.object == object && formulas.iter().any(counts) {
                    self.fill_roll_up(ctx, &parent.key, &field.key).await?;
                }
            }
        }
        Ok(())
    }

    /// Brings a roll-up of all records of an object up to date.
    pub(in crate::engine) async fn fill_roll_up(&self, ctx: &Ctx, object: &str, field: &str) -> Outcome<()> {
        for _ in 0..MAX_ATTEMPTS {
            ctx.tenant.invalidate();
            let snapshot = self.snapshot(&ctx.tenant).await?;
            let ctx = Ctx { snapshot: snapshot.clone(), ..ctx.clone() };
            match ctx.tenant.store.recompute_roll_up(&snapshot.schema, object, field, &Derived { ctx: &ctx, items: &[] }).await {
                Ok(_) => return Ok(()),
                Err(WriteError::Store(StoreError::StaleSchema | StoreError::Conflict)) => {}
                Err(WriteError::Store(error)) => return Err(error.into()),
                Err(error) => return Err(Refusal::internal(&error)),
            }
        }
        Err(Refusal::one("busy", "others keep changing the objects; try again"))
    }
}
