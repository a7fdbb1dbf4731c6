//! People as a coloured letter, beside their name or alone.

use guanxi_core::meta::Locale;
use maud::{Markup, html};

use super::{Sample, pick};

/// A letter in a circle; hidden from screen readers, so the name must stand beside it.
pub fn avatar(name: &str) -> Markup {
    html! { span class={ "av " (tint(name)) } aria-hidden="true" { (letter(name)) } }
}

/// The circle alone, with the name for pointers and screen readers.
pub fn avatar_named(name: &str) -> Markup {
    html! { span class={ "av " (tint(name)) } role="img" aria-label=(name) title=(name) { (letter(name)) } }
}

/// A large square one, at the head of a record.
pub fn avatar_large(name: &str) -> Markup {
    html! { span class={ "av l sq " (tint(name)) } aria-hidden="true" { (first_letter(name)) } }
}

/// Circle and name; a link where an address is given.
pub fn person(name: &str, href: Option<&str>) -> Markup {
    html! { span.who { (avatar(name)) @if let Some(href) = href { a href=(href) { (name) } } @else { span { (name) } } } }
}

/// Chinese given names end the name, Latin ones begin it.
fn letter(name: &str) -> String {
    let name = name.trim();
    match name.chars().next_back() {
        Some(last) if !last.is_ascii() => last.to_string(),
        _ => first_letter(name),
    }
}

fn first_letter(name: &str) -> String {
    name.trim().chars().next().map(|c| c.to_uppercase().collect()).unwrap_or_else(|| "?".into())
}

/// The same person has the same colour everywhere.
fn tint(name: &str) -> &'static str {
    let sum = name.chars().fold(7_u32, |sum, c| sum.wrapping_mul(31).wrapping_add(c as u32));
    ["a", "b", "c", "d", "e"][(sum % 5) as usize]
}

/// Sizes and colours.
pub fn samples(locale: Locale) -> Vec<Sample> {
    let names = [("王磊", "Lei Wang"), ("赵敏", "Min Zhao"), ("陈思远", "Siyuan Chen"), ("林晓", "Xiao Lin"), ("周凯", "Kai Zhou")];
    let people = html! { div.row.wrap.gap3 { @for (zh, en) in names { (person(&pick(locale, zh, en), Some("#person"))) } } };
    let alone = html! { div.row { (avatar_large(&pick(locale, "江南速运集团", "Jiangnan Express"))) (avatar_named(&pick(locale, "孙建国", "Jianguo Sun"))) } };
    vec![Sample::new("people", people), Sample::new("alone", alone)]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_letter_is_the_given_name() {
        for (name, wanted) in [("王磊", "磊"), ("Darcel Schlecht", "D"), ("  éva", "É"), ("", "?")] {
            assert_eq!(letter(name), wanted);
        }
    }
}
