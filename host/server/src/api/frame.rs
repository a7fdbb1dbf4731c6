//! Around every API request: its id, the rendering of refusals, and the headers of all answers.

use std::any::Any;
use std::sync::{Arc, OnceLock};

use axum::extract::{OriginalUri, Request};
use axum::http::header::{ACCEPT_LANGUAGE, CACHE_CONTROL, X_CONTENT_TYPE_OPTIONS};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use guanxi_core::Problem;
use guanxi_core::meta::Locale;
use tracing::Instrument;

use super::language;
use super::problem::{self, ApiError};
use crate::engine::Refusal;

/// Carries the request's id, in and out.
pub(super) const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// A longer id of a caller is replaced: it goes into every log line.
const LONGEST_ID: usize = 64;

/// What is known about a request before anyone handled it.
#[derive(Clone, Debug)]
pub(super) struct RequestInfo {
    /// Names the request in logs, history and refusals.
    pub(super) id: String,
    /// Set when the caller turns out to be a person with a chosen language.
    pub(super) locale: Arc<OnceLock<Locale>>,
}

/// Gives the request an id, lets it be handled, and writes a refusal in the reader's language.
pub(super) async fn frame(mut request: Request, next: Next) -> Response {
    let info = RequestInfo { id: request_id(request.headers()), locale: Arc::default() };
    let accepted = request.headers().get(ACCEPT_LANGUAGE).and_then(|v| v.to_str().ok()).map_or(Locale::En, language::accepted);
    request.extensions_mut().insert(info.clone());
    // Whatever is logged on the way carries the id.
    let span = tracing::info_span!("request", id = %info.id);
    let mut response = next.run(request).instrument(span).await;
    if let Some(refusal) = response.extensions_mut().remove::<Refusal>() {
        let locale = info.locale.get().copied().unwrap_or(accepted);
        response = problem::render(&refusal, locale, &info.id, response.headers());
    }
    let headers = response.headers_mut();
    if let Ok(id) = HeaderValue::from_str(&info.id) {
        headers.insert(REQUEST_ID, id);
    }
    // Files say themselves how long they may be kept.
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}

/// The caller's id where it is harmless, else a new one.
fn request_id(headers: &HeaderMap) -> String {
    let given = headers.get(REQUEST_ID).and_then(|value| value.to_str().ok());
    let harmless = |id: &&str| (1..=LONGEST_ID).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
    given.filter(harmless).map_or_else(random_id, str::to_owned)
}

fn random_id() -> String {
    let mut bytes = [0; 16];
    // Without randomness the id is zeros: the request is still served, it is only harder to find in the log.
    let _ = getrandom::fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid().to_string()
}

/// Answers paths that do not exist.
pub(super) async fn no_such_route(OriginalUri(uri): OriginalUri) -> ApiError {
    ApiError(Refusal::not_found(&format!("endpoint {}", uri.path())))
}

/// Answers methods that a path does not have; axum adds `Allow`.
pub(super) async fn no_such_method(method: Method) -> ApiError {
    let problem = Problem::error("request.malformed", format!("{method} is not possible here"));
    ApiError(Refusal { status: 405, problems: vec![problem] })
}

/// Answers after a panic in a handler. The words of the panic go to the log only.
pub(super) fn after_panic(panic: Box<dyn Any + Send + 'static>) -> Response {
    let text = panic.downcast_ref::<String>().map(String::as_str).or_else(|| panic.downcast_ref::<&str>().copied());
    ApiError(Refusal::internal(&format!("panic: {}", text.unwrap_or("without words")))).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_harmless_ids_are_taken_over() {
        for (given, taken) in
            [("abc-1.2_3", true), ("", false), ("a b", false), ("x\"", false), (&"y".repeat(64), true), (&"y".repeat(65), false)]
        {
            let mut headers = HeaderMap::new();
            headers.insert(REQUEST_ID, HeaderValue::from_str(given).expect("a header value"));
            let id = request_id(&headers);
            assert_eq!(id == given, taken, "{given}");
            assert!(!id.is_empty());
        }
    }
}
