//! `POST /api/v1/objects/{object}/fields`: a field of the tenant's own. It can be used at once.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use guanxi_core::Problem;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use crate::app::App;
use crate::engine::NewField;

/// Takes `{"key","type","label",…}`, answers 201 with the field.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(key): ObjectPath,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let new = read(body)?;
    let field = new.key.clone();
    let object = app.engine.create_field(&ctx, &key, new).await?;
    Ok((StatusCode::CREATED, ok(&super::changed(&object, &field)?)).into_response())
}

fn read(body: Json) -> Result<NewField, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let (key, kind, label) = (reader.required_text("key"), reader.required_text("type"), reader.required_label("label"));
    let mut new = NewField { key, kind, label, ..NewField::default() };
    super::read_type(&mut reader, &mut new);
    new.required = reader.flag("required").unwrap_or(false);
    new.help = reader.label("help");
    new.group = reader.label("group");
    new.sourced = reader.flag("sourced").unwrap_or(false);
    new.unsearched = !reader.flag("searchable").unwrap_or(true);
    reader.finish().map(|()| new)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_optional_keys_have_defaults() {
        let body = json!({ "key": "x_score", "type": "integer", "label": { "en": "Score" }, "default": 5, "help": null });
        let new = read(body).expect("a field");
        assert_eq!((new.key.as_str(), new.kind.as_str(), new.label.zh.as_str()), ("x_score", "integer", "Score"));
        assert!(!new.required && !new.unique && !new.indexed && new.help.is_none());
        assert!(matches!(new.default, Some(crate::engine::Raw::Json(json)) if json == 5));
    }

    #[test]
    fn unknown_keys_are_refused() {
        let problems = read(json!({ "key": "x_a", "typ": "text", "read_only": true })).expect_err("problems");
        let found: Vec<_> = problems.iter().map(|p| (p.code.as_str(), p.field.as_deref().unwrap_or_default())).collect();
        assert_eq!(
            found,
            [("field.required", "type"), ("field.required", "label"), ("field.unknown", "typ"), ("field.unknown", "read_only")]
        );
    }
}
