//! Comparisons of chosen values as plain conditions: `(c ? a : b) > x` is `c && a > x || !c && b > x`.
//!
//! A choice becomes cases: conditions of which exactly one holds, each with a plain operand. So a database answers it with what it has
//! anyway, exactly. What has no cases (`size`, joined texts, division by a field …) is left to the evaluation in memory.

use super::check::{and, not, or};
use super::compare::{compare, compare_plain};
use super::kinds::{constant, kind_of, literal_kind, typed};
use super::operand::{NumberLiteral, Operand, Side, not_pushable};
use super::scope::{Scope, size};
use super::{ArithmeticOp, CompareOp, Expr, Function};
use crate::decimal::format_units;
use crate::meta::FieldKind;
use crate::problem::Problem;
use crate::value::Value;

/// More cases than this on both sides together are too much for one comparison.
const MAX_CASES: usize = 32;

/// A plain operand (null among them) and when it is the one.
type Case = (Expr, Operand);

/// Arithmetic that [`super::plan_number`] takes, though it may be too large for it.
pub(super) fn is_plain(expr: &Expr) -> bool {
    let mut first = expr;
    while let Expr::Arithmetic { op, left, right } = first {
        if !is_plain(right) || (*op == ArithmeticOp::Divide && super::visit::has_fields(right)) {
            return false;
        }
        first = left;
    }
    match first {
        Expr::Literal(value) => !value.is_null(),
        Expr::Field(_) => true,
        Expr::Negate(inner) => is_plain(inner),
        _ => false,
    }
}

/// Anything that `compare` does not know by itself.
pub(super) fn is_chosen(operand: &Operand) -> bool {
    match operand {
        Operand::Choose(_) | Operand::Coalesce(_) | Operand::Computed(..) => true,
        Operand::Arithmetic(expr) => !is_plain(expr),
        _ => false,
    }
}

/// The comparison of two sides of which one is chosen or computed.
pub(super) fn compare_chosen(op: CompareOp, left: &Side, right: &Side, scope: Scope<'_>) -> Result<Expr, Problem> {
    if let Some(bounded) = compare_rounded(op, left, right, scope)? {
        return Ok(bounded);
    }
    match (cases(left, scope)?, cases(right, scope)?) {
        (Some(lefts), Some(rights)) if lefts.len() * rights.len() <= MAX_CASES => {
            let kind = kind_of(left)?.or(kind_of(right)?).or_else(|| literal_kind(&left.0)).or_else(|| literal_kind(&right.0));
            let mut parts = Vec::new();
            for (left_guard, left_case) in &lefts {
                for (right_guard, right_case) in &rights {
                    let sides = ((left_case.clone(), left.1), (right_case.clone(), right.1));
                    let literal_null = (left.0.is_null() && lefts.len() == 1) || (right.0.is_null() && rights.len() == 1);
                    let compared = compare_case(op, sides, literal_null, kind.as_ref(), scope)?;
                    let part = and(vec![left_guard.clone(), right_guard.clone(), compared]);
                    scope.spend(size(&part), left.1)?;
                    parts.push(part);
                }
            }
            Ok(or(parts))
        }
        (Some(_), Some(_)) if scope.is_filter() => {
            Err(not_pushable(left.1, "too_large", "too many choices in one comparison; use fewer, or && and ||"))
        }
        _ if scope.is_filter() => {
            let detail = "this cannot be calculated by the database; let a formula field hold it and compare that";
            let at = if cases(left, scope)?.is_none() { left.1 } else { right.1 };
            Err(not_pushable(at, "computed", detail))
        }
        _ => compare_values(op, left, right, scope),
    }
}

/// Any two sides, in memory.
fn compare_values(op: CompareOp, left: &Side, right: &Side, scope: Scope<'_>) -> Result<Expr, Problem> {
    let is_null = |side: &Side| matches!(side.0, Operand::Null);
    if is_null(left) || is_null(right) {
        let (null, other) = if is_null(left) { (left, right) } else { (right, left) };
        if op.is_ordering() {
            return Err(Problem::error("field.type", "null has no order; use == null or != null").at(null.1));
        }
        let kind = kind_of(other)?.or_else(|| literal_kind(&other.0)).unwrap_or(FieldKind::Integer);
        let is_null = Expr::IsNull(Box::new(typed(other, &kind, scope)?));
        return Ok(if op == CompareOp::Equal { is_null } else { not(is_null) });
    }
    let kind = match (kind_of(left)?, kind_of(right)?) {
        (Some(kind), _) | (None, Some(kind)) => Some(kind),
        (None, None) => literal_kind(&left.0).or_else(|| literal_kind(&right.0)),
    };
    let kind = kind.unwrap_or(FieldKind::Integer);
    let (left_expr, right_expr) = (typed(left, &kind, scope)?, typed(right, &kind, scope)?);
    let ordered = kind.scale().is_some() || kind.has_normal_key() || matches!(kind, FieldKind::Date | FieldKind::DateTime);
    if op.is_ordering() && !ordered {
        let detail = format!("a {} has no order; use == or !=", kind.name());
        return Err(Problem::error("field.type", detail).at(left.1).with("reason", "order"));
    }
    Ok(Expr::CompareValues { op, kind, left: Box::new(left_expr), right: Box::new(right_expr) })
}

/// Two plain operands. Null written as such asks for null; null as the outcome of a choice is a value that nothing equals.
fn compare_case(
    op: CompareOp,
    (left, right): (Side, Side),
    literal_null: bool,
    kind: Option<&FieldKind>,
    scope: Scope<'_>,
) -> Result<Expr, Problem> {
    match (&left.0, &right.0) {
        (Operand::Null, Operand::Null) if !op.is_ordering() && literal_null => Ok(Expr::always(op == CompareOp::Equal)),
        (Operand::Null, _) | (_, Operand::Null) if !literal_null => Ok(Expr::always(op == CompareOp::NotEqual)),
        (a, b) if a.is_literal() && b.is_literal() => constants(op, &left, &right, kind, scope),
        _ => compare_plain(op, left, right, scope.bindings.zone),
    }
}

/// Two literals, each the outcome of a choice, compared as values of the type that the comparison is about.
fn constants(op: CompareOp, left: &Side, right: &Side, kind: Option<&FieldKind>, scope: Scope<'_>) -> Result<Expr, Problem> {
    let Some(kind) = kind else { return compare_plain(op, left.clone(), right.clone(), scope.bindings.zone) };
    let (left, right) = (typed(left, kind, scope)?, typed(right, kind, scope)?);
    let folded = Expr::CompareValues { op, kind: kind.clone(), left: Box::new(left), right: Box::new(right) };
    Ok(Expr::always(super::evaluate_condition(&folded, &|_| Value::Null)))
}

/// `None`: it has no cases.
fn cases(side: &Side, scope: Scope<'_>) -> Result<Option<Vec<Case>>, Problem> {
    let (operand, position) = side;
    Ok(match operand {
        Operand::Computed(..) => None,
        Operand::Arithmetic(expr) => number_cases(expr, *position, scope)?,
        Operand::Choose(choice) => {
            let (Some(yes), Some(no)) = (cases(&choice.yes, scope)?, cases(&choice.no, scope)?) else { return Ok(None) };
            guarded(yes, &choice.condition)
                .chain(guarded(no, &not(choice.condition.clone())))
                .collect::<Vec<_>>()
                .bounded(*position, scope)?
        }
        Operand::Coalesce(parts) => {
            let mut all = Vec::new();
            for part in parts {
                let Some(cases) = cases(part, scope)? else { return Ok(None) };
                all.push(cases);
            }
            first_of(all, *position, scope)?
        }
        plain => Some(vec![(Expr::always(true), plain.clone())]),
    })
}

fn guarded<'a>(cases: Vec<Case>, condition: &'a Expr) -> impl Iterator<Item = Case> + 'a {
    cases.into_iter().map(|(guard, operand)| (and(vec![condition.clone(), guard]), operand))
}

trait Bounded: Sized {
    /// `None` beyond [`MAX_CASES`]; else what they repeat is counted.
    fn bounded(self, position: usize, scope: Scope<'_>) -> Result<Option<Self>, Problem>;
}

impl Bounded for Vec<Case> {
    fn bounded(self, position: usize, scope: Scope<'_>) -> Result<Option<Self>, Problem> {
        if self.len() > MAX_CASES {
            return Ok(None);
        }
        scope.spend(self.iter().map(|(guard, _)| size(guard) - 1).sum(), position)?;
        Ok(Some(self))
    }
}

/// The cases of `coalesce`.
fn first_of(parts: Vec<Vec<Case>>, position: usize, scope: Scope<'_>) -> Result<Option<Vec<Case>>, Problem> {
    let mut found = Vec::new();
    let mut all_null = Expr::always(true);
    for cases in parts {
        let mut null_here = Vec::new();
        for (guard, operand) in cases {
            let is_null = compare_plain(CompareOp::Equal, (operand.clone(), position), (Operand::Null, position), scope.bindings.zone)?;
            found.push((and(vec![all_null.clone(), guard.clone(), not(is_null.clone())]), operand));
            null_here.push(and(vec![guard, is_null]));
        }
        all_null = and(vec![all_null, or(null_here)]);
        scope.spend(size(&all_null), position)?;
    }
    found.push((all_null, Operand::Null));
    found.retain(|(guard, _)| *guard != Expr::always(false));
    found.bounded(position, scope)
}

/// The cases of a chosen number.
fn number_cases(expr: &Expr, position: usize, scope: Scope<'_>) -> Result<Option<Vec<Case>>, Problem> {
    if is_plain(expr) {
        return Ok(Some(vec![(Expr::always(true), plain_operand(expr.clone()))]));
    }
    // Functions nest through here, so each function on the way keeps little on the stack.
    match expr {
        Expr::Arithmetic { .. } => chain_cases(expr, position, scope),
        Expr::Literal(Value::Null) => Ok(Some(vec![(Expr::always(true), Operand::Null)])),
        Expr::Negate(inner) => Ok(number_cases(inner, position, scope)?.map(negated_cases)),
        Expr::Choose { condition, yes, no } => {
            let (yes, no) = (number_cases(yes, position, scope)?, number_cases(no, position, scope)?);
            either_cases(condition, yes.zip(no), position, scope)
        }
        Expr::Coalesce(parts) => match all_cases(parts, position, scope)? {
            Some(all) => first_of(all, position, scope),
            None => Ok(None),
        },
        Expr::Call(Function::Abs, parts) => match all_cases(parts, position, scope)? {
            Some(all) => abs_cases(all.into_iter().flatten().collect(), position, scope),
            None => Ok(None),
        },
        Expr::Call(Function::Min, parts) => extreme_cases(CompareOp::LessOrEqual, all_cases(parts, position, scope)?, position, scope),
        Expr::Call(Function::Max, parts) => extreme_cases(CompareOp::GreaterOrEqual, all_cases(parts, position, scope)?, position, scope),
        _ => Ok(None),
    }
}

fn all_cases(parts: &[Expr], position: usize, scope: Scope<'_>) -> Result<Option<Vec<Vec<Case>>>, Problem> {
    let mut all = Vec::new();
    for part in parts {
        match number_cases(part, position, scope)? {
            Some(cases) => all.push(cases),
            None => return Ok(None),
        }
    }
    Ok(Some(all))
}

fn either_cases(
    condition: &Expr,
    sides: Option<(Vec<Case>, Vec<Case>)>,
    position: usize,
    scope: Scope<'_>,
) -> Result<Option<Vec<Case>>, Problem> {
    let Some((yes, no)) = sides else { return Ok(None) };
    let opposite = not(condition.clone());
    guarded(yes, condition).chain(guarded(no, &opposite)).collect::<Vec<_>>().bounded(position, scope)
}

/// Chains lean to the left and may be long, so that side is walked in a loop.
fn chain_cases(expr: &Expr, position: usize, scope: Scope<'_>) -> Result<Option<Vec<Case>>, Problem> {
    let mut chain: Vec<(ArithmeticOp, &Expr)> = Vec::new();
    let mut first = expr;
    while let Expr::Arithmetic { op, left, right } = first {
        if *op == ArithmeticOp::Divide && super::visit::has_fields(right) {
            return Ok(None);
        }
        chain.push((*op, right));
        first = left;
    }
    let Some(mut result) = number_cases(first, position, scope)? else { return Ok(None) };
    for (op, right) in chain.into_iter().rev() {
        let Some(rights) = number_cases(right, position, scope)? else { return Ok(None) };
        if result.len() * rights.len() > MAX_CASES {
            return Ok(None);
        }
        let mut next = Vec::new();
        for (left_guard, left) in &result {
            for (right_guard, right) in &rights {
                let operand = match (number_of(left), number_of(right)) {
                    (Some(left), Some(right)) => Operand::Arithmetic(Expr::Arithmetic { op, left: Box::new(left), right: Box::new(right) }),
                    _ => Operand::Null,
                };
                // Long chains over a choice repeat themselves; that counts too.
                scope
                    .spend(number_of(&operand).map_or(0, |expr| if result.len() * rights.len() > 1 { size(&expr) } else { 0 }), position)?;
                next.push((and(vec![left_guard.clone(), right_guard.clone()]), operand));
            }
        }
        let Some(bounded) = next.bounded(position, scope)? else { return Ok(None) };
        result = bounded;
    }
    Ok(Some(result))
}

fn abs_cases(cases: Vec<Case>, position: usize, scope: Scope<'_>) -> Result<Option<Vec<Case>>, Problem> {
    let mut found = Vec::new();
    for (guard, operand) in cases {
        if number_of(&operand).is_none() {
            found.push((guard, operand));
            continue;
        }
        let zero = Operand::Number(NumberLiteral::new("0"));
        let below = compare_plain(CompareOp::Less, (operand.clone(), position), (zero, position), scope.bindings.zone)?;
        found.push((and(vec![guard.clone(), below.clone()]), negated(&operand)));
        found.push((and(vec![guard, not(below)]), operand));
    }
    found.retain(|(guard, _)| *guard != Expr::always(false));
    found.bounded(position, scope)
}

/// The cases of `min` and `max`, two parts at a time.
fn extreme_cases(op: CompareOp, parts: Option<Vec<Vec<Case>>>, position: usize, scope: Scope<'_>) -> Result<Option<Vec<Case>>, Problem> {
    let mut parts = parts.unwrap_or_default().into_iter();
    let Some(mut best) = parts.next() else { return Ok(None) };
    for cases in parts {
        match better(op, best, &cases, position, scope)?.bounded(position, scope)? {
            Some(cases) => best = cases,
            None => return Ok(None),
        }
    }
    Ok(Some(best))
}

/// The left one where `left op right`, the right one where not, null where one is null.
fn better(op: CompareOp, lefts: Vec<Case>, rights: &[Case], position: usize, scope: Scope<'_>) -> Result<Vec<Case>, Problem> {
    let zone = scope.bindings.zone;
    let opposite = if op == CompareOp::LessOrEqual { CompareOp::Greater } else { CompareOp::Less };
    let mut found = Vec::new();
    for (left_guard, left) in lefts {
        for (right_guard, right) in rights {
            let guard = and(vec![left_guard.clone(), right_guard.clone()]);
            if number_of(&left).is_none() || number_of(right).is_none() {
                found.push((guard, Operand::Null));
                continue;
            }
            let compared = |op| compare_plain(op, (left.clone(), position), (right.clone(), position), zone);
            let (yes, no) = (compared(op)?, compared(opposite)?);
            found.push((and(vec![guard.clone(), yes.clone()]), left.clone()));
            found.push((and(vec![guard.clone(), no.clone()]), right.clone()));
            found.push((and(vec![guard, not(yes), not(no)]), Operand::Null));
        }
    }
    found.retain(|(guard, _)| *guard != Expr::always(false));
    Ok(found)
}

fn negated_cases(cases: Vec<Case>) -> Vec<Case> {
    cases.into_iter().map(|(guard, operand)| (guard, negated(&operand))).collect()
}

fn negated(operand: &Operand) -> Operand {
    number_of(operand).map_or(Operand::Null, |expr| plain_operand(Expr::Negate(Box::new(expr))))
}

fn number_of(operand: &Operand) -> Option<Expr> {
    match operand {
        Operand::Null => None,
        operand => operand.clone().into_number(1).ok(),
    }
}

/// As `compare` wants it: fields and literals bare.
fn plain_operand(expr: Expr) -> Operand {
    match expr {
        Expr::Field(path) => Operand::Field(path),
        Expr::Literal(Value::Int(number)) => Operand::Number(NumberLiteral::of(i128::from(number), 0)),
        Expr::Literal(Value::Decimal(number)) => Operand::Number(NumberLiteral::of(i128::from(number.units), number.scale)),
        other => Operand::Arithmetic(other),
    }
}

/// `round(x, n) op constant` as bounds of `x`: rounding keeps the order, so each step begins half a unit before its number (the half
/// itself belongs to the step further away from zero). `None`: it is not of this shape.
fn compare_rounded(op: CompareOp, left: &Side, right: &Side, scope: Scope<'_>) -> Result<Option<Expr>, Problem> {
    let rounded = |side: &Side| match &side.0 {
        Operand::Arithmetic(Expr::Call(Function::Round(digits), parts)) => parts.first().map(|inner| (*digits, inner.clone())),
        _ => None,
    };
    let constant_of = |side: &Side| match &side.0 {
        Operand::Number(literal) => literal.value().and_then(|value| constant(&Expr::Literal(value))),
        Operand::Arithmetic(expr) => constant(expr),
        _ => None,
    };
    let (op, (digits, inner), bound, at) = match (rounded(left), rounded(right)) {
        (Some(rounded), None) => match constant_of(right) {
            Some(bound) => (op, rounded, bound, left.1),
            None => return Ok(None),
        },
        (None, Some(rounded)) => match constant_of(left) {
            Some(bound) => (op.flipped(), rounded, bound, right.1),
            None => return Ok(None),
        },
        _ => return Ok(None),
    };
    let Some(scaled) = bound.numerator.checked_mul(crate::decimal::pow10(digits)) else { return Ok(None) };
    let floor = scaled.div_euclid(bound.denominator);
    let exact = scaled % bound.denominator == 0;
    if floor.unsigned_abs() > 1_000_000_000_000_000_000_000 {
        return Ok(None);
    }
    let side = |operand: Operand| (operand, at);
    let inner = || plain_operand(inner.clone());
    // The condition that the rounded number is at least `k` units.
    let at_least = |k: i128| {
        let half = NumberLiteral::of((2 * k - 1) * 5, digits + 1);
        let op = if k > 0 { CompareOp::GreaterOrEqual } else { CompareOp::Greater };
        compare(op, side(inner()), side(Operand::Number(half)), scope)
    };
    let at_most = |k: i128| {
        let half = NumberLiteral::of((2 * k + 1) * 5, digits + 1);
        let op = if k >= 0 { CompareOp::Less } else { CompareOp::LessOrEqual };
        compare(op, side(inner()), side(Operand::Number(half)), scope)
    };
    let ceiling = if exact { floor } else { floor + 1 };
    let equal = || if exact { Ok(and(vec![at_least(floor)?, at_most(floor)?])) } else { Ok(Expr::always(false)) };
    Ok(Some(match op {
        CompareOp::Equal => equal()?,
        CompareOp::NotEqual => not(equal()?),
        CompareOp::Less => at_most(ceiling - 1)?,
        CompareOp::LessOrEqual => at_most(floor)?,
        CompareOp::Greater => at_least(floor + 1)?,
        CompareOp::GreaterOrEqual => at_least(ceiling)?,
    }))
}

impl Operand {
    fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    fn is_literal(&self) -> bool {
        !matches!(self, Self::Field(_) | Self::Computed(..) | Self::Choose(_) | Self::Coalesce(_))
            && !matches!(self, Self::Arithmetic(expr) if super::visit::has_fields(expr))
            && !self.is_null()
    }
}

impl NumberLiteral {
    /// From units of `10^-scale`.
    fn of(units: i128, scale: u8) -> Self {
        let digits = format_units(units, scale);
        let literal = Self::new(digits.trim_start_matches('-'));
        Self { negative: units < 0, ..literal }
    }
}
