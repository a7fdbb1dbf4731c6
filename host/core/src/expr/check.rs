//! [`Syntax`] to [`Expr`]: names are resolved, literals take the other side's type.

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

use super::{Expr, FieldPath, Syntax};
use crate::meta::{Object, Schema};
use crate::problem::Problem;

/// What names mean while an expression is checked.
#[derive(Clone, Copy, Debug)]
pub struct Bindings<'a> {
    /// The tenant's metadata.
    pub schema: &'a Schema,
    /// The object whose fields stand without a prefix.
    pub object: &'a Object,
    /// `me`: the acting user.
    pub me: Option<Uuid>,
    /// `today` in the tenant's zone.
    pub today: NaiveDate,
    /// `now`.
    pub now: DateTime<Utc>,
    /// The tenant's zone, for instants written as dates.
    pub zone: chrono_tz::Tz,
}

/// Checks a condition. All problems at once: `field.unknown`, `field.type`, `field.option`, `filter.not_pushable`.
pub fn check_condition(_syntax: &Syntax, _bindings: &Bindings<'_>) -> Result<Expr, Vec<Problem>> {
    Err(Vec::new())
}

/// Checks a number expression; returns it with the scale of its result.
pub fn check_number(_syntax: &Syntax, _bindings: &Bindings<'_>) -> Result<(Expr, u8), Vec<Problem>> {
    Err(Vec::new())
}

/// Resolves `customer.name` from an object on; at most three hops.
pub fn resolve_path(path: &str, _schema: &Schema, _object: &Object) -> Result<FieldPath, Problem> {
    Err(Problem::error("field.unknown", format!("no field `{path}`")))
}
