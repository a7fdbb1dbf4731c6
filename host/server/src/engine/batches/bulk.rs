//! Bulk edits and bulk deletes: one change for many records, chosen by a filter or by their ids.

use std::collections::HashSet;
use std::sync::Arc;

use guanxi_core::expr::Expr;
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::policy::{FieldRight, Function};
use guanxi_core::query::Query;
use guanxi_core::text::is_line;
use guanxi_core::{Problem, Value};
use guanxi_store::BatchKind;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::super::{Ctx, Engine, Outcome, Raw, Refusal, input, protect, read};
use super::run::Work;
use super::step::Task;
use super::{BatchReport, Started};

/// The most records of one batch: their ids are kept in memory while it runs.
pub(super) const MAX_RECORDS: usize = 100_000;
/// Ids read at once.
const PAGE: u32 = 1_000;
/// The longest title, in characters.
const LONGEST_TITLE: usize = 200;

/// What is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkOp {
    /// New values.
    Update,
    /// Soft deletes.
    Delete,
}

/// A bulk edit or a bulk delete.
#[derive(Clone, Debug)]
pub struct BulkRequest {
    /// The object's key.
    pub object: String,
    /// What is done.
    pub op: BulkOp,
    /// Which records: a condition …
    pub filter: Option<String>,
    /// … or their ids.
    pub ids: Option<Vec<Uuid>>,
    /// The new values of an update.
    pub set: Vec<(String, Raw)>,
    /// What people call the batch; made from the object and the fields where it is absent.
    pub title: Option<String>,
    /// Codes of `confirm` problems that the user agreed to.
    pub confirm: Vec<String>,
}

impl Engine {
    /// What a bulk request would do.
    pub async fn preview_bulk(&self, ctx: &Ctx, request: BulkRequest) -> Outcome<BatchReport> {
        let work = self.bulk_work(ctx, request).await?;
        self.preview(ctx, &work).await
    }

    /// Does it, as a batch.
    pub async fn bulk(self: &Arc<Self>, ctx: &Ctx, request: BulkRequest) -> Outcome<Started> {
        let work = self.bulk_work(ctx, request).await?;
        self.start(ctx, work).await
    }

    async fn bulk_work(&self, ctx: &Ctx, request: BulkRequest) -> Outcome<Work> {
        let object = read::object(ctx, &request.object)?;
        read::viewable(ctx, &object)?;
        let (kind, function) = match request.op {
            BulkOp::Update => (BatchKind::BulkEdit, Function::Edit),
            BulkOp::Delete => (BatchKind::BulkDelete, Function::Delete),
        };
        read::right(ctx, &object.key, function)?;
        read::right(ctx, &object.key, Function::Bulk)?;
        if object.read_only {
            return Err(Refusal::denied(&format!("`{}` is kept by the server", object.key)));
        }
        check(ctx, &object, &request)?;
        let filter = match &request.filter {
            Some(text) => read::filter(ctx, &object, text)?,
            None => None,
        };
        let mut detail = json!({});
        let (ids, task) = (request.ids, request.set);
        let ids = match ids {
            Some(ids) => {
                detail["ids"] = json!(ids.len());
                distinct(ids)?
            }
            None => {
                detail["filter"] = json!(request.filter);
                self.matching(ctx, &object, filter).await?
            }
        };
        let title = request.title.map_or_else(|| default_title(ctx, &object, &task), |title| title.trim().to_owned());
        let task = match request.op {
            BulkOp::Update => {
                detail["set"] = Json::Object(task.iter().map(|(key, raw)| (key.clone(), shown(raw))).collect::<Map<_, _>>());
                Task::Set(task)
            }
            BulkOp::Delete => Task::Delete,
        };
        let groups = vec![(object.key.clone(), ids)];
        Ok(Work { kind, title, object: Some(object.key.clone()), detail, undoes: None, groups, task, confirm: request.confirm })
    }

    /// The ids of all records that match now and that the actor may see.
    pub(super) async fn matching(&self, ctx: &Ctx, object: &Object, filter: Option<Expr>) -> Outcome<Vec<Uuid>> {
        let schema = &ctx.snapshot.schema;
        let scopes = read::scopes(&ctx.actor, schema);
        let (fields, sort) = (Vec::new(), Vec::new());
        let mut query = Query { object: object.key.clone(), filter, fields, sort, limit: PAGE, after: None, scopes };
        let mut ids = Vec::new();
        loop {
            let mut found = read::find(ctx, &query).await?;
            ids.extend(found.rows.iter().map(|row| row.id));
            if ids.len() > MAX_RECORDS {
                return Err(too_many());
            }
            query.after = found.rows.pop().map(|row| row.position).filter(|_| found.more);
            if query.after.is_none() {
                return Ok(ids);
            }
        }
    }
}

pub(super) fn too_many() -> Refusal {
    let detail = format!("one batch has at most {MAX_RECORDS} records; narrow the filter and do it in parts");
    Problem::error("request.too_large", detail).with("max", i64::try_from(MAX_RECORDS).unwrap_or(i64::MAX)).into()
}

fn distinct(ids: Vec<Uuid>) -> Outcome<Vec<Uuid>> {
    if ids.len() > MAX_RECORDS {
        return Err(too_many());
    }
    let mut seen = HashSet::new();
    Ok(ids.into_iter().filter(|id| seen.insert(*id)).collect())
}

/// What would be wrong with every record alike is told once, before anything is begun.
fn check(ctx: &Ctx, object: &Object, request: &BulkRequest) -> Outcome<()> {
    let malformed = |detail: &str, field: &str| Problem::error("request.malformed", detail).on(field);
    let mut problems = Vec::new();
    if request.filter.is_some() == request.ids.is_some() {
        problems.push(malformed("give either `filter` or `ids`", "filter"));
    }
    if request.title.as_ref().is_some_and(|title| !is_line(title.trim(), LONGEST_TITLE)) {
        problems.push(Problem::error("field.range", format!("a title is one line of 1 to {LONGEST_TITLE} characters")).on("title"));
    }
    if (request.op == BulkOp::Update) == request.set.is_empty() {
        problems.push(malformed("an update needs `set`, a delete takes none", "set"));
    }
    for (key, raw) in &request.set {
        let Some(field) = object.field(key) else {
            problems.push(Problem::error("field.unknown", format!("`{}` has no field `{key}`", object.key)).on(key));
            continue;
        };
        if ctx.field_right(&object.key, key) < FieldRight::Edit {
            problems.push(protect::forbidden(key, ctx.field_right(&object.key, key)));
        } else if field.is_closed() {
            problems.push(Problem::error("field.read_only", format!("`{key}` is set by the server")).on(key));
        } else if !matches!(field.kind, FieldKind::Children { .. })
            && let Err(problem) = input::read(ctx, field, raw.clone())
        {
            problems.push(problem);
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(problems.into()) }
}

/// `Customer: Region, Industry`, in the language of the one who starts it.
fn default_title(ctx: &Ctx, object: &Object, set: &[(String, Raw)]) -> String {
    let name = object.label.get(ctx.locale);
    let fields: Vec<&str> = set.iter().filter_map(|(key, _)| object.field(key)).map(|field| field.label.get(ctx.locale)).collect();
    let title = if fields.is_empty() { name.to_owned() } else { format!("{name}: {}", fields.join(", ")) };
    title.chars().take(LONGEST_TITLE).collect()
}

/// A value as it was sent, for the account of the batch.
fn shown(raw: &Raw) -> Json {
    match raw {
        Raw::Json(json) => json.clone(),
        Raw::Text(text) => json!(text),
        Raw::Value(Value::Ref(id)) => json!(id.to_string()),
        Raw::Value(Value::Text(text)) => json!(text),
        Raw::Value(Value::Int(number)) => json!(number),
        Raw::Value(Value::Bool(flag)) => json!(flag),
        Raw::Value(Value::Decimal(number)) => json!(number.to_string()),
        Raw::Value(Value::Date(date)) => json!(date.to_string()),
        _ => Json::Null,
    }
}
