//! The search behind a reference field: `{"results":[{"id","title","snippet"}]}` for `reference.js`.

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

use super::super::params::Params;
use super::object_of;
use super::references::{self, Listed};
use crate::engine::Outcome;
use crate::ui::visit::{Visit, answer};

const RESULTS: u32 = 20;
/// Longest words, in characters; nobody types more into a picker.
const LONGEST: usize = 100;

/// `GET /o/{object}/search?q=`
pub(super) async fn handle(visit: Visit, Path(key): Path<String>, params: Params) -> Response {
    let outcome = search(&visit, &key, params.get("q")).await;
    answer(&visit, outcome.map(|body| Json(body).into_response()))
}

async fn search(visit: &Visit, key: &str, words: &str) -> Outcome<Value> {
    object_of(visit, key)?;
    let words: String = words.chars().take(LONGEST).collect();
    let found = match references::list(visit, key, &words, RESULTS).await {
        // Words that nothing can begin with, such as a lone comma.
        Err(refusal) if refusal.status == 422 => None,
        other => other?,
    };
    let records = found.map(|Listed { records, .. }| records).unwrap_or_default();
    let results: Vec<Value> = records.into_iter().map(|(id, title)| json!({ "id": id, "title": title, "snippet": "" })).collect();
    Ok(json!({ "results": results }))
}
