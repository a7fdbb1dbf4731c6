//! What of a form counts with what is typed at this moment: asked by `form_state.js` while somebody types, so that no page reads a
//! condition or a formula by itself.

use std::collections::HashMap;

use axum::Json;
use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use guanxi_core::policy::Function;
use serde_json::{Map, Value as JsonValue, json};

use super::super::params::Params;
use super::lines::{self, LinesDraft};
use super::record::Shown;
use super::{edit, form, id_of, may, object_of, sums};
use crate::engine::{Change, FormState, Outcome, Raw, Refusal};
use crate::ui::visit::{Posted, Visit, answer};

/// `POST /o/{object}/form-state?id=` with the form itself
pub(super) async fn handle(Path(key): Path<String>, params: Params, posted: Posted) -> Response {
    let outcome = state(&key, &params, &posted).await;
    answer(&posted.visit, outcome.map(|body| Json(body).into_response()))
}

async fn state(key: &str, params: &Params, posted: &Posted) -> Outcome<JsonValue> {
    let visit = &posted.visit;
    let object = object_of(visit, key)?;
    let values = form::sent(&object, posted);
    let sent_lines = form::sent_lines(visit, &object, posted);
    let change = match params.get("id") {
        "" => {
            if !may(visit, &object, Function::Create) {
                return Err(Refusal::denied(&format!("{key}: {}", Function::Create.name())));
            }
            let mut fields = form::raw(&object, &values);
            fields.extend(sent_lines.iter().map(|(key, draft)| (key.clone(), lines::raw(draft, None))));
            Change::Create { object: key.to_owned(), fields }
        }
        id => {
            let record = Shown::read(visit, &object, id_of(id)?).await?;
            let mut fields = edit::fields(visit, &record, &values, &HashMap::new(), &HashMap::new());
            // All lines are sent, touched or not, so that they are answered in the order of the page.
            fields.extend(sent_lines.iter().map(|(key, draft)| (key.clone(), without_versions(draft))));
            Change::Update { object: key.to_owned(), id: record.id, expect: None, fields }
        }
    };
    let state = visit.engine().form_state(&visit.ctx, change).await?;
    Ok(shown(visit, &object, &state))
}

/// While somebody types, an older version of a line is no news.
fn without_versions(draft: &LinesDraft) -> Raw {
    let mut draft = draft.clone();
    draft.lines.iter_mut().for_each(|line| line.version = None);
    lines::raw(&draft, None)
}

/// `{"away":[…],"required":[…],"values":{…},"lines":{"x_lines":{"rows":[{…}],"sums":{…}}}}`
fn shown(visit: &Visit, object: &guanxi_core::meta::Object, state: &FormState) -> JsonValue {
    let formatted = |field: &guanxi_core::meta::Field, value: &guanxi_core::Value| JsonValue::from(form::shown(visit, field, value));
    let values: Map<String, JsonValue> =
        state.computed.iter().filter_map(|(key, value)| Some((key.clone(), formatted(object.field(key)?, value)))).collect();
    let mut all_lines = Map::new();
    for (field, child) in lines::fields(visit, object) {
        let rows = state.lines.get(&field.key).cloned().unwrap_or_default();
        let columns = lines::columns(&child);
        let computed = |row: &HashMap<String, guanxi_core::Value>| {
            let kept = columns.iter().filter(|column| column.computed.is_some());
            kept.filter_map(|column| Some((column.key.clone(), formatted(column, row.get(&column.key)?))))
                .collect::<Map<String, JsonValue>>()
        };
        let sums = columns.iter().filter(|column| sums::is_summed(&child, column));
        let sums: Map<String, JsonValue> = sums
            .filter_map(|column| {
                let values = rows.iter().filter_map(|row| row.get(&column.key));
                Some((column.key.clone(), JsonValue::from(lines::total(visit, column, values)?)))
            })
            .collect();
        let rows: Vec<Map<String, JsonValue>> = rows.iter().map(computed).collect();
        all_lines.insert(field.key.clone(), json!({ "rows": rows, "sums": sums }));
    }
    let sorted = |keys: &std::collections::HashSet<String>| {
        let mut keys: Vec<&String> = keys.iter().collect();
        keys.sort();
        json!(keys)
    };
    json!({ "away": sorted(&state.away), "required": sorted(&state.required), "values": values, "lines": all_lines })
}
