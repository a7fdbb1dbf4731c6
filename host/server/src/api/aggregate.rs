//! `POST /api/v1/aggregate`: groups with counts, sums, averages, medians, smallest and largest values.

use axum::extract::State;
use guanxi_core::Problem;
use serde_json::{Map, Value as Json, json};

use super::auth::Caller;
use super::body::Body;
use super::json::{self, ok};
use super::params::RawParams;
use super::problem::Answer;
use super::reader::{Codes, Reader};
use crate::app::App;
use crate::engine::{AggregateAnswer, AggregateRequest, BucketRequest, GroupRequest, JoinRequest, MeasureRequest, RelatedRequest, Total};

/// Takes what docs/api.md says under Aggregates, answers `{"groups":[{"key","values"}]}` and whatever else was asked for.
pub(super) async fn handle(State(app): State<App>, Caller(ctx): Caller, params: RawParams, Body(body): Body) -> Answer {
    params.only(&[])?;
    let request = read(body)?;
    let answer = app.engine.aggregate(&ctx, request.clone()).await?;
    Ok(ok(&written(&request, &answer)))
}

fn written(request: &AggregateRequest, answer: &AggregateAnswer) -> Json {
    let mut body = Map::new();
    let groups =
        answer.groups.iter().zip(&answer.withheld).map(|(group, withheld)| marked(json::group(&group.key, &group.values), *withheld));
    body.insert("groups".into(), groups.collect());
    let total = |total: &Total| marked(json::group(&total.key, &total.values), total.withheld);
    if request.limit.is_some() || !request.having.is_empty() || answer.left_out > 0 {
        body.insert("left_out".into(), answer.left_out.into());
    }
    if request.rest {
        body.insert("rest".into(), answer.rest.as_ref().map_or(Json::Null, total));
    }
    if request.totals {
        body.insert("totals".into(), answer.totals.as_ref().map_or(Json::Null, total));
    }
    if !request.subtotals.is_empty() {
        let level = |(by, groups): &(Vec<usize>, Vec<Total>)| json!({ "by": by, "groups": groups.iter().map(total).collect::<Json>() });
        body.insert("subtotals".into(), answer.subtotals.iter().map(level).collect());
    }
    Json::Object(body)
}

fn marked(mut group: Json, withheld: bool) -> Json {
    if withheld {
        group["withheld"] = Json::Bool(true);
    }
    group
}

fn read(body: Json) -> Result<AggregateRequest, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Request)?;
    let request = AggregateRequest {
        object: reader.required_text("object"),
        joins: items(&mut reader, "joins", join),
        filter: reader.text("filter").unwrap_or_default(),
        exists: items(&mut reader, "exists", related),
        group_by: items(&mut reader, "group_by", group_key),
        measures: items(&mut reader, "measures", measure),
        having: reader.text("having").unwrap_or_default(),
        sort: reader.texts("sort").join(","),
        limit: reader.number("limit"),
        rest: reader.flag("rest").unwrap_or_default(),
        totals: reader.flag("totals").unwrap_or_default(),
        subtotals: items(&mut reader, "subtotals", level),
    };
    reader.finish().map(|()| request)
}

/// The parts of an array, each read on its own.
fn items<T>(reader: &mut Reader, key: &str, read: fn(Json, String) -> Result<T, Vec<Problem>>) -> Vec<T> {
    let mut found = Vec::new();
    for (index, item) in reader.array(key).into_iter().enumerate() {
        match read(item, format!("{key}.{index}")) {
            Ok(item) => found.push(item),
            Err(problems) => reader.add(problems),
        }
    }
    found
}

fn part(item: Json, place: &str) -> Result<Reader, Vec<Problem>> {
    Reader::new(item, format!("{place}."), Codes::Request)
}

/// `{"name","object","via","of","kind","filter"}`.
fn join(item: Json, place: String) -> Result<JoinRequest, Vec<Problem>> {
    let mut reader = part(item, &place)?;
    let kind = reader.text("kind").unwrap_or_default();
    if !matches!(kind.as_str(), "" | "inner" | "left") {
        reader.add([Problem::error("request.malformed", format!("`{kind}` is no kind of join: inner, left")).on(format!("{place}.kind"))]);
    }
    let join = JoinRequest {
        name: reader.required_text("name"),
        object: reader.required_text("object"),
        via: reader.required_text("via"),
        of: reader.text("of"),
        optional: kind == "left",
        filter: reader.text("filter").unwrap_or_default(),
    };
    reader.finish().map(|()| join)
}

/// `{"object","via","filter","none"}`.
fn related(item: Json, place: String) -> Result<RelatedRequest, Vec<Problem>> {
    let mut reader = part(item, &place)?;
    let related = RelatedRequest {
        object: reader.required_text("object"),
        via: reader.required_text("via"),
        filter: reader.text("filter").unwrap_or_default(),
        none: reader.flag("none").unwrap_or_default(),
    };
    reader.finish().map(|()| related)
}

/// `"owner.name"`, `{"field","grain","first_month","fill"}` or `{"field","bucket","fill"}`.
fn group_key(item: Json, place: String) -> Result<GroupRequest, Vec<Problem>> {
    if let Json::String(field) = item {
        return Ok(GroupRequest { field, ..GroupRequest::default() });
    }
    let mut reader = part(item, &place)?;
    let bucket = reader.json("bucket").map(|json| bucket(json, format!("{place}.bucket"))).transpose();
    let key = GroupRequest {
        field: reader.required_text("field"),
        grain: reader.text("grain"),
        first_month: reader.number("first_month"),
        bucket: bucket.unwrap_or_else(|problems| {
            reader.add(problems);
            None
        }),
        fill: reader.flag("fill").unwrap_or_default(),
    };
    reader.finish().map(|()| key)
}

/// `{"edges":[…]}` or `{"width","from"}`; numbers as numbers or strings.
fn bucket(item: Json, place: String) -> Result<BucketRequest, Vec<Problem>> {
    let mut reader = part(item, &place)?;
    let mut wrong = Vec::new();
    let mut number = |json: Json, key: &str| match json {
        Json::String(text) => text,
        Json::Number(number) => number.to_string(),
        _ => {
            wrong.push(Problem::error("request.malformed", "a number is expected here").on(format!("{place}.{key}")));
            String::new()
        }
    };
    let bucket = BucketRequest {
        edges: reader.array("edges").into_iter().map(|edge| number(edge, "edges")).collect(),
        width: reader.json("width").map(|json| number(json, "width")),
        from: reader.json("from").map(|json| number(json, "from")),
    };
    reader.add(wrong);
    reader.finish().map(|()| bucket)
}

/// `{"fn","field","filter","as"}` or `{"fn","expr","filter","as"}`.
fn measure(item: Json, place: String) -> Result<MeasureRequest, Vec<Problem>> {
    let mut reader = part(item, &place)?;
    let measure = MeasureRequest {
        function: reader.required_text("fn"),
        field: reader.text("field"),
        expr: reader.text("expr"),
        filter: reader.text("filter").unwrap_or_default(),
        name: reader.text("as"),
    };
    reader.finish().map(|()| measure)
}

/// Places of group keys: `[0]`.
fn level(item: Json, place: String) -> Result<Vec<usize>, Vec<Problem>> {
    serde_json::from_value(item)
        .map_err(|_| vec![Problem::error("request.malformed", "a level is an array of places of group keys, from 0").on(place)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_read_whole() {
        let body = json!({
            "object": "customer", "filter": null, "group_by": ["owner.name", { "field": "created_at", "grain": "month", "fill": true },
                { "field": "x_n", "bucket": { "edges": [1, "2.50"] } }],
            "joins": [{ "name": "lines", "object": "x_line", "via": "parent", "kind": "left" }],
            "exists": [{ "object": "task", "via": "customer", "none": true }],
            "measures": [{ "fn": "count" }, { "fn": "sum", "expr": "x_a * x_b / 100", "as": "total", "filter": "x_a > 1" }],
            "having": "total > 1", "sort": ["-total", "owner.name"], "limit": 3, "rest": true, "totals": true, "subtotals": [[0], []],
        });
        let request = read(body).expect("a request");
        assert_eq!((request.object.as_str(), request.filter.as_str()), ("customer", ""));
        assert_eq!(request.group_by[1].grain.as_deref(), Some("month"));
        assert_eq!(request.group_by[2].bucket.as_ref().map(|bucket| bucket.edges.join(" ")).as_deref(), Some("1 2.50"));
        assert_eq!(request.measures[1].expr.as_deref(), Some("x_a * x_b / 100"));
        assert_eq!((request.sort.as_str(), request.limit, request.subtotals), ("-total,owner.name", Some(3), vec![vec![0], vec![]]));
        assert!(request.joins[0].optional && request.exists[0].none && request.rest && request.totals && request.group_by[1].fill);
    }

    #[test]
    fn every_mistake_names_its_place() {
        let body = json!({
            "filter": 1, "group_by": [7, { "grain": "month" }, { "field": "x", "bucket": { "edges": [true] } }],
            "measures": [{ "function": "sum" }], "having": 1, "joins": [{ "kind": "outer" }], "subtotals": [["a"]], "top": 3,
        });
        let fields: Vec<_> = read(body).expect_err("problems").into_iter().map(|p| (p.code, p.field.unwrap_or_default())).collect();
        for field in [
            "object",
            "filter",
            "group_by.0",
            "group_by.1.field",
            "group_by.2.bucket.edges",
            "measures.0.fn",
            "measures.0.function",
            "having",
            "joins.0.kind",
            "joins.0.name",
            "subtotals.0",
            "top",
        ] {
            assert!(fields.contains(&("request.malformed".to_owned(), field.to_owned())), "{field}: {fields:?}");
        }
    }
}
