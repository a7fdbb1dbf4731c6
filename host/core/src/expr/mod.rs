//! The expression language: a CEL subset, parsed and checked once, then evaluated here or pushed down to SQL by the planner.
//!
//! `parse` makes a syntax tree with positions, `check` types it against the metadata. Documented operator by operator in docs/api.md.

mod check;
mod parse;
mod tree;

pub use check::{Bindings, check_condition, check_number, resolve_path};
pub use parse::parse;
pub use tree::{ArithmeticOp, CompareOp, Expr, FieldPath, Hop, Syntax, SyntaxKind};
