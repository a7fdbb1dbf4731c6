//! Roles as they count: the tenant's own, with what enabled plugins grant on their objects.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use guanxi_core::meta::{Label, Origin};
use guanxi_core::policy::{Function, Role, Scope};

use super::EnabledPlugin;

/// The tenant's roles plus the grants and roles of its plugins. What the tenant says about an object wins over a plugin's default.
pub(super) fn merged(stored: Vec<Role>, plugins: &[Arc<EnabledPlugin>]) -> HashMap<String, Arc<Role>> {
    let mut roles: HashMap<String, Role> = stored.into_iter().map(|role| (role.key.clone(), role)).collect();
    for plugin in plugins {
        for declared in &plugin.manifest.roles {
            let role = roles.entry(declared.key.clone()).or_insert_with(|| Role {
                key: declared.key.clone(),
                label: Label::from(&declared.label),
                origin: Origin::Plugin(plugin.manifest.id.clone()),
                ..Role::default()
            });
            for (object, rights) in &declared.grants {
                let reach = |(function, scope): (&String, &String)| Some((Function::parse(function)?, Scope::parse(scope)?));
                let declared = || {
                    let mut rights: BTreeMap<Function, Scope> = rights.iter().filter_map(reach).collect();
                    Role::with_later_functions(&mut rights);
                    rights
                };
                // What the tenant says about an object, in grants or in rules, is all that counts.
                if !role.rules.contains_key(object) {
                    role.grants.entry(object.clone()).or_insert_with(declared);
                }
            }
        }
    }
    roles.into_iter().map(|(key, role)| (key, Arc::new(role))).collect()
}
