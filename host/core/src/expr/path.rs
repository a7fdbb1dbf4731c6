//! Names to fields: `customer.region` from one object on.

use super::{FieldPath, Hop};
use crate::meta::{FieldKind, Object, Schema};
use crate::problem::Problem;

/// More references than this on the way to a field are refused: each is a join.
const MAX_HOPS: usize = 3;

/// Resolves `customer.name` from an object on; at most three hops. A path that ends at a reference means the reference itself.
///
/// Hidden fields and objects are unknown here, as everywhere. Refusals: `field.unknown`, and `field.type` where something that is no
/// reference has a field asked of it.
pub fn resolve_path(path: &str, schema: &Schema, object: &Object) -> Result<FieldPath, Problem> {
    let names: Vec<&str> = path.split('.').collect();
    resolve_names(&names, schema, object)
}

pub(super) fn resolve_names(names: &[&str], schema: &Schema, object: &Object) -> Result<FieldPath, Problem> {
    let shown = || names.join(".").chars().take(120).collect::<String>();
    let Some((last, leading)) = names.split_last() else {
        return Err(Problem::error("field.unknown", "a field's name is missing"));
    };
    if leading.len() > MAX_HOPS {
        let detail = format!("`{}` goes over {} references; at most {MAX_HOPS} are possible", shown(), leading.len());
        return Err(Problem::error("field.unknown", detail).with("name", shown()).with("reason", "too_many_hops"));
    }
    let unknown = |name: &str, object: &str| {
        Problem::error("field.unknown", format!("`{object}` has no field `{name}`")).on(shown()).with("name", name.to_owned())
    };
    let mut hops = Vec::with_capacity(leading.len());
    let mut held; // keeps the target alive while its fields are looked at
    let mut current = object;
    for name in leading {
        let field = current.field(name).ok_or_else(|| unknown(name, &current.key))?;
        let FieldKind::Reference { target } = &field.kind else {
            let detail = format!("`{name}` is a {}, only references lead to other fields", field.kind.name());
            return Err(Problem::error("field.type", detail).on(shown()).with("expected", "reference"));
        };
        let Some(next) = schema.object(target) else {
            return Err(Problem::error("field.unknown", format!("the object `{target}` is not there"))
                .on(shown())
                .with("name", target.clone()));
        };
        hops.push(Hop { object: current.key.clone(), field: field.key.clone(), target: target.clone() });
        held = next.clone();
        current = &held;
    }
    let field = current.field(last).ok_or_else(|| unknown(last, &current.key))?;
    Ok(FieldPath { hops, object: current.key.clone(), field: field.key.clone(), kind: field.kind.clone() })
}
