//! `POST /api/v1/files?name=…`: one file, as the body of the request.

use std::time::Duration;

use axum::body::Body as HttpBody;
use axum::extract::{FromRequest, Multipart, Request, State};
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT, LOCATION};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, stream};
use serde_json::json;

use super::super::auth::Caller;
use super::super::body::drain;
use super::super::json::ok;
use super::super::params::RawParams;
use super::super::problem::{Answer, ApiError};
use super::super::version_tag::tagged;
use crate::app::App;
use crate::engine::{Ctx, FILE_MAX, FileBytes, NewFile, Saved, file_too_large};

/// A sender that is silent for so long has gone.
const SILENCE: Duration = Duration::from_secs(60);
/// What a multipart body has beside the file.
const ENVELOPE: u64 = 64 * 1024;

/// Answers 201 with the attachment. The file is the whole body, or the first file of a `multipart/form-data` body, whose name counts where
/// the address has none.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams, request: Request) -> Answer {
    let params = params.only(&["name", "about"])?;
    let new = NewFile { name: params.text("name").to_owned(), about: params.text("about").to_owned() };
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<u64>().ok());
    if announced.is_some_and(|length| length > FILE_MAX + ENVELOPE) {
        // A sender that waits for `100 Continue` has not sent anything yet and needs no draining.
        if !request.headers().contains_key(EXPECT) {
            drain(std::pin::pin!(request.into_body())).await;
        }
        return Err(file_too_large().into());
    }
    let saved = match is_multipart(request.headers()) {
        true => from_form(&app, &ctx, new, request).await?,
        false => from_body(&app, &ctx, new, request.into_body()).await?,
    };
    created(&app, &ctx, &saved).await
}

async fn from_body(app: &App, ctx: &Ctx, new: NewFile, body: HttpBody) -> Result<Saved, ApiError> {
    if new.name.trim().is_empty() {
        return Err(ApiError(guanxi_core::Problem::error("field.required", "name the file: ?name=…").on("name").into()));
    }
    let mut bytes = limited(body.into_data_stream().map_err(|error| error.to_string()).boxed());
    let stored = app.engine.store_file(ctx, new, &mut bytes).await;
    if stored.is_err() {
        pass_by(bytes).await;
    }
    Ok(stored?)
}

async fn from_form(app: &App, ctx: &Ctx, mut new: NewFile, mut request: Request) -> Result<Saved, ApiError> {
    let most = usize::try_from(FILE_MAX + ENVELOPE).unwrap_or(usize::MAX);
    axum::extract::DefaultBodyLimit::max(most).apply(&mut request);
    let malformed = |error: &dyn std::fmt::Display| ApiError::malformed(format!("the form cannot be read: {error}"));
    let mut form = Multipart::from_request(request, &()).await.map_err(|error| malformed(&error.body_text()))?;
    while let Some(part) = form.next_field().await.map_err(|error| malformed(&error.body_text()))? {
        let Some(name) = part.file_name() else { continue };
        if new.name.trim().is_empty() {
            new.name = name.to_owned();
        }
        let mut bytes = limited(part.map_err(|error| error.to_string()).boxed());
        let stored = app.engine.store_file(ctx, new, &mut bytes).await;
        if stored.is_err() {
            pass_by(bytes).await;
        }
        return Ok(stored?);
    }
    Err(ApiError(guanxi_core::Problem::error("field.required", "the form holds no file").on("file").into()))
}

/// The same bytes; an error after a long silence.
fn limited(bytes: FileBytes<'_>) -> FileBytes<'_> {
    // Fused: after a refusal it is asked again, though it may have ended.
    stream::unfold(bytes, next).fuse().boxed()
}

async fn next(mut bytes: FileBytes<'_>) -> Option<(Result<Bytes, String>, FileBytes<'_>)> {
    match tokio::time::timeout(SILENCE, bytes.next()).await {
        Ok(chunk) => chunk.map(|chunk| (chunk, bytes)),
        Err(_) => Some((Err("the sender fell silent".to_owned()), stream::empty().boxed())),
    }
}

/// Reads on for a while without keeping anything, so that the sender hears the answer instead of a broken connection.
async fn pass_by(mut bytes: FileBytes<'_>) {
    let rest = async {
        let mut left = 2 * FILE_MAX;
        while let Some(Ok(chunk)) = bytes.next().await {
            left = left.saturating_sub(chunk.len() as u64);
            if left == 0 {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(Duration::from_secs(5), rest).await;
}

fn is_multipart(headers: &HeaderMap) -> bool {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("multipart/form-data")
}

async fn created(app: &App, ctx: &Ctx, saved: &Saved) -> Answer {
    let records = super::super::records::saved_records(&app.engine, ctx, &saved.object, &[saved]).await?;
    // Who may not read attachments hears at least the id, for the record that will hold it.
    let record = records.into_iter().next().unwrap_or_else(|| json!({ "id": saved.id.to_string() }));
    let mut response: Response = tagged((StatusCode::CREATED, ok(&record)).into_response(), saved.version);
    if let Ok(place) = HeaderValue::from_str(&format!("/api/v1/files/{}", saved.id)) {
        response.headers_mut().insert(LOCATION, place);
    }
    Ok(response)
}
