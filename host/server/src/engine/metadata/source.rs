//! The companion of a sourced field: where its value comes from, as a tree that people choose from.

use guanxi_core::host_objects::information_sources;
use guanxi_core::meta::{Field, FieldKind, Label, Origin};

/// Ends the key of the companion.
const SUFFIX: &str = "_source";

/// The key of a field's companion.
pub(super) fn source_key(key: &str) -> String {
    format!("{key}{SUFFIX}")
}

/// The companion of a field.
pub(super) fn companion(field: &Field) -> Field {
    let options = information_sources();
    let label = Label::new(format!("{}来源", field.label.zh), format!("{}: source", field.label.en));
    Field {
        origin: Origin::Tenant,
        group: field.group.clone(),
        ..Field::new(source_key(&field.key), label, FieldKind::TreeSelect { options })
    }
}
