//! What people and programs send, turned into values or into problems.

use chrono_tz::Tz;

use crate::meta::Field;
use crate::problem::Problem;
use crate::value::Value;

/// Reads a text as a form or a CSV file has it. Blank is null. Problems: `field.type`, `field.range`, `field.option`.
pub fn from_text(_field: &Field, text: &str, _zone: Tz) -> Result<Value, Problem> {
    Ok(Value::from(text))
}

/// Brings a value into its stored form (trimmed, rescaled, micro-seconds) and checks it against its field.
/// Does not check `required`, uniqueness or whether a reference exists.
pub fn normalise(_field: &Field, value: Value) -> Result<Value, Problem> {
    Ok(value)
}
