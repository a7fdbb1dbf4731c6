//! Records as a file: who may, what went out, and who was refused are all in the security log.

use guanxi_core::policy::Function;
use guanxi_core::{Problem, Value};
use serde_json::json;

use super::{Ctx, Engine, ListRequest, Outcome, Refusal, list, read};

/// The most records of one file: it is made in memory.
const MOST: usize = 10_000;
/// Records read at once.
const PAGE: u32 = 1_000;
/// So that spreadsheets read the file as UTF-8.
const MARK: &str = "\u{feff}";

impl Engine {
    /// The records of an object that match, as CSV with the keys of the fields as its header; those that the actor both sees and may export.
    pub async fn export(&self, ctx: &Ctx, key: &str, filter: &str, sort: &str, fields: &[String]) -> Outcome<String> {
        let object = read::object(ctx, key)?;
        let scope = match read::right(ctx, key, Function::Export) {
            Ok(scope) => scope,
            Err(refusal) => {
                self.note(ctx, "export.denied", json!({ "object": key })).await?;
                return Err(refusal);
            }
        };
        let mut request = ListRequest {
            filter: filter.to_owned(),
            sort: sort.to_owned(),
            fields: fields.to_vec(),
            limit: PAGE,
            count: false,
            ..ListRequest::default()
        };
        let mut writer = csv::Writer::from_writer(MARK.as_bytes().to_vec());
        let mut rows = 0;
        loop {
            let page = list::list(ctx, key, request.clone()).await?;
            if request.cursor.is_empty() {
                write(&mut writer, page.paths.iter().map(|path| path.text()))?;
            }
            let ids: Vec<_> = page.rows.iter().map(|(id, _)| *id).collect();
            let allowed = ctx.tenant.store.reached(&ctx.snapshot.schema, &object, &ids, &scope).await?;
            for (_, values) in page.rows.iter().filter(|(id, _)| allowed.contains(id)) {
                write(&mut writer, values.iter().map(guarded))?;
                rows += 1;
            }
            if rows > MOST {
                let detail = format!("a file has at most {MOST} records; narrow the filter and export in parts");
                return Err(Problem::error("request.too_large", detail).with("max", i64::try_from(MOST).unwrap_or(i64::MAX)).into());
            }
            match page.next {
                Some(next) => request.cursor = next,
                None => break,
            }
        }
        let bytes = writer.into_inner().map_err(|error| Refusal::internal(&error))?;
        self.note(ctx, "export", json!({ "object": key, "filter": filter, "records": rows })).await?;
        String::from_utf8(bytes).map_err(|error| Refusal::internal(&error))
    }
}

fn write(writer: &mut csv::Writer<Vec<u8>>, cells: impl Iterator<Item = String>) -> Outcome<()> {
    writer.write_record(cells.collect::<Vec<_>>()).map_err(|error| Refusal::internal(&error))
}

/// A value as an import reads it, but for texts that a spreadsheet would take for a formula: an apostrophe before them makes them texts.
fn guarded(value: &Value) -> String {
    let text = cell(value);
    if matches!(value, Value::Text(_)) && is_formula(&text) { format!("'{text}") } else { text }
}

/// What begins with a sign and goes on like a number, as telephone numbers do, computes nothing of others.
fn is_formula(text: &str) -> bool {
    let of_number = |c: char| c.is_ascii_digit() || " -().".contains(c);
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => !text.chars().skip(1).all(of_number),
        _ => false,
    }
}

/// A value as an import reads it.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::Text(text) | Value::Json(text) => text.clone(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Bool(flag) => flag.to_string(),
        Value::Date(date) => date.to_string(),
        Value::Instant(at) => at.to_rfc3339(),
        Value::Ref(id) => id.to_string(),
        Value::Texts(codes) => codes.join(","),
        Value::Refs(ids) => ids.iter().map(|id| id.to_string()).collect::<Vec<_>>().join(","),
        Value::AnyRef { object, id } => format!("{object}/{id}"),
    }
}
