//! `/aggregate`.

use guanxi_core::query::AggregateFn;
use serde_json::{Value as Json, json};

use super::super::paths::{Operation, Paths};
use super::super::schema::{component, count, list, maybe, maybe_list, maybe_one_of, nullable, object, of, one_of, whole};
use super::super::view::View;

pub(super) fn add(view: &View, paths: &mut Paths) {
    if view.objects.is_empty() {
        return;
    }
    let aggregate = Operation::new("aggregate", "records", "Groups with counts, sums, averages, medians, smallest and largest values")
        .body(component("AggregateRequest"))
        .answers(200, "The groups", component("Groups"))
        .refuses(&[403, 404]);
    paths.add("post", "/aggregate", aggregate);
}

pub(super) fn schemas() -> Vec<(&'static str, Json)> {
    let number = || json!({ "type": ["number", "string"] });
    let bucket = object(
        &[],
        json!({
            "edges": maybe_list(number()), "width": { "type": ["number", "string", "null"] }, "from": { "type": ["number", "string", "null"] },
        }),
    );
    let key = json!({ "oneOf": [of("string"), object(&["field"], json!({
        "field": of("string"), "grain": maybe_one_of(&["day", "week", "month", "quarter", "year"]),
        "first_month": { "type": ["integer", "null"], "minimum": 1, "maximum": 12 }, "bucket": nullable(bucket), "fill": maybe("boolean"),
    }))] });
    let functions: Vec<&str> = AggregateFn::NAMES.split(", ").collect();
    let measure = object(
        &["fn"],
        json!({
            "fn": one_of(&functions), "field": maybe("string"), "expr": maybe("string"), "filter": maybe("string"), "as": maybe("string"),
        }),
    );
    let join = object(
        &["name", "object", "via"],
        json!({
            "name": of("string"), "object": of("string"), "via": of("string"), "of": maybe("string"),
            "kind": maybe_one_of(&["inner", "left"]), "filter": maybe("string"),
        }),
    );
    let related = object(
        &["object", "via"],
        json!({
            "object": of("string"), "via": of("string"), "filter": maybe("string"), "none": maybe("boolean"),
        }),
    );
    let group = object(
        &["key", "values"],
        json!({
            "key": list(json!({})), "values": list(json!({})), "withheld": { "const": true, "description": "Fewer records than the smallest group." },
        }),
    );
    let level = whole(json!({ "by": list(count()), "groups": list(component("Group")) }));
    vec![
        (
            "AggregateRequest",
            object(
                &["object", "measures"],
                json!({
                    "object": of("string"), "joins": maybe_list(join), "filter": maybe("string"), "exists": maybe_list(related),
                    "group_by": maybe_list(key), "measures": list(measure), "having": maybe("string"),
                    "sort": { "type": ["string", "array", "null"], "items": of("string") },
                    "limit": { "type": ["integer", "null"], "minimum": 1 }, "rest": maybe("boolean"), "totals": maybe("boolean"),
                    "subtotals": maybe_list(list(count())),
                }),
            ),
        ),
        ("Group", group),
        (
            "Groups",
            object(
                &["groups"],
                json!({
                    "groups": list(component("Group")), "left_out": count(), "rest": nullable(component("Group")),
                    "totals": nullable(component("Group")), "subtotals": list(level),
                }),
            ),
        ),
    ]
}
