//! Text to tokens, each with the 1-based character where it starts. One pass, no recursion.

use crate::problem::Problem;

/// Longest expression, in bytes: a filter arrives in a URL, and nobody writes two pages of condition by hand.
pub(super) const MAX_BYTES: usize = 2_000;

/// Operators and punctuation, longest first, so that `<=` is not read as `<`.
const SYMBOLS: [&str; 22] =
    ["&&", "||", "==", "!=", "<=", ">=", "<", ">", "!", "+", "-", "*", "/", "%", "(", ")", "[", "]", ",", ".", "?", ":"];

#[derive(Clone, Debug, PartialEq)]
pub(super) enum TokenKind {
    /// A name or a word such as `in`, `true`.
    Name(String),
    /// Digits as written, with an optional fraction.
    Number(String),
    /// A string, escapes resolved.
    Text(String),
    /// One of [`SYMBOLS`].
    Symbol(&'static str),
    /// The end of the expression.
    End,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Token {
    pub(super) kind: TokenKind,
    /// 1-based character.
    pub(super) position: usize,
}

impl TokenKind {
    /// How a message names it.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Name(name) => format!("`{name}`"),
            Self::Number(digits) => format!("the number {}", shortened(digits)),
            Self::Text(text) => format!("the text \"{}\"", shortened(text)),
            Self::Symbol(symbol) => format!("`{symbol}`"),
            Self::End => "the end".into(),
        }
    }
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= 20 { text.to_owned() } else { text.chars().take(20).chain("…".chars()).collect() }
}

/// A syntax error: `reason` is a stable word for translations, the sentence is for programs.
pub(super) fn syntax_error(position: usize, reason: &str, detail: impl Into<String>) -> Problem {
    Problem::error("filter.syntax", detail).at(position).with("reason", reason)
}

/// Cuts an expression into tokens; the last one is [`TokenKind::End`].
pub(super) fn tokenise(text: &str) -> Result<Vec<Token>, Problem> {
    if text.len() > MAX_BYTES {
        let position = text.char_indices().take_while(|(at, c)| at + c.len_utf8() <= MAX_BYTES).count() + 1;
        return Err(syntax_error(position, "too_long", format!("the expression is longer than {MAX_BYTES} bytes")));
    }
    let mut scanner = Scanner { rest: text, position: 1 };
    let mut tokens = Vec::new();
    loop {
        scanner.skip_blanks();
        let position = scanner.position;
        let kind = scanner.next_kind()?;
        let end = kind == TokenKind::End;
        tokens.push(Token { kind, position });
        if end {
            return Ok(tokens);
        }
    }
}

struct Scanner<'a> {
    rest: &'a str,
    /// 1-based character where `rest` starts.
    position: usize,
}

impl<'a> Scanner<'a> {
    fn peek(&self) -> Option<char> {
        self.rest.chars().next()
    }

    fn advance(&mut self) -> Option<char> {
        let next = self.peek()?;
        self.rest = &self.rest[next.len_utf8()..];
        self.position += 1;
        Some(next)
    }

    fn skip_blanks(&mut self) {
        while self.peek().is_some_and(char::is_whitespace) {
            self.advance();
        }
    }

    /// Takes ASCII characters as long as they fit.
    fn take_ascii(&mut self, fits: impl Fn(u8) -> bool) -> &'a str {
        let length = self.rest.bytes().take_while(|b| b.is_ascii() && fits(*b)).count();
        let (taken, rest) = self.rest.split_at(length);
        self.rest = rest;
        self.position += length;
        taken
    }

    fn next_kind(&mut self) -> Result<TokenKind, Problem> {
        match self.peek() {
            None => Ok(TokenKind::End),
            Some('a'..='z' | 'A'..='Z' | '_') => {
                Ok(TokenKind::Name(self.take_ascii(|b| b.is_ascii_alphanumeric() || b == b'_').to_owned()))
            }
            Some('0'..='9') => self.number(),
            Some(quote @ ('"' | '\'')) => self.text(quote),
            Some(other) => {
                if let Some(symbol) = SYMBOLS.into_iter().find(|s| self.rest.starts_with(s)) {
                    self.rest = &self.rest[symbol.len()..];
                    self.position += symbol.len();
                    return Ok(TokenKind::Symbol(symbol));
                }
                Err(unexpected_character(other, self.position))
            }
        }
    }

    fn number(&mut self) -> Result<TokenKind, Problem> {
        let start = self.position;
        let mut digits = self.take_ascii(|b| b.is_ascii_digit()).to_owned();
        if self.rest.starts_with('.') {
            self.advance();
            let fraction = self.take_ascii(|b| b.is_ascii_digit());
            if fraction.is_empty() {
                return Err(syntax_error(start, "number", format!("found `{digits}.`, expected digits after the point")));
            }
            digits = format!("{digits}.{fraction}");
        }
        if self.peek().is_some_and(|c| c.is_ascii_alphanumeric() || c == '_') {
            let tail = self.take_ascii(|b| b.is_ascii_alphanumeric() || b == b'_');
            let found = shortened(&format!("{digits}{tail}"));
            return Err(syntax_error(start, "number", format!("found `{found}`, expected a plain number such as 1500 or 10.25")));
        }
        Ok(TokenKind::Number(digits))
    }

    fn text(&mut self, quote: char) -> Result<TokenKind, Problem> {
        let start = self.position;
        self.advance();
        let mut text = String::new();
        loop {
            let position = self.position;
            match self.advance() {
                None | Some('\n' | '\r') => {
                    return Err(syntax_error(start, "unclosed_text", format!("this text is not closed, expected {quote} at its end")));
                }
                Some('\0') => return Err(syntax_error(position, "character", "a text cannot hold the character with code 0")),
                Some('\\') => text.push(self.escape(position)?),
                Some(other) if other == quote => return Ok(TokenKind::Text(text)),
                Some(other) => text.push(other),
            }
        }
    }

    fn escape(&mut self, position: usize) -> Result<char, Problem> {
        let digits = match self.advance() {
            Some(same @ ('\\' | '"' | '\'' | '`' | '?')) => return Ok(same),
            Some('n') => return Ok('\n'),
            Some('r') => return Ok('\r'),
            Some('t') => return Ok('\t'),
            Some('x') => 2,
            Some('u') => 4,
            Some('U') => 8,
            _ => {
                return Err(syntax_error(
                    position,
                    "escape",
                    "unknown escape, expected \\\\ \\\" \\' \\n \\r \\t \\xHH \\uHHHH or \\UHHHHHHHH",
                ));
            }
        };
        let hex: String = self.rest.chars().take(digits).take_while(char::is_ascii_hexdigit).collect();
        let code = if hex.len() == digits { u32::from_str_radix(&hex, 16).ok() } else { None };
        match code.and_then(char::from_u32) {
            Some('\0') | None => {
                Err(syntax_error(position, "escape", format!("expected {digits} hexadecimal digits of a character other than 0")))
            }
            Some(character) => {
                self.rest = &self.rest[digits..];
                self.position += digits;
                Ok(character)
            }
        }
    }
}

fn unexpected_character(found: char, position: usize) -> Problem {
    let hint = match found {
        '=' => "; use == to compare",
        '&' => "; use && for and",
        '|' => "; use || for or",
        '“' | '”' | '＂' | '«' | '»' => "; use the straight quote \"",
        '‘' | '’' => "; use the straight quote '",
        '（' | '）' | '，' | '。' | '！' | '＝' | '＜' | '＞' | '＋' | '－' | '＊' | '／' | '％' | '［' | '］' | '？' | '：' | '＆'
        | '｜' | '【' | '】' | '、' | '；' => "; switch to half-width punctuation",
        ';' => "; an expression is one condition",
        _ if found.is_alphabetic() => "; names are the fields' keys in ASCII letters, and texts stand in quotes",
        _ => "",
    };
    let shown = if found.is_control() { format!("the character with code {}", u32::from(found)) } else { format!("`{found}`") };
    syntax_error(position, "character", format!("found {shown}, expected a name, a number, a text in quotes or an operator{hint}"))
}
