//! Pages of records: filter, sort, keyset cursor, count.

use std::sync::Arc;

use guanxi_core::expr::{Expr, FieldPath, Hop, resolve_path};
use guanxi_core::meta::{FieldKind, Object, Schema};
use guanxi_core::query::{Count, Query, Sort, fields_without_index};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::lines::{self, LinesView};
use super::{Ctx, Engine, Outcome, Refusal, cursor, read};

/// The code of a query that ran into its deadline.
const TOO_SLOW: &str = "query.too_slow";
/// Counts are exact up to here.
const EXACT_COUNT: u64 = 10_000;
/// The most rows of one page.
const MAX_LIMIT: u32 = 1_000;
/// Sort keys beside the id.
const MAX_SORT: usize = 3;
/// References that a sort key may follow, the last step to a title included.
const MAX_HOPS: usize = 4;

/// What a list is asked for.
#[derive(Clone, Debug)]
pub struct ListRequest {
    /// Words that the record's texts hold, as the search finds them; blank is all.
    pub words: String,
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
        Self {
            words: String::new(),
            filter: String::new(),
            sort: String::new(),
            fields: Vec::new(),
            limit: 50,
            cursor: String::new(),
            count: true,
        }
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
    /// Where a path that was asked for ended before its field: the row, and the reference that leads to a record which the actor may not
    /// see or which is deleted. Without it such a null would look like an empty reference.
    pub no_access: Vec<(Uuid, String)>,
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
    let filter = match (filter, super::search::condition(ctx, &object, &request.words)) {
        (Some(filter), Some(words)) => Some(Expr::And(vec![filter, words])),
        (filter, words) => filter.or(words),
    };
    let sort = collect(sort_keys(ctx, &object, &request.sort).map_err(Into::into), &mut problems).unwrap_or_default();
    let paths = collect(read::paths(ctx, &object, &request.fields), &mut problems).unwrap_or_default();
    // The types too: a position among numbers means nothing once they have become texts.
    let order: Vec<(String, &str, bool)> = sort.iter().map(|key| (key.path.text(), key.path.kind.name(), key.descending)).collect();
    let asked = [&request.filter, &request.sort, &request.words];
    let bound_to = format!("{} {:?} {} {asked:?} {order:?}", ctx.tenant.key, ctx.actor.user, object.key);
    let after = match request.cursor.as_str() {
        "" => None,
        text => collect(cursor::decode(ctx.tenant.cursor_key.as_bytes(), &bound_to, text).map_err(Into::into), &mut problems),
    };
    if !problems.is_empty() {
        return Err(problems.into());
    }
    let schema = &ctx.snapshot.schema;
    let scopes = read::scopes(&ctx.actor, schema);
    let steps = steps_of(ctx, &object, &paths);
    let asked_for = paths.len();
    let fields = paths.into_iter().chain(steps.iter().flat_map(|(reference, target)| [reference.clone(), target.clone()])).collect();
    let mut query = Query { object: object.key.clone(), filter, fields, sort, limit: request.limit, after, scopes };
    let found = read::find(ctx, &query).await.map_err(|refusal| with_index(ctx, &query, refusal))?;
    let count = match request.count {
        true => {
            let count = read::count(ctx, &query.object, query.filter.as_ref(), &query.scopes, EXACT_COUNT).await;
            let count = count.map_err(|refusal| with_index(ctx, &query, refusal))?;
            // What is on the page is there, whatever an estimate says.
            let seen = found.rows.len() as u64 + u64::from(found.more);
            Some(if count.exact { count } else { Count { value: count.value.max(seen), exact: false } })
        }
        false => None,
    };
    let next =
        found.rows.last().filter(|_| found.more).map(|row| cursor::encode(ctx.tenant.cursor_key.as_bytes(), &bound_to, &row.position));
    let mut rows: Vec<(Uuid, Vec<Value>)> = found.rows.into_iter().map(|row| (row.id, row.values)).collect();
    let mut no_access = Vec::new();
    for (id, values) in &mut rows {
        let told = values.split_off(asked_for);
        let lost = |(_, pair): &(_, &[Value])| matches!(pair, [reference, target] if !reference.is_null() && target.is_null());
        let ended = steps.iter().zip(told.chunks(2)).filter(lost);
        no_access.extend(ended.map(|((reference, _), _)| (*id, reference.text())));
    }
    query.fields.truncate(asked_for);
    lines::drop_absent(ctx, &query.fields, &mut rows).await?;
    let ids: Vec<Uuid> = rows.iter().map(|(id, _)| *id).collect();
    let lines = lines::lines_of(ctx, lines::asked(ctx, &object, &request.fields, false), &ids).await?;
    Ok(ListPage { object, paths: query.fields, rows, next, count, lines, no_access })
}

/// Every reference that the paths follow, once, with the id at its other end as the actor sees it.
fn steps_of(ctx: &Ctx, object: &Object, paths: &[FieldPath]) -> Vec<(FieldPath, FieldPath)> {
    let mut steps: Vec<(FieldPath, FieldPath)> = Vec::new();
    for path in paths {
        for length in 1..=path.hops.len() {
            let names: Vec<&str> = path.hops[..length].iter().map(|hop| hop.field.as_str()).collect();
            let reference = names.join(".");
            if steps.iter().any(|(known, _)| known.text() == reference) {
                continue;
            }
            let schema = &ctx.snapshot.schema;
            let both =
                resolve_path(&reference, schema, object).and_then(|r| Ok((r, resolve_path(&format!("{reference}.id"), schema, object)?)));
            steps.extend(both.ok());
        }
    }
    steps
}

/// Names the fields whose index would have helped a query that was too slow.
fn with_index(ctx: &Ctx, query: &Query, refusal: Refusal) -> Refusal {
    let fields = fields_without_index(&ctx.snapshot.schema, query.filter.as_ref(), &query.sort);
    match fields.first() {
        Some(first) if refusal.code() == TOO_SLOW => {
            let index = fields.join(", ");
            let detail = format!("the query took too long and was stopped; an index on {index} would help, or a narrower filter");
            Problem::error(TOO_SLOW, detail).on(first.clone()).with("index", index).into()
        }
        _ => refusal,
    }
}

fn collect<T>(outcome: Outcome<T>, problems: &mut Vec<Problem>) -> Option<T> {
    outcome.map_err(|refusal| problems.extend(refusal.problems)).ok()
}

/// `-amount,customer.name` to sort keys. Blank sorts by creation, newest first.
pub(super) fn sort_keys(ctx: &Ctx, object: &Object, text: &str) -> Result<Vec<Sort>, Vec<Problem>> {
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
            Ok(path) if read::is_unordered(&path.kind) || path.kind == FieldKind::AnyReference => {
                let detail = format!("`{name}` is {} and cannot be sorted by", path.kind.name());
                problems.push(Problem::error("filter.not_pushable", detail).on(name));
            }
            Ok(path) => match by_title(schema, path, name) {
                Ok(path) => sort.push(Sort { path, descending }),
                Err(problem) => problems.push(problem),
            },
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(sort) } else { Err(problems) }
}

/// A reference is sorted by what people read in its place: the title of the record that it leads to. A record's own id stays an id.
fn by_title(schema: &Schema, mut path: FieldPath, asked: &str) -> Result<FieldPath, Problem> {
    while let FieldKind::Reference { target } = &path.kind {
        let Some(target) = schema.object(target).filter(|_| path.field != "id") else { break };
        let Some(title) = target.field(&target.title) else { break };
        if path.hops.len() == MAX_HOPS {
            let detail = format!("`{asked}` follows too many references to be sorted by; sort by a field of a nearer record");
            return Err(Problem::error("filter.not_pushable", detail).on(asked));
        }
        path.hops.push(Hop { object: path.object, field: path.field, target: target.key.clone() });
        path = FieldPath { hops: path.hops, object: target.key.clone(), field: title.key.clone(), kind: title.kind.clone() };
    }
    Ok(path)
}
