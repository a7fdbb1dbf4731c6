//! Groups with measures as data: what may be joined, grouped and measured. The store turns it into SQL.

use super::Scopes;
use crate::Value;
use crate::decimal::Decimal;
use crate::expr::{Expr, FieldPath};

/// Groups with measures over the records of one object.
///
/// Every measure counts each record that it measures once in a group, however often a join repeats it: the sum of an order's own field
/// over its lines is that of the orders, not of the lines.
#[derive(Clone, Debug, Default)]
pub struct Aggregate {
    /// The object's key.
    pub object: String,
    /// Records of other objects that refer to the object's, at most three. Paths begin with a join's name as with a reference: their first
    /// hop goes from `object` over a field of that name.
    pub joins: Vec<Join>,
    /// Checked filter; `None` is all.
    pub filter: Option<Expr>,
    /// Records that must refer, or must not refer, to the object's.
    pub exists: Vec<Related>,
    /// Group keys; none gives exactly one group.
    pub group_by: Vec<GroupKey>,
    /// Which of the keys make groups, by their places; `None` is all. A total has none of them.
    pub level: Option<Vec<usize>>,
    /// Rows of these groups are left out; each has a value for every key of `group_by`.
    pub except: Vec<Vec<Value>>,
    /// What is computed per group.
    pub measures: Vec<Measure>,
    /// Rows that the actor may see, per object that the query touches.
    pub scopes: Scopes,
    /// At most so many groups; one more is an error, never a silent cut.
    pub limit: u32,
}

/// Records that refer to those of the object (or of an earlier join), each combined with what it refers to.
#[derive(Clone, Debug)]
pub struct Join {
    /// What paths begin with.
    pub name: String,
    /// The object that refers.
    pub object: String,
    /// Its reference field.
    pub via: String,
    /// The earlier join to whose records it refers; `None` is the object itself.
    pub of: Option<String>,
    /// Only records to which something refers; otherwise the others stay, with nulls.
    pub required: bool,
    /// Which of the referring records; checked against their object.
    pub filter: Option<Expr>,
}

/// A condition about records of another object that refer to a record.
#[derive(Clone, Debug)]
pub struct Related {
    /// The object that refers.
    pub object: String,
    /// Its reference field.
    pub via: String,
    /// Which of them; checked against their object.
    pub filter: Option<Expr>,
    /// There must be none.
    pub none: bool,
}

/// One group key.
#[derive(Clone, Debug, PartialEq)]
pub struct GroupKey {
    /// By what.
    pub path: FieldPath,
    /// What belongs together.
    pub parts: Parts,
}

/// Which values of a key are one group. A null is always a group of its own.
#[derive(Clone, Debug, PartialEq)]
pub enum Parts {
    /// Equal ones.
    Values,
    /// Dates and instants of one period; its first day is the key.
    Periods {
        /// How long a period is.
        grain: Grain,
        /// The month (1 to 12) with which years, and so quarters, begin.
        first_month: u32,
    },
    /// Numbers from one edge up to, not including, the next; before the first and from the last on there are open ones. The key is
    /// `{"from","to"}` ([`bucket_key`]).
    Edges(Vec<Decimal>),
    /// Numbers in steps of equal width: `from + n × width` up to, not including, the next step.
    Steps {
        /// Where a step begins.
        from: Decimal,
        /// More than 0.
        width: Decimal,
    },
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
        [Self::Day, Self::Week, Self::Month, Self::Quarter, Self::Year].into_iter().find(|grain| grain.name() == text)
    }
}

/// One number per group.
#[derive(Clone, Debug)]
pub struct Measure {
    /// What is done.
    pub function: AggregateFn,
    /// Over what: a field or a typed arithmetic expression, rounded row by row; `None` only for a count (records of the object).
    pub operand: Option<Expr>,
    /// Which rows count; `None` is all.
    pub filter: Option<Expr>,
}

impl Measure {
    /// A measure over all rows.
    pub fn new(function: impl Into<AggregateFn>, operand: Option<Expr>) -> Self {
        Self { function: function.into(), operand, filter: None }
    }
}

/// What a measure does. Nulls do not count; an empty group gives count 0 and null for the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AggregateFn {
    /// What roll-ups know too.
    Plain(MeasureFn),
    /// How many different values there are.
    CountDistinct,
    /// The middle value, or half the sum of the two middle ones, half away from zero, at the operand's scale.
    Median,
}

impl AggregateFn {
    /// All, as messages list them.
    pub const NAMES: &'static str = "count, count_distinct, sum, avg, min, max, median";

    /// The name in requests.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain(function) => function.name(),
            Self::CountDistinct => "count_distinct",
            Self::Median => "median",
        }
    }

    /// Reads a name.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "count_distinct" => Some(Self::CountDistinct),
            "median" => Some(Self::Median),
            _ => MeasureFn::parse(text).map(Self::Plain),
        }
    }

    /// Gives a number of records or values.
    pub fn counts(self) -> bool {
        matches!(self, Self::Plain(MeasureFn::Count) | Self::CountDistinct)
    }

    /// Does not change when a row is repeated.
    pub fn ignores_repeats(self) -> bool {
        matches!(self, Self::Plain(MeasureFn::Min | MeasureFn::Max) | Self::CountDistinct)
    }
}

impl From<MeasureFn> for AggregateFn {
    fn from(function: MeasureFn) -> Self {
        Self::Plain(function)
    }
}

/// What a measure does that can also be kept up to date in a field (a roll-up).
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
        [Self::Count, Self::Sum, Self::Avg, Self::Min, Self::Max].into_iter().find(|function| function.name() == text)
    }
}

/// One cell of an aggregate's answer. Sums may be wider than a field.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// A value of a field's type (keys, min, max, averages).
    Value(Value),
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

impl Cell {
    /// The number of a count.
    pub fn count(&self) -> Option<i64> {
        match self {
            Self::Count(count) => Some(*count),
            _ => None,
        }
    }
}

/// One group of an aggregate's answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// One for each group key.
    pub key: Vec<Value>,
    /// One for each measure.
    pub values: Vec<Cell>,
}

/// The key of a group of numbers between two edges; an open end is null.
pub fn bucket_key(from: Option<Decimal>, to: Option<Decimal>, decimal: bool) -> Value {
    // Decimals and integers are written as records write them; neither has a character that JSON would escape.
    let end = |edge: Option<Decimal>| match edge {
        None => "null".to_owned(),
        Some(edge) if decimal => format!("\"{edge}\""),
        Some(edge) => edge.to_string(),
    };
    Value::Json(format!("{{\"from\":{},\"to\":{}}}", end(from), end(to)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for name in AggregateFn::NAMES.split(", ") {
            assert_eq!(AggregateFn::parse(name).map(AggregateFn::name), Some(name));
        }
        assert_eq!(AggregateFn::parse("mode"), None);
        assert_eq!(Grain::parse("quarter").map(Grain::name), Some("quarter"));
    }

    #[test]
    fn buckets_say_where_they_end() {
        let edge = |units| Some(Decimal::new(units, 2));
        assert_eq!(bucket_key(None, edge(5_000_000), true), Value::Json("{\"from\":null,\"to\":\"50000.00\"}".into()));
        assert_eq!(bucket_key(Some(Decimal::new(5, 0)), None, false), Value::Json("{\"from\":5,\"to\":null}".into()));
    }
}
