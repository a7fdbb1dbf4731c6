//! `/api/v1/objects/{object}/fields/…`: administration of fields.

pub(super) mod change_type;
pub(super) mod create;
pub(super) mod delete;
pub(super) mod update;
pub(super) mod uses;

use guanxi_core::meta::Object;
use serde_json::Value as Json;

use super::reader::{Codes, Reader};
use crate::engine::{NewField, NewRollUp, Outcome, Raw, Refusal};

/// The field that a change was about, as it is now.
fn changed(object: &Object, key: &str) -> Outcome<Json> {
    let field = object.fields.iter().find(|field| field.key == key);
    // Somebody else may have changed it right after.
    field
        .map(super::objects::field)
        .ok_or_else(|| Refusal::one("busy", format!("`{key}` was changed again meanwhile; look at it once more")))
}

/// What a type needs to know, and what depends on it; the same for a new field and for another type.
fn read_type(reader: &mut Reader, new: &mut NewField) {
    new.unique = reader.flag("unique").unwrap_or(false);
    new.indexed = reader.flag("indexed").unwrap_or(false);
    new.options = reader.options("options").unwrap_or_default();
    new.target = reader.text("target");
    new.scale = reader.number("scale");
    new.max = reader.number("max");
    new.default = reader.json("default").map(Raw::Json);
    new.mask = reader.text("mask");
    new.conditions.show = reader.text("show_if");
    new.conditions.require = reader.text("require_if");
    new.conditions.read_only = reader.text("read_only_if");
    new.formula = reader.text("formula");
    new.result = reader.text("result");
    new.format = reader.text("format");
    new.roll_up = reader.json("roll_up").and_then(|json| match read_roll_up(json) {
        Ok(roll_up) => Some(roll_up),
        Err(problems) => {
            reader.report(problems);
            None
        }
    });
}

fn read_roll_up(json: Json) -> Result<NewRollUp, Vec<guanxi_core::Problem>> {
    let mut reader = Reader::new(json, "roll_up.", Codes::Metadata)?;
    let roll_up = NewRollUp {
        object: reader.required_text("object"),
        reference: reader.required_text("reference"),
        function: reader.required_text("function"),
        field: reader.text("field"),
        condition: reader.text("condition"),
    };
    reader.finish().map(|()| roll_up)
}
