//! A read expression back to text, with the fewest brackets that keep its meaning.

use guanxi_core::expr::{Syntax, SyntaxKind};

/// How tightly a part binds, loosest first: it gets brackets where its place wants more.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Binds {
    Conditional,
    Or,
    And,
    Relation,
    Sum,
    Product,
    Prefix,
    Value,
}

impl Binds {
    fn of(operator: &str) -> Self {
        match operator {
            "||" => Self::Or,
            "&&" => Self::And,
            "+" | "-" => Self::Sum,
            "*" | "/" | "%" => Self::Product,
            _ => Self::Relation,
        }
    }

    /// One step tighter.
    fn next(self) -> Self {
        match self {
            Self::Conditional => Self::Or,
            Self::Or => Self::And,
            Self::And => Self::Relation,
            Self::Relation => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::Prefix,
            Self::Prefix | Self::Value => Self::Value,
        }
    }
}

/// The expression as text; reading it again gives the same parts.
pub(super) fn expression(syntax: &Syntax) -> String {
    let mut out = String::new();
    part(syntax, Binds::Conditional, &mut out);
    out
}

/// The same as one part of `a && b`.
pub(super) fn conjunct(syntax: &Syntax) -> String {
    let mut out = String::new();
    part(syntax, Binds::Relation, &mut out);
    out
}

/// The same as one part of `a || b`.
pub(super) fn disjunct(syntax: &Syntax) -> String {
    let mut out = String::new();
    part(syntax, Binds::And, &mut out);
    out
}

/// A text in quotes.
pub fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for character in text.chars() {
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

fn part(syntax: &Syntax, wanted: Binds, out: &mut String) {
    let binds = match &syntax.kind {
        SyntaxKind::Conditional(..) => Binds::Conditional,
        SyntaxKind::Binary(operator, ..) => Binds::of(operator),
        SyntaxKind::Not(_) | SyntaxKind::Negate(_) => Binds::Prefix,
        _ => Binds::Value,
    };
    let brackets = binds < wanted;
    if brackets {
        out.push('(');
    }
    match &syntax.kind {
        SyntaxKind::Null => out.push_str("null"),
        SyntaxKind::Bool(truth) => out.push_str(if *truth { "true" } else { "false" }),
        SyntaxKind::Number(digits) => out.push_str(digits),
        SyntaxKind::Text(text) => out.push_str(&quoted(text)),
        SyntaxKind::Path(names) => out.push_str(&names.join(".")),
        SyntaxKind::List(items) => {
            out.push('[');
            list(items, out);
            out.push(']');
        }
        SyntaxKind::Not(inner) => {
            out.push('!');
            part(inner, Binds::Prefix, out);
        }
        SyntaxKind::Negate(inner) => {
            out.push('-');
            part(inner, Binds::Prefix, out);
        }
        SyntaxKind::Binary(operator, left, right) => {
            // Chains group from the left; comparisons do not chain at all.
            part(left, if binds == Binds::Relation { binds.next() } else { binds }, out);
            out.push(' ');
            out.push_str(operator);
            out.push(' ');
            part(right, binds.next(), out);
        }
        SyntaxKind::Conditional(condition, yes, no) => {
            part(condition, Binds::Or, out);
            out.push_str(" ? ");
            part(yes, Binds::Conditional, out);
            out.push_str(" : ");
            part(no, Binds::Conditional, out);
        }
        SyntaxKind::Call(target, name, arguments) => {
            if let Some(target) = target {
                part(target, Binds::Value, out);
                out.push('.');
            }
            out.push_str(name);
            out.push('(');
            list(arguments, out);
            out.push(')');
        }
    }
    if brackets {
        out.push(')');
    }
}

fn list(items: &[Syntax], out: &mut String) {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            out.push_str(", ");
        }
        part(item, Binds::Conditional, out);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::expr::parse;

    #[test]
    fn text_and_parts_agree() {
        for (text, wanted) in [
            ("a||b&&c", "a || b && c"),
            ("(a || b) && c", "(a || b) && c"),
            ("a - (b - c)", "a - (b - c)"),
            ("(a - b) - c", "a - b - c"),
            ("!(a == b) && !c", "!(a == b) && !c"),
            ("-(a + b) * -3", "-(a + b) * -3"),
            ("a ? b : c ? d : e", "a ? b : c ? d : e"),
            ("(a ? b : c) ? d : e", "(a ? b : c) ? d : e"),
            ("a in ['x', \"y\"] || b", "a in [\"x\", \"y\"] || b"),
            ("customer . name.startsWith('张\\n\"\\\\')", "customer.name.startsWith(\"张\\n\\\"\\\\\")"),
            ("has(a.b) && 'a'.size() > 0", "has(a.b) && \"a\".size() > 0"),
            ("amount * rate / 100 >= 10.50", "amount * rate / 100 >= 10.50"),
            ("due > today - 30", "due > today - 30"),
        ] {
            let syntax = parse(text).expect(text);
            let written = expression(&syntax);
            assert_eq!(written, wanted, "{text}");
            assert_eq!(expression(&parse(&written).expect("own text")), written, "{text}");
        }
    }
}
