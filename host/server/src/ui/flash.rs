//! What was just done, carried over a redirect in a short-lived cookie: the next page shows it once, however it was reached.

use axum::http::HeaderMap;
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::response::{AppendHeaders, IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::components::badge::Tone;
use super::components::note::Flash;
use super::urls;
use crate::app::App;

const COOKIE_NAME: &str = "gx-flash";
/// Seconds until a message that no page showed is forgotten.
const LIFE: u32 = 60;
/// Longest sentence, in characters: a cookie has 4 KB.
const LONGEST: usize = 400;

/// Goes to a page of ours that says what was done.
pub fn redirect(app: &App, to: &str, flash: &Flash) -> Response {
    let set = format!("{COOKIE_NAME}={}; Path=/; HttpOnly; SameSite=Lax; Max-Age={LIFE}{}", encode(flash), secure(app));
    (AppendHeaders([(SET_COOKIE, set)]), Redirect::to(to)).into_response()
}

/// The message that a request brings along.
pub fn find(headers: &HeaderMap) -> Option<Flash> {
    let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok()).flat_map(|header| header.split(';'));
    let (_, value) = cookies.filter_map(|pair| pair.trim().split_once('=')).find(|(name, _)| *name == COOKIE_NAME)?;
    decode(value)
}

/// The header that makes the browser forget the message after it was shown.
pub fn forget(app: &App) -> AppendHeaders<[(axum::http::HeaderName, String); 1]> {
    AppendHeaders([(SET_COOKIE, format!("{COOKIE_NAME}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{}", secure(app)))])
}

fn secure(app: &App) -> &'static str {
    if app.secure { "; Secure" } else { "" }
}

fn encode(flash: &Flash) -> String {
    let text: String = flash.text.chars().take(LONGEST).collect();
    let tone = match flash.tone {
        Tone::Bad => "bad",
        Tone::Warn => "warn",
        _ => "ok",
    };
    URL_SAFE_NO_PAD.encode(serde_json::json!([tone, text, flash.link]).to_string())
}

/// Whatever does not fit is no message; links lead nowhere but to us.
fn decode(value: &str) -> Option<Flash> {
    let bytes = URL_SAFE_NO_PAD.decode(value).ok()?;
    let (tone, text, link): (String, String, Option<(String, String)>) = serde_json::from_slice(&bytes).ok()?;
    let tone = match tone.as_str() {
        "bad" => Tone::Bad,
        "warn" => Tone::Warn,
        _ => Tone::Ok,
    };
    Some(Flash { tone, text, link: link.map(|(words, href)| (words, urls::own(&href).to_owned())) })
}

#[cfg(test)]
mod tests {
    use super::*;
    use axum::http::HeaderValue;

    fn brought(cookies: &str) -> Option<Flash> {
        let mut headers = HeaderMap::new();
        headers.insert(COOKIE, HeaderValue::from_str(cookies).expect("a header value"));
        find(&headers)
    }

    #[test]
    fn a_message_survives_the_redirect() {
        let flash =
            Flash { tone: Tone::Warn, text: "已保存“江南”; ok".into(), link: Some(("打开".into(), "/o/customer/1".into())) };
        let found = brought(&format!("gx=demo.1; {COOKIE_NAME}={}", encode(&flash))).expect("a message");
        assert_eq!((found.tone, found.text, found.link), (flash.tone, flash.text, flash.link));
    }

    #[test]
    fn nonsense_is_no_message() {
        for cookies in ["", "gx=1", "gx-flash=", "gx-flash=!!", "gx-flash=e30"] {
            assert!(brought(cookies).is_none(), "{cookies}");
        }
        let evil = Flash { tone: Tone::Ok, text: "x".into(), link: Some(("x".into(), "https://evil.example".into())) };
        assert_eq!(brought(&format!("{COOKIE_NAME}={}", encode(&evil))).and_then(|f| f.link), Some(("x".into(), "/".into())));
    }
}
