//! Where in a text the words of a question stand, to be shown marked.

use unicode_normalization::UnicodeNormalization;

use super::Asked;
use super::pieces::{Piece, is_han};
use super::readings::readings;

/// Stretches of a text, in characters (from, to), in order and apart from each other; empty where nothing can be pointed at.
pub fn marks(asked: &Asked, text: &str) -> Vec<(usize, usize)> {
    let characters: Vec<char> = text.chars().take(super::MAX_INDEXED).collect();
    let folded: Vec<String> = characters.iter().map(|c| fold(*c)).collect();
    let mut found = Vec::new();
    for word in asked.words.iter().chain(asked.number.as_ref()) {
        let stretch = match &word.piece {
            Piece::Han(run) => literal(&folded, &run.iter().collect::<String>(), |_| true),
            Piece::Letters(word) => {
                literal(&folded, word, |at| at == 0 || !folded[at - 1].chars().any(char::is_alphabetic) || is_han(characters[at - 1]))
                    .or_else(|| sounding(&characters, word))
            }
            Piece::Digits(run) => digits(&folded, run),
        };
        found.extend(stretch);
    }
    found.sort_unstable();
    let mut apart: Vec<(usize, usize)> = Vec::new();
    for (from, to) in found {
        match apart.last_mut() {
            Some((_, end)) if from <= *end => *end = Ord::max(*end, to),
            _ => apart.push((from, to)),
        }
    }
    apart
}

/// One character as the search compares it; may be nothing or several.
fn fold(character: char) -> String {
    let lower = character.to_uppercase().flat_map(char::to_lowercase).nfkc().flat_map(char::to_lowercase);
    lower.nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).nfc().collect()
}

/// The first place where the word stands as written, blanks inside of it passed over.
fn literal(folded: &[String], word: &str, begins: impl Fn(usize) -> bool) -> Option<(usize, usize)> {
    (0..folded.len()).filter(|at| begins(*at)).find_map(|from| {
        let mut rest = word;
        for (at, here) in folded.iter().enumerate().skip(from) {
            if here.trim().is_empty() && rest.len() < word.len() {
                continue;
            }
            rest = rest.strip_prefix(here.as_str()).filter(|_| !here.is_empty())?;
            if rest.is_empty() {
                return Some((from, at + 1));
            }
        }
        None
    })
}

/// Digits, with anything between them that is no letter.
fn digits(folded: &[String], run: &str) -> Option<(usize, usize)> {
    let places: Vec<(usize, char)> = folded
        .iter()
        .enumerate()
        .filter_map(|(at, here)| here.chars().next().filter(char::is_ascii_digit).map(|digit| (at, digit)))
        .collect();
    let all: String = places.iter().map(|(_, digit)| digit).collect();
    let from = all.find(run)?;
    Some((places.get(from)?.0, places.get(from + run.len() - 1)?.0 + 1))
}

/// Characters whose pinyin, or whose initials, are the word; the last syllable may be begun only.
fn sounding(characters: &[char], word: &str) -> Option<(usize, usize)> {
    (0..characters.len()).filter(|from| is_han(characters[*from])).find_map(|from| {
        let by_initials = read_on(characters, from, word, true).filter(|_| word.len() > 1);
        read_on(characters, from, word, false).or(by_initials).map(|to| (from, to))
    })
}

fn read_on(characters: &[char], from: usize, rest: &str, initials: bool) -> Option<usize> {
    if rest.is_empty() {
        return Some(from);
    }
    let character = characters.get(from)?;
    if character.is_whitespace() {
        return read_on(characters, from + 1, rest, initials);
    }
    for reading in readings(*character) {
        let said = if initials { reading.get(..1)? } else { reading.as_str() };
        if said.starts_with(rest) {
            return Some(from + 1);
        }
        if let Some(rest) = rest.strip_prefix(said)
            && let Some(to) = read_on(characters, from + 1, rest, initials)
        {
            return Some(to);
        }
    }
    None
}
