//! What a checked expression reads: for the order and the cycles of formulas, for "what uses this field", for permissions.

use std::collections::BTreeSet;

use super::{Expr, FieldPath, Lines};

/// The keys of the record's own fields that an expression reads: plain fields, the references that its paths begin with, and the
/// children fields that it asks. What it reads of the children or behind references is told by [`paths_of`].
pub fn fields_of(expr: &Expr) -> BTreeSet<String> {
    let mut fields = BTreeSet::new();
    visit(expr, &mut |path, lines| match (lines, path.hops.as_slice()) {
        (None, []) => drop(fields.insert(path.field.clone())),
        (None, [first, ..]) => drop(fields.insert(first.field.clone())),
        (Some(lines), [up, next, ..]) if *up == lines.up => drop(fields.insert(next.field.clone())),
        (Some(lines), [up]) if *up == lines.up => drop(fields.insert(path.field.clone())),
        _ => {}
    });
    fields
}

/// Every path that an expression reads, each once, those inside of `exists`, `all` and `sum` too: they start at the child object (or, where
/// they read the record itself, with the hop up to it).
pub fn paths_of(expr: &Expr) -> Vec<FieldPath> {
    let mut paths: Vec<FieldPath> = Vec::new();
    visit(expr, &mut |path, _| {
        if !paths.contains(path) {
            paths.push(path.clone());
        }
    });
    paths
}

/// Reads anything of a record.
pub(super) fn has_fields(expr: &Expr) -> bool {
    let mut found = false;
    visit(expr, &mut |_, _| found = true);
    found
}

/// Chains may be long, so the tree is walked with a stack of its own.
fn visit<'a>(expr: &'a Expr, see: &mut dyn FnMut(&'a FieldPath, Option<&'a Lines>)) {
    let mut stack: Vec<(&Expr, Option<&Lines>)> = vec![(expr, None)];
    while let Some((expr, lines)) = stack.pop() {
        match expr {
            Expr::Literal(_) => {}
            Expr::Words(paths, _) => paths.iter().for_each(|path| see(path, lines)),
            Expr::Field(path) | Expr::Contains(path, _) | Expr::CountLines(path) => see(path, lines),
            Expr::And(parts) | Expr::Or(parts) | Expr::Coalesce(parts) | Expr::Call(_, parts) => {
                stack.extend(parts.iter().rev().map(|part| (part, lines)));
            }
            Expr::Not(inner) | Expr::Negate(inner) | Expr::IsNull(inner) | Expr::In(inner, _) | Expr::StartsWith(inner, _) => {
                stack.push((inner, lines));
            }
            Expr::Compare(_, left, right) | Expr::CompareValues { left, right, .. } | Expr::Arithmetic { left, right, .. } => {
                stack.extend([(right.as_ref(), lines), (left.as_ref(), lines)]);
            }
            Expr::Choose { condition, yes, no } => stack.extend([(no.as_ref(), lines), (yes.as_ref(), lines), (condition.as_ref(), lines)]),
            Expr::AnyLine(inside, condition) => {
                see(&inside.field, lines);
                stack.push((condition, Some(inside)));
            }
            Expr::SumLines(inside, number) => {
                see(&inside.field, lines);
                stack.push((number, Some(inside)));
            }
        }
    }
}
