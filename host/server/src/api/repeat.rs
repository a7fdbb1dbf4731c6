//! `Idempotency-Key`: a request that may be sent again without being done again (design §9).

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guanxi_core::Problem;
use serde_json::Value as Json;
use sha2::{Digest, Sha256};

use super::problem::ApiError;
use crate::engine::RepeatKey;

const HEADER: &str = "Idempotency-Key";
/// The longest key, in characters.
const MAX_KEY: usize = 255;

/// The key of a request, if it has one, with its method and address.
#[derive(Debug)]
pub(super) struct Repeatable(Option<(String, Sha256)>);

impl<S: Send + Sync> FromRequestParts<S> for Repeatable {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let mut given = parts.headers.get_all(HEADER).iter();
        let key = match (given.next(), given.next()) {
            (None, _) => return Ok(Self(None)),
            (Some(key), None) => key.to_str().unwrap_or_default(),
            (Some(_), Some(_)) => "",
        };
        let printable = key.bytes().all(|b| (b'!'..=b'~').contains(&b));
        if key.is_empty() || key.len() > MAX_KEY || !printable {
            let detail = format!("{HEADER} is one text of 1 to {MAX_KEY} visible ASCII characters");
            return Err(Problem::error("request.malformed", detail).on(HEADER).into());
        }
        let mut hash = Sha256::new();
        for part in [parts.method.as_str(), parts.uri.path(), parts.uri.query().unwrap_or_default()] {
            hash.update(part);
            hash.update([0]);
        }
        for tag in parts.headers.get_all(axum::http::header::IF_MATCH) {
            hash.update(tag.as_bytes());
        }
        Ok(Self(Some((key.to_owned(), hash))))
    }
}

impl Repeatable {
    /// The key for this body; null for a request without one.
    pub(super) fn of(self, body: &Json) -> Option<RepeatKey> {
        let (key, mut hash) = self.0?;
        hash.update([0]);
        hash.update(body.to_string());
        Some(RepeatKey { key, request: hash.finalize().into() })
    }
}
