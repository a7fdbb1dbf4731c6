//! Value lists as people write them: one option a line, `code = 中文 | English`; in a tree `above / code = …`.

use guanxi_core::meta::{Label, SelectOption};

use crate::texts::Texts;

/// The longest code and name, and the most options: what the engine takes, said with the line's number.
const LONGEST_CODE: usize = 60;
const LONGEST_LABEL: usize = 80;
const MAX_OPTIONS: usize = 500;

/// The lines of a value list.
pub(super) fn write(options: &[SelectOption]) -> String {
    let lines = options.iter().map(|option| {
        let above = option.parent.as_ref().map_or_else(String::new, |above| format!("{above} / "));
        match &option.label {
            Label { zh, en } if zh == en => format!("{above}{} = {zh}", option.code),
            Label { zh, en } => format!("{above}{} = {zh} | {en}", option.code),
        }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Reads the lines, or says what is wrong with each. Blank lines do not count. `old` are options that must stay.
pub(super) fn read(texts: Texts, text: &str, old: &[SelectOption], tree: bool) -> Result<Vec<SelectOption>, Vec<String>> {
    let (mut options, mut problems): (Vec<SelectOption>, Vec<String>) = (Vec::new(), Vec::new());
    for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
        let number = (number + 1).to_string();
        // A full-width sign is what a Chinese keyboard types.
        let Some((code, label)) = line.split_once(['=', '＝']) else {
            problems.push(texts.problem_option_line(&number));
            continue;
        };
        let (above, code) = code.split_once(['/', '／']).map_or((None, code), |(above, code)| (Some(above.trim()), code));
        let code = code.trim();
        let (zh, en) = label.split_once(['|', '｜']).unwrap_or((label, ""));
        let label = super::words::label(zh, en);
        let plain = code.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-' | b'.'));
        if code.is_empty() || label.zh.is_empty() {
            problems.push(texts.problem_option_line(&number));
        } else if !plain || code.len() > LONGEST_CODE {
            problems.push(texts.problem_option_code(&number, code));
        } else if options.iter().any(|option| option.code == code) {
            problems.push(texts.problem_option_twice(&number, code));
        } else if label.zh.chars().count() > LONGEST_LABEL || label.en.chars().count() > LONGEST_LABEL {
            problems.push(texts.problem_option_label(&number));
        } else if let (Some(_), false) = (above, tree) {
            problems.push(texts.problem_option_flat(&number));
        } else if let Some(above) = above.filter(|above| options.iter().all(|option| option.code != *above)) {
            problems.push(texts.problem_option_parent(&number, above));
        }
        options.push(SelectOption { parent: above.map(str::to_owned), ..SelectOption::new(code, label) });
    }
    if options.is_empty() && problems.is_empty() {
        problems.push(texts.problem_options_none().to_owned());
    }
    if options.len() > MAX_OPTIONS {
        problems.push(texts.problem_options_many(&MAX_OPTIONS.to_string()));
    }
    let gone: Vec<&str> = old.iter().map(|option| option.code.as_str()).filter(|code| options.iter().all(|o| o.code != *code)).collect();
    if !gone.is_empty() {
        problems.push(texts.problem_options_gone(&gone.join(", ")));
    }
    if problems.is_empty() { Ok(options) } else { Err(problems) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::texts::t;
    use guanxi_core::meta::Locale;

    fn option(code: &str, zh: &str, en: &str) -> SelectOption {
        SelectOption::new(code, Label::new(zh, en))
    }

    #[test]
    fn lines_are_read_and_written() {
        let text = "a = 重要 | High\r\n\n b-2＝一般｜Normal\nc = Only";
        let options = read(t(Locale::En), text, &[], false).expect("options");
        assert_eq!(options, [option("a", "重要", "High"), option("b-2", "一般", "Normal"), option("c", "Only", "Only")]);
        assert_eq!(write(&options), "a = 重要 | High\nb-2 = 一般 | Normal\nc = Only");
    }

    #[test]
    fn a_tree_is_written_with_what_lies_above() {
        let text = "east = 华东 | East\neast / sh = 上海 | Shanghai\nsh ／ pd ＝ 浦东 ｜ Pudong";
        let options = read(t(Locale::En), text, &[], true).expect("a tree");
        assert_eq!(options[2].parent.as_deref(), Some("sh"));
        assert_eq!(write(&options), "east = 华东 | East\neast / sh = 上海 | Shanghai\nsh / pd = 浦东 | Pudong");
        assert!(read(t(Locale::En), text, &[], false).is_err());
        assert_eq!(read(t(Locale::En), "a / b = B\na = A", &[], true).expect_err("a stands later").len(), 1);
    }

    #[test]
    fn every_wrong_line_is_named() {
        let problems = |text: &str, old: &[SelectOption]| read(t(Locale::En), text, old, false).expect_err("problems");
        assert_eq!(problems("a = A\nb\n重 = 要\na = B\nx =", &[]).len(), 4);
        assert!(problems("b", &[])[0].starts_with("Line 1"));
        assert_eq!(problems(" \n", &[]), [t(Locale::En).problem_options_none()]);
        assert!(problems("a = A", &[option("gone", "x", "x")])[0].contains("gone"));
    }
}
