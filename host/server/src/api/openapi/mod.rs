//! `GET /api/v1/openapi.json`: the API of the tenant's own schema as an OpenAPI 3.1 document, as far as the caller may see it.
//!
//! It is built from metadata at each request, so that a new field is in the next answer. Every route of the server has its entry in
//! `operations`; a test compares both.

mod components;
mod fields;
mod operations;
mod paths;
mod records;
mod schema;
#[cfg(test)]
mod tests;
mod view;

use axum::extract::State;
use serde_json::{Map, Value as Json, json};

use super::auth::Caller;
use super::json::ok;
use super::params::RawParams;
use super::problem::Answer;
use crate::app::App;
use paths::Paths;
use view::View;

/// Answers the document.
pub(super) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams) -> Answer {
    params.only(&[])?;
    let view = View::of(&ctx, app.dev.is_some());
    Ok(ok(&document(&view, paths_of(&view))))
}

/// Every operation that the reader may try.
fn paths_of(view: &View) -> Paths {
    let mut paths = Paths::new(&view.keys());
    operations::add(view, &mut paths);
    paths
}

fn document(view: &View, paths: Paths) -> Json {
    let mut schemas: Map<String, Json> = Map::new();
    let shared = components::schemas().into_iter().chain(operations::schemas());
    schemas.extend(shared.map(|(name, schema)| (name.to_owned(), schema)));
    for shown in &view.objects {
        schemas.extend(records::schemas(view, shown));
    }
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Guanxi",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "Records, queries and administration of one tenant, as far as the reader of this document may see them. \
                Every answer carries `X-Request-Id`. Texts and rules: docs/api.md.",
        },
        "servers": [{ "url": "/api/v1" }],
        "security": [{ "token": [] }, { "session": [] }],
        "paths": paths.into_json(),
        "components": {
            "schemas": schemas,
            "responses": components::responses(),
            "parameters": components::parameters(),
            "headers": components::headers(),
            "securitySchemes": components::security_schemes(),
        },
    })
}
