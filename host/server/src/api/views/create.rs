//! `POST /api/v1/views`: saves a view for the caller.

use axum::extract::State;
use axum::http::header::LOCATION;
use axum::http::{HeaderValue, StatusCode};
use axum::response::IntoResponse;
use guanxi_core::Problem;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use super::super::version_tag::tagged;
use super::view;
use crate::app::App;
use crate::engine::NewView;

/// Takes `{"object","name","kind","filter","sort","columns","group_field","date_field","shared"}`, answers 201 and the view.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams, Body(body): Body) -> Answer {
    params.only(&[])?;
    let saved = app.engine.create_saved_view(&ctx, read(body)?).await?;
    let mut response = (StatusCode::CREATED, tagged(ok(&view(&saved)), saved.version)).into_response();
    if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/views/{}", saved.id)) {
        response.headers_mut().insert(LOCATION, place);
    }
    Ok(response)
}

fn read(body: Json) -> Result<NewView, Vec<Problem>> {
    let mut reader = Reader::new(body.clone(), "", Codes::Metadata)?;
    let mut new = NewView { object: reader.required_text("object"), name: reader.text("name").unwrap_or_default(), ..NewView::default() };
    super::read_content(&body, &mut reader, &mut new.content);
    new.audience = super::read_audience(&body, &mut reader).unwrap_or_default();
    reader.finish().map(|()| new)
}
