//! Text to [`Syntax`]: operator precedence over tokens, bounded in length, depth and size.
//!
//! Only brackets, arguments, `?:` and prefix operators nest, and each level is counted; chains such as `a + b + c` are read in a loop.

use super::token::{Token, TokenKind, syntax_error, tokenise};
use super::{Syntax, SyntaxKind};
use crate::problem::Problem;

/// Deepest nesting of brackets, arguments, `?:` and prefix operators: keeps every walk of a tree within a small stack.
const MAX_DEPTH: usize = 24;
/// Most parts of one expression: bounds the SQL that it becomes.
const MAX_NODES: usize = 500;

/// Binds of the binary operators, loosest first.
const OR: u8 = 1;
const AND: u8 = 2;
const RELATION: u8 = 3;
const SUM: u8 = 4;
const PRODUCT: u8 = 5;

/// Reads an expression of at most 2,000 bytes, 500 parts and 24 levels. Refusals have code `filter.syntax` and a position.
pub fn parse(text: &str) -> Result<Syntax, Problem> {
    let mut parser = Parser { tokens: tokenise(text)?, at: 0, depth: 0, nodes: 0 };
    let syntax = parser.expression()?;
    match parser.peek() {
        TokenKind::End => Ok(syntax),
        _ => Err(parser.unexpected("an operator or the end")),
    }
}

struct Parser {
    /// Ends with [`TokenKind::End`], which is never passed.
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    nodes: usize,
}

impl Parser {
    fn peek(&self) -> &TokenKind {
        &self.tokens[self.at].kind
    }

    fn position(&self) -> usize {
        self.tokens[self.at].position
    }

    fn advance(&mut self) {
        if self.at + 1 < self.tokens.len() {
            self.at += 1;
        }
    }

    /// Takes the symbol if it comes next.
    fn take(&mut self, symbol: &str) -> bool {
        let found = matches!(self.peek(), TokenKind::Symbol(s) if *s == symbol);
        if found {
            self.advance();
        }
        found
    }

    fn expect(&mut self, symbol: &str, expected: &str) -> Result<(), Problem> {
        if self.take(symbol) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn unexpected(&self, expected: &str) -> Problem {
        let found = self.peek();
        let hint = match found {
            TokenKind::Name(word) => match word.to_ascii_lowercase().as_str() {
                "and" => "; write && for and",
                "or" => "; write || for or",
                "not" => "; write ! for not",
                "is" => "; write == null for is null",
                "like" | "contains" | "startswith" => "; write field.startsWith(\"…\") for the start of a text",
                _ => "",
            },
            TokenKind::Symbol("[") => "; fields have no index",
            TokenKind::Symbol(">") if self.follows("<") => "; write != for different",
            _ => "",
        };
        syntax_error(self.position(), "unexpected", format!("found {}, expected {expected}{hint}", found.shown()))
            .with("found", found.shown())
            .with("expected", expected.to_owned())
    }

    fn follows(&self, symbol: &str) -> bool {
        self.at > 0 && matches!(self.tokens[self.at - 1].kind, TokenKind::Symbol(s) if s == symbol)
    }

    fn deeper(&mut self) -> Result<(), Problem> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return Err(syntax_error(self.position(), "too_deep", format!("the expression is nested deeper than {MAX_DEPTH} levels")));
        }
        Ok(())
    }

    fn node(&mut self, position: usize, kind: SyntaxKind) -> Result<Syntax, Problem> {
        self.nodes += 1;
        if self.nodes > MAX_NODES {
            return Err(syntax_error(position, "too_large", format!("the expression has more than {MAX_NODES} parts")));
        }
        Ok(Syntax { kind, position })
    }

    /// `condition ? a : b`, or any looser than that.
    fn expression(&mut self) -> Result<Syntax, Problem> {
        self.deeper()?;
        let condition = self.binary(OR)?;
        let result = if self.take("?") {
            let yes = self.expression()?;
            self.expect(":", "`:` and the value for the other case")?;
            let no = self.expression()?;
            self.node(condition.position, SyntaxKind::Conditional(Box::new(condition), Box::new(yes), Box::new(no)))?
        } else {
            condition
        };
        self.depth -= 1;
        Ok(result)
    }

    fn operator(&self) -> Option<(&'static str, u8)> {
        Some(match self.peek() {
            TokenKind::Symbol(symbol) => match *symbol {
                "||" => ("||", OR),
                "&&" => ("&&", AND),
                "==" | "!=" | "<" | "<=" | ">" | ">=" => (symbol, RELATION),
                "+" | "-" => (symbol, SUM),
                "*" | "/" | "%" => (symbol, PRODUCT),
                _ => return None,
            },
            TokenKind::Name(word) if word == "in" => ("in", RELATION),
            _ => return None,
        })
    }

    /// Operators that bind at least so tightly; all of them group from the left.
    fn binary(&mut self, tightness: u8) -> Result<Syntax, Problem> {
        let mut left = self.unary()?;
        let mut compared = false;
        while let Some((operator, binds)) = self.operator().filter(|(_, binds)| *binds >= tightness) {
            if binds == RELATION && compared {
                let detail = "comparisons cannot be chained; write `a < b && b < c`";
                return Err(syntax_error(self.position(), "chained", detail));
            }
            compared = binds == RELATION;
            self.advance();
            let right = self.binary(binds + 1)?;
            left = self.node(left.position, SyntaxKind::Binary(operator, Box::new(left), Box::new(right)))?;
        }
        Ok(left)
    }

    fn unary(&mut self) -> Result<Syntax, Problem> {
        let depth = self.depth;
        let mut prefixes = Vec::new();
        loop {
            let position = self.position();
            if self.take("!") {
                prefixes.push((position, '!'));
            } else if self.take("-") {
                prefixes.push((position, '-'));
            } else {
                break;
            }
            self.deeper()?;
        }
        let mut operand = self.postfix()?;
        for (position, prefix) in prefixes.into_iter().rev() {
            let inner = Box::new(operand);
            operand = self.node(position, if prefix == '!' { SyntaxKind::Not(inner) } else { SyntaxKind::Negate(inner) })?;
        }
        self.depth = depth;
        Ok(operand)
    }

    /// A value with `.name(…)` behind it.
    fn postfix(&mut self) -> Result<Syntax, Problem> {
        let depth = self.depth;
        let mut value = self.primary()?;
        while self.take(".") {
            self.deeper()?;
            let name = self.name("a function's name after the point")?;
            self.expect("(", "`(`; only a path of names can end without a call")?;
            let arguments = self.arguments(")")?;
            value = self.node(value.position, SyntaxKind::Call(Some(Box::new(value)), name, arguments))?;
        }
        self.depth = depth;
        Ok(value)
    }

    fn name(&mut self, expected: &str) -> Result<String, Problem> {
        match self.peek() {
            TokenKind::Name(name) if !matches!(name.as_str(), "in" | "true" | "false" | "null") => {
                let name = name.clone();
                self.advance();
                Ok(name)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    fn primary(&mut self) -> Result<Syntax, Problem> {
        let position = self.position();
        let kind = match self.peek() {
            TokenKind::Number(digits) => SyntaxKind::Number(digits.clone()),
            TokenKind::Text(text) => SyntaxKind::Text(text.clone()),
            TokenKind::Name(name) => match name.as_str() {
                "null" => SyntaxKind::Null,
                "true" => SyntaxKind::Bool(true),
                "false" => SyntaxKind::Bool(false),
                _ => return self.path(),
            },
            TokenKind::Symbol("(") => {
                self.advance();
                let inner = self.expression()?;
                self.expect(")", "an operator or `)`")?;
                return Ok(inner);
            }
            TokenKind::Symbol("[") => {
                self.advance();
                let items = self.arguments("]")?;
                return self.node(position, SyntaxKind::List(items));
            }
            _ => return Err(self.unexpected("a value: a field, a number, a text in quotes, a list or `(`")),
        };
        self.advance();
        self.node(position, kind)
    }

    /// `a.b.c`, `a(…)` or `a.b(…)`.
    fn path(&mut self) -> Result<Syntax, Problem> {
        let position = self.position();
        let mut names = vec![self.name("a field's name")?];
        loop {
            if self.take("(") {
                let arguments = self.arguments(")")?;
                let function = names.pop().unwrap_or_default();
                let target = if names.is_empty() { None } else { Some(Box::new(self.node(position, SyntaxKind::Path(names))?)) };
                return self.node(position, SyntaxKind::Call(target, function, arguments));
            }
            if !self.take(".") {
                return self.node(position, SyntaxKind::Path(names));
            }
            names.push(self.name("a field's name after the point")?);
        }
    }

    /// Values between commas up to the closing bracket, which is taken.
    fn arguments(&mut self, close: &str) -> Result<Vec<Syntax>, Problem> {
        let mut values = Vec::new();
        if self.take(close) {
            return Ok(values);
        }
        loop {
            values.push(self.expression()?);
            if self.take(close) {
                return Ok(values);
            }
            self.expect(",", &format!("`,` or `{close}`"))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The tree as brackets, so that a table shows how operators group.
    fn shown(syntax: &Syntax) -> String {
        let all = |items: &[Syntax]| items.iter().map(shown).collect::<Vec<_>>().join(", ");
        match &syntax.kind {
            SyntaxKind::Null => "null".into(),
            SyntaxKind::Bool(truth) => truth.to_string(),
            SyntaxKind::Number(digits) => digits.clone(),
            SyntaxKind::Text(text) => format!("{text:?}"),
            SyntaxKind::Path(names) => names.join("."),
            SyntaxKind::List(items) => format!("[{}]", all(items)),
            SyntaxKind::Not(inner) => format!("!{}", shown(inner)),
            SyntaxKind::Negate(inner) => format!("-{}", shown(inner)),
            SyntaxKind::Binary(operator, left, right) => format!("({} {operator} {})", shown(left), shown(right)),
            SyntaxKind::Conditional(a, b, c) => format!("({} ? {} : {})", shown(a), shown(b), shown(c)),
            SyntaxKind::Call(None, name, items) => format!("{name}({})", all(items)),
            SyntaxKind::Call(Some(target), name, items) => format!("{}.{name}({})", shown(target), all(items)),
        }
    }

    fn check(text: &str, wanted: &str) {
        assert_eq!(parse(text).map(|s| shown(&s)).map_err(|p| p.detail), Ok(wanted.to_owned()), "{text}");
    }

    fn check_refused(text: &str, position: usize, part: &str) {
        let problem = parse(text).expect_err(text);
        assert_eq!((problem.code.as_str(), problem.position), ("filter.syntax", Some(position)), "{text}: {}", problem.detail);
        assert!(problem.detail.contains(part), "{text}: {}", problem.detail);
    }

    #[test]
    fn operators_group_as_in_cel() {
        check("a || b && c", "(a || (b && c))");
        check("a && b || c", "((a && b) || c)");
        check("a + b * c - d", "((a + (b * c)) - d)");
        check("a / b / c", "((a / b) / c)");
        check("a - b < c && !d", "(((a - b) < c) && !d)");
        check("!a == b", "(!a == b)");
        check("-a * -3", "(-a * -3)");
        check("!!-a", "!!-a");
        check("a ? b : c ? d : e", "(a ? b : (c ? d : e))");
        check("a in [1, 2.50, \"x\"] || b", "((a in [1, 2.50, \"x\"]) || b)");
        check("(a + b) * c", "((a + b) * c)");
        check("( a ) && ( b )", "(a && b)");
    }

    #[test]
    fn values_paths_and_calls() {
        check("customer . name", "customer.name");
        check("name.startsWith('张')", "name.startsWith(\"张\")");
        check("customer.name.startsWith('a').not()", "customer.name.startsWith(\"a\").not()");
        check("'a'.size()", "\"a\".size()");
        check("has(a.b)", "has(a.b)");
        check("[]", "[]");
        check("index == interest", "(index == interest)");
        check(r#"'it\'s' + "\u4e2d\x41\\\n""#, r#"("it's" + "中A\\\n")"#);
        check("true && null", "(true && null)");
        check("00012.3400", "00012.3400");
    }

    #[test]
    fn positions_are_characters() {
        check_refused("", 1, "found the end, expected a value");
        check_refused("  ", 3, "found the end");
        check_refused("a ==", 5, "found the end");
        check_refused("name == '张三' &&& x", 16, "&&");
        check_refused("name == '张三", 9, "not closed");
        check_refused("a b", 3, "found `b`, expected an operator or the end");
        check_refused("a and b", 3, "write &&");
        check_refused("a = b", 3, "use ==");
        check_refused("a <> b", 4, "write !=");
        check_refused("(a", 3, "expected an operator or `)`");
        check_refused("a)", 2, "found `)`");
        check_refused("[1, ]", 5, "expected a value");
        check_refused("[1 2]", 4, "`,` or `]`");
        check_refused("a.", 3, "name after the point");
        check_refused("a.in", 3, "name after the point");
        check_refused("in", 1, "expected a field's name");
        check_refused("(a).b", 6, "`(`");
        check_refused("a[0]", 2, "fields have no index");
        check_refused("a < b < c", 7, "chained");
        check_refused("a ? b", 6, "`:`");
        check_refused("1e3", 1, "plain number");
        check_refused("1.", 1, "digits after the point");
        check_refused("x > 1.5.5", 9, "function's name");
        check_refused("名称 == 1", 1, "ASCII");
        check_refused("a ＝ 1", 3, "half-width");
        check_refused("“a”", 1, "straight quote");
        check_refused("'a\0b'", 3, "code 0");
        check_refused("'\\q'", 2, "unknown escape");
        check_refused("'\\u12'", 2, "4 hexadecimal");
        check_refused("'\\u0000'", 2, "other than 0");
        check_refused("a;b", 2, "one condition");
    }

    #[test]
    fn size_is_bounded_on_every_side() {
        let nested = |levels: usize| format!("{}a{}", "(".repeat(levels), ")".repeat(levels));
        check(&nested(23), "a");
        check_refused(&nested(24), 25, "deeper than 24");
        check_refused(&"(".repeat(2_000), 25, "deeper");
        check_refused(&"[".repeat(2_000), 25, "deeper");
        check_refused(&"!".repeat(2_000), 25, "deeper");
        check_refused(&"-".repeat(2_000), 25, "deeper");
        check_refused(&"a?".repeat(1_000), 49, "deeper");
        check_refused(&"a?b:".repeat(500), 95, "deeper");
        check_refused(&"a(".repeat(1_000), 49, "deeper");
        check_refused(&format!("a{}", ".b()".repeat(499)), 99, "deeper");
        check_refused(&format!("1{}", "+1".repeat(999)), 1, "more than 500 parts");
        check_refused(&format!("[1{}]", ",1".repeat(900)), 1_002, "more than 500 parts");
        assert!(parse(&format!("1{}", "+1".repeat(249))).is_ok());
        assert!(parse(&format!("a{}", ".b".repeat(999))).is_ok(), "check refuses long paths");
        check_refused(&"a".repeat(2_001), 2_001, "longer than 2000 bytes");
        check_refused(&format!("'{}'", "张".repeat(700)), 668, "longer than 2000 bytes");
    }
}
