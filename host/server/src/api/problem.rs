//! Refusals as RFC 9457 problems, `application/problem+json`.

use axum::http::header::{ALLOW, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use guanxi_core::meta::Locale;
use guanxi_core::problem::status_of;
use guanxi_core::{Problem, Severity, Value};
use serde_json::{Map, Value as Json, json};

use super::json::value;
use crate::engine::Refusal;
use crate::texts::problem_text;

/// Seconds after which a refused caller may try again where the refusal does not say: most hindrances are gone by then.
const RETRY_SECONDS: u64 = 1;

/// The most problems that are listed: against answers much larger than their requests.
const MAX_LISTED: usize = 1_000;

/// What a handler refuses with. It travels as a bare status; the frame writes the body, because only the frame knows the request.
#[derive(Debug)]
pub(super) struct ApiError(pub(super) Refusal);

/// What handlers return.
pub(super) type Answer = Result<Response, ApiError>;

impl ApiError {
    /// A request that cannot be read.
    pub(super) fn malformed(detail: impl Into<String>) -> Self {
        Self(Refusal::one("request.malformed", detail))
    }
}

impl From<Refusal> for ApiError {
    fn from(refusal: Refusal) -> Self {
        Self(refusal)
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self(problem.into())
    }
}

impl From<Vec<Problem>> for ApiError {
    fn from(problems: Vec<Problem>) -> Self {
        Self(problems.into())
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = status(self.0.status).into_response();
        response.extensions_mut().insert(self.0);
        response
    }
}

fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}

/// The problem that names the whole refusal: the first error of those that the status comes from, or `confirm.needed` where
/// nothing but questions is in the way.
fn leading(refusal: &Refusal) -> Option<Problem> {
    let of = |severity: Severity| refusal.problems.iter().filter(move |p| p.severity == severity);
    let error = of(Severity::Error).find(|p| status_of(&p.code) == refusal.status).or_else(|| of(Severity::Error).next());
    let question = || of(Severity::Confirm).next().map(|p| Problem { code: "confirm.needed".into(), ..p.clone() });
    error.cloned().or_else(question).or_else(|| refusal.problems.first().cloned())
}

/// The whole answer of a refusal. `before` are the headers that the bare answer had.
pub(super) fn render(refusal: &Refusal, locale: Locale, request_id: &str, before: &HeaderMap) -> Response {
    let problem = leading(refusal);
    let code = problem.as_ref().map_or("internal", |p| p.code.as_str());
    let body = json!({
        "type": format!("urn:guanxi:problem:{code}"),
        "title": problem.as_ref().map(|p| problem_text(locale, p)),
        "status": refusal.status,
        "code": code,
        "detail": problem.as_ref().map(|p| p.detail.as_str()),
        "problems": list(&refusal.problems, MAX_LISTED),
        "request_id": request_id,
    });
    let mut response = (status(refusal.status), body.to_string()).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    if let Some(allow) = before.get(ALLOW) {
        headers.insert(ALLOW, allow.clone());
    }
    match refusal.status {
        401 => headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer")),
        429 | 503 => headers.insert(RETRY_AFTER, HeaderValue::from(retry_after(refusal))),
        _ => None,
    };
    response
}

fn retry_after(refusal: &Refusal) -> u64 {
    let said = refusal.problems.iter().flat_map(|p| &p.params).find_map(|(name, param)| match param {
        Value::Int(seconds) if name == "seconds" => u64::try_from(*seconds).ok(),
        _ => None,
    });
    said.unwrap_or(RETRY_SECONDS)
}

/// The first problems, in their fixed shape.
pub(super) fn list(problems: &[Problem], most: usize) -> Json {
    problems.iter().take(most).map(one).collect()
}

fn one(problem: &Problem) -> Json {
    let params: Map<String, Json> = problem.params.iter().map(|(name, param)| (name.clone(), value(param))).collect();
    json!({
        "code": problem.code,
        "severity": match problem.severity {
            Severity::Error => "error",
            Severity::Confirm => "confirm",
            Severity::Info => "info",
        },
        "field": problem.field,
        "detail": problem.detail,
        "position": problem.position,
        "params": params,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn shown(refusal: &Refusal, locale: Locale) -> (Response, Json) {
        let response = render(refusal, locale, "r1", &HeaderMap::new());
        let (parts, body) = response.into_parts();
        let bytes = axum::body::to_bytes(body, usize::MAX).await.expect("a body in memory");
        (Response::from_parts(parts, axum::body::Body::empty()), serde_json::from_slice(&bytes).expect("JSON"))
    }

    #[tokio::test]
    async fn the_code_is_that_of_the_status() {
        let refusal = Refusal::from_problems(vec![
            Problem::error("filter.syntax", "odd").at(7),
            Problem::error("field.option", "no such option").on("kind").with("value", "x"),
        ]);
        let (response, body) = shown(&refusal, Locale::En).await;
        assert_eq!(response.status(), 422);
        assert_eq!(body["code"], "field.option");
        assert_eq!(body["status"], 422);
        assert_eq!(body["title"], problem_text(Locale::En, &refusal.problems[1]));
        assert_eq!(body["detail"], "no such option");
        assert_eq!(body["request_id"], "r1");
        assert_eq!(
            body["problems"][0],
            json!({ "code": "filter.syntax", "severity": "error", "field": null, "detail": "odd", "position": 7, "params": {} })
        );
        assert_eq!(body["problems"][1]["params"], json!({ "value": "x" }));
        assert_eq!(response.headers()[CONTENT_TYPE], "application/problem+json");
    }

    #[tokio::test]
    async fn questions_alone_need_a_confirmation() {
        let question = Problem { severity: Severity::Confirm, ..Problem::error("xx.price.low", "the price is low") };
        let (_, body) = shown(&Refusal { status: 409, problems: vec![question.clone()] }, Locale::En).await;
        assert_eq!((&body["code"], &body["problems"][0]["code"]), (&json!("confirm.needed"), &json!("xx.price.low")));
        let (_, body) =
            shown(&Refusal { status: 422, problems: vec![question, Problem::error("field.required", "x").on("name")] }, Locale::En).await;
        assert_eq!(body["code"], "field.required");
    }

    #[tokio::test]
    async fn busy_says_when_to_come_back() {
        let (response, body) = shown(&Refusal::one("busy", "x"), Locale::ZhCn).await;
        assert_eq!((response.status().as_u16(), response.headers()[RETRY_AFTER].to_str().ok()), (503, Some("1")));
        assert_eq!(body["title"], crate::texts::t(Locale::ZhCn).problem_busy());
    }
}
