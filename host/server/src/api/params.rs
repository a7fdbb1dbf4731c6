//! The query string, read strictly: a misspelt parameter must not silently mean "everything".

use std::convert::Infallible;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use guanxi_core::Problem;

use super::problem::ApiError;

/// The query string as it came; `only` turns it into parameters.
#[derive(Debug)]
pub(super) struct RawParams(Option<String>);

/// Decoded parameters, each at most once.
#[derive(Debug, Default)]
pub(super) struct Params(Vec<(String, String)>);

impl<S: Send + Sync> FromRequestParts<S> for RawParams {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        Ok(Self(parts.uri.query().map(str::to_owned)))
    }
}

impl RawParams {
    /// The parameters of an endpoint that knows these names; `request.malformed` for others, doubles and bad escapes.
    pub(super) fn only(self, known: &[&str]) -> Result<Params, ApiError> {
        let mut params: Vec<(String, String)> = Vec::new();
        for pair in self.0.unwrap_or_default().split('&').filter(|pair| !pair.is_empty()) {
            let (name, text) = pair.split_once('=').unwrap_or((pair, ""));
            let (Some(name), Some(text)) = (decode(name), decode(text)) else {
                return Err(ApiError::malformed(format!("`{}` is not percent-encoded UTF-8", shortened(pair))));
            };
            let problem = |detail: String| Err(Problem::error("request.malformed", detail).on(&name).into());
            if !known.contains(&name.as_str()) {
                let names = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                return problem(format!("there is no parameter `{}` here; known: {names}", shortened(&name)));
            }
            if params.iter().any(|(seen, _)| *seen == name) {
                return problem(format!("the parameter `{name}` is there twice"));
            }
            params.push((name, text));
        }
        Ok(Params(params))
    }
}

impl Params {
    /// A parameter's text; the empty text where it is absent.
    pub(super) fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(key, _)| key == name).map_or("", |(_, text)| text)
    }

    /// The parts between commas, trimmed, without empty ones.
    pub(super) fn list(&self, name: &str) -> Vec<String> {
        comma_separated(self.text(name))
    }

    /// `true` or `false`; `default` where it is absent or empty.
    pub(super) fn flag(&self, name: &str, default: bool) -> Result<bool, Problem> {
        match self.text(name) {
            "" => Ok(default),
            "true" => Ok(true),
            "false" => Ok(false),
            _ => Err(Problem::error("request.malformed", format!("`{name}` is true or false")).on(name)),
        }
    }

    /// A number from 1 on; `default` where it is absent or empty.
    pub(super) fn limit(&self, default: u32, max: u32) -> Result<u32, Problem> {
        match self.text("limit") {
            "" => Ok(default),
            text => limit(text.parse().ok(), max),
        }
    }
}

/// Checks a page's size.
pub(super) fn limit(given: Option<u32>, max: u32) -> Result<u32, Problem> {
    given.filter(|n| (1..=max).contains(n)).ok_or_else(|| {
        Problem::error("request.malformed", format!("`limit` is a number from 1 to {max}")).on("limit").with("max", i64::from(max))
    })
}

/// `a, b` to its parts.
pub(super) fn comma_separated(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}

/// One name or value: `+` is a blank, `%XX` a byte, the whole UTF-8.
fn decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => hex(rest.next()?)? * 16 + hex(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(query: &str) -> Result<Params, String> {
        RawParams(Some(query.to_owned())).only(&["filter", "limit", "fields", "count"]).map_err(|e| e.0.problems[0].detail.clone())
    }

    #[test]
    fn parameters_are_decoded() {
        let params = read("filter=name%20%3D%3D+%22%E6%B1%9F%22&fields=name,,%20customer.name&&count=false&limit=").expect("good");
        assert_eq!(params.text("filter"), "name == \"江\"");
        assert_eq!(params.list("fields"), ["name", "customer.name"]);
        assert_eq!(params.flag("count", true), Ok(false));
        assert_eq!(params.limit(50, 1000), Ok(50));
        assert_eq!(params.text("cursor"), "");
    }

    #[test]
    fn mistakes_are_named() {
        for (query, says) in [
            ("filtre=1", "no parameter `filtre`"),
            ("limit=1&limit=2", "twice"),
            ("filter=%zz", "percent-encoded"),
            ("filter=%e6%b1", "percent-encoded"),
            ("filter=%", "percent-encoded"),
            ("%ff=1", "percent-encoded"),
        ] {
            let detail = read(query).expect_err(query);
            assert!(detail.contains(says), "{query}: {detail}");
        }
        for limit in ["0", "-1", "1001", "1e3", "99999999999999999999", "ten"] {
            let params = read(&format!("limit={limit}")).expect("decoded");
            assert_eq!(params.limit(50, 1000).map_err(|p| p.code), Err("request.malformed".to_owned()), "{limit}");
        }
        assert!(read("count=yes").expect("decoded").flag("count", true).is_err());
    }
}
