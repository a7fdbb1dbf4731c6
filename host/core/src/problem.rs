//! Problems: what a refusal says. Codes are stable; words come from the translations.

use crate::value::Value;

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Blocks.
    Error,
    /// Accepted when its code is sent back.
    Confirm,
    /// Told, does not block.
    Info,
}

/// One reason why something was refused (or what should be known about it).
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Stable dotted code, e.g. `field.required`.
    pub code: String,
    /// Blocks, asks or tells.
    pub severity: Severity,
    /// The field it is about.
    pub field: Option<String>,
    /// One English sentence for programs and logs; people read the translation of the code.
    pub detail: String,
    /// 1-based character in an expression.
    pub position: Option<usize>,
    /// Parts of the translated sentence, by name.
    pub params: Vec<(String, Value)>,
}

impl Problem {
    /// An error with a code and its English sentence.
    pub fn error(code: impl Into<String>, detail: impl Into<String>) -> Self {
        Self { code: code.into(), severity: Severity::Error, field: None, detail: detail.into(), position: None, params: Vec::new() }
    }

    /// The same, about a field.
    #[must_use]
    pub fn on(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same, at a 1-based character of an expression.
    #[must_use]
    pub fn at(mut self, position: usize) -> Self {
        self.position = Some(position);
        self
    }

    /// What a user sends back to agree to a question: its code, or where many rules share one, the code with the rule: `rule.failed:KEY`.
    pub fn agreement(&self) -> String {
        let rule = self.params.iter().find(|(name, _)| name == "rule").and_then(|(_, value)| value.as_text());
        match rule {
            Some(rule) if self.code == "rule.failed" => format!("{}:{rule}", self.code),
            _ => self.code.clone(),
        }
    }

    /// The same, with a part for the translation.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.params.push((name.into(), value.into()));
        self
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Int(number)
    }
}

/// The HTTP status of a code (design §13). A plugin's own codes are 422, its unique constraints 409 (the caller knows).
pub fn status_of(code: &str) -> u16 {
    match code {
        "request.malformed" | "filter.syntax" => 400,
        "auth.required" => 401,
        "permission.denied" | "permission.viewing" | "field.forbidden" => 403,
        "not_found" => 404,
        "record.version_conflict" | "field.not_unique" | "state.illegal_transition" | "state.ambiguous" | "confirm.needed" => 409,
        "request.too_large" => 413,
        "rate.limited" => 429,
        "busy" | "tenant.busy" | "query.too_slow" => 503,
        "internal" => 500,
        _ => 422,
    }
}
