//! Style sheet, scripts and logo, embedded in the binary and served under a hash of their content, so that browsers keep them for ever.
//!
//! One hash covers all files: modules can then import each other by relative name.

use std::fmt::Write;
use std::sync::LazyLock;

use axum::Router;
use axum::extract::Path;
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use sha2::{Digest, Sha256};

/// What a page may load: our own files and nothing inline. The whole value of `Content-Security-Policy`.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";
const SVG: &str = "image/svg+xml";

/// Name, type, content.
const FILES: [(&str, &str, &[u8]); 18] = [
    ("style.css", CSS, include_bytes!("style.css")),
    ("logo.svg", SVG, include_bytes!("logo.svg")),
    ("app.js", JAVASCRIPT, include_bytes!("app.js")),
    ("request.js", JAVASCRIPT, include_bytes!("request.js")),
    ("toast.js", JAVASCRIPT, include_bytes!("toast.js")),
    ("shortcuts.js", JAVASCRIPT, include_bytes!("shortcuts.js")),
    ("form.js", JAVASCRIPT, include_bytes!("form.js")),
    ("form_state.js", JAVASCRIPT, include_bytes!("form_state.js")),
    ("lines.js", JAVASCRIPT, include_bytes!("lines.js")),
    ("files.js", JAVASCRIPT, include_bytes!("files.js")),
    ("list.js", JAVASCRIPT, include_bytes!("list.js")),
    ("palette.js", JAVASCRIPT, include_bytes!("palette.js")),
    ("reference.js", JAVASCRIPT, include_bytes!("reference.js")),
    ("kanban.js", JAVASCRIPT, include_bytes!("kanban.js")),
    ("calendar.js", JAVASCRIPT, include_bytes!("calendar.js")),
    ("move.js", JAVASCRIPT, include_bytes!("move.js")),
    ("panel.js", JAVASCRIPT, include_bytes!("panel.js")),
    ("cell.js", JAVASCRIPT, include_bytes!("cell.js")),
];

static HASH: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = Sha256::new();
    for (name, _, content) in FILES {
        hasher.update(name);
        hasher.update(content);
    }
    hasher.finalize().iter().take(8).fold(String::new(), |mut hex, byte| {
        let _ = write!(hex, "{byte:02x}");
        hex
    })
});

/// `/assets/{hash}/{name}` of an embedded file.
pub fn url(name: &str) -> String {
    debug_assert!(FILES.iter().any(|(file, ..)| *file == name), "no asset {name}");
    format!("/assets/{}/{name}", *HASH)
}

/// Serves the files. Needs no state and no session.
pub fn router<S: Clone + Send + Sync + 'static>() -> Router<S> {
    Router::new().route("/assets/{hash}/{name}", get(serve))
}

async fn serve(Path((hash, name)): Path<(String, String)>) -> Response {
    let Some((_, kind, content)) = FILES.iter().find(|(file, ..)| *file == name) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    // A page of the version before may still ask for its own files: it gets today's, but must not keep them.
    let caching = if hash == *HASH { "public, max-age=31536000, immutable" } else { "no-cache" };
    ([(header::CONTENT_TYPE, *kind), (header::CACHE_CONTROL, caching), (header::X_CONTENT_TYPE_OPTIONS, "nosniff")], *content)
        .into_response()
}

/// The embedded content of a file, for tests that look at pages without a server.
#[cfg(test)]
pub(crate) fn content(name: &str) -> &'static [u8] {
    FILES.iter().find(|(file, ..)| *file == name).map(|(.., content)| *content).expect("an asset")
}

/// All names, for tests.
#[cfg(test)]
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|(name, ..)| *name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::body::Body;
    use axum::http::Request;
    use tower::ServiceExt;

    async fn fetch(path: &str) -> Response {
        router::<()>().oneshot(Request::get(path).body(Body::empty()).expect("a request")).await.expect("an answer")
    }

    #[tokio::test]
    async fn files_are_kept_only_under_their_own_hash() {
        let answer = fetch(&url("style.css")).await;
        assert_eq!(answer.status(), StatusCode::OK);
        assert_eq!(answer.headers()[header::CONTENT_TYPE], CSS);
        assert!(answer.headers()[header::CACHE_CONTROL].to_str().expect("text").contains("immutable"));
        assert_eq!(fetch("/assets/0/style.css").await.headers()[header::CACHE_CONTROL], "no-cache");
        assert_eq!(fetch("/assets/0/nothing.css").await.status(), StatusCode::NOT_FOUND);
    }
}
