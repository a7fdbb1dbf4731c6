//! `PATCH /api/v1/objects/{object}`: another name or icon; hiding and showing.

use axum::extract::State;
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
use crate::engine::ObjectPatch;

/// Takes any of `{"label","icon","hidden"}`, answers the object.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(key): ObjectPath,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    let object = app.engine.update_object(&ctx, &key, read(body)?).await?;
    Ok(ok(&super::whole(&ctx, &object, false)))
}

fn read(body: Json) -> Result<ObjectPatch, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Metadata)?;
    let patch = ObjectPatch { label: reader.label("label"), icon: reader.text("icon"), hidden: reader.flag("hidden") };
    reader.finish().map(|()| patch)
}
