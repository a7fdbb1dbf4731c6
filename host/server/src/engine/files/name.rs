//! File names as people may send them, made harmless: no folders, nothing invisible, nothing that a file system or a terminal obeys.

use guanxi_core::Problem;

/// The longest name, in characters.
const LONGEST: usize = 255;
/// What a name is where nothing of it was left.
const NAMELESS: &str = "file";

/// The harmless name; refused only for its length, because a name that was cut in silence is found by nobody.
pub(super) fn harmless(given: &str) -> Result<String, Problem> {
    let last = given.rsplit(['/', '\\']).next().unwrap_or_default();
    let plain: String = last
        .chars()
        .filter(|c| !c.is_control() && !is_invisible(*c))
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    let name = plain.trim_matches(|c: char| c == '.' || c.is_whitespace());
    let length = name.chars().count();
    if length > LONGEST {
        let problem = Problem::error("field.range", format!("a file name has at most {LONGEST} characters, not {length}"));
        return Err(problem.on("name").with("max", i64::try_from(LONGEST).unwrap_or(i64::MAX)));
    }
    Ok(if name.is_empty() { NAMELESS.to_owned() } else { name.to_owned() })
}

/// Marks that turn the direction of writing around (and with it what an ending seems to be), and characters without any width.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61C}' | '\u{200B}'..='\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}' | '\u{FFF9}'..='\u{FFFB}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_become_harmless() {
        for (given, wanted) in [
            ("报价单 2026.pdf", "报价单 2026.pdf"),
            ("../../etc/passwd", "passwd"),
            ("..\\..\\windows\\system.ini", "system.ini"),
            ("C:\\fakepath\\a.png", "a.png"),
            ("a\r\nSet-Cookie: x.txt", "aSet-Cookie_ x.txt"),
            ("photo\u{202E}gnp.exe", "photognp.exe"),
            ("\u{0}\u{7}\u{200B}", "file"),
            ("..", "file"),
            (".htaccess", "htaccess"),
            ("a/", "file"),
            ("", "file"),
            ("  a . ", "a"),
            ("\"<b>\".html", "__b__.html"),
        ] {
            assert_eq!(harmless(given).as_deref(), Ok(wanted), "{given:?}");
        }
        assert_eq!(harmless(&"长".repeat(255)).map(|name| name.chars().count()), Ok(255));
        assert_eq!(harmless(&"长".repeat(256)).expect_err("too long").code, "field.range");
    }
}
