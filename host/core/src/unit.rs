//! Conversion between units of measure, exact: factors are multiplied as fractions and only the result is rounded.

use std::collections::HashMap;

use uuid::Uuid;

use crate::decimal::{Decimal, MAX_SCALE, divide_rounded, pow10};

/// The longest chain of units, each defined by the next; longer ones are taken for circles.
const LONGEST_CHAIN: usize = 16;

/// How a unit is defined: one of it is `factor` of `base`; without a base it stands for itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct UnitRule {
    /// The unit that it converts to.
    pub base: Option<Uuid>,
    /// How many of it; greater than 0 wherever there is a base.
    pub factor: Option<Decimal>,
}

/// Why a quantity has no value in another unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConvertError {
    /// The units lead to different bases (or one is not defined, or its definition goes in a circle).
    NotConvertible,
    /// The result, or a step to it, has too many digits.
    TooLarge,
}

/// A quantity in another unit, half away from zero at 8 digits after the point, without trailing zeros.
pub fn convert(quantity: Decimal, from: Uuid, to: Uuid, units: &HashMap<Uuid, UnitRule>) -> Result<Decimal, ConvertError> {
    let (from, to) = (chain(from, units)?, chain(to, units)?);
    // Only the way to the first unit that both come to: what lies behind it is the same for both.
    let meet =
        from.iter().find(|(id, _)| to.iter().any(|(other, _)| other == id)).map(|(id, _)| *id).ok_or(ConvertError::NotConvertible)?;
    let mut fraction = Fraction::new(i128::from(quantity.units), pow10(quantity.scale));
    for factor in factors(&from, meet) {
        fraction = fraction.times(i128::from(factor.units), pow10(factor.scale))?;
    }
    for factor in factors(&to, meet) {
        fraction = fraction.times(pow10(factor.scale), i128::from(factor.units))?;
    }
    fraction.round()
}

/// Whether a unit's definition comes back to the unit itself.
pub fn is_circular(unit: Uuid, units: &HashMap<Uuid, UnitRule>) -> bool {
    let mut next = units.get(&unit).and_then(|rule| rule.base);
    for _ in 0..LONGEST_CHAIN {
        match next {
            None => return false,
            Some(base) if base == unit => return true,
            Some(base) => next = units.get(&base).and_then(|rule| rule.base),
        }
    }
    true
}

/// The unit and those that it is defined by, each with the factor to the next.
fn chain(unit: Uuid, units: &HashMap<Uuid, UnitRule>) -> Result<Vec<(Uuid, Option<Decimal>)>, ConvertError> {
    let mut steps = Vec::new();
    let mut next = Some(unit);
    while let Some(id) = next {
        let rule = units.get(&id).ok_or(ConvertError::NotConvertible)?;
        let factor = rule.base.and(rule.factor);
        if steps.len() == LONGEST_CHAIN || (rule.base.is_some() && factor.is_none_or(|factor| factor.units <= 0)) {
            return Err(ConvertError::NotConvertible);
        }
        steps.push((id, factor));
        next = rule.base;
    }
    Ok(steps)
}

fn factors(chain: &[(Uuid, Option<Decimal>)], end: Uuid) -> impl Iterator<Item = Decimal> {
    chain.iter().take_while(move |(id, _)| *id != end).filter_map(|(_, factor)| *factor)
}

/// In lowest terms; the denominator is positive.
#[derive(Clone, Copy)]
struct Fraction {
    numerator: i128,
    denominator: i128,
}

impl Fraction {
    fn new(numerator: i128, denominator: i128) -> Self {
        let common = greatest_divisor(numerator, denominator);
        Self { numerator: numerator / common, denominator: denominator / common }
    }

    fn times(self, numerator: i128, denominator: i128) -> Result<Self, ConvertError> {
        // Crosswise first, so that large factors which cancel do not overflow on the way.
        let (left, right) = (Self::new(self.numerator, denominator), Self::new(numerator, self.denominator));
        let numerator = left.numerator.checked_mul(right.numerator).ok_or(ConvertError::TooLarge)?;
        let denominator = left.denominator.checked_mul(right.denominator).ok_or(ConvertError::TooLarge)?;
        Ok(Self { numerator, denominator })
    }

    fn round(self) -> Result<Decimal, ConvertError> {
        // As many digits as there is room for: a large quantity has fewer after the point.
        for scale in (0..=MAX_SCALE).rev() {
            let units = self.numerator.checked_mul(pow10(scale)).filter(|n| n.unsigned_abs() < 1 << 125);
            let Some(units) = units.map(|n| divide_rounded(n, self.denominator)) else { continue };
            if let Ok(mut result) = Decimal::from_units(units, scale) {
                while result.scale > 0 && result.units % 10 == 0 {
                    result = Decimal::new(result.units / 10, result.scale - 1);
                }
                return Ok(result);
            }
        }
        Err(ConvertError::TooLarge)
    }
}

/// At least 1, also of 0 and 0.
fn greatest_divisor(left: i128, right: i128) -> i128 {
    let (mut left, mut right) = (left.unsigned_abs(), right.unsigned_abs());
    while right != 0 {
        (left, right) = (right, left % right);
    }
    i128::try_from(left).unwrap_or(1).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    fn decimal(text: &str) -> Decimal {
        Decimal::parse(text, u8::try_from(Decimal::scale_of(text)).expect("few digits")).expect("a number")
    }

    fn units(rules: &[(u128, Option<(u128, &str)>)]) -> HashMap<Uuid, UnitRule> {
        let rule = |base: &Option<(u128, &str)>| UnitRule { base: base.map(|(base, _)| id(base)), factor: base.map(|(_, f)| decimal(f)) };
        rules.iter().map(|(unit, base)| (id(*unit), rule(base))).collect()
    }

    #[test]
    fn quantities_are_converted_exactly() {
        // 1 piece; 2 box = 12 pieces; 3 pallet = 40 boxes; 4 third = 0.33333333 piece; 5 metre; 6 huge = 10^10 pieces; 7 dozen = 12 pieces.
        let all = units(&[
            (1, None),
            (2, Some((1, "12"))),
            (3, Some((2, "40"))),
            (4, Some((1, "0.33333333"))),
            (5, None),
            (6, Some((1, "9999999999"))),
            (7, Some((1, "12"))),
        ]);
        for (quantity, from, to, wanted) in [
            ("3", 2, 1, Ok("36")),
            ("36", 1, 2, Ok("3")),
            ("1", 1, 2, Ok("0.08333333")),
            ("-1", 1, 2, Ok("-0.08333333")),
            ("2", 1, 3, Ok("0.00416667")),
            ("1.5", 3, 1, Ok("720")),
            ("7.25", 2, 7, Ok("7.25")),
            ("3", 4, 1, Ok("0.99999999")),
            ("0", 3, 4, Ok("0")),
            ("5", 5, 5, Ok("5")),
            ("1", 5, 1, Err(ConvertError::NotConvertible)),
            ("1", 9, 1, Err(ConvertError::NotConvertible)),
            ("999999999999999999", 6, 1, Err(ConvertError::TooLarge)),
            ("100000000", 6, 1, Ok("999999999900000000")),
        ] {
            let result = convert(decimal(quantity), id(from), id(to), &all).map(|d| d.to_string());
            assert_eq!(result.as_deref(), wanted.as_ref().map(|text| *text), "{quantity} {from} to {to}");
        }
    }

    #[test]
    fn circles_end() {
        let circle =
            units(&[(1, Some((2, "2"))), (2, Some((3, "2"))), (3, Some((1, "2"))), (4, Some((4, "2"))), (5, None), (6, Some((5, "0")))]);
        assert!(is_circular(id(1), &circle) && is_circular(id(4), &circle) && !is_circular(id(5), &circle) && !is_circular(id(6), &circle));
        for unit in [1, 4, 6] {
            assert_eq!(convert(decimal("1"), id(unit), id(5), &circle), Err(ConvertError::NotConvertible), "{unit}");
        }
    }
}
