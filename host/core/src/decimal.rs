//! Exact decimal numbers: a scaled 64-bit integer, as both databases store it (BIGINT).
//!
//! All rounding of Guanxi happens here: half away from zero, on 128-bit intermediates.

use std::cmp::Ordering;
use std::fmt;

/// The largest number of digits after the point that a field may declare.
pub const MAX_SCALE: u8 = 8;
/// Values stay within 18 digits, so that they fit 64 bits on both databases.
const MAX_UNITS: i64 = 999_999_999_999_999_999;

/// `units / 10^scale`, e.g. `{ units: 149975, scale: 2 }` is 1499.75.
#[derive(Clone, Copy, Debug, Eq)]
pub struct Decimal {
    /// The number in its smallest unit (fen for money in CNY).
    pub units: i64,
    /// Digits after the point.
    pub scale: u8,
}

/// Why a text or a result is not a decimal of the wanted scale.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DecimalError {
    /// Not a plain decimal number such as `-12.50`.
    Malformed,
    /// More digits after the point than the scale holds, and they are not zeros.
    TooPrecise,
    /// More than 18 digits.
    TooLarge,
}

impl Decimal {
    /// A decimal from its smallest units.
    pub const fn new(units: i64, scale: u8) -> Self {
        Self { units, scale }
    }

    /// Reads `-12.5`, `+3`, `.5`; no exponent, no thousands separators.
    pub fn parse(text: &str, scale: u8) -> Result<Self, DecimalError> {
        let (negative, digits) = match text.as_bytes() {
            [b'-', ..] => (true, &text[1..]),
            [b'+', ..] => (false, &text[1..]),
            _ => (false, text),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
        let plain = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        if (whole.is_empty() && fraction.is_empty()) || !plain(whole) || !plain(fraction) {
            return Err(DecimalError::Malformed);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > usize::from(scale) {
            return Err(DecimalError::TooPrecise);
        }
        let whole = whole.trim_start_matches('0');
        if whole.len() + usize::from(scale) > 18 {
            return Err(DecimalError::TooLarge);
        }
        let padded = format!("{whole}{fraction:0<width$}", width = usize::from(scale));
        let units: i64 = if padded.is_empty() { 0 } else { padded.parse().map_err(|_| DecimalError::TooLarge)? };
        Ok(Self { units: if negative { -units } else { units }, scale })
    }

    /// How many digits after the point a text has, without trailing zeros; for literals whose scale is not known yet.
    pub fn scale_of(text: &str) -> usize {
        text.split_once('.').map_or(0, |(_, f)| f.trim_end_matches('0').len())
    }

    /// From 128-bit units of `scale`, refused when it leaves 18 digits.
    pub fn from_units(units: i128, scale: u8) -> Result<Self, DecimalError> {
        let units = i64::try_from(units).map_err(|_| DecimalError::TooLarge)?;
        if !(-MAX_UNITS..=MAX_UNITS).contains(&units) {
            return Err(DecimalError::TooLarge);
        }
        Ok(Self { units, scale })
    }

    /// The same number at another scale, half away from zero where digits are lost.
    pub fn rescale(self, scale: u8) -> Result<Self, DecimalError> {
        let units = i128::from(self.units);
        let units = if scale >= self.scale { units * pow10(scale - self.scale) } else { divide_rounded(units, pow10(self.scale - scale)) };
        Self::from_units(units, scale)
    }
}

/// `10^n` in 128 bits, n ≤ 38.
pub const fn pow10(n: u8) -> i128 {
    10i128.pow(n as u32)
}

/// `numerator / denominator`, half away from zero. The denominator is not 0.
pub fn divide_rounded(numerator: i128, denominator: i128) -> i128 {
    let (n, d) = if denominator < 0 { (-numerator, -denominator) } else { (numerator, denominator) };
    let (quotient, rest) = (n / d, n % d);
    if rest.abs() * 2 >= d { quotient + rest.signum() } else { quotient }
}

/// Writes 128-bit units with `scale` digits after the point, for sums that are wider than a field.
pub fn format_units(units: i128, scale: u8) -> String {
    let sign = if units < 0 { "-" } else { "" };
    let digits = units.unsigned_abs().to_string();
    let scale = usize::from(scale);
    if scale == 0 {
        return format!("{sign}{digits}");
    }
    let padded = format!("{digits:0>width$}", width = scale + 1);
    let (whole, fraction) = padded.split_at(padded.len() - scale);
    format!("{sign}{whole}.{fraction}")
}

impl fmt::Display for Decimal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&format_units(i128::from(self.units), self.scale))
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
        let widen = |d: &Self| i128::from(d.units) * pow10(scale - d.scale);
        widen(self).cmp(&widen(other))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_units() {
        for (text, scale, wanted) in [
            ("1499.75", 2, Ok(149_975)),
            ("-0.5", 2, Ok(-50)),
            ("60", 2, Ok(6_000)),
            (".5", 1, Ok(5)),
            ("1.500", 1, Ok(15)),
            ("186000.555", 2, Err(DecimalError::TooPrecise)),
            ("12,5", 2, Err(DecimalError::Malformed)),
            ("", 2, Err(DecimalError::Malformed)),
            ("-", 2, Err(DecimalError::Malformed)),
            ("1e3", 2, Err(DecimalError::Malformed)),
            ("99999999999999999", 2, Err(DecimalError::TooLarge)),
        ] {
            assert_eq!(Decimal::parse(text, scale).map(|d| d.units), wanted, "{text}");
        }
        assert_eq!(Decimal::new(-5, 2).to_string(), "-0.05");
        assert_eq!(Decimal::new(0, 2).to_string(), "0.00");
    }

    #[test]
    fn rounding_is_half_away_from_zero() {
        for (units, wanted) in [(125, 13), (-125, -13), (124, 12), (-124, -12)] {
            assert_eq!(Decimal::new(units, 2).rescale(1).map(|d| d.units), Ok(wanted));
        }
    }
}
