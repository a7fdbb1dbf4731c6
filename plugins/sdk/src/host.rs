//! What a plugin may ask of the host. In native tests the answers come from [`crate::testing::MockHost`].

use crate::bindings::imports::guanxi::{log::log, query::query, records::records};
use crate::plugin::Result;

pub use query::{AggregateRequest, FindRequest, Grain, Group, GroupKey, Measure, MeasureFunction, Measured};
pub use records::Row;

/// The most rows that one `find` returns.
pub const MAX_ROWS: u32 = 1_000;

/// Reads records of one object in the order of `ids`; none for one that does not exist or may not be seen.
pub fn get_many(object: &str, ids: &[String], fields: &[&str]) -> Result<Vec<Option<Row>>> {
    let fields: Vec<String> = fields.iter().map(|&field| field.to_owned()).collect();
    #[cfg(target_arch = "wasm32")]
    return records::get_many(object, ids, &fields);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::with_mock(|mock| mock.answer_get_many(object, ids, &fields))
}

/// Reads one record.
pub fn get(object: &str, id: &str, fields: &[&str]) -> Result<Option<Row>> {
    Ok(get_many(object, &[id.to_owned()], fields)?.into_iter().next().flatten())
}

/// Finds records of one object.
pub fn find(request: &FindRequest) -> Result<Vec<Row>> {
    #[cfg(target_arch = "wasm32")]
    return query::find(request);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::with_mock(|mock| mock.answer_find(request))
}

/// Counts and sums records of one object.
pub fn aggregate(request: &AggregateRequest) -> Result<Vec<Group>> {
    #[cfg(target_arch = "wasm32")]
    return query::aggregate(request);
    #[cfg(not(target_arch = "wasm32"))]
    crate::testing::with_mock(|mock| mock.answer_aggregate(request))
}

/// Writes a line to the plugin's log.
pub fn log(level: Level, message: &str) {
    #[cfg(target_arch = "wasm32")]
    log::log(level, message);
    #[cfg(not(target_arch = "wasm32"))]
    eprintln!("{level:?}: {message}");
}

pub use log::Level;

impl FindRequest {
    /// All records of an object, at most [`MAX_ROWS`].
    pub fn new<'a>(object: &str, fields: impl IntoIterator<Item = &'a str>) -> Self {
        let fields = fields.into_iter().map(str::to_owned).collect();
        Self { object: object.to_owned(), filter: String::new(), fields, sort: Vec::new(), limit: MAX_ROWS }
    }

    /// Only those that match; build it with [`crate::filter`].
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.filter = filter.into();
        self
    }

    /// One more field to sort by, `-amount` for descending.
    pub fn sort(mut self, field: &str) -> Self {
        self.sort.push(field.to_owned());
        self
    }

    /// At most so many.
    pub fn limit(mut self, limit: u32) -> Self {
        self.limit = limit;
        self
    }

    /// Asks the host.
    pub fn fetch(&self) -> Result<Vec<Row>> {
        find(self)
    }
}

impl AggregateRequest {
    /// One group over all records of an object.
    pub fn new(object: &str) -> Self {
        Self { object: object.to_owned(), filter: String::new(), group_by: Vec::new(), measures: Vec::new() }
    }

    /// Only those that match.
    pub fn filter(mut self, filter: impl Into<String>) -> Self {
        self.filter = filter.into();
        self
    }

    /// One group per value of a field; also through a reference, `owner.name`.
    pub fn group_by(mut self, field: &str) -> Self {
        self.group_by.push(GroupKey { field: field.to_owned(), grain: None });
        self
    }

    /// One group per period of a date field; the key is the period's first day.
    pub fn group_by_period(mut self, field: &str, grain: Grain) -> Self {
        self.group_by.push(GroupKey { field: field.to_owned(), grain: Some(grain) });
        self
    }

    /// How many records.
    pub fn count(self) -> Self {
        self.measure(MeasureFunction::Count, Measured::Records)
    }

    /// The sum of a field.
    pub fn sum(self, field: &str) -> Self {
        self.measure(MeasureFunction::Sum, Measured::Field(field.to_owned()))
    }

    /// The sum of an expression, rounded row by row.
    pub fn sum_of(self, expression: &str) -> Self {
        self.measure(MeasureFunction::Sum, Measured::Expression(expression.to_owned()))
    }

    /// Any other measure.
    pub fn measure(mut self, function: MeasureFunction, of: Measured) -> Self {
        self.measures.push(Measure { function, of });
        self
    }

    /// Asks the host.
    pub fn fetch(&self) -> Result<Vec<Group>> {
        aggregate(self)
    }
}
