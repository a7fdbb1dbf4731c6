//! JSON as programs must send it: UTF-8, no key twice, bounded in depth and number of values.
//!
//! A second value under one key is a mistake of the sender that a lenient reader turns into lost data.

use std::cell::Cell;
use std::fmt;

use guanxi_core::Problem;

use super::exact_numbers::{self, Numbers};
use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value as Json};

/// Against bodies of tiny values that take a hundred times their size in memory. 1,000 records of 500 fields fit.
const MOST_VALUES: u32 = 600_000;

/// Parses a body. The problem is `request.malformed` with `line` and `column`, or `field.range` for each number that would come out as
/// another one than was sent. Depth is bounded by the parser (128).
pub(super) fn parse(bytes: &[u8]) -> Result<Json, Vec<Problem>> {
    let (json, altered) = parse_noting(bytes).map_err(|problem| vec![problem])?;
    if altered.is_empty() { Ok(json) } else { Err(exact_numbers::problems(&json, &altered)) }
}

/// The body with the numbers that are not what was sent: each by how many numbers stand before it.
fn parse_noting(bytes: &[u8]) -> Result<(Json, Vec<usize>), Problem> {
    let text = std::str::from_utf8(bytes).map_err(|error| {
        let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
        let line = before.iter().filter(|b| **b == b'\n').count() + 1;
        let column = before.iter().rev().take_while(|b| **b != b'\n').count() + 1;
        malformed(&format!("the body is not UTF-8 at line {line} column {column}"), line, column)
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    if text.trim().is_empty() {
        return Err(malformed("the body is empty, JSON was expected", 1, 1));
    }
    let left = Cell::new(MOST_VALUES);
    let numbers = Numbers::of(text);
    let mut deserializer = serde_json::Deserializer::from_str(text);
    let json = Strict { left: &left, numbers: &numbers }.deserialize(&mut deserializer);
    let json = json.and_then(|json| deserializer.end().map(|()| json));
    let json = json.map_err(|error| malformed(&error.to_string(), error.line(), error.column()))?;
    Ok((json, numbers.into_altered()))
}

fn malformed(detail: &str, line: usize, column: usize) -> Problem {
    let number = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
    Problem::error("request.malformed", detail).with("line", number(line)).with("column", number(column))
}

#[derive(Clone, Copy)]
struct Strict<'a> {
    left: &'a Cell<u32>,
    numbers: &'a Numbers<'a>,
}

impl<'de> DeserializeSeed<'de> for Strict<'_> {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Json, D::Error> {
        let left = self.left.get().checked_sub(1).ok_or_else(|| D::Error::custom(format!("more than {MOST_VALUES} values")))?;
        self.left.set(left);
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Strict<'_> {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Json, E> {
        Ok(Json::Bool(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Json, E> {
        self.numbers.pass();
        Ok(Json::from(number))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Json, E> {
        self.numbers.pass();
        Ok(Json::from(number))
    }

    fn visit_f64<E: Error>(self, number: f64) -> Result<Json, E> {
        self.numbers.compare(number);
        Number::from_f64(number).map(Json::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json, E> {
        Ok(Json::from(text))
    }

    fn visit_string<E>(self, text: String) -> Result<Json, E> {
        Ok(Json::String(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Json, A::Error> {
        let mut array = Vec::new();
        while let Some(item) = items.next_element_seed(self)? {
            array.push(item);
        }
        Ok(Json::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Json, A::Error> {
        let mut object = Map::new();
        while let Some(key) = entries.next_key::<String>()? {
            if object.contains_key(&key) {
                return Err(A::Error::custom(format!("the key {key:?} is there twice")));
            }
            let json = entries.next_value_seed(self)?;
            object.insert(key, json);
        }
        Ok(Json::Object(object))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::Value;
    use serde_json::json;

    #[test]
    fn good_json_is_taken_as_it_is() {
        let text = r#" {"a":[1,-2,0.5,18446744073709551615,true,null,"江\u0041"],"b":{}} "#;
        assert_eq!(parse(text.as_bytes()), Ok(json!({ "a": [1, -2, 0.5, u64::MAX, true, null, "江A"], "b": {} })));
        assert_eq!(parse("\u{feff}[]".as_bytes()), Ok(json!([])));
    }

    #[test]
    fn bad_json_says_where() {
        let deep = "[".repeat(100_000);
        let many = format!("[{}1]", "1,".repeat(MOST_VALUES as usize));
        for (bytes, line, column, says) in [
            (&b""[..], 1, 1, "empty"),
            (b"  \n", 1, 1, "empty"),
            (b"{\"a\":\n 1,}", 2, 4, "trailing comma"),
            (b"{\"a\":1} x", 1, 9, "trailing characters"),
            (b"{\"a\":1,\"b\":2,\"a\":3}", 1, 16, "twice"),
            (b"{\n\"a\":\"\xff\"}", 2, 6, "UTF-8"),
            (b"\"\\ud800\"", 1, 8, "hex escape"),
            (b"\"a\x01\"", 1, 3, "control character"),
            (b"1e999", 1, 5, "out of range"),
            (b"NaN", 1, 1, "expected"),
            (b"{\"a\":1", 1, 6, "EOF"),
            (deep.as_bytes(), 1, 128, "recursion"),
            (many.as_bytes(), 1, 1_199_999, "600000 values"),
        ] {
            let shown = String::from_utf8_lossy(&bytes[..bytes.len().min(30)]);
            let problem = parse(bytes).expect_err(&shown).remove(0);
            assert_eq!(problem.code, "request.malformed");
            assert!(problem.detail.contains(says), "{shown}: {}", problem.detail);
            assert_eq!(
                problem.params,
                [("line".to_owned(), Value::Int(line)), ("column".to_owned(), Value::Int(column))],
                "{shown}: {}",
                problem.detail
            );
        }
    }
}
