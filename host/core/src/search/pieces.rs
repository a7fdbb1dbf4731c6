//! A text in pieces of one script: runs of Han (and kana, hangul), words of letters, runs of digits.

use unicode_normalization::UnicodeNormalization;

use crate::meta::FieldKind;
use crate::text::normal_key;

/// Letters of a word that count; what is longer is cut on both sides.
pub(super) const LONGEST_WORD: usize = 40;

/// A stretch of one script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Piece {
    /// Characters that are words of their own.
    Han(Vec<char>),
    /// Letters of an alphabet.
    Letters(String),
    /// Decimal digits.
    Digits(String),
}

/// What stands between two pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Gap {
    /// Nothing: only the script changes.
    None,
    /// One blank, or what counts as one.
    Blank,
    /// One hyphen.
    Hyphen,
    /// Anything else.
    Other,
}

/// Compatible forms, full case folding, accents off.
pub(super) fn folded(text: &str) -> String {
    let normal = normal_key(&FieldKind::LongText, text);
    if normal.is_ascii() {
        return normal;
    }
    normal.nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).nfc().collect()
}

pub(super) fn is_han(character: char) -> bool {
    matches!(character,
        '\u{3005}' | '\u{3007}' | '\u{3040}'..='\u{30fa}' | '\u{30fc}'..='\u{312f}' | '\u{31f0}'..='\u{31ff}' | '\u{3400}'..='\u{4dbf}'
        | '\u{4e00}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The pieces of a folded text, each with what stands before it.
pub(super) fn pieces(folded: &str) -> Vec<(Gap, Piece)> {
    let mut found: Vec<(Gap, Piece)> = Vec::new();
    let mut gap = Gap::Other;
    for character in folded.chars() {
        let next = if is_han(character) {
            Piece::Han(vec![character])
        } else if character.is_ascii_digit() {
            Piece::Digits(character.to_string())
        } else if character.is_alphanumeric() {
            Piece::Letters(character.to_string())
        } else {
            gap = match (gap, character) {
                (Gap::None, ' ' | '·' | '・' | '•') => Gap::Blank,
                (Gap::None, '-') => Gap::Hyphen,
                _ => Gap::Other,
            };
            continue;
        };
        match (gap, found.last_mut(), &next) {
            (Gap::None, Some((_, Piece::Han(run))), Piece::Han(_)) => run.push(character),
            (Gap::None, Some((_, Piece::Digits(run))), Piece::Digits(_)) => run.push(character),
            (Gap::None, Some((_, Piece::Letters(run))), Piece::Letters(_)) => run.push(character),
            _ => found.push((if found.is_empty() { Gap::Other } else { gap }, next)),
        }
        gap = Gap::None;
    }
    found
}

/// Neighbouring runs of Han joined over blanks (张 三 is 张三 written wide), and runs of digits over blanks and hyphens (138-1234-5678).
pub(super) fn joined(pieces: &[(Gap, Piece)]) -> (Vec<Vec<char>>, Vec<String>) {
    let (mut han, mut digits): (Vec<Vec<char>>, Vec<String>) = (Vec::new(), Vec::new());
    let mut before: Option<&Piece> = None;
    for (gap, piece) in pieces {
        match (piece, before) {
            (Piece::Han(run), Some(Piece::Han(_))) if *gap == Gap::Blank => {
                if let Some(last) = han.last_mut() {
                    last.extend(run);
                }
            }
            (Piece::Han(run), _) => han.push(run.clone()),
            (Piece::Digits(run), Some(Piece::Digits(_))) if matches!(gap, Gap::Blank | Gap::Hyphen) => {
                if let Some(last) = digits.last_mut() {
                    last.push_str(run);
                }
            }
            (Piece::Digits(run), _) => digits.push(run.clone()),
            (Piece::Letters(_), _) => {}
        }
        before = Some(piece);
    }
    (han, digits)
}

/// The first characters of a text.
pub(super) fn start(text: &str, characters: usize) -> &str {
    text.char_indices().nth(characters).map_or(text, |(end, _)| &text[..end])
}
