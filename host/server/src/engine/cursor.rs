//! Cursors: where a page ended, signed and bound to tenant, actor, object, filter and sort.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use guanxi_core::query::Position;
use guanxi_core::{Decimal, Problem, Value};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value as Json, json};
use sha2::Sha256;
use uuid::Uuid;

/// Bytes of the signature that a cursor carries.
const SIGNATURE: usize = 16;

/// Writes a cursor for a position; `bound_to` is everything that the next request must repeat.
pub(super) fn encode(secret: &[u8], bound_to: &str, position: &Position) -> String {
    let keys: Vec<Json> = position.keys.iter().map(to_json).collect();
    let body = json!([position.id, keys]).to_string();
    let mut bytes = sign(secret, bound_to, &body);
    bytes.extend_from_slice(body.as_bytes());
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Reads a cursor; one that was changed or belongs to another request is `request.malformed`.
pub(super) fn decode(secret: &[u8], bound_to: &str, cursor: &str) -> Result<Position, Problem> {
    read(secret, bound_to, cursor).ok_or_else(|| {
        Problem::error("request.malformed", "this cursor does not belong to this query; start again without it").on("cursor")
    })
}

fn read(secret: &[u8], bound_to: &str, cursor: &str) -> Option<Position> {
    let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
    let (signature, body) = bytes.split_at_checked(SIGNATURE)?;
    let body = std::str::from_utf8(body).ok()?;
    if !bool::from(subtle::ConstantTimeEq::ct_eq(&sign(secret, bound_to, body)[..], signature)) {
        return None;
    }
    let (id, keys): (Uuid, Vec<Json>) = serde_json::from_str(body).ok()?;
    Some(Position { keys: keys.iter().map(from_json).collect::<Option<_>>()?, id })
}

fn sign(secret: &[u8], bound_to: &str, body: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).expect("HMAC takes keys of any length");
    mac.update(bound_to.as_bytes());
    mac.update(&[0]);
    mac.update(body.as_bytes());
    mac.finalize().into_bytes()[..SIGNATURE].to_vec()
}

fn to_json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => json!({ "t": text }),
        Value::Int(number) => json!({ "i": number }),
        Value::Decimal(decimal) => json!({ "d": [decimal.units, decimal.scale] }),
        Value::Bool(flag) => json!({ "b": flag }),
        Value::Date(date) => json!({ "a": date }),
        Value::Instant(instant) => json!({ "m": instant.timestamp_micros() }),
        Value::Ref(id) => json!({ "r": id }),
        // Lists and JSON have no order, so they are no sort keys.
        Value::Texts(_) | Value::Refs(_) | Value::AnyRef { .. } | Value::Json(_) => Json::Null,
    }
}

fn from_json(json: &Json) -> Option<Value> {
    if json.is_null() {
        return Some(Value::Null);
    }
    let (tag, inner) = json.as_object()?.iter().next()?;
    Some(match tag.as_str() {
        "t" => Value::Text(inner.as_str()?.to_owned()),
        "i" => Value::Int(inner.as_i64()?),
        "d" => Value::Decimal(Decimal::new(inner.get(0)?.as_i64()?, u8::try_from(inner.get(1)?.as_u64()?).ok()?)),
        "b" => Value::Bool(inner.as_bool()?),
        "a" => Value::Date(inner.as_str()?.parse().ok()?),
        "m" => Value::Instant(chrono::DateTime::from_timestamp_micros(inner.as_i64()?)?),
        "r" => Value::Ref(inner.as_str()?.parse().ok()?),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_is_bound_to_its_query() {
        let position = Position { keys: vec![Value::from("江"), Value::Null, Value::Decimal(Decimal::new(5, 2))], id: Uuid::from_u128(7) };
        let cursor = encode(b"secret", "demo customer", &position);
        assert_eq!(decode(b"secret", "demo customer", &cursor), Ok(position));
        for (secret, bound, text) in [
            (&b"secret"[..], "other customer", cursor.as_str()),
            (b"other", "demo customer", &cursor),
            (b"secret", "demo customer", "AAAA"),
            (b"secret", "demo customer", "!"),
        ] {
            assert_eq!(decode(secret, bound, text).map_err(|p| p.code), Err("request.malformed".to_owned()), "{bound} {text}");
        }
    }
}
