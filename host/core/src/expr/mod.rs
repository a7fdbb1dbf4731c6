//! The expression language: a CEL subset, parsed and checked once, then evaluated here or pushed down to SQL by the planner.
//!
//! `parse` makes a syntax tree with positions (`token` cuts the text), `check` types it against the metadata, `number` turns arithmetic
//! into integers, `evaluate` and `compute` answer for one record. Documented operator by operator in docs/expressions.md.
//!
//! There are several uses, from narrow to wide: [`check_condition`] and [`check_number`] for what a database answers, [`check_question`] for
//! what somebody asks now (the search answers too), [`check_rule`] for
//! conditions that are evaluated for one record, [`check_formula`] for values that are stored and must not depend on time or person.

mod added;
mod call;
mod cases;
mod check;
#[cfg(test)]
mod choice_tests;
mod compare;
mod compute;
mod constant;
mod evaluate;
mod formula;
#[cfg(test)]
mod formula_tests;
mod kinds;
mod lines;
mod number;
mod operand;
mod parse;
mod path;
mod period;
#[cfg(test)]
mod property_tests;
mod ratio;
#[cfg(test)]
mod sample;
mod scope;
mod source;
mod token;
mod tree;
mod visit;
mod words;

pub use check::{Bindings, check_condition, check_number, check_question, check_rule};
pub use compute::{evaluate_value, evaluate_value_with};
pub use evaluate::{add_magnitudes, evaluate_condition, evaluate_condition_with, evaluate_number, product};
pub use formula::{check_formula, formula_fits};
pub use number::{NumberPlan, NumberTerm, plan_difference, plan_number};
pub use parse::parse;
pub use path::resolve_path;
pub use period::is_changing;
pub use source::{FieldReader, Source};
pub use tree::{ArithmeticOp, CompareOp, Expr, FieldPath, Function, Hop, Lines, Syntax, SyntaxKind};
pub use visit::{fields_of, paths_of};
