//! `GET /api/v1/files/{id}`: the bytes of an attachment; `HEAD` tells about them.

use axum::extract::State;
use axum::http::{HeaderMap, Method};

use super::super::auth::Caller;
use super::super::params::RawParams;
use super::super::path::FilePath;
use super::super::problem::Answer;
use super::answer::{Part, answer, asked};
use crate::app::App;

/// Answers 200, 206 for a range, 304 for a file that the caller has already.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    FilePath(id): FilePath,
    method: Method,
    headers: HeaderMap,
    params: RawParams,
) -> Answer {
    params.only(&[])?;
    let file = app.engine.find_file(&ctx, id).await?;
    let part = asked(&headers, &file);
    let bytes = match (&part, method) {
        (Part::Same | Part::Nowhere, _) | (_, Method::HEAD) => None,
        (Part::All, _) => Some(app.engine.read_file(&ctx, &file, None).await?),
        (Part::Range(range), _) => Some(app.engine.read_file(&ctx, &file, Some(range.clone())).await?),
    };
    Ok(answer(&file, part, bytes))
}
