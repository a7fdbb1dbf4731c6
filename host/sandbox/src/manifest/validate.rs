//! Finding everything that is wrong with a manifest at once: identity, names, words. Objects, rows and surface have files of their own.

use std::collections::BTreeSet;

use guanxi_core::host_objects::{host_objects, system_fields};

use super::{Manifest, ManifestProblem, Words};

/// `key@major` of every object that a plugin may provide without its prefix.
pub fn well_known_objects() -> impl Iterator<Item = &'static str> {
    include_str!("../../../../wit/well-known-objects.txt").lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'))
}

impl Manifest {
    /// All that is wrong, in the order of the manifest. Empty: it is good.
    pub fn validate(&self) -> Vec<ManifestProblem> {
        let mut checker = Checker { manifest: self, problems: Vec::new() };
        checker.identity();
        checker.relations();
        checker.objects();
        checker.foreign_fields();
        checker.uniques();
        checker.surface();
        checker.cards();
        checker.rows();
        checker.messages();
        checker.problems
    }
}

/// Collects problems while it walks a manifest.
pub(super) struct Checker<'a> {
    pub(super) manifest: &'a Manifest,
    pub(super) problems: Vec<ManifestProblem>,
}

impl Checker<'_> {
    pub(super) fn report(&mut self, path: impl Into<String>, detail: impl Into<String>, remedy: impl Into<String>) {
        self.problems.push(ManifestProblem::new(path, detail, remedy));
    }

    /// Both languages must be there.
    pub(super) fn words(&mut self, path: &str, words: &Words) {
        for (language, text) in [("zh-CN", &words.zh), ("en", &words.en)] {
            if text.trim().is_empty() {
                self.report(path, format!("the text in `{language}` is missing"), "write { zh-CN = \"…\", en = \"…\" }");
            }
        }
    }

    fn identity(&mut self) {
        let Manifest { id, version, prefix, name, description, publisher, .. } = self.manifest;
        let plain = |text: &str, least: usize, most: usize, extra: &str| {
            (least..=most).contains(&text.len())
                && text.starts_with(|c: char| c.is_ascii_lowercase())
                && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || extra.contains(c))
        };
        if !plain(id, 2, 31, "-") {
            self.report("id", format!("`{id}` is not a plugin id"), "use 2 to 31 of a-z, 0-9 and -, beginning with a letter");
        }
        let numbers: Vec<&str> = version.split('.').collect();
        if numbers.len() != 3 || numbers.iter().any(|n| n.parse::<u32>().map_or(true, |value| value.to_string() != **n)) {
            self.report("version", format!("`{version}` is not a version"), "write three numbers such as \"0.1.0\"");
        }
        if !plain(prefix, 2, 8, "") {
            self.report("prefix", format!("`{prefix}` is not a prefix"), "use 2 to 8 of a-z and 0-9, beginning with a letter");
        }
        self.words("name", name);
        if !description.is_empty() {
            self.words("description", description);
        }
        if publisher.trim().is_empty() {
            self.report("publisher", "the publisher is missing", "write the name of your company");
        }
    }

    fn relations(&mut self) {
        let known: BTreeSet<&str> = well_known_objects().collect();
        for (index, entry) in self.manifest.provides.iter().enumerate() {
            if !known.contains(entry.as_str()) {
                let list = known.iter().copied().collect::<Vec<_>>().join(", ");
                self.report(format!("provides[{index}]"), format!("`{entry}` is not a well-known object"), format!("choose one of {list}"));
            } else if !self.manifest.owns_object(entry.split('@').next().unwrap_or_default()) {
                self.report(
                    format!("provides[{index}]"),
                    format!("`{entry}` is provided but not declared"),
                    "declare it under [[objects]]",
                );
            }
        }
        for (index, entry) in self.manifest.requires.iter().enumerate() {
            let path = format!("requires[{index}]");
            match entry.split_once(':') {
                Some(("object", object)) if known.contains(object) => {}
                Some(("object", object)) => {
                    self.report(path, format!("`{object}` is not a well-known object"), "see wit/well-known-objects.txt")
                }
                Some(("plugin", plugin)) if plugin.split_once('@').is_some_and(|(id, version)| !id.is_empty() && !version.is_empty()) => {}
                _ => self.report(path, format!("`{entry}` is not a requirement"), "write \"object:KEY@1\" or \"plugin:ID@0.1\""),
            }
        }
    }

    fn messages(&mut self) {
        let prefix = format!("{}.", self.manifest.prefix);
        for (key, words) in &self.manifest.messages {
            let path = format!("messages.\"{key}\"");
            self.words(&path, words);
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "._-".contains(c);
            if key.is_empty() || !key.chars().all(plain) {
                self.report(path, format!("`{key}` is not a message key"), "use a-z, 0-9, dots, hyphens and underscores");
            }
        }
        for (index, unique) in self.manifest.uniques.iter().enumerate() {
            let path = format!("uniques[{index}].code");
            if !unique.code.starts_with(&prefix) {
                self.report(
                    path,
                    format!("`{}` does not begin with `{prefix}`", unique.code),
                    format!("call it `{prefix}{}`", unique.code),
                );
            } else if !self.manifest.messages.contains_key(&unique.code) {
                self.report(path, format!("`{}` has no words", unique.code), format!("add \"{}\" to [messages]", unique.code));
            }
        }
    }

    /// True if the plugin may speak of this object: its own, the host's, or one that it requires.
    pub(super) fn object_is_known(&self, key: &str) -> bool {
        self.manifest.owns_object(key)
            || host_objects().iter().any(|object| object.key == key)
            || self.manifest.required_objects().any(|(object, _)| object == key)
            || self.tracked_object(key)
            // Objects of a plugin that is required by name: their keys begin with a prefix that cannot be known here.
            || (self.manifest.required_plugins().next().is_some() && key.contains('_') && !key.starts_with("x_"))
    }

    fn tracked_object(&self, key: &str) -> bool {
        key.strip_suffix(guanxi_core::meta::STAGES_SUFFIX).is_some_and(|object| self.object_is_known(object))
    }

    /// Reports an object that nobody brings.
    pub(super) fn known_object(&mut self, path: &str, key: &str) {
        if !self.object_is_known(key) {
            self.report(path, format!("there is no object `{key}`"), format!("declare it, or add \"object:{key}@1\" to `requires`"));
        }
    }

    /// Reports a field that cannot exist. Fields of objects that others bring cannot all be known here; the server checks them.
    pub(super) fn known_field(&mut self, path: &str, object: &str, field: &str) {
        if let Some(false) = self.has_field(object, field) {
            self.report(path, format!("`{object}` has no field `{field}`"), "correct the key or declare the field");
        }
    }

    /// None where the object's fields are not known here.
    pub(super) fn has_field(&self, object: &str, field: &str) -> Option<bool> {
        if system_fields(object).iter().any(|system| system.key == field) {
            return Some(true);
        }
        if self.manifest.fields.iter().any(|own| own.object == object && own.field.key == field) {
            return Some(true);
        }
        if let Some(own) = self.manifest.objects.iter().find(|own| own.key == object) {
            return Some(own.fields.iter().any(|declared| declared.key == field));
        }
        host_objects().iter().find(|host| host.key == object).map(|host| host.fields.iter().any(|declared| declared.key == field))
    }
}

/// `[a-z][a-z0-9_]*`, at most 40 characters.
pub(super) fn is_key(text: &str) -> bool {
    (1..=40).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
        && !text.contains("__")
}
