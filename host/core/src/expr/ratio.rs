//! Exact fractions of 128 bits, for numbers that are evaluated here: nothing is rounded before the end.

use std::cmp::Ordering;

use super::ArithmeticOp;
use super::number::gcd;
use crate::decimal::{Decimal, pow10};
use crate::value::Value;

/// A fraction in lowest terms; the denominator is positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Ratio {
    pub(super) numerator: i128,
    pub(super) denominator: i128,
}

/// 128 bits were not enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Overflow;

impl Ratio {
    pub(super) const ZERO: Self = Self { numerator: 0, denominator: 1 };

    pub(super) fn whole(number: i128) -> Self {
        Self { numerator: number, denominator: 1 }
    }

    /// The denominator is not 0.
    fn new(numerator: i128, denominator: i128) -> Result<Self, Overflow> {
        if numerator == i128::MIN || denominator == i128::MIN {
            return Err(Overflow);
        }
        let common = gcd(numerator, denominator) * denominator.signum();
        Ok(Self { numerator: numerator / common, denominator: denominator / common })
    }

    /// A stored number; `None` for null and everything that is no number.
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Int(number) => Some(Self::whole(i128::from(*number))),
            Value::Decimal(Decimal { units, scale }) => Self::new(i128::from(*units), pow10((*scale).min(38))).ok(),
            _ => None,
        }
    }

    pub(super) fn negated(self) -> Self {
        Self { numerator: -self.numerator, ..self }
    }

    pub(super) fn abs(self) -> Self {
        Self { numerator: self.numerator.abs(), ..self }
    }

    /// `None`: a division by 0.
    pub(super) fn apply(self, op: ArithmeticOp, other: Self) -> Result<Option<Self>, Overflow> {
        Ok(Some(match op {
            ArithmeticOp::Add => self.plus(other)?,
            ArithmeticOp::Subtract => self.plus(other.negated())?,
            ArithmeticOp::Multiply => self.times(other)?,
            ArithmeticOp::Divide if other.numerator == 0 => return Ok(None),
            ArithmeticOp::Divide => self.times(Self::new(other.denominator, other.numerator)?)?,
        }))
    }

    pub(super) fn plus(self, other: Self) -> Result<Self, Overflow> {
        let common = gcd(self.denominator, other.denominator);
        let left = self.numerator.checked_mul(other.denominator / common).ok_or(Overflow)?;
        let right = other.numerator.checked_mul(self.denominator / common).ok_or(Overflow)?;
        let denominator = self.denominator.checked_mul(other.denominator / common).ok_or(Overflow)?;
        Self::new(left.checked_add(right).ok_or(Overflow)?, denominator)
    }

    fn times(self, other: Self) -> Result<Self, Overflow> {
        // Crosswise first, so that `a / 3 * 3` never grows.
        let (one, two) = (gcd(self.numerator, other.denominator), gcd(other.numerator, self.denominator));
        let numerator = (self.numerator / one).checked_mul(other.numerator / two).ok_or(Overflow)?;
        let denominator = (self.denominator / two).checked_mul(other.denominator / one).ok_or(Overflow)?;
        Self::new(numerator, denominator)
    }

    pub(super) fn compare(self, other: Self) -> Result<Ordering, Overflow> {
        Ok(self.plus(other.negated())?.numerator.cmp(&0))
    }

    /// Units of `10^-scale`, half away from zero.
    pub(super) fn units(self, scale: u8) -> Result<i128, Overflow> {
        let common = gcd(pow10(scale), self.denominator);
        let (factor, denominator) = (pow10(scale) / common, self.denominator / common);
        let numerator = self.numerator.checked_mul(factor).ok_or(Overflow)?;
        let (quotient, rest) = (numerator / denominator, numerator % denominator);
        let up = rest != 0 && rest.abs() >= denominator - rest.abs();
        Ok(if up { quotient + rest.signum() } else { quotient })
    }

    pub(super) fn rounded(self, digits: u8) -> Result<Self, Overflow> {
        Self::new(self.units(digits)?, pow10(digits))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_half_away_from_zero_at_every_size() {
        for (numerator, denominator, scale, wanted) in
            [(1, 2, 0, Ok(1)), (-1, 2, 0, Ok(-1)), (1, 3, 2, Ok(33)), (2, 3, 2, Ok(67)), (-5, 1_000, 2, Ok(-1)), (0, 7, 8, Ok(0))]
        {
            assert_eq!(Ratio::new(numerator, denominator).and_then(|r| r.units(scale)), wanted, "{numerator}/{denominator}");
        }
        let huge = Ratio::new(i128::MAX - 1, i128::MAX).expect("fits");
        assert_eq!(huge.units(0), Ok(1));
        assert_eq!(Ratio::whole(i128::MAX).units(1), Err(Overflow));
        assert_eq!(Ratio::whole(i128::MAX).plus(Ratio::whole(1)), Err(Overflow));
        assert_eq!(Ratio::new(i128::MIN, 1), Err(Overflow));
    }

    #[test]
    fn thirds_come_back() {
        let third = Ratio::whole(1).apply(ArithmeticOp::Divide, Ratio::whole(3)).ok().flatten().expect("a third");
        assert_eq!(third.apply(ArithmeticOp::Multiply, Ratio::whole(3)), Ok(Some(Ratio::whole(1))));
        assert_eq!(third.apply(ArithmeticOp::Divide, Ratio::ZERO), Ok(None));
    }
}
