//! Values, records and cells in their JSON form (design §3, §13).

use axum::Json as JsonBody;
use axum::response::{IntoResponse, Response};
use chrono::SecondsFormat;
use guanxi_core::Value;
use guanxi_core::decimal::format_units;
use guanxi_core::expr::FieldPath;
use guanxi_core::query::Cell;
use serde_json::{Map, Number, Value as Json, json};
use uuid::Uuid;

use crate::engine::{LinesView, RecordView};

/// A value: decimals, money and percent are strings with all their digits, integers are numbers, a reference is its id.
pub(super) fn value(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Text(text) => Json::from(text.as_str()),
        Value::Int(number) => Json::from(*number),
        Value::Decimal(number) => Json::from(number.to_string()),
        Value::Bool(flag) => Json::from(*flag),
        Value::Date(date) => Json::from(date.to_string()),
        Value::Instant(instant) => Json::from(instant.to_rfc3339_opts(SecondsFormat::AutoSi, true)),
        Value::Ref(id) => Json::from(id.to_string()),
        Value::Texts(codes) => Json::from(codes.clone()),
        Value::Refs(ids) => ids.iter().map(|id| Json::from(id.to_string())).collect(),
        Value::AnyRef { object, id } => json!({ "object": object, "id": id.to_string() }),
        Value::Json(text) => serde_json::from_str(text).unwrap_or_else(|_| Json::from(text.as_str())),
    }
}

/// A flat record. The id is always there, also when it was not asked for.
pub(super) fn record(id: Uuid, paths: &[FieldPath], values: &[Value]) -> Json {
    let mut flat = Map::with_capacity(paths.len() + 1);
    flat.insert("id".to_owned(), Json::from(id.to_string()));
    for (path, field_value) in paths.iter().zip(values) {
        flat.insert(path.text(), value(field_value));
    }
    Json::Object(flat)
}

/// The same, of a record that was read alone, with its lines.
pub(super) fn view(view: &RecordView) -> Json {
    with_lines(record(view.id, &view.paths, &view.values), view.id, &view.lines)
}

/// A record with its lines, each a whole record.
pub(super) fn with_lines(mut flat: Json, id: Uuid, lines: &[LinesView]) -> Json {
    if let Json::Object(map) = &mut flat {
        for view in lines {
            let all = view.of(id).iter().map(|(line, values)| record(*line, &view.paths, values));
            map.insert(view.field.clone(), all.collect());
        }
    }
    flat
}

/// One group of an aggregate.
pub(super) fn group(key: &[Value], values: &[Cell]) -> Json {
    json!({ "key": key.iter().map(value).collect::<Json>(), "values": values.iter().map(cell).collect::<Json>() })
}

/// A count is a number; everything else has the form of its field's type. An integer total that no 64-bit number holds is a string.
fn cell(cell: &Cell) -> Json {
    match cell {
        Cell::Value(inner) => value(inner),
        Cell::Count(count) => Json::from(*count),
        Cell::Total { units, integer: true, .. } => Number::from_i128(*units).map_or_else(|| Json::from(units.to_string()), Json::Number),
        Cell::Total { units, scale, integer: false } => Json::from(format_units(*units, *scale)),
    }
}

/// 200 with a body.
pub(super) fn ok(body: &Json) -> Response {
    JsonBody(body).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::{DateTime, NaiveDate};
    use guanxi_core::Decimal;
    use guanxi_core::meta::FieldKind;

    #[test]
    fn each_type_has_its_form() {
        let instant = |micros| Value::Instant(DateTime::from_timestamp_micros(micros).expect("an instant"));
        for (from, wanted) in [
            (Value::Null, json!(null)),
            (Value::from("江南"), json!("江南")),
            (Value::Int(i64::MAX), json!(9_223_372_036_854_775_807_i64)),
            (Value::Decimal(Decimal::new(149_975, 2)), json!("1499.75")),
            (Value::Decimal(Decimal::new(6_000, 2)), json!("60.00")),
            (Value::Decimal(Decimal::new(-5, 8)), json!("-0.00000005")),
            (Value::Bool(false), json!(false)),
            (Value::Date(NaiveDate::from_ymd_opt(2026, 2, 3).expect("a day")), json!("2026-02-03")),
            (instant(1_795_320_000_000_000), json!("2026-11-22T04:00:00Z")),
            (instant(1_795_320_000_500_000), json!("2026-11-22T04:00:00.500Z")),
            (instant(1_795_320_000_000_001), json!("2026-11-22T04:00:00.000001Z")),
            (Value::Ref(Uuid::from_u128(7)), json!("00000000-0000-0000-0000-000000000007")),
        ] {
            assert_eq!(value(&from), wanted, "{from:?}");
        }
    }

    #[test]
    fn cells_have_the_form_of_their_type() {
        let total = |units, scale, integer| Cell::Total { units, scale, integer };
        for (from, wanted) in [
            (Cell::Count(0), json!(0)),
            (Cell::Value(Value::Null), json!(null)),
            (total(1_000_553_400, 2, false), json!("10005534.00")),
            (total(-7, 0, true), json!(-7)),
            (total(i128::from(i64::MAX) * 10, 0, true), json!("92233720368547758070")),
            (total(i128::from(i64::MAX) * 10, 2, false), json!("922337203685477580.70")),
            (Cell::Value(Value::Decimal(Decimal::new(250, 2))), json!("2.50")),
        ] {
            assert_eq!(cell(&from), wanted, "{from:?}");
        }
    }

    #[test]
    fn a_record_is_flat_and_keeps_its_id() {
        let path = |field: &str| FieldPath { hops: Vec::new(), object: "customer".into(), field: field.into(), kind: FieldKind::Integer };
        let flat = record(Uuid::from_u128(1), &[path("x_score")], &[Value::Int(3)]);
        assert_eq!(flat.to_string(), r#"{"id":"00000000-0000-0000-0000-000000000001","x_score":3}"#);
    }
}
