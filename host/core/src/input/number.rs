//! Numbers to the exact form that a field stores: never rounded, never guessed.

use super::wrong_type;
use crate::decimal::{Decimal, DecimalError, pow10};
use crate::meta::{Field, FieldKind};
use crate::problem::Problem;
use crate::value::Value;

/// Reads `-12.50` for a number field. Refusals: `field.type` (no number, or a fraction for an integer), `field.range` (too large, too precise).
pub(super) fn parse_number(field: &Field, text: &str) -> Result<Value, Problem> {
    if field.kind == FieldKind::Integer {
        return parse_integer(field, text);
    }
    let scale = field.kind.scale().ok_or_else(|| wrong_type(field, text))?;
    match Decimal::parse(text, scale) {
        Ok(number) => Ok(Value::Decimal(number)),
        Err(DecimalError::Malformed) => Err(wrong_type(field, text)),
        Err(DecimalError::TooLarge) => Err(too_large(field, scale)),
        Err(DecimalError::TooPrecise) => Err(too_precise(field, scale, rounded(text, scale))),
    }
}

fn parse_integer(field: &Field, text: &str) -> Result<Value, Problem> {
    // A spreadsheet may write 50 as `50.0`; that is still a whole number.
    let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let digits = whole.strip_prefix(['-', '+']).unwrap_or(whole);
    let plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    if !plain(digits) || !plain(fraction) || fraction.bytes().any(|b| b != b'0') {
        return Err(wrong_type(field, text));
    }
    whole.parse().map(Value::Int).map_err(|_| too_large(field, 0))
}

/// A number of any type in the field's own form.
pub(super) fn normalise_number(field: &Field, value: Value) -> Result<Value, Problem> {
    match (&field.kind, value) {
        (FieldKind::Integer, Value::Int(number)) => Ok(Value::Int(number)),
        (FieldKind::Integer, Value::Decimal(number)) => {
            let divisor = pow10(number.scale.min(38));
            let units = i128::from(number.units);
            match i64::try_from(units / divisor) {
                Ok(whole) if units % divisor == 0 => Ok(Value::Int(whole)),
                _ => Err(wrong_type(field, &number.to_string())),
            }
        }
        (_, Value::Int(number)) => at_scale(field, Decimal::new(number, 0)),
        (_, Value::Decimal(number)) => at_scale(field, number),
        // Decimals travel as texts (JSON, plugins); integers are numbers there.
        (kind, Value::Text(text)) if kind.is_decimal() => parse_number(field, text.trim()),
        (_, other) => Err(wrong_type(field, &super::shown(&other))),
    }
}

fn at_scale(field: &Field, number: Decimal) -> Result<Value, Problem> {
    let scale = field.kind.scale().unwrap_or(0);
    let rescaled = number.rescale(scale).map_err(|_| too_large(field, scale))?;
    if rescaled == number { Ok(Value::Decimal(rescaled)) } else { Err(too_precise(field, scale, Some(rescaled.to_string()))) }
}

/// What the number would be at the field's scale.
fn rounded(text: &str, scale: u8) -> Option<String> {
    let kept: String = text.split_once('.').map_or_else(
        || text.to_owned(),
        |(whole, fraction)| {
            // One digit more than the scale decides: half away from zero.
            format!("{whole}.{}", fraction.chars().take(usize::from(scale) + 1).collect::<String>())
        },
    );
    Decimal::parse(&kept, scale + 1).ok()?.rescale(scale).ok().map(|number| number.to_string())
}

fn too_precise(field: &Field, scale: u8, suggestion: Option<String>) -> Problem {
    let detail = format!("`{}` holds at most {scale} digits after the point", field.key);
    let problem = Problem::error("field.range", detail).on(&field.key).with("scale", i64::from(scale));
    match suggestion {
        Some(suggestion) => problem.with("suggestion", suggestion),
        None => problem,
    }
}

fn too_large(field: &Field, scale: u8) -> Problem {
    let (min, max) = if field.kind == FieldKind::Integer {
        (i64::MIN.to_string(), i64::MAX.to_string())
    } else {
        let max = Decimal::new(999_999_999_999_999_999, scale).to_string();
        (format!("-{max}"), max)
    };
    let detail = format!("`{}` must be between {min} and {max}", field.key);
    Problem::error("field.range", detail).on(&field.key).with("min", min).with("max", max)
}
