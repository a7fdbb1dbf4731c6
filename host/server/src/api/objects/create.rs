//! `POST /api/v1/objects`: an object of the tenant's own.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use guanxi_core::Problem;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use crate::app::App;
use crate::engine::{NewObject, NewParent};

/// Takes `{"key","label","icon","parent","children_field"}`, answers 201 with the object. It starts with one field, `name`; a child object
/// with `parent` and `position` instead.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams, Body(body): Body) -> Answer {
    params.only(&[])?;
    let object = app.engine.create_object(&ctx, read(body)?).await?;
    Ok((StatusCode::CREATED, ok(&super::whole(&ctx, &object, false))).into_response())
}

fn read(body: Json) -> Result<NewObject, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let new = NewObject {
        key: reader.required_text("key"),
        label: reader.required_label("label"),
        icon: reader.text("icon"),
        parent: parent(&mut reader),
    };
    reader.finish().map(|()| new)
}

/// `"parent":"x_order","children_field":"x_lines"`; the field is called like the object with an s when nothing is said.
fn parent(reader: &mut Reader) -> Option<NewParent> {
    let (object, field) = (reader.text("parent"), reader.text("children_field"));
    if object.is_none() && field.is_some() {
        reader.add([Problem::error("field.required", "`children_field` needs `parent`").on("parent")]);
    }
    object.map(|object| NewParent { object, field })
}
