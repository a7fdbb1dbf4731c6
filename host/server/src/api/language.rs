//! `Accept-Language` to one of the two languages.

use guanxi_core::meta::Locale;

/// The accepted language with the highest weight; English where none of ours is named, since the reader is then a program.
pub(crate) fn accepted(header: &str) -> Locale {
    let mut best: Option<(f32, Locale)> = None;
    for item in header.split(',') {
        let mut parts = item.split(';').map(str::trim);
        let Some(locale) = parts.next().and_then(Locale::parse) else { continue };
        let weight = parts.find_map(|p| p.strip_prefix("q=")).map_or(1.0, |q| q.trim().parse::<f32>().unwrap_or(0.0));
        if weight > 0.0 && best.is_none_or(|(highest, _)| weight > highest) {
            best = Some((weight, locale));
        }
    }
    best.map_or(Locale::En, |(_, locale)| locale)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_heaviest_of_ours_wins() {
        for (header, wanted) in [
            ("zh-CN,zh;q=0.9,en;q=0.8", Locale::ZhCn),
            ("en-US,en;q=0.9,zh;q=0.8", Locale::En),
            ("fr, zh;q=0.5", Locale::ZhCn),
            ("en;q=0.3, zh-TW;q=0.4", Locale::ZhCn),
            ("zh;q=0, en;q=0.1", Locale::En),
            ("fr", Locale::En),
            ("", Locale::En),
            (";;;,,q=1,*", Locale::En),
        ] {
            assert_eq!(accepted(header), wanted, "{header}");
        }
    }
}
