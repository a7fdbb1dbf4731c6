//! `/healthz`: the process answers. `/readyz`: it can do its work; if not, why not.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};

use crate::app::App;

/// Alive.
pub(super) async fn healthz() -> &'static str {
    "ok"
}

/// 200 when ready, else 503 with the reasons.
pub(super) async fn readyz(State(app): State<App>) -> (StatusCode, Json<Value>) {
    let reasons = app.readiness.reasons();
    if reasons.is_empty() {
        return (StatusCode::OK, Json(json!({ "ready": true })));
    }
    (StatusCode::SERVICE_UNAVAILABLE, Json(json!({ "ready": false, "reasons": reasons })))
}
