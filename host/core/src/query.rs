//! Queries as data. The one planner (`store`) turns them into SQL; scopes come from [`crate::policy`].

mod aggregate;
mod arrange;
mod calendar;
mod unindexed;
mod withhold;

use std::collections::HashMap;

use uuid::Uuid;

use crate::expr::{Expr, FieldPath};
use crate::policy::RowScope;

pub use aggregate::{Aggregate, AggregateFn, Cell, Grain, Group, GroupKey, Join, Measure, MeasureFn, Parts, Related, bucket_key};
pub use arrange::{GroupOrder, OrderBy, compare_cells, compare_groups, compare_values, fill_groups};
pub use calendar::{period_end, period_start};
pub use unindexed::fields_without_index;
pub use withhold::Level;

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

/// How many records match: exact to a limit, then a lower bound or estimate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// The number.
    pub value: u64,
    /// False when `value` is a bound or an estimate.
    pub exact: bool,
}
