//! Functions that give a value: `coalesce`, `round`, `abs`, `min`, `max`, `size`, `lower`, `upper`, and `sum` over lines.

use super::kinds::{is_text, kind_of, literal_kind, typed};
use super::lines::sum_lines;
use super::operand::{Operand, Side, not_pushable, noted, number_list, read_operand, unknown_call};
use super::period::called;
use super::scope::Scope;
use super::{Expr, Function, Syntax, SyntaxKind};
use crate::decimal::MAX_SCALE;
use crate::meta::FieldKind;
use crate::problem::Problem;

/// Reads a call. Every problem of it is added to `problems`; then there is no operand.
pub(super) fn read_call(
    target: Option<&Syntax>,
    name: &str,
    arguments: &[Syntax],
    position: usize,
    scope: Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Operand> {
    match (target, name) {
        (Some(target), "size") if arguments.is_empty() && !scope.is_filter() => noted(size(target, scope, problems)?, problems),
        (None, "size") if arguments.len() == 1 && !scope.is_filter() => noted(size(&arguments[0], scope, problems)?, problems),
        (Some(target), "sum") if !scope.is_filter() => sum_lines(target, arguments, position, scope, problems),
        (None, "round") => noted(round(arguments, position, scope, problems)?, problems),
        (None, "coalesce" | "abs" | "min" | "max") => {
            let sides = sides(arguments, scope, problems)?;
            noted(several(name, &sides, position), problems)
        }
        (None, "last_days" | "next_days") => noted(called(name, arguments, position, scope), problems),
        (None, "lower" | "upper") if !scope.is_filter() => noted(cased(name, arguments, position, scope, problems)?, problems),
        _ => noted(Err(unknown_call(target.is_some(), name, position)), problems),
    }
}

/// All arguments, or none if one of them has a problem.
fn sides(arguments: &[Syntax], scope: Scope<'_>, problems: &mut Vec<Problem>) -> Option<Vec<Side>> {
    let mut read = Vec::with_capacity(arguments.len());
    for argument in arguments {
        if let Some(operand) = read_operand(argument, scope, problems) {
            read.push((operand, argument.position));
        }
    }
    (read.len() == arguments.len()).then_some(read)
}

fn wrong_arguments(position: usize, detail: &str) -> Problem {
    Problem::error("field.type", detail).at(position).with("reason", "arguments")
}

fn several(name: &str, sides: &[Side], position: usize) -> Result<Operand, Problem> {
    let fits = if name == "abs" { sides.len() == 1 } else { !sides.is_empty() };
    if !fits {
        let wanted = if name == "abs" { "one number" } else { "one value or more" };
        return Err(wrong_arguments(position, &format!("`{name}` takes {wanted}")));
    }
    let numbers = number_list(&sides.iter().collect::<Vec<_>>())?;
    let number = |function, parts| Ok(Operand::Arithmetic(Expr::Call(function, parts)));
    match (name, numbers) {
        ("coalesce", Some(parts)) => Ok(Operand::Arithmetic(Expr::Coalesce(parts))),
        ("coalesce", None) => {
            let choice = Operand::Coalesce(sides.to_vec());
            kind_of(&(choice.clone(), position)).map(|_| choice)
        }
        ("abs", Some(parts)) => number(Function::Abs, parts),
        ("min", Some(parts)) => number(Function::Min, parts),
        (_, Some(parts)) => number(Function::Max, parts),
        (_, None) => {
            let found = sides.first().map_or_else(String::new, |(operand, _)| operand.described());
            Err(Problem::error("field.type", format!("`{name}` takes numbers, found {found}"))
                .at(sides.first().map_or(position, |side| side.1))
                .with("expected", "decimal"))
        }
    }
}

/// `round(x)` to a whole number, `round(x, 2)` to two digits.
fn round(arguments: &[Syntax], position: usize, scope: Scope<'_>, problems: &mut Vec<Problem>) -> Option<Result<Operand, Problem>> {
    let (number, digits) = match arguments {
        [number] => (number, 0),
        [number, digits] => match &digits.kind {
            SyntaxKind::Number(text) if text.parse::<u8>().is_ok_and(|n| n <= MAX_SCALE) => (number, text.parse().unwrap_or(0)),
            _ => {
                let detail = format!("`round` takes a whole number of digits between 0 and {MAX_SCALE}, such as `round(amount, 2)`");
                return Some(Err(wrong_arguments(digits.position, &detail)));
            }
        },
        _ => return Some(Err(wrong_arguments(position, "`round` takes a number and how many digits to keep: `round(amount, 2)`"))),
    };
    let operand = read_operand(number, scope, problems)?;
    Some(operand.into_number(number.position).map(|number| Operand::Arithmetic(Expr::Call(Function::Round(digits), vec![number]))))
}

fn cased(
    name: &str,
    arguments: &[Syntax],
    position: usize,
    scope: Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Result<Operand, Problem>> {
    let [argument] = arguments else {
        return Some(Err(wrong_arguments(position, &format!("`{name}` takes one text"))));
    };
    let side = (read_operand(argument, scope, problems)?, argument.position);
    let function = if name == "lower" { Function::Lower } else { Function::Upper };
    Some(text_of(&side, name, scope).map(|(text, kind)| {
        let kind = match kind {
            FieldKind::Text { .. } | FieldKind::LongText => kind,
            _ => FieldKind::Text { max: 255 },
        };
        Operand::Computed(Expr::Call(function, vec![text]), kind)
    }))
}

fn text_of(side: &Side, name: &str, scope: Scope<'_>) -> Result<(Expr, FieldKind), Problem> {
    let kind = kind_of(side)?.or_else(|| literal_kind(&side.0));
    match kind.filter(is_text) {
        Some(kind) => Ok((typed(side, &kind, scope)?, kind)),
        None => {
            let detail = format!("`{name}` takes a text, found {}", side.0.described());
            Err(Problem::error("field.type", detail).at(side.1).with("expected", "text"))
        }
    }
}

/// Characters of a text, entries of a list, or lines.
fn size(argument: &Syntax, scope: Scope<'_>, problems: &mut Vec<Problem>) -> Option<Result<Operand, Problem>> {
    if let SyntaxKind::Path(names) = &argument.kind
        && let Ok(path) = scope.path(names)
        && matches!(path.kind, FieldKind::Children { .. })
    {
        if !path.hops.is_empty() {
            return Some(Err(not_pushable(argument.position, "children", "only the record's own lines can be counted")));
        }
        return Some(Ok(Operand::Arithmetic(Expr::CountLines(path))));
    }
    let side = (read_operand(argument, scope, problems)?, argument.position);
    Some(match &side.0 {
        Operand::Field(path) if path.kind.is_list() => Ok(Operand::Arithmetic(Expr::Call(Function::Size, vec![Expr::Field(path.clone())]))),
        _ => text_of(&side, "size", scope).map(|(text, _)| Operand::Arithmetic(Expr::Call(Function::Size, vec![text]))),
    })
}
