//! How a file is given out: harmless to the browser that opens it, whatever it is.

use std::ops::Range;

use axum::body::Body;
use axum::http::header::{
    ACCEPT_RANGES, CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_RANGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ETAG,
    IF_NONE_MATCH, IF_RANGE, RANGE, X_CONTENT_TYPE_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};

use crate::engine::{FileBytes, FileInfo, is_shown_inline};

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// What of a file a request is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Everything.
    All,
    /// Some bytes.
    Range(Range<u64>),
    /// Bytes that it does not have.
    Nowhere,
    /// Nothing: the caller has it.
    Same,
}

/// Reads `If-None-Match`, `Range` and `If-Range`. More than one range, or one in other units, is answered with everything.
pub(super) fn asked(headers: &HeaderMap, file: &FileInfo) -> Part {
    let text = |name: &HeaderName| headers.get(name).and_then(|value| value.to_str().ok());
    let tag = tag(file);
    let same = |given: &str| given.trim().strip_prefix("W/").unwrap_or(given.trim()) == tag;
    if text(&IF_NONE_MATCH).is_some_and(|tags| tags.trim() == "*" || tags.split(',').any(same)) {
        return Part::Same;
    }
    // Pieces of two different files must not be put together: the tag has to be the strong one.
    if text(&IF_RANGE).is_some_and(|given| given.trim() != tag) {
        return Part::All;
    }
    match text(&RANGE).and_then(|range| range.trim().strip_prefix("bytes=")) {
        Some(range) if !range.contains(',') => read_range(range, file.size),
        _ => Part::All,
    }
}

/// `0-99`, `100-`, `-100`.
fn read_range(text: &str, size: u64) -> Part {
    let Some((first, last)) = text.split_once('-') else { return Part::All };
    let range = match (first.trim(), last.trim()) {
        ("", last) => match last.parse::<u64>() {
            Ok(0) => return Part::Nowhere,
            Ok(count) => size.saturating_sub(count)..size,
            Err(_) => return Part::All,
        },
        (first, last) => {
            let Ok(first) = first.parse::<u64>() else { return Part::All };
            let end = match last {
                "" => size,
                last => match last.parse::<u64>() {
                    Ok(last) if last >= first => last.saturating_add(1).min(size),
                    _ => return Part::All,
                },
            };
            first..end
        }
    };
    if range.start < size { Part::Range(range) } else { Part::Nowhere }
}

/// The whole answer. Without bytes only the headers, as `HEAD` wants them.
pub(super) fn answer(file: &FileInfo, part: Part, bytes: Option<FileBytes<'static>>) -> Response {
    let (status, length) = match &part {
        Part::All => (StatusCode::OK, Some(file.size)),
        Part::Range(range) => (StatusCode::PARTIAL_CONTENT, Some(range.end - range.start)),
        Part::Nowhere => (StatusCode::RANGE_NOT_SATISFIABLE, None),
        Part::Same => (StatusCode::NOT_MODIFIED, None),
    };
    let body = bytes.map_or_else(Body::empty, Body::from_stream);
    let mut response = (status, body).into_response();
    let mut set = |name: HeaderName, value: String| {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    };
    set(ETAG, tag(file));
    // Asked again each time, because the right to it may be gone; sent again only when it changed.
    set(CACHE_CONTROL, "private, no-cache, no-transform".into());
    set(X_CONTENT_TYPE_OPTIONS, "nosniff".into());
    // Whatever it is, it runs nothing, loads nothing, and other sites cannot use it.
    set(CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; frame-ancestors 'self'".into());
    set(RESOURCE_POLICY, "same-origin".into());
    if let Part::Same = part {
        return response;
    }
    set(ACCEPT_RANGES, "bytes".into());
    if let Part::Nowhere = part {
        set(CONTENT_RANGE, format!("bytes */{}", file.size));
        return response;
    }
    if let Part::Range(range) = &part {
        set(CONTENT_RANGE, format!("bytes {}-{}/{}", range.start, range.end - 1, file.size));
    }
    set(CONTENT_TYPE, file.content_type.clone());
    set(CONTENT_DISPOSITION, disposition(&file.name, is_shown_inline(&file.content_type)));
    if let Some(length) = length {
        set(CONTENT_LENGTH, length.to_string());
    }
    response
}

fn tag(file: &FileInfo) -> String {
    format!("\"{}\"", file.sha256)
}

/// The name twice: in ASCII for old programs, and as it is.
fn disposition(name: &str, inline: bool) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_' | ' ') { c } else { '_' };
    let ascii: String = name.chars().map(plain).collect();
    let kind = if inline { "inline" } else { "attachment" };
    format!("{kind}; filename=\"{ascii}\"; filename*=UTF-8''{}", crate::ui::urls::encode(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file() -> FileInfo {
        let (content_type, sha256) = ("text/plain".into(), "ab".into());
        FileInfo { id: uuid::Uuid::nil(), name: "报价 \"1\".txt".into(), content_type, size: 10, sha256 }
    }

    #[test]
    fn ranges() {
        for (range, wanted) in [
            ("bytes=0-3", Part::Range(0..4)),
            ("bytes=4-", Part::Range(4..10)),
            ("bytes=-3", Part::Range(7..10)),
            ("bytes=-30", Part::Range(0..10)),
            ("bytes=8-99999999999999999999", Part::All),
            ("bytes=8-18446744073709551615", Part::Range(8..10)),
            ("bytes=10-", Part::Nowhere),
            ("bytes=-0", Part::Nowhere),
            ("bytes=5-3", Part::All),
            ("bytes=0-1,4-5", Part::All),
            ("lines=1-2", Part::All),
            ("bytes=x-", Part::All),
        ] {
            let headers = HeaderMap::from_iter([(RANGE, HeaderValue::from_static(range))]);
            assert_eq!(asked(&headers, &file()), wanted, "{range}");
        }
    }

    #[test]
    fn what_the_caller_has() {
        let with = |pairs: &[(HeaderName, &'static str)]| -> Part {
            asked(&pairs.iter().map(|(name, value)| (name.clone(), HeaderValue::from_static(value))).collect(), &file())
        };
        assert_eq!(with(&[(IF_NONE_MATCH, "\"x\", W/\"ab\"")]), Part::Same);
        assert_eq!(with(&[(IF_NONE_MATCH, "\"x\"")]), Part::All);
        assert_eq!(with(&[(RANGE, "bytes=1-2"), (IF_RANGE, "\"ab\"")]), Part::Range(1..3));
        assert_eq!(with(&[(RANGE, "bytes=1-2"), (IF_RANGE, "\"old\"")]), Part::All);
    }

    #[test]
    fn names_cannot_break_the_header() {
        assert_eq!(
            disposition("报价 \"1\".txt", false),
            "attachment; filename=\"__ _1_.txt\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7%20%221%22.txt"
        );
        assert!(disposition("a\r\nb", true).starts_with("inline; filename=\"a__b\""));
    }
}
