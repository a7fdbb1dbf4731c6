//! `GET /api/v1/search?q=&object=&limit=`: records by words (docs/search.md).

use axum::extract::State;
use guanxi_core::meta::Locale;
use serde_json::{Value as Json, json};

use super::auth::Caller;
use super::json::ok;
use super::params::RawParams;
use super::problem::Answer;
use crate::app::App;
use crate::engine::{Ctx, MAX_RESULTS, SearchRequest, SearchResult};

/// Results when nothing is said.
const DEFAULT_LIMIT: u32 = 20;

/// Answers `{"results":[{"object","id","title","snippet","marks"}],"more","indexing"}`, the best first.
pub(in crate::api) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    let params = params.only(&["q", "object", "limit"])?;
    let limit = params.limit(DEFAULT_LIMIT, MAX_RESULTS)?;
    let object = Some(params.text("object").to_owned()).filter(|key| !key.is_empty());
    let request = SearchRequest { words: params.text("q").to_owned(), object, limit, ..SearchRequest::default() };
    let page = app.engine.search(&ctx, &request).await?;
    let results: Vec<Json> = page.results.iter().map(|found| result(&ctx, found)).collect();
    Ok(ok(&json!({ "results": results, "more": page.more, "indexing": page.indexing })))
}

/// `marks` are stretches of characters, from and to: of the title as it stands, of the snippet with its label.
fn result(ctx: &Ctx, found: &SearchResult) -> Json {
    let (text, marks) = match &found.snippet {
        Some(snippet) => {
            let colon = if ctx.locale == Locale::ZhCn { "：" } else { ": " };
            let label = format!("{}{colon}", snippet.label.get(ctx.locale));
            let shift = label.chars().count();
            let marks = snippet.marks.iter().map(|(from, to)| (from + shift, to + shift)).collect();
            (format!("{label}{}", snippet.text), marks)
        }
        None => (String::new(), Vec::new()),
    };
    json!({
        "object": found.object.key,
        "id": found.id,
        "title": found.title,
        "snippet": text,
        "marks": { "title": stretches(&found.title_marks), "snippet": stretches(&marks) },
    })
}

fn stretches(marks: &[(usize, usize)]) -> Json {
    marks.iter().map(|(from, to)| json!([from, to])).collect()
}
