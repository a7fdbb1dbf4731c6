//! Exact decimal numbers for money, percent and quantities: 128-bit units with a scale, rounded half away from zero.

use std::cmp::Ordering;
use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};

/// `units / 10^scale`: 1499.75 is `Decimal::new(149975, 2)`. Fields hold at most 18 digits and 8 after the point.
#[derive(Clone, Copy, Debug, Eq)]
pub struct Decimal {
    units: i128,
    scale: u8,
}

/// The text is not a plain decimal number of at most 18 digits after the point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotADecimal;

impl Decimal {
    /// Nothing, with scale 0.
    pub const ZERO: Self = Self { units: 0, scale: 0 };

    /// From the smallest unit. The scale is at most 18.
    pub const fn new(units: i128, scale: u8) -> Self {
        Self { units, scale }
    }

    /// Reads `-1499.75`. The scale is the number of digits after the point.
    pub fn parse(text: &str) -> Result<Self, NotADecimal> {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if whole.is_empty() || !plain(whole) || !plain(fraction) || fraction.len() > 18 || whole.len() > 20 {
            return Err(NotADecimal);
        }
        let units: i128 = format!("{whole}{fraction}").parse().map_err(|_| NotADecimal)?;
        let scale = fraction.len() as u8;
        Ok(Self { units: if digits.len() == text.len() { units } else { -units }, scale })
    }

    /// The number in units of `10^-scale`, half away from zero where digits are lost.
    pub fn units(self, scale: u8) -> i128 {
        match scale.cmp(&self.scale) {
            Ordering::Equal => self.units,
            Ordering::Greater => self.units.saturating_mul(pow10(scale - self.scale)),
            Ordering::Less => divide(self.units, pow10(self.scale - scale)),
        }
    }

    /// The same number with so many digits after the point.
    pub fn round(self, scale: u8) -> Self {
        Self { units: self.units(scale), scale }
    }

    /// `self × factor`, rounded to this number's own scale: a price times a quantity stays a price.
    pub fn times(self, factor: impl Into<Decimal>) -> Self {
        let factor = factor.into();
        Self { units: divide(self.units.saturating_mul(factor.units), pow10(factor.scale)), scale: self.scale }
    }

    /// `self × numerator ÷ denominator` with one rounding at the end; none if the denominator is 0.
    pub fn mul_div(self, numerator: impl Into<Decimal>, denominator: impl Into<Decimal>) -> Option<Self> {
        let (numerator, denominator) = (numerator.into(), denominator.into());
        let above = self.units.saturating_mul(numerator.units).saturating_mul(pow10(denominator.scale));
        let below = denominator.units.saturating_mul(pow10(numerator.scale));
        (below != 0).then(|| Self { units: divide(above, below), scale: self.scale })
    }

    /// So many percent of it, rounded to this number's own scale: `amount.percent(rate)`.
    pub fn percent(self, rate: impl Into<Decimal>) -> Self {
        let rate = rate.into();
        Self { units: divide(self.units.saturating_mul(rate.units), pow10(rate.scale).saturating_mul(100)), scale: self.scale }
    }

    /// `self ÷ whole` in percent with two digits (60 % is 60.00); none if the whole is 0, which is shown as "—".
    pub fn percent_of(self, whole: impl Into<Decimal>) -> Option<Self> {
        Self::new(10_000, 2).mul_div(self, whole)
    }

    /// True for 0.
    pub fn is_zero(self) -> bool {
        self.units == 0
    }

    /// True below 0.
    pub fn is_negative(self) -> bool {
        self.units < 0
    }
}

const fn pow10(exponent: u8) -> i128 {
    10i128.pow(exponent as u32)
}

fn divide(above: i128, below: i128) -> i128 {
    let (above, below) = if below < 0 { (-above, -below) } else { (above, below) };
    let rest = above % below;
    above / below + if rest.abs() * 2 >= below { rest.signum() } else { 0 }
}

impl fmt::Display for Decimal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.units < 0 { "-" } else { "" };
        let scale = usize::from(self.scale);
        let digits = format!("{:0>width$}", self.units.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        match fraction {
            "" => write!(formatter, "{sign}{whole}"),
            _ => write!(formatter, "{sign}{whole}.{fraction}"),
        }
    }
}

impl From<i64> for Decimal {
    fn from(number: i64) -> Self {
        Self::new(i128::from(number), 0)
    }
}

fn combine(a: Decimal, b: Decimal, op: impl Fn(i128, i128) -> i128) -> Decimal {
    let scale = a.scale.max(b.scale);
    Decimal { units: op(a.units(scale), b.units(scale)), scale }
}

impl Add for Decimal {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        combine(self, other, i128::saturating_add)
    }
}

impl Sub for Decimal {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        combine(self, other, i128::saturating_sub)
    }
}

impl Neg for Decimal {
    type Output = Self;
    fn neg(self) -> Self {
        Self { units: -self.units, scale: self.scale }
    }
}

impl Sum for Decimal {
    fn sum<I: Iterator<Item = Self>>(items: I) -> Self {
        items.fold(Self::ZERO, Add::add)
    }
}

impl PartialEq for Decimal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl PartialOrd for Decimal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Decimal {
    fn cmp(&self, other: &Self) -> Ordering {
        let scale = self.scale.max(other.scale);
        self.units(scale).cmp(&other.units(scale))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (units, wanted) in [(125, "1.3"), (-125, "-1.3"), (124, "1.2"), (-5, "-0.1"), (4, "0.0")] {
            assert_eq!(Decimal::new(units, 2).round(1).to_string(), wanted);
        }
    }

    #[test]
    fn the_forecast_of_three_opportunities() {
        let weighted = [("100000.00", "60.00"), ("200000.00", "5.00"), ("50000.00", "90.00")]
            .iter()
            .filter_map(|(amount, rate)| Some(Decimal::parse(amount).ok()?.percent(Decimal::parse(rate).ok()?)))
            .sum::<Decimal>();
        assert_eq!(weighted.to_string(), "115000.00");
    }

    #[test]
    fn ratios_without_a_whole_are_none() {
        assert_eq!(Decimal::from(1).percent_of(3).map(|d| d.to_string()).as_deref(), Some("33.33"));
        assert_eq!(Decimal::from(1).percent_of(0), None);
        assert_eq!(Decimal::new(1000, 2).mul_div(1, 3).map(|d| d.to_string()).as_deref(), Some("3.33"));
    }

    #[test]
    fn text() {
        for bad in ["", "-", "1e3", "1,5", ".5", "NaN", "1.2.3"] {
            assert_eq!(Decimal::parse(bad), Err(NotADecimal), "{bad}");
        }
        assert_eq!(Decimal::parse("-0.05"), Ok(Decimal::new(-5, 2)));
        assert_eq!(Decimal::parse("1.50"), Decimal::parse("1.5"));
    }
}
