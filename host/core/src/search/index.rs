//! What a value is found by.

use std::collections::BTreeSet;

use super::pieces::{LONGEST_WORD, Piece, folded, joined, pieces, start};
use super::readings::{initials, readings};
use super::{searched, tag};
use crate::meta::{FieldKind, Object};
use crate::text::normal_key;
use crate::value::Value;

/// Characters of one value that are indexed; what stands behind them is not found.
pub const MAX_INDEXED: usize = 10_000;
/// Han characters of one value whose pinyin is indexed.
const MAX_READ: usize = 64;
/// Bytes of all tokens of one record: PostgreSQL keeps them in one value of at most a mebibyte.
const MAX_BYTES: usize = 400_000;
/// Characters of a word's beginning that have tokens of their own.
pub(super) const LONGEST_EDGE: usize = 8;
/// Letters of a syllable's beginning that have.
pub(super) const LONGEST_START: usize = 3;
/// Characters of a title's beginning that have a token of their own.
pub(super) const ANCHORED: usize = 4;

// The kinds of token, each one letter between the field's tag and the content.
/// One Han character or two neighbours; three or four neighbouring digits.
pub(super) const GRAM: char = 'g';
/// A whole word or run of digits.
pub(super) const WORD: char = 'w';
/// The beginning of a word, up to [`LONGEST_EDGE`]: an index reads one long list of a token fast, and all tokens that begin so slowly.
pub(super) const EDGE: char = 'e';
/// One syllable.
pub(super) const SYLLABLE: char = 's';
/// The beginning of a syllable, up to [`LONGEST_START`].
pub(super) const START: char = 'y';
/// Two neighbouring syllables.
pub(super) const PAIR: char = 'p';
/// Two or three neighbouring initials.
pub(super) const INITIALS: char = 'i';
/// A whole title, or its pinyin, as a number.
pub(super) const EXACT: char = 'q';
/// The beginning of a title.
pub(super) const BEGIN: char = 'b';

/// How texts are taken apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Family {
    /// Short texts: words, Han, digits and pinyin.
    Name,
    /// Long texts and addresses: the same without pinyin.
    Prose,
    /// Phones: digits only.
    Number,
}

impl Family {
    /// Names the family in a signature.
    pub(super) fn letter(self) -> char {
        match self {
            Self::Name => 'n',
            Self::Prose => 'p',
            Self::Number => 'd',
        }
    }
}

/// The tokens of a text, without a field's tag.
pub fn value_tokens(family: Family, text: &str) -> BTreeSet<String> {
    let mut tokens = BTreeSet::new();
    let text = start(text, MAX_INDEXED);
    if family == Family::Number {
        digit_grams(&normal_key(&FieldKind::Phone, text), &mut tokens);
        return tokens;
    }
    let pieces = pieces(&folded(text));
    for (_, piece) in &pieces {
        if let Piece::Letters(word) | Piece::Digits(word) = piece {
            let word = start(word, LONGEST_WORD);
            tokens.insert(format!("{WORD}{word}"));
            tokens.extend((1..=LONGEST_EDGE).map(|length| format!("{EDGE}{}", start(word, length))));
        }
    }
    let (han, digits) = joined(&pieces);
    digits.iter().for_each(|run| digit_grams(run, &mut tokens));
    let mut read = 0;
    for run in &han {
        for (at, character) in run.iter().enumerate() {
            tokens.insert(format!("{GRAM}{character}"));
            if let Some(next) = run.get(at + 1) {
                tokens.insert(format!("{GRAM}{character}{next}"));
            }
        }
        if family == Family::Name {
            let run = &run[..Ord::min(run.len(), MAX_READ - read)];
            read += run.len();
            sounds(run, &mut tokens);
        }
    }
    tokens
}

/// All runs of three and four digits.
fn digit_grams(run: &str, tokens: &mut BTreeSet<String>) {
    for size in [3, 4] {
        for at in 0..=run.len().saturating_sub(size) {
            if let Some(gram) = run.get(at..at + size) {
                tokens.insert(format!("{GRAM}{gram}"));
            }
        }
    }
}

/// Syllables, pairs of them and initials of neighbouring characters, for every reading of each.
fn sounds(run: &[char], tokens: &mut BTreeSet<String>) {
    let read: Vec<Vec<String>> = run.iter().map(|character| readings(*character)).collect();
    let first: Vec<Vec<char>> = read.iter().map(|readings| initials(readings)).collect();
    for (at, here) in read.iter().enumerate() {
        for syllable in here {
            tokens.insert(format!("{SYLLABLE}{syllable}"));
            tokens.extend((1..=LONGEST_START).map(|length| format!("{START}{}", start(syllable, length))));
            for next in read.get(at + 1).into_iter().flatten() {
                tokens.insert(format!("{PAIR}{syllable}{next}"));
            }
        }
        for one in &first[at] {
            for two in first.get(at + 1).into_iter().flatten() {
                tokens.insert(format!("{INITIALS}{one}{two}"));
                for three in first.get(at + 2).into_iter().flatten() {
                    tokens.insert(format!("{INITIALS}{one}{two}{three}"));
                }
            }
        }
    }
}

/// Letters, digits and Han of a text without anything between them.
pub(super) fn compact(text: &str) -> String {
    folded(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What a whole title may be asked as: its text, its first reading, its initials.
pub(super) fn names(title: &str) -> Vec<String> {
    let compact = compact(title);
    let (mut sound, mut short, mut read) = (String::new(), String::new(), false);
    for character in compact.chars() {
        match readings(character).into_iter().next() {
            Some(syllable) => {
                short.push_str(start(&syllable, 1));
                sound.push_str(&syllable);
                read = true;
            }
            None => {
                sound.push(character);
                short.push(character);
            }
        }
    }
    if read { vec![compact, sound, short] } else { vec![compact] }
}

/// The same number for the same text on every host and in every build (FNV-1a).
pub(super) fn number(text: &str) -> String {
    let hash = text.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    format!("{hash:016x}")
}

fn title_tokens(title: &str) -> BTreeSet<String> {
    let names = names(title);
    let mut tokens: BTreeSet<String> =
        names.iter().filter(|name| !name.is_empty()).map(|name| format!("{EXACT}{}", number(name))).collect();
    for name in &names {
        for length in 1..=Ord::min(ANCHORED, name.chars().count()) {
            tokens.insert(format!("{BEGIN}{}", start(name, length)));
        }
    }
    tokens
}

/// All tokens of a record's searched fields, each with its field's tag, between blanks; the title's come first where they are too many.
pub fn record_tokens<'v>(object: &Object, value: impl Fn(&str) -> Option<&'v Value>) -> String {
    let mut all = String::new();
    let mut fields: Vec<_> = object.stored_fields().filter_map(|field| Some((field, searched(field)?))).collect();
    fields.sort_by_key(|(field, _)| field.key != object.title);
    for (field, family) in fields {
        let Some(text) = value(&field.key).and_then(Value::as_text) else { continue };
        let tag = tag(object, field);
        let mut tokens = value_tokens(family, text);
        if field.key == object.title {
            tokens.append(&mut title_tokens(text));
        }
        for token in tokens {
            if all.len() + tag.len() + token.len() + 1 > MAX_BYTES {
                return all;
            }
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(&tag);
            all.push_str(&token);
        }
    }
    all
}
