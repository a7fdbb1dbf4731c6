//! A text with the found words marked.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::{Sample, pick};

/// The text with the stretches (from and to, in characters, in order and apart) marked.
pub fn marked(text: &str, marks: &[(usize, usize)]) -> Markup {
    let characters: Vec<char> = text.chars().collect();
    let part = |from: usize, to: usize| characters.get(from..to).map(|part| part.iter().collect::<String>()).unwrap_or_default();
    let mut at = 0;
    let mut parts = Vec::new();
    for (from, to) in marks {
        if *from < at || *to > characters.len() || from >= to {
            continue;
        }
        parts.push((part(at, *from), part(*from, *to)));
        at = *to;
    }
    html! { @for (before, word) in &parts { (before) mark { (word) } } (part(at, characters.len())) }
}

/// With one, several and no marks.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let text = pick(locale, "北京华联超市", "Beijing Hualian");
    vec![
        Sample::new("one", marked(&text, &[(2, 4)])),
        Sample::new("two", marked(&text, &[(0, 1), (2, 4)])),
        Sample::new("none", marked(&text, &[])),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_that_do_not_fit_are_left_out() {
        for (marks, wanted) in [
            (vec![(0, 2)], "<mark>张三</mark>丰&lt;"),
            (vec![(1, 2), (2, 3)], "张<mark>三</mark><mark>丰</mark>&lt;"),
            (vec![(2, 9), (1, 1)], "张三丰&lt;"),
        ] {
            assert_eq!(marked("张三丰<", &marks).into_string(), wanted);
        }
    }
}
