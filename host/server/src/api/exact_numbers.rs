//! Numbers of a JSON body as they were written, beside what a parser makes of them.
//!
//! A number that is no 64-bit integer comes out of the parser as a floating point number of about sixteen digits. Longer ones would be
//! stored as something else than was sent, so they are refused; their senders can use strings.

use std::cell::{Cell, RefCell};

use guanxi_core::Problem;
use serde_json::Value as Json;

/// An answer lists no more problems.
const MOST_TOLD: usize = 1_000;

/// The numbers of a text in their order, while a parser visits them.
pub(super) struct Numbers<'a> {
    text: &'a str,
    /// Where the parser's next number is looked for.
    at: Cell<usize>,
    seen: Cell<usize>,
    altered: RefCell<Vec<usize>>,
}

impl<'a> Numbers<'a> {
    /// Those of a JSON text.
    pub(super) fn of(text: &'a str) -> Self {
        Self { text, at: Cell::new(0), seen: Cell::new(0), altered: RefCell::default() }
    }

    /// The parser visited a number that it holds exactly.
    pub(super) fn pass(&self) {
        self.next();
    }

    /// The parser visited a number and made this of it.
    pub(super) fn compare(&self, number: f64) {
        let written = self.next();
        if digits(written) != digits(&format!("{number:e}")) {
            self.altered.borrow_mut().push(self.seen.get() - 1);
        }
    }

    /// The numbers that came out as others.
    pub(super) fn into_altered(self) -> Vec<usize> {
        self.altered.into_inner()
    }

    fn next(&self) -> &'a str {
        let bytes = self.text.as_bytes();
        let mut at = self.at.get();
        while let Some(byte) = bytes.get(at).filter(|byte| !(byte.is_ascii_digit() || **byte == b'-')) {
            at += 1;
            if *byte == b'"' {
                at = after_text(bytes, at);
            }
        }
        let of_number = |byte: &&u8| byte.is_ascii_digit() || matches!(byte, b'-' | b'+' | b'.' | b'e' | b'E');
        let end = at + bytes.iter().skip(at).take_while(of_number).count();
        self.at.set(end);
        self.seen.set(self.seen.get() + 1);
        self.text.get(at..end).unwrap_or_default()
    }
}

/// Behind the quote that closes a text.
fn after_text(bytes: &[u8], mut at: usize) -> usize {
    while let Some(byte) = bytes.get(at) {
        at += match byte {
            b'"' => return at + 1,
            b'\\' => 2,
            _ => 1,
        };
    }
    at
}

/// Sign, digits without zeros at the ends, and the place of the point: equal for equal numbers.
fn digits(number: &str) -> (bool, String, i64) {
    let (mantissa, exponent) = number.split_once(['e', 'E']).unwrap_or((number, "0"));
    let unsigned = mantissa.trim_start_matches('-');
    let (whole, fraction) = unsigned.split_once('.').unwrap_or((unsigned, ""));
    let all = format!("{whole}{fraction}");
    let leading = all.len() - all.trim_start_matches('0').len();
    let kept = all.trim_matches('0').to_owned();
    if kept.is_empty() {
        return (false, kept, 0);
    }
    let place = |count: usize| i64::try_from(count).unwrap_or(i64::MAX);
    let point = exponent.parse::<i64>().unwrap_or(i64::MAX).saturating_add(place(whole.len())).saturating_sub(place(leading));
    (mantissa.starts_with('-'), kept, point)
}

/// Each altered number with its place in the body: `x_lines.2.x_qty`; the place in an array of records is told apart, as in a save.
pub(super) fn problems(body: &Json, altered: &[usize]) -> Vec<Problem> {
    let mut found = Vec::new();
    let mut seen = 0;
    let mut walk = Walk { altered, seen: &mut seen, found: &mut found };
    match body {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                walk.visit(item, "", Some(index));
            }
        }
        other => walk.visit(other, "", None),
    }
    found
}

struct Walk<'a> {
    altered: &'a [usize],
    seen: &'a mut usize,
    found: &'a mut Vec<Problem>,
}

impl Walk<'_> {
    fn visit(&mut self, json: &Json, path: &str, index: Option<usize>) {
        let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
        match json {
            Json::Number(_) => {
                if self.found.len() < MOST_TOLD && self.altered.binary_search(self.seen).is_ok() {
                    let detail = "the number has more digits than a JSON number holds here; send it as a string";
                    let problem = Problem::error("field.range", detail).with("reason", "digits");
                    let problem = if path.is_empty() { problem } else { problem.on(path) };
                    let place = index.and_then(|index| i64::try_from(index).ok());
                    self.found.push(match place {
                        Some(index) => problem.with("index", index),
                        None => problem,
                    });
                }
                *self.seen += 1;
            }
            Json::Array(items) => items.iter().enumerate().for_each(|(at, item)| self.visit(item, &below(&at.to_string()), index)),
            Json::Object(map) => map.iter().for_each(|(key, item)| self.visit(item, &below(key), index)),
            Json::Null | Json::Bool(_) | Json::String(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::api::strict_json::parse;

    #[test]
    fn what_a_parser_holds_exactly_is_taken() {
        for text in
            ["0.1", "-0.0", "1e3", "1.50", "123456789012345.6", "9223372036854775807", "-9223372036854775808", "1E-7", "0", "5e-324"]
        {
            assert!(parse(text.as_bytes()).is_ok(), "{text}");
        }
    }

    #[test]
    fn what_would_be_rounded_is_refused_at_its_place() {
        for text in ["18446744073709551617", "12345678901234567.89", "0.12345678901234567891", "-99999999999999999999", "1e-400"] {
            assert_eq!(parse(text.as_bytes()).map_err(|found| found[0].code.clone()), Err("field.range".to_owned()), "{text}");
        }
        let body = r#"[{"a\"1":1,"b":"12345678901234567.89"},{"n":-1.5,"lines":[{"q":2},{"q":36893488147419103233}]}]"#;
        let found = parse(body.as_bytes()).expect_err("one number");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].field.as_deref(), Some("lines.1.q"));
        assert_eq!(found[0].params.last(), Some(&("index".to_owned(), guanxi_core::Value::Int(1))));
    }
}
