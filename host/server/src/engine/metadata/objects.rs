//! Making, changing and dropping objects.

use std::sync::Arc;

use guanxi_core::Problem;
use guanxi_core::host_objects::{system_fields, tenant_title_field};
use guanxi_core::meta::{Label, Object, Origin, Rules};
use guanxi_store::MetaChange;

use super::{administrator, check_icon, check_label, check_tenant_key};
use crate::engine::{Ctx, Engine, Outcome};

/// An object that an administrator makes.
#[derive(Clone, Debug)]
pub struct NewObject {
    /// `x_…`
    pub key: String,
    /// Its name.
    pub label: Label,
    /// An icon of the sprite; a box when none is named.
    pub icon: Option<String>,
    /// Its records are lines of another object's.
    pub parent: Option<NewParent>,
}

/// Where the records of a child object belong.
#[derive(Clone, Debug)]
pub struct NewParent {
    /// The parent object's key.
    pub object: String,
    /// Key of the parent's new children field; the child's key with an s when none is named.
    pub field: Option<String>,
}

/// What changes of an object; `None` leaves a part as it is.
#[derive(Clone, Debug, Default)]
pub struct ObjectPatch {
    /// The new name.
    pub label: Option<Label>,
    /// The new icon.
    pub icon: Option<String>,
    /// Hides or shows it; its records are kept.
    pub hidden: Option<bool>,
}

impl Engine {
    /// Makes an object with one field, `name`. It can be used at once.
    pub async fn create_object(&self, ctx: &Ctx, new: NewObject) -> Outcome<Arc<Object>> {
        administrator(ctx)?;
        let problems: Vec<_> = [check_tenant_key(&new.key), check_label(&new.label), check_icon(new.icon.as_deref())]
            .into_iter()
            .filter_map(Result::err)
            .collect();
        if !problems.is_empty() {
            return Err(problems.into());
        }
        if let Some(parent) = new.parent.clone() {
            return self.create_child_object(ctx, new, parent).await;
        }
        let title = tenant_title_field();
        let mut fields = system_fields(&new.key);
        fields.push(guanxi_core::meta::Field { origin: Origin::Tenant, ..title.clone() });
        let object = Object {
            id: 0,
            key: new.key.clone(),
            label: new.label,
            icon: new.icon.unwrap_or_else(|| "box".into()),
            origin: Origin::Tenant,
            title: title.key,
            tracked: None,
            uniques: Vec::new(),
            rules: Rules::default(),
            parent: None,
            fields,
            read_only: false,
            hidden: false,
        };
        self.apply_metadata(ctx, &[MetaChange::CreateObject(Box::new(object))]).await?;
        self.changed_object(ctx, &new.key).await
    }

    /// Renames, hides or shows an object, whoever declared it.
    pub async fn update_object(&self, ctx: &Ctx, key: &str, patch: ObjectPatch) -> Outcome<Arc<Object>> {
        administrator(ctx)?;
        let object = self.changed_object(ctx, key).await?;
        if let Some(label) = &patch.label {
            check_label(label)?;
        }
        check_icon(patch.icon.as_deref())?;
        if patch.hidden == Some(true) && matches!(key, "user" | "department") {
            let problem = Problem::error("rule.failed", format!("`{key}` cannot be hidden: rights depend on it"));
            return Err(problem.on("hidden").with("rule", "people.hidden").into());
        }
        let change = MetaChange::UpdateObject { key: object.key.clone(), label: patch.label, icon: patch.icon, hidden: patch.hidden };
        self.apply_metadata(ctx, &[change]).await?;
        self.changed_object(ctx, key).await
    }

    /// Takes an object out of sight. Its records are kept and come back when it is shown again.
    pub async fn drop_object(&self, ctx: &Ctx, key: &str) -> Outcome<()> {
        self.update_object(ctx, key, ObjectPatch { hidden: Some(true), ..ObjectPatch::default() }).await.map(|_| ())
    }
}
