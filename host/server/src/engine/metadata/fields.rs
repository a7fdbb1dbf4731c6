//! Making, changing and dropping fields.

use std::sync::Arc;

use guanxi_core::Problem;
use guanxi_core::meta::{Computed, Field, Object, Origin};
use guanxi_store::MetaChange;

use super::declare::NewField;
use super::misfit::declined;
use super::patch::FieldPatch;
use super::serving_indexes;
use super::source::{companion, source_key};
use super::{administrator, check_tenant_key};
use crate::engine::save::Misfit;
use crate::engine::{Ctx, Engine, Outcome, Refusal};

impl Engine {
    /// Adds a field to any object that people can change. It can be used at once, in forms, filters, groups and imports. Formulas and
    /// roll-ups are filled for the records that are there.
    pub async fn create_field(&self, ctx: &Ctx, object: &str, new: NewField) -> Outcome<Arc<Object>> {
        administrator(ctx)?;
        let ctx = &self.renewed(ctx).await?;
        let target = self.visible(ctx, object).await?;
        let mut problems: Vec<Problem> = check_tenant_key(&new.key).err().into_iter().collect();
        let sourced = new.sourced;
        let source = source_key(&new.key);
        if sourced && (check_tenant_key(&source).is_err() || target.fields.iter().any(|f| f.key == source)) {
            let detail = format!("the source of the value would be kept as `{source}`, which is taken or too long");
            problems.push(Problem::error("field.not_unique", detail).on("sourced"));
        }
        let field = match new.declare(ctx, &target) {
            Ok(field) if problems.is_empty() => field,
            Ok(_) => return Err(problems.into()),
            Err(found) => {
                problems.extend(found);
                return Err(problems.into());
            }
        };
        if let Some(problem) = self.misfit(ctx, &target, &field).await? {
            return Err(problem.into());
        }
        let added = |field: Field| MetaChange::CreateField { object: object.into(), field: Box::new(field) };
        let mut changes = vec![added(field.clone())];
        if sourced {
            changes.push(added(companion(&field)));
        }
        if let Some(Computed::RollUp(roll_up)) = &field.computed {
            let source = ctx.snapshot.schema.object(&roll_up.object);
            changes.extend(source.and_then(|source| serving_indexes::for_roll_up(source, roll_up)));
        }
        self.apply_metadata(ctx, &changes).await?;
        // Somebody may have saved meanwhile what does not fit: it stays empty there and is told at the record's next save.
        if let Err(refusal) = self.fill_computed(ctx, object, &field).await {
            if refusal.code() == "field.not_unique" {
                let dropped = MetaChange::DropField { object: object.into(), key: field.key.clone() };
                self.apply_metadata(ctx, &[dropped]).await?;
                return Err(Problem::error("field.not_unique", "two records come to the same value").on("unique").into());
            }
            return Err(refusal);
        }
        self.changed_object(ctx, object).await
    }

    /// Changes a field within its type.
    pub async fn update_field(&self, ctx: &Ctx, object: &str, key: &str, patch: FieldPatch) -> Outcome<Arc<Object>> {
        administrator(ctx)?;
        let ctx = &self.renewed(ctx).await?;
        let target = self.visible(ctx, object).await?;
        let Some(field) = target.fields.iter().find(|f| f.key == key && !f.is_system()) else {
            return self.restore_dropped(ctx, &target, key, patch).await;
        };
        let mut problems = patch.problems(ctx, &target, field);
        if patch.hidden == Some(true) && !field.hidden {
            problems.extend(self.in_the_way(ctx, &target, field).await?.map(|p| p.on("hidden")));
        }
        problems.extend(loosened(ctx, &target, field, &patch));
        if !problems.is_empty() {
            return Err(problems.into());
        }
        if patch.formula.is_some()
            && let Some(problem) = self.misfit(ctx, &target, &patch.applied(field)).await?
        {
            return Err(problem.into());
        }
        if patch.indexed == Some(true) || patch.unique == Some(true) {
            let wanted =
                Field { indexed: patch.indexed.unwrap_or(field.indexed), unique: patch.unique.unwrap_or(field.unique), ..field.clone() };
            ctx.tenant.store.prepare_indexes(&target, &wanted).await.map_err(super::refuse)?;
        }
        let (hidden, formula) = (patch.hidden, patch.formula.is_some());
        let change = patch.into_change(ctx, field)?;
        let step = |key: &str, change| MetaChange::UpdateField { object: object.into(), key: key.into(), change: Box::new(change) };
        let mut steps = vec![step(key, change)];
        // The companion tells about this field's values and is of no use without it.
        let source = source_key(key);
        if field.sourced && hidden.is_some() && target.fields.iter().any(|f| f.key == source) {
            steps.push(step(&source, guanxi_store::FieldChange { hidden, ..guanxi_store::FieldChange::default() }));
        }
        self.apply_metadata(ctx, &steps).await?;
        let changed = self.changed_object(ctx, object).await?;
        if formula || (hidden == Some(false) && field.computed.is_some()) {
            let filled = self.fill_computed(ctx, object, field).await;
            let refusal = match filled {
                Ok(Some(misfit)) if formula => declined(field, misfit).into(),
                Err(refusal) if formula && refusal.code() == "field.not_unique" => refusal,
                Err(refusal) => return Err(refusal),
                Ok(_) => return Ok(changed),
            };
            // A figure of another object has no place for what the new expression gives: everything goes back.
            if let Some(Computed::Formula { expression }) = &field.computed {
                let back = guanxi_store::FieldChange { expression: Some(expression.clone()), ..guanxi_store::FieldChange::default() };
                self.apply_metadata(ctx, &[step(key, back)]).await?;
                self.fill_computed(ctx, object, field).await?;
            }
            return Err(refusal);
        }
        Ok(changed)
    }

    /// Drops a field. Its key is free at once, its values are kept for thirty days and come back when it is shown again.
    pub async fn drop_field(&self, ctx: &Ctx, object: &str, key: &str) -> Outcome<()> {
        administrator(ctx)?;
        let ctx = &self.renewed(ctx).await?;
        let target = self.visible(ctx, object).await?;
        let field = target.fields.iter().find(|f| f.key == key && !f.is_system());
        let field = field.ok_or_else(|| Refusal::not_found(&format!("field `{key}`")))?;
        let mut problems: Vec<Problem> = self.in_the_way(ctx, &target, field).await?.into_iter().collect();
        problems.extend(loosened(ctx, &target, field, &FieldPatch { hidden: Some(true), ..FieldPatch::default() }));
        // What the host declares comes back with every start; hiding is what an administrator can do about it.
        let hide = field.origin != Origin::Tenant;
        if !problems.is_empty() {
            return Err(problems.into());
        }
        if hide {
            return self.update_field(ctx, object, key, FieldPatch { hidden: Some(true), ..FieldPatch::default() }).await.map(|_| ());
        }
        let dropped = |key: String| MetaChange::DropField { object: object.into(), key };
        let mut steps = vec![dropped(key.to_owned())];
        let source = source_key(key);
        if field.sourced && target.fields.iter().any(|f| f.key == source && f.origin == Origin::Tenant) {
            steps.push(dropped(source));
        }
        self.apply_metadata(ctx, &steps).await
    }

    /// A field that was dropped comes back when it is shown; anything else about it must wait until then.
    async fn restore_dropped(&self, ctx: &Ctx, target: &Object, key: &str, patch: FieldPatch) -> Outcome<Arc<Object>> {
        let missing = || Refusal::not_found(&format!("field `{key}`"));
        let dropped = ctx.tenant.store.dropped_fields(&target.key).await?;
        // The newest of that key is the one that comes back.
        let field = &dropped.iter().rev().find(|dropped| dropped.field.key == key).ok_or_else(missing)?.field;
        if patch.hidden != Some(false) {
            return Err(missing());
        }
        let restored = |key: String| MetaChange::RestoreField { object: target.key.clone(), key };
        let mut steps = vec![restored(key.to_owned())];
        let source = source_key(key);
        if field.sourced && dropped.iter().any(|d| d.field.key == source) && !target.fields.iter().any(|f| f.key == source) {
            steps.push(restored(source));
        }
        self.apply_metadata(ctx, &steps).await?;
        let now = self.renewed(ctx).await?;
        self.fill_computed(&now, &target.key, field).await?;
        let rest = FieldPatch { hidden: None, ..patch };
        if rest.is_empty() {
            self.changed_object(&now, &target.key).await
        } else {
            Box::pin(self.update_field(&now, &target.key, key, rest)).await
        }
    }

    /// The problem with hiding or dropping a field that something counts on.
    async fn in_the_way(&self, ctx: &Ctx, object: &Object, field: &Field) -> Outcome<Option<Problem>> {
        if field.key == object.title || object.tracked.as_deref() == Some(&field.key) || object.parent.as_deref() == Some(&field.key) {
            let problem = Problem::error("rule.failed", format!("`{}` names or tracks the records and cannot be hidden", field.key));
            return Ok(Some(problem.with("rule", "field.hidden")));
        }
        let uses: Vec<String> =
            self.uses_of(ctx, object, field).await?.iter().filter(|u| u.blocks).map(super::uses::FieldUse::text).collect();
        if uses.is_empty() {
            return Ok(None);
        }
        let list = uses.join("; ");
        let problem = Problem::error("rule.failed", format!("`{}.{}` is used: {list}", object.key, field.key));
        Ok(Some(problem.with("rule", "field.used").with("what", list)))
    }

    pub(super) async fn visible(&self, ctx: &Ctx, key: &str) -> Outcome<Arc<Object>> {
        let object = self.changed_object(ctx, key).await?;
        if object.read_only { Err(Refusal::denied(&format!("`{key}` is kept by the server"))) } else { Ok(object) }
    }

    /// The context with the newest metadata: what is declared now must fit what others declared a moment ago.
    pub(super) async fn renewed(&self, ctx: &Ctx) -> Outcome<Ctx> {
        ctx.tenant.invalidate();
        Ok(Ctx { snapshot: self.snapshot(&ctx.tenant).await?, ..ctx.clone() })
    }

    /// Computes a new formula or roll-up for the records that are there; the first value that does not fit is answered.
    async fn fill_computed(&self, ctx: &Ctx, object: &str, field: &Field) -> Outcome<Option<Misfit>> {
        match &field.computed {
            Some(Computed::Formula { .. }) => self.fill_formulas(ctx, object).await,
            Some(Computed::RollUp(_)) => self.fill_roll_up(ctx, object, &field.key).await,
            Some(Computed::Sequence { .. }) | None => Ok(None),
        }
    }
}

/// What the host or an enabled plugin declared may be tightened, not loosened: rights, hooks and pages count on it.
fn loosened(ctx: &Ctx, object: &Object, field: &Field, patch: &FieldPatch) -> Option<Problem> {
    let owner = match &field.origin {
        Origin::Tenant => return None,
        Origin::Host => None,
        Origin::Plugin(id) => Some(ctx.snapshot.plugins.iter().find(|plugin| plugin.manifest.id == *id)?),
    };
    let off = |wish: Option<bool>, now: bool| wish == Some(false) && now;
    let part = if off(patch.required, field.required) {
        "required"
    } else if off(patch.unique, field.unique) {
        "unique"
    } else if patch.formula.is_some() {
        "formula"
    } else if patch.hidden == Some(true) && (owner.is_some() || is_vital(&object.key, &field.key)) {
        "hidden"
    } else {
        return None;
    };
    let who = owner.map_or_else(|| "Guanxi".to_owned(), |plugin| plugin.manifest.name.get(ctx.locale).to_owned());
    let detail = format!("`{}.{}` is declared by {who}, which counts on it", object.key, field.key);
    Some(Problem::error("rule.failed", detail).on(part).with("rule", "field.declared").with("what", who))
}

/// Fields by which people log in and rights are decided.
fn is_vital(object: &str, field: &str) -> bool {
    matches!((object, field), ("user", "name" | "email" | "active") | ("department", "name" | "parent" | "manager"))
}
