//! JSON bodies: type, size and syntax, in this order, before a handler sees anything.

use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::time::Duration;

use axum::body::{Body as HttpBody, HttpBody as _};
use axum::extract::{FromRequest, Request};
use axum::http::HeaderMap;
use axum::http::header::{CONTENT_LENGTH, CONTENT_TYPE, EXPECT};
use guanxi_core::Problem;
use serde_json::Value as Json;

use super::problem::ApiError;
use super::strict_json;
use crate::engine::Refusal;

/// The largest body: against memory floods, and enough for 1,000 records of ordinary width.
pub(super) const BODY_LIMIT: usize = 8 * 1024 * 1024;
/// A sender that takes longer for its body holds a connection for nothing.
const READ_TIME: Duration = Duration::from_secs(60);
/// A body this much larger is still read away, so that its sender hears the answer instead of a broken connection.
const DRAIN_LIMIT: usize = 64 * 1024 * 1024;
const DRAIN_TIME: Duration = Duration::from_secs(5);

/// The body of a request.
#[derive(Debug)]
pub(super) struct Body(pub(super) Json);

impl<S: Send + Sync> FromRequest<S> for Body {
    type Rejection = ApiError;

    async fn from_request(request: Request, _: &S) -> Result<Self, ApiError> {
        let (parts, body) = request.into_parts();
        if !is_json(&parts.headers) {
            let problem = Problem::error("request.malformed", "the body must be JSON, with the header content-type: application/json");
            return Err(ApiError(Refusal { status: 415, problems: vec![problem] }));
        }
        let announced = parts.headers.get(CONTENT_LENGTH).and_then(|v| v.to_str().ok()).and_then(|v| v.parse::<usize>().ok());
        if announced.is_some_and(|length| length > BODY_LIMIT) {
            // A sender that waits for `100 Continue` has not sent anything yet and needs no draining.
            if !parts.headers.contains_key(EXPECT) && announced.is_some_and(|length| length <= DRAIN_LIMIT) {
                drain(pin!(body)).await;
            }
            return Err(too_large());
        }
        let bytes = tokio::time::timeout(READ_TIME, read(body)).await.map_err(|_| too_slow())??;
        Ok(Self(strict_json::parse(&bytes)?))
    }
}

/// The body of a request that may have none, which is null then.
#[derive(Debug)]
pub(super) struct MaybeBody(pub(super) Json);

impl<S: Send + Sync> FromRequest<S> for MaybeBody {
    type Rejection = ApiError;

    async fn from_request(request: Request, state: &S) -> Result<Self, ApiError> {
        let is_empty = request.body().is_end_stream() && !request.headers().contains_key(CONTENT_TYPE);
        if is_empty {
            return Ok(Self(Json::Null));
        }
        let is_blank = request.headers().get(CONTENT_LENGTH).is_some_and(|length| length == "0");
        if is_blank { Ok(Self(Json::Null)) } else { Body::from_request(request, state).await.map(|Body(json)| Self(json)) }
    }
}

/// Reads the body; one that turns out too large is not kept.
async fn read(body: HttpBody) -> Result<Vec<u8>, ApiError> {
    let mut body = pin!(body);
    let mut bytes = Vec::new();
    while let Some(frame) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
        let frame = frame.map_err(|_| ApiError::malformed("the body ended early"))?;
        let Ok(data) = frame.into_data() else { continue };
        if bytes.len() + data.len() > BODY_LIMIT {
            drop(bytes);
            drain(body).await;
            return Err(too_large());
        }
        bytes.extend_from_slice(&data);
    }
    Ok(bytes)
}

/// Reads on for a while without keeping anything.
pub(super) async fn drain(mut body: Pin<&mut HttpBody>) {
    let rest = async {
        let mut left = DRAIN_LIMIT;
        while let Some(Ok(frame)) = poll_fn(|cx| body.as_mut().poll_frame(cx)).await {
            left = left.saturating_sub(frame.data_ref().map_or(0, |data| data.len()));
            if left == 0 {
                return;
            }
        }
    };
    let _ = tokio::time::timeout(DRAIN_TIME, rest).await;
}

fn too_large() -> ApiError {
    let problem = Problem::error("request.too_large", format!("a body is at most {} MiB", BODY_LIMIT / 1024 / 1024));
    ApiError(problem.with("max", i64::try_from(BODY_LIMIT).unwrap_or(i64::MAX)).into())
}

fn too_slow() -> ApiError {
    let problem = Problem::error("request.malformed", format!("the body did not arrive within {} seconds", READ_TIME.as_secs()));
    ApiError(Refusal { status: 408, problems: vec![problem] })
}

/// `application/json` or `…+json`, in UTF-8 where an encoding is named. A form's types are refused: browsers send those across sites.
fn is_json(headers: &HeaderMap) -> bool {
    let Some(text) = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()) else { return false };
    let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
    let essence = parts.next().unwrap_or_default();
    let json = essence == "application/json" || (essence.starts_with("application/") && essence.ends_with("+json"));
    json && parts.all(|p| p.strip_prefix("charset=").is_none_or(|c| matches!(c.trim_matches('"'), "utf-8" | "utf8")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    #[test]
    fn only_json_types_are_taken() {
        for (text, wanted) in [
            ("application/json", true),
            ("Application/JSON; charset=UTF-8", true),
            ("application/merge-patch+json", true),
            ("application/json; charset=gbk", false),
            ("text/plain", false),
            ("application/x-www-form-urlencoded", false),
            ("", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(CONTENT_TYPE, HeaderValue::from_str(text).expect("a header value"));
            assert_eq!(is_json(&headers), wanted, "{text}");
        }
        assert!(!is_json(&HeaderMap::new()));
    }

    #[tokio::test]
    async fn size_is_checked_before_and_while_reading() {
        let request = |length: Option<usize>, body: HttpBody| {
            let mut request = Request::new(body);
            request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
            if let Some(length) = length {
                request.headers_mut().insert(CONTENT_LENGTH, HeaderValue::from(length));
            }
            request
        };
        let refused = |outcome: Result<Body, ApiError>| outcome.map_err(|e| (e.0.status, e.0.code().to_owned())).err();
        let large = || HttpBody::from(vec![b' '; BODY_LIMIT + 1]);
        let too_large = Some((413, "request.too_large".to_owned()));
        assert_eq!(refused(Body::from_request(request(Some(BODY_LIMIT + 1), large()), &()).await), too_large);
        assert_eq!(refused(Body::from_request(request(None, large()), &()).await), too_large);
        assert_eq!(refused(Body::from_request(request(None, HttpBody::from("{")), &()).await), Some((400, "request.malformed".to_owned())));
        assert_eq!(Body::from_request(request(None, HttpBody::from("[1]")), &()).await.expect("JSON").0, serde_json::json!([1]));
    }
}
