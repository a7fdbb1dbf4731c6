//! The types of operands: which values can stand in for each other, and what type a formula's result has.

use super::compute::{Computed, compute};
use super::constant::{Constant, constant_for, day_bounds};
use super::number::digits_of_quotient;
use super::operand::{Operand, Side};
use super::ratio::Ratio;
use super::scope::Scope;
use super::source::Plain;
use super::visit::has_fields;
use super::{ArithmeticOp, Expr, Function};
use crate::decimal::MAX_SCALE;
use crate::meta::FieldKind;
use crate::problem::Problem;
use crate::value::Value;

/// What is known of a number's digits.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct NumberType {
    /// Digits after the point that it can need; above [`MAX_SCALE`] it may not end.
    natural: u8,
    /// The minor digits, if it is an amount of money.
    money: Option<u8>,
    /// The type, where it is plainly that of a field.
    plain: Option<FieldKind>,
}

impl NumberType {
    fn counted() -> Self {
        Self { natural: 0, money: None, plain: None }
    }

    /// Either of two.
    fn or(self, other: Self) -> Self {
        let plain = if self.plain == other.plain { self.plain } else { None };
        Self { natural: self.natural.max(other.natural), money: self.money.max(other.money), plain }
    }

    /// Whole for sure.
    pub(super) fn is_whole(&self) -> bool {
        self.natural == 0
    }

    pub(super) fn is_duration(&self) -> bool {
        self.plain == Some(FieldKind::Duration)
    }

    fn into_kind(self) -> FieldKind {
        match (self.plain, self.money, self.natural.min(MAX_SCALE)) {
            (Some(kind), ..) => kind,
            (None, Some(scale), _) => FieldKind::Money { scale },
            (None, None, 0) => FieldKind::Integer,
            (None, None, scale) => FieldKind::Decimal { scale },
        }
    }
}

/// The type that a number's field would need: that of the field it plainly is, else money where money is in it, else as many digits as
/// the result can need, at most 8.
pub(super) fn number_kind(expr: &Expr) -> FieldKind {
    number_type(expr).into_kind()
}

/// Chains lean to the left and may be long, so that side is walked in a loop.
pub(super) fn number_type(expr: &Expr) -> NumberType {
    let mut chain: Vec<(ArithmeticOp, &Expr)> = Vec::new();
    let mut first = expr;
    while let Expr::Arithmetic { op, left, right } = first {
        chain.push((*op, right));
        first = left;
    }
    let mut result = single_type(first);
    for (op, right_expr) in chain.into_iter().rev() {
        let right = number_type(right_expr);
        let money = result.money.max(right.money);
        result = match op {
            ArithmeticOp::Add | ArithmeticOp::Subtract => {
                let span = op == ArithmeticOp::Add && result.is_duration() && right.is_duration();
                let plain = span.then_some(FieldKind::Duration);
                NumberType { natural: result.natural.max(right.natural), money, plain }
            }
            ArithmeticOp::Multiply => NumberType { natural: result.natural.saturating_add(right.natural), money, plain: None },
            ArithmeticOp::Divide => {
                let added = constant(right_expr).map_or(MAX_SCALE + 1, |divisor| {
                    // The reciprocal's denominator is what can add digits.
                    digits_of_quotient(divisor.numerator.abs().max(1))
                });
                // Money by money is a ratio.
                let money = if right.money.is_some() { None } else { result.money };
                NumberType { natural: result.natural.saturating_add(added), money, plain: None }
            }
        };
    }
    result
}

fn single_type(expr: &Expr) -> NumberType {
    let either = |parts: &[&Expr]| {
        // A null stands in for any number.
        let parts = parts.iter().filter(|part| !matches!(part, Expr::Literal(Value::Null)));
        parts.map(|part| number_type(part)).reduce(NumberType::or).unwrap_or_else(NumberType::counted)
    };
    match expr {
        Expr::Literal(Value::Decimal(number)) => NumberType { natural: number.scale, money: None, plain: None },
        Expr::Field(path) => NumberType {
            natural: path.kind.scale().unwrap_or(0),
            money: if let FieldKind::Money { scale } = path.kind { Some(scale) } else { None },
            plain: Some(path.kind.clone()),
        },
        Expr::Negate(inner) => NumberType { plain: None, ..number_type(inner) },
        Expr::Choose { yes, no, .. } => either(&[yes, no]),
        Expr::Coalesce(parts) | Expr::Call(Function::Min | Function::Max, parts) => either(&parts.iter().collect::<Vec<_>>()),
        Expr::Call(Function::Abs, parts) => either(&parts.iter().collect::<Vec<_>>()),
        Expr::Call(Function::Round(digits), parts) => {
            let money = either(&parts.iter().collect::<Vec<_>>()).money.filter(|minor| digits <= minor);
            NumberType { natural: *digits, money, plain: None }
        }
        Expr::SumLines(_, number) => number_type(number),
        _ => NumberType::counted(),
    }
}

/// The value of a number without fields; `None` also where it does not fit.
pub(super) fn constant(expr: &Expr) -> Option<Ratio> {
    if has_fields(expr) {
        return None;
    }
    match compute(expr, &Plain(&|_| Value::Null)) {
        Ok(Computed::Number(ratio)) => Some(ratio),
        _ => None,
    }
}

/// Whether a field's values are texts for functions and joins; a select's are its codes.
pub(super) fn is_text(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::LongText | FieldKind::Select { .. }) || kind.has_normal_key()
}

/// The type that both fit; `None`: there is none. Numbers are not asked here.
pub(super) fn common(a: &FieldKind, b: &FieldKind) -> Option<FieldKind> {
    let text = |kind: &FieldKind| match kind {
        FieldKind::Text { max } => *max,
        FieldKind::Url => crate::input::URL_MAX,
        FieldKind::LongText => crate::input::LONG_TEXT_MAX,
        _ => 255,
    };
    match (a, b) {
        (a, b) if a == b => Some(a.clone()),
        (FieldKind::LongText, b) if is_text(b) => Some(FieldKind::LongText),
        (a, FieldKind::LongText) if is_text(a) => Some(FieldKind::LongText),
        (a, b) if is_text(a) && is_text(b) => Some(FieldKind::Text { max: text(a).max(text(b)) }),
        _ => None,
    }
}

/// The type of an operand that is no number, by its fields, and by its literals where it has none; problems where the parts do not fit.
pub(super) fn kind_of(side: &Side) -> Result<Option<FieldKind>, Problem> {
    let (operand, position) = side;
    Ok(match operand {
        Operand::Field(path) => Some(path.kind.clone()),
        Operand::Computed(_, kind) => Some(kind.clone()),
        Operand::Arithmetic(expr) => Some(number_kind(expr)),
        Operand::Choose(choice) => either(&[&choice.yes, &choice.no])?,
        Operand::Coalesce(parts) => either(&parts.iter().collect::<Vec<_>>())?,
        Operand::Null | Operand::Number(_) | Operand::Text(_) | Operand::Bool(_) => None,
        Operand::Date(_) | Operand::Period(_) => None,
        Operand::Instant(_) => Some(FieldKind::DateTime),
        Operand::User(_) => Some(FieldKind::Reference { target: "user".into() }),
    })
    .map_err(|problem: Problem| problem.at(*position))
}

fn either(sides: &[&Side]) -> Result<Option<FieldKind>, Problem> {
    let mut found: Option<FieldKind> = None;
    for side in sides {
        found = match (found, kind_of(side)?) {
            (found, None) => found,
            (None, kind) => kind,
            (Some(a), Some(b)) => Some(common(&a, &b).ok_or_else(|| {
                let detail = format!("{} does not fit beside a {}", side.0.described(), a.name());
                Problem::error("field.type", detail).at(side.1).with("expected", a.name().to_owned())
            })?),
        };
    }
    Ok(found)
}

/// The type of an operand that has literals only.
pub(super) fn literal_kind(operand: &Operand) -> Option<FieldKind> {
    match operand {
        Operand::Text(_) => Some(FieldKind::Text { max: 255 }),
        Operand::Bool(_) => Some(FieldKind::Bool),
        Operand::Date(_) => Some(FieldKind::Date),
        Operand::Instant(_) => Some(FieldKind::DateTime),
        Operand::User(_) => Some(FieldKind::Reference { target: "user".into() }),
        Operand::Choose(choice) => literal_kind(&choice.yes.0).or_else(|| literal_kind(&choice.no.0)),
        Operand::Coalesce(parts) => parts.iter().find_map(|(part, _)| literal_kind(part)),
        Operand::Field(path) => Some(path.kind.clone()),
        Operand::Computed(_, kind) => Some(kind.clone()),
        Operand::Null | Operand::Number(_) | Operand::Arithmetic(_) | Operand::Period(_) => None,
    }
}

/// An operand as an expression whose value is of this type; its literals take the type.
pub(super) fn typed(side: &Side, kind: &FieldKind, scope: Scope<'_>) -> Result<Expr, Problem> {
    let (operand, position) = side;
    if kind.scale().is_some() && operand.is_number() {
        return operand.clone().into_number(*position);
    }
    let fits = |found: &FieldKind| match (found, kind) {
        (FieldKind::Reference { target: a }, FieldKind::Reference { target: b }) => a == b,
        (a, b) => a.name() == b.name() || common(a, b).is_some(),
    };
    let wrong = || {
        let detail = format!("found {}, expected a {}", operand.described(), kind.name());
        Err(Problem::error("field.type", detail).at(*position).with("expected", kind.name().to_owned()))
    };
    match operand {
        Operand::Null => Ok(Expr::Literal(Value::Null)),
        Operand::Field(path) => {
            if fits(&path.kind) {
                Ok(Expr::Field(path.clone()))
            } else {
                wrong()
            }
        }
        Operand::Computed(expr, found) => {
            if fits(found) {
                Ok(expr.clone())
            } else {
                wrong()
            }
        }
        Operand::Arithmetic(_) => wrong(),
        Operand::Choose(choice) => Ok(Expr::Choose {
            condition: Box::new(choice.condition.clone()),
            yes: Box::new(typed(&choice.yes, kind, scope)?),
            no: Box::new(typed(&choice.no, kind, scope)?),
        }),
        Operand::Coalesce(parts) => Ok(Expr::Coalesce(parts.iter().map(|part| typed(part, kind, scope)).collect::<Result<_, Problem>>()?)),
        literal => {
            let zone = scope.bindings.zone;
            let value = match constant_for(kind, literal, zone).map_err(|p| p.at(*position))? {
                Constant::Value(value) => value,
                Constant::Empty | Constant::Nobody => Value::Null,
                Constant::Day(day) => Value::Instant(day_bounds(day, zone).map_err(|p| p.at(*position))?.0),
            };
            Ok(Expr::Literal(value))
        }
    }
}
