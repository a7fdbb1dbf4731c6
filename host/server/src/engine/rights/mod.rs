//! Who may do what, as administrators keep it: roles, departments, teams, shares of single records, and why somebody may or may not.
//!
//! Every change is written to the security log and counts from the next request on, on every host.

mod check;
mod departments;
mod explain;
mod log;
mod reasons;
mod roles;
mod shares;
mod teams;
mod view_as;

pub(super) use check::handed_out;
pub use departments::{DepartmentChange, DepartmentInfo};
pub use explain::{Explanation, FieldAnswer, FunctionAnswer, Question, RecordAnswer};
pub use reasons::{Reason, ReasonBy};
pub use shares::NewShare;

use guanxi_core::policy::Function;

use super::{Ctx, Outcome, Refusal};

/// Refuses whoever may not do something in the area of roles; administrators may everything.
fn manages(ctx: &Ctx, function: Function) -> Outcome<()> {
    match ctx.actor.manages("role", function) {
        true => Ok(()),
        false => Err(Refusal::denied(&format!("role: {}", function.name()))),
    }
}
