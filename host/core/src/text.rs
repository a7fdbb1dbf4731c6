//! Keys computed from texts, so that both databases compare and sort alike: bytewise, by what stands in the shadow columns.
//!
//! The forms are fixed by [`KEY_VERSION`]; they depend on nothing but their argument.

use pinyin::ToPinyin;
use unicode_normalization::UnicodeNormalization;

use crate::meta::FieldKind;

/// The version of the key algorithms; a change of them is a re-key job.
pub const KEY_VERSION: u32 = 1;

/// Longest sort key in bytes: it stands in composite indexes and in paging cursors, and a PostgreSQL index row holds 2,700 bytes.
pub const MAX_SORT_KEY: usize = 1_024;

/// Ends the pinyin part of a sort key. Less than every character that a one-line text may hold, so a shorter name sorts first.
const TIE: char = '\u{1}';

/// Length in characters (Unicode scalar values), as field limits count.
pub fn char_len(text: &str) -> usize {
    text.chars().count()
}

/// Whether a name can be shown in one line: something besides blanks, at most `max` characters, none of them a control character (which
/// PostgreSQL would refuse in part).
pub fn is_line(text: &str, max: usize) -> bool {
    !text.trim().is_empty() && char_len(text) <= max && !text.chars().any(char::is_control)
}

/// Whether a text is longer than `max` characters. Does not read on once it is.
pub fn is_longer(text: &str, max: u32) -> bool {
    usize::try_from(max).is_ok_and(|max| text.len() > max && text.chars().nth(max).is_some())
}

/// The key for equality, uniqueness and prefixes. Phones: their ASCII digits after NFKC and nothing else, so `+86 10-123` and
/// `8610123` are one number. All other kinds: NFKC, full case folding, invisible format characters dropped, white space trimmed and
/// inner runs of it made one blank. Applying it twice changes nothing.
pub fn normal_key(kind: &FieldKind, text: &str) -> String {
    match kind {
        FieldKind::Phone => text.nfkc().filter(char::is_ascii_digit).collect(),
        _ => folded(text),
    }
}

/// The key for sorting texts: `reading`, then, where they differ, U+0001 and the normal key; cut at 1,024 bytes.
///
/// `reading` is the normal key with each Han character replaced by its plain pinyin (the first reading, tones off, ü as v) and set off
/// by blanks, and with accents off: 张三 is `zhang san␁张三`, `Zhang San` is `zhang san`, Élan is `elan␁élan`. So names sort by
/// sound among Latin names, homophones by text, and (below the cut) two texts have one sort key exactly when they have one normal key.
pub fn sort_key(text: &str) -> String {
    let normal = folded(text);
    let reading = reading(&normal);
    let mut key = if reading == normal { reading } else { format!("{reading}{TIE}{normal}") };
    if key.len() > MAX_SORT_KEY {
        let end = (0..=MAX_SORT_KEY).rev().find(|at| key.is_char_boundary(*at)).unwrap_or(0);
        key.truncate(end);
    }
    key
}

fn folded(text: &str) -> String {
    if text.is_ascii() {
        return one_blank(&text.to_ascii_lowercase());
    }
    let mut key: String = text.to_owned();
    // Folding can undo a normalisation and the other way round; two rounds settle every character (tested).
    for _ in 0..2 {
        key = key.nfkc().filter(|c| !is_invisible(*c)).flat_map(fold).nfkc().collect();
    }
    one_blank(&key)
}

/// Full case folding: through upper case, because only there ß is SS and the Greek final sigma a sigma.
fn fold(character: char) -> impl Iterator<Item = char> {
    character.to_uppercase().flat_map(char::to_lowercase)
}

/// Characters that people cannot see and that only make equal texts differ: soft hyphen, zero-width marks, byte order mark, selectors.
fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}')
}

fn one_blank(text: &str) -> String {
    let mut words = text.split_whitespace();
    let mut joined = String::with_capacity(text.len());
    if let Some(first) = words.next() {
        joined.push_str(first);
    }
    for word in words {
        joined.push(' ');
        joined.push_str(word);
    }
    joined
}

fn reading(normal: &str) -> String {
    if normal.is_ascii() {
        return normal.to_owned();
    }
    let mut spelled = String::with_capacity(normal.len() * 2);
    let mut after_han = false;
    for character in normal.chars() {
        let pinyin = character.to_pinyin();
        if (pinyin.is_some() || after_han) && !character.is_whitespace() && spelled.chars().next_back().is_some_and(|c| c != ' ') {
            spelled.push(' ');
        }
        after_han = pinyin.is_some();
        match pinyin {
            Some(pinyin) => spelled.extend(pinyin.plain().chars().map(|c| if c == 'ü' { 'v' } else { c })),
            None => spelled.push(character),
        }
    }
    spelled.nfd().filter(|c| !matches!(c, '\u{300}'..='\u{36f}')).nfc().collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TEXT: FieldKind = FieldKind::Text { max: 255 };

    fn check_normal(kind: &FieldKind, text: &str, wanted: &str) {
        assert_eq!(normal_key(kind, text), wanted, "{text:?}");
    }

    #[test]
    fn normal_keys() {
        for (text, wanted) in [
            ("", ""),
            ("  Acme   Ltd ", "acme ltd"),
            ("ＡＢＣ１２３", "abc123"),
            ("北京\u{3000}华联 ", "北京 华联"),
            ("北京\u{200b}华联\u{feff}", "北京华联"),
            ("Straße", "strasse"),
            ("STRASSE", "strasse"),
            ("ΣΊΣΥΦΟΣ", "σίσυφοσ"),
            ("Σίσυφος", "σίσυφοσ"),
            ("é", "é"),
            ("e\u{301}", "é"),
            ("ﬁne", "fine"),
            ("①", "1"),
            ("a\tb\nc", "a b c"),
        ] {
            check_normal(&TEXT, text, wanted);
        }
        for (text, wanted) in
            [("+86 (10) 6505-1234", "861065051234"), ("１３８ ００１３", "1380013"), ("无", ""), ("138-0013-8000 转 8", "138001380008")]
        {
            check_normal(&FieldKind::Phone, text, wanted);
        }
        check_normal(&FieldKind::Email, " Li.Na@Example.COM ", "li.na@example.com");
    }

    #[test]
    fn sort_keys() {
        for (text, wanted) in [
            ("Zhang San", "zhang san"),
            ("张三", "zhang san\u{1}张三"),
            ("张 三", "zhang san\u{1}张 三"),
            ("ACME中国2号", "acme zhong guo 2 hao\u{1}acme中国2号"),
            ("吕", "lv\u{1}吕"),
            ("Élan", "elan\u{1}élan"),
            ("", ""),
        ] {
            assert_eq!(sort_key(text), wanted, "{text:?}");
        }
        let mut names = ["李四", "Zhang Sanfeng", "张三", "Liu", "zhang san", "王五", "李", "Acme", "张三丰", "章三"];
        names.sort_by_key(|name| sort_key(name));
        assert_eq!(names, ["Acme", "李", "李四", "Liu", "王五", "zhang san", "张三", "章三", "张三丰", "Zhang Sanfeng"]);
    }

    #[test]
    fn long_sort_keys_are_cut_between_characters() {
        let key = sort_key(&"张".repeat(600));
        assert!(key.len() <= MAX_SORT_KEY && key.starts_with("zhang zhang "));
        let key = sort_key(&"🙂".repeat(600));
        assert!(key.len() <= MAX_SORT_KEY && key.ends_with('🙂'));
    }

    #[test]
    fn lengths_count_characters() {
        assert_eq!(char_len("张三a"), 3);
        for (text, max, wanted) in [("张三", 2, false), ("张三", 1, true), ("", 0, false), ("a", 0, true), ("张三丰", u32::MAX, false)]
        {
            assert_eq!(is_longer(text, max), wanted, "{text} {max}");
        }
    }

    #[test]
    fn every_character_has_a_stable_key() {
        // Scripts with case, composition or compatibility forms; Han, Hangul and private use are left out for time.
        for character in ('\0'..='\u{33ff}').chain('\u{a000}'..='\u{abff}').chain('\u{f900}'..='\u{1ffff}') {
            let once = normal_key(&TEXT, &format!("x{character}x"));
            assert_eq!(normal_key(&TEXT, &once), once, "U+{:04X}", u32::from(character));
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn keys_are_stable_and_agree(a in "\\PC{0,12}", b in "\\PC{0,12}") {
            let (normal_a, normal_b) = (normal_key(&TEXT, &a), normal_key(&TEXT, &b));
            prop_assert_eq!(normal_key(&TEXT, &normal_a), normal_a.clone());
            prop_assert_eq!(sort_key(&normal_a), sort_key(&a));
            prop_assert_eq!(sort_key(&a) == sort_key(&b), normal_a == normal_b);
        }
    }
}
