//! Making, changing and dropping fields.

use std::sync::Arc;

use guanxi_core::Problem;
use guanxi_core::meta::{Field, FieldKind, Label, Object, Origin, SelectOption};
use guanxi_store::{FieldChange, MetaChange};

use super::declare::{NewField, check_options};
use super::{administrator, check_label, check_tenant_key};
use crate::engine::{Ctx, Engine, Outcome, Refusal};

/// What changes of a field; `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub struct FieldPatch {
    /// The new name.
    pub label: Option<Label>,
    /// The new hint; `Some(None)` takes it away.
    pub help: Option<Option<Label>>,
    /// Must have a value from now on.
    pub required: Option<bool>,
    /// No duplicates from now on.
    pub unique: Option<bool>,
    /// Has an index of its own.
    pub indexed: Option<bool>,
    /// Hides or shows it; values are kept.
    pub hidden: Option<bool>,
    /// The new value list. Codes that records use may only be relabelled or moved.
    pub options: Option<Vec<SelectOption>>,
}

impl Engine {
    /// Adds a field to any object that people can change. It can be used at once, in forms, filters, groups and imports.
    pub async fn create_field(&self, ctx: &Ctx, object: &str, new: NewField) -> Outcome<Arc<Object>> {
        administrator(ctx)?;
        let target = self.visible(ctx, object).await?;
        let mut problems: Vec<Problem> = check_tenant_key(&new.key).err().into_iter().collect();
        let field = match new.declare(ctx, &target) {
            Ok(field) if problems.is_empty() => field,
            Ok(_) => return Err(problems.into()),
            Err(found) => {
                problems.extend(found);
                return Err(problems.into());
            }
        };
        self.apply_metadata(ctx, &[MetaChange::CreateField { object: object.into(), field: Box::new(field) }]).await?;
        self.changed_object(ctx, object).await
    }

    /// Changes a field within its type.
    pub async fn update_field(&self, ctx: &Ctx, object: &str, key: &str, patch: FieldPatch) -> Outcome<Arc<Object>> {
        administrator(ctx)?;
        let target = self.visible(ctx, object).await?;
        let field = target.fields.iter().find(|f| f.key == key && !f.is_system());
        let field = field.ok_or_else(|| Refusal::not_found(&format!("field `{key}`")))?;
        let mut problems = Vec::new();
        if let Some(label) = &patch.label {
            problems.extend(check_label(label).err());
        }
        if patch.hidden == Some(true) && (field.key == target.title || target.tracked.as_deref() == Some(key)) {
            let problem = Problem::error("rule.failed", format!("`{key}` names or tracks the records and cannot be hidden"));
            problems.push(problem.on("hidden").with("rule", "field.hidden"));
        }
        if let Some(problem) = loosened(ctx, &target, field, &patch) {
            problems.push(problem);
        }
        match (&field.kind, &patch.options) {
            (_, None) => {}
            (FieldKind::Select { options: old }, Some(new)) => {
                problems.extend(check_options(new));
                // Removing a code would leave records with a value that nobody can read.
                let gone: Vec<&str> = old.iter().map(|o| o.code.as_str()).filter(|code| !new.iter().any(|o| o.code == *code)).collect();
                if !gone.is_empty() {
                    problems.push(
                        Problem::error("field.option", format!("options in use cannot be removed: {}", gone.join(", "))).on("options"),
                    );
                }
            }
            (kind, Some(_)) => problems.push(Problem::error("field.type", format!("{} has no options", kind.name())).on("options")),
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let change = FieldChange {
            label: patch.label,
            help: patch.help,
            required: patch.required,
            hidden: patch.hidden,
            unique: patch.unique,
            indexed: patch.indexed,
            options: patch.options,
            ..FieldChange::default()
        };
        let step = MetaChange::UpdateField { object: object.into(), key: key.into(), change: Box::new(change) };
        let steps = if patch.hidden == Some(false) {
            vec![MetaChange::RestoreField { object: object.into(), key: key.into() }, step]
        } else {
            vec![step]
        };
        self.apply_metadata(ctx, &steps).await?;
        self.changed_object(ctx, object).await
    }

    /// Takes a field out of sight. Its values are kept and come back when it is shown again.
    pub async fn drop_field(&self, ctx: &Ctx, object: &str, key: &str) -> Outcome<()> {
        self.update_field(ctx, object, key, FieldPatch { hidden: Some(true), ..FieldPatch::default() }).await.map(|_| ())
    }

    async fn visible(&self, ctx: &Ctx, key: &str) -> Outcome<Arc<Object>> {
        let object = self.changed_object(ctx, key).await?;
        if object.read_only { Err(Refusal::denied(&format!("`{key}` is kept by the server"))) } else { Ok(object) }
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
