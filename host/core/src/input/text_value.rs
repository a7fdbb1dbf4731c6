//! One-line and long texts, addresses and numbers to call, in the form that is stored.

use unicode_normalization::UnicodeNormalization;

use super::wrong_type;
use crate::meta::{Field, FieldKind};
use crate::problem::Problem;
use crate::text::{is_longer, normal_key};
use crate::value::Value;

/// Longest long_text, in characters.
pub const LONG_TEXT_MAX: u32 = 100_000;
/// Longest e-mail address (RFC 5321's path).
pub const EMAIL_MAX: u32 = 254;
/// Longest phone number with its separators and extension.
pub const PHONE_MAX: u32 = 40;
/// Longest web address that every browser takes.
pub const URL_MAX: u32 = 2_000;

/// Trims and checks a text of any text kind; empty becomes null.
pub(super) fn normalise_text(field: &Field, text: &str) -> Result<Value, Problem> {
    let text = match field.kind {
        FieldKind::LongText => text.replace("\r\n", "\n").replace('\r', "\n"),
        // What an input method writes in full width is meant plainly where only ASCII has a meaning.
        FieldKind::Email | FieldKind::Phone => text.nfkc().collect(),
        _ => text.to_owned(),
    };
    let text = text.trim();
    if text.is_empty() {
        return Ok(Value::Null);
    }
    let max = match field.kind {
        FieldKind::Text { max } => max,
        FieldKind::Email => EMAIL_MAX,
        FieldKind::Phone => PHONE_MAX,
        FieldKind::Url => URL_MAX,
        _ => LONG_TEXT_MAX,
    };
    if is_longer(text, max) {
        let detail = format!("`{}` holds at most {max} characters", field.key);
        return Err(Problem::error("field.range", detail).on(&field.key).with("max_length", i64::from(max)));
    }
    let lines = field.kind == FieldKind::LongText;
    if let Some(found) = text.chars().find(|c| is_refused(*c, lines)) {
        return Err(refused_character(field, found));
    }
    let fits = match field.kind {
        FieldKind::Email => is_email(text),
        FieldKind::Phone => is_phone(text),
        FieldKind::Url => is_url(text),
        _ => true,
    };
    if fits {
        // Nothing but invisible characters is nothing.
        let empty = field.kind.has_normal_key() && !text.is_ascii() && normal_key(&field.kind, text).is_empty();
        return Ok(if empty { Value::Null } else { Value::from(text) });
    }
    let with_scheme = format!("https://{text}");
    let problem = wrong_type(field, text);
    Err(if field.kind == FieldKind::Url && !text.contains(':') && is_url(&with_scheme) {
        problem.with("suggestion", with_scheme)
    } else {
        problem
    })
}

/// Control characters have no place in a line; long texts keep line breaks and tabs. Code 0 is never stored: PostgreSQL has no such text.
fn is_refused(character: char, lines: bool) -> bool {
    match character {
        '\n' | '\t' => !lines,
        '\u{2028}' | '\u{2029}' => !lines,
        other => other.is_control(),
    }
}

fn refused_character(field: &Field, found: char) -> Problem {
    let code = format!("U+{:04X}", u32::from(found));
    let detail = format!("`{}` cannot hold the control character {code}", field.key);
    Problem::error("field.type", detail)
        .on(&field.key)
        .with("expected", field.kind.name().to_owned())
        .with("value", code)
        .with("reason", "control_character")
}

/// `local@domain.tld` without blanks; letters of all scripts, because addresses have them nowadays.
fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    let plain = |c: char| !c.is_whitespace() && !matches!(c, '@' | '<' | '>' | '(' | ')' | '[' | ']' | '\\' | ',' | ';' | ':' | '"');
    !local.is_empty()
        && local.len() <= 64
        && local.chars().all(plain)
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..")
        && domain.contains('.')
        && domain.split('.').all(is_host_label)
}

fn is_host_label(label: &str) -> bool {
    !label.is_empty()
        && label.len() <= 63
        && !label.starts_with('-')
        && !label.ends_with('-')
        && label.chars().all(|c| c.is_alphanumeric() || c == '-')
}

/// Three to twenty-four digits with the usual separators; an extension behind `#`, `x`, `ext`, 转 or 分机.
fn is_phone(text: &str) -> bool {
    let digits = text.chars().filter(char::is_ascii_digit).count();
    let plain = text.to_lowercase().replace("ext", "x").replace("分机", "x").replace('转', "x");
    (3..=24).contains(&digits)
        && plain.char_indices().all(|(at, c)| match c {
            '+' => at == 0,
            _ => c.is_ascii_digit() || matches!(c, ' ' | '-' | '(' | ')' | '.' | '/' | '#' | 'x' | ',' | ';' | '*'),
        })
        && plain.matches('x').count() <= 1
}

/// An absolute http or https address with a host.
fn is_url(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once("://") else { return false };
    if !scheme.eq_ignore_ascii_case("http") && !scheme.eq_ignore_ascii_case("https") {
        return false;
    }
    if text.chars().any(|c| c.is_whitespace() || matches!(c, '"' | '<' | '>' | '\\' | '`' | '{' | '}' | '|' | '^')) {
        return false;
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    // `https://bank.example@evil.example` shows one host and opens another.
    if authority.contains('@') {
        return false;
    }
    let (host, port) = match authority.strip_prefix('[').and_then(|v6| v6.split_once(']')) {
        Some((v6, port)) => {
            let fits = v6.parse::<std::net::Ipv6Addr>().is_ok();
            return fits && (port.is_empty() || port.strip_prefix(':').is_some_and(is_port));
        }
        None => authority.split_once(':').map_or((authority, None), |(host, port)| (host, Some(port))),
    };
    port.is_none_or(is_port) && host.trim_end_matches('.').split('.').all(|label| is_host_label(&label.replace('_', "0")))
}

fn is_port(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) && text.parse::<u16>().is_ok_and(|port| port > 0)
}
