//! Step 4: required fields, references, uniqueness and the host's own rules, on values as hooks left them.

use std::collections::{HashMap, HashSet};

use guanxi_core::expr::{Expr, resolve_path};
use guanxi_core::meta::FieldKind;
use guanxi_core::policy::{RowScope, departments_below};
use guanxi_core::{Problem, Value};
use guanxi_store::Candidate;
use uuid::Uuid;

use super::{Interrupted, Item, ItemOp};
use crate::engine::{Ctx, Engine, Refusal};

/// Ids per reference query.
pub(super) const CHUNK: usize = 500;

impl Engine {
    pub(super) async fn check_items(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        for item in items.iter_mut() {
            check_host_rules(ctx, item);
            check_width(item);
        }
        self.check_departments(ctx, items).await?;
        self.check_references(ctx, items).await?;
        self.check_files(ctx, items).await?;
        self.check_units(ctx, items).await?;
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

    /// Changed references must lead to records that the actor may see, or that are made in the same unit. Asked before any rule or hook
    /// looks through a reference, and again for what hooks changed: one that is refused is emptied, so that nothing can be learnt through it.
    pub(super) async fn check_references(&self, ctx: &Ctx, items: &mut [Item]) -> Result<(), Interrupted> {
        let made = items.iter().filter(|item| item.op == ItemOp::Create).map(|item| (item.object.key.clone(), item.id));
        let mut seen: HashSet<(String, Uuid)> = made.collect();
        // Everybody knows themselves, also who may see no other user.
        seen.extend(ctx.actor.user.map(|me| ("user".to_owned(), me)));
        let mut wanted: HashMap<String, HashSet<Uuid>> = HashMap::new();
        for (target, id, _) in items.iter().flat_map(changed_references) {
            if !seen.contains(&(target.clone(), id)) {
                wanted.entry(target).or_default().insert(id);
            }
        }
        for (target, ids) in wanted {
            let ids: Vec<Uuid> = ids.into_iter().collect();
            for chunk in ids.chunks(CHUNK) {
                let visible = self.titles(ctx, &target, chunk).await.unwrap_or_default();
                seen.extend(visible.into_keys().map(|id| (target.clone(), id)));
            }
        }
        for item in items.iter_mut() {
            for (target, id, key) in changed_references(item) {
                if seen.contains(&(target, id)) {
                    item.seen_references.insert((key, id));
                } else {
                    item.new.insert(key.clone(), Value::Null);
                    let detail = format!("`{key}` refers to a record that is not there");
                    item.problems.push(Problem::error("reference.not_found", detail).on(key).with("value", id.to_string()));
                }
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
    if matches!(item.op, ItemOp::Restore { .. }) {
        return true;
    }
    let single = item.object.fields.iter().any(|f| f.unique && item.changed(&f.key)) || item.changed("external_id");
    // A condition may depend on any field, so that any change may bring a record under a constraint.
    single || (!item.object.uniques.is_empty() && !item.changed_fields().is_empty())
}

/// What the item newly refers to: object, record, field. Of lists only what was added, so that an entry out of the actor's sight may stay.
fn changed_references(item: &Item) -> Vec<(String, Uuid, String)> {
    let fields = item.object.fields.iter().filter(|f| !f.hidden && !item.is_delete() && f.key != "id");
    let mut found = Vec::new();
    for field in fields.filter(|f| item.changed(&f.key) && !(f.is_system() && f.read_only)) {
        match (&field.kind, item.value(&field.key)) {
            (FieldKind::Reference { target }, Value::Ref(id)) if *id != item.id => found.push((target.clone(), *id, field.key.clone())),
            (FieldKind::AnyReference, Value::AnyRef { object, id }) => found.push((object.clone(), *id, field.key.clone())),
            (FieldKind::ManyReference { target }, Value::Refs(ids)) => {
                let old: &[Uuid] = match item.old_value(&field.key) {
                    Value::Refs(ids) => ids,
                    _ => &[],
                };
                let added = ids.iter().filter(|id| !old.contains(id) && **id != item.id);
                found.extend(added.map(|id| (target.clone(), *id, field.key.clone())));
            }
            _ => {}
        }
    }
    found.retain(|(_, id, key)| !item.seen_references.contains(&(key.clone(), *id)));
    found
}

/// Both databases refuse the same records, by one estimate.
fn check_width(item: &mut Item) {
    if !item.is_delete() && !guanxi_core::width::fits_row(&item.object, &|key| item.value(key)) {
        item.problems.push(Problem::error("record.too_wide", "the record has too many or too long texts for one row"));
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
