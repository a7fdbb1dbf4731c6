//! `/api/v1/objects/{object}/fields/…`: administration of fields.

pub(super) mod create;
pub(super) mod delete;
pub(super) mod update;

use guanxi_core::meta::Object;
use serde_json::Value as Json;

use crate::engine::{Outcome, Refusal};

/// The field that a change was about, as it is now.
fn changed(object: &Object, key: &str) -> Outcome<Json> {
    let field = object.fields.iter().find(|field| field.key == key);
    field.map(super::objects::field).ok_or_else(|| Refusal::internal(&format!("field {key} is gone after its change")))
}
