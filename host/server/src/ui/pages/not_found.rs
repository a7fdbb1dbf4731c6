//! Addresses that nobody answers: in the frame for who is logged in, plain for everybody else.

use axum::extract::{FromRequestParts, Request, State};
use axum::http::HeaderMap;
use axum::response::{IntoResponse, Response};

use super::session;
use crate::app::App;
use crate::engine::Refusal;
use crate::ui::failure::{failure_page, plain_failure};
use crate::ui::visit::{Visit, cookie};

/// 404.
pub(super) async fn handle(State(app): State<App>, headers: HeaderMap, request: Request) -> Response {
    let refusal = Refusal::not_found("page");
    let (mut parts, _) = request.into_parts();
    if cookie(&headers, &app).is_some()
        && let Ok(visit) = Visit::from_request_parts(&mut parts, &app).await
    {
        return failure_page(&visit, &refusal);
    }
    plain_failure(session::accepted_language(&headers), &refusal, "").into_response()
}
