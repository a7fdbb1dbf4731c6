//! From a user's id to an actor: roles, teams, places in the department tree, and what is shared with them.

use std::sync::Arc;

use guanxi_core::Value;
use guanxi_core::expr::Bindings;
use guanxi_core::policy::{Actor, Subject, bind, departments_above, departments_below};
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
        let mut keys = ctx.tenant.store.user_roles(user).await?;
        keys.retain(|key| only.is_none_or(|allowed| allowed.contains(key)));
        let roles = keys.iter().filter_map(|key| ctx.snapshot.roles.get(key).cloned()).collect();
        let tree = &ctx.snapshot.tree;
        let managed = managed_by(&ctx.snapshot, user);
        let departments: Vec<Uuid> = own.into_iter().chain(managed.iter().copied().filter(|d| Some(*d) != own)).collect();
        let mut subjects = vec![Subject::User(user)];
        subjects.extend(ctx.tenant.store.teams_of(user).await?.into_iter().map(Subject::Team));
        subjects.extend(keys.into_iter().map(Subject::Role));
        subjects.extend(departments_above(&departments, tree).into_iter().map(Subject::Department));
        let shared = ctx.tenant.store.shared_objects(&subjects, ctx.now).await?;
        Ok(Some(Actor {
            user: Some(user),
            name,
            departments_below: departments_below(&departments, tree),
            managed: departments_below(&managed, tree),
            departments,
            subjects,
            shared,
            roles,
            ..Actor::default()
        }))
    }
}

/// The departments that a user manages.
fn managed_by(snapshot: &Snapshot, user: Uuid) -> Vec<Uuid> {
    let mut managed: Vec<Uuid> =
        snapshot.managers.iter().filter(|(_, manager)| *manager == user).map(|(department, _)| *department).collect();
    managed.sort_unstable();
    managed.dedup();
    managed
}

impl Ctx {
    /// Works out what the actor's roles mean with this metadata and at this moment. Whoever puts another actor, snapshot or time into a
    /// context does it again.
    pub(super) fn bind_actor(&mut self) {
        let (today, now, zone, me) = (self.today(), self.now, self.tenant.zone, self.actor.user);
        let schema = self.snapshot.schema.as_ref();
        let bound = bind(schema, &self.actor, |object| Bindings { schema, object, me, today, now, zone });
        self.actor.bound = Arc::new(bound.at(now));
    }
}
