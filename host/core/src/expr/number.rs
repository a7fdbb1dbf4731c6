//! Number expressions as integer arithmetic: one exact form that the evaluator and the SQL planner share.
//!
//! A checked number tree becomes a sum of products of fields over one constant denominator. Nothing is rounded on the way:
//! `amount * success_rate / 100` multiplies whole fen by whole hundredths of a percent and divides once, at the end.

use super::{ArithmeticOp, Expr, FieldPath};
use crate::decimal::{MAX_SCALE, pow10};
use crate::meta::FieldKind;
use crate::problem::Problem;
use crate::value::Value;

/// More products than this in one expression are refused: multiplied sums grow fast.
const MAX_TERMS: usize = 64;
/// More fields than this in one product are refused: the result would not fit 128 bits anyway.
const MAX_FACTORS: usize = 4;

/// A number expression as `(sum of terms) / denominator`, counted in units of `10^-scale`.
///
/// Every field stands for its stored integer (`amount` 1499.75 is 149975; scales are already in the coefficients), so the result's units are
/// `divide_rounded(Σ coefficient × Π operands, denominator)`, half away from zero. If any of `operands` is null the result is null,
/// also where its terms have cancelled out (`a - a`).
#[derive(Clone, Debug, PartialEq)]
pub struct NumberPlan {
    /// Every field that the expression mentions, once.
    pub operands: Vec<FieldPath>,
    /// The sum; empty is 0.
    pub terms: Vec<NumberTerm>,
    /// Positive, without a common divisor with all coefficients.
    pub denominator: i128,
    /// Digits after the point of the result: the widest money field's, else as many as the result can need, at most 8.
    pub scale: u8,
}

/// One product of a [`NumberPlan`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberTerm {
    /// Not 0.
    pub coefficient: i128,
    /// Indexes into [`NumberPlan::operands`], ascending, repeated for powers; none for the constant term.
    pub factors: Vec<usize>,
}

impl NumberPlan {
    /// The single field that the plan stands for, if it only reads one at its own scale.
    pub fn as_field(&self) -> Option<&FieldPath> {
        match (self.operands.as_slice(), self.terms.as_slice()) {
            ([field], [term]) if term.factors == [0] && term.coefficient == 1 && self.denominator == 1 => Some(field),
            _ => None,
        }
    }
}

/// Turns a checked number expression into integers. Refused with `field.type` if it is not a number expression, and with
/// `filter.not_pushable` if it is too large; [`super::check_number`] and [`super::check_condition`] have already made sure of both.
pub fn plan_number(expr: &Expr) -> Result<NumberPlan, Problem> {
    let mut operands = Vec::new();
    let fraction = expand(expr, &mut operands)?;
    let money = operands.iter().filter(|o| matches!(o.kind, FieldKind::Money { .. })).filter_map(|o| o.kind.scale()).max();
    let scale = money.unwrap_or(fraction.natural.min(MAX_SCALE));
    let scaled = fraction.times(pow10(scale))?;
    Ok(scaled.into_plan(operands, scale))
}

/// The plan of `left - right`, to compare two number expressions: its numerator's sign is the comparison's answer, so nothing is rounded.
/// Its `scale` and `denominator` do not matter for that.
pub fn plan_difference(left: &Expr, right: &Expr) -> Result<NumberPlan, Problem> {
    let mut operands = Vec::new();
    let left = expand(left, &mut operands)?;
    let right = expand(right, &mut operands)?;
    let difference = left.plus(right.times(-1)?)?;
    Ok(difference.into_plan(operands, 0))
}

/// `Σ terms / denominator` in whole numbers (not units).
struct Fraction {
    terms: Vec<NumberTerm>,
    denominator: i128,
    /// Digits after the point that the result can need; more than [`MAX_SCALE`] means that it may not end.
    natural: u8,
}

fn too_large() -> Problem {
    Problem::error("filter.not_pushable", "this number expression is too large; use fewer factors or smaller constants")
        .with("reason", "too_large")
}

fn not_a_number() -> Problem {
    Problem::error("field.type", "a number is expected here").with("expected", "decimal")
}

fn expand(expr: &Expr, operands: &mut Vec<FieldPath>) -> Result<Fraction, Problem> {
    // Chains such as `a + b + c + …` lean to the left and may be long, so that side is walked in a loop.
    let mut chain: Vec<(ArithmeticOp, &Expr)> = Vec::new();
    let mut first = expr;
    while let Expr::Arithmetic { op, left, right } = first {
        chain.push((*op, right));
        first = left;
    }
    let mut result = expand_leaf(first, operands)?;
    for (op, right) in chain.into_iter().rev() {
        let right = expand(right, operands)?;
        result = match op {
            ArithmeticOp::Add => result.plus(right)?,
            ArithmeticOp::Subtract => result.plus(right.times(-1)?)?,
            ArithmeticOp::Multiply => result.multiplied(&right)?,
            ArithmeticOp::Divide => result.divided(&right)?,
        };
    }
    Ok(result)
}

fn expand_leaf(expr: &Expr, operands: &mut Vec<FieldPath>) -> Result<Fraction, Problem> {
    match expr {
        Expr::Literal(Value::Int(number)) => Fraction::constant(i128::from(*number), 0),
        Expr::Literal(Value::Decimal(number)) => Fraction::constant(i128::from(number.units), number.scale),
        Expr::Field(path) => {
            let scale = path.kind.scale().ok_or_else(not_a_number)?;
            let index = operands.iter().position(|o| o == path).unwrap_or_else(|| {
                operands.push(path.clone());
                operands.len() - 1
            });
            let terms = vec![NumberTerm { coefficient: 1, factors: vec![index] }];
            Ok(Fraction { terms, denominator: pow10(scale), natural: scale })
        }
        Expr::Negate(inner) => expand(inner, operands)?.times(-1),
        _ => Err(not_a_number()),
    }
}

impl Fraction {
    fn constant(units: i128, scale: u8) -> Result<Self, Problem> {
        if scale > 18 {
            return Err(too_large());
        }
        let terms = if units == 0 { Vec::new() } else { vec![NumberTerm { coefficient: units, factors: Vec::new() }] };
        Ok(Self { terms, denominator: pow10(scale), natural: scale })
    }

    fn times(mut self, factor: i128) -> Result<Self, Problem> {
        let common = gcd(factor, self.denominator);
        self.denominator /= common;
        for term in &mut self.terms {
            term.coefficient = term.coefficient.checked_mul(factor / common).ok_or_else(too_large)?;
        }
        Ok(self)
    }

    fn plus(self, other: Self) -> Result<Self, Problem> {
        let common = gcd(self.denominator, other.denominator);
        let natural = self.natural.max(other.natural);
        let denominator = (self.denominator / common).checked_mul(other.denominator).ok_or_else(too_large)?;
        let mut terms = Vec::new();
        for (part, factor) in [(&self.terms, denominator / self.denominator), (&other.terms, denominator / other.denominator)] {
            for term in part {
                let coefficient = term.coefficient.checked_mul(factor).ok_or_else(too_large)?;
                add_term(&mut terms, coefficient, term.factors.clone())?;
            }
        }
        Ok(Self { terms, denominator, natural })
    }

    fn multiplied(&self, other: &Self) -> Result<Self, Problem> {
        let denominator = self.denominator.checked_mul(other.denominator).ok_or_else(too_large)?;
        let mut terms = Vec::new();
        for left in &self.terms {
            for right in &other.terms {
                let mut factors = [left.factors.as_slice(), right.factors.as_slice()].concat();
                if factors.len() > MAX_FACTORS {
                    return Err(too_large());
                }
                factors.sort_unstable();
                let coefficient = left.coefficient.checked_mul(right.coefficient).ok_or_else(too_large)?;
                add_term(&mut terms, coefficient, factors)?;
            }
        }
        Ok(Self { terms, denominator, natural: self.natural.saturating_add(other.natural) }.reduced())
    }

    fn divided(self, divisor: &Self) -> Result<Self, Problem> {
        let (numerator, denominator) = match divisor.terms.as_slice() {
            [term] if term.factors.is_empty() => (term.coefficient, divisor.denominator),
            _ => return Err(Problem::error("filter.not_pushable", "only a constant that is not 0 can divide").with("reason", "division")),
        };
        let common = gcd(numerator, denominator);
        let (numerator, denominator) = (numerator / common, denominator / common * numerator.signum());
        let numerator = numerator.checked_abs().ok_or_else(too_large)?;
        let natural = self.natural.saturating_add(digits_of_quotient(numerator));
        let mut result = self.times(denominator)?;
        result.denominator = result.denominator.checked_mul(numerator).ok_or_else(too_large)?;
        result.natural = natural;
        Ok(result.reduced())
    }

    fn reduced(mut self) -> Self {
        let common = self.terms.iter().fold(self.denominator, |common, term| gcd(common, term.coefficient));
        self.denominator /= common;
        for term in &mut self.terms {
            term.coefficient /= common;
        }
        self
    }

    fn into_plan(self, operands: Vec<FieldPath>, scale: u8) -> NumberPlan {
        let reduced = self.reduced();
        NumberPlan { operands, terms: reduced.terms, denominator: reduced.denominator, scale }
    }
}

fn add_term(terms: &mut Vec<NumberTerm>, coefficient: i128, factors: Vec<usize>) -> Result<(), Problem> {
    if let Some(index) = terms.iter().position(|t| t.factors == factors) {
        let sum = terms[index].coefficient.checked_add(coefficient).ok_or_else(too_large)?;
        if sum == 0 {
            terms.swap_remove(index);
        } else {
            terms[index].coefficient = sum;
        }
    } else if coefficient != 0 {
        if terms.len() == MAX_TERMS {
            return Err(too_large());
        }
        terms.push(NumberTerm { coefficient, factors });
    }
    Ok(())
}

/// Digits after the point that a division by a whole number can add: 2 for 100, 1 for 5, [`MAX_SCALE`] + 1 where it may never end.
pub(super) fn digits_of_quotient(divisor: i128) -> u8 {
    let (mut rest, mut twos, mut fives) = (divisor, 0u8, 0u8);
    while rest % 2 == 0 && twos <= MAX_SCALE {
        rest /= 2;
        twos += 1;
    }
    while rest % 5 == 0 && fives <= MAX_SCALE {
        rest /= 5;
        fives += 1;
    }
    if rest == 1 { twos.max(fives) } else { MAX_SCALE + 1 }
}

/// Positive, also for negative numbers; of 0 and n it is n. Neither argument reaches `i128::MIN`, because products are checked in steps.
pub(super) fn gcd(a: i128, b: i128) -> i128 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i128::try_from(a).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Decimal;
    use crate::expr::sample::{arithmetic, checked};
    use crate::expr::{evaluate_condition, evaluate_number};

    /// The result for amount 1499.75, rate 60.00, price 10.50, weight 0.1250, count 3, fee null.
    fn check(text: &str, wanted: Option<&str>) {
        let plan = plan_number(&arithmetic(text)).expect(text);
        assert!(plan.denominator > 0, "{plan:?}");
        assert_eq!(evaluate_number(&plan, &read).map(|d| d.to_string()).as_deref(), wanted, "{text}: {plan:?}");
    }

    fn read(path: &FieldPath) -> Value {
        match path.field.as_str() {
            "amount" => Value::Decimal(Decimal::new(149_975, 2)),
            "rate" => Value::Decimal(Decimal::new(6_000, 2)),
            "price" => Value::Decimal(Decimal::new(1_050, 2)),
            "weight" => Value::Decimal(Decimal::new(1_250, 4)),
            "count" => Value::Int(3),
            _ => Value::Null,
        }
    }

    #[test]
    fn results_are_exact_and_rounded_once() {
        check("amount", Some("1499.75"));
        check("amount * rate / 100", Some("899.85"));
        check("rate / 100 * amount", Some("899.85"));
        check("amount / 3", Some("499.92"));
        check("-amount / 8", Some("-187.47"));
        check("amount / 1000 * 1000", Some("1499.75"));
        check("amount - amount", Some("0.00"));
        check("amount - fee + fee", None);
        check("0 * fee", None);
        check("count / 3", Some("1.00000000"));
        check("count / 7", Some("0.42857143"));
        check("count / -7", Some("-0.42857143"));
        check("count * count", Some("9"));
        check("(count + 1) * (count - 1)", Some("8"));
        check("weight * price", Some("1.312500"));
        check("count * 1000000000000 * 1000000000", None);
        check("1.5 + 1.25", Some("2.75"));
        check("--count", Some("3"));
        check("5 - 3 - 1", Some("1"));
        check("12 / 4 / 3", Some("1.00000000"));
        check("1 / (0.5 - 0.25)", Some("4"));
        check("count / 0.3", Some("10.00000000"));
    }

    #[test]
    fn a_plain_field_needs_no_arithmetic() {
        for (text, plain) in [
            ("amount", true),
            ("amount + 0", true),
            ("--amount", true),
            ("amount * 2 / 2", true),
            ("count * 2 / 2", false),
            ("amount + 1", false),
            ("-count", false),
        ] {
            assert_eq!(plan_number(&arithmetic(text)).expect(text).as_field().is_some(), plain, "{text}");
        }
    }

    #[test]
    fn comparisons_do_not_round() {
        for (text, wanted) in [
            ("count / 3 == 1", true),
            ("count / 7 * 7 == count", true),
            ("amount * rate / 100 == 899.85", true),
            ("amount / 3 == 499.92", false),
            ("amount / 3 < 499.92", true),
            ("amount / 3 > 499.91", true),
            ("weight * 8 == 1", true),
            ("price > count", true),
            ("price * 2 / 7 == count", true),
            ("fee - fee == 0", false),
            ("fee * 2 != 0", true),
            ("fee < price", false),
            ("fee != price", true),
            ("fee * 2 == null", true),
            ("price * 2 == null", false),
        ] {
            assert_eq!(evaluate_condition(&checked(text).expect(text), &read), wanted, "{text}");
        }
    }

    #[test]
    fn growth_is_bounded() {
        let wide = |power: usize| vec!["(amount + rate + price + weight + count + 1)"; power].join(" * ");
        assert!(plan_number(&arithmetic("(amount + rate) * (price + count)")).is_ok());
        let problem = plan_number(&arithmetic(&wide(4))).expect_err("126 terms");
        assert_eq!(problem.code, "filter.not_pushable");
        let constants = ["999999999999999999"; 5].join(" * ");
        assert_eq!(plan_number(&arithmetic(&constants)).expect_err("90 digits").code, "filter.not_pushable");
        let chain = format!("count{}", " + 1".repeat(240));
        assert_eq!(plan_number(&arithmetic(&chain)).map(|p| p.terms.len()), Ok(2));
    }
}
