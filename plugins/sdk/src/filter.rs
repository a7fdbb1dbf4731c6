//! Building filters. Never paste a value into an expression by hand: a quote in it would change the meaning.

/// A quoted text literal.
pub fn text(value: &str) -> String {
    let mut out = String::with_capacity(value.len() + 2);
    out.push('"');
    for character in value.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other => out.push(other),
        }
    }
    out.push('"');
    out
}

/// `field == "value"`, for texts, option codes, dates and ids of references.
pub fn equals(field: &str, value: &str) -> String {
    format!("{field} == {}", text(value))
}

/// `field in ["a", "b"]`; matches nothing if there are no values.
pub fn any_of<'a>(field: &str, values: impl IntoIterator<Item = &'a str>) -> String {
    let values: Vec<String> = values.into_iter().map(text).collect();
    format!("{field} in [{}]", values.join(", "))
}

/// `field >= "from" && field < "until"`, for dates.
pub fn between(field: &str, from: crate::date::Date, until: crate::date::Date) -> String {
    format!("{field} >= \"{from}\" && {field} < \"{until}\"")
}

/// All of them; empty parts do not count, and none at all is "everything".
pub fn all<I>(parts: I) -> String
where
    I: IntoIterator,
    I::Item: AsRef<str>,
{
    let parts: Vec<String> =
        parts.into_iter().filter(|part| !part.as_ref().is_empty()).map(|part| format!("({})", part.as_ref())).collect();
    parts.join(" && ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stay_inside_the_literal() {
        assert_eq!(equals("name", r#"a" || "1" == "1\"#), r#"name == "a\" || \"1\" == \"1\\""#);
        assert_eq!(all(["", "a == 1", ""]), "(a == 1)");
        assert_eq!(all(["a == 1", "b == 2"]), "(a == 1) && (b == 2)");
        assert_eq!(any_of("s", ["x", "y"]), r#"s in ["x", "y"]"#);
    }
}
