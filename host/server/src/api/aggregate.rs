//! `POST /api/v1/aggregate`: groups with counts, sums, averages, smallest and largest values.

use axum::extract::State;
use guanxi_core::Problem;
use serde_json::{Value as Json, json};

use super::auth::Caller;
use super::body::Body;
use super::json::{group, ok};
use super::params::RawParams;
use super::problem::Answer;
use super::reader::{Codes, Reader};
use crate::app::App;
use crate::engine::{AggregateRequest, GroupRequest, MeasureRequest};

/// Takes `{"object","filter","group_by","measures"}`, answers `{"groups":[{"key","values"}]}`.
pub(super) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams, Body(body): Body) -> Answer {
    params.only(&[])?;
    let answer = app.engine.aggregate(&ctx, read(body)?).await?;
    Ok(ok(&json!({ "groups": answer.groups.iter().map(group).collect::<Json>() })))
}

fn read(body: Json) -> Result<AggregateRequest, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Request)?;
    let mut request = AggregateRequest {
        object: reader.required_text("object"),
        filter: reader.text("filter").unwrap_or_default(),
        ..Default::default()
    };
    for (index, item) in reader.array("group_by").into_iter().enumerate() {
        match group_key(item, index) {
            Ok(key) => request.group_by.push(key),
            Err(problems) => reader.add(problems),
        }
    }
    for (index, item) in reader.array("measures").into_iter().enumerate() {
        match measure(item, index) {
            Ok(measure) => request.measures.push(measure),
            Err(problems) => reader.add(problems),
        }
    }
    reader.finish().map(|()| request)
}

/// `"owner.name"` or `{"field","grain"}`.
fn group_key(item: Json, index: usize) -> Result<GroupRequest, Vec<Problem>> {
    if let Json::String(field) = item {
        return Ok(GroupRequest { field, grain: None });
    }
    let mut reader = Reader::new(item, format!("group_by.{index}."), Codes::Request)?;
    let key = GroupRequest { field: reader.required_text("field"), grain: reader.text("grain") };
    reader.finish().map(|()| key)
}

/// `{"fn","field"}` or `{"fn","expr"}`.
fn measure(item: Json, index: usize) -> Result<MeasureRequest, Vec<Problem>> {
    let mut reader = Reader::new(item, format!("measures.{index}."), Codes::Request)?;
    let measure = MeasureRequest { function: reader.required_text("fn"), field: reader.text("field"), expr: reader.text("expr") };
    reader.finish().map(|()| measure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_whole() {
        let body = json!({
            "object": "customer", "filter": null, "group_by": ["owner.name", { "field": "created_at", "grain": "month" }],
            "measures": [{ "fn": "count" }, { "fn": "sum", "expr": "x_a * x_b / 100" }],
        });
        let request = read(body).expect("a request");
        assert_eq!((request.object.as_str(), request.filter.as_str()), ("customer", ""));
        assert_eq!(request.group_by[1].grain.as_deref(), Some("month"));
        assert_eq!(request.measures[1].expr.as_deref(), Some("x_a * x_b / 100"));
    }

    #[test]
    fn every_mistake_names_its_place() {
        let body = json!({ "filter": 1, "group_by": [7, { "grain": "month" }], "measures": [{ "function": "sum" }], "having": "" });
        let fields: Vec<_> = read(body).expect_err("problems").into_iter().map(|p| (p.code, p.field.unwrap_or_default())).collect();
        for field in ["object", "filter", "group_by.0", "group_by.1.field", "measures.0.fn", "measures.0.function", "having"] {
            assert!(fields.contains(&("request.malformed".to_owned(), field.to_owned())), "{field}: {fields:?}");
        }
    }
}
