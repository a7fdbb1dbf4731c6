//! `GET /api/v1/permission-kinds`: the kinds of right that there are, with the names of each.

use guanxi_core::policy::{FieldRight, Function, Scope, Special};
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;

/// Answers `{"kinds"}`: exactly function, data, department and special. Approval is none of them: it is a step of a workflow.
pub(in crate::api) async fn handle(Caller(_): Caller, params: RawParams) -> Answer {
    params.only(&[])?;
    Ok(ok(&json!({ "kinds": [
        { "kind": "function", "names": Function::ALL.iter().map(|one| one.name()).collect::<Json>() },
        { "kind": "data", "names": Scope::EVERY.iter().map(|one| one.name()).chain(["rule"]).collect::<Json>() },
        { "kind": "department", "names": ["member", "manager"] },
        { "kind": "special", "names": Special::ALL.iter().map(|one| one.name().to_owned()).collect::<Json>() },
    ], "field_rights": FieldRight::ALL.iter().map(|one| one.name()).collect::<Json>() })))
}
