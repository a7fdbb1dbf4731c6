//! One entry of the rules, from and to what its form holds.

use guanxi_core::Decimal;
use guanxi_core::decimal::MAX_SCALE;
use guanxi_core::meta::{
    AdjustedField, Adjustment, Guard, Index, Label, Limit, NoOverlap, StateMachine, Transition, UniqueConstraint, Validation,
};
use guanxi_core::problem::Severity;

use super::super::typed::Typed;
use super::kind::Kind;
use crate::engine::DeclaredRules;

/// The codes of rules and of uniqueness without one of their own.
pub(super) const RULE_FAILED: &str = "rule.failed";
pub(super) const NOT_UNIQUE: &str = "field.not_unique";

/// No field has this key.
pub(super) const UNREADABLE: &str = "!";

/// What the form of an entry that is there holds.
pub(super) fn typed_of(kind: Kind, declared: &DeclaredRules, place: usize) -> Option<Typed> {
    let mut typed = Typed::default();
    let rules = &declared.rules;
    match kind {
        Kind::Validation => {
            let rule = rules.validations.get(place)?;
            typed.set("rule_key", rule.key.as_str());
            typed.set("rule_condition", rule.condition.as_str());
            typed.set("rule_field", rule.field.as_deref().unwrap_or_default());
            typed.set("rule_severity", severity_name(rule.severity));
            words(&mut typed, "rule", &rule.message, &rule.code);
        }
        Kind::Transition => {
            let machine = rules.machine.as_ref()?;
            let transition = machine.transitions.get(place)?;
            typed.set("machine_field", machine.field.as_str());
            typed.set("rule_action", transition.action.as_str());
            typed.set_label("label", &transition.label);
            typed.set("rule_from", transition.from.join(","));
            typed.set("rule_to", transition.to.as_str());
            typed.set("rule_roles", transition.roles.join(","));
            guard_words(&mut typed, transition.guard.as_ref());
        }
        Kind::NoOverlap => {
            let rule = rules.no_overlaps.get(place)?;
            typed.set("rule_key", rule.key.as_str());
            typed.set("rule_fields", rule.fields.join(","));
            typed.set("rule_from", rule.from.as_str());
            typed.set("rule_to", rule.to.as_str());
            typed.set("rule_condition", rule.condition.as_deref().unwrap_or_default());
            words(&mut typed, "rule", &rule.message, &rule.code);
        }
        Kind::Limit => {
            let rule = rules.limits.get(place)?;
            typed.set("rule_key", rule.key.as_str());
            typed.set("rule_fields", rule.fields.join(","));
            typed.set("rule_sum", rule.sum.as_deref().unwrap_or_default());
            typed.set("rule_at_most", rule.at_most.to_string());
            typed.set("rule_condition", rule.condition.as_deref().unwrap_or_default());
            words(&mut typed, "rule", &rule.message, &rule.code);
        }
        Kind::Adjustment => {
            let rule = rules.adjustments.get(place)?;
            let moved = |subtract: bool| {
                let fields = rule.fields.iter().filter(|moved| moved.subtract == subtract);
                fields.map(|moved| moved.field.as_str()).collect::<Vec<_>>().join(",")
            };
            typed.set("rule_key", rule.key.as_str());
            typed.set_label("label", &rule.label);
            typed.set("rule_adds", moved(false));
            typed.set("rule_takes", moved(true));
            guard_words(&mut typed, rule.guard.as_ref());
        }
        Kind::Unique => {
            let unique = declared.uniques.get(place)?;
            typed.set("rule_fields", unique.fields.join(","));
            typed.set("rule_condition", unique.condition.as_deref().unwrap_or_default());
            typed.set("rule_code", unique.code.as_str());
        }
        Kind::Index => {
            let (sort, equal) = rules.indexes.get(place)?.fields.split_last()?;
            typed.set("rule_fields", equal.join(","));
            typed.set("rule_sort", sort.as_str());
        }
    }
    Some(typed)
}

fn words(typed: &mut Typed, prefix: &str, message: &Label, code: &str) {
    typed.set_label(&format!("{prefix}_message"), message);
    typed.set(&format!("{prefix}_code"), code);
}

fn guard_words(typed: &mut Typed, guard: Option<&Guard>) {
    if let Some(guard) = guard {
        typed.set("guard_condition", guard.condition.as_str());
        words(typed, "guard", &guard.message, &guard.code);
    }
}

/// Puts what was typed into the document: at its place, or behind the others where it is new. Answers the place. What cannot be read is
/// left to the engine to refuse. A bound that is no number has no such form: then `false` comes along, and a field that no object can have
/// sees to it that nothing is saved while everything else is checked.
pub(super) fn put(kind: Kind, declared: &mut DeclaredRules, place: Option<usize>, typed: &Typed) -> (usize, bool) {
    let text = |name: &str| typed.get(name).to_owned();
    let code = |name: &str, default: &str| typed.given(name).unwrap_or_else(|| default.to_owned());
    let condition = typed.given("rule_condition");
    let message = typed.label("rule_message");
    let mut readable = true;
    let rules = &mut declared.rules;
    let at = match kind {
        Kind::Validation => {
            let field = typed.given("rule_field");
            let severity = severity(typed.get("rule_severity"));
            let condition = condition.unwrap_or_default();
            let rule = Validation { key: text("rule_key"), condition, message, field, severity, code: code("rule_code", RULE_FAILED) };
            set(&mut rules.validations, place, rule)
        }
        Kind::Transition => {
            let action = text("rule_action");
            let label = Some(typed.label("label")).filter(|label| !label.zh.is_empty());
            let transition = Transition {
                label: label.unwrap_or_else(|| Label::new(action.clone(), action.clone())),
                action,
                from: typed.ticked("rule_from"),
                to: text("rule_to"),
                guard: guard(typed),
                roles: typed.ticked("rule_roles"),
            };
            let machine = rules.machine.get_or_insert_with(|| StateMachine { field: text("machine_field"), transitions: Vec::new() });
            set(&mut machine.transitions, place, transition)
        }
        Kind::NoOverlap => {
            let rule = NoOverlap {
                key: text("rule_key"),
                fields: typed.ticked("rule_fields"),
                from: text("rule_from"),
                to: text("rule_to"),
                condition,
                code: code("rule_code", RULE_FAILED),
                message,
            };
            set(&mut rules.no_overlaps, place, rule)
        }
        Kind::Limit => {
            let bound = typed.get("rule_at_most");
            let scale = u8::try_from(Decimal::scale_of(bound)).unwrap_or(u8::MAX).min(MAX_SCALE);
            let at_most = Decimal::parse(bound, scale);
            readable = at_most.is_ok();
            let unreadable = (!readable).then(|| UNREADABLE.to_owned());
            let rule = Limit {
                key: text("rule_key"),
                fields: typed.ticked("rule_fields").into_iter().chain(unreadable).collect(),
                sum: typed.given("rule_sum"),
                at_most: at_most.unwrap_or_else(|_| Decimal::new(0, 0)),
                condition,
                code: code("rule_code", RULE_FAILED),
                message,
            };
            set(&mut rules.limits, place, rule)
        }
        Kind::Adjustment => {
            let key = text("rule_key");
            let label = Some(typed.label("label")).filter(|label| !label.zh.is_empty());
            let moved = |name: &str, subtract: bool| {
                typed.ticked(name).into_iter().map(move |field| AdjustedField { field, subtract }).collect::<Vec<_>>()
            };
            let rule = Adjustment {
                label: label.unwrap_or_else(|| Label::new(key.clone(), key.clone())),
                key,
                fields: [moved("rule_adds", false), moved("rule_takes", true)].concat(),
                guard: guard(typed),
            };
            set(&mut rules.adjustments, place, rule)
        }
        Kind::Unique => {
            let unique = UniqueConstraint { id: 0, fields: typed.ticked("rule_fields"), condition, code: code("rule_code", NOT_UNIQUE) };
            set(&mut declared.uniques, place, unique)
        }
        Kind::Index => {
            let fields = typed.ticked("rule_fields").into_iter().chain(typed.given("rule_sort")).collect();
            set(&mut rules.indexes, place, Index { fields })
        }
    };
    (at, readable)
}

fn set<T>(list: &mut Vec<T>, place: Option<usize>, item: T) -> usize {
    match place.and_then(|at| list.get_mut(at).map(|slot| (at, slot))) {
        Some((at, slot)) => {
            *slot = item;
            at
        }
        None => {
            list.push(item);
            list.len() - 1
        }
    }
}

/// A guard is there as soon as anything of it is.
fn guard(typed: &Typed) -> Option<Guard> {
    let message = typed.label("guard_message");
    let condition = typed.given("guard_condition");
    (condition.is_some() || !message.zh.is_empty()).then(|| Guard {
        condition: condition.unwrap_or_default(),
        code: typed.given("guard_code").unwrap_or_else(|| RULE_FAILED.to_owned()),
        message,
    })
}

fn severity_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Confirm => "confirm",
        Severity::Info => "info",
    }
}

fn severity(name: &str) -> Severity {
    match name {
        "confirm" => Severity::Confirm,
        "info" => Severity::Info,
        _ => Severity::Error,
    }
}

/// The control beside which a problem of an entry is told; `part` is its place below the entry: `guard.message`, `from.0`, `fields.1.field`.
pub(super) fn control_of(kind: Kind, part: &str) -> &'static str {
    let head = part.split('.').next().unwrap_or_default();
    match (kind, part, head) {
        (_, "guard.condition", _) => "guard_condition",
        (_, "guard.message", _) => "guard_message_zh",
        (_, "guard.code", _) => "guard_code",
        (_, _, "key") => "rule_key",
        (_, _, "condition") => "rule_condition",
        (_, _, "message") => "rule_message_zh",
        (_, _, "code") => "rule_code",
        (_, _, "label") => "label_zh",
        (_, _, "field") => "rule_field",
        (_, _, "action") => "rule_action",
        (_, _, "from") => "rule_from",
        (_, _, "to") => "rule_to",
        (_, _, "roles") => "rule_roles",
        (Kind::Adjustment, _, "fields") => "rule_adds",
        (_, _, "fields") => "rule_fields",
        (_, _, "sum") => "rule_sum",
        (_, _, "at_most") => "rule_at_most",
        // The entry as a whole: one that is there already.
        (Kind::Unique | Kind::Index, _, _) => "rule_fields",
        _ => "rule_key",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_can_be_shown_and_put_again() {
        let mut typed = Typed::default();
        for (name, text) in [
            ("rule_key", "days"),
            ("rule_condition", "x_n > 0"),
            ("rule_message_en", "Too few"),
            ("rule_fields", "x_a,x_b"),
            ("rule_from", "x_from"),
            ("rule_to", "x_to"),
            ("rule_at_most", "10.50"),
            ("rule_sort", "x_c"),
            ("machine_field", "x_state"),
            ("rule_action", "open"),
            ("rule_adds", "x_n"),
            ("guard_condition", "x_n > 1"),
        ] {
            typed.set(name, text);
        }
        for kind in Kind::ALL {
            let mut declared = DeclaredRules::default();
            assert_eq!(put(kind, &mut declared, None, &typed), (0, true), "{kind:?}");
            let again = typed_of(kind, &declared, 0).expect("an entry");
            let mut second = declared.clone();
            put(kind, &mut second, Some(0), &again);
            assert_eq!((&second.rules, &second.uniques), (&declared.rules, &declared.uniques), "{kind:?}");
            assert!(kind.known_as(&declared, 0).is_some() && kind.count(&declared) == 1);
            kind.remove(&mut second, 0);
            assert_eq!((second.rules, second.uniques.len()), (guanxi_core::meta::Rules::default(), 0));
        }
        typed.set("rule_at_most", "many");
        let mut declared = DeclaredRules::default();
        assert!(!put(Kind::Limit, &mut declared, None, &typed).1);
        assert!(declared.rules.limits[0].fields.iter().any(|field| field == UNREADABLE), "it cannot be saved as zero");
    }

    #[test]
    fn every_part_has_its_control() {
        for (kind, part, control) in [
            (Kind::Transition, "from.0", "rule_from"),
            (Kind::Transition, "guard.message", "guard_message_zh"),
            (Kind::Adjustment, "fields.1.field", "rule_adds"),
            (Kind::Unique, "", "rule_fields"),
            (Kind::Limit, "fields.0", "rule_fields"),
        ] {
            assert_eq!(control_of(kind, part), control);
        }
    }
}
