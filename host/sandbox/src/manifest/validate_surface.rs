//! Checks of capabilities, roles, menu, pages, panels and hooks.

use std::collections::BTreeSet;

use guanxi_core::policy::{ANY_OBJECT, Function, Scope, host_roles};

use super::surface::{FieldAccess, HookDecl, RoleDecl};
use super::validate::{Checker, is_key};
use crate::capability::Capability;

impl Checker<'_> {
    pub(super) fn surface(&mut self) {
        self.capabilities();
        for (index, role) in self.manifest.roles.iter().enumerate() {
            self.role(&format!("roles[{index}]"), role);
        }
        let mut seen = BTreeSet::new();
        for (index, page) in self.manifest.pages.iter().enumerate() {
            self.name(&format!("pages[{index}].key"), &page.key, &mut seen);
            self.words(&format!("pages[{index}].label"), &page.label);
        }
        let mut seen = BTreeSet::new();
        for (index, panel) in self.manifest.panels.iter().enumerate() {
            self.name(&format!("panels[{index}].key"), &panel.key, &mut seen);
            self.words(&format!("panels[{index}].label"), &panel.label);
            self.known_object(&format!("panels[{index}].object"), &panel.object);
        }
        self.menu();
        let mut seen = BTreeSet::new();
        for (index, hook) in self.manifest.hooks.iter().enumerate() {
            let path = format!("hooks[{index}]");
            if !seen.insert(&hook.object) {
                self.report(
                    format!("{path}.object"),
                    format!("`{}` already has this hook", hook.object),
                    "put them together into one entry",
                );
            }
            self.hook(&path, hook);
        }
    }

    pub(super) fn name<'m>(&mut self, path: &str, key: &'m str, seen: &mut BTreeSet<&'m str>) {
        if !is_key(key) {
            self.report(path, format!("`{key}` is not a key"), "use at most 40 of a-z, 0-9 and _, beginning with a letter");
        }
        if !seen.insert(key) {
            self.report(path, format!("`{key}` is declared twice"), "remove one of them");
        }
    }

    fn capabilities(&mut self) {
        let capabilities = &self.manifest.capabilities;
        for (index, name) in capabilities.uses.iter().enumerate() {
            if Capability::parse(name).is_none() {
                let known = Capability::ALL.map(Capability::name).join(", ");
                self.report(
                    format!("capabilities.uses[{index}]"),
                    format!("there is no capability `{name}`"),
                    format!("choose from {known}"),
                );
            }
        }
        for (name, list) in [("reads", &capabilities.reads), ("writes", &capabilities.writes)] {
            for (index, access) in list.iter().enumerate() {
                self.access(&format!("capabilities.{name}[{index}]"), access);
            }
        }
    }

    fn access(&mut self, path: &str, access: &FieldAccess) {
        self.known_object(&format!("{path}.object"), &access.object);
        for (index, field) in access.fields.iter().enumerate() {
            self.known_field(&format!("{path}.fields[{index}]"), &access.object, field);
        }
    }

    fn role(&mut self, path: &str, role: &RoleDecl) {
        let prefix = format!("{}_", self.manifest.prefix);
        let of_host = host_roles().into_iter().any(|host| host.key == role.key && !host.administrator);
        if role.key.starts_with(&prefix) {
            self.words(&format!("{path}.label"), &role.label);
        } else if !of_host {
            let remedy = format!("begin with `{prefix}`, or name a role of the host that is not the administrator");
            self.report(format!("{path}.key"), format!("`{}` is not a role that a plugin may shape", role.key), remedy);
        }
        for (object, functions) in &role.grants {
            let path = format!("{path}.grants.\"{object}\"");
            // A plugin gives rights to what it brings; everything else stays with administrators.
            if object == ANY_OBJECT || !self.manifest.owns_object(object) {
                self.report(&path, format!("`{object}` is not an object of this plugin"), "grant rights to your own objects only");
            }
            for (function, scope) in functions {
                let path = format!("{path}.{function}");
                if Function::parse(function).is_none() {
                    let known = Function::ALL.map(Function::name).join(", ");
                    self.report(&path, format!("there is no right `{function}`"), format!("choose from {known}"));
                }
                if scope != "none" && Scope::parse(scope).is_none() {
                    self.report(&path, format!("`{scope}` is not a reach"), "choose from none, own, department, department_below, all");
                }
            }
        }
    }

    fn menu(&mut self) {
        for (index, entry) in self.manifest.menu.iter().enumerate() {
            let path = format!("menu[{index}]");
            self.words(&format!("{path}.label"), &entry.label);
            if !entry.group.is_empty() {
                self.words(&format!("{path}.group"), &entry.group);
            }
            match (&entry.object, &entry.page) {
                (Some(object), None) => self.known_object(&format!("{path}.object"), object),
                (None, Some(page)) if self.manifest.pages.iter().any(|known| known.key == *page) => {}
                (None, Some(page)) => {
                    self.report(format!("{path}.page"), format!("there is no page `{page}`"), "declare it under [[pages]]")
                }
                _ => self.report(path, "an entry leads to one object or one page", "keep either `object` or `page`"),
            }
        }
    }

    fn hook(&mut self, path: &str, hook: &HookDecl) {
        self.known_object(&format!("{path}.object"), &hook.object);
        if hook.ops.is_empty() {
            self.report(format!("{path}.ops"), "the hook would never be called", "name create, update or delete");
        }
        for (name, fields) in [("watch", &hook.watch), ("read", &hook.read)] {
            for (index, field) in fields.iter().enumerate() {
                let path = format!("{path}.{name}[{index}]");
                self.known_field(&path, &hook.object, field);
                if self.object_is_known(&hook.object) && !self.manifest.may_read(&hook.object, field) {
                    let detail = format!("the plugin does not ask to read `{field}` of `{}`", hook.object);
                    self.report(path, detail, "list it under [[capabilities.reads]]");
                }
            }
        }
    }
}
