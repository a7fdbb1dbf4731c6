//! Pure rules of Guanxi: metadata, values, expressions, queries as data, permission decisions.
//!
//! No I/O, no clock, no ids made here: everything arrives as an argument, so nothing can fail by surprise.

pub mod decimal;
pub mod expr;
pub mod host_objects;
pub mod input;
pub mod meta;
pub mod policy;
pub mod problem;
pub mod query;
pub mod saved_view;
pub mod search;
pub mod sequence;
pub mod text;
pub mod unit;
pub mod value;
pub mod width;

pub use decimal::Decimal;
pub use problem::{Problem, Severity};
pub use value::Value;
