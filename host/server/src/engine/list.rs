//! Pages of records: filter, sort, keyset cursor, count.

use std::sync::Arc;

use guanxi_core::expr::{FieldPath, resolve_path};
use guanxi_core::meta::Object;
use guanxi_core::query::{Count, Query, Sort};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::lines::{self, LinesView};
use super::{Ctx, Engine, Outcome, cursor, read};

/// Counts are exact up to here.
const EXACT_COUNT: u64 = 10_000;
/// The most rows of one page.
const MAX_LIMIT: u32 = 1_000;
/// Sort keys beside the id.
const MAX_SORT: usize = 3;

/// What a list is asked for.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// CEL; blank is all.
    pub filter: String,
    /// `-amount,name`; blank is newest first.
    pub sort: String,
    /// Empty: all visible fields.
    pub fields: Vec<String>,
    /// 1 to 1,000.
    pub limit: u32,
    /// Where the last page ended; blank is the start.
    pub cursor: String,
    /// Count the matches too.
    pub count: bool,
}

impl Default for ListRequest {
    fn default() -> Self {
        Self { filter: String::new(), sort: String::new(), fields: Vec::new(), limit: 50, cursor: String::new(), count: true }
    }
}

/// One page.
#[derive(Clone, Debug)]
pub struct ListPage {
    /// The object.
    pub object: Arc<Object>,
    /// What was selected.
    pub paths: Vec<FieldPath>,
    /// Ids with values parallel to `paths`.
    pub rows: Vec<(Uuid, Vec<Value>)>,
    /// Cursor of the next page, if there is one.
    pub next: Option<String>,
    /// How many match in all.
    pub count: Option<Count>,
    /// The rows' lines, for each children field that was asked for.
    pub lines: Vec<LinesView>,
}

impl Engine {
    /// A page of an object's records, as the actor may see them.
    pub async fn list(&self, ctx: &Ctx, key: &str, request: ListRequest) -> Outcome<ListPage> {
        list(ctx, key, request).await
    }
}

/// The same where no engine is at hand: needs nothing but the context.
pub(super) async fn list(ctx: &Ctx, key: &str, request: ListRequest) -> Outcome<ListPage> {
    let object = read::object(ctx, key)?;
    read::viewable(ctx, &object)?;
    let mut problems = Vec::new();
    if !(1..=MAX_LIMIT).contains(&request.limit) {
        problems.push(Problem::error("request.malformed", format!("limit is 1 to {MAX_LIMIT}")).on("limit"));
    }
    let filter = collect(read::filter(ctx, &object, &request.filter), &mut problems).flatten();
    let sort = collect(sort_keys(ctx, &object, &request.sort).map_err(Into::into), &mut problems).unwrap_or_default();
    let paths = collect(read::paths(ctx, &object, &request.fields), &mut problems).unwrap_or_default();
    let bound_to = format!("{} {:?} {} {} {}", ctx.tenant.key, ctx.actor.user, object.key, request.filter, request.sort);
    let after = match request.cursor.as_str() {
        "" => None,
        text => collect(cursor::decode(ctx.tenant.cursor_key.as_bytes(), &bound_to, text).map_err(Into::into), &mut problems),
    };
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let schema = &ctx.snapshot.schema;
    let scopes = read::scopes(&ctx.actor, schema);
    let query = Query { object: object.key.clone(), filter, fields: paths, sort, limit: request.limit, after, scopes };
    let found = ctx.tenant.store.find(schema, &query).await?;
    let count = match request.count {
        true => Some(ctx.tenant.store.count(schema, &query.object, query.filter.as_ref(), &query.scopes, EXACT_COUNT).await?),
        false => None,
    };
    let next =
        found.rows.last().filter(|_| found.more).map(|row| cursor::encode(ctx.tenant.cursor_key.as_bytes(), &bound_to, &row.position));
    let mut rows: Vec<(Uuid, Vec<Value>)> = found.rows.into_iter().map(|row| (row.id, row.values)).collect();
    lines::drop_absent(ctx, &query.fields, &mut rows).await?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
    let lines = lines::lines_of(ctx, lines::asked(ctx, &object, &request.fields, false), &ids).await?;
    Ok(ListPage { object, paths: query.fields, rows, next, count, lines })
}

fn collect<T>(outcome: Outcome<T>, problems: &mut Vec<Problem>) -> Option<T> {
    outcome.map_err(|refusal| problems.extend(refusal.problems)).ok()
}

/// `-amount,customer.name` to sort keys. Blank sorts by creation, newest first.
fn sort_keys(ctx: &Ctx, object: &Object, text: &str) -> Result<Vec<Sort>, Vec<Problem>> {
    let schema = &ctx.snapshot.schema;
    let keys: Vec<&str> = text.split(',').map(str::trim).filter(|key| !key.is_empty()).collect();
    if keys.is_empty() {
        // The id is a UUIDv7: newest first without a sort key, on stage histories too.
        let newest = if object.field("created_at").is_some() { "created_at" } else { "at" };
        return resolve_path(newest, schema, object).map(|path| vec![Sort { path, descending: true }]).or(Ok(Vec::new()));
    }
    let mut problems = Vec::new();
    if keys.len() > MAX_SORT {
        problems.push(Problem::error("request.malformed", format!("at most {MAX_SORT} sort keys")).on("sort"));
    }
    let mut sort = Vec::new();
    for key in keys {
        let (descending, name) = key.strip_prefix('-').map_or((false, key), |name| (true, name));
        match resolve_path(name, schema, object) {
            Ok(path) if read::is_unordered(&path.kind) => {
                let detail = format!("`{name}` is {} and cannot be sorted by", path.kind.name());
                problems.push(Problem::error("filter.not_pushable", detail).on(name));
            }
            Ok(path) => sort.push(Sort { path, descending }),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(sort) } else { Err(problems) }
}
