//! The trees: what was written ([`Syntax`]) and what it means ([`Expr`]).

use crate::meta::FieldKind;
use crate::value::Value;

/// What was written, with the 1-based character where each part starts.
#[derive(Clone, Debug, PartialEq)]
pub struct Syntax {
    /// The part.
    pub kind: SyntaxKind,
    /// 1-based character.
    pub position: usize,
}

/// The parts of the language.
#[derive(Clone, Debug, PartialEq)]
pub enum SyntaxKind {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// The digits as written, so that no precision is lost: `10.10`.
    Number(String),
    /// A string, escapes resolved.
    Text(String),
    /// A path of names: `customer.name`.
    Path(Vec<String>),
    /// `[a, b]`
    List(Vec<Syntax>),
    /// `!a`
    Not(Box<Syntax>),
    /// `-a`
    Negate(Box<Syntax>),
    /// `a && b`, `a == b`, `a + b`, `a in b`: the operator as written.
    Binary(&'static str, Box<Syntax>, Box<Syntax>),
    /// `a ? b : c`
    Conditional(Box<Syntax>, Box<Syntax>, Box<Syntax>),
    /// `name(args)` or `target.name(args)`
    Call(Option<Box<Syntax>>, String, Vec<Syntax>),
}

/// One reference on the way to a field: `customer` in `customer.name`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Hop {
    /// The object that has the reference.
    pub object: String,
    /// The reference field's key.
    pub field: String,
    /// The object it leads to.
    pub target: String,
}

/// A resolved path to a field: hops over references, then the field. At most three hops.
#[derive(Clone, Debug, PartialEq)]
pub struct FieldPath {
    /// From the query's object on; empty for its own fields.
    pub hops: Vec<Hop>,
    /// The object that has the field.
    pub object: String,
    /// The field's key.
    pub field: String,
    /// The field's type.
    pub kind: FieldKind,
}

impl FieldPath {
    /// As written: `customer.name`.
    pub fn text(&self) -> String {
        let mut parts: Vec<&str> = self.hops.iter().map(|h| h.field.as_str()).collect();
        parts.push(&self.field);
        parts.join(".")
    }
}

/// A checked expression: types fit, literals have the other side's type.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant of the type that its place wants.
    Literal(Value),
    /// A field's value.
    Field(FieldPath),
    /// All hold.
    And(Vec<Expr>),
    /// At least one holds.
    Or(Vec<Expr>),
    /// Does not hold. Conditions are two-valued: null never reaches here.
    Not(Box<Expr>),
    /// Compares two operands of one type. With a null operand every comparison is false, except that `!=` is true.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// `field == null`
    IsNull(Box<Expr>),
    /// The operand is one of the constants.
    In(Box<Expr>, Vec<Value>),
    /// The text's normal key starts with the prefix's normal key.
    StartsWith(Box<Expr>, String),
    /// Number arithmetic; null if an operand is null. `scale` is that of the result.
    Arithmetic {
        /// Which.
        op: ArithmeticOp,
        /// Left.
        left: Box<Expr>,
        /// Right; a non-zero constant for a division.
        right: Box<Expr>,
    },
    /// `-a`
    Negate(Box<Expr>),
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `==` (texts by their normal key)
    Equal,
    /// `!=`, true where either side is null and the other is not
    NotEqual,
    /// `<`
    Less,
    /// `<=`
    LessOrEqual,
    /// `>`
    Greater,
    /// `>=`
    GreaterOrEqual,
}

/// Arithmetic operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ArithmeticOp {
    /// `+`
    Add,
    /// `-`
    Subtract,
    /// `*`
    Multiply,
    /// `/` by a constant
    Divide,
}
