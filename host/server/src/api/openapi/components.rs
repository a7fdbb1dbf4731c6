//! What many operations share: refusals, parameters, headers, and the schemas of everything that is no record.

use serde_json::{Value as Json, json};

use super::schema::{about, component, list, map, maybe, object, of, one_of, whole, whole_number};

/// Names of the shared refusals, by status.
const REFUSALS: [(u16, &str, &str); 12] = [
    (400, "Malformed", "The request cannot be read: a parameter, the body's JSON, or an expression (`filter.syntax`)."),
    (401, "Unauthenticated", "No valid credential."),
    (403, "Forbidden", "The right to do this is missing."),
    (404, "NotFound", "Not there, or out of the caller's sight."),
    (408, "TooSlow", "The body did not arrive in time."),
    (409, "Conflict", "Another version, a value that is taken, an impossible transition, or a question (`confirm.needed`)."),
    (413, "TooLarge", "The body or its parts are too large."),
    (415, "NoJson", "The body is of another type."),
    (416, "NoSuchRange", "The file has no such bytes."),
    (422, "Invalid", "Values that are not accepted; every problem is listed."),
    (429, "TooMany", "Too many requests; `Retry-After` says when to come back."),
    (503, "Busy", "The database or the tenant is busy, or the query is too slow; `Retry-After` says when to come back."),
];

/// A reference to the refusal with a status.
pub(super) fn refusal(status: u16) -> Json {
    let name = REFUSALS.iter().find(|(known, ..)| *known == status).map_or("Invalid", |(_, name, _)| name);
    json!({ "$ref": format!("#/components/responses/{name}") })
}

/// A reference to a shared parameter.
pub(super) fn parameter(name: &str) -> Json {
    json!({ "$ref": format!("#/components/parameters/{name}") })
}

/// The shared refusals.
pub(super) fn responses() -> Json {
    let shown = |(status, name, text): &(u16, &str, &str)| {
        let mut response = json!({
            "description": text,
            "content": { "application/problem+json": { "schema": component("Refusal") } },
        });
        match status {
            401 => response["headers"] = json!({ "WWW-Authenticate": { "schema": { "type": "string" } } }),
            429 | 503 => response["headers"] = json!({ "Retry-After": { "description": "Seconds.", "schema": { "type": "integer" } } }),
            416 => response["content"] = json!({}),
            _ => {}
        }
        ((*name).to_owned(), response)
    };
    Json::Object(REFUSALS.iter().map(shown).collect())
}

/// The shared headers of answers.
pub(super) fn headers() -> Json {
    json!({ "ETag": { "description": "The version in quotes, as `If-Match` takes it.", "schema": { "type": "string" } } })
}

/// The shared parameters.
pub(super) fn parameters() -> Json {
    let query = |name: &str, schema: Json, text: &str| json!({ "name": name, "in": "query", "description": text, "schema": schema });
    let header = |name: &str, schema: Json, text: &str| json!({ "name": name, "in": "header", "description": text, "schema": schema });
    let limit = |max: u32| json!({ "type": "integer", "minimum": 1, "maximum": max, "default": 50 });
    json!({
        "q": query("q", of("string"), "Words that the record's texts hold (docs/search.md); empty is all."),
        "filter": query("filter", of("string"), "A condition (docs/expressions.md); empty is none."),
        "sort": query("sort", of("string"), "Up to three fields between commas, `-` for descending; default newest first."),
        "fields": query("fields", of("string"), "Names between commas, references followed (`customer.name`); default all fields."),
        "limit": query("limit", limit(1_000), "Records of a page."),
        "page": query("limit", limit(200), "Entries of a page."),
        "log": query("limit", limit(500), "Lines of a page."),
        "cursor": query("cursor", of("string"), "`next` of the page before, with the same filter and sort."),
        "count": query("count", of("boolean"), "`false` spares the counting."),
        "confirm": query("confirm", of("string"), "Codes of questions that are agreed to, between commas."),
        "dry_run": query("dry_run", of("boolean"), "Nothing is written; the answer says what would be."),
        "partial": query("partial", of("boolean"), "Of an array, good records are written and the others reported."),
        "hidden": query("hidden", of("boolean"), "What is hidden too; for administrators."),
        "If-Match": header("If-Match", json!({ "type": "string", "pattern": "^(\\*|\"[^\"]{1,80}\")$" }), "The version that the caller has seen, in quotes; another one is refused."),
        "Idempotency-Key": header(
            "Idempotency-Key",
            json!({ "type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$" }),
            "A request that is sent again under the same key is not done again.",
        ),
    })
}

/// How callers say who they are.
pub(super) fn security_schemes() -> Json {
    json!({
        "token": { "type": "http", "scheme": "bearer", "description": "An API token: `Authorization: Bearer gx1_…`." },
        "session": {
            "type": "apiKey", "in": "cookie", "name": "gx",
            "description": "A browser's session on our own pages (`__Host-gx` over https). Changes also need the session's form token in `X-Form-Token`.",
        },
    })
}

/// Schemas of refusals, names and counts.
pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let label = json!({ "zh-CN": of("string"), "en": of("string") });
    vec![
        (
            "Refusal",
            whole(json!({
                "type": about(of("string"), "`urn:guanxi:problem:CODE`"),
                "title": about(maybe("string"), "A sentence for people, in their language."),
                "status": { "type": "integer" },
                "code": about(of("string"), "The code that names the whole refusal."),
                "detail": about(maybe("string"), "A sentence for programmers and logs."),
                "problems": list(component("Problem")),
                "request_id": of("string"),
            })),
        ),
        (
            "Problem",
            whole(json!({
                "code": of("string"),
                "severity": about(one_of(&["error", "confirm", "info"]), "`confirm` is a question: repeat the request with its code."),
                "field": maybe("string"),
                "detail": of("string"),
                "position": about(maybe("integer"), "From 1, a character of an expression."),
                "params": map(json!({})),
            })),
        ),
        ("Label", whole(label.clone())),
        (
            "NewLabel",
            json!({ "description": "One language stands for both.", "anyOf": [
            { "type": "string", "minLength": 1 },
            { "type": "object", "minProperties": 1, "additionalProperties": false, "properties": label },
        ] }),
        ),
        ("Count", nullable_count()),
        (
            "DryRun",
            object(
                &["dry_run"],
                json!({ "dry_run": { "const": true }, "problems": list(component("Problem")), "record": { "type": ["object", "null"] } }),
            ),
        ),
        ("Integer", whole_number()),
    ]
}

fn nullable_count() -> Json {
    let count =
        whole(json!({ "value": { "type": "integer", "minimum": 0 }, "exact": about(of("boolean"), "Counts are exact to 10,000.") }));
    json!({ "oneOf": [count, { "type": "null" }] })
}
