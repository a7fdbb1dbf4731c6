//! What a masked value shows: enough to recognise it, too little to use it. Values that are not text show nothing.

use crate::meta::FieldKind;
use crate::value::Value;

/// What stands for what is not shown.
const STARS: &str = "****";

/// The masked form of a value of a type. Phones keep the first three and the last four digits, addresses their first letter and what
/// follows the `@`, urls nothing but their scheme, other texts their first character, long ones also the last two.
pub fn masked(kind: &FieldKind, value: &Value) -> Value {
    let Value::Text(text) = value else { return Value::Null };
    Value::Text(match kind {
        FieldKind::Phone => phone(text),
        FieldKind::Email => email(text),
        FieldKind::Url => STARS.to_owned(),
        FieldKind::Text { .. } | FieldKind::LongText => words(text),
        _ => return Value::Null,
    })
}

/// Types whose values can be masked or replaced by a pseudonym.
pub fn is_maskable(kind: &FieldKind) -> bool {
    matches!(kind, FieldKind::Text { .. } | FieldKind::LongText | FieldKind::Email | FieldKind::Phone | FieldKind::Url)
}

fn phone(text: &str) -> String {
    let digits: Vec<char> = text.chars().filter(char::is_ascii_digit).collect();
    let part = |from: usize, to: usize| digits.get(from..to).unwrap_or_default().iter().collect::<String>();
    match digits.len() {
        0..=4 => STARS.to_owned(),
        5..=9 => format!("{STARS}{}", part(digits.len() - 2, digits.len())),
        count => format!("{}{STARS}{}", part(0, 3), part(count - 4, count)),
    }
}

fn email(text: &str) -> String {
    let (name, domain) = text.split_once('@').unwrap_or((text, ""));
    let first: String = name.chars().take(1).collect();
    if domain.is_empty() { format!("{first}{STARS}") } else { format!("{first}{STARS}@{domain}") }
}

fn words(text: &str) -> String {
    let chars: Vec<char> = text.chars().collect();
    let first: String = chars.iter().take(1).collect();
    // A long text is a number of a document or an address more often than a name.
    let last: String = if chars.len() >= 8 { chars[chars.len() - 2..].iter().collect() } else { String::new() };
    format!("{first}{STARS}{last}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mask_shows_a_part() {
        let text = FieldKind::Text { max: 200 };
        for (kind, value, wanted) in [
            (&FieldKind::Phone, "13812341234", "138****1234"),
            (&FieldKind::Phone, "+86 138-1234-1234", "861****1234"),
            (&FieldKind::Phone, "010 65551234", "010****1234"),
            (&FieldKind::Phone, "6555123", "****23"),
            (&FieldKind::Phone, "110", "****"),
            (&FieldKind::Email, "wang.lei@a.example", "w****@a.example"),
            (&FieldKind::Email, "odd", "o****"),
            (&FieldKind::Url, "https://a.example/x", "****"),
            (&text, "王磊", "王****"),
            (&text, "", "****"),
            (&text, "110101199003070000", "1****00"),
        ] {
            assert_eq!(masked(kind, &Value::from(value)), Value::from(wanted), "{value}");
        }
        assert_eq!(masked(&FieldKind::Integer, &Value::Int(5)), Value::Null);
        assert_eq!(masked(&text, &Value::Null), Value::Null);
    }
}
