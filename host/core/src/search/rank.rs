//! The order of answers, computed here so that it is the same on both databases.

use super::index::{compact, names};
use super::{Asked, Family, answers};

/// How well a record answers; the best first. Equal ones are shown newest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rank {
    /// The title is the question.
    ExactTitle,
    /// The title's pinyin or its initials are the question.
    ExactSound,
    /// The title begins with the question.
    TitleBegins,
    /// The title's pinyin or its initials begin so.
    SoundBegins,
    /// The title alone answers.
    Title,
    /// Other fields are needed.
    Other,
}

/// Ranks a record by its title.
pub fn rank(asked: &Asked, title: &str) -> Rank {
    let names = names(title);
    let question = asked.compact.as_str();
    let (text, sounds) = names.split_first().map_or(("", &[][..]), |(text, sounds)| (text.as_str(), sounds));
    debug_assert_eq!(text, compact(title));
    if text == question {
        Rank::ExactTitle
    } else if sounds.iter().any(|sound| sound == question) {
        Rank::ExactSound
    } else if text.starts_with(question) {
        Rank::TitleBegins
    } else if sounds.iter().any(|sound| sound.starts_with(question)) {
        Rank::SoundBegins
    } else if answers(asked, &[(Family::Name, title)]) {
        Rank::Title
    } else {
        Rank::Other
    }
}
