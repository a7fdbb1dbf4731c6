//! What a condition says, where it is simple enough for words: one field, one relation, constants.

use guanxi_core::expr::{FieldPath, Syntax, SyntaxKind, resolve_path};
use guanxi_core::meta::{FieldKind, Locale, Object, Schema};

use super::ME;
use super::write;

/// A condition as words would say it.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    /// A field, an operator of the filter form, and what it is compared with (none for emptiness, several for `in`).
    Simple {
        /// The field.
        path: FieldPath,
        /// One of [`crate::ui::components::filter_bar::OPERATORS`].
        operator: &'static str,
        /// Constants.
        values: Vec<Literal>,
    },
    /// Everything else: the expression itself.
    Expression(String),
}

/// A constant of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// The acting user.
    Me,
    /// A text in quotes: also dates, codes and ids.
    Text(String),
    /// Digits as written, with a sign.
    Number(String),
    /// Yes or no.
    Bool(bool),
    /// Anything else, as the expression has it: `today - 30`.
    Other(String),
}

/// Reads one condition. What is not simple, or names something that is not there, stays an expression.
pub fn read(condition: &Syntax, schema: &Schema, object: &Object) -> Reading {
    simple(condition, schema, object).unwrap_or_else(|| Reading::Expression(write::expression(condition)))
}

fn simple(condition: &Syntax, schema: &Schema, object: &Object) -> Option<Reading> {
    let path = |syntax: &Syntax| match &syntax.kind {
        SyntaxKind::Path(names) => resolve_path(&names.join("."), schema, object).ok(),
        _ => None,
    };
    let said = |path, operator, values| Some(Reading::Simple { path, operator, values });
    match &condition.kind {
        SyntaxKind::Path(_) => said(path(condition).filter(|p| p.kind == FieldKind::Bool)?, "eq", vec![Literal::Bool(true)]),
        SyntaxKind::Not(inner) => said(path(inner).filter(|p| p.kind == FieldKind::Bool)?, "ne", vec![Literal::Bool(true)]),
        SyntaxKind::Call(Some(target), name, arguments) if name == "startsWith" => match arguments.as_slice() {
            [Syntax { kind: SyntaxKind::Text(text), .. }] => said(path(target)?, "starts_with", vec![Literal::Text(text.clone())]),
            _ => None,
        },
        SyntaxKind::Binary("in", left, right) => match &right.kind {
            SyntaxKind::List(items) if !items.is_empty() => said(path(left)?, "eq", items.iter().map(literal).collect()),
            _ => None,
        },
        SyntaxKind::Binary(symbol, left, right) => {
            let path = path(left)?;
            if right.kind == SyntaxKind::Null {
                return said(
                    path,
                    if *symbol == "==" {
                        "empty"
                    } else if *symbol == "!=" {
                        "not_empty"
                    } else {
                        return None;
                    },
                    Vec::new(),
                );
            }
            let moment = matches!(path.kind, FieldKind::Date | FieldKind::DateTime);
            let operator = match *symbol {
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
            said(path, operator, vec![literal(right)])
        }
        _ => None,
    }
}

fn literal(syntax: &Syntax) -> Literal {
    match &syntax.kind {
        SyntaxKind::Text(text) => Literal::Text(text.clone()),
        SyntaxKind::Number(digits) => Literal::Number(digits.clone()),
        SyntaxKind::Bool(truth) => Literal::Bool(*truth),
        SyntaxKind::Path(names) if names.len() == 1 && names[0] == ME => Literal::Me,
        SyntaxKind::Negate(inner) => match &inner.kind {
            SyntaxKind::Number(digits) => Literal::Number(format!("-{digits}")),
            _ => Literal::Other(write::expression(syntax)),
        },
        _ => Literal::Other(write::expression(syntax)),
    }
}

/// A path in words: `客户 · 地区`. The title of a referenced record is called like the reference.
pub fn field_label(path: &FieldPath, schema: &Schema, locale: Locale) -> String {
    let mut words: Vec<String> = Vec::new();
    for hop in &path.hops {
        let label = schema.object(&hop.object).and_then(|o| o.field(&hop.field)).map(|f| f.label.get(locale).to_owned());
        words.push(label.unwrap_or_else(|| hop.field.clone()));
    }
    let owner = schema.object(&path.object);
    let is_title = owner.is_some_and(|o| o.title == path.field);
    if words.is_empty() || !is_title {
        let label = owner.and_then(|o| o.field(&path.field)).map(|f| f.label.get(locale).to_owned());
        words.push(label.unwrap_or_else(|| path.field.clone()));
    }
    words.join(" · ")
}
