//! Permission decisions: pure functions of roles, places in the department tree, shares and rules. Nobody else compares roles.
//!
//! There are four kinds of right: functions on objects, data (how far a function reaches), departments (the tree and its managers), and
//! special rights. Beside them stand the rights on single fields. Several roles add up: the most permissive wins.

mod actor;
mod bind;
mod decide;
mod mask;
mod reach;
mod right;
mod role;
mod templates;
#[cfg(test)]
mod tests;

pub use actor::{Actor, Bound};
pub use bind::{bind, check_rule_text};
pub use decide::{decide, decide_in, departments_above, departments_below, figure_scope, min_group, path_right};
pub use mask::{is_maskable, masked};
pub use reach::{Reach, RowScope, Shared, Subject};
pub use right::{FieldRight, Function, Scope, Special, kept_by};
pub use role::{ADMINISTRATOR, ANY_OBJECT, AREAS, Grant, Role, Template};
pub use templates::host_roles;
