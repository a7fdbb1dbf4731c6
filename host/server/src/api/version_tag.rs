//! Versions as entity tags: `ETag: "7"` out, `If-Match: "7"` in.

use axum::extract::FromRequestParts;
use axum::http::HeaderValue;
use axum::http::header::{ETAG, IF_MATCH};
use axum::http::request::Parts;
use axum::response::Response;
use guanxi_core::Problem;

use super::problem::ApiError;

/// The version that the caller has seen; `None` without the header and for `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct IfMatch(pub(super) Option<i64>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatch {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut given = parts.headers.get_all(IF_MATCH).iter();
        match (given.next(), given.next()) {
            (None, _) => Ok(Self(None)),
            (Some(tag), None) => read(tag).map_err(ApiError::from),
            (Some(_), Some(_)) => Err(malformed().into()),
        }
    }
}

/// A weak tag is taken too: proxies that compress weaken tags, and a version says no less for it.
fn read(tag: &HeaderValue) -> Result<IfMatch, Problem> {
    let Some(digits) = read_quoted(tag)? else { return Ok(IfMatch(None)) };
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return Err(malformed());
    }
    digits.parse().map(|version| IfMatch(Some(version))).map_err(|_| malformed())
}

/// The tag of a document that has no version of its own; `None` without the header and for `*`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct IfMatchTag(pub(super) Option<String>);

impl<S: Send + Sync> FromRequestParts<S> for IfMatchTag {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut given = parts.headers.get_all(IF_MATCH).iter();
        match (given.next(), given.next()) {
            (None, _) => Ok(Self(None)),
            (Some(tag), None) => Ok(Self(read_quoted(tag)?.map(str::to_owned))),
            (Some(_), Some(_)) => Err(malformed().into()),
        }
    }
}

/// What stands in the quotes; nothing for `*`.
fn read_quoted(tag: &HeaderValue) -> Result<Option<&str>, Problem> {
    let text = tag.to_str().map_err(|_| malformed())?.trim();
    if text == "*" {
        return Ok(None);
    }
    let quoted = text.strip_prefix("W/").unwrap_or(text);
    let inside = quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).filter(|inside| !inside.is_empty());
    inside.filter(|inside| !inside.contains('"')).map(Some).ok_or_else(malformed)
}

fn malformed() -> Problem {
    Problem::error("request.malformed", "If-Match takes one version in quotes, such as \"7\", as ETag shows it").on("If-Match")
}

/// Adds the tag of a version.
pub(super) fn tagged(mut response: Response, version: i64) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

/// Adds the tag of a document.
pub(super) fn tagged_as(mut response: Response, tag: &str) -> Response {
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        response.headers_mut().insert(ETAG, tag);
    }
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_a_version_in_quotes() {
        for (text, wanted) in [("\"7\"", Some(Some(7))), ("W/\"7\"", Some(Some(7))), (" \"12\" ", Some(Some(12))), ("*", Some(None))] {
            assert_eq!(read(&HeaderValue::from_static(text)).ok().map(|m| m.0), wanted, "{text}");
        }
        for text in ["7", "\"7", "\"\"", "\"-7\"", "\"+7\"", "\"a\"", "\"6\", \"7\"", "\"99999999999999999999\"", ""] {
            assert_eq!(read(&HeaderValue::from_static(text)).map_err(|p| p.code), Err("request.malformed".to_owned()), "{text}");
        }
    }
}
