//! Questions about several things at once: `"code" in tags`, `lines.exists(l, …)`, `lines.all(l, …)`, `lines.sum(l, …)`.

use uuid::Uuid;

use super::check::{Checker, not};
use super::constant::unknown_option;
use super::operand::{Operand, Side, not_pushable, read_operand};
use super::scope::{Line, Scope};
use super::{Expr, FieldPath, Hop, Lines, Syntax, SyntaxKind};
use crate::input::tree_path;
use crate::meta::{FieldKind, Object};
use crate::problem::Problem;
use crate::value::Value;

/// `"code" in tags`: true if the list holds it; in a tree, if the record stands there or below.
pub(super) fn contains(left: &Side, right: &Syntax, scope: Scope<'_>) -> Result<Expr, Problem> {
    let list = || {
        let detail = "`in` takes a list in square brackets, such as `[1, 2]`, or a field that holds several values";
        not_pushable(right.position, "list", detail)
    };
    let SyntaxKind::Path(names) = &right.kind else { return Err(list()) };
    let path = match scope.path(names) {
        Ok(path) if path.kind.is_list() => path,
        Ok(FieldPath { kind: FieldKind::Children { .. }, .. }) => {
            let detail = format!("`{0}` are records of their own; ask for them with `{0}.exists(l, l.field == 1)`", names.join("."));
            return Err(not_pushable(right.position, "children", detail));
        }
        Ok(_) => return Err(list()),
        Err(problem) => return Err(problem.at(right.position)),
    };
    let wrong = |expected: &str| {
        let detail = format!("found {}, expected {expected}", left.0.described());
        Problem::error("field.type", detail).at(left.1).on(path.text()).with("expected", path.kind.name().to_owned())
    };
    let wanted = match (&path.kind, &left.0) {
        (FieldKind::MultiSelect { options }, Operand::Text(code)) => {
            if !options.iter().any(|option| option.code == *code) {
                return Err(unknown_option(options, code).at(left.1).on(path.text()));
            }
            Value::Text(code.clone())
        }
        (FieldKind::TreeSelect { options }, Operand::Text(code)) => match tree_path(options, code) {
            Some(codes) => Value::Texts(codes.into_iter().map(str::to_owned).collect()),
            None => return Err(unknown_option(options, code).at(left.1).on(path.text())),
        },
        (FieldKind::ManyReference { target }, Operand::User(me)) if target == "user" => match me {
            Some(me) => Value::Ref(*me),
            None => return Ok(Expr::always(false)),
        },
        (FieldKind::ManyReference { .. } | FieldKind::File, Operand::Text(text)) => {
            Value::Ref(Uuid::parse_str(text).map_err(|_| wrong("a record's id in quotes"))?)
        }
        (FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. }, _) => return Err(wrong("an option's code in quotes")),
        _ => return Err(wrong("a record's id in quotes")),
    };
    Ok(Expr::Contains(path, wanted))
}

/// The children field that a call stands behind, with the child object.
fn children<'a>(target: &Syntax, name: &str, scope: Scope<'a>) -> Result<(Lines, &'a Object), Problem> {
    let refused = |detail: String| not_pushable(target.position, "children", detail);
    let SyntaxKind::Path(names) = &target.kind else {
        return Err(refused(format!("`{name}` stands behind a field with lines: `lines.{name}(l, l.field > 1)`")));
    };
    let path = scope.path(names).map_err(|p| p.at(target.position))?;
    let FieldKind::Children { target: child } = &path.kind else {
        let detail = format!("`{name}` asks the lines of a record; `{}` is of type {}", path.text(), path.kind.name());
        return Err(refused(detail));
    };
    if !path.hops.is_empty() || scope.line.is_some() {
        return Err(refused(format!("`{name}` asks the record's own lines, not those of what it refers to or of a line")));
    }
    let gone =
        || Problem::error("field.unknown", format!("the object `{child}` is not there")).at(target.position).with("name", child.clone());
    let object = scope.bindings.schema.object(child).ok_or_else(gone)?;
    let parent = object.parent.clone().ok_or_else(gone)?;
    let up = Hop { object: object.key.clone(), field: parent, target: path.object.clone() };
    Ok((Lines { field: path, up }, object))
}

/// The variable and what is asked.
fn variable<'s>(name: &str, arguments: &'s [Syntax], position: usize) -> Result<(&'s str, &'s Syntax), Problem> {
    match arguments {
        [Syntax { kind: SyntaxKind::Path(names), .. }, asked] if names.len() == 1 => Ok((&names[0], asked)),
        _ => {
            let detail = format!("`{name}` takes a name for a line and what is asked of it: `lines.{name}(l, l.field)`");
            Err(Problem::error("field.type", detail).at(position).with("reason", "arguments"))
        }
    }
}

/// `lines.exists(l, condition)`, or `lines.all(l, condition)` as "there is none where it does not hold". A refusal is added to `problems`.
pub(super) fn any_line(
    target: &Syntax,
    all: bool,
    arguments: &[Syntax],
    position: usize,
    scope: Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Expr> {
    let name = if all { "all" } else { "exists" };
    let read = children(target, name, scope).and_then(|lines| Ok((lines, variable(name, arguments, position)?)));
    let ((lines, child), (variable, asked)) = read.map_err(|problem| problems.push(problem)).ok()?;
    let up = lines.up.clone();
    let before = problems.len();
    let inside = scope.inside(Line { variable, child, up: &up });
    let condition = Checker::new(inside, problems).condition(asked);
    if problems.len() > before {
        return None;
    }
    let condition = if all { not(condition) } else { condition };
    let any = Expr::AnyLine(lines, Box::new(condition));
    Some(if all { not(any) } else { any })
}

/// `lines.sum(l, number)`.
pub(super) fn sum_lines(
    target: &Syntax,
    arguments: &[Syntax],
    position: usize,
    scope: Scope<'_>,
    problems: &mut Vec<Problem>,
) -> Option<Operand> {
    let read = children(target, "sum", scope).and_then(|lines| Ok((lines, variable("sum", arguments, position)?)));
    let ((lines, child), (variable, asked)) = read.map_err(|problem| problems.push(problem)).ok()?;
    let up = lines.up.clone();
    let inside = scope.inside(Line { variable, child, up: &up });
    let number = read_operand(asked, inside, problems)?.into_number(asked.position);
    let number = number.map_err(|problem| problems.push(problem)).ok()?;
    Some(Operand::Arithmetic(Expr::SumLines(lines, Box::new(number))))
}
