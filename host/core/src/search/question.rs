//! What was asked for: words, and the tokens that would answer each of them.

use super::Family;
use super::index::{
    ANCHORED, BEGIN, EDGE, EXACT, GRAM, INITIALS, LONGEST_EDGE, LONGEST_START, PAIR, START, SYLLABLE, WORD, compact, number,
};
use super::pieces::{Gap, LONGEST_WORD, Piece, folded, pieces, start};
use super::readings::{is_initial, syllables};

/// Characters of a question that count; what is longer is cut.
pub const MAX_QUESTION: usize = 100;
/// Words of a question that count.
const MAX_WORDS: usize = 12;
/// Letters that may be initials.
const LONGEST_INITIALS: usize = 12;

/// One word of a question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    pub(super) piece: Piece,
    /// Somebody may still be typing it.
    pub(super) open: bool,
}

/// What was asked for. All words must be found, each in any of the fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub(super) words: Vec<Word>,
    /// Digits in several groups, as one number.
    pub(super) number: Option<Word>,
    /// The question without anything but letters and digits.
    pub(super) compact: String,
}

/// Tokens that answer a word, combined.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wanted {
    /// This token.
    Token(String),
    /// A token that begins so.
    Prefix(String),
    /// All of them.
    All(Vec<Wanted>),
    /// One of them; none of none.
    Any(Vec<Wanted>),
}

impl Wanted {
    /// Nothing can answer it.
    pub fn is_never(&self) -> bool {
        match self {
            Self::Token(_) | Self::Prefix(_) => false,
            Self::All(parts) => parts.iter().any(Self::is_never),
            Self::Any(parts) => parts.iter().all(Self::is_never),
        }
    }

    /// The same for the tokens of one field. Parts that nothing can answer are left out.
    pub fn tagged(&self, tag: &str) -> Self {
        let list = |parts: &[Self]| parts.iter().filter(|part| !part.is_never()).map(|part| part.tagged(tag)).collect();
        match self {
            Self::Token(token) => Self::Token(format!("{tag}{token}")),
            Self::Prefix(token) => Self::Prefix(format!("{tag}{token}")),
            Self::All(_) if self.is_never() => Self::Any(Vec::new()),
            Self::All(parts) => Self::All(list(parts)),
            Self::Any(parts) => Self::Any(list(parts)),
        }
    }
}

fn token(kind: char, content: &str) -> Wanted {
    Wanted::Token(format!("{kind}{content}"))
}

impl Asked {
    /// Reads a question; `None` where it has no letter and no digit.
    pub fn new(question: &str) -> Option<Self> {
        let folded = folded(start(question.trim(), MAX_QUESTION));
        let found = pieces(without_country(&folded));
        let only_digits = found.iter().all(|(_, piece)| matches!(piece, Piece::Digits(_)));
        let together = found.iter().skip(1).all(|(gap, _)| *gap != Gap::None);
        let run: String =
            found.iter().filter_map(|(_, piece)| if let Piece::Digits(run) = piece { Some(run.as_str()) } else { None }).collect();
        let number = (only_digits && found.len() > 1 && together).then_some(Word { piece: Piece::Digits(run), open: true });
        let mut words: Vec<Word> = found.into_iter().map(|(_, piece)| Word { piece, open: false }).take(MAX_WORDS).collect();
        words.last_mut()?.open = true;
        Some(Self { words, number, compact: compact(&folded) })
    }

    /// The words, each to be found.
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// Digits that were written in groups, as the one number that they may be: found, it answers the whole question.
    pub fn number(&self) -> Option<&Word> {
        self.number.as_ref()
    }

    /// The token of a title that is just this.
    pub fn exact_title(&self) -> Wanted {
        token(EXACT, &number(&self.compact))
    }

    /// The token of a title that begins so, as far as beginnings have tokens.
    pub fn title_beginning(&self) -> Wanted {
        token(BEGIN, start(&self.compact, ANCHORED))
    }
}

/// A country code before a number is not asked for: it may be stored without.
fn without_country(folded: &str) -> &str {
    let Some(rest) = folded.strip_prefix('+') else { return folded };
    let code = rest.bytes().take_while(u8::is_ascii_digit).count();
    let after = &rest[code..];
    let numbers = after.bytes().filter(u8::is_ascii_digit).count();
    if code <= 3 && numbers >= 5 && after.starts_with([' ', '-']) { after } else { folded }
}

impl Word {
    /// The tokens that answer this word in a field of a family; never where its values cannot hold it.
    pub fn wanted(&self, family: Family) -> Wanted {
        match (&self.piece, family) {
            (Piece::Digits(run), _) => digits(run, self.open, family),
            (_, Family::Number) => Wanted::Any(Vec::new()),
            (Piece::Han(run), _) => han(run),
            (Piece::Letters(word), Family::Prose) => plain(word, self.open),
            (Piece::Letters(word), Family::Name) => {
                let mut ways = vec![plain(word, self.open)];
                ways.extend(syllables(word, self.open).iter().map(|way| spoken(way, self.open)));
                ways.extend(initials(word));
                Wanted::Any(ways)
            }
        }
    }
}

/// A word as it is written, or what begins so.
fn plain(word: &str, open: bool) -> Wanted {
    let word = start(word, LONGEST_WORD);
    match word.chars().count() {
        _ if !open => token(WORD, word),
        ..=LONGEST_EDGE => token(EDGE, word),
        _ => Wanted::Prefix(format!("{WORD}{word}")),
    }
}

fn han(run: &[char]) -> Wanted {
    match run {
        [one] => token(GRAM, &one.to_string()),
        _ => Wanted::All(run.windows(2).map(|pair| token(GRAM, &pair.iter().collect::<String>())).collect()),
    }
}

/// Three digits or more are found anywhere in a number; fewer are a number of their own.
fn digits(run: &str, open: bool, family: Family) -> Wanted {
    let size = match run.len() {
        0..=2 if family == Family::Number => return Wanted::Any(Vec::new()),
        0..=2 => return plain(run, open),
        3 => 3,
        _ => 4,
    };
    let run = start(run, LONGEST_WORD);
    Wanted::All((0..=run.len() - size).filter_map(|at| run.get(at..at + size)).map(|gram| token(GRAM, gram)).collect())
}

fn spoken(way: &[String], open: bool) -> Wanted {
    let last = |kind: char, text: String| if open { Wanted::Prefix(format!("{kind}{text}")) } else { token(kind, &text) };
    match way {
        [one] if open && one.len() <= LONGEST_START => token(START, one),
        [one] => last(SYLLABLE, one.clone()),
        _ => {
            let pairs = way.len() - 1;
            let pair = |(at, two): (usize, &[String])| {
                let text = two.concat();
                if at + 1 == pairs { last(PAIR, text) } else { token(PAIR, &text) }
            };
            Wanted::All(way.windows(2).enumerate().map(pair).collect())
        }
    }
}

fn initials(word: &str) -> Option<Wanted> {
    let letters: Vec<char> = word.chars().collect();
    if !(2..=LONGEST_INITIALS).contains(&letters.len()) || !letters.iter().all(|letter| is_initial(*letter)) {
        return None;
    }
    let size = Ord::min(3, letters.len());
    Some(Wanted::All(letters.windows(size).map(|some| token(INITIALS, &some.iter().collect::<String>())).collect()))
}
