//! The only way for an identifier into SQL.

use std::fmt;

/// A checked SQL identifier: `[a-z][a-z0-9_]{0,62}`. Made from ids and fixed words, never from what a user typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct SqlName(String);

impl SqlName {
    /// `None` unless the text is a plain lower-case identifier.
    pub fn new(text: impl Into<String>) -> Option<Self> {
        let text = text.into();
        let plain = text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        let starts = text.bytes().next().is_some_and(|b| b.is_ascii_lowercase());
        (plain && starts && text.len() <= 63).then_some(Self(text))
    }

    /// For names that this crate spells itself.
    pub(crate) fn fixed(text: &'static str) -> Self {
        Self(text.to_owned())
    }

    /// The identifier.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for SqlName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
