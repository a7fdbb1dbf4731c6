//! Step 4: required fields, references, uniqueness and the host's own rules, on values as hooks left them.

use std::collections::{HashMap, HashSet};

use guanxi_core::expr::{Expr, resolve_path};
use guanxi_core::policy::{RowScope, departments_below};
use guanxi_core::{Problem, Value};
use guanxi_store::Candidate;
use uuid::Uuid;

use super::{Interrupted, Item, ItemOp};
use crate::engine::{Ctx, Engine, Refusal};

/// Ids per reference query.
const CHUNK: usize = 500;

impl Engine {
    pub(super) async fn check_items(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        for item in items.iter_mut() {
            check_required(item);
            check_host_rules(ctx, item);
        }
        self.check_departments(ctx, items).await?;
        self.check_references(ctx, items).await?;
        self.check_unique(ctx, items).await?;
        Ok(())
    }

    /// A department goes only when nothing belongs to it: what it holds would be out of everybody's sight.
    async fn check_departments(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        for item in items.iter_mut().filter(|item| item.is_delete() && item.object.key == "department") {
            let id = Value::Ref(item.id);
            let mut used = false;
            for object in ctx.snapshot.schema.all().filter(|object| !object.read_only) {
                let field = if object.key == "department" { "parent" } else { "department" };
                let Ok(path) = resolve_path(field, &ctx.snapshot.schema, object) else { continue };
                let filter = Expr::In(Box::new(Expr::Field(path)), vec![id.clone()]);
                let scopes = HashMap::from([(object.key.clone(), RowScope::All)]);
                let count =
                    ctx.tenant.store.count(&ctx.snapshot.schema, &object.key, Some(&filter), &scopes, 1).await.map_err(Refusal::from)?;
                used = used || count.value > 0;
            }
            if used {
                let problem = Problem::error("rule.failed", "departments, users or records still belong to it");
                item.problems.push(problem.with("rule", "department.used"));
            }
        }
        Ok(())
    }

    /// Changed references must lead to records that the actor may see.
    async fn check_references(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        let mut wanted: HashMap<String, HashSet<Uuid>> = HashMap::new();
        for (target, id, _, _) in items.iter().flat_map(changed_references) {
            wanted.entry(target).or_default().insert(id);
        }
        let mut seen: HashMap<String, HashSet<Uuid>> = HashMap::new();
        for (target, ids) in wanted {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            let mut visible = HashSet::new();
            for chunk in ids.chunks(CHUNK) {
                visible.extend(self.titles(ctx, &target, chunk).await.unwrap_or_default().into_keys());
            }
            seen.insert(target, visible);
        }
        for item in items.iter_mut() {
            let missing: Vec<String> = changed_references(item)
                .filter(|(target, id, _, _)| !seen.get(target).is_some_and(|visible| visible.contains(id)))
                .map(|(_, _, key, _)| key)
                .collect();
            for key in missing {
                item.problems.push(Problem::error("reference.not_found", format!("`{key}` refers to a record that is not there")).on(key));
            }
        }
        Ok(())
    }

    async fn check_unique(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        let mut by_object: HashMap<String, Vec<usize>> = HashMap::new();
        for (place, item) in items.iter().enumerate() {
            if !item.is_delete() && touches_unique(item) {
                by_object.entry(item.object.key.clone()).or_default().push(place);
            }
        }
        for (object, places) in by_object {
            let candidates: Vec<Candidate> = places.iter().map(|&p| Candidate { id: items[p].id, values: items[p].new.clone() }).collect();
            let taken = ctx.tenant.store.probe_unique(&ctx.snapshot.schema, &object, &candidates).await.map_err(Refusal::from)?;
            let others: Vec<Uuid> = taken.iter().map(|t| t.other).collect();
            let readable = self.titles(ctx, &object, &others).await.unwrap_or_default();
            for found in taken {
                let item = &mut items[places[found.candidate]];
                // A field that has a problem of its own holds no value to compare.
                if found.fields.iter().any(|field| item.problems.iter().any(|p| p.field.as_ref() == Some(field))) {
                    continue;
                }
                item.refuse_not_unique(&found.code, &found.fields, Some(found.other).filter(|id| readable.contains_key(id)));
            }
        }
        Ok(())
    }
}

impl Item {
    /// A uniqueness problem; `other` only where the actor may read it.
    pub(super) fn refuse_not_unique(&mut self, code: &str, fields: &[String], other: Option<Uuid>) {
        let mut problem = Problem::error(code, format!("another record has the same {}", fields.join(", ")));
        problem.field = fields.first().cloned();
        if let Some(other) = other {
            problem = problem.with("other", other.to_string());
        }
        self.conflict = true;
        self.problems.push(problem);
    }
}

fn touches_unique(item: &Item) -> bool {
    let single = item.object.fields.iter().any(|f| f.unique && item.changed(&f.key)) || item.changed("external_id");
    // A condition may depend on any field, so that any change may bring a record under a constraint.
    single || (!item.object.uniques.is_empty() && !item.changed_fields().is_empty())
}

/// Target, id, field and whether the host itself set it.
fn changed_references(item: &Item) -> impl Iterator<Item = (String, Uuid, String, bool)> {
    let fields = item.object.fields.iter().filter(|f| !f.hidden && !item.is_delete() && f.key != "id");
    fields.filter(|f| item.changed(&f.key) && !(f.is_system() && f.read_only)).filter_map(|field| {
        let target = field.target()?.to_owned();
        let id = item.value(&field.key).as_ref_id()?;
        (id != item.id).then(|| (target, id, field.key.clone(), field.is_system()))
    })
}

fn check_required(item: &mut Item) {
    if item.is_delete() {
        return;
    }
    let object = item.object.clone();
    for field in object.fields.iter().filter(|f| f.required && !f.hidden) {
        // An existing record that lacks a field which became required later can still be edited elsewhere.
        let touched = item.op == ItemOp::Create || item.changed(&field.key) || item.sent.contains(&field.key);
        let told = item.problems.iter().any(|p| p.field.as_deref() == Some(&field.key));
        if touched && !told && item.value(&field.key).is_null() {
            item.problems.push(Problem::error("field.required", format!("`{}` is required", field.key)).on(&field.key));
        }
    }
}

/// Rules of the host's own objects.
fn check_host_rules(ctx: &Ctx, item: &mut Item) {
    match item.object.key.as_str() {
        "user" if item.is_delete() => {
            item.problems
                .push(Problem::error("rule.failed", "a user is set to not active, not deleted: records keep their owner").on("active"));
        }
        "user" if ctx.actor.user == Some(item.id) && *item.value("active") == Value::Bool(false) => {
            item.problems.push(Problem::error("rule.failed", "you cannot lock yourself out").on("active").with("rule", "user.self"));
        }
        "department" if item.changed("parent") => {
            if let Some(parent) = item.value("parent").as_ref_id()
                && departments_below(&[item.id], &ctx.snapshot.tree).contains(&parent)
            {
                let problem = Problem::error("rule.failed", "a department cannot lie below itself");
                item.problems.push(problem.on("parent").with("rule", "department.cycle"));
            }
        }
        _ => {}
    }
}
