//! The kinds of declared rules, and their places in the document of an object's rules.

use guanxi_core::meta::Object;

use crate::engine::DeclaredRules;
use crate::texts::Texts;

/// What a rule is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Validation,
    Transition,
    NoOverlap,
    Limit,
    Adjustment,
    Unique,
    Index,
}

impl Kind {
    pub(super) const ALL: [Self; 7] =
        [Self::Validation, Self::Transition, Self::NoOverlap, Self::Limit, Self::Adjustment, Self::Unique, Self::Index];

    /// The word in addresses.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Validation => "validations",
            Self::Transition => "transitions",
            Self::NoOverlap => "no-overlaps",
            Self::Limit => "limits",
            Self::Adjustment => "adjustments",
            Self::Unique => "uniques",
            Self::Index => "indexes",
        }
    }

    pub(super) fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Where its entries stand in the document; the engine's problems begin with it.
    pub(super) fn place(self) -> &'static str {
        match self {
            Self::Validation => "validations",
            Self::Transition => "machine.transitions",
            Self::NoOverlap => "no_overlaps",
            Self::Limit => "limits",
            Self::Adjustment => "adjustments",
            Self::Unique => "uniques",
            Self::Index => "indexes",
        }
    }

    pub(super) fn title(self, texts: Texts) -> &'static str {
        match self {
            Self::Validation => texts.rules_validations(),
            Self::Transition => texts.rules_machine(),
            Self::NoOverlap => texts.rules_no_overlaps(),
            Self::Limit => texts.rules_limits(),
            Self::Adjustment => texts.rules_adjustments(),
            Self::Unique => texts.rules_uniques(),
            Self::Index => texts.rules_indexes(),
        }
    }

    pub(super) fn hint(self, texts: Texts) -> &'static str {
        match self {
            Self::Validation => texts.rules_validations_hint(),
            Self::Transition => texts.rules_machine_hint(),
            Self::NoOverlap => texts.rules_no_overlaps_hint(),
            Self::Limit => texts.rules_limits_hint(),
            Self::Adjustment => texts.rules_adjustments_hint(),
            Self::Unique => texts.rules_uniques_hint(),
            Self::Index => texts.rules_indexes_hint(),
        }
    }

    pub(super) fn add(self, texts: Texts) -> &'static str {
        match self {
            Self::Validation => texts.add_validation(),
            Self::Transition => texts.add_transition(),
            Self::NoOverlap => texts.add_no_overlap(),
            Self::Limit => texts.add_limit(),
            Self::Adjustment => texts.add_adjustment(),
            Self::Unique => texts.add_unique(),
            Self::Index => texts.add_index(),
        }
    }

    pub(super) fn edit(self, texts: Texts) -> &'static str {
        match self {
            Self::Validation => texts.edit_validation(),
            Self::Transition => texts.edit_transition(),
            Self::NoOverlap => texts.edit_no_overlap(),
            Self::Limit => texts.edit_limit(),
            Self::Adjustment => texts.edit_adjustment(),
            Self::Unique => texts.edit_unique(),
            Self::Index => texts.edit_index(),
        }
    }

    pub(super) fn count(self, declared: &DeclaredRules) -> usize {
        let rules = &declared.rules;
        match self {
            Self::Validation => rules.validations.len(),
            Self::Transition => rules.machine.as_ref().map_or(0, |machine| machine.transitions.len()),
            Self::NoOverlap => rules.no_overlaps.len(),
            Self::Limit => rules.limits.len(),
            Self::Adjustment => rules.adjustments.len(),
            Self::Unique => declared.uniques.len(),
            Self::Index => rules.indexes.len(),
        }
    }

    /// What an entry is known by: to say it, and to see that it is still the same one.
    pub(super) fn known_as(self, declared: &DeclaredRules, place: usize) -> Option<String> {
        let rules = &declared.rules;
        match self {
            Self::Validation => rules.validations.get(place).map(|rule| rule.key.clone()),
            Self::Transition => {
                let transition = rules.machine.as_ref()?.transitions.get(place)?;
                Some(format!("{}: {} → {}", transition.action, transition.from.join("/"), transition.to))
            }
            Self::NoOverlap => rules.no_overlaps.get(place).map(|rule| rule.key.clone()),
            Self::Limit => rules.limits.get(place).map(|rule| rule.key.clone()),
            Self::Adjustment => rules.adjustments.get(place).map(|rule| rule.key.clone()),
            Self::Unique => declared.uniques.get(place).map(|unique| format!("{} {}", unique.fields.join(" + "), unique.code)),
            Self::Index => rules.indexes.get(place).map(|index| index.fields.join(" + ")),
        }
    }

    /// Takes an entry out. A machine without transitions is none.
    pub(super) fn remove(self, declared: &mut DeclaredRules, place: usize) {
        let rules = &mut declared.rules;
        match self {
            Self::Validation => drop(rules.validations.remove(place)),
            Self::Transition => {
                if let Some(machine) = &mut rules.machine {
                    machine.transitions.remove(place);
                }
                rules.machine = rules.machine.take().filter(|machine| !machine.transitions.is_empty());
            }
            Self::NoOverlap => drop(rules.no_overlaps.remove(place)),
            Self::Limit => drop(rules.limits.remove(place)),
            Self::Adjustment => drop(rules.adjustments.remove(place)),
            Self::Unique => drop(declared.uniques.remove(place)),
            Self::Index => drop(rules.indexes.remove(place)),
        }
    }
}

/// The select that holds the state: the machine's, or the one that is chosen for a first transition.
pub(super) fn state_field(object: &Object, declared: &DeclaredRules, chosen: &str) -> Option<guanxi_core::meta::Field> {
    let key = declared.rules.machine.as_ref().map_or(chosen, |machine| machine.field.as_str());
    object.field(key).filter(|field| matches!(field.kind, guanxi_core::meta::FieldKind::Select { .. })).cloned()
}
