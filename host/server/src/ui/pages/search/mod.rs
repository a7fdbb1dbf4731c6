//! The search as a page, which needs no script, and as the palette over every page (Ctrl K).

mod commands;
mod page;
mod palette;

use axum::Router;
use axum::response::Response;
use axum::routing::get;

use super::params::Params;
use crate::app::App;
use crate::engine::{Outcome, SearchPage, SearchRequest};
use crate::ui::visit::{Visit, answer};

/// Longest words, in characters; the search itself reads fewer.
const LONGEST: usize = 200;

pub(super) fn router() -> Router<App> {
    Router::new().route("/search", get(handle))
}

/// `GET /search?q=…&object=…`; with `part=palette` and `part=options` what `palette.js` asks for.
async fn handle(visit: Visit, params: Params) -> Response {
    let words: String = params.get("q").chars().take(LONGEST).collect();
    let shown = match params.get("part") {
        "palette" => palette::frame(&visit, params.get("recent")).await,
        "options" => palette::options(&visit, &words, params.get("recent")).await,
        _ => page::page(&visit, &words, params.get("object")).await,
    };
    answer(&visit, shown)
}

async fn search(visit: &Visit, words: &str, object: &str, limit: u32) -> Outcome<SearchPage> {
    let object = Some(object.to_owned()).filter(|key| !key.is_empty());
    let request = SearchRequest { words: words.to_owned(), object, limit, ..SearchRequest::default() };
    visit.engine().search(&visit.ctx, &request).await
}
