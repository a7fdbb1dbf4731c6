//! What a condition says, where it is simple enough for words.

use guanxi_core::expr::{FieldPath, Syntax, SyntaxKind, resolve_path};
use guanxi_core::meta::{FieldKind, Object, Schema};

use super::{Condition, Literal, ME, PERIODS, write};

/// Reads one condition; `None` for what is not simple, or names something that is not there.
pub(super) fn simple(condition: &Syntax, schema: &Schema, object: &Object) -> Option<Condition> {
    let path = |syntax: &Syntax| path(syntax, schema, object);
    let said = |path, operator, values| Some(Condition { path, operator, values });
    match &condition.kind {
        SyntaxKind::Path(_) => said(path(condition).filter(|p| p.kind == FieldKind::Bool)?, "eq", vec![Literal::Bool(true)]),
        SyntaxKind::Not(inner) => match &inner.kind {
            SyntaxKind::Binary("in", ..) => {
                let inner = simple(inner, schema, object)?;
                let operator = match inner.operator {
                    "has" => "has_not",
                    "eq" => "ne",
                    _ => return None,
                };
                Some(Condition { operator, ..inner })
            }
            _ => said(path(inner).filter(|p| p.kind == FieldKind::Bool)?, "ne", vec![Literal::Bool(true)]),
        },
        SyntaxKind::Call(Some(target), name, arguments) => match (name.as_str(), arguments.as_slice()) {
            ("startsWith", [Syntax { kind: SyntaxKind::Text(text), .. }]) => {
                said(path(target)?, "starts_with", vec![Literal::Text(text.clone())])
            }
            ("contains", [Syntax { kind: SyntaxKind::Text(text), .. }]) => {
                said(path(target)?, "contains", vec![Literal::Text(text.clone())])
            }
            _ => None,
        },
        SyntaxKind::Binary("in", left, right) => match &right.kind {
            SyntaxKind::Call(None, name, arguments) => {
                let operator = match name.as_str() {
                    "last_days" => "past",
                    "next_days" => "next",
                    _ => return None,
                };
                match arguments.as_slice() {
                    [days @ Syntax { kind: SyntaxKind::Number(_), .. }] => said(path(left)?, operator, vec![literal(days)]),
                    _ => None,
                }
            }
            SyntaxKind::Path(names) if names.len() == 1 && PERIODS.contains(&names[0].as_str()) => compared(path(left)?, "==", right),
            SyntaxKind::List(items) if !items.is_empty() => {
                let path = path(left)?;
                let listed = matches!(path.kind, FieldKind::Select { .. } | FieldKind::Reference { .. } | FieldKind::Bool);
                let operator = if listed || items.len() == 1 { "eq" } else { "one_of" };
                said(path, operator, items.iter().map(literal).collect())
            }
            SyntaxKind::Path(_) if matches!(left.kind, SyntaxKind::Text(_)) => {
                said(path(right).filter(|p| p.kind.is_list())?, "has", vec![literal(left)])
            }
            _ => None,
        },
        SyntaxKind::Binary(symbol, left, right) => compared(path(left)?, symbol, right),
        _ => None,
    }
}

fn compared(path: FieldPath, symbol: &str, right: &Syntax) -> Option<Condition> {
    if right.kind == SyntaxKind::Null {
        let operator = match symbol {
            "==" => "empty",
            "!=" => "not_empty",
            _ => return None,
        };
        return Some(Condition { path, operator, values: Vec::new() });
    }
    let moment = matches!(path.kind, FieldKind::Date | FieldKind::DateTime);
    let constant = literal(right);
    match (moment, &constant, symbol) {
        (true, Literal::Period(_), "==") => return Some(Condition { path, operator: "within", values: vec![constant] }),
        (true, Literal::Today(days), "<") if *days <= 0 => {
            return Some(Condition { path, operator: "older", values: vec![Literal::Number((-days).to_string())] });
        }
        (true, Literal::Today(days), ">") if *days >= 0 => {
            return Some(Condition { path, operator: "later", values: vec![Literal::Number(days.to_string())] });
        }
        (true, Literal::Period("today"), "<") => {
            return Some(Condition { path, operator: "older", values: vec![Literal::Number("0".into())] });
        }
        (true, Literal::Period("today"), ">") => {
            return Some(Condition { path, operator: "later", values: vec![Literal::Number("0".into())] });
        }
        (_, Literal::Today(_) | Literal::Period(_) | Literal::Other(_), _) => return None,
        _ => {}
    }
    let operator = match symbol {
        "==" => "eq",
        "!=" => "ne",
        "<" if moment => "before",
        ">" if moment => "after",
        "<" => "lt",
        "<=" => "le",
        ">" => "gt",
        ">=" => "ge",
        _ => return None,
    };
    Some(Condition { path, operator, values: vec![constant] })
}

/// Two conditions that bound one field from both sides.
pub(super) fn range(low: &Syntax, high: &Syntax, schema: &Schema, object: &Object) -> Option<Condition> {
    let (SyntaxKind::Binary(">=", left, from), SyntaxKind::Binary("<=", right, to)) = (&low.kind, &high.kind) else { return None };
    let path = path(left, schema, object)?;
    if self::path(right, schema, object)? != path || path.kind.is_list() {
        return None;
    }
    let (from, to) = (literal(from), literal(to));
    let fixed = |end: &Literal| matches!(end, Literal::Text(_) | Literal::Number(_));
    let (operator, values) = if fixed(&from) && fixed(&to) { ("between", vec![from, to]) } else { return None };
    Some(Condition { path, operator, values })
}

fn path(syntax: &Syntax, schema: &Schema, object: &Object) -> Option<FieldPath> {
    match &syntax.kind {
        SyntaxKind::Path(names) => resolve_path(&names.join("."), schema, object).ok(),
        _ => None,
    }
}

fn literal(syntax: &Syntax) -> Literal {
    let other = || Literal::Other(write::expression(syntax));
    match &syntax.kind {
        SyntaxKind::Text(text) => Literal::Text(text.clone()),
        SyntaxKind::Number(digits) => Literal::Number(digits.clone()),
        SyntaxKind::Bool(truth) => Literal::Bool(*truth),
        SyntaxKind::Path(names) if names.len() == 1 && names[0] == ME => Literal::Me,
        SyntaxKind::Path(names) if names.len() == 1 => {
            PERIODS.iter().find(|name| **name == names[0]).map_or_else(other, |name| Literal::Period(name))
        }
        SyntaxKind::Binary(symbol @ ("+" | "-"), left, right) => match (&left.kind, &right.kind) {
            (SyntaxKind::Path(names), SyntaxKind::Number(days)) if names.len() == 1 && names[0] == "today" => match days.parse::<i64>() {
                Ok(days) => Literal::Today(if *symbol == "-" { -days } else { days }),
                Err(_) => other(),
            },
            _ => other(),
        },
        SyntaxKind::Negate(inner) => match &inner.kind {
            SyntaxKind::Number(digits) => Literal::Number(format!("-{digits}")),
            _ => other(),
        },
        _ => other(),
    }
}
