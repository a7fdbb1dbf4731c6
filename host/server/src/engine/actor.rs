//! From a user's id to an actor: roles and places in the department tree.

use guanxi_core::Value;
use guanxi_core::policy::{Actor, departments_below};
use uuid::Uuid;

use super::{Ctx, Engine, Outcome, Snapshot};

impl Engine {
    /// The actor that a user is now; `None` where the user is gone or inactive. `only` narrows the roles to a token's.
    pub async fn actor(&self, ctx: &Ctx, user: Uuid, only: Option<&[String]>) -> Outcome<Option<Actor>> {
        let Some(record) = self.system_record(ctx, "user", user).await? else { return Ok(None) };
        if record.get("active") != Some(&Value::Bool(true)) {
            return Ok(None);
        }
        let own = record.get("department").and_then(Value::as_ref_id);
        let name = record.get("name").and_then(Value::as_text).unwrap_or_default().to_owned();
        let keys = ctx.tenant.store.user_roles(user).await?;
        let roles = keys
            .iter()
            .filter(|key| only.is_none_or(|allowed| allowed.contains(key)))
            .filter_map(|key| ctx.snapshot.roles.get(key).cloned())
            .collect();
        let departments = departments_of(&ctx.snapshot, user, own);
        let departments_below = departments_below(&departments, &ctx.snapshot.tree);
        Ok(Some(Actor { user: Some(user), name, departments, departments_below, roles, system: false }))
    }
}

/// The user's own department and those the user manages.
fn departments_of(snapshot: &Snapshot, user: Uuid, own: Option<Uuid>) -> Vec<Uuid> {
    let mut departments: Vec<Uuid> = own.into_iter().collect();
    for (department, manager) in &snapshot.managers {
        if *manager == user && !departments.contains(department) {
            departments.push(*department);
        }
    }
    departments
}
