//! Values of the types that hold several things at once, or things of any shape: lists of codes and ids, trees, any references, JSON.

use std::collections::HashSet;

use uuid::Uuid;

use super::{unknown_option, wrong_type};
use crate::meta::{Field, SelectOption};
use crate::problem::Problem;
use crate::value::Value;

/// Longest JSON text, in bytes.
pub const JSON_MAX: usize = 64 * 1024;
/// Most entries of a list of codes or ids.
pub const LIST_MAX: usize = 1_000;

/// Codes of a multi-select in the order of its list, each once.
pub(super) fn multi_select(field: &Field, options: &[SelectOption], codes: &[String]) -> Result<Value, Problem> {
    let mut chosen = HashSet::new();
    for code in codes.iter().map(|code| code.trim()).filter(|code| !code.is_empty()) {
        if !options.iter().any(|o| o.code == code) {
            return Err(unknown_option(field, options, code));
        }
        chosen.insert(code);
    }
    let ordered: Vec<String> = options.iter().filter(|o| chosen.contains(o.code.as_str())).map(|o| o.code.clone()).collect();
    Ok(if ordered.is_empty() { Value::Null } else { Value::Texts(ordered) })
}

/// A place in a tree. The whole path, or its last code alone, because a code is unique in its tree.
pub(super) fn tree_select(field: &Field, options: &[SelectOption], codes: &[String]) -> Result<Value, Problem> {
    let codes: Vec<&str> = codes.iter().map(|code| code.trim()).filter(|code| !code.is_empty()).collect();
    let Some(last) = codes.last() else { return Ok(Value::Null) };
    let path = tree_path(options, last).ok_or_else(|| unknown_option(field, options, last))?;
    // A path that is given must be the path that is.
    if codes.len() > 1 && codes != path {
        let wrong = codes.iter().zip(&path).find(|(given, real)| given != real).map_or(codes[0], |(given, _)| *given);
        return Err(unknown_option(field, options, wrong));
    }
    Ok(Value::Texts(path.into_iter().map(str::to_owned).collect()))
}

/// The codes from the top of a tree down to a code; `None` for an unknown code (or a circle, which no checked list has).
pub fn tree_path<'a>(options: &'a [SelectOption], code: &str) -> Option<Vec<&'a str>> {
    let mut path = Vec::new();
    let mut next = Some(code);
    while let Some(code) = next {
        if path.len() > options.len() {
            return None;
        }
        let option = options.iter().find(|o| o.code == code)?;
        path.push(option.code.as_str());
        next = option.parent.as_deref();
    }
    path.reverse();
    Some(path)
}

/// Ids in their order, each once.
pub(super) fn references(field: &Field, ids: Vec<Uuid>) -> Result<Value, Problem> {
    if ids.len() > LIST_MAX {
        let detail = format!("`{}` holds at most {LIST_MAX} entries", field.key);
        return Err(Problem::error("field.range", detail).on(&field.key).with("max", i64::try_from(LIST_MAX).unwrap_or(i64::MAX)));
    }
    let mut seen = HashSet::new();
    let ids: Vec<Uuid> = ids.into_iter().filter(|id| seen.insert(*id)).collect();
    Ok(if ids.is_empty() { Value::Null } else { Value::Refs(ids) })
}

/// `customer/0192…`: how a reference to any object is written in forms and files.
pub(super) fn any_reference(field: &Field, text: &str) -> Result<Value, Problem> {
    let parts = text.trim().split_once('/').filter(|(object, _)| !object.is_empty());
    let (object, id) = parts.ok_or_else(|| wrong_type(field, text))?;
    let id = Uuid::parse_str(id).map_err(|_| wrong_type(field, text))?;
    Ok(Value::AnyRef { object: object.to_owned(), id })
}

/// A JSON text without white space, keys in their order; `field.range` beyond [`JSON_MAX`].
pub(super) fn json(field: &Field, text: &str) -> Result<Value, Problem> {
    let too_long = || {
        Problem::error("field.range", format!("`{}` holds at most {JSON_MAX} bytes of JSON", field.key))
            .on(&field.key)
            .with("max", i64::try_from(JSON_MAX).unwrap_or(i64::MAX))
    };
    if text.len() > 4 * JSON_MAX {
        return Err(too_long());
    }
    let read: serde_json::Value = serde_json::from_str(text).map_err(|_| wrong_type(field, text))?;
    if read.is_null() {
        return Ok(Value::Null);
    }
    let text = read.to_string();
    // PostgreSQL holds no NUL, which JSON may carry as an escape; as text it is an escape in both databases.
    if text.len() > JSON_MAX { Err(too_long()) } else { Ok(Value::Json(text)) }
}

/// The parts of a text with several values: separated by commas, semicolons or line ends.
pub(super) fn parts(text: &str) -> Vec<String> {
    text.split([',', ';', '，', '；', '\n']).map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()).collect()
}

/// `90`, `1:30:00`, `1:30` (hours and minutes), `2h 30m`, `45 min`, `10 s`, `1d`: seconds.
pub(super) fn duration(text: &str) -> Option<i64> {
    let text = text.trim().to_lowercase();
    if let Ok(seconds) = text.parse::<i64>() {
        return (seconds >= 0).then_some(seconds);
    }
    if text.contains(':') {
        let parts: Option<Vec<i64>> = text.split(':').map(|part| part.parse().ok().filter(|n: &i64| *n >= 0)).collect();
        return match parts?.as_slice() {
            [hours, minutes @ 0..60] => hours.checked_mul(3_600)?.checked_add(minutes * 60),
            [hours, minutes @ 0..60, seconds @ 0..60] => hours.checked_mul(3_600)?.checked_add(minutes * 60 + seconds),
            _ => None,
        };
    }
    let (mut total, mut number) = (0i64, None::<i64>);
    let mut letters = text.chars().filter(|c| !c.is_whitespace()).peekable();
    while let Some(letter) = letters.next() {
        if let Some(digit) = letter.to_digit(10) {
            number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(i64::from(digit))?);
            continue;
        }
        let mut unit = String::from(letter);
        while let Some(next) = letters.next_if(|c| !c.is_ascii_digit()) {
            unit.push(next);
        }
        let seconds = match unit.as_str() {
            "d" | "day" | "days" | "天" => 86_400,
            "h" | "hour" | "hours" | "小时" | "时" => 3_600,
            "m" | "min" | "mins" | "minute" | "minutes" | "分" | "分钟" => 60,
            "s" | "sec" | "second" | "seconds" | "秒" => 1,
            _ => return None,
        };
        total = total.checked_add(number.take()?.checked_mul(seconds)?)?;
    }
    number.is_none().then_some(total)
}
