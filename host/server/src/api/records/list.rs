//! `GET /api/v1/records/{object}`: a page of records.

use axum::extract::State;
use axum::response::Response;
use guanxi_core::Problem;
use serde_json::{Value as Json, json};

use super::super::auth::Caller;
use super::super::json::{ok, record, with_lines};
use super::super::params::RawParams;
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use crate::app::App;
use crate::engine::{ListPage, ListRequest};

/// Rows of a page when nothing is said.
pub(super) const DEFAULT_LIMIT: u32 = 50;
/// The most rows of a page.
pub(super) const MAX_LIMIT: u32 = 1_000;

/// Answers `{"records","next","count"}`.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(object): ObjectPath,
    params: RawParams,
) -> Answer {
    let params = params.only(&["q", "filter", "sort", "fields", "limit", "cursor", "count"])?;
    let mut problems: Vec<Problem> = Vec::new();
    let limit = params.limit(DEFAULT_LIMIT, MAX_LIMIT).map_err(|p| problems.push(p)).unwrap_or_default();
    let fields = super::chosen(params.list("fields")).map_err(|p| problems.push(p)).unwrap_or_default();
    let count = params.flag("count", true).map_err(|p| problems.push(p)).unwrap_or_default();
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let request = ListRequest {
        words: params.text("q").to_owned(),
        filter: params.text("filter").to_owned(),
        sort: params.text("sort").to_owned(),
        fields,
        limit,
        cursor: params.text("cursor").to_owned(),
        count,
    };
    Ok(page(&app.engine.list(&ctx, &object, request).await?))
}

/// The answer of a list, asked for in whichever way. Without `count` it is null.
pub(super) fn page(page: &ListPage) -> Response {
    let mut answer = json!({
        "records": page.rows.iter().map(|(id, values)| with_lines(record(*id, &page.paths, values), *id, &page.lines)).collect::<Json>(),
        "next": page.next,
        "count": page.count.map(|count| json!({ "value": count.value, "exact": count.exact })),
    });
    if !page.no_access.is_empty() {
        answer["no_access"] = page.no_access.iter().map(|(id, field)| json!({ "id": id.to_string(), "field": field })).collect();
    }
    ok(&answer)
}
