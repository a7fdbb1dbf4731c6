//! The same question answered in memory, for records that are at hand.

use std::collections::BTreeSet;

use super::{Asked, Family, Wanted, value_tokens};

impl Wanted {
    /// Whether these tokens answer it.
    pub fn holds(&self, tokens: &BTreeSet<String>) -> bool {
        match self {
            Self::Token(token) => tokens.contains(token),
            Self::Prefix(begin) => tokens.range(begin.clone()..).next().is_some_and(|token| token.starts_with(begin.as_str())),
            Self::All(parts) => parts.iter().all(|part| part.holds(tokens)),
            Self::Any(parts) => parts.iter().any(|part| part.holds(tokens)),
        }
    }
}

/// Whether a question is answered by these texts together: each word by one of them.
pub fn answers(asked: &Asked, texts: &[(Family, &str)]) -> bool {
    let tokens: Vec<(Family, BTreeSet<String>)> = texts.iter().map(|(family, text)| (*family, value_tokens(*family, text))).collect();
    let found = |word: &super::Word| tokens.iter().any(|(family, tokens)| word.wanted(*family).holds(tokens));
    asked.words().iter().all(found) || asked.number().is_some_and(found)
}
