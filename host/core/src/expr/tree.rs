//! The trees: what was written ([`Syntax`]) and what it means ([`Expr`]).

use std::cmp::Ordering;

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

/// The records of a child object that belong to the record at hand, as an expression asks for them.
#[derive(Clone, Debug, PartialEq)]
pub struct Lines {
    /// The children field.
    pub field: FieldPath,
    /// From a child up to the record. Paths inside of what is asked start at the child; those that begin with this hop are the record's own.
    pub up: Hop,
}

/// What [`Expr::Call`] does with its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// A number without its sign.
    Abs,
    /// The least of several numbers; null if one is null.
    Min,
    /// The greatest of several numbers; null if one is null.
    Max,
    /// A number with so many digits after the point, half away from zero.
    Round(u8),
    /// Texts one after the other; a null is an empty text.
    Join,
    /// Characters of a text or entries of a list; of null 0.
    Size,
    /// A text in lower case.
    Lower,
    /// A text in upper case.
    Upper,
    /// A date moved by a whole number of days.
    AddDays,
    /// An instant moved by a number of seconds.
    AddSeconds,
    /// Days from the second date to the first.
    Days,
    /// Whole seconds from the second instant to the first, the rest cut off.
    Seconds,
}

/// A checked expression. There are two sorts, and the checks keep them apart:
///
/// * **conditions**, which are true or false, never null: `And`, `Or`, `Not`, `Compare`, `CompareValues`, `IsNull`, `In`, `StartsWith`,
///   `Contains`, `Words`, `AnyLine`, `Literal(Value::Bool)` (an empty `And` is true, an empty `Or` is false);
/// * **operands**, which may be null: `Field`, `Literal`, `Choose`, `Coalesce`, `Call`, `CountLines`, `SumLines`, and for numbers
///   `Arithmetic` and `Negate`. The numbers inside arithmetic are exact: [`crate::expr::plan_number`] turns a tree of fields, constants,
///   `Arithmetic` (divided by constants only) and `Negate` into integer arithmetic, and nobody else needs to walk it.
///
/// What [`crate::expr::check_condition`] gives is a condition that a database can answer: it has no `CompareValues`, and its operands are
/// fields, literals and such plain arithmetic. Rules and formulas are evaluated here and may hold everything.
#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    /// A constant of the type that its place wants; as a condition always `Value::Bool`.
    Literal(Value),
    /// A field's value; only as an operand (a bool field alone becomes `field == true`).
    Field(FieldPath),
    /// All hold.
    And(Vec<Expr>),
    /// At least one holds.
    Or(Vec<Expr>),
    /// The condition does not hold; so `!(amount > 5)` is true where amount is null.
    Not(Box<Expr>),
    /// Compares two operands of one type; one of these shapes:
    ///
    /// * `Field`, `Literal`: the literal is not null and has exactly the field's type, numbers at the field's scale. Texts stay as written:
    ///   compare by [`crate::text::normal_key`] where the kind has one, else bytewise; order by [`crate::text::sort_key`] for `text`,
    ///   by the normal key for email, phone and url.
    /// * `Field`, `Field` of one type (references: one target; numbers: any number types).
    /// * numbers otherwise (arithmetic, scales that differ): compare [`crate::expr::plan_difference`] with 0.
    ///
    /// With a null operand (also both) every comparison is false, except that `!=` is true: `!=` is always the opposite of `==`.
    /// Only texts of kinds `text`, email, phone, url, numbers, dates and instants are ever ordered.
    Compare(CompareOp, Box<Expr>, Box<Expr>),
    /// Compares any two operands, computed ones included, as values of a type: texts of a kind by its normal key, ordered as in `Compare`.
    CompareValues {
        /// How.
        op: CompareOp,
        /// What both sides are. A number type stands for all of them.
        kind: FieldKind,
        /// Left.
        left: Box<Expr>,
        /// Right.
        right: Box<Expr>,
    },
    /// `operand == null`; arithmetic is null where one of its fields is.
    IsNull(Box<Expr>),
    /// The field equals one of the constants, each as in `Compare`; never empty, never holds null.
    In(Box<Expr>, Vec<Value>),
    /// The field's normal key starts with the prefix's normal key; false for null. Only kinds that have a normal key.
    StartsWith(Box<Expr>, String),
    /// A list field holds the constant: a code (multi_select), an id (many_reference, file), or for a tree the path (`Value::Texts`) at
    /// or below which the record stands. False for null.
    Contains(FieldPath, Value),
    /// The texts of these fields of one record together hold all words, as [`crate::search`] takes texts apart.
    Words(Vec<FieldPath>, String),
    /// At least one child satisfies the condition.
    AnyLine(Lines, Box<Expr>),
    /// How many children there are.
    CountLines(FieldPath),
    /// A number summed over the children, exact; nulls are left out, the sum of none is 0.
    SumLines(Lines, Box<Expr>),
    /// One of two operands.
    Choose {
        /// Decides.
        condition: Box<Expr>,
        /// Where it holds.
        yes: Box<Expr>,
        /// Where it does not.
        no: Box<Expr>,
    },
    /// The first operand that is not null.
    Coalesce(Vec<Expr>),
    /// A function of operands.
    Call(Function, Vec<Expr>),
    /// Number arithmetic, exact, without a scale of its own; null if an operand is null or the divisor is 0.
    Arithmetic {
        /// Which.
        op: ArithmeticOp,
        /// Left.
        left: Box<Expr>,
        /// Right; for a division that a database answers without fields and not zero.
        right: Box<Expr>,
    },
    /// `-a` of a number.
    Negate(Box<Expr>),
}

impl Expr {
    /// The condition that always, or never, holds.
    pub fn always(truth: bool) -> Self {
        Self::Literal(Value::Bool(truth))
    }
}

/// Comparison operators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CompareOp {
    /// `==`; false where a side is null
    Equal,
    /// `!=`, the opposite of `==`: true where a side is null
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

impl CompareOp {
    /// Reads `==`, `!=`, `<`, `<=`, `>`, `>=`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "==" => Self::Equal,
            "!=" => Self::NotEqual,
            "<" => Self::Less,
            "<=" => Self::LessOrEqual,
            ">" => Self::Greater,
            ">=" => Self::GreaterOrEqual,
            _ => return None,
        })
    }

    /// The operator that says the same with the sides exchanged.
    #[must_use]
    pub fn flipped(self) -> Self {
        match self {
            Self::Equal | Self::NotEqual => self,
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
        }
    }

    /// Whether two sides in this order satisfy the operator; `None`: a side is null.
    pub fn holds(self, order: Option<Ordering>) -> bool {
        match order {
            None => self == Self::NotEqual,
            Some(order) => match self {
                Self::Equal => order.is_eq(),
                Self::NotEqual => order.is_ne(),
                Self::Less => order.is_lt(),
                Self::LessOrEqual => order.is_le(),
                Self::Greater => order.is_gt(),
                Self::GreaterOrEqual => order.is_ge(),
            },
        }
    }

    /// `<`, `<=`, `>` and `>=`: the type must have an order.
    pub fn is_ordering(self) -> bool {
        !matches!(self, Self::Equal | Self::NotEqual)
    }
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
    /// `/`, exact; null where the divisor is 0
    Divide,
}
