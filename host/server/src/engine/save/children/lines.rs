//! Lines as they come: from a form already taken apart, from the API as a JSON array.

use guanxi_core::meta::Field;
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use crate::engine::Raw;
use crate::engine::input::{Line, mistyped};

/// The lines that can be read; what is wrong with the others is told, so that all problems come at once.
pub(super) fn read_lines(field: &Field, raw: Raw, problems: &mut Vec<Problem>) -> Vec<(usize, Line)> {
    let items = match raw {
        Raw::Lines(lines) => return lines.into_iter().enumerate().collect(),
        Raw::Json(serde_json::Value::Array(items)) => items,
        Raw::Json(serde_json::Value::Null) | Raw::Value(Value::Null) => Vec::new(),
        Raw::Text(text) if text.trim().is_empty() => Vec::new(),
        Raw::Json(_) | Raw::Text(_) | Raw::Value(_) => {
            problems.push(mistyped(field, "anything but an array of records"));
            return Vec::new();
        }
    };
    let mut lines = Vec::with_capacity(items.len());
    for (place, item) in items.into_iter().enumerate() {
        match read_line(item) {
            Ok(line) => lines.push((place, line)),
            Err((key, detail)) => {
                let path = if key.is_empty() { format!("{}.{place}", field.key) } else { format!("{}.{place}.{key}", field.key) };
                problems.push(Problem::error("field.type", detail).on(path));
            }
        }
    }
    lines
}

fn read_line(item: serde_json::Value) -> Result<Line, (&'static str, String)> {
    let serde_json::Value::Object(map) = item else { return Err(("", "a line is a JSON object".into())) };
    let mut line = Line::default();
    for (key, json) in map {
        match key.as_str() {
            "id" if json.is_null() => {}
            "id" => {
                let id = json.as_str().and_then(|text| Uuid::parse_str(text).ok());
                line.id = Some(id.ok_or(("id", "`id` takes the id of a line".to_owned()))?);
            }
            "version" if json.is_null() => {}
            "version" => line.version = Some(json.as_i64().ok_or(("version", "`version` takes a number".to_owned()))?),
            _ => line.fields.push((key, Raw::Json(json))),
        }
    }
    Ok(line)
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_core::meta::{FieldKind, Label};
    use serde_json::json;

    #[test]
    fn good_lines_are_read_beside_bad_ones() {
        let field = Field::new("x_lines", Label::default(), FieldKind::Children { target: "x_line".into() });
        let id = Uuid::from_u128(7);
        let check = |raw: Raw| {
            let mut problems = Vec::new();
            let lines = read_lines(&field, raw, &mut problems);
            let lines: Vec<_> = lines.into_iter().map(|(at, line)| (at, line.id, line.version, line.fields.len())).collect();
            (lines, problems.into_iter().filter_map(|p| p.field).collect::<Vec<_>>())
        };
        let sent = json!([{ "a": 1, "b": null }, 7, { "id": id, "version": 3 }, { "id": "x" }, { "id": null, "version": "1" }]);
        let (lines, problems) = check(Raw::Json(sent));
        assert_eq!(lines, [(0, None, None, 2), (2, Some(id), Some(3), 0)]);
        assert_eq!(problems, ["x_lines.1", "x_lines.3.id", "x_lines.4.version"]);
        for nothing in
            [Raw::Json(json!(null)), Raw::Json(json!([])), Raw::Text(" ".into()), Raw::Value(Value::Null), Raw::Lines(Vec::new())]
        {
            assert_eq!(check(nothing), (Vec::new(), Vec::new()));
        }
        for wrong in [Raw::Json(json!({})), Raw::Json(json!("x")), Raw::Text("x".into()), Raw::Value(Value::Int(1))] {
            assert_eq!(check(wrong), (Vec::new(), vec!["x_lines".to_owned()]));
        }
    }
}
