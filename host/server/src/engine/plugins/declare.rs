//! From a manifest to metadata: the plugin's objects, its fields on other objects, its constraints.

use guanxi_core::host_objects::system_fields;
use guanxi_core::meta::{Field, Label, Object, Origin, Rules, UniqueConstraint};
use guanxi_sandbox::Manifest;
use guanxi_sandbox::manifest::{FieldDecl, UniqueDecl};
use guanxi_store::MetaChange;

use crate::engine::Ctx;

/// What enabling a plugin changes in the tenant's metadata. What is there already is brought up to date.
pub(super) fn changes(ctx: &Ctx, manifest: &Manifest) -> Vec<MetaChange> {
    let origin = Origin::Plugin(manifest.id.clone());
    let digits = ctx.tenant.store.tenant.currency_digits;
    let mut changes = Vec::new();
    for declared in &manifest.objects {
        let mut fields = system_fields(&declared.key);
        fields.extend(declared.fields.iter().map(|decl| field(decl, &origin, digits)));
        let own = |unique: &&UniqueDecl| unique.object == declared.key;
        changes.push(MetaChange::CreateObject(Box::new(Object {
            id: 0,
            key: declared.key.clone(),
            label: Label::from(&declared.label),
            icon: declared.icon.clone(),
            origin: origin.clone(),
            title: declared.title.clone(),
            tracked: declared.tracked.clone(),
            uniques: manifest.uniques.iter().filter(own).map(unique).collect(),
            rules: Rules::default(),
            parent: None,
            fields,
            read_only: false,
            hidden: false,
        })));
    }
    for added in &manifest.fields {
        changes.push(MetaChange::CreateField { object: added.object.clone(), field: Box::new(field(&added.field, &origin, digits)) });
    }
    for declared in manifest.uniques.iter().filter(|unique| !manifest.owns_object(&unique.object)) {
        changes.push(MetaChange::AddUnique { object: declared.object.clone(), unique: unique(declared) });
    }
    changes
}

fn field(decl: &FieldDecl, origin: &Origin, currency_digits: u8) -> Field {
    Field {
        required: decl.required,
        unique: decl.unique,
        indexed: decl.indexed,
        read_only: decl.read_only,
        default: decl.default_value(currency_digits),
        help: decl.help_label(),
        origin: origin.clone(),
        ..Field::new(&decl.key, Label::from(&decl.label), decl.field_kind(currency_digits))
    }
}

fn unique(decl: &UniqueDecl) -> UniqueConstraint {
    UniqueConstraint { id: 0, fields: decl.fields.clone(), condition: decl.condition.clone(), code: decl.code.clone() }
}
