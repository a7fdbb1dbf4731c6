//! Checks of objects, fields and constraints.

use std::collections::BTreeSet;

use guanxi_core::decimal::MAX_SCALE;
use guanxi_core::host_objects::{host_objects, system_fields};

use super::object::{FieldDecl, FieldType, ObjectDecl};
use super::validate::{Checker, is_key};

/// Longest one-line text that a field may declare.
const MOST_TEXT: u32 = 10_000;

impl Checker<'_> {
    pub(super) fn objects(&mut self) {
        let mut seen = BTreeSet::new();
        for (index, object) in self.manifest.objects.iter().enumerate() {
            let path = format!("objects[{index}]");
            self.object_key(&path, object);
            if !seen.insert(&object.key) {
                self.report(format!("{path}.key"), format!("`{}` is declared twice", object.key), "remove one of them");
            }
            self.words(&format!("{path}.label"), &object.label);
            self.own_fields(&path, object);
            match object.fields.iter().find(|field| field.key == object.title) {
                None => self.report(
                    format!("{path}.title"),
                    format!("there is no field `{}`", object.title),
                    "name the field that names a record",
                ),
                Some(title) if !matches!(title.kind, FieldType::Text | FieldType::Reference) => {
                    self.report(
                        format!("{path}.title"),
                        format!("`{}` is neither text nor reference", object.title),
                        "a title is a text field, or a reference whose title then names the record",
                    );
                }
                Some(_) => {}
            }
            if let Some(tracked) = &object.tracked {
                let is_select = object.fields.iter().any(|field| field.key == *tracked && field.kind == FieldType::Select);
                if !is_select {
                    self.report(
                        format!("{path}.tracked"),
                        format!("`{tracked}` is not a select field"),
                        "track a select field of this object",
                    );
                }
            }
        }
    }

    fn object_key(&mut self, path: &str, object: &ObjectDecl) {
        let key = &object.key;
        let provided = self.manifest.provided_objects().any(|(provided, _)| provided == key);
        let wanted = format!("{}_", self.manifest.prefix);
        let path = format!("{path}.key");
        if !is_key(key) {
            self.report(path, format!("`{key}` is not a key"), "use at most 40 of a-z, 0-9 and _, beginning with a letter");
        } else if host_objects().iter().any(|host| host.key == key) {
            self.report(path, format!("`{key}` is an object of Guanxi itself"), "add fields to it under [[fields]] instead");
        } else if !provided && !key.starts_with(&wanted) {
            self.report(path, format!("`{key}` does not begin with `{wanted}`"), format!("call it `{wanted}{key}`"));
        }
    }

    fn own_fields(&mut self, path: &str, object: &ObjectDecl) {
        let mut seen = BTreeSet::new();
        for (index, field) in object.fields.iter().enumerate() {
            let path = format!("{path}.fields[{index}]");
            if !seen.insert(&field.key) {
                self.report(format!("{path}.key"), format!("`{}` is declared twice", field.key), "remove one of them");
            }
            if field.key.starts_with("x_") {
                self.report(format!("{path}.key"), "keys that begin with x_ belong to tenants", "choose another key");
            }
            self.field(&path, field);
        }
    }

    pub(super) fn foreign_fields(&mut self) {
        let prefix = format!("{}_", self.manifest.prefix);
        let mut seen = BTreeSet::new();
        for (index, own) in self.manifest.fields.iter().enumerate() {
            let path = format!("fields[{index}]");
            if self.manifest.owns_object(&own.object) {
                self.report(format!("{path}.object"), format!("`{}` is an object of this plugin", own.object), "declare the field there");
            } else {
                self.known_object(&format!("{path}.object"), &own.object);
            }
            if !own.field.key.starts_with(&prefix) {
                let detail = format!("`{}` does not begin with `{prefix}`", own.field.key);
                self.report(format!("{path}.key"), detail, format!("call it `{prefix}{}`", own.field.key));
            }
            if !seen.insert((&own.object, &own.field.key)) {
                self.report(format!("{path}.key"), format!("`{}` is declared twice", own.field.key), "remove one of them");
            }
            if own.field.required {
                self.report(
                    format!("{path}.required"),
                    "a field on another object cannot be required",
                    "records of others would not save any more",
                );
            }
            self.field(&path, &own.field);
        }
    }

    fn field(&mut self, path: &str, field: &FieldDecl) {
        if !is_key(&field.key) {
            self.report(
                format!("{path}.key"),
                format!("`{}` is not a key", field.key),
                "use at most 40 of a-z, 0-9 and _, beginning with a letter",
            );
        } else if system_fields("").iter().any(|system| system.key == field.key) {
            self.report(format!("{path}.key"), format!("every record already has `{}`", field.key), "choose another key");
        }
        self.words(&format!("{path}.label"), &field.label);
        if !field.help.is_empty() {
            self.words(&format!("{path}.help"), &field.help);
        }
        let kind = field.kind;
        let misplaced = [
            ("max", field.max.is_some(), kind == FieldType::Text),
            ("scale", field.scale.is_some(), kind == FieldType::Decimal),
            ("options", !field.options.is_empty(), kind == FieldType::Select),
            ("target", field.target.is_some(), kind == FieldType::Reference),
        ];
        for (name, present, fits) in misplaced {
            if present && !fits {
                self.report(format!("{path}.{name}"), format!("a field of this type has no `{name}`"), "remove it");
            }
        }
        if field.max.is_some_and(|max| !(1..=MOST_TEXT).contains(&max)) {
            self.report(format!("{path}.max"), "the longest text is out of bounds", format!("use 1 to {MOST_TEXT}, or the type long_text"));
        }
        if field.scale.is_some_and(|scale| scale > MAX_SCALE) {
            self.report(format!("{path}.scale"), "too many digits after the point", format!("use 0 to {MAX_SCALE}"));
        }
        match kind {
            FieldType::Select => self.options(path, field),
            FieldType::Reference => match &field.target {
                Some(target) => self.known_object(&format!("{path}.target"), target),
                None => {
                    self.report(format!("{path}.target"), "a reference needs a target", "write target = \"customer\" or another object")
                }
            },
            FieldType::LongText | FieldType::Bool if field.unique => {
                self.report(format!("{path}.unique"), "a field of this type cannot be unique", "remove `unique`");
            }
            _ => {}
        }
        // Two minor digits are the most common currency; a default that fits them fits the check here.
        if field.default.is_some() && field.default_value(2).is_none() {
            self.report(
                format!("{path}.default"),
                "the default does not fit the type",
                "write decimals as text, and an option by its code",
            );
        }
    }

    fn options(&mut self, path: &str, field: &FieldDecl) {
        if field.options.is_empty() {
            self.report(format!("{path}.options"), "a select needs options", "list at least one { code, label }");
        }
        let mut seen = BTreeSet::new();
        for (index, option) in field.options.iter().enumerate() {
            let path = format!("{path}.options[{index}]");
            let plain = |c: char| c.is_ascii_alphanumeric() || "_-.".contains(c);
            if option.code.is_empty() || option.code.len() > 60 || !option.code.chars().all(plain) {
                let detail = format!("`{}` is not an option code", option.code);
                self.report(format!("{path}.code"), detail, "use at most 60 letters, digits, _, - and dots");
            }
            if !seen.insert(&option.code) {
                self.report(format!("{path}.code"), format!("`{}` is there twice", option.code), "remove one of them");
            }
            self.words(&format!("{path}.label"), &option.label);
        }
    }

    pub(super) fn uniques(&mut self) {
        for (index, unique) in self.manifest.uniques.iter().enumerate() {
            let path = format!("uniques[{index}]");
            if !self.manifest.owns_object(&unique.object) {
                self.report(
                    format!("{path}.object"),
                    format!("`{}` is not an object of this plugin", unique.object),
                    "constrain your own objects",
                );
                continue;
            }
            if unique.fields.is_empty() {
                self.report(format!("{path}.fields"), "no fields are named", "name the fields that may not agree");
            }
            for (at, field) in unique.fields.iter().enumerate() {
                self.known_field(&format!("{path}.fields[{at}]"), &unique.object, field);
            }
            if let Some(condition) = &unique.condition
                && let Err(problem) = guanxi_core::expr::parse(condition)
            {
                let place = problem.position.map(|at| format!(" at character {at}")).unwrap_or_default();
                self.report(format!("{path}.where"), format!("{}{place}", problem.detail), "see docs/expressions.md");
            }
        }
    }
}
