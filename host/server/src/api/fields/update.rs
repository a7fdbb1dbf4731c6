//! `PATCH /api/v1/objects/{object}/fields/{field}`: changes a field within its type.

use axum::extract::State;
use guanxi_core::Problem;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::FieldPath;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use crate::app::App;
use crate::engine::{FieldPatch, Raw};

/// Takes any of `{"label","help","group","mask","default","show_if","require_if","read_only_if","required","unique","indexed","searchable","hidden",
/// "options","max","formula"}`, answers the field.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    FieldPath { object, field }: FieldPath,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let object = app.engine.update_field(&ctx, &object, &field, read(body)?).await?;
    Ok(ok(&super::changed(&object, &field)?))
}

fn read(body: Json) -> Result<FieldPatch, Vec<Problem>> {
    // A null takes these away; for everything else null means "as it is".
    let nulls: Vec<&str> = EMPTIED.into_iter().filter(|key| body.get(key).is_some_and(Json::is_null)).collect();
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let patch = FieldPatch {
        label: reader.label("label"),
        help: emptied(&nulls, "help", reader.label("help")),
        group: emptied(&nulls, "group", reader.label("group")),
        mask: emptied(&nulls, "mask", reader.text("mask")),
        default: emptied(&nulls, "default", reader.json("default").map(Raw::Json)),
        show_if: emptied(&nulls, "show_if", reader.text("show_if")),
        require_if: emptied(&nulls, "require_if", reader.text("require_if")),
        read_only_if: emptied(&nulls, "read_only_if", reader.text("read_only_if")),
        required: reader.flag("required"),
        unique: reader.flag("unique"),
        indexed: reader.flag("indexed"),
        hidden: reader.flag("hidden"),
        searchable: reader.flag("searchable"),
        options: reader.options("options"),
        max: reader.number("max"),
        formula: reader.text("formula"),
    };
    reader.finish().map(|()| patch)
}

/// What a null takes away.
const EMPTIED: [&str; 7] = ["help", "group", "mask", "default", "show_if", "require_if", "read_only_if"];

fn emptied<T>(nulls: &[&str], key: &str, given: Option<T>) -> Option<Option<T>> {
    if nulls.contains(&key) { Some(None) } else { given.map(Some) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn only_what_is_named_changes() {
        let patch = read(json!({ "help": null, "hidden": false })).expect("a patch");
        assert_eq!((patch.help, patch.hidden, patch.required), (Some(None), Some(false), None));
        assert!(patch.label.is_none() && patch.options.is_none() && patch.unique.is_none());
        assert_eq!(read(json!({ "type": "text" })).expect_err("refused")[0].code, "field.unknown");
    }
}
