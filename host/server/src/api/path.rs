//! The changing parts of paths. What cannot be a key or an id is simply not there: 404, never 400.

use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use uuid::Uuid;

use super::problem::ApiError;
use crate::engine::Refusal;

/// `/…/{object}`.
#[derive(Debug)]
pub(super) struct ObjectPath(pub(super) String);

/// `/…/{object}/…/{field}`.
#[derive(Debug)]
pub(super) struct FieldPath {
    pub(super) object: String,
    pub(super) field: String,
}

/// `/…/{object}/{id}`.
#[derive(Debug)]
pub(super) struct RecordPath {
    pub(super) object: String,
    pub(super) id: Uuid,
}

/// `/…/{object}/{id}/…/{action}`.
#[derive(Debug)]
pub(super) struct ActionPath {
    pub(super) object: String,
    pub(super) id: Uuid,
    pub(super) action: String,
}

/// `/files/{id}`.
#[derive(Debug)]
pub(super) struct FilePath(pub(super) Uuid);

/// `/…/{id}`, whatever it names.
#[derive(Debug)]
pub(super) struct IdPath(pub(super) Uuid);

/// `/records/{object}/{id}/shares/{share}`.
#[derive(Debug)]
pub(super) struct SharePath {
    pub(super) object: String,
    pub(super) id: Uuid,
    pub(super) share: Uuid,
}

/// `/views/{id}`.
#[derive(Debug)]
pub(super) struct ViewPath(pub(super) Uuid);

impl<S: Send + Sync> FromRequestParts<S> for IdPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let id = Path::<String>::from_request_parts(parts, state).await.ok().and_then(|Path(id)| parse_id(&id));
        id.map(Self).ok_or_else(|| missing("one of this id"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for SharePath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String, String)>::from_request_parts(parts, state).await;
        let Path((object, id, share)) = path.map_err(|_| missing("record"))?;
        let id = parse_id(&id).ok_or_else(|| missing("record"))?;
        let share = parse_id(&share).ok_or_else(|| missing("share"))?;
        Ok(Self { object, id, share })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ViewPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let id = Path::<String>::from_request_parts(parts, state).await.ok().and_then(|Path(id)| parse_id(&id));
        id.map(Self).ok_or_else(|| missing("saved view"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for FilePath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let id = Path::<String>::from_request_parts(parts, state).await.ok().and_then(|Path(id)| parse_id(&id));
        id.map(Self).ok_or_else(|| missing("file"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ObjectPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        Path::<String>::from_request_parts(parts, state).await.map(|Path(key)| Self(key)).map_err(|_| missing("object"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for FieldPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String)>::from_request_parts(parts, state).await;
        path.map(|Path((object, field))| Self { object, field }).map_err(|_| missing("field"))
    }
}

impl<S: Send + Sync> FromRequestParts<S> for RecordPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let Path((object, id)) = Path::<(String, String)>::from_request_parts(parts, state).await.map_err(|_| missing("record"))?;
        let id = parse_id(&id).ok_or_else(|| missing("record"))?;
        Ok(Self { object, id })
    }
}

impl<S: Send + Sync> FromRequestParts<S> for ActionPath {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let path = Path::<(String, String, String)>::from_request_parts(parts, state).await;
        let Path((object, id, action)) = path.map_err(|_| missing("record"))?;
        let id = parse_id(&id).ok_or_else(|| missing("record"))?;
        Ok(Self { object, id, action })
    }
}

/// Only the one form that answers show; a UUID has others, and one record should have one address.
fn parse_id(text: &str) -> Option<Uuid> {
    (text.len() == uuid::fmt::Hyphenated::LENGTH).then(|| Uuid::try_parse(text).ok()).flatten()
}

fn missing(what: &str) -> ApiError {
    ApiError(Refusal::not_found(what))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_has_one_form() {
        let id = "0190a7c0-0000-7000-8000-000000000001";
        assert_eq!(parse_id(id).map(|id| id.to_string()).as_deref(), Some(id));
        for other in [
            "",
            "7",
            "0190a7c0000070008000000000000001",
            "{0190a7c0-0000-7000-8000-000000000001}",
            "urn:uuid:0190a7c0-0000-7000-8000-000000000001",
            "江江江江江江江江江江江江",
        ] {
            assert_eq!(parse_id(other), None, "{other}");
        }
    }
}
