//! Filters between people and expressions: a filter is read as pieces that all have to hold, each a condition or several of which one
//! has to hold, and what people choose in the filter builder becomes a piece. Whether a filter is right is decided by the engine.

mod form;
mod read;
mod write;

use guanxi_core::Problem;
use guanxi_core::expr::{FieldPath, Syntax, SyntaxKind, parse};
use guanxi_core::meta::{FieldKind, Locale, Object, Schema};

pub use form::{Filled, condition};
pub use write::quoted;

/// Written for the acting user.
pub const ME: &str = "me";

/// One field, one relation, constants.
#[derive(Clone, Debug, PartialEq)]
pub struct Condition {
    /// The field.
    pub path: FieldPath,
    /// One of [`operators`].
    pub operator: &'static str,
    /// What it is compared with: none for emptiness, two for "between", several where one of them is enough.
    pub values: Vec<Literal>,
}

/// What a piece of a filter says.
#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    /// At least one of these holds.
    Any(Vec<Condition>),
    /// What has no simple form: the expression itself.
    Expression(String),
}

/// A part of a filter that can be changed or removed alone.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece {
    /// In parts.
    pub said: Said,
    /// As an expression.
    pub text: String,
    /// The expressions of the alternatives, parallel to [`Said::Any`].
    pub alternatives: Vec<String>,
}

/// A constant of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Literal {
    /// The acting user.
    Me,
    /// A text in quotes: also dates, codes and ids.
    Text(String),
    /// Digits as written, with a sign.
    Number(String),
    /// Yes or no.
    Bool(bool),
    /// A number of days from today.
    Today(i64),
    /// One of [`PERIODS`].
    Period(&'static str),
    /// Anything else, as the expression has it.
    Other(String),
}

/// Stretches of the calendar around today, by their names in the language: single days first.
pub const PERIODS: [&str; 15] = [
    "today",
    "yesterday",
    "tomorrow",
    "this_week",
    "last_week",
    "next_week",
    "this_month",
    "last_month",
    "next_month",
    "this_quarter",
    "last_quarter",
    "next_quarter",
    "this_year",
    "last_year",
    "next_year",
];

/// The first of [`PERIODS`] are days.
const DAYS: usize = 3;

/// The operators that the filter builder offers for a type, as far as the language has them.
pub fn operators(kind: &FieldKind) -> &'static [&'static str] {
    match kind {
        FieldKind::Text { .. } | FieldKind::Email | FieldKind::Phone | FieldKind::Url => {
            &["contains", "starts_with", "eq", "ne", "one_of", "empty", "not_empty"]
        }
        FieldKind::Select { .. } | FieldKind::Bool | FieldKind::Reference { .. } => &["eq", "ne", "empty", "not_empty"],
        FieldKind::Integer | FieldKind::Decimal { .. } | FieldKind::Percent | FieldKind::Money { .. } | FieldKind::Duration => {
            &["ge", "le", "gt", "lt", "between", "eq", "ne", "empty", "not_empty"]
        }
        FieldKind::Date | FieldKind::DateTime => {
            &["within", "past", "next", "between", "eq", "before", "after", "older", "later", "empty", "not_empty"]
        }
        FieldKind::MultiSelect { .. } | FieldKind::TreeSelect { .. } | FieldKind::ManyReference { .. } => {
            &["has", "has_not", "empty", "not_empty"]
        }
        FieldKind::LongText => &["contains", "empty", "not_empty"],
        FieldKind::AnyReference | FieldKind::File => &["empty", "not_empty"],
        FieldKind::Json | FieldKind::Children { .. } => &[],
    }
}

/// The pieces of a filter, in order. Blank has none; one that cannot be read is refused.
pub fn pieces(filter: &str, schema: &Schema, object: &Object) -> Result<Vec<Piece>, Problem> {
    if filter.trim().is_empty() {
        return Ok(Vec::new());
    }
    let parts = flatten("&&", parse(filter)?);
    let mut pieces = Vec::new();
    let mut at = 0;
    while at < parts.len() {
        if let Some(condition) = parts.get(at + 1).and_then(|next| read::range(&parts[at], next, schema, object)) {
            let text = format!("{} && {}", write::conjunct(&parts[at]), write::conjunct(&parts[at + 1]));
            pieces.push(Piece { said: Said::Any(vec![condition]), alternatives: vec![text.clone()], text });
            at += 2;
            continue;
        }
        pieces.push(piece(&parts[at], schema, object));
        at += 1;
    }
    Ok(pieces)
}

fn piece(part: &Syntax, schema: &Schema, object: &Object) -> Piece {
    let text = write::conjunct(part);
    let branches = flatten("||", part.clone());
    let one_of = |branch: &Syntax| match &branch.kind {
        SyntaxKind::Binary("&&", left, right) => read::range(left, right, schema, object),
        _ => read::simple(branch, schema, object),
    };
    let Some(conditions) = branches.iter().map(one_of).collect::<Option<Vec<Condition>>>() else {
        return Piece { said: Said::Expression(write::expression(part)), text, alternatives: Vec::new() };
    };
    let first = &conditions[0];
    // `"a" in tags || "b" in tags` is one relation with two values.
    if first.operator == "has" && conditions.iter().all(|each| each.operator == "has" && each.path == first.path) {
        let values = conditions.iter().flat_map(|each| each.values.clone()).collect();
        let merged = Condition { values, ..first.clone() };
        return Piece { said: Said::Any(vec![merged]), alternatives: vec![text.clone()], text };
    }
    let alternatives = branches.iter().map(write::disjunct).collect();
    Piece { said: Said::Any(conditions), text, alternatives }
}

fn flatten(operator: &str, syntax: Syntax) -> Vec<Syntax> {
    match syntax.kind {
        SyntaxKind::Binary(found, left, right) if found == operator => [flatten(operator, *left), flatten(operator, *right)].concat(),
        kind => vec![Syntax { kind, position: syntax.position }],
    }
}

/// A filter from the texts of its pieces, written in the usual way; as it is where it cannot be read.
pub fn all_of<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let bracketed = |text: &str| match parse(text) {
        Ok(syntax) => flatten("&&", syntax).iter().map(write::conjunct).collect::<Vec<_>>().join(" && "),
        Err(_) => format!("({text})"),
    };
    let parts: Vec<&str> = texts.into_iter().map(str::trim).filter(|text| !text.is_empty()).collect();
    let joined = parts.iter().map(|text| bracketed(text)).collect::<Vec<_>>().join(" && ");
    match (parts.as_slice(), parse(&joined)) {
        ([one], Err(_)) => (*one).to_owned(),
        (_, Ok(syntax)) => write::expression(&syntax),
        (_, Err(_)) => joined,
    }
}

/// A piece from the texts of its alternatives.
pub fn any_of(texts: &[String]) -> String {
    let mut once: Vec<&str> = Vec::new();
    for text in texts.iter().map(String::as_str) {
        if !once.contains(&text) {
            once.push(text);
        }
    }
    match once.as_slice() {
        [one] => (*one).to_owned(),
        many => many.iter().map(|text| format!("({text})")).collect::<Vec<_>>().join(" || "),
    }
}

/// The filter with another piece at a place; at the end where there is none there. A blank one is removed, a second equal one is none.
pub fn with_piece(pieces: &[Piece], place: Option<usize>, text: &str) -> String {
    let mut texts: Vec<String> = pieces.iter().map(|piece| piece.text.clone()).collect();
    match place.and_then(|place| texts.get_mut(place)) {
        Some(slot) => text.clone_into(slot),
        None => {
            let known = parse(text).map(|syntax| write::conjunct(&syntax));
            if !known.is_ok_and(|known| texts.contains(&known)) {
                texts.push(text.to_owned());
            }
        }
    }
    all_of(texts.iter().map(String::as_str))
}

/// The filter without its piece at a place.
pub fn without(pieces: &[Piece], place: usize) -> String {
    with_piece(pieces, Some(place), "")
}

/// A path in words: `客户 · 地区`. The title of a referenced record is called like the reference.
pub fn field_label(path: &FieldPath, schema: &Schema, locale: Locale) -> String {
    let mut words: Vec<String> = Vec::new();
    for hop in &path.hops {
        let label = schema.object(&hop.object).and_then(|o| o.field(&hop.field)).map(|f| f.label.get(locale).to_owned());
        words.push(label.unwrap_or_else(|| hop.field.clone()));
    }
    let owner = schema.object(&path.object);
    let is_title = owner.is_some_and(|o| o.title == path.field);
    if words.is_empty() || !is_title {
        let label = owner.and_then(|o| o.field(&path.field)).map(|f| f.label.get(locale).to_owned());
        words.push(label.unwrap_or_else(|| path.field.clone()));
    }
    words.join(" · ")
}

#[cfg(test)]
mod tests;
