//! What a page needs to know of one record beside its values: which fields it does not have as it is, and what the actor may do with it.

use std::collections::HashSet;

use guanxi_core::meta::Object;
use guanxi_core::policy::{Actor, Function};
use uuid::Uuid;

use super::{Change, Ctx, Engine, Outcome, read};

impl Engine {
    /// The keys of fields that are not shown for a record that the actor sees. What their conditions read is the host's business: the same
    /// fields are absent for everybody.
    pub async fn absent_fields(&self, ctx: &Ctx, object: &Object, id: Uuid) -> Outcome<HashSet<String>> {
        if object.fields.iter().all(|field| field.hidden || field.conditions.show.is_none()) {
            return Ok(HashSet::new());
        }
        let host = Ctx { actor: Actor::system(), ..ctx.clone() };
        let change = Change::Update { object: object.key.clone(), id, expect: None, fields: Vec::new() };
        Ok(self.form_state(&host, change).await?.away)
    }

    /// Which of these the actor may do with a record, by reach, rules and shares.
    pub async fn functions_on(&self, ctx: &Ctx, object: &Object, id: Uuid, functions: &[Function]) -> Outcome<Vec<Function>> {
        let mut allowed = Vec::new();
        // Records that only the host writes, and lines, are changed with what they belong to.
        let own = !object.read_only;
        for function in functions.iter().copied().filter(|_| own) {
            let Ok(scope) = read::right(ctx, &object.key, function) else { continue };
            let rows = object.parent_object().and_then(|parent| ctx.snapshot.schema.object(parent));
            let reached = match rows {
                // The scope of a line is one of its record's rows; the page of a line leaves the judgement to the save.
                Some(_) => true,
                None => ctx.tenant.store.reached(&ctx.snapshot.schema, object, &[id], &scope).await?.contains(&id),
            };
            if reached {
                allowed.push(function);
            }
        }
        Ok(allowed)
    }
}
