//! What an administrator changes of a field within its type.

use guanxi_core::meta::{Computed, Field, FieldKind, Label, Object, SelectOption};
use guanxi_core::{Problem, Value};
use guanxi_store::FieldChange;

use super::check_label;
use super::declare::{check_expressions, check_help, check_mask, read_default};
use super::kinds::MAX_TEXT;
use super::options::{check_kept, check_options};
use crate::engine::{Ctx, Outcome, Raw};

/// What changes of a field; `None` leaves a part as it is, `Some(None)` takes it away.
#[derive(Clone, Debug, Default)]
pub struct FieldPatch {
    /// The new name.
    pub label: Option<Label>,
    /// The new hint.
    pub help: Option<Option<Label>>,
    /// The part of the form where it stands.
    pub group: Option<Option<Label>>,
    /// How a text must look from now on.
    pub mask: Option<Option<String>>,
    /// The new default.
    pub default: Option<Option<Raw>>,
    /// When it is shown.
    pub show_if: Option<Option<String>>,
    /// When it is required.
    pub require_if: Option<Option<String>>,
    /// When it is closed.
    pub read_only_if: Option<Option<String>>,
    /// Must have a value from now on.
    pub required: Option<bool>,
    /// No duplicates from now on.
    pub unique: Option<bool>,
    /// Has an index of its own.
    pub indexed: Option<bool>,
    /// Hides or shows it; values are kept.
    pub hidden: Option<bool>,
    /// Whether the search finds its words.
    pub searchable: Option<bool>,
    /// The new value list. Codes that records use may only be relabelled or moved.
    pub options: Option<Vec<SelectOption>>,
    /// The new longest length of a text; never shorter than it was.
    pub max: Option<u32>,
    /// The new expression of a formula; its type stays.
    pub formula: Option<String>,
}

impl FieldPatch {
    /// Nothing changes.
    pub(super) fn is_empty(&self) -> bool {
        let conditions = self.show_if.is_none() && self.require_if.is_none() && self.read_only_if.is_none();
        let words = self.label.is_none() && self.help.is_none() && self.group.is_none() && self.mask.is_none();
        let flags = [self.required, self.unique, self.indexed, self.hidden, self.searchable].iter().all(Option::is_none);
        conditions && words && flags && self.default.is_none() && self.options.is_none() && self.max.is_none() && self.formula.is_none()
    }

    /// All that is wrong with the change.
    pub(super) fn problems(&self, ctx: &Ctx, object: &Object, field: &Field) -> Vec<Problem> {
        let mut problems: Vec<Problem> = Vec::new();
        problems.extend(self.label.as_ref().and_then(|label| check_label(label).err()));
        problems.extend(self.help.iter().flatten().filter_map(check_help));
        problems.extend(self.group.iter().flatten().filter_map(|group| check_label(group).err()).map(|p| p.on("group")));
        problems.extend(self.mask.as_ref().and_then(|mask| check_mask(mask.as_deref(), &field.kind)));
        problems.extend(self.max.and_then(|max| check_max(&field.kind, max)));
        if let Some(new) = &self.options {
            match &field.kind {
                FieldKind::Select { options: old } | FieldKind::MultiSelect { options: old } | FieldKind::TreeSelect { options: old } => {
                    problems.extend(check_options(&field.kind, new));
                    problems.extend(check_kept(old, new));
                }
                kind => problems.push(Problem::error("field.type", format!("{} has no options", kind.name())).on("options")),
            }
        }
        if self.formula.is_some() && !matches!(field.computed, Some(Computed::Formula { .. })) {
            problems.push(Problem::error("field.type", format!("a {} has no formula", field.type_name())).on("formula"));
        }
        if field.computed.is_some() {
            let given = [
                ("default", matches!(self.default, Some(Some(_)))),
                ("required", self.required == Some(true)),
                ("require_if", matches!(self.require_if, Some(Some(_)))),
                ("read_only_if", matches!(self.read_only_if, Some(Some(_)))),
                ("unique", self.unique == Some(false) && matches!(field.computed, Some(Computed::Sequence { .. }))),
            ];
            for (name, _) in given.into_iter().filter(|(_, given)| *given) {
                let detail = format!("nobody fills a {}, so `{name}` cannot be set like this", field.type_name());
                problems.push(Problem::error("field.type", detail).on(name));
            }
        }
        let after = self.applied(field);
        let touches = self.formula.is_some() || self.show_if.is_some() || self.require_if.is_some() || self.read_only_if.is_some();
        if touches && problems.is_empty() {
            problems.extend(check_expressions(ctx, object, &after));
        }
        if let Some(Some(raw)) = &self.default {
            problems.extend(read_default(ctx, &after, raw.clone()).err());
        }
        problems
    }

    /// The change for the store.
    pub(super) fn into_change(self, ctx: &Ctx, field: &Field) -> Outcome<FieldChange> {
        let default = match self.default.clone() {
            None => None,
            Some(None) => Some(Value::Null),
            Some(Some(raw)) => Some(read_default(ctx, &self.applied(field), raw)?.unwrap_or(Value::Null)),
        };
        Ok(FieldChange {
            label: self.label,
            help: self.help,
            required: self.required,
            hidden: self.hidden,
            searchable: self.searchable,
            unique: self.unique,
            indexed: self.indexed,
            options: self.options,
            default,
            max: self.max,
            mask: self.mask,
            group: self.group,
            show: self.show_if,
            require: self.require_if,
            closed: self.read_only_if,
            expression: self.formula,
            ..FieldChange::default()
        })
    }

    /// The field as it would be, as far as its values are concerned.
    pub(super) fn applied(&self, field: &Field) -> Field {
        let mut field = field.clone();
        match &mut field.kind {
            FieldKind::Select { options } | FieldKind::MultiSelect { options } | FieldKind::TreeSelect { options } => {
                *options = self.options.clone().unwrap_or_else(|| options.clone());
            }
            FieldKind::Text { max } => *max = self.max.unwrap_or(*max),
            _ => {}
        }
        if let (Some(expression), Some(Computed::Formula { .. })) = (&self.formula, &field.computed) {
            field.computed = Some(Computed::Formula { expression: expression.clone() });
        }
        let conditions = &mut field.conditions;
        for (new, part) in [
            (&self.show_if, &mut conditions.show),
            (&self.require_if, &mut conditions.require),
            (&self.read_only_if, &mut conditions.read_only),
        ] {
            if let Some(new) = new {
                part.clone_from(new);
            }
        }
        if let Some(mask) = &self.mask {
            field.mask.clone_from(mask);
        }
        field
    }
}

/// A shorter length would leave texts that nobody could save again.
fn check_max(kind: &FieldKind, max: u32) -> Option<Problem> {
    match kind {
        FieldKind::Text { max: old } if (*old..=MAX_TEXT).contains(&max) => None,
        FieldKind::Text { max: old } => {
            let problem = Problem::error("field.range", format!("the length can grow from {old} up to {MAX_TEXT}")).on("max");
            Some(problem.with("min", i64::from(*old)).with("max", i64::from(MAX_TEXT)))
        }
        kind => Some(Problem::error("field.type", format!("a {} has no length", kind.name())).on("max")),
    }
}
