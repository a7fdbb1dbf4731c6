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
use crate::engine::FieldPatch;

/// Takes any of `{"label","help","required","unique","indexed","hidden","options"}`, answers the field.
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
    // A null takes the hint away; for everything else null means "as it is".
    let without_help = body.get("help").is_some_and(Json::is_null);
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let help = reader.label("help");
    let patch = FieldPatch {
        label: reader.label("label"),
        help: if without_help { Some(None) } else { help.map(Some) },
        required: reader.flag("required"),
        unique: reader.flag("unique"),
        indexed: reader.flag("indexed"),
        hidden: reader.flag("hidden"),
        options: reader.options("options"),
    };
    reader.finish().map(|()| patch)
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
