//! Words of problems for a reader: the host's from its translations, a plugin's from its manifest.

use guanxi_core::meta::Locale;
use guanxi_core::{Problem, Value};

use super::components::control::{FieldProblem, ProblemKind};
use crate::engine::{Ctx, EnabledPlugin};
use crate::texts::{problem_text, t};

/// The sentence for a person. A code that begins with an enabled plugin's prefix has the words of that plugin.
pub fn problem_words(ctx: &Ctx, problem: &Problem) -> String {
    let own = plugin_of(ctx, &problem.code).and_then(|plugin| plugin.manifest.message(&problem.code, ctx.locale, &problem.params));
    let words = own.unwrap_or_else(|| problem_text(ctx.locale, problem));
    match problem.params.iter().find(|(name, _)| name == "suggestion") {
        Some((_, Value::Text(meant))) => t(ctx.locale).did_you_mean(&words, meant),
        _ => words,
    }
}

/// The problem as a form shows it; a plugin's is named.
pub fn field_problem(ctx: &Ctx, problem: &Problem) -> FieldProblem {
    let kind = match problem.code.as_str() {
        "record.version_conflict" => ProblemKind::Conflict,
        _ => problem.severity.into(),
    };
    let mut shown = FieldProblem::new(kind, &problem.code, problem_words(ctx, problem));
    shown.agree = problem.agreement();
    if let Some((_, Value::Text(meant))) = problem.params.iter().find(|(name, _)| name == "suggestion") {
        shown.offer = Some((t(ctx.locale).take_value(meant), meant.clone()));
    }
    match plugin_of(ctx, &problem.code) {
        Some(plugin) => shown.by_plugin(plugin.manifest.name.get(ctx.locale)),
        None => shown,
    }
}

/// An object's name inside a sentence: English has it small there, unless it is an abbreviation.
pub fn in_sentence(locale: Locale, label: &str) -> String {
    let mut letters = label.chars();
    match (locale, letters.next()) {
        (Locale::En, Some(first)) if !letters.clone().next().is_some_and(char::is_uppercase) => {
            first.to_lowercase().chain(letters).collect()
        }
        _ => label.to_owned(),
    }
}

/// An object's name where it stands for many records: menus, lists, tiles. Names are kept in the singular; Chinese has one form for both.
pub fn several(locale: Locale, label: &str) -> String {
    /// Words without a plural.
    const MASS: [&str; 10] = ["data", "equipment", "feedback", "history", "information", "news", "personnel", "software", "staff", "work"];
    if locale != Locale::En || !label.ends_with(|last: char| last.is_ascii_alphabetic()) {
        return label.to_owned();
    }
    if let Some((head, rest)) = label.split_once(" of ") {
        return format!("{} of {rest}", several(locale, head));
    }
    let lower = label.to_ascii_lowercase();
    let ends = |endings: &[&str]| endings.iter().any(|ending| lower.ends_with(ending));
    let start = &label[..label.len() - 1];
    if MASS.contains(&lower.rsplit(' ').next().unwrap_or(&lower)) {
        label.to_owned()
    } else if lower.ends_with("person") {
        format!("{}ople", &label[..label.len() - 4])
    } else if lower.ends_with('y') && !ends(&["ay", "ey", "oy", "uy"]) {
        format!("{start}ies")
    } else if ends(&["sis"]) {
        format!("{}es", &label[..label.len() - 2])
    } else if ends(&["ss", "us", "x", "z", "ch", "sh"]) {
        format!("{label}es")
    } else if lower.ends_with('s') {
        label.to_owned()
    } else {
        format!("{label}s")
    }
}

fn plugin_of<'a>(ctx: &'a Ctx, code: &str) -> Option<&'a EnabledPlugin> {
    let (prefix, _) = code.split_once('.')?;
    ctx.snapshot.plugins.iter().map(AsRef::as_ref).find(|plugin| plugin.manifest.prefix == prefix)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_many_records() {
        for (one, many) in [
            ("Customer", "Customers"),
            ("Activity", "Activities"),
            ("Survey", "Surveys"),
            ("Unit of measure", "Units of measure"),
            ("Tax", "Taxes"),
            ("Batch", "Batches"),
            ("Status", "Statuses"),
            ("Analysis", "Analyses"),
            ("Sales", "Sales"),
            ("Analysis data", "Analysis data"),
            ("Contact person", "Contact people"),
            ("RMA", "RMAs"),
            ("客户", "客户"),
            ("", ""),
        ] {
            assert_eq!(several(Locale::En, one), many, "{one}");
            assert_eq!(several(Locale::ZhCn, one), one);
        }
    }
}
