//! Child objects: records that are lines of another object's, made together with the field that holds them.

use std::sync::Arc;

use guanxi_core::Problem;
use guanxi_core::host_objects::system_fields;
use guanxi_core::meta::{Field, FieldKind, Label, Object, Origin, Rules};
use guanxi_store::MetaChange;

use super::check_tenant_key;
use super::objects::{NewObject, NewParent};
use crate::engine::save::children::POSITION;
use crate::engine::{Ctx, Engine, Outcome};

/// The reference of a child object that an administrator makes.
const PARENT: &str = "parent";

impl Engine {
    /// Makes a child object with its reference to the parent and its `position`, and the children field of the parent, all at once.
    pub(super) async fn create_child_object(&self, ctx: &Ctx, new: NewObject, parent: NewParent) -> Outcome<Arc<Object>> {
        let field = parent.field.unwrap_or_else(|| format!("{}s", new.key));
        let mut problems: Vec<Problem> = check_tenant_key(&field).err().map(|p| p.on("children_field")).into_iter().collect();
        let owner = ctx.snapshot.schema.object(&parent.object).filter(|o| !o.read_only);
        match owner {
            None => problems
                .push(Problem::error("reference.not_found", format!("there is no object `{}` to belong to", parent.object)).on("parent")),
            Some(owner) if owner.parent.is_some() => {
                problems
                    .push(Problem::error("rule.failed", "lines have no lines of their own").on("parent").with("rule", "children.nested"));
            }
            Some(owner) if owner.fields.iter().any(|f| f.key == field) => {
                let detail = format!("`{field}` exists already (it may be hidden)");
                problems.push(Problem::error("field.not_unique", detail).on("children_field"));
            }
            Some(_) => {}
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        let own = |key: &str, zh: &str, en: &str, kind| Field { origin: Origin::Tenant, ..Field::new(key, Label::new(zh, en), kind) };
        let reference = FieldKind::Reference { target: parent.object.clone() };
        let label = owner.map_or_else(Label::default, |owner| owner.label.clone());
        let mut fields = system_fields(&new.key);
        fields.push(Field { required: true, indexed: true, ..own(PARENT, &label.zh, &label.en, reference) });
        fields.push(Field { read_only: true, ..own(POSITION, "顺序", "Position", FieldKind::Integer) });
        let object = Object {
            id: 0,
            key: new.key.clone(),
            label: new.label.clone(),
            icon: new.icon.unwrap_or_else(|| "list".into()),
            origin: Origin::Tenant,
            // A line is known by the record that it belongs to.
            title: PARENT.into(),
            tracked: None,
            uniques: Vec::new(),
            rules: Rules::default(),
            parent: Some(PARENT.into()),
            fields,
            read_only: false,
            hidden: false,
        };
        let lines = Field { origin: Origin::Tenant, ..Field::new(field, new.label, FieldKind::Children { target: new.key.clone() }) };
        let changes =
            [MetaChange::CreateObject(Box::new(object)), MetaChange::CreateField { object: parent.object, field: Box::new(lines) }];
        self.apply_metadata(ctx, &changes).await?;
        self.changed_object(ctx, &new.key).await
    }
}
