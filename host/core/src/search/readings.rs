//! Pinyin: how a character may be read, and how letters may be syllables.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use pinyin::ToPinyinMulti;

/// Readings of one character that count: the frequent ones come first, and a third of all pairs would be noise beyond.
pub(super) const MAX_READINGS: usize = 4;
/// Ways to read letters as syllables that are tried.
const MAX_WAYS: usize = 4;
/// Longest syllable: zhuang, chuang, shuang.
const LONGEST: usize = 6;

static SYLLABLES: LazyLock<BTreeSet<String>> = LazyLock::new(|| {
    let all = ('\u{4e00}'..='\u{9fa5}').filter_map(|han| han.to_pinyin_multi());
    all.flat_map(|readings| readings.into_iter().take(MAX_READINGS).map(|reading| plain(reading.plain()))).collect()
});

/// Without tones; ü is written v, as keyboards do.
fn plain(reading: &str) -> String {
    reading.chars().map(|c| if c == 'ü' { 'v' } else { c }).filter(char::is_ascii_lowercase).collect()
}

/// The readings of a character without tones, the first one first; none for what has no pinyin.
pub(super) fn readings(character: char) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    for reading in character.to_pinyin_multi().into_iter().flatten() {
        let reading = plain(reading.plain());
        if !reading.is_empty() && !found.contains(&reading) && found.len() < MAX_READINGS {
            found.push(reading);
        }
    }
    found
}

/// The first letters of a character's readings.
pub(super) fn initials(readings: &[String]) -> Vec<char> {
    let mut found = Vec::new();
    for initial in readings.iter().filter_map(|reading| reading.chars().next()) {
        if !found.contains(&initial) {
            found.push(initial);
        }
    }
    found
}

/// A letter with which a syllable can begin.
pub(super) fn is_initial(letter: char) -> bool {
    letter.is_ascii_lowercase() && !matches!(letter, 'i' | 'u' | 'v')
}

fn is_begun(letters: &str) -> bool {
    SYLLABLES.range(letters.to_owned()..).next().is_some_and(|next| next.starts_with(letters))
}

/// The ways to read a word as syllables, those with the fewest first. While somebody is still typing (`open`) the last syllable may be
/// begun only, if there is no way to read it as whole ones.
pub(super) fn syllables(word: &str, open: bool) -> Vec<Vec<String>> {
    if word.len() > 30 || !word.bytes().all(|b| b.is_ascii_lowercase()) {
        return Vec::new();
    }
    let whole = ways(word, false);
    if whole.is_empty() && open { ways(word, true) } else { whole }
}

/// Breadth first, so that the shortest ways come first.
fn ways(word: &str, begun: bool) -> Vec<Vec<String>> {
    let mut done = Vec::new();
    let mut under_way: Vec<(usize, Vec<String>)> = vec![(0, Vec::new())];
    while !under_way.is_empty() && done.len() < MAX_WAYS {
        let mut next = Vec::new();
        for (at, read) in under_way {
            for length in (1..=Ord::min(LONGEST, word.len() - at)).rev() {
                let (end, syllable) = (at + length, &word[at..at + length]);
                let fits = SYLLABLES.contains(syllable) || (begun && end == word.len() && is_begun(syllable));
                if !fits {
                    continue;
                }
                let mut read = read.clone();
                read.push(syllable.to_owned());
                if end == word.len() { done.push(read) } else { next.push((end, read)) }
            }
        }
        // Sixteen beginnings are more than any word has.
        next.truncate(16);
        under_way = next;
    }
    done.truncate(MAX_WAYS);
    done
}
