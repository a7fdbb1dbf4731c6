//! Reading records: scopes, paths and one record at a time. Every read of records ends in the store's one planner.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_core::expr::{Bindings, Expr, FieldPath, check_question, parse, resolve_path};
use guanxi_core::meta::{FieldKind, Object, Schema};
use guanxi_core::policy::{Actor, FieldRight, Function, RowScope, decide_in, figure_scope};
use guanxi_core::query::{Query, Scopes};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::lines::{self, LinesView};
pub(super) use super::protect::{count, find, plain};
use super::{Ctx, Engine, Outcome, Refusal};

/// One record as an actor may see it.
#[derive(Clone, Debug)]
pub struct RecordView {
    /// Its object.
    pub object: Arc<Object>,
    /// Its id.
    pub id: Uuid,
    /// Raised by every user-visible edit.
    pub version: i64,
    /// What was asked for.
    pub paths: Vec<FieldPath>,
    /// Parallel to `paths`.
    pub values: Vec<Value>,
    /// Its lines, for each children field that was asked for.
    pub lines: Vec<LinesView>,
}

impl RecordView {
    /// The value of a path as it was asked for (`customer.name`).
    pub fn get(&self, path: &str) -> Option<&Value> {
        self.paths.iter().position(|p| p.text() == path).and_then(|index| self.values.get(index))
    }
}

/// A visible object, or 404: unknown, hidden and disabled look alike. A child object is as visible as its parent.
pub(super) fn object(ctx: &Ctx, key: &str) -> Outcome<Arc<Object>> {
    let schema = &ctx.snapshot.schema;
    let shown = |o: &&Arc<Object>| o.parent.is_none() || o.parent_object().is_some_and(|parent| schema.object(parent).is_some());
    schema.object(key).filter(shown).cloned().ok_or_else(|| Refusal::not_found(&format!("object `{key}`")))
}

impl Ctx {
    /// Whether the actor has a function right on an object, on however few records.
    pub fn may(&self, object: &str, function: Function) -> bool {
        right(self, object, function).is_ok()
    }
}

/// The rows of an object that the actor may view, or 403 where the function right is missing.
pub(super) fn viewable(ctx: &Ctx, object: &Object) -> Outcome<RowScope> {
    right(ctx, &object.key, Function::View)
}

/// The rows on which the actor may do something, or 403. A stage history follows its object, a child object its parent (whose rows the
/// scope is then about).
pub(super) fn right(ctx: &Ctx, object: &str, function: Function) -> Outcome<RowScope> {
    if function.changes() && !ctx.actor.system {
        ctx.must_not_be_viewing()?;
    }
    let allowed = decide_in(&ctx.snapshot.schema, &ctx.actor, object, function);
    allowed.ok_or_else(|| Refusal::denied(&format!("{object}: {}", function.name())))
}

/// View scopes of all objects: whatever a query's paths touch, the planner finds its scope. Objects without the right stay out.
pub(super) fn scopes(actor: &Actor, schema: &Schema) -> Scopes {
    let scope = |key: &str| decide_in(schema, actor, key, Function::View);
    schema.objects().filter_map(|o| scope(&o.key).map(|s| (o.key.clone(), s))).collect()
}

/// Scopes of an aggregate over an object: of its own rows those that the actor may compute figures over, behind references also those that
/// the actor may view.
pub(super) fn figure_scopes(ctx: &Ctx, main: &str) -> Scopes {
    let schema = &ctx.snapshot.schema;
    let scope = |key: &str| figure_scope(schema, &ctx.actor, key, key == main);
    schema.objects().filter_map(|o| scope(&o.key).map(|s| (o.key.clone(), s))).collect()
}

/// Names of an expression in this request.
pub(super) fn bindings<'a>(ctx: &'a Ctx, object: &'a Object) -> Bindings<'a> {
    Bindings { schema: &ctx.snapshot.schema, object, me: ctx.actor.user, today: ctx.today(), now: ctx.now, zone: ctx.tenant.zone }
}

/// A filter as text; blank is none.
pub(super) fn filter(ctx: &Ctx, object: &Object, text: &str) -> Outcome<Option<Expr>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let syntax = parse(text)?;
    Ok(Some(check_question(&syntax, &bindings(ctx, object))?))
}

/// Paths to select: those asked for, or all visible fields of the object.
pub(super) fn paths(ctx: &Ctx, object: &Object, asked: &[String]) -> Outcome<Vec<FieldPath>> {
    let schema = &ctx.snapshot.schema;
    let all: Vec<String>;
    let keys = if asked.is_empty() {
        let told = |key: &str| ctx.field_right(&object.key, key) != FieldRight::None;
        all = object.fields.iter().filter(|f| !f.hidden && told(&f.key)).map(|f| f.key.clone()).collect();
        &all
    } else {
        asked
    };
    let (mut found, mut problems) = (Vec::new(), Vec::new());
    for key in keys {
        match resolve_path(key, schema, object) {
            // Lines have no column; `lines::asked` takes them.
            Ok(path) if matches!(path.kind, FieldKind::Children { .. }) && path.hops.is_empty() => {}
            Ok(path) if matches!(path.kind, FieldKind::Children { .. }) => {
                problems.push(Problem::error("field.type", format!("`{key}` is lines; they come with their own record only")).on(key));
            }
            Ok(path) => found.push(path),
            Err(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(found) } else { Err(problems.into()) }
}

/// Values of this type cannot be sorted or grouped by: several at once, or of no one kind.
pub(super) fn is_unordered(kind: &FieldKind) -> bool {
    let tree = matches!(kind, FieldKind::TreeSelect { .. });
    matches!(kind, FieldKind::LongText | FieldKind::Json | FieldKind::Children { .. }) || (kind.is_list() && !tree)
}

/// The path that names a record for people: its title field, or the title of the record that its title refers to.
pub fn title_path(schema: &Schema, object: &Object) -> Result<FieldPath, Problem> {
    let mut path = resolve_path(&object.title, schema, object)?;
    for _ in 0..2 {
        let target = match &path.kind {
            FieldKind::Reference { target } => schema.object(target),
            _ => None,
        };
        match target {
            Some(target) => path = resolve_path(&format!("{}.{}", path.text(), target.title), schema, object)?,
            None => break,
        }
    }
    Ok(path)
}

impl Engine {
    /// One record with the fields asked for (empty: all). Unknown object, unknown id and a row out of scope are all 404.
    pub async fn get(&self, ctx: &Ctx, key: &str, id: Uuid, fields: &[String]) -> Outcome<RecordView> {
        let object = object(ctx, key)?;
        viewable(ctx, &object)?;
        let paths = paths(ctx, &object, fields)?;
        let mut wanted = paths.clone();
        wanted.push(resolve_path("version", &ctx.snapshot.schema, &object).or_else(|_| resolve_path("id", &ctx.snapshot.schema, &object))?);
        let found = find_by_ids(ctx, &object, wanted, &[id]).await?;
        let (_, mut values) = found.into_iter().next().ok_or_else(|| Refusal::not_found("record"))?;
        let version = match values.pop() {
            Some(Value::Int(version)) => version,
            _ => 1,
        };
        let lines = lines::lines_of(ctx, lines::asked(ctx, &object, fields, true), &[id]).await?;
        Ok(RecordView { object, id, version, paths, values, lines })
    }

    /// All fields of the records with these ids that the actor may see; the others are missing from the answer.
    pub async fn get_many(&self, ctx: &Ctx, key: &str, ids: &[Uuid]) -> Outcome<(Vec<FieldPath>, HashMap<Uuid, Vec<Value>>)> {
        let object = object(ctx, key)?;
        let paths = paths(ctx, &object, &[])?;
        if ids.is_empty() || viewable(ctx, &object).is_err() {
            return Ok((paths, HashMap::new()));
        }
        let found = find_by_ids(ctx, &object, paths.clone(), ids).await?;
        Ok((paths, found.into_iter().collect()))
    }

    /// Titles of records that the actor may see; the others are missing from the answer.
    pub async fn titles(&self, ctx: &Ctx, key: &str, ids: &[Uuid]) -> Outcome<HashMap<Uuid, String>> {
        let object = object(ctx, key)?;
        if ids.is_empty() || viewable(ctx, &object).is_err() {
            return Ok(HashMap::new());
        }
        let rows = find_by_ids(ctx, &object, vec![title_path(&ctx.snapshot.schema, &object)?], ids).await?;
        let text = |values: Vec<Value>| values.into_iter().next().and_then(|v| v.as_text().map(str::to_owned)).unwrap_or_default();
        Ok(rows.into_iter().map(|(id, values)| (id, text(values))).collect())
    }

    /// All fields of one record with the host's own rights; for building actors and the like.
    pub(super) async fn system_record(&self, ctx: &Ctx, key: &str, id: Uuid) -> Outcome<Option<HashMap<String, Value>>> {
        let records = ctx.tenant.store.load_records(&ctx.snapshot.schema, key, &[id]).await?;
        Ok(records.into_iter().find(|record| !record.deleted).map(|record| record.values.into_iter().collect()))
    }

    /// The id of the one record whose field equals a text, with the host's own rights.
    pub(super) async fn system_lookup(&self, ctx: &Ctx, key: &str, field: &str, text: &str) -> Outcome<Option<Uuid>> {
        let object = object(ctx, key)?;
        let Some(kind) = object.field(field).map(|f| &f.kind) else {
            return Err(Problem::error("field.unknown", format!("no field `{field}`")).on(field).into());
        };
        let normal = guanxi_core::text::normal_key(kind, text);
        let found = ctx.tenant.store.lookup(&ctx.snapshot.schema, key, field, &[normal], &RowScope::All).await?;
        Ok(if let [(_, id)] = found.as_slice() { Some(*id) } else { None })
    }
}

/// Rows with these ids that the actor may see.
pub(super) async fn find_by_ids(ctx: &Ctx, object: &Object, fields: Vec<FieldPath>, ids: &[Uuid]) -> Outcome<Vec<(Uuid, Vec<Value>)>> {
    let id = resolve_path("id", &ctx.snapshot.schema, object)?;
    let ids: Vec<Value> = ids.iter().copied().map(Value::Ref).collect();
    let limit = u32::try_from(ids.len().max(1)).unwrap_or(u32::MAX);
    let query = Query {
        object: object.key.clone(),
        filter: Some(Expr::In(Box::new(Expr::Field(id)), ids)),
        fields,
        sort: Vec::new(),
        limit,
        after: None,
        scopes: scopes(&ctx.actor, &ctx.snapshot.schema),
    };
    let found = find(ctx, &query).await?;
    let mut rows: Vec<_> = found.rows.into_iter().map(|row| (row.id, row.values)).collect();
    lines::drop_absent(ctx, &query.fields, &mut rows).await?;
    Ok(rows)
}
