//! Masks: how a text must look, character by character.

/// Whether a text has the look that a mask asks for: `0` an ASCII digit, `A` an ASCII letter, `*` any character, everything else itself;
/// `\` takes away the meaning of the character after it.
pub fn fits_mask(mask: &str, text: &str) -> bool {
    let mut text = text.chars();
    let mut mask = mask.chars();
    while let Some(wanted) = mask.next() {
        let Some(found) = text.next() else { return false };
        let fits = match wanted {
            '0' => found.is_ascii_digit(),
            'A' => found.is_ascii_alphabetic(),
            '*' => true,
            '\\' => mask.next().is_some_and(|literal| literal == found),
            literal => literal == found,
        };
        if !fits {
            return false;
        }
    }
    text.next().is_none()
}

#[cfg(test)]
mod tests {
    use super::fits_mask;

    #[test]
    fn masks() {
        for (mask, text, fits) in [
            ("AA-0000", "ab-1234", true),
            ("AA-0000", "a1-1234", false),
            ("AA-0000", "ab-123", false),
            ("AA-0000", "ab-12345", false),
            ("*A00000", "沪A12345", true),
            ("\\A0", "A1", true),
            ("\\A0", "B1", false),
            ("", "", true),
        ] {
            assert_eq!(fits_mask(mask, text), fits, "{mask} {text}");
        }
    }
}
