//! The expression language: a CEL subset, parsed and checked once, then evaluated here or pushed down to SQL by the planner.
//!
//! `parse` makes a syntax tree with positions (`token` cuts the text), `check` types it against the metadata, `number` turns arithmetic
//! into integers, `evaluate` answers for one record. Documented operator by operator in docs/expressions.md.

mod check;
mod compare;
mod constant;
mod evaluate;
mod number;
mod operand;
mod parse;
mod path;
#[cfg(test)]
mod property_tests;
#[cfg(test)]
mod sample;
mod token;
mod tree;

pub use check::{Bindings, check_condition, check_number};
pub use evaluate::{FieldReader, evaluate_condition, evaluate_number};
pub use number::{NumberPlan, NumberTerm, plan_difference, plan_number};
pub use parse::parse;
pub use path::resolve_path;
pub use tree::{ArithmeticOp, CompareOp, Expr, FieldPath, Hop, Syntax, SyntaxKind};
