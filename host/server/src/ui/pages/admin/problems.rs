//! Refusals at the fields of a form: every problem beside the input that it is about, in words that say what to do.

use guanxi_core::Problem;
use guanxi_core::meta::Locale;

use crate::engine::Refusal;
use crate::texts::t;
use crate::ui::components::control::FieldProblem;
use crate::ui::components::form::Form;
use crate::ui::visit::Visit;
use crate::ui::words::field_problem;

/// How much of an expression is shown from the place of a problem on.
const MAX_FRAGMENT: usize = 16;

/// Puts each problem at its control; what has none stands in the summary. `aliases` lead from the engine's fields to names of controls.
pub(super) fn place(visit: &Visit, form: &mut Form, refusal: &Refusal, aliases: &[(&str, &str)]) {
    for problem in &refusal.problems {
        let shown = shown(visit, problem);
        let name = problem.field.as_deref().unwrap_or_default();
        let name = aliases.iter().find(|(field, _)| *field == name).map_or(name, |(_, control)| control);
        match form.sections.iter_mut().flat_map(|section| &mut section.controls).find(|control| control.name == name) {
            Some(control) => {
                let shown = located(visit, problem, shown, &control.value);
                control.problems.push(shown);
            }
            None => form.problems.push(shown),
        }
    }
    if refusal.status >= 500 {
        form.request = Some(visit.ctx.request.clone()).filter(|request| !request.is_empty());
    }
}

/// The problem with words for an administrator where the general ones would not help.
fn shown(visit: &Visit, problem: &Problem) -> FieldProblem {
    // The place in an expression is told with what stands there, see `located`.
    let shown = field_problem(&visit.ctx, &Problem { position: None, ..problem.clone() });
    match special_words(visit, problem) {
        Some(text) => FieldProblem { text, ..shown },
        None => shown,
    }
}

/// The problem of an expression with its reason, and with what stands where it was found.
fn located(visit: &Visit, problem: &Problem, shown: FieldProblem, expression: &str) -> FieldProblem {
    let Some(position) = problem.position else { return shown };
    let texts = t(visit.locale());
    let because = |reason: &str| texts.problem_because(&shown.text, reason);
    let param = problem.params.iter().find(|(name, _)| name == "reason").and_then(|(_, value)| value.as_text());
    let words = match (param, visit.locale()) {
        (Some("not_deterministic"), _) => because(texts.reason_clock()),
        (Some("reference"), _) => because(texts.reason_reference()),
        (Some("list"), _) => because(texts.reason_list()),
        // Nobody translated the checker's sentences; they are English and say more than the code.
        (_, Locale::En) if !problem.detail.is_empty() => because(&problem.detail),
        _ => shown.text.clone(),
    };
    let rest: String = expression.chars().skip(position.saturating_sub(1)).take(MAX_FRAGMENT).collect();
    let fragment = rest.lines().next().unwrap_or_default().trim();
    let position = position.to_string();
    let text = if fragment.is_empty() { texts.problem_at_end(&words, &position) } else { texts.problem_at(&words, &position, fragment) };
    FieldProblem { text, ..shown }
}

/// Words for the problem of an expression, with the place in it.
pub(super) fn at(visit: &Visit, problem: &Problem, expression: &str) -> String {
    located(visit, problem, shown(visit, problem), expression).text
}

/// Words for one problem, for notes.
pub(super) fn words(visit: &Visit, problem: &Problem) -> String {
    shown(visit, problem).text
}

fn special_words(visit: &Visit, problem: &Problem) -> Option<String> {
    let texts = t(visit.locale());
    let text = match (problem.code.as_str(), problem.field.as_deref().unwrap_or_default()) {
        ("field.range", "key") => texts.key_rule().to_owned(),
        ("field.range", "rule_key" | "rule_action") => texts.problem_rule_key().to_owned(),
        ("field.range", "rule_code" | "guard_code") => texts.problem_rule_code().to_owned(),
        ("field.required", "rule_message_zh" | "guard_message_zh") => texts.problem_rule_message().to_owned(),
        ("field.not_unique", "rule_key" | "rule_fields") => texts.problem_rule_twice().to_owned(),
        ("field.range" | "field.required", "rule_fields" | "rule_adds") => texts.problem_rule_fields().to_owned(),
        ("field.type" | "field.unknown", "rule_from" | "rule_to") => texts.problem_rule_interval().to_owned(),
        ("field.option", "rule_from") => texts.problem_rule_self().to_owned(),
        ("field.option", "rule_to") => texts.problem_rule_state().to_owned(),
        ("field.type", "rule_at_most") => texts.problem_rule_bound().to_owned(),
        ("filter.syntax", _) => texts.problem_expression().to_owned(),
        ("filter.not_pushable" | "expression.not_allowed", _) => texts.problem_expression_here().to_owned(),
        ("record.version_conflict", "") => texts.problem_rule_changed().to_owned(),
        ("field.required", "label" | "label_zh") => texts.problem_label().to_owned(),
        ("field.range", "max") => texts.problem_number("1", "4000"),
        ("field.range", "scale") => texts.problem_number("0", "8"),
        ("field.range", "children_field") => texts.key_rule().to_owned(),
        ("field.type", "type") => texts.problem_not_indexable().to_owned(),
        ("field.type", "default" | "required" | "sourced" | "mask" | "require_if" | "read_only_if" | "unique") if !is_value(problem) => {
            texts.problem_computed_part().to_owned()
        }
        ("field.required", "formula") => texts.problem_formula_missing().to_owned(),
        ("field.required", "roll_up") => texts.problem_roll_up_missing().to_owned(),
        ("field.required" | "field.unknown", "roll_up.field") => texts.problem_roll_up_field().to_owned(),
        ("field.type", "roll_up.field") => texts.problem_roll_up_kind().to_owned(),
        ("field.required", "format") => texts.problem_format_missing().to_owned(),
        ("field.required", "target") => texts.problem_target().to_owned(),
        ("field.not_unique", "sourced") => texts.problem_sourced_taken().to_owned(),
        ("field.required" | "reference.not_found", "parent") => texts.problem_parent_missing().to_owned(),
        ("reference.not_found", "target") => texts.problem_target().to_owned(),
        ("field.range", "password") => texts.problem_password().to_owned(),
        ("field.not_unique", "unique") => texts.problem_has_duplicates().to_owned(),
        ("rule.failed", "roles") => texts.problem_own_role().to_owned(),
        _ => return None,
    };
    Some(text)
}

/// A value that does not fit its type, not a part that the field cannot have.
fn is_value(problem: &Problem) -> bool {
    problem.params.iter().any(|(name, _)| name == "expected")
}
