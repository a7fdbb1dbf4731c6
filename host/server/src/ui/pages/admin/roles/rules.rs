//! The rules of a role, each an object, a function and a condition; two empty rows are there for new ones.

use guanxi_core::Problem;
use guanxi_core::policy::{ANY_OBJECT, Function, Role};
use maud::{Markup, html};

use super::super::problems;
use super::objects;
use crate::engine::Refusal;
use crate::texts::t;
use crate::ui::components::card::{Card, card};
use crate::ui::visit::{Posted, Visit};

/// Rows for rules that are not there yet.
const SPARE: usize = 2;

/// One row as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Typed {
    object: String,
    function: String,
    condition: String,
}

/// The rows of a role as it is.
pub(super) fn of(role: &Role) -> Vec<Typed> {
    let rows = role.rules.iter().flat_map(|(object, rules)| {
        rules.iter().map(move |(function, condition)| Typed {
            object: object.clone(),
            function: function.name().to_owned(),
            condition: condition.clone(),
        })
    });
    rows.collect()
}

/// The rows of a form, without empty ones.
pub(super) fn posted(posted: &Posted) -> Vec<Typed> {
    let column = |name: &'static str| posted.all(name).map(str::trim);
    let rows = column("rule_object").zip(column("rule_function")).zip(column("rule_condition"));
    let rows =
        rows.map(|((object, function), condition)| Typed { object: object.into(), function: function.into(), condition: condition.into() });
    rows.filter(|row| !row.condition.is_empty()).collect()
}

/// Puts the rows into the role; those of objects that the form does not offer stay.
pub(super) fn apply(visit: &Visit, rows: &[Typed], role: &mut Role) {
    let offered: Vec<String> = objects(visit).map(|object| object.key.clone()).collect();
    role.rules.retain(|object, _| !offered.contains(object));
    for row in rows {
        if let Some(function) = Function::parse(&row.function) {
            // A rule names its object, which then no longer follows the others: it keeps what it had from them.
            let others = role.grants.get(ANY_OBJECT).cloned().unwrap_or_default();
            role.grants.entry(row.object.clone()).or_insert(others);
            role.rules.entry(row.object.clone()).or_default().insert(function, row.condition.clone());
        }
    }
}

/// The card with all rows; what is wrong with a condition stands below it.
pub(super) fn editor(visit: &Visit, rows: &[Typed], refusal: Option<&Refusal>, read_only: bool) -> Markup {
    let texts = t(visit.locale());
    let spare = if read_only { 0 } else { SPARE };
    let all: Vec<Typed> = rows.iter().cloned().chain(std::iter::repeat_n(Typed::default(), spare)).collect();
    let body = html! {
        p.dim { (texts.role_rules_hint()) }
        div.rule-rows {
            @for (index, row) in all.iter().enumerate() { (row_markup(visit, index, row, refusal, read_only)) }
        }
    };
    card(&Card {
        count: (!rows.is_empty()).then(|| rows.len().to_string()),
        ..Card::new(texts.role_rules(), html! { div.stack { (body) } })
    })
}

fn row_markup(visit: &Visit, index: usize, row: &Typed, refusal: Option<&Refusal>, read_only: bool) -> Markup {
    let texts = t(visit.locale());
    let wrong = problem_of(row, refusal).map(|problem| problems::at(visit, problem, &row.condition));
    let described = wrong.as_ref().map(|_| format!("rule-problem-{index}"));
    html! {
        div {
            select.in name="rule_object" aria-label=(texts.of_object()) disabled[read_only] {
                @for object in objects(visit) { option value=(object.key) selected[object.key == row.object] { (object.label.get(visit.locale())) } }
            }
            select.in name="rule_function" aria-label=(texts.function_of_rule()) disabled[read_only] {
                @for function in Function::ALL { option value=(function.name()) selected[function.name() == row.function] { (texts.function(function)) } }
            }
            div {
                input."in mono" name="rule_condition" value=(row.condition) aria-label=(texts.rule_condition_of()) placeholder=(texts.rule_condition_of()) autocomplete="off" spellcheck="false"
                    aria-invalid=[wrong.is_some().then_some("true")] aria-describedby=[described.as_deref()] disabled[read_only];
                @if let (Some(words), Some(id)) = (&wrong, &described) { p."small t-bad" id=(id) { (words) } }
            }
        }
    }
}

/// The problem of a row's condition. Its field names object and function.
fn problem_of<'a>(row: &Typed, refusal: Option<&'a Refusal>) -> Option<&'a Problem> {
    if row.condition.is_empty() {
        return None;
    }
    let place = format!("{}.{}", row.object, row.function);
    refusal?.problems.iter().find(|problem| problem.field.as_deref().is_some_and(|field| field.contains(&place)))
}
