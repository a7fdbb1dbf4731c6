//! Reading what belongs to records: their lines, one query per children field and page, and lists of references without what is deleted.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_core::expr::{Expr, FieldPath, resolve_path};
use guanxi_core::meta::{FieldKind, Object};
use guanxi_core::query::{Query, Sort};
use guanxi_core::{Problem, Value};
use uuid::Uuid;

use super::save::children::{POSITION, children_of};
use super::{Ctx, Engine, Outcome, Refusal, read};

/// The most lines of one page of records: against pages of a thousand records with a thousand lines each.
const MAX_LINES: u32 = 20_000;

/// The lines of some records in one children field.
#[derive(Clone, Debug)]
pub struct LinesView {
    /// The children field's key.
    pub field: String,
    /// The child object.
    pub object: Arc<Object>,
    /// What each line shows: all its visible fields.
    pub paths: Vec<FieldPath>,
    by_parent: HashMap<Uuid, Vec<(Uuid, Vec<Value>)>>,
}

impl LinesView {
    /// The lines of one record in their order: ids with values parallel to `paths`.
    pub fn of(&self, parent: Uuid) -> &[(Uuid, Vec<Value>)] {
        self.by_parent.get(&parent).map_or(&[], Vec::as_slice)
    }
}

impl Engine {
    /// All lines of records that the actor may see, one view per children field.
    pub async fn lines(&self, ctx: &Ctx, key: &str, ids: &[Uuid]) -> Outcome<Vec<LinesView>> {
        let object = read::object(ctx, key)?;
        lines_of(ctx, asked(ctx, &object, &[], true), ids).await
    }
}

/// The children fields among those asked for; all of them where nothing was said and `all`.
pub(super) fn asked(ctx: &Ctx, object: &Object, fields: &[String], all: bool) -> Vec<(String, Arc<Object>)> {
    let mut found = children_of(&ctx.snapshot.schema, object, false);
    found.retain(|(key, _)| if fields.is_empty() { all } else { fields.contains(key) });
    found.retain(|(key, _)| ctx.field_right(&object.key, key).is_plain());
    found
}

/// The lines of these records in the children fields; they are seen by whoever sees their record.
pub(super) async fn lines_of(ctx: &Ctx, fields: Vec<(String, Arc<Object>)>, ids: &[Uuid]) -> Outcome<Vec<LinesView>> {
    let mut views = Vec::with_capacity(fields.len());
    for (field, object) in fields {
        let schema = &ctx.snapshot.schema;
        let paths = read::paths(ctx, &object, &[])?;
        let mut by_parent: HashMap<Uuid, Vec<(Uuid, Vec<Value>)>> = HashMap::new();
        let reference = resolve_path(object.parent.as_deref().unwrap_or_default(), schema, &object)?;
        let at = paths.iter().position(|path| path.hops.is_empty() && path.field == reference.field);
        let at = at.ok_or_else(|| Refusal::internal(&"lines without a parent"))?;
        if !ids.is_empty() {
            let parents = ids.iter().copied().map(Value::Ref).collect();
            let position = resolve_path(POSITION, schema, &object).ok();
            let query = Query {
                object: object.key.clone(),
                filter: Some(Expr::In(Box::new(Expr::Field(reference)), parents)),
                fields: paths.clone(),
                sort: position.into_iter().map(|path| Sort { path, descending: false }).collect(),
                limit: MAX_LINES,
                after: None,
                scopes: read::scopes(&ctx.actor, schema),
            };
            let found = read::find(ctx, &query).await?;
            if found.more {
                let detail = format!("the page has more than {MAX_LINES} lines in `{field}`; ask for fewer records at once");
                return Err(Problem::error("request.malformed", detail).on("limit").into());
            }
            let mut rows: Vec<_> = found.rows.into_iter().map(|row| (row.id, row.values)).collect();
            drop_absent(ctx, &paths, &mut rows).await?;
            for (id, values) in rows {
                if let Some(parent) = values.get(at).and_then(Value::as_ref_id) {
                    by_parent.entry(parent).or_default().push((id, values));
                }
            }
        }
        views.push(LinesView { field, object, paths, by_parent });
    }
    Ok(views)
}

/// Takes deleted records out of lists of references: what a list names is there.
pub(super) async fn drop_absent(ctx: &Ctx, paths: &[FieldPath], rows: &mut [(Uuid, Vec<Value>)]) -> Outcome<()> {
    let lists: Vec<(usize, String)> = paths.iter().enumerate().filter_map(|(at, path)| many_target(&path.kind).map(|t| (at, t))).collect();
    let mut named: HashSet<(String, Uuid)> = HashSet::new();
    for (at, target) in &lists {
        let ids = rows.iter().filter_map(|(_, values)| values.get(*at)).filter_map(ids_of).flatten();
        named.extend(ids.map(|id| (target.clone(), *id)));
    }
    if named.is_empty() {
        return Ok(());
    }
    let named: Vec<(String, Uuid)> = named.into_iter().collect();
    let absent = ctx.tenant.store.references_exist(&ctx.snapshot.schema, &named).await?;
    let absent: HashSet<(String, Uuid)> = absent.into_iter().collect();
    if absent.is_empty() {
        return Ok(());
    }
    for (at, target) in &lists {
        for value in rows.iter_mut().filter_map(|(_, values)| values.get_mut(*at)) {
            let Some(ids) = ids_of(value) else { continue };
            let left: Vec<Uuid> = ids.iter().copied().filter(|id| !absent.contains(&(target.clone(), *id))).collect();
            *value = if left.is_empty() { Value::Null } else { Value::Refs(left) };
        }
    }
    Ok(())
}

fn ids_of(value: &Value) -> Option<&Vec<Uuid>> {
    match value {
        Value::Refs(ids) => Some(ids),
        _ => None,
    }
}

fn many_target(kind: &FieldKind) -> Option<String> {
    match kind {
        FieldKind::ManyReference { target } => Some(target.clone()),
        _ => None,
    }
}
