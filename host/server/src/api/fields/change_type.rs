//! `POST /api/v1/objects/{object}/fields/{field}/type`: another type for a field; with `?dry_run=true` what would become of its values.

use axum::extract::State;
use guanxi_core::Problem;
use guanxi_core::meta::Locale;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::path::FieldPath;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use crate::app::App;
use crate::engine::{NewField, Refusal, TypePreview};
use crate::texts::problem_text;

/// Takes `{"type",…,"unconvertible":"null"?}`, answers the field, or the preview of a dry run.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    FieldPath { object, field }: FieldPath,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    let dry_run = params.only(&["dry_run"])?.flag("dry_run", false)?;
    let (new, lossy) = read(body)?;
    if dry_run {
        let preview = app.engine.preview_type(&ctx, &object, &field, new).await?;
        return Ok(ok(&shown(&preview, ctx.locale)));
    }
    // A caller that goes away does not stop it half-way.
    let key = field.clone();
    let changing = tokio::spawn(async move { app.engine.change_type(&ctx, &object, &field, new, lossy).await });
    let object = changing.await.map_err(|error| Refusal::internal(&error))??;
    Ok(ok(&super::changed(&object, &key)?))
}

fn read(body: Json) -> Result<(NewField, bool), Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let mut new = NewField { kind: reader.required_text("type"), ..NewField::default() };
    super::read_type(&mut reader, &mut new);
    new.required = reader.flag("required").unwrap_or(false);
    let lossy = match reader.text("unconvertible").as_deref() {
        None => false,
        Some("null") => true,
        Some(_) => {
            reader.report(vec![Problem::error("field.option", "`unconvertible` can only be \"null\"").on("unconvertible")]);
            false
        }
    };
    reader.finish().map(|()| (new, lossy))
}

fn shown(preview: &TypePreview, locale: Locale) -> Json {
    let example = |one: &crate::engine::Unconverted| {
        let reason = json!({ "code": one.problem.code, "title": problem_text(locale, &one.problem), "detail": one.problem.detail });
        json!({ "id": one.id.to_string(), "title": one.title, "value": one.value, "reason": reason })
    };
    json!({
        "with_value": preview.with_value,
        "convertible": preview.convertible,
        "unconvertible": preview.unconvertible,
        "lost": { "scale": preview.lost_scale, "length": preview.lost_length },
        "examples": preview.examples.iter().map(example).collect::<Json>(),
        "groups": preview.groups.iter().map(|(value, count)| json!({ "value": value, "count": count })).collect::<Json>(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_null_may_be_put_for_what_does_not_convert() {
        let (new, lossy) = read(json!({ "type": "decimal", "scale": 3, "unconvertible": "null" })).expect("a type");
        assert_eq!((new.kind.as_str(), new.scale, lossy), ("decimal", Some(3), true));
        assert_eq!(read(json!({ "type": "integer", "unconvertible": "zero" })).expect_err("refused")[0].code, "field.option");
        assert_eq!(read(json!({ "type": "integer", "label": "A" })).expect_err("refused")[0].code, "field.unknown");
    }
}
