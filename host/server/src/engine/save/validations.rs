//! Declared rules over one record: what must hold for it, what is asked, what is told.

use guanxi_core::expr::FieldPath;
use guanxi_core::meta::{Guard, Label, Validation};
use guanxi_core::problem::Severity;
use guanxi_core::{Problem, Value};

use super::facts::Facts;
use super::{Item, ItemOp};
use crate::engine::Ctx;
use crate::engine::rules::{Condition, ObjectRules};

/// The code of a rule that has none of its own.
pub(in crate::engine) const RULE_FAILED: &str = "rule.failed";

impl Item {
    /// The item is new, or a field that the condition reads changes: only then a rule is asked, so that old records which break a newer
    /// rule can still be edited elsewhere.
    pub(super) fn concerns(&self, condition: &Condition) -> bool {
        !self.is_delete() && (self.op == ItemOp::Create || condition.reads.iter().any(|key| self.differs(key)))
    }

    /// Adds a problem, unless an earlier step told it already.
    pub(super) fn tell(&mut self, problem: Problem) {
        if !self.problems.contains(&problem) {
            self.problems.push(problem);
        }
    }

    /// What was sent for one of the condition's fields was no value of its type, so there is nothing to judge.
    pub(super) fn unreadable(&self, condition: &Condition) -> bool {
        let unread = |p: &&Problem| p.severity == Severity::Error && p.code.starts_with("field.") && p.code != "field.required";
        self.problems.iter().filter(unread).filter_map(|p| p.field.as_ref()).any(|key| condition.reads.contains(key))
    }
}

/// What the conditions of an item's validations read of other records.
pub(super) fn paths(item: &Item, rules: &ObjectRules) -> Vec<FieldPath> {
    rules.validations.iter().filter(|condition| item.concerns(condition)).flat_map(|condition| condition.hops.clone()).collect()
}

/// Asks all validations that the item concerns.
pub(super) fn check(ctx: &Ctx, item: &mut Item, rules: &ObjectRules, facts: &Facts) {
    let object = item.object.clone();
    for (rule, condition) in object.rules.validations.iter().zip(&rules.validations) {
        if !item.concerns(condition) || item.unreadable(condition) {
            continue;
        }
        let asked = condition.holds(ctx, &object, &facts.after(item));
        match asked {
            Ok(true) => {}
            Ok(false) => item.tell(failed(rule)),
            Err(why) => item.tell(broken(&rule.key, &why)),
        }
    }
}

/// An interval that others must keep out of does not end before it begins. Asked when it is new or moves, or comes under the rule.
pub(super) fn check_intervals(ctx: &Ctx, item: &mut Item, rules: &ObjectRules, facts: &Facts) {
    let object = item.object.clone();
    for (rule, condition) in object.rules.no_overlaps.iter().zip(&rules.no_overlaps) {
        let moves = item.op == ItemOp::Create || item.differs(&rule.from) || item.differs(&rule.to);
        let asked = !item.is_delete() && (moves || condition.as_ref().is_some_and(|condition| item.concerns(condition)));
        let reversed = match (item.value(&rule.from), item.value(&rule.to)) {
            (Value::Date(from), Value::Date(to)) => to < from,
            (Value::Instant(from), Value::Instant(to)) => to < from,
            _ => false,
        };
        // A condition that can no longer be read is told by the rule itself.
        let inside = |condition: &Condition| condition.holds(ctx, &object, &facts.after(item)).unwrap_or(true);
        if asked && reversed && condition.as_ref().is_none_or(inside) {
            let problem = Problem::error("field.range", format!("`{}` lies before `{}`", rule.to, rule.from)).on(&rule.to);
            item.tell(problem.with("reason", "reversed").with("rule", rule.key.clone()));
        }
    }
}

/// The refusal (or question, or note) of a rule that does not hold.
pub(super) fn failed(rule: &Validation) -> Problem {
    let problem = spoken(&rule.code, &rule.key, &rule.message);
    let problem = Problem { severity: rule.severity, field: rule.field.clone(), ..problem };
    match rule.severity {
        Severity::Confirm => {
            let answer = problem.agreement();
            problem.with("confirm", answer)
        }
        _ => problem,
    }
}

/// The refusal of a guard, named after what it guards.
pub(super) fn guarded(guard: &Guard, name: &str) -> Problem {
    spoken(&guard.code, name, &guard.message)
}

/// A problem that brings its words in both languages.
pub(super) fn spoken(code: &str, rule: &str, message: &Label) -> Problem {
    Problem::error(code, message.en.clone()).with("rule", rule.to_owned()).with("zh-CN", message.zh.clone()).with("en", message.en.clone())
}

/// A rule that reads a field which is no longer there: nobody can say whether it holds.
pub(super) fn broken(rule: &str, why: &str) -> Problem {
    let detail = format!("the rule `{rule}` can no longer be read: {why}");
    Problem::error(RULE_FAILED, detail).with("rule", "rule.broken").with("what", rule.to_owned())
}
