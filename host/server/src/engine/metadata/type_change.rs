//! Another type for a field: what would become of its values, and the change itself.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_core::meta::{Field, Object};
use guanxi_core::{Problem, Value};
use guanxi_store::{MetaError, StoreError};
use uuid::Uuid;

use super::administrator;
use super::convertible::{convert, has_text_form, shown};
use super::declare::NewField;
use super::uses::{FieldUse, is_tenants};
use crate::engine::{Ctx, Engine, Outcome, Refusal};

/// Records shown of those that would not convert, and groups of equal values.
const SHOWN: usize = 50;
/// How often the switch is tried while others change metadata.
const MAX_ATTEMPTS: usize = 8;
/// Records read at once.
const PAGE: u64 = 1_000;
/// The longest value shown.
const MAX_SHOWN: usize = 120;

/// What another type would do to a field's values.
#[derive(Clone, Debug, Default)]
pub struct TypePreview {
    /// Live records with a value.
    pub with_value: u64,
    /// Of these, how many keep it.
    pub convertible: u64,
    /// Of these, how many would lose it.
    pub unconvertible: u64,
    /// Values that would not convert because of digits after the point.
    pub lost_scale: u64,
    /// Values that would not convert because they are too long.
    pub lost_length: u64,
    /// The first that would not convert.
    pub examples: Vec<Unconverted>,
    /// Equal values that would not convert, with their number; the most frequent first.
    pub groups: Vec<(String, u64)>,
}

/// A record whose value would not convert.
#[derive(Clone, Debug)]
pub struct Unconverted {
    /// The record.
    pub id: Uuid,
    /// Its title.
    pub title: String,
    /// The value as people write it.
    pub value: String,
    /// Why.
    pub problem: Problem,
}

impl Engine {
    /// What another type would do to the values of a field. `new` says the type as for a new field; key and label stay.
    pub async fn preview_type(&self, ctx: &Ctx, object: &str, key: &str, new: NewField) -> Outcome<TypePreview> {
        let (target, old, new, _) = self.other_type(ctx, object, key, new).await?;
        let mut preview = TypePreview::default();
        let mut groups: HashMap<String, u64> = HashMap::new();
        let mut after = None;
        loop {
            let rows = ctx.tenant.store.field_values(target.id, &old, after, false, PAGE).await?;
            let Some((last, _)) = rows.last() else { break };
            after = Some(*last);
            for (id, value) in rows.into_iter().filter(|(_, value)| !value.is_null()) {
                preview.with_value += 1;
                let Err(problem) = convert(&old, &new, &value, ctx.tenant.zone, ctx.locale) else {
                    preview.convertible += 1;
                    continue;
                };
                preview.unconvertible += 1;
                let has = |name: &str| problem.params.iter().any(|(param, _)| param == name);
                preview.lost_scale += u64::from(has("scale"));
                preview.lost_length += u64::from(has("max_length"));
                let value: String = shown(&old, &value, ctx.locale).chars().take(MAX_SHOWN).collect();
                // As many different values as there are records would be no groups.
                if groups.len() < 10_000 || groups.contains_key(&value) {
                    *groups.entry(value.clone()).or_default() += 1;
                }
                if preview.examples.len() < SHOWN {
                    preview.examples.push(Unconverted { id, title: String::new(), value, problem });
                }
            }
        }
        let ids: Vec<Uuid> = preview.examples.iter().map(|one| one.id).collect();
        let titles = self.titles(ctx, object, &ids).await?;
        for one in &mut preview.examples {
            one.title = titles.get(&one.id).cloned().unwrap_or_default();
        }
        preview.groups = groups.into_iter().collect();
        preview.groups.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        preview.groups.truncate(SHOWN);
        Ok(preview)
    }

    /// Gives a field another type. While values do not convert it is refused, unless `lossy` says that these become empty. Others may read
    /// and save meanwhile; the old values are kept for thirty days, out of sight.
    pub async fn change_type(&self, ctx: &Ctx, object: &str, key: &str, new: NewField, lossy: bool) -> Outcome<Arc<Object>> {
        let preview = self.preview_type(ctx, object, key, new.clone()).await?;
        if preview.unconvertible > 0 && !lossy {
            let count = i64::try_from(preview.unconvertible).unwrap_or(i64::MAX);
            let detail =
                format!("{count} records have a value that does not convert; look at the preview, or send \"unconvertible\":\"null\"");
            return Err(Problem::error("rule.failed", detail).on(key).with("rule", "field.unconvertible").with("count", count).into());
        }
        let declared = new.clone();
        let (_, old, new, _) = self.other_type(ctx, object, key, new).await?;
        let (zone, locale) = (ctx.tenant.zone, ctx.locale);
        let store = &ctx.tenant.store;
        let conversion = store.begin_conversion(object, key, new.clone(), ctx.now).await.map_err(super::refuse)?;
        let new = conversion.new.clone();
        let each = move |value: &Value| match convert(&old, &new, value, zone, locale) {
            Ok(value) => Some(value),
            Err(_) => lossy.then_some(Value::Null),
        };
        let done = async {
            store.fill_conversion(&conversion, &each).await.map_err(super::refuse)?;
            for _ in 0..MAX_ATTEMPTS {
                // What others declared meanwhile may use the field.
                let (.., revision) = self.other_type(ctx, object, key, declared.clone()).await?;
                match store.finish_conversion(&conversion, &each, revision, ctx.now).await {
                    Ok(_) => return Ok(()),
                    Err(MetaError::Store(StoreError::StaleSchema)) => {}
                    Err(error) => return Err(super::refuse(error)),
                }
            }
            Err(Refusal::one("busy", "others keep changing the objects; try again"))
        }
        .await;
        ctx.tenant.invalidate();
        if let Err(refusal) = done {
            store.abandon_conversion(conversion.new.id).await?;
            return Err(refusal);
        }
        self.changed_object(ctx, object).await
    }

    /// The object, its field, the field as it would be, and the revision at which this is so; or all that is in the way.
    async fn other_type(&self, ctx: &Ctx, object: &str, key: &str, new: NewField) -> Outcome<(Arc<Object>, Field, Field, i64)> {
        administrator(ctx)?;
        let ctx = &self.renewed(ctx).await?;
        let known = ctx.snapshot.schema.all().find(|one| one.key == object && !one.read_only).cloned();
        let target = known.ok_or_else(|| Refusal::not_found(&format!("object `{object}`")))?;
        let found = target.fields.iter().find(|f| f.key == key && !f.is_system());
        let old = found.ok_or_else(|| Refusal::not_found(&format!("field `{key}`")))?.clone();
        let mut problems = Vec::new();
        if !is_tenants(&old) {
            let problem = Problem::error("rule.failed", format!("`{object}.{key}` is declared by others, which count on its type"));
            problems.push(problem.on("type").with("rule", "field.declared").with("what", "Guanxi"));
        }
        if old.computed.is_some() || !has_text_form(&old.kind) {
            problems.push(Problem::error("field.type", format!("a {} cannot get another type", old.type_name())).on("type"));
        }
        let uses: Vec<String> = self.uses_of(ctx, &target, &old).await?.iter().filter(|u| u.blocks).map(FieldUse::text).collect();
        if !uses.is_empty() {
            let list = uses.join("; ");
            let problem = Problem::error("rule.failed", format!("`{object}.{key}` is used: {list}"));
            problems.push(problem.on("type").with("rule", "field.used").with("what", list));
        }
        // Declared as if the old field were not there.
        let mut without = Object::clone(&target);
        without.fields.retain(|f| f.key != key);
        let (key, label, sourced) = (old.key.clone(), old.label.clone(), old.sourced);
        match (NewField { key, label, sourced: false, ..new }).declare(ctx, &without) {
            Ok(new) if new.computed.is_none() && has_text_form(&new.kind) && problems.is_empty() => {
                let keep = |given: bool, old: bool| given || old;
                let new = Field {
                    required: keep(new.required, old.required),
                    help: new.help.or_else(|| old.help.clone()),
                    group: new.group.or_else(|| old.group.clone()),
                    hidden: old.hidden,
                    sourced,
                    ..new
                };
                Ok((target, old, new, ctx.snapshot.meta_rev))
            }
            Ok(new) => {
                if new.computed.is_some() || !has_text_form(&new.kind) {
                    let detail = format!("no values can become a {}; add a new field", new.type_name());
                    problems.push(Problem::error("field.type", detail).on("type"));
                }
                Err(problems.into())
            }
            Err(found) => {
                problems.extend(found);
                Err(problems.into())
            }
        }
    }
}
