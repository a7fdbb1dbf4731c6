//! Refusals at the fields of a form: every problem beside the input that it is about, in words that say what to do.

use guanxi_core::Problem;

use crate::engine::Refusal;
use crate::texts::t;
use crate::ui::components::control::FieldProblem;
use crate::ui::components::form::Form;
use crate::ui::visit::Visit;
use crate::ui::words::field_problem;

/// Puts each problem at its control; what has none stands in the summary. `aliases` lead from the engine's fields to names of controls.
pub(super) fn place(visit: &Visit, form: &mut Form, refusal: &Refusal, aliases: &[(&str, &str)]) {
    for problem in &refusal.problems {
        let shown = shown(visit, problem);
        let name = problem.field.as_deref().unwrap_or_default();
        let name = aliases.iter().find(|(field, _)| *field == name).map_or(name, |(_, control)| control);
        match form.sections.iter_mut().flat_map(|section| &mut section.controls).find(|control| control.name == name) {
            Some(control) => control.problems.push(shown),
            None => form.problems.push(shown),
        }
    }
    if refusal.status >= 500 {
        form.request = Some(visit.ctx.request.clone()).filter(|request| !request.is_empty());
    }
}

/// The problem with words for an administrator where the general ones would not help.
fn shown(visit: &Visit, problem: &Problem) -> FieldProblem {
    let shown = field_problem(&visit.ctx, problem);
    match special_words(visit, problem) {
        Some(text) => FieldProblem { text, ..shown },
        None => shown,
    }
}

/// Words for one problem, for notes.
pub(super) fn words(visit: &Visit, problem: &Problem) -> String {
    shown(visit, problem).text
}

fn special_words(visit: &Visit, problem: &Problem) -> Option<String> {
    let texts = t(visit.locale());
    let text = match (problem.code.as_str(), problem.field.as_deref().unwrap_or_default()) {
        ("field.range", "key") => texts.key_rule().to_owned(),
        ("field.required", "label") => texts.problem_label().to_owned(),
        ("field.range", "max") => texts.problem_number("1", "4000"),
        ("field.range", "scale") => texts.problem_number("0", "8"),
        ("field.type", "type") => texts.problem_long_text_plain().to_owned(),
        ("reference.not_found", "target") => texts.problem_target().to_owned(),
        ("field.range", "password") => texts.problem_password().to_owned(),
        ("field.not_unique", "unique") => texts.problem_has_duplicates().to_owned(),
        ("rule.failed", "roles") => texts.problem_own_role().to_owned(),
        _ => return None,
    };
    Some(text)
}
