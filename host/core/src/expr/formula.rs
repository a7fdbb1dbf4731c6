//! Formulas: expressions whose value is stored in a field.

use super::check::{Bindings, Checker, not_about_filters};
use super::kinds::{kind_of, literal_kind, number_kind, typed};
use super::operand::read_operand;
use super::path::resolve_names;
use super::scope::{Scope, Use, budget};
use super::{Expr, Syntax, SyntaxKind};
use crate::meta::FieldKind;
use crate::problem::Problem;

/// Checks a formula over a record's own fields and lines, and tells the type of its result: number types with a scale (that of the field it
/// plainly is, else money where money is in it, else as many digits as it can need, at most 8), text or long_text, select, bool (for a
/// condition), date, datetime, reference. [`formula_fits`] says which fields can hold that.
///
/// The same record gives the same result at any time and for everybody: `now`, `today`, `me` and fields of other records are refused with
/// `expression.not_allowed`. All problems at once, each with its position: `field.unknown`, `field.type`, `field.option` besides.
pub fn check_formula(syntax: &Syntax, bindings: &Bindings<'_>) -> Result<(Expr, FieldKind), Vec<Problem>> {
    let (budget, mut problems) = (budget(), Vec::new());
    let scope = Scope::new(bindings, Use::Formula, &budget);
    let checked = if is_condition(syntax, bindings) {
        Some((Checker::new(scope, &mut problems).condition(syntax), FieldKind::Bool))
    } else {
        value(syntax, scope, &mut problems)
    };
    match checked {
        Some(checked) if problems.is_empty() => Ok(checked),
        _ => Err(not_about_filters(problems)),
    }
}

/// Whether a field of the second type can hold results of the first: any number type any number (rounded to its scale), long texts and
/// lines each other (as far as they fit), a text field a select's codes, a select a text that is one of its codes.
pub fn formula_fits(result: &FieldKind, field: &FieldKind) -> bool {
    match (result, field) {
        (FieldKind::Reference { target: a }, FieldKind::Reference { target: b }) => a == b,
        (result, field) if result.scale().is_some() => field.scale().is_some(),
        (result, FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Select { .. }) => super::kinds::is_text(result),
        (result, field) => result.name() == field.name(),
    }
}

fn value(syntax: &Syntax, scope: Scope<'_>, problems: &mut Vec<Problem>) -> Option<(Expr, FieldKind)> {
    let side = (read_operand(syntax, scope, problems)?, syntax.position);
    let result = if side.0.is_number() {
        side.0.into_number(syntax.position).map(|expr| {
            let kind = number_kind(&expr);
            (expr, kind)
        })
    } else {
        kind_of(&side).and_then(|kind| {
            let kind = kind.or_else(|| literal_kind(&side.0)).filter(|kind| !kind.is_list() && *kind != FieldKind::Json);
            let kind = kind.ok_or_else(|| {
                let detail = format!("{} is no value that a formula can have", side.0.described());
                Problem::error("field.type", detail).at(syntax.position).with("reason", "formula")
            })?;
            Ok((typed(&side, &kind, scope)?, kind))
        })
    };
    result.map_err(|problem| problems.push(problem)).ok()
}

/// Told from what is written: a comparison, a join of conditions, a bool field, or a choice between such.
fn is_condition(syntax: &Syntax, bindings: &Bindings<'_>) -> bool {
    match &syntax.kind {
        SyntaxKind::Bool(_) | SyntaxKind::Not(_) => true,
        SyntaxKind::Binary(operator, ..) => !matches!(*operator, "+" | "-" | "*" | "/" | "%"),
        SyntaxKind::Call(Some(_), name, _) => matches!(name.as_str(), "startsWith" | "exists" | "all"),
        SyntaxKind::Conditional(_, yes, no) => is_condition(yes, bindings) && is_condition(no, bindings),
        SyntaxKind::Path(names) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            resolve_names(&names, bindings.schema, bindings.object).is_ok_and(|path| path.kind == FieldKind::Bool)
        }
        _ => false,
    }
}
