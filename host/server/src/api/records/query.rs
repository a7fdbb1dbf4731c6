//! `POST /api/v1/records/{object}/query`: a list, asked for in JSON instead of an escaped URL.

use axum::extract::State;
use guanxi_core::Problem;
use serde_json::Value as Json;

use super::super::auth::Caller;
use super::super::body::Body;
use super::super::params::{self, RawParams};
use super::super::path::ObjectPath;
use super::super::problem::Answer;
use super::super::reader::{Codes, Reader};
use super::list::{DEFAULT_LIMIT, MAX_LIMIT, page};
use crate::app::App;
use crate::engine::ListRequest;

/// Takes the parameters of a list as JSON and answers the same.
pub(in crate::api) async fn handle(
    State(app): State<App>,
    Caller(ctx): Caller,
    ObjectPath(object): ObjectPath,
    params: RawParams,
    Body(body): Body,
) -> Answer {
    params.only(&[])?;
    Ok(page(&app.engine.list(&ctx, &object, read(body)?).await?))
}

fn read(body: Json) -> Result<ListRequest, Vec<Problem>> {
    let mut reader = Reader::new(body, "", Codes::Request)?;
    let limit = reader.number("limit").map_or(Ok(DEFAULT_LIMIT), |given| params::limit(Some(given), MAX_LIMIT));
    let limit = limit.map_err(|problem| reader.add([problem])).unwrap_or(DEFAULT_LIMIT);
    let fields = super::chosen(reader.texts("fields")).map_err(|problem| reader.add([problem])).unwrap_or_default();
    let request = ListRequest {
        words: reader.text("q").unwrap_or_default(),
        filter: reader.text("filter").unwrap_or_default(),
        sort: reader.texts("sort").join(","),
        fields,
        limit,
        cursor: reader.text("cursor").unwrap_or_default(),
        count: reader.flag("count").unwrap_or(true),
    };
    reader.finish().map(|()| request)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn lists_may_be_arrays_or_texts() {
        for body in [
            json!({ "sort": "-a,b", "fields": "x, y" }),
            json!({ "sort": ["-a", "b"], "fields": ["x", "y"], "limit": null, "count": null }),
        ] {
            let request = read(body).expect("a request");
            assert_eq!((request.sort.as_str(), request.limit, request.count), ("-a,b", DEFAULT_LIMIT, true));
            assert_eq!(request.fields, ["x", "y"]);
        }
        for body in [
            json!({ "limit": 0 }),
            json!({ "limit": 1001 }),
            json!({ "limit": -1 }),
            json!({ "limit": "5" }),
            json!({ "filtre": "" }),
            json!([]),
        ] {
            assert_eq!(read(body.clone()).expect_err("refused")[0].code, "request.malformed", "{body}");
        }
    }
}
