//! What names mean in an aggregate: the object's fields, and its joins, whose names look like references.

use std::sync::Arc;

use guanxi_core::Problem;
use guanxi_core::expr::{Bindings, Expr, FieldPath, Hop, check_condition, parse, paths_of, resolve_path};
use guanxi_core::meta::{Field, FieldKind, Label, Object};
use guanxi_core::policy::figure_scope;
use guanxi_core::query::{Aggregate, Join, Related};

use super::{AggregateRequest, JoinRequest};
use crate::engine::{Ctx, Outcome, Refusal, read};

const MAX_JOINS: usize = 3;
const MAX_RELATED: usize = 3;
/// Names that mean something else in expressions.
const TAKEN: [&str; 6] = ["me", "today", "now", "true", "false", "null"];

/// The object with a reference for each join, so that expressions read joins as they read references.
pub(super) struct Scene<'a> {
    pub(super) ctx: &'a Ctx,
    object: Object,
    pub(super) joins: Vec<Join>,
    pub(super) exists: Vec<Related>,
}

impl<'a> Scene<'a> {
    pub(super) fn new(ctx: &'a Ctx, object: &Arc<Object>, request: &AggregateRequest) -> Outcome<Self> {
        let mut scene = Self { ctx, object: object.as_ref().clone(), joins: Vec::new(), exists: Vec::new() };
        let mut problems = Vec::new();
        for (count, most, field) in [(request.joins.len(), MAX_JOINS, "joins"), (request.exists.len(), MAX_RELATED, "exists")] {
            if count > most {
                problems.push(Problem::error("request.malformed", format!("at most {most} {field}")).on(field));
            }
        }
        for (at, join) in request.joins.iter().enumerate().take(MAX_JOINS) {
            scene.add_join(join, &format!("joins.{at}"), object, &mut problems)?;
        }
        for (at, asked) in request.exists.iter().enumerate().take(MAX_RELATED) {
            let place = format!("exists.{at}");
            if let Some(referring) = scene.referring(&asked.object, &asked.via, &object.key, &place, &mut problems)? {
                let filter = scene.filter_of(&referring, &asked.filter, &format!("{place}.filter"), &mut problems)?;
                scene.exists.push(Related { object: referring.key.clone(), via: asked.via.clone(), filter, none: asked.none });
            }
        }
        if problems.is_empty() { Ok(scene) } else { Err(problems.into()) }
    }

    fn add_join(&mut self, join: &JoinRequest, place: &str, object: &Object, problems: &mut Vec<Problem>) -> Outcome<()> {
        let refused = |field: &str, detail: String| Problem::error("request.malformed", detail).on(format!("{place}.{field}"));
        let word = join.name.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
        if !word || !join.name.starts_with(|c: char| c.is_ascii_lowercase()) || join.name.len() > 60 || TAKEN.contains(&join.name.as_str())
        {
            problems.push(refused("name", "a join's name is small letters, digits and `_`".into()));
        } else if self.object.fields.iter().any(|field| field.key == join.name) {
            problems.push(refused("name", format!("`{}` is a field or another join", join.name)));
        }
        let target = match &join.of {
            None => object.key.clone(),
            Some(name) => match self.joins.iter().find(|earlier| earlier.name == *name) {
                Some(earlier) => earlier.object.clone(),
                None => {
                    problems.push(refused("of", format!("`{name}` is no earlier join")));
                    return Ok(());
                }
            },
        };
        let Some(referring) = self.referring(&join.object, &join.via, &target, place, problems)? else { return Ok(()) };
        let filter = self.filter_of(&referring, &join.filter, &format!("{place}.filter"), problems)?;
        self.object.fields.push(Field::new(&join.name, Label::default(), FieldKind::Reference { target: referring.key.clone() }));
        self.joins.push(Join {
            name: join.name.clone(),
            object: referring.key.clone(),
            via: join.via.clone(),
            of: join.of.clone(),
            required: !join.optional,
            filter,
        });
        Ok(())
    }

    /// An object that refers to another one by a reference, if the actor may know that.
    fn referring(&self, key: &str, via: &str, target: &str, place: &str, problems: &mut Vec<Problem>) -> Outcome<Option<Arc<Object>>> {
        let schema = &self.ctx.snapshot.schema;
        let Ok(object) = read::object(self.ctx, key) else {
            problems.push(
                Problem::error("field.unknown", format!("there is no object `{key}`")).on(format!("{place}.object")).with("name", key),
            );
            return Ok(None);
        };
        if !self.ctx.actor.system && figure_scope(schema, &self.ctx.actor, key, false).is_none() {
            return Err(Refusal::denied(&format!("{key}: aggregate")));
        }
        let path = match resolve_path(via, schema, &object) {
            Ok(path) if path.hops.is_empty() && path.field != "id" && path.kind == (FieldKind::Reference { target: target.to_owned() }) => {
                path
            }
            Ok(path) => {
                let detail = format!("`{key}.{via}` is a {}; only a reference to `{target}` joins", path.kind.name());
                problems.push(Problem::error("field.type", detail).on(format!("{place}.via")).with("expected", "reference"));
                return Ok(None);
            }
            Err(problem) => {
                problems.push(Problem { field: Some(format!("{place}.via")), ..problem });
                return Ok(None);
            }
        };
        read::plain(self.ctx, None, [&path])?;
        Ok(Some(object))
    }

    /// A condition about another object's own records.
    fn filter_of(&self, object: &Object, text: &str, place: &str, problems: &mut Vec<Problem>) -> Outcome<Option<Expr>> {
        let filter = checked(text, &read::bindings(self.ctx, object), place, problems);
        read::plain(self.ctx, filter.as_ref(), [])?;
        Ok(filter)
    }

    pub(super) fn bindings(&self) -> Bindings<'_> {
        read::bindings(self.ctx, &self.object)
    }

    /// A condition over the object and its joins; blank is none.
    pub(super) fn filter(&self, text: &str, place: &str, problems: &mut Vec<Problem>) -> Option<Expr> {
        let filter = checked(text, &self.bindings(), place, problems)?;
        problems.extend(self.whole_joins(&filter).map(|problem| problem.on(place)));
        Some(filter)
    }

    /// A join's name alone stands for no value in an expression.
    pub(super) fn whole_joins(&self, expr: &Expr) -> Option<Problem> {
        let name = paths_of(expr).into_iter().find(|path| self.is_join(path))?.field;
        Some(Problem::error("field.type", format!("`{name}` is a join; name one of its fields, such as `{name}.id`")))
    }

    fn is_join(&self, path: &FieldPath) -> bool {
        path.hops.is_empty() && path.object == self.object.key && self.joins.iter().any(|join| join.name == path.field)
    }

    /// A path from the object on; the name of a join stands for the ids of its records.
    pub(super) fn path(&self, text: &str) -> Result<FieldPath, Problem> {
        let path = resolve_path(text, &self.ctx.snapshot.schema, &self.object)?;
        match path.kind.clone() {
            FieldKind::Reference { target } if self.is_join(&path) => Ok(FieldPath {
                hops: vec![Hop { object: path.object, field: path.field, target: target.clone() }],
                object: target,
                field: "id".into(),
                kind: path.kind,
            }),
            _ => Ok(path),
        }
    }

    /// Refuses what reads fields that the actor may not know.
    pub(super) fn plain(&self, asked: &Aggregate) -> Outcome<()> {
        let keys = asked.group_by.iter().map(|key| &key.path);
        read::plain(self.ctx, asked.filter.as_ref(), keys)?;
        let parts = asked.measures.iter().flat_map(|measure| [measure.operand.as_ref(), measure.filter.as_ref()]).flatten();
        parts.into_iter().try_for_each(|part| read::plain(self.ctx, Some(part), []))
    }
}

fn checked(text: &str, bindings: &Bindings<'_>, place: &str, problems: &mut Vec<Problem>) -> Option<Expr> {
    if text.trim().is_empty() {
        return None;
    }
    let found = parse(text).map_err(|problem| vec![problem]).and_then(|syntax| check_condition(&syntax, bindings));
    let here = |problem: Problem| if place == "filter" || problem.field.is_some() { problem } else { problem.on(place) };
    found.map_err(|found| problems.extend(found.into_iter().map(here))).ok()
}
