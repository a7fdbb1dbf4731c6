//! Queries as data. The one planner (`store`) turns them into SQL; scopes come from [`crate::policy`].

use std::collections::HashMap;

use uuid::Uuid;

use crate::expr::{Expr, FieldPath};
use crate::policy::RowScope;

/// A page of records of one object.
#[derive(Clone, Debug)]
pub struct Query {
    /// The object's key.
    pub object: String,
    /// Checked filter; `None` is all.
    pub filter: Option<Expr>,
    /// What to select, in order; reference hops allowed (`customer.name`).
    pub fields: Vec<FieldPath>,
    /// At most three; the id is always the last tie-breaker.
    pub sort: Vec<Sort>,
    /// Rows per page, 1 to 1,000.
    pub limit: u32,
    /// Where the previous page ended.
    pub after: Option<Position>,
    /// Rows that the actor may see, per object that the query touches.
    pub scopes: Scopes,
}

/// One sort key. Nulls come last in both directions.
#[derive(Clone, Debug, PartialEq)]
pub struct Sort {
    /// By what.
    pub path: FieldPath,
    /// Largest first.
    pub descending: bool,
}

/// The sort keys of the last row of a page, and its id.
#[derive(Clone, Debug, PartialEq)]
pub struct Position {
    /// One for each sort key, as stored (sort keys for texts).
    pub keys: Vec<crate::Value>,
    /// The row.
    pub id: Uuid,
}

/// Row scopes by object key. An object that is missing here is invisible.
pub type Scopes = HashMap<String, RowScope>;

/// Groups with measures over the records of one object.
#[derive(Clone, Debug)]
pub struct Aggregate {
    /// The object's key.
    pub object: String,
    /// Checked filter; `None` is all.
    pub filter: Option<Expr>,
    /// Group keys; none gives exactly one group.
    pub group_by: Vec<GroupKey>,
    /// What is computed per group.
    pub measures: Vec<Measure>,
    /// Rows that the actor may see, per object that the query touches.
    pub scopes: Scopes,
    /// At most so many groups; one more is an error, never a silent cut.
    pub limit: u32,
}

/// One group key.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupKey {
    /// By what.
    pub path: FieldPath,
    /// For dates and instants: the first day of the period is the key.
    pub grain: Option<Grain>,
}

/// Calendar periods; weeks start on Monday.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Grain {
    /// One day.
    Day,
    /// Monday to Sunday.
    Week,
    /// A calendar month.
    Month,
    /// Three calendar months.
    Quarter,
    /// A calendar year.
    Year,
}

impl Grain {
    /// The name in requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Quarter => "quarter",
            Self::Year => "year",
        }
    }

    /// Reads `day`, `week`, `month`, `quarter`, `year`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "day" => Self::Day,
            "week" => Self::Week,
            "month" => Self::Month,
            "quarter" => Self::Quarter,
            "year" => Self::Year,
            _ => return None,
        })
    }
}

/// One number per group.
#[derive(Clone, Debug)]
pub struct Measure {
    /// What is done.
    pub function: MeasureFn,
    /// Over what: a field or a typed arithmetic expression, rounded row by row; `None` only for `Count` (rows).
    pub operand: Option<Expr>,
}

/// What a measure does. Nulls do not count; an empty group gives count 0 and null for the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MeasureFn {
    /// Rows, or rows where the operand has a value.
    Count,
    /// Total.
    Sum,
    /// Sum ÷ count, half away from zero, at the operand's scale.
    Avg,
    /// Smallest.
    Min,
    /// Largest.
    Max,
}

impl MeasureFn {
    /// The name in requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Sum => "sum",
            Self::Avg => "avg",
            Self::Min => "min",
            Self::Max => "max",
        }
    }

    /// Reads `count`, `sum`, `avg`, `min`, `max`.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "count" => Self::Count,
            "sum" => Self::Sum,
            "avg" => Self::Avg,
            "min" => Self::Min,
            "max" => Self::Max,
            _ => return None,
        })
    }
}

/// One cell of an aggregate's answer. Sums may be wider than a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A value of a field's type (keys, min, max, averages).
    Value(crate::Value),
    /// A count.
    Count(i64),
    /// An exact total in 128-bit units.
    Total {
        /// Smallest units.
        units: i128,
        /// Digits after the point; 0 for integers.
        scale: u8,
        /// True where the JSON form is a number (integers), not a decimal string.
        integer: bool,
    },
}

/// One group of an aggregate's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// One for each group key.
    pub key: Vec<crate::Value>,
    /// One for each measure.
    pub values: Vec<Cell>,
}

/// How many records match: exact to a limit, then a lower bound or estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The number.
    pub value: u64,
    /// False when `value` is a bound or an estimate.
    pub exact: bool,
}
